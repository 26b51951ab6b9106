"""What functions need because they import it, and nothing around the import is prepared to see that fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from packaging.utils import canonicalize_name

from miner.detect import inner_import as detector
from miner.formula.atom import Module, Package
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, conjuncts
from miner.formula.disjunctive import atoms
from miner.formula.notation import parts
from miner.link.backend import sites
from miner.link.condition import Conditions, Local
from miner.link.declared import Declared
from miner.link.library import Library
from miner.link.need import Need
from miner.link.place import places_of
from miner.model.site import Guard

_INSTALLED = frozenset({"metadata", "build-script"})
"""Where is declared what is installed with a library."""


def needs_of_imports(
    library: Library,
    conditions: Conditions,
    predicates: frozenset[str],
    stated: Iterable[Need],
    declared: Iterable[Declared],
    aliases: Mapping[str, tuple[str, ...]],
) -> Iterator[Need]:
    """Yield what the imports within functions need, besides what is `stated` of the function or its class already.

    Of several imports of a function of the same package the first counts that is reached whenever the others are. The
    bodies of `predicates` say what these mean. What the condition of an import asks for is settled there, what the
    module imports itself is there when the function is, and what is `declared` without an extra or a marker is
    installed with the library; `aliases` gives the distributions of modules that are called otherwise.
    """
    always = {row.package for row in declared if row.place in _INSTALLED and not row.extra and not row.marker}
    known: dict[str, set[str]] = {}
    for need in stated:
        if need.enforced:
            known.setdefault(_whole(library, need.owner), set()).update(_asked(need.needs))
    earlier: dict[tuple[str, str], list[frozenset[str]]] = {}
    for name, site in sites(library, detector.ID, "import"):
        module, owner = library.modules[name], f"{name}.{site.owner}"
        if not library.is_packaged(module) or owner in predicates:
            continue
        local = Local.at(name, site)
        path = conditions.guards(name, site.conditions, local)
        when = canonical(path.formula)
        if when is False:
            continue
        guard = Guard(site.span, "missing", site.expressions["imports"], holds=False)
        own = {_root(each) for row in module.facts.imports if not row.type_checking for each in row.modules}
        settled = own | known.get(_whole(library, owner), set()) | set(_asked(when))
        for needed in conjuncts(conditions.guards(name, (guard,), local).formula):
            root = _root(needed.module) if isinstance(needed, Module) else ""
            imported = earlier.setdefault((owner, root), [])
            if (
                root
                and not any(_is_of(root, each) for each in settled)
                and always.isdisjoint(aliases.get(root, (canonicalize_name(root),)))
                and not any(each <= parts(when) for each in imported)
            ):
                imported.append(parts(when))
                yield Need(
                    owner, needed, when, "raise", "import", True, (*places_of(module.path, site), *path.places),
                    path.predicates,
                )  # fmt: skip


def _whole(library: Library, owner: str) -> str:
    """Return the class that a method is of, outermost; of anything else itself."""
    module = next((owner[:at] for at in _dots(owner) if owner[:at] in library.modules), "")
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
            yield _root(atom.module)
        elif isinstance(atom, Package):
            yield atom.package.replace("-", "_")


def _is_of(root: str, package: str) -> bool:
    """Say whether a package is, or is called like a part of, what a module is of: `optimum-quanto` of `optimum`."""
    return package == root or package.startswith(f"{root}_")


def _root(module: str) -> str:
    return module.partition(".")[0]
