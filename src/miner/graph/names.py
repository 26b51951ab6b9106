"""The names of a graph: what a dotted name, as a program that uses the library writes it, is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from miner.model.node import Implementation, Package
from miner.store.graph_reader import Graph

_DEEPEST = 24


@dataclass(frozen=True)
class Named:
    """What a name is: `qualname` where it is defined, `node` where the graph has one of it, `owner` of a member."""

    qualname: str
    node: Implementation | None
    owner: Implementation | None = None

    @property
    def public(self) -> str:
        """The name that users import it by, from the outermost package that offers it."""
        outer = self.owner or self.node
        if outer is None or not outer.exports:
            return self.qualname
        first = outer.exports[0]
        return f"{first.module}.{first.name}{self.qualname.removeprefix(outer.qualname)}"


def distributions(graph: Graph) -> dict[str, str]:
    """Return the distribution that provides each module, by the name that the module is imported under."""
    return {module: node.name for node in graph.of_type(Package) for module in node.import_names}


class Names:
    """The objects of a graph by every way to import them, and the members of classes by their bases."""

    def __init__(self, graph: Graph) -> None:
        self._objects = {node.qualname: node for node in graph.of_type(Implementation)}

    @cached_property
    def roots(self) -> frozenset[str]:
        """The top-level names that the library is imported by."""
        return frozenset(name.partition(".")[0] for name in self._exported)

    @cached_property
    def _exported(self) -> dict[str, Implementation]:
        found: dict[str, Implementation] = {}
        for node in self._objects.values():
            for export in node.exports:
                name = f"{export.module}.{export.name}"
                if name not in found or found[name].kind == "alias":
                    found[name] = node
        return found

    def is_module(self, name: str) -> bool:
        """Return whether something is defined in a module, or below a package, of that name."""
        return name in self._modules

    @cached_property
    def _modules(self) -> frozenset[str]:
        parts = (qualname.split(".") for qualname in self._objects)
        return frozenset(".".join(each[:end]) for each in parts for end in range(1, len(each)))

    def find(self, name: str) -> Named | None:
        """Return what a dotted name is: an object by an import path or where it is defined, or a member of a class."""
        node = self._exported.get(name) or self._objects.get(name)
        if node is not None:
            defined = self._objects.get(node.target) if node.target else None
            node = defined or node
            owner = self._objects.get(node.qualname.rpartition(".")[0]) if node.kind == "method" else None
            return Named(node.qualname, node, owner)
        head, _, last = name.rpartition(".")
        owner_found = self.find(head) if head else None
        if owner_found is None or owner_found.node is None:
            return None
        if owner_found.node.kind == "module":
            module = owner_found.node.target or owner_found.qualname
            found = self.find(f"{module}.{last}") if module != head else None
            return found or (Named(name, None, owner_found.node) if last in owner_found.node.members else None)
        if owner_found.node.kind != "class":
            return None
        return self.member(owner_found.node, last)

    def member(self, owner: Implementation, name: str) -> Named | None:
        """Return a method of a class by its name: of the first of the class and its bases that defines it."""
        for each in self.ancestors(owner):
            qualname = f"{each.qualname}.{name}"
            if name in each.members or qualname in self._objects:
                return Named(qualname, self._objects.get(qualname), each)
        return None

    def overrides(self, owner: Implementation, name: str) -> Iterator[Implementation]:
        """Yield the methods of one name by which classes of the library take the place of that of a class."""
        for method in self._methods.get(name, ()):
            around = self._objects.get(method.qualname.rpartition(".")[0])
            if around is not None and around is not owner and owner in self.ancestors(around):
                yield method

    @cached_property
    def _methods(self) -> dict[str, list[Implementation]]:
        found: dict[str, list[Implementation]] = {}
        for node in self._objects.values():
            if node.kind == "method":
                found.setdefault(node.name, []).append(node)
        return found

    def makers(self, owner: Implementation) -> Iterator[str]:
        """Yield the qualified names of what makes an object of a class: it and its bases, and their initialisers."""
        for each in self.ancestors(owner):
            yield from (f"{each.qualname}{end}" for end in ("", ".__init__", ".__post_init__", ".__new__"))

    def ancestors(self, owner: Implementation) -> Iterator[Implementation]:
        """Yield a class and its bases within the library, each before its own bases."""
        seen: set[str] = set()
        waiting = [owner.qualname]
        while waiting and len(seen) < _DEEPEST:
            name = waiting.pop(0)
            node = self._objects.get(name)
            if node is not None and name not in seen:
                seen.add(name)
                yield node
                waiting = [*node.bases, *waiting]
