"""What an object has anyway: what it, its class or its module needs, and what is installed with the library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from packaging.utils import canonicalize_name

from miner.formula.atom import Module, Package
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, conjuncts
from miner.formula.disjunctive import atoms
from miner.formula.notation import text
from miner.link.declared import Declared
from miner.link.library import Library
from miner.link.library import Module as Here
from miner.link.need import Need

_INSTALLED = frozenset({"metadata", "build-script"})
"""Where is declared what is installed with a library."""


def installed(declared: Iterable[Declared]) -> set[str]:
    """Return the distributions that are always installed with a library."""
    return {row.package for row in declared if row.place in _INSTALLED and not row.extra and not row.marker}


class Settled:
    """What is there wherever an object is used: nothing of that has to be said of a use in it again."""

    def __init__(self, library: Library, declared: Iterable[Declared], aliases: Mapping[str, tuple[str, ...]]) -> None:
        """Know what is declared; `aliases` gives the distributions of modules."""
        self._library = library
        self._aliases = aliases
        self._always = installed(declared)
        self._known: dict[str, set[str]] = {}
        self._stated: dict[str, set[str]] = {}

    def know(self, stated: Iterable[Need]) -> None:
        """Know more needs that are stated."""
        for need in stated:
            if need.enforced:
                whole = self._whole(need.owner)
                self._known.setdefault(whole, set()).update(_asked(need.needs))
                self._stated.setdefault(whole, set()).update(map(text, conjuncts(canonical(need.needs))))

    def imports(self, root: str, owner: str, module: Here, when: Formula) -> bool:
        """Say whether a package is there where `owner` is: its module imports it, or its condition asks for it."""
        own = {root_of(each) for row in module.facts.imports if not row.type_checking for each in row.modules}
        settled = own | self._known.get(self._whole(owner), set()) | set(_asked(when))
        return any(_is_of(root, each) for each in settled) or self._is_installed(root)

    def holds(self, needed: Formula, owner: str) -> bool:
        """Say whether the object or its class needs the very same anyway, or it comes with the library."""
        if text(needed) in self._stated.get(self._whole(owner), ()):
            return True
        if not isinstance(needed, Module) or needed.version:
            return False
        root = root_of(needed.module)
        return any(_is_of(root, each) for each in self._known.get(self._whole(owner), ())) or self._is_installed(root)

    def _is_installed(self, root: str) -> bool:
        return not self._always.isdisjoint(self._aliases.get(root, (canonicalize_name(root),)))

    def _whole(self, owner: str) -> str:
        """Return the class that a method is of, outermost; of anything else itself."""
        module = next((owner[:at] for at in _dots(owner) if owner[:at] in self._library.modules), "")
        inner = owner.removeprefix(f"{module}.") if module else owner
        return f"{module}.{inner.partition('.')[0]}"


def _dots(name: str) -> Iterator[int]:
    """Yield the places of the dots in a name, the last first."""
    at = name.rfind(".")
    while at != -1:
        yield at
        at = name.rfind(".", 0, at)


def _asked(formula: Formula) -> Iterator[str]:
    """Yield the roots of the modules, or packages, that a formula asks for."""
    for atom in atoms(formula):
        if isinstance(atom, Module):
            yield root_of(atom.module)
        elif isinstance(atom, Package):
            yield atom.package.replace("-", "_")


def _is_of(root: str, package: str) -> bool:
    """Say whether a package is, or is called like a part of, what a module is of: `optimum-quanto` of `optimum`."""
    return package == root or package.startswith(f"{root}_")


def root_of(module: str) -> str:
    """Return the package that a module is of."""
    return module.partition(".")[0]
