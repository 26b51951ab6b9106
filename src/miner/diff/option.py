"""Options: parameters of what users call, and described fields of configurations; which came, went or changed."""

from __future__ import annotations

from collections.abc import Iterator

from miner.diff.identity import Identity
from miner.diff.record import change
from miner.model import expression as ex
from miner.model.change import SEVERITIES, Change
from miner.model.node import Advice, Implementation
from miner.store.graph_reader import Graph
from miner.syntax.rows import parameters
from miner.syntax.snippet import SnippetReader

_Parameters = dict[str, str | None]
_CALLED = frozenset({"class", "function", "method"})


def _is_option(node: Advice) -> bool:
    """Return whether advice is the default of a described parameter or field, as the code has it."""
    return node.kind == "default" and node.origin == "code" and node.when is True


def changed_options(identity: Identity) -> Iterator[Change]:
    """Yield the options that came, went or have another default, of what is public and in both graphs.

    Where a class has no `__init__` of its own, its options are its fields, and a graph names those that are described
    only: of these, one that is described no longer is not said to be gone.
    """
    reader = SnippetReader()
    fields = _fields(identity.old), _fields(identity.new)
    for before, after in identity.stayed():
        same = before.signature is not None and before.signature == after.signature
        if same or before.kind != after.kind or before.kind not in _CALLED:
            continue
        was, is_ = parameters(before.signature), parameters(after.signature)
        if was is not None and is_ is not None:
            yield from _of_signatures(before, after, was, is_, reader)
        elif before.kind == "class":
            described = (fields[0].get(before.qualname, {}), fields[1].get(after.qualname, {}))
            yield from _of_fields(before, after, (was, is_), described, reader)


def _of_signatures(
    before: Implementation, after: Implementation, was: _Parameters, is_: _Parameters, reader: SnippetReader
) -> Iterator[Change]:
    is_open = "Unpack[" in (after.signature or "")  # to the fields of a type, which are not looked at
    for name in [*was, *(name for name in is_ if name not in was)]:
        old, new = was.get(name), is_.get(name)
        named = {"symbol": after.qualname, "option": name, "old": old, "new": new, "field": "signature"}
        if name not in is_ and is_open:
            continue
        if name not in is_:
            severity = "risky" if _takes_any(after) else SEVERITIES["option-removed"]
            yield change("option-removed", before, after, severity=severity, **named)
        elif name not in was:
            yield change("option-added", before, after, **named)
        elif not _is_same(old, new, reader):
            yield change("default-changed", before, after, **named)


def _of_fields(
    before: Implementation,
    after: Implementation,
    signatures: tuple[_Parameters | None, _Parameters | None],
    described: tuple[dict[str, Advice], dict[str, Advice]],
    reader: SnippetReader,
) -> Iterator[Change]:
    """Yield the changes of a class one side of which has fields in place of a signature."""
    was, is_ = described
    for name, node in was.items():
        now = is_.get(name)
        named = {"symbol": after.qualname, "option": name}
        if now is not None and not _is_same(_value(node), _value(now), reader):
            yield change("default-changed", node, now, field="action", old=node.action, new=now.action, **named)
        elif now is None and signatures[1] is not None and name not in signatures[1]:
            severity = "risky" if _takes_any(after) else SEVERITIES["option-removed"]
            yield change("option-removed", node, after, field="action", old=node.action, severity=severity, **named)
    for name, node in is_.items():
        if name not in was and name not in (signatures[0] or {}):
            yield change(
                "option-added", before, node, symbol=after.qualname, option=name, field="action", new=node.action
            )


def _value(node: Advice) -> str | None:
    """Return the default in `name = default`."""
    return node.action.partition(" = ")[2] if node.action is not None else None


def _is_same(old: str | None, new: str | None, reader: SnippetReader) -> bool:
    """Return whether two defaults are one, however they are formatted; a list and a tuple of the same are."""
    if old is None or new is None or old == new:
        return old == new
    return _sequence(reader.expression(old)) == _sequence(reader.expression(new))


def _sequence(value: ex.Expression) -> ex.Expression | tuple[str, tuple[ex.Expression, ...]]:
    is_ordered = isinstance(value, ex.Sequence) and value.kind in {"list", "tuple"}
    return ("sequence", value.items) if isinstance(value, ex.Sequence) and is_ordered else value


def _fields(graph: Graph) -> dict[str, dict[str, Advice]]:
    """Return the described options of each object, by name."""
    found: dict[str, dict[str, Advice]] = {}
    for node in graph.of_type(Advice):
        if _is_option(node) and node.subject is not None:
            found.setdefault(node.owner, {}).setdefault(node.subject, node)
    return found


def _takes_any(node: Implementation) -> bool:
    """Return whether any keyword argument can be given: what is passed on may be understood elsewhere."""
    return node.signature is not None and "**" in node.signature
