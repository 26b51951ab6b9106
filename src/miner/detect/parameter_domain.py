"""The values that parameters and fields may have, where their declaration says so.

**Finds** parameters, and annotated fields of classes, whose annotation leaves a closed set of values: `Literal`, also
beside `None` and `bool`, within `Optional`, `Union`, `Annotated` and their like; choices and bounds that a field's
default or annotation gives through a function of the vocabulary (`interval(min=0)`, `Field(ge=0)`,
`field(metadata={"choices": ...})`).

**Misses** aliases of such annotations, annotations that are text, the values of an enumeration, the elements of
containers, overloads, and validators that are functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.detect.detector import Detector, cores, minimal, remembered
from miner.detect.file import File, is_type_checking, matches, qualname, rows
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.outline import Item

ID = "parameter-domain"
_PARAMETER = re.compile(r"\w+")  # not `*args`: there the annotation is of each element
_OVERLOAD = re.compile(r"(?:^|\.)overload\s*$")
_WRAPPERS = frozenset({"Annotated", "Required", "NotRequired", "ReadOnly", "Final", "ClassVar"})
_UNIONS = frozenset({"Union", "Optional"})


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of one function, or of one field of a class."""
    if item is None or is_type_checking(item, file.outline):
        return
    if item.kind == "function":
        yield from _of_parameters(file, item)
    elif item.parent is not None and item.parent.kind == "class":
        yield from _of_field(file, item, item.parent)


def _of_parameters(file: File, function: Item) -> Iterator[Site]:
    span = function.text("parameters")
    words = _words(file.idioms)
    if span is None or not any(file.holds(span, word) for word in words) or _is_overload(file, function):
        return
    annotations = {parameter.name: parameter.annotation for parameter in file.outline.signature(span)}
    is_checked = _is_checked(file, function)
    for text, place in rows(file, span):
        match = _PARAMETER.match(text)
        if match is not None and any(file.holds(place, word) for word in words):
            declared = (annotations.get(match[0]),)
            yield from _sites(file, qualname(function), match[0], place, declared, is_checked=is_checked)


def _of_field(file: File, item: Item, home: Item) -> Iterator[Site]:
    target, annotation = item.text("target"), item.text("annotation")
    if target is None or annotation is None:
        return
    name = file.outline.source(target)
    declared = (file.expression(annotation), file.outline.read(item, "value"))
    yield from _sites(file, qualname(home), name, item.span, declared, is_checked=_is_checked(file, home))


def _sites(
    file: File, owner: str, name: str, place: Span, declared: tuple[ex.Expression | None, ...], *, is_checked: bool
) -> Iterator[Site]:
    """Yield a site for the values and one for the bounds that a declaration gives."""
    annotation, *others = declared
    form = "checked" if is_checked else "stated"
    choices = _values(annotation) if annotation is not None else None
    if choices is not None:
        yield Site(ID, form, place, owner, (), {"choices": ex.Sequence("tuple", choices)}, {}, (name,))
    for call in _calls(annotation, *others):
        for rule in file.idioms.domains.bounds:
            if matches(ex.dotted(call.function), (rule.name,)):
                found = {a.keyword: a.value for a in call.arguments if a.keyword}
                limits = {role: found[keyword] for role, keyword in rule.roles() if keyword in found}
                if limits:
                    yield Site(ID, rule.form or form, place, owner, (), limits, {}, (name,))


def _calls(*declared: ex.Expression | None) -> Iterator[ex.Call]:
    """Yield the calls that a declaration is made of: itself, what it calls, and the extras of an `Annotated`."""
    for expression in declared:
        match expression:
            case ex.Call(function=ex.Call() as inner):
                yield from _calls(inner)
            case ex.Call():
                yield _opened(expression)
            case ex.Subscript(value=value, index=ex.Sequence(items=items)) if _last(value) == "Annotated":
                yield from _calls(*items[1:])


def _opened(call: ex.Call) -> ex.Call:
    """Return a call with the entries of its `metadata={...}` as further keywords."""
    more = [
        ex.Argument(value, key.value)
        for argument in call.arguments
        if argument.keyword == "metadata" and isinstance(argument.value, ex.Mapping)
        for key, value in argument.value.items
        if isinstance(key, ex.Constant) and isinstance(key.value, str)
    ]
    return ex.Call(call.function, (*call.arguments, *more)) if more else call


def _values(annotation: ex.Expression) -> tuple[ex.Expression, ...] | None:
    """Return the values that an annotation leaves, when one of its parts is a `Literal` and all of them are closed."""
    found: list[ex.Expression] = []
    is_literal = False
    for member in _members(annotation):
        match member:
            case ex.Constant(value=None) | ex.Name(name="None"):
                found.append(ex.Constant(None))
            case ex.Name(name="bool"):
                found += [ex.Constant(True), ex.Constant(False)]
            case ex.Subscript(value=value, index=index) if _last(value) == "Literal":
                items = index.items if isinstance(index, ex.Sequence) else (index,)
                if not all(isinstance(each, ex.Constant) for each in items):
                    return None
                is_literal = True
                found += items
            case _:
                return None
    return tuple(dict.fromkeys(found)) if is_literal else None


def _members(annotation: ex.Expression) -> Iterator[ex.Expression]:
    """Yield the members of a union, however it is written; anything else is its only member."""
    match annotation:
        case ex.Binary(left=left, operator="|", right=right):
            yield from _members(left)
            yield from _members(right)
        case ex.Subscript(value=value, index=index) if _last(value) in _UNIONS:
            for each in index.items if isinstance(index, ex.Sequence) else (index,):
                yield from _members(each)
            if _last(value) == "Optional":
                yield ex.Constant(None)
        case ex.Subscript(value=value, index=index) if _last(value) in _WRAPPERS:
            yield from _members(index.items[0] if isinstance(index, ex.Sequence) and index.items else index)
        case _:
            yield annotation


def _last(expression: ex.Expression) -> str:
    return (ex.dotted(expression) or "").rpartition(".")[2]


def _is_overload(file: File, function: Item) -> bool:
    """Say whether this is one signature of several, which says nothing of the values in the others."""
    return any(_OVERLOAD.search(file.outline.source(span)) for span in function.all_texts("decorator"))


def _is_checked(file: File, definition: Item) -> bool:
    """Say whether values are checked against what a class or function declares, by its decorators or bases."""
    rules = file.idioms.domains
    for span in definition.all_texts("decorator"):
        if matches(file.outline.source(span).partition("(")[0].strip(), rules.checked):
            return True
    bases = definition.text("arguments") if definition.kind == "class" else None
    return bases is not None and any(
        argument.keyword is None and matches(ex.dotted(argument.value), rules.checked)
        for argument in file.outline.arguments(bases)
    )


@remembered
def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return minimal((b"Literal[", *cores(*(rule.name + "(" for rule in idioms.domains.bounds))))


DETECTOR = Detector(ID, 1, frozenset({"function", "assign"}), _words, find)
