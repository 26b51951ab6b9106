"""Binding names, unpacking, and what is forgotten when a collection is changed."""

from __future__ import annotations

from functools import partial

from miner.link.meaning.context import Context, Frame
from miner.link.meaning.value import External, Release, Series, Table, Unknown, Value
from miner.link.meaning.wording import render
from miner.model import expression as ex

_MUTATING = frozenset(
    {"append", "add", "extend", "update", "insert", "remove", "pop", "clear", "setdefault", "discard"}
)


def assign(context: Context, target: ex.Expression, value: Value, frame: Frame) -> None:
    """Bind `target` to `value`; setting an attribute of something external is a side effect."""
    match target:
        case ex.Name(name):
            frame.scope[name] = value
        case ex.Sequence(_, items):
            for index, item in enumerate(items):
                if isinstance(item, ex.Starred):
                    assign(context, item.value, Unknown(render(item), "the rest of a collection"), frame)
                    continue
                part = context.bind(value, partial(component, index=index, count=len(items), source=render(item)))
                assign(context, item, part, frame)
        case ex.Attribute(owner, _):
            if isinstance(context.evaluator.evaluate(owner, frame), External):
                context.trace.quirks["side-effect"] = None
        case ex.Subscript(ex.Name(name), _):
            forget(name, frame)


def component(whole: Value, index: int, count: int, source: str) -> Value:
    """Return one of the parts that a value is unpacked into."""
    if isinstance(whole, Series) and whole.whole and index < len(whole.items):
        return whole.items[index]
    if isinstance(whole, Release) and whole.view == "release" and whole.count in {-1, count}:
        return Release(whole.subject, "number", index, whole.base)
    reason = whole.reason if isinstance(whole, Unknown) else "a collection that is not known"
    return Unknown(source, reason)


def mutated(context: Context, node: ex.Expression, frame: Frame) -> None:
    """Forget the items of a collection that an expression statement changes; understand `append`."""
    match node:
        case ex.Call(ex.Attribute(ex.Name(name), method), (ex.Argument(value, None, ""),)) if method == "append":
            known = frame.scope.get(name)
            if isinstance(known, Series):
                added = context.evaluator.evaluate(value, frame)
                frame.scope[name] = Series(known.kind, (*known.items, added), known.whole)
        case ex.Call(ex.Attribute(ex.Name(name), method), _) if method in _MUTATING:
            forget(name, frame)


def forget(name: str, frame: Frame) -> None:
    """The collection of this name is no longer known."""
    known = frame.scope.get(name)
    if isinstance(known, Series):
        frame.scope[name] = Series(known.kind, known.items, whole=False)
    elif isinstance(known, Table):
        frame.scope[name] = Unknown(name, "a dict that is changed")
