"""What docstrings advise: of an object, or of one of its parameters or fields.

**Finds** sentences of the docstrings of classes, functions and methods, and of the strings below fields of a class,
that state a trade-off, a limit, a recommendation, a requirement or a deprecation by a word of the vocabulary, or that
say by how much something goes up or down; each with the parameter that its passage describes, and the block (`<Tip>`,
`.. note::`, `Note:`) that it stands in. `.. deprecated::` is one, whatever its words.

**Misses** what sentences say without such a word, strings within single quotation marks or put together at run time,
comments, docstrings of modules, and those of functions within functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from miner.detect.cue import is_described, kind_of_prose, may_tell, without_names
from miner.detect.detector import Detector
from miner.detect.file import File, is_type_checking, qualname
from miner.detect.idiom import Idioms
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.docstring import Passage, Sentence, is_string, passages
from miner.syntax.outline import Item
from miner.syntax.quantity import Quantity, quantities

ID = "documentation"
_FOLLOWS = re.compile(r"(?:Other|Otherwise|In (?:this|that|such) cases?|Else|The others?|All others?)\b(?! than)")
"""How a sentence begins that says nothing without the one before it."""
_SIGNS = ("%", " percent", "deprecated::", "x ", "\u00d7 ")
_GOES_ON = re.compile(
    r"(?:It |This |They )?will be removed\b|We recommend using\b"
    r"|(?:Please use|Use|You can now|You should|Instead)\b.*(?:\binstead\b|\buse\b|`)",
    re.IGNORECASE,
)
"""A sentence that goes on about what the one before it calls deprecated."""
_FEWEST = 3  # words: less is a heading or a piece of a list
_LONG = 80  # characters: more in capitals is a part of a licence


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of the docstring of one definition, or of the string below a field."""
    if item is None or is_type_checking(item, file.outline):
        return
    if item.kind in {"function", "class"}:
        docstring, _ = item.opening("")
        if docstring is not None and docstring.kind == "expression":
            yield from _of_string(file, docstring.span, qualname(item), None)
    elif item.parent is not None and item.parent.kind == "class" and item.index > 0:
        before = item.siblings(file.outline.items)[item.index - 1]
        target = before.text("target") if before.kind == "assign" else None
        if target is not None:
            yield from _of_string(file, item.span, qualname(item), target)


def _of_string(file: File, span: Span, owner: str, field: Span | None) -> Iterator[Site]:
    source = file.outline.source(span)
    about = file.outline.source(field) if field is not None else None
    if not is_string(source) or not _may_advise(" ".join(source.split()), file.idioms):
        return
    for passage in passages(source):
        deprecated = _deprecated(file, span, source, owner, about, passage)
        if deprecated is not None:
            yield deprecated
            continue
        for sentence, own in with_what_they_follow(joined(passage.sentences(source))):
            kind = kind_of_sentence(own, file.idioms)
            if kind is not None:
                subject = passage.subject or about or ""
                place = file.part(span, sentence.start, sentence.end)
                named = _named_before(file, span, source[: sentence.start], passage.subject) or field
                spans = {"subject": named} if named is not None else {}
                said = (subject, kind, sentence.text, passage.mark, "")
                yield Site(ID, "sentence", place, owner, spans=spans, names=said)


def _named_before(file: File, span: Span, source: str, subject: str | None) -> Span | None:
    """Return where the parameter that a passage describes was named last."""
    found = list(re.finditer(rf"(?<!\w){re.escape(subject)}(?!\w)", source)) if subject else []
    return file.part(span, *found[-1].span()) if found else None


def joined(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """Yield sentences; one that goes on about what one of the two before it calls deprecated is part of that one."""
    held: list[Sentence] = []
    for each in sentences:
        if held and _GOES_ON.match(each.text):
            held = [Sentence(" ".join(part.text for part in (*held, each)), held[0].start, each.end)]
            continue
        while held and (len(held) > 1 or not _calls_deprecated(held[0])):
            yield held.pop(0)
        held.append(each)
        if len(held) == 1 and not _calls_deprecated(each):
            yield held.pop()
    yield from held


def with_what_they_follow(sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, str]]:
    """Yield sentences with their own words; one that only says what else is so is told with the one before it."""
    before: Sentence | None = None
    for each in sentences:
        whole = each
        if before is not None and _FOLLOWS.match(each.text):
            whole = Sentence(f"{before.text} {each.text}", before.start, each.end)
        yield whole, each.text
        before = each


def _calls_deprecated(sentence: Sentence) -> bool:
    return "deprecat" in sentence.text.lower()


def _deprecated(file: File, span: Span, source: str, owner: str, about: str | None, passage: Passage) -> Site | None:
    """Return the site of a directive that marks a deprecation: its release and all that it says are one."""
    sentences = list(passage.sentences(source)) if passage.mark == "deprecated" and passage.label else []
    if not sentences:
        return None
    text = " ".join(each.text for each in sentences)
    place = file.part(span, source.rindex(passage.label, 0, sentences[0].start), sentences[-1].end)
    names = (passage.subject or about or "", "deprecation", text, passage.mark, passage.label)
    return Site(ID, "sentence", place, owner, names=names)


def _may_advise(text: str, idioms: Idioms) -> bool:
    """Say whether any sentence of a text can be advice; most texts need no closer look."""
    return any(word in text for word in _SIGNS) or may_tell(text, idioms.documentation)


def kind_of_sentence(text: str, idioms: Idioms) -> str | None:
    """Return of what kind the advice of a sentence is; a number that says how much of something is a trade-off."""
    if len(text.split()) < _FEWEST or text.endswith(":") or _is_licence(text):
        return None
    cues = idioms.documentation
    found = kind_of_prose(text, cues)
    if found is None and any(map(text.__contains__, _SIGNS)) and any(map(_is_effect, quantities(without_names(text)))):
        found = "trade-off"
    if found is None or is_described(text, cues.describes):
        return None
    return None if found == "requirement" and is_described(text, cues.waives) else found


def _is_licence(text: str) -> bool:
    return len(text) > _LONG and text.isupper()


def _is_effect(each: Quantity) -> bool:
    """Say whether a quantity tells how something changes, or bounds a share of it on one side."""
    is_bound = each.unit in {"%", "x"} and (each.low is None or each.high is None)
    return each.is_of_performance and (each.direction is not None or is_bound)


def _words(_: Idioms) -> tuple[bytes, ...]:
    return (b'"""', b"'''")


DETECTOR = Detector(ID, 5, frozenset({"function", "class", "expression"}), _words, find)
