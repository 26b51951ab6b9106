"""Which object of an old graph is which of a new one: by how it is imported, by its name, or where it went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from miner.model.node import Implementation
from miner.store.graph_reader import Graph


@dataclass(frozen=True)
class Identity:
    """The objects of two graphs of one library."""

    old: Graph
    new: Graph

    def of(self, qualname: str) -> str | None:
        """Return the qualified name in the new graph of what has one in the old; None when it is gone."""
        if qualname in self._new:
            return qualname
        head, dot, rest = qualname, "", ""
        while head:
            if head in self._moved:
                return f"{self._moved[head]}{dot}{rest}"
            if head in self._new:
                return qualname
            head, _, last = head.rpartition(".")
            rest = f"{last}{dot}{rest}"
            dot = "." if rest else ""
        return None

    def now(self, qualname: str) -> str:
        """Return the qualified name in the new graph, or the old one of what is gone."""
        return self.of(qualname) or qualname

    @cached_property
    def _old(self) -> dict[str, Implementation]:
        return {node.qualname: node for node in self.old.of_type(Implementation)}

    @cached_property
    def _new(self) -> dict[str, Implementation]:
        return {node.qualname: node for node in self.new.of_type(Implementation)}

    @cached_property
    def _moved(self) -> dict[str, str]:
        """Where objects went that are not under their name any more: what is imported as they were, from a package."""
        offered = {
            (export.module, export.name): node.qualname
            for node in self._new.values()
            for export in node.exports
            if node.kind in {"class", "function", "variable"}
        }
        found: dict[str, str] = {}
        for qualname, node in self._old.items():
            if qualname in self._new or node.kind not in {"class", "function", "variable"}:
                continue
            for export in node.exports:
                target = offered.get((export.module, export.name))
                if target is not None and self._new[target].kind == node.kind and target not in self._old:
                    found[qualname] = target
                    break
        return found

    def in_both(self, owner: str, *, is_old: bool) -> bool:
        """Return whether what has a name in one graph, or else what it is defined in, is in the other too."""
        there = self._new if is_old else self._reached
        names = [owner, owner.rpartition(".")[0]]
        return any((self.of(name) if is_old else name) in there for name in names)

    @cached_property
    def _reached(self) -> set[str | None]:
        return {self.of(name) for name in self._old}

    def moved(self) -> Iterator[tuple[Implementation, Implementation]]:
        """Yield the public objects that are imported as before and defined elsewhere."""
        for old, new in sorted(self._moved.items()):
            yield self._old[old], self._new[new]

    def stayed(self) -> Iterator[tuple[Implementation, Implementation]]:
        """Yield the public objects, and the public methods of those, that are in both graphs, under whichever name."""
        for qualname, node in self._old.items():
            owner = self._old.get(qualname.rpartition(".")[0])
            public = node.public or (node.kind == "method" and owner is not None and owner.public)
            target = self.of(qualname)
            if public and not node.name.startswith("_") and target in self._new:
                yield node, self._new[target]

    @cached_property
    def offered(self) -> tuple[dict[str, Implementation], dict[str, Implementation]]:
        """Return the objects of both graphs by how users import them from the outermost package that offers them."""
        return _offered(self._old), _offered(self._new)


def _offered(objects: dict[str, Implementation]) -> dict[str, Implementation]:
    found: dict[str, Implementation] = {}
    for node in objects.values():
        if node.public and node.exports and node.kind in {"class", "function", "variable", "alias"}:
            first = node.exports[0]
            name = f"{first.module}.{first.name}"
            if name not in found or found[name].kind == "alias":
                found[name] = node
    return found
