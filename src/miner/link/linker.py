"""Linking a snapshot: from the facts of single files to objects, what they need, and what the predicates mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

from miner.detect import class_flag
from miner.detect import predicate as predicate_detector
from miner.detect.idiom import Idioms
from miner.formula.connective import Formula
from miner.link.advice import read_advice
from miner.link.backend import Backends, sites
from miner.link.condition import Conditions
from miner.link.declared import Declared
from miner.link.decorator import Decorators
from miner.link.default import read_defaults
from miner.link.domain import read_domains
from miner.link.file_rule import FileRules, read_file_rules
from miner.link.gate import read_gates
from miner.link.guarded_name import needs_of_names
from miner.link.inner_import import needs_of_imports
from miner.link.library import Library, build_library
from miner.link.meaning import Arguments, Found, Meaning, Meanings, Program
from miner.link.module_alias import ModuleAlias, module_aliases
from miner.link.need import Bound, Need
from miner.link.offer import objects_of
from miner.link.place import Place
from miner.link.placeholder import Structures, read_structures
from miner.link.project import Project
from miner.link.raising import RaisingCalls
from miner.link.requirement import needs_of_decorators, needs_of_file_rules, needs_of_gates
from miner.link.settled import Settled
from miner.link.soft_use import needs_of_soft_uses
from miner.link.substitution import Answered, answered_names, offer_old_names, with_substitutes
from miner.link.table_row import TableRows
from miner.link.told import Told
from miner.link.variable import Variable, read_variables
from miner.model.expression import Constant
from miner.model.site import Facts


class Flagged(NamedTuple):
    """A flag of a class: its value, the comment above it, and where both stand."""

    value: bool
    comment: str | None
    places: tuple[Place, ...]


@dataclass
class Linked:
    """A linked snapshot.

    `conditions` reads further conditions of the same library. `exports`: for each object (qualified name) the packages
    and names it is offered under. `predicates`: module, name and meaning. `problems` counts shapes that were seen and
    not understood, by name; `unread` are files without
    facts that the library's own rules read; `bounds` are what gates demand of parameters alone, `unpublished` counts
    the gates that neither a need nor a bound came from; `old_names` say which objects are offered
    under further names, `flags` what classes say of themselves, `answered` which further names a package answers,
    `called` a call of each predicate that depends on an argument, with what it means.
    """

    library: Library
    conditions: Conditions
    backends: dict[str, tuple[str, ...]]
    exports: dict[str, list[tuple[str, str]]]
    predicates: list[tuple[str, str, Meaning]]
    needs: list[Need]
    problems: dict[str, int] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    bounds: list[Bound] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    declared: tuple[Declared, ...] = ()
    unpublished: dict[str, int] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    old_names: dict[str, list[Place]] = field(default_factory=dict)
    flags: dict[str, dict[str, Flagged]] = field(default_factory=dict)
    answered: dict[str, Answered] = field(default_factory=dict)
    called: dict[str, tuple[Arguments, Formula]] = field(default_factory=dict)
    modules: dict[str, ModuleAlias] = field(default_factory=dict)

    @cached_property
    def old_exports(self) -> dict[str, dict[tuple[str, str], ModuleAlias]]:
        """The old modules and names that objects are imported by under an alias of their module, by object."""
        found: dict[str, dict[tuple[str, str], ModuleAlias]] = {}
        for module, alias in self.modules.items():
            for name, target in alias.renamed.items():
                found.setdefault(target, {})[module, name] = alias
        return found


def link(
    facts: Mapping[str, Facts],
    read_text: Callable[[str], str],
    idioms: Idioms,
    skipped: Iterable[str] = (),
    declared: Iterable[Declared] = (),
) -> Linked:
    """Link the facts of a snapshot's files, by path; `read_text` gives the text of a file for rules on content.

    `skipped` are paths without facts that the library's own rules may nevertheless read: `unread` says which they do.
    `declared` are the rows of the project's files that are no Python source.
    """
    library = build_library(facts)
    rules = read_file_rules(library, read_text, skipped)
    structures = read_structures(library)
    _offer(library, rules, structures)
    old_names = offer_old_names(library)
    meanings = Meanings(_programs(library), idioms, _resolver(library))
    conditions = Conditions(library, meanings, idioms.probe.standard)
    backends = Backends(library, conditions)
    decorators = Decorators(library, conditions)
    stated = (
        *needs_of_file_rules(library, rules, backends),
        *needs_of_decorators(library, backends, decorators, rules, idioms),
        *needs_of_gates(library, structures, conditions, backends),
    )
    needs = with_substitutes(library, stated, backends)
    gated = read_gates(library, conditions)
    needs.extend(gated.needs)
    predicates = sorted(meanings.predicates(), key=lambda found: found[:2])
    names = frozenset(f"{module}.{name}" for module, name, _ in predicates)
    needs.extend(needs_of_soft_uses(library, conditions, names))
    project = Project(library, declared, read_text)
    for problem, count in project.problems.items():
        rules.problems[problem] = rules.problems.get(problem, 0) + count
    calls = RaisingCalls(library, conditions, backends, idioms, project.rows)
    needs.extend(calls.needs())
    needs.extend(TableRows(library, conditions, calls).needs())
    variables = read_variables(library, conditions)
    if variables.computed:
        gated.counts["environment variable: a name that is computed at run time"] = variables.computed
    settled = Settled(library, project.rows, idioms.aliases)
    settled.know(needs)
    imported = list(needs_of_imports(library, conditions, names, settled))
    settled.know(imported)
    needs.extend((*imported, *needs_of_names(library, conditions, names, settled)))
    advice = read_advice(library, conditions, backends, idioms, [*gated.spoken, *calls.gated.spoken])
    read_defaults(library, conditions, idioms, advice)
    modules = module_aliases(library, rules.problems)
    return Linked(
        library,
        conditions,
        _backends(needs),
        _exports(library),
        predicates,
        needs,
        _problems(library, rules, structures),
        tuple(sorted(rules.unread)),
        [*gated.bounds, *calls.gated.bounds, *advice.bounds, *read_domains(library, conditions)],
        variables.found,
        project.rows,
        dict(sorted((Counter(gated.counts) + Counter(calls.gated.counts) + Counter(advice.counts)).items())),
        advice.found,
        old_names,
        _flags(library),
        answered_names(library),
        _called(meanings, predicates),
        modules,
    )


def _called(meanings: Meanings, predicates: Iterable[tuple[str, str, Meaning]]) -> dict[str, tuple[Arguments, Formula]]:
    """Return a call of each predicate whose answer is not understood without one, where the library makes one."""
    found = {f"{module}.{name}": meanings.called(module, name) for module, name, known in predicates if not known.exact}
    return {name: call for name, call in found.items() if call is not None}


def _offer(library: Library, rules: FileRules, structures: Structures) -> None:
    """Fill in what packages offer through lazy import structures."""
    for offer in structures.offers:
        if offer.target == offer.package:  # bound there by an import
            continue
        library.lazy.setdefault(offer.package, {})[offer.name] = f"{offer.target}.{offer.name}"
    offered_by: dict[str, list[str]] = {}
    for package, folder in rules.offered.items():
        library.lazy.setdefault(package, {})
        offered_by.setdefault(folder, []).append(package)
    for path in rules.files:
        module = library.by_path[path]
        packages = [p for folder in PurePosixPath(path).parents for p in offered_by.get(str(folder), ())]
        for name in objects_of(module) if packages else ():
            for package in packages:
                library.lazy[package].setdefault(name, f"{module.name}.{name}")


def _programs(library: Library) -> dict[str, Program]:
    found = {}
    for name, site in sites(library, predicate_detector.ID, "module"):
        module = library.modules[name]
        found[name] = Program(name, module.path, module.is_package, site.statements)
    return found


def _resolver(library: Library) -> Callable[[str, str], Found | str | None]:
    def resolve(module: str, name: str) -> Found | str | None:
        located = library.locate(module, name)
        if located is None:
            return None
        if located.module != module:
            return located.qualname.rstrip(".")
        here = library.modules[module]
        value = here.facts.constants.get(name)
        definition = here.definitions.get(name)
        if definition is None:
            return None
        imported = here.imported.get(name) if definition.kind == "variable" else None
        if imported is not None and not isinstance(value, Constant) and imported.partition(".")[0] not in library.roots:
            return imported  # and a stand-in of the library's own where it is missing
        return Found(value, definition.span) if value is not None else None

    return resolve


def _backends(needs: list[Need]) -> dict[str, tuple[str, ...]]:
    """Return the backends of whole objects: what placeholders and decorators on the object itself name."""
    found: dict[str, set[str]] = {}
    for need in needs:
        found.setdefault(need.owner, set()).update(need.backends)
    return {owner: tuple(sorted(names)) for owner, names in found.items() if names}


def _exports(library: Library) -> dict[str, list[tuple[str, str]]]:
    """Return, for each object, the packages that offer it under a public name, outermost first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for package in sorted(name for name, module in library.modules.items() if module.is_package):
        for name in library.public_names(package):
            located = library.locate(package, name)
            if located is not None and located.module is not None and located.name:
                found.setdefault(located.qualname, []).append((package, name))
    for offers in found.values():
        offers.sort(key=lambda offer: (offer[0].count("."), offer))
    return found


def _flags(library: Library) -> dict[str, dict[str, Flagged]]:
    """Return the flags that classes set, by the class's qualified name; of several of one name, the last."""
    found: dict[str, dict[str, Flagged]] = {}
    for module, site in sites(library, class_flag.ID, "flag"):
        name, value = site.names
        said = site.expressions.get("comment")
        comment = said.value if isinstance(said, Constant) and isinstance(said.value, str) else None
        path = library.modules[module].path
        places = (Place(path, site.span, "constant"), *(Place(path, span, "message") for span in site.spans.values()))
        found.setdefault(f"{module}.{site.owner}", {})[name] = Flagged(value == "True", comment, places)
    return found


def _problems(library: Library, rules: FileRules, structures: Structures) -> dict[str, int]:
    found = dict(rules.problems)
    for problem, count in structures.problems.items():
        found[problem] = found.get(problem, 0) + count
    for module in library.modules.values():
        for shape, count in module.facts.dynamic.items():
            found[shape] = found.get(shape, 0) + count
    return dict(sorted(found.items()))
