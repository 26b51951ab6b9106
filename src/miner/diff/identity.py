"""Which object of an old graph is which of a new one: by how it is imported, by its name, or where it went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property

from miner.graph.names import Names
from miner.model.evidence import Evidence
from miner.model.node import Implementation
from miner.store.graph_reader import Graph

_LEAST_SAID = 24
"""With fewer letters in signature, summary and names of methods together, two objects are alike by chance."""


@dataclass(frozen=True)
class Identity:
    """The objects of two graphs of one library."""

    old: Graph
    new: Graph

    def of(self, qualname: str) -> str | None:
        """Return the qualified name in the new graph of what has one in the old; None when it is gone.

        What a class does not define any more may be a base's now.
        """
        if qualname not in self._known:
            self._known[qualname] = self._of(qualname)
        return self._known[qualname]

    def _of(self, qualname: str) -> str | None:
        if qualname in self._new:
            return self._aliased(qualname) or qualname
        if qualname in self.moves:
            return self.moves[qualname]
        before = self._old.get(qualname)
        if before is not None and before.kind == "module":
            return qualname if qualname in self._modules else None
        owner, _, name = qualname.rpartition(".")
        if not owner:
            return None
        now = self.of(owner)
        if now is None:
            return None
        node = self._new.get(now)
        if node is None or node.kind != "class":
            is_published = before is not None and before.kind != "variable" and not name.startswith("_")
            return f"{now}.{name}" if owner in self._modules and not is_published else None
        found = self._new_names.member(node, name)
        return found.qualname if found is not None else f"{now}.{name}" if name.startswith("__") else None

    def _aliased(self, qualname: str) -> str | None:
        """Return the class that is there under the name of another, which was a class by itself."""
        before, now = self._old.get(qualname), self._new[qualname]
        was_class = before is not None and before.kind == "class"
        return now.target if was_class and now.kind == "variable" and now.target in self._new else None

    @cached_property
    def _known(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def _new_names(self) -> Names:
        return Names(self.new)

    @cached_property
    def _modules(self) -> frozenset[str]:
        """The modules of the new graph that define something."""
        kinds = {"class", "function", "variable", "alias"}
        return frozenset(
            node.qualname if node.kind == "module" else node.qualname.rpartition(".")[0]
            for node in self._new.values()
            if node.kind == "module" or (node.kind in kinds and node.qualname.rpartition(".")[0] not in self._new)
        )

    def now(self, qualname: str) -> str:
        """Return the qualified name in the new graph, or the old one of what is gone."""
        return self.of(qualname) or qualname

    @property
    def known_before(self) -> Collection[str]:
        """The qualified names of the objects of the old graph."""
        return self._old.keys()

    @cached_property
    def _old(self) -> dict[str, Implementation]:
        return {node.qualname: node for node in self.old.of_type(Implementation)}

    @cached_property
    def _new(self) -> dict[str, Implementation]:
        return {node.qualname: node for node in self.new.of_type(Implementation)}

    @cached_property
    def moves(self) -> dict[str, str]:
        """Where objects went that are not under their name any more: to what is imported as they were, from a package,
        or to what is alike under another name.
        """
        return {**self.renames, **self._imported_alike}

    @cached_property
    def renames(self) -> dict[str, str]:
        """The classes and functions that are gone where exactly one that came is alike; see `likeness`."""
        imported = self._imported_alike
        gone = [
            node
            for name, node in self._old.items()
            if _is_offered(node) and name not in self._new and name not in imported
        ]
        taken = set(imported.values())
        come: dict[object, list[Implementation]] = {}
        for name, node in self._new.items():
            if _is_offered(node) and name not in self._old and name not in taken:
                come.setdefault(likeness(node), []).append(node)
        left = Counter(likeness(node) for node in gone)
        return {
            node.qualname: come[likeness(node)][0].qualname
            for node in gone
            if likeness(node) is not None and left[likeness(node)] == 1 and len(come.get(likeness(node), ())) == 1
        }

    @cached_property
    def _imported_alike(self) -> dict[str, str]:
        offered = {
            (export.module, export.name): node.target if node.kind == "variable" and node.target else node.qualname
            for node in self._new.values()
            for export in node.exports
            if node.kind in {"class", "function", "variable"}
        }
        found: dict[str, str] = {}
        for qualname, node in self._old.items():
            other = self._aliased(qualname) if qualname in self._new else None
            if other is not None and other not in self._old:
                found[qualname] = other
            if qualname in self._new or node.kind not in {"class", "function", "variable"}:
                continue
            for export in node.exports:
                target = offered.get((export.module, export.name))
                if target in self._new and self._new[target].kind == node.kind and target not in self._old:
                    found[qualname] = target
                    break
        return found

    def answered(self, names: Collection[str]) -> dict[str, Implementation]:
        """Return the objects of the new graph that something offers under one of these names, by the name."""
        last = {name.rpartition(".")[2] for name in names}
        found: dict[str, Implementation] = {}
        for node in self._new.values():
            if node.public and node.kind in {"class", "function", "variable", "alias"}:
                for export in node.exports:
                    if export.name in last:
                        found.setdefault(f"{export.module}.{export.name}", node)
        return found

    def place_before(self, owner: str) -> Evidence | None:
        """Return where an object of the new graph was defined in the old one, or the class around it; None: nowhere."""
        node = self._old.get(self._reached.get(owner, "")) or self._old.get(self._reached.get(_outer(owner), ""))
        return node.definition if node is not None else None

    def place_now(self, owner: str) -> Evidence | None:
        """Return where an object of the old graph is defined in the new one, or the class around it; None: nowhere."""
        node = self._new.get(self.now(owner)) or self._new.get(self.now(_outer(owner)))
        return node.definition if node is not None else None

    def in_both(self, owner: str, *, is_old: bool) -> bool:
        """Return whether what has a name in one graph is in the other too: of a method, in its class or a base of it.

        Of a method that came and is not public, it is enough that the class was: what it says may be another's. A
        function without a node in the other graph says nothing there, and may not be there at all.
        """
        if is_old:
            now = self.of(owner)
            around = self._new.get(now.rpartition(".")[0]) if now is not None else None
            return now in self._new or (around is not None and around.kind == "class")
        if owner in self._reached:
            return True
        outer, _, name = owner.rpartition(".")
        before = self._old.get(self._reached.get(outer, ""))
        if before is None or before.kind != "class":
            return False
        return name.startswith("_") or self._old_names.member(before, name) is not None

    def is_new_override(self, owner: str) -> bool:
        """Return whether a method is one of a class that came and is not offered, in the place of one that was there.

        What it needs is needed where the method of the base is called, as of a registry of such classes.
        """
        outer, _, name = owner.rpartition(".")
        around = self._new.get(outer)
        if around is None or around.kind != "class" or outer in self._reached or _is_offered(around):
            return False
        return any(
            base.qualname in self._reached and name in base.members for base in self._new_names.ancestors(around)
        )

    @cached_property
    def _reached(self) -> dict[str, str]:
        """The objects of the old graph by their names in the new one."""
        found = ((self.of(name), name) for name in self._old)
        return {now: name for now, name in found if now is not None}

    @cached_property
    def _old_names(self) -> Names:
        return Names(self.old)

    def moved(self) -> Iterator[tuple[Implementation, Implementation]]:
        """Yield the public objects that are defined elsewhere, or have another name."""
        for old, new in sorted(self.moves.items()):
            yield self._old[old], self._new[new]

    def symbol(self, before: Implementation, after: Implementation) -> str:
        """Return the name to tell a change under: that of the old graph, where it is still one beside the new one's."""
        return before.qualname if before.qualname in self._new else after.qualname

    def before(self, qualname: str) -> str:
        """Return the qualified name in the old graph of what has one in the new, or the new one of what came."""
        return self._reached.get(qualname, qualname)

    @cached_property
    def stayed(self) -> tuple[tuple[Implementation, Implementation], ...]:
        """The public objects, and the public methods of those, that are in both graphs, under whichever name."""
        return tuple(self._stayed())

    def _stayed(self) -> Iterator[tuple[Implementation, Implementation]]:
        for qualname, node in self._old.items():
            owner = self._old.get(qualname.rpartition(".")[0])
            public = node.public or (node.kind == "method" and owner is not None and owner.public)
            target = self.of(qualname)
            if public and not node.name.startswith("_") and target in self._new and not self.is_inherited(qualname):
                yield node, self._new[target]

    def is_inherited(self, qualname: str) -> bool:
        """Return whether what a class defined in the old graph is defined by a base of it in the new one."""
        owner, _, name = qualname.rpartition(".")
        before = self._old.get(owner)
        is_member = before is not None and before.kind == "class"
        return is_member and self.of(qualname) not in {None, f"{self.of(owner)}.{name}"}

    @cached_property
    def offered(self) -> tuple[dict[str, Implementation], dict[str, Implementation]]:
        """Return the objects of both graphs by how users import them from the outermost package that offers them."""
        return _offered(self._old), _offered(self._new)


def _outer(qualname: str) -> str:
    return qualname.rpartition(".")[0]


def _is_offered(node: Implementation) -> bool:
    return node.public and node.kind in {"class", "function"} and bool(node.exports)


def likeness(node: Implementation) -> Hashable:
    """Return what an object has in common with itself under another name; None where that tells too little.

    The signature, the methods, the bases and what it says of itself, with its own name left out.
    """
    plain = tuple(text.replace(node.name, "") for text in (node.signature or "", node.summary or ""))
    if sum(map(len, (*plain, *node.members))) < _LEAST_SAID:
        return None
    return node.kind, plain, node.members, node.bases, node.backends


def _offered(objects: dict[str, Implementation]) -> dict[str, Implementation]:
    found: dict[str, Implementation] = {}
    for node in objects.values():
        if node.public and node.exports and node.kind in {"class", "function", "variable", "alias"}:
            first = node.exports[0]
            name = f"{first.module}.{first.name}"
            if name not in found or found[name].kind == "alias":
                found[name] = node
    return found
