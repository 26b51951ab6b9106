"""What the descriptions that code itself gives to its options advise: of fields, and of arguments of a command line.

**Finds** sentences that are advice, as in docstrings, in the description of a field, a keyword or in its metadata
(`field(default=1, metadata={"help": "..."})`, `Field(description="...")`), in that of an argument of a command line
(`add_argument("--mode", help="...")`), and in the tables that a decorator may write docstrings from: an attribute of a
class with the name of the option (`depth = {"description": "..."}`).

**Misses** descriptions that are put together at run time, and those that decorators give (`@click.option`).
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.detector import Detector
from miner.detect.documentation import joined, kind_of_sentence, with_what_they_follow
from miner.detect.file import File, is_type_checking, owning, qualname
from miner.detect.idiom import Idioms
from miner.detect.option_field import description_of
from miner.model import expression as ex
from miner.model.site import Site
from miner.syntax.docstring import Passage
from miner.syntax.outline import Item

ID = "help-text"


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of what describes one field or argument."""
    span = item.text("value") if item is not None else None
    if item is None or is_type_checking(item, file.outline):
        return
    given = file.expression(span or item.span)
    match given:
        case ex.Call():
            description, subject = description_of(given, file), _field(file, item) or _argument(given)
        case ex.Mapping(items=rows):
            words = file.idioms.options.descriptions
            described = (value for key, value in rows if isinstance(key, ex.Constant) and key.value in words)
            description, subject = next(described, None), _field(file, item)
        case _:
            return
    if not isinstance(description, ex.Constant):
        return
    if subject is None or not isinstance(description.value, str):
        return
    text = description.value
    sentences = joined(Passage(None, "", pieces=[(0, len(text))]).sentences(text))
    for sentence, own in with_what_they_follow(sentences):
        kind = kind_of_sentence(own, file.idioms)
        if kind is not None:
            owner = qualname(owning(item))
            yield Site(ID, "sentence", item.span, owner, names=(subject, kind, sentence.text, "", ""))


def _field(file: File, item: Item) -> str | None:
    """Return the name of the field of a class that a statement defines."""
    target = item.text("target")
    is_field = item.kind == "assign" and item.parent is not None and item.parent.kind == "class"
    return file.outline.source(target) if is_field and target is not None else None


def _argument(call: ex.Call) -> str | None:
    """Return the name under which a program finds the argument of a command line that a call adds."""
    if not isinstance(call.function, ex.Attribute) or call.function.name != "add_argument":
        return None
    given = ex.argument_of(call, None, "dest")
    names = [argument.value for argument in call.arguments if argument.keyword is None and not argument.star]
    texts = [each.value for each in (given, *names) if isinstance(each, ex.Constant) and isinstance(each.value, str)]
    chosen = next((text for text in texts if text.startswith("--")), next(iter(texts), None))
    name = chosen.lstrip("-").replace("-", "_") if chosen is not None else ""
    return name if name.isidentifier() else None


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    words = idioms.options.descriptions
    return tuple(form % word.encode() for word in words for form in (b"%s=", b'"%s":', b"'%s':"))


DETECTOR = Detector(ID, 4, frozenset({"assign", "expression"}), _words, find, deep=True)
