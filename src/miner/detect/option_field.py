"""The options of configuration classes, with the values that they have unless they are given.

**Finds** annotated fields with a default of the classes that the vocabulary says hold options, by their own name or
that of a base, also where a function gives it (`field(default=1)`, `interval(min=0)(default=1)`), parameters with a
default of their `__init__`, and what that takes out of keyword arguments (`self.depth = kwargs.pop("depth", 2)`); with
the description that the field's metadata or the docstring of the class gives.

**Misses** options that are set in a body, and classes that inherit under other names through several bases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from miner.detect.detector import Detector
from miner.detect.file import File, is_type_checking, matches, qualname, rows
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.docstring import is_string, passages
from miner.syntax.outline import Item

ID = "option-field"
_PARAMETER = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*(?::.*?)?(?<![=!<>])=(?!=)\s*(?P<default>.+)", re.DOTALL)
_PLAIN = re.compile(r"""-?\d[\w.]*|None|True|False|"[^"\\\n]*"|'[^'\\\n]*'""")
_TAKEN = re.compile(rf"""\w*kwargs\.pop\(\s*["'](?P<name>\w+)["'],\s*(?P<default>{_PLAIN.pattern}),?\s*\)""")
_SPACE = re.compile(r"\s+")
_LONGEST = 300  # characters of a default
_MEANING = re.compile(
    r"(?<![\w.])-?\d[\d.]*(?![\w-])[`*]* (?:means?|is|are|disables?|corresponds?|will|for)\b"
    r"|\b(?:[Ii]f|[Ww]hen|[Ss]et(?:ting)?)\b[^.]{0,30}[` ]-?\d"
)
"""What a sentence says that tells what a value does: `1.0 means no penalty`, `if set to 0`."""
_VALUES = re.compile(
    r"\b(?:one of|can be|may be|must be|should be|either|choose|choices?|supported|possible|valid|available|options)\b"
    r".*(?:\"[\w./-]+\"|'[\w./-]+'|`[\w./-]+`)",
    re.IGNORECASE | re.DOTALL,
)
"""What a sentence says that lists the values of an option."""
_LONGEST_DESCRIPTION = 600  # characters


class _Described(NamedTuple):
    """What a docstring says of a parameter: what is told of it first, where, and all of it where that is more."""

    text: str = ""
    places: tuple[Span, ...] = ()
    whole: str = ""
    place: Span | None = None


_Descriptions = dict[str, _Described]


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of the options of one class."""
    if item is None or not _holds_options(file, item) or is_type_checking(item, file.outline):
        return
    described = _descriptions(file, item)
    for inner in item.blocks["body"]:
        if inner.kind == "assign":
            yield from _of_field(file, inner, described)
        elif inner.kind == "function" and inner.name == "__init__":
            yield from _of_parameters(file, inner, qualname(item), described)
            yield from _of_keywords(file, inner, qualname(item), described)


def _holds_options(file: File, item: Item) -> bool:
    classes = file.idioms.options.classes
    bases = item.text("arguments")
    names = file.outline.source(bases).strip("()").split(",") if bases is not None else []
    return any(matches(name.strip(), classes) for name in (item.name, *names))


def _of_field(file: File, item: Item, described: _Descriptions) -> Iterator[Site]:
    target, value = item.text("target"), item.text("value")
    if target is None or value is None or item.text("annotation") is None:
        return
    name, source = file.outline.source(target), file.outline.source(value)
    expressions: dict[str, ex.Expression] = {}
    if not _PLAIN.fullmatch(source):
        given = file.expression(value)
        call = given if isinstance(given, ex.Call) else None
        if call is not None:
            default = ex.argument_of(call, None, "default", "default_factory")
            expressions = {
                role: each for role, each in (("default", default), ("help", description_of(call, file))) if each
            }
        elif not (ex.is_literal(given) or (isinstance(given, ex.Attribute) and ex.dotted(given) is not None)):
            return
        if call is not None and "default" not in expressions:
            return
    yield from _site(qualname(item), name, source, item.span, expressions, described)


def _of_parameters(file: File, function: Item, owner: str, described: _Descriptions) -> Iterator[Site]:
    span = function.text("parameters")
    for text, place in rows(file, span) if span is not None else ():
        match = _PARAMETER.fullmatch(text)
        if match is not None:
            yield from _site(owner, match["name"], match["default"], place, {}, described)


def _of_keywords(file: File, function: Item, owner: str, described: _Descriptions) -> Iterator[Site]:
    """Yield the options that are taken out of the keyword arguments: `self.depth = kwargs.pop("depth", 2)`."""
    for inner in function.blocks["body"]:
        target, value = inner.text("target"), inner.text("value")
        if inner.kind != "assign" or target is None or value is None or not file.holds(value, b"kwargs.pop("):
            continue
        match = _TAKEN.fullmatch(file.outline.source(value))
        if match is not None and file.outline.source(target) == f"self.{match['name']}":
            yield from _site(owner, match["name"], match["default"], inner.span, {}, described)


def _site(
    owner: str,
    name: str,
    default: str,
    span: Span,
    expressions: dict[str, ex.Expression],
    described: _Descriptions,
) -> Iterator[Site]:
    default = _SPACE.sub(" ", default)
    if len(default) > _LONGEST and "default" not in expressions:
        return
    text, places, whole, place_of_whole = described.get(name, _Described())
    spans = {f"description {number}" if number else "description": place for number, place in enumerate(places)}
    if place_of_whole is not None:
        expressions, spans = {**expressions, "description": ex.Constant(whole)}, {**spans, "whole": place_of_whole}
    yield Site(ID, "default", span, owner, (), expressions, spans, (name, default, text))


def _descriptions(file: File, item: Item) -> _Descriptions:
    """Return what the docstring of a class says first of each parameter, with the values that it lists, what single
    values do, and where.
    """
    docstring, _ = item.opening("")
    source = file.outline.source(docstring.span) if docstring is not None and docstring.kind == "expression" else ""
    found: _Descriptions = {}
    for passage in passages(source) if is_string(source) else ():
        if passage.subject is None or passage.subject in found or docstring is None:
            continue
        said = list(passage.sentences(source))
        told = [
            each
            for number, each in enumerate(said)
            if number == 0 or _VALUES.search(each.text) or _MEANING.search(each.text)
        ]
        if told:
            places = tuple(file.part(docstring.span, each.start, each.end) for each in told)
            text = " ".join(each.text for each in told)
            while len(said) > 1 and sum(len(each.text) + 1 for each in said) > _LONGEST_DESCRIPTION:
                said.pop()
            if len(said) > len(told):
                place = file.part(docstring.span, said[0].start, said[-1].end)
                found[passage.subject] = _Described(text, places, " ".join(each.text for each in said), place)
            else:
                found[passage.subject] = _Described(text, places)
    return found


def description_of(call: ex.Call, file: File) -> ex.Expression | None:
    """Return the description that a field gives, as a keyword or in its metadata."""
    for argument in call.arguments:
        if argument.keyword in file.idioms.options.descriptions:
            return argument.value
        if argument.keyword == "metadata" and isinstance(argument.value, ex.Mapping):
            for key, value in argument.value.items:
                if isinstance(key, ex.Constant) and key.value in file.idioms.options.descriptions:
                    return value
    return None


def _words(_: Idioms) -> tuple[bytes, ...]:
    return (b"class ",)


DETECTOR = Detector(ID, 6, frozenset({"class"}), _words, find)
