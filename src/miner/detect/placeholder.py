"""Stand-ins for objects whose backends are missing, and the lazy import structures that choose between the two.

**Finds** dummy classes (a metaclass of the idioms' list, or a class attribute that lists backends beside one) and dummy
functions, and the names that are None beside these; entries of lazy import structures, also conditional ones: the dict
literal, item assignment, `extend`, `append`, `setdefault`, `update`; what is added to `__all__` under a condition.

**Misses** structures that are built by loops or by functions of the library (counted as dynamic), and stand-ins made by
`type(...)` at run time.
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.detector import Detector, cores
from miner.detect.file import File, is_type_checking, matches, qualname, rows
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Guard, Site
from miner.model.span import Span
from miner.syntax.outline import Item

ID = "placeholder"
_EXPORTS = ("__all__.append(", "__all__.extend(")
_ADDERS = frozenset({"extend", "append", "setdefault", "update"})


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of one class, function or statement."""
    if item is None:
        return
    if item.kind == "class":
        yield from _dummy_class(file, item)
    elif item.kind == "function":
        yield from _dummy_function(file, item)
    elif not is_type_checking(item, file.outline):
        yield from _structure(file, item)


def _dummy_class(file: File, item: Item) -> Iterator[Site]:
    arguments = item.text("arguments")
    if arguments is None or not any(
        argument.keyword == "metaclass" and matches(ex.dotted(argument.value), file.idioms.placeholders.metaclasses)
        for argument in file.outline.arguments(arguments)
    ):
        return
    for statement in item.blocks["body"]:
        value = statement.text("value") if statement.kind == "assign" else None
        target = statement.text("target")
        if value is None or target is None:
            continue
        if matches(file.outline.source(target), file.idioms.placeholders.backends):
            yield Site(
                ID,
                "dummy",
                statement.span,
                qualname(item),
                (),
                {"backends": file.expression(value)},
                {"class": item.span},
            )


def _dummy_function(file: File, item: Item) -> Iterator[Site]:
    """A module-level function whose whole body raises for its backends: `requires_backends(f, [...])`."""
    body = [statement for statement in item.blocks["body"] if not _is_docstring(file, statement)]
    if item.parent is not None or len(body) != 1 or body[0].kind != "expression":
        return
    call = file.expression(body[0].span)
    if not isinstance(call, ex.Call) or not call.arguments:
        return
    for rule in file.idioms.enforcement.raisers:
        owner = ex.dotted(call.arguments[0].value)
        if (
            matches(ex.dotted(call.function), (rule.name,))
            and owner == item.name
            and len(call.arguments) > rule.argument
        ):
            backends = call.arguments[rule.argument].value
            yield Site(ID, "dummy", body[0].span, item.name, (), {"backends": backends}, {"class": item.span})


def _is_docstring(file: File, item: Item) -> bool:
    return item.kind == "expression" and file.outline.source(item.span).startswith(('"', "'", "r'", 'r"'))


def _structure(file: File, item: Item) -> Iterator[Site]:
    names = file.idioms.placeholders.structures
    value, target = item.text("value"), item.text("target")
    if value is None:
        return
    if item.kind == "expression":
        yield from _added(file, item, value)
        return
    if target is None:
        return
    source = file.outline.source(target)
    if ID in file.given and item.kind == "assign" and item.parent is None and file.outline.source(value) == "None":
        yield Site(ID, "none", item.span, source)
    if item.kind == "augment":
        if source == "__all__" and item.name == "+":
            yield from _export(file, item, file.expression(value))
        return
    if source in names:
        yield from _literal(file, item, value)
    elif source.partition("[")[0] in names and "[" in source:
        key = file.expression(target)
        if isinstance(key, ex.Subscript):
            yield _entry(file, item, key.index, file.expression(value), item.span)


def _literal(file: File, item: Item, value: Span) -> Iterator[Site]:
    """Yield an entry for each row of the dict display that a structure starts with."""
    table = file.expression(value)
    if not isinstance(table, ex.Mapping):
        return
    for (key, names), (_, span) in zip(table.items, rows(file, value), strict=False):
        if key is not None:
            yield _entry(file, item, key, names, span)


def _added(file: File, item: Item, value: Span) -> Iterator[Site]:
    """Yield what `structure["module"].extend([...])` and its like add."""
    source = file.outline.source(value)
    if not source.startswith((*file.idioms.placeholders.structures, *_EXPORTS)):
        return
    call = file.expression(value)
    if not isinstance(call, ex.Call) or not isinstance(call.function, ex.Attribute) or not call.arguments:
        return
    if call.function.name not in _ADDERS:
        return
    receiver, names = call.function.value, call.arguments[-1].value
    if receiver == ex.Name("__all__"):
        yield from _export(file, item, names)
    elif isinstance(receiver, ex.Subscript):
        yield _entry(file, item, receiver.index, names, item.span)
    elif call.function.name == "setdefault" and len(call.arguments) == 2:
        yield _entry(file, item, call.arguments[0].value, names, item.span)
    elif call.function.name == "update" and isinstance(names, ex.Mapping):
        for key, listed in names.items:
            if key is not None:
                yield _entry(file, item, key, listed, item.span)


def _export(file: File, item: Item, names: ex.Expression) -> Iterator[Site]:
    """Yield what is added to the module's `__all__` under a condition."""
    conditions = file.conditions(item)
    if conditions and item.parent is not None:
        yield Site(ID, "export", item.span, "", conditions, {"names": names})


def _entry(file: File, item: Item, key: ex.Expression, names: ex.Expression, span: Span) -> Site:
    conditions: tuple[Guard, ...] = file.conditions(item)
    return Site(ID, "structure", span, "", conditions, {"module": key, "names": names})


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    rules = idioms.placeholders
    named = (*rules.metaclasses, *rules.structures, *(r.name for r in idioms.enforcement.raisers))
    return cores(*named, *_EXPORTS, "__all__ +=")


def _nothing(file: File) -> tuple[bytes, ...]:
    """Return how a name is None, in a file that knows of stand-ins."""
    metaclasses = cores(*file.idioms.placeholders.metaclasses) if ID in file.triggers else ()
    return (b"= None",) if any(each in file.data for each in metaclasses) else ()


_KINDS = frozenset({"class", "function", "assign", "augment", "expression"})
DETECTOR = Detector(ID, 3, _KINDS, _words, find, more=_nothing)
