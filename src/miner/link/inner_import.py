"""What functions need because they import it, and nothing around the import is prepared to see that fail."""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect import inner_import as detector
from miner.formula.atom import Module
from miner.formula.canonical import canonical
from miner.formula.connective import conjuncts
from miner.formula.notation import parts
from miner.link.backend import sites
from miner.link.condition import Conditions, Local
from miner.link.library import Library
from miner.link.need import Need
from miner.link.place import places_of
from miner.link.settled import Settled, root_of
from miner.model.site import Guard


def needs_of_imports(
    library: Library, conditions: Conditions, predicates: frozenset[str], settled: Settled
) -> Iterator[Need]:
    """Yield what the imports within functions need, besides what is settled of the function or its class already.

    Of several imports of a function of the same package the first counts that is reached whenever the others are. The
    bodies of `predicates` say what these mean. What the condition of an import asks for is settled there, and what the
    module imports itself is there when the function is.
    """
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
        for needed in conjuncts(conditions.guards(name, (guard,), local).formula):
            root = root_of(needed.module) if isinstance(needed, Module) else ""
            imported = earlier.setdefault((owner, root), [])
            if (
                root
                and not settled.imports(root, owner, module, when)
                and not any(each <= parts(when) for each in imported)
            ):
                imported.append(parts(when))
                yield Need(
                    owner, needed, when, "raise", "import", True, (*places_of(module.path, site), *path.places),
                    path.predicates,
                )  # fmt: skip
