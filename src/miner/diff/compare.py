"""Comparing two graphs: each kind of statement of the one with those of the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from miner.diff.advice import changed_advice
from miner.diff.consequence import changed_predicates
from miner.diff.gate import changed_gates
from miner.diff.identity import Identity
from miner.diff.option import Deprecations, changed_options, deprecations
from miner.diff.record import change
from miner.diff.version import compared
from miner.graph.names import Named
from miner.model.change import SEVERITIES, Change, Severity
from miner.model.concept import Contradiction
from miner.model.evidence import Evidence
from miner.model.node import Advice, Constraint, EnvironmentVariable, Implementation, Package, Requirement
from miner.store.graph_reader import Graph

_ORDER: tuple[str, ...] = get_args(Severity)
RELATIONS = frozenset({"uses_predicate"})
"""The edges that a comparison follows."""
_Declared = dict[str | None, tuple[Package, str]]
"""Versions, and the package that they are of, by marker."""


def changes(old: Graph, new: Graph) -> list[Change]:
    """Return what changed from one graph to another, worst first, then by type, symbol and package."""
    identity = Identity(old, new)
    found = [
        *_objects(identity),
        *_declared(old, new),
        *_predicates(identity),
        *changed_gates(identity),
        *changed_options(identity),
        *changed_advice(identity),
        *_variables(old, new),
        *_contradictions(old, new),
    ]
    found = [_with_both_places(each, identity) for each in found]
    found.sort(
        key=lambda each: (
            _ORDER.index(each.severity),
            each.type,
            each.symbol or "",
            each.package or "",
            each.option or "",
        )
    )
    return found


def _with_both_places(found: Change, identity: Identity) -> Change:
    """Return a change of what is said on one side only with the place, on the other, of the object that it is of."""
    node = identity.new.nodes.get(found.new_id or "") or identity.old.nodes.get(found.old_id or "")
    if not isinstance(node, Requirement | Constraint | Advice) or (found.old_evidence and found.new_evidence):
        return found
    if found.old_evidence is None:
        return msgspec.structs.replace(found, old_evidence=identity.place_before(node.owner))
    return msgspec.structs.replace(found, new_evidence=identity.place_now(node.owner))


def _objects(identity: Identity) -> Iterator[Change]:
    """Yield public objects that came, went or moved, and the backends that those need which stayed."""
    old, new = identity.offered
    told, still = deprecations(identity.old), deprecations(identity.new)
    gone = old.keys() - new.keys()
    answered = identity.answered(gone)
    for name in sorted(gone):
        place = old[name].qualname.rpartition(".")[0]
        answers = answered.get(name)
        if answers is not None and old[name].qualname not in identity.moves:
            public = Named(answers.qualname, answers).public
            yield change(
                "implementation-moved", old[name], answers, symbol=name, field="import", old=name, new=public
            )  # another one is given under the name
        elif old[name].qualname not in identity.renames and (place, old[name].name) not in still:
            yield _removed(old[name], None, name, told.get((old[name].qualname, old[name].name)))
    came = {*identity.renames.values()}
    for name in sorted(new.keys() - old.keys()):
        if new[name].qualname not in came:
            yield change("implementation-added", None, new[name], symbol=name)
    for before, after in identity.moved():
        if before.qualname in identity.renames:
            names = [Named(node.qualname, node).public for node in (before, after)]
            yield change(
                "implementation-moved", before, after, severity="breaking", symbol=after.qualname, field="import",
                old=names[0], new=names[1],
            )  # fmt: skip
        else:
            yield change(
                "implementation-moved", before, after, symbol=after.qualname, field="qualname", old=before.qualname,
                new=after.qualname,
            )  # fmt: skip
    substituted = _substituted(identity.new)
    for name in sorted(old.keys() & new.keys()):
        before, after = old[name], new[name]
        yield from _backends(name, before, after, substituted)
    yield from _methods(identity, told)


def _methods(identity: Identity, told: Deprecations) -> Iterator[Change]:
    """Yield the public methods that classes which stayed, and their bases, have no longer."""
    for before, after in identity.stayed:
        if before.kind != "class" or after.kind != "class":
            continue
        for name in before.members:
            if not name.startswith("_") and identity.of(f"{before.qualname}.{name}") is None:
                old = identity.old.nodes.get(f"implementation:{before.qualname}.{name}")
                node = old if isinstance(old, Implementation) else before
                symbol = f"{Named(after.qualname, after).public}.{name}"
                yield _removed(node, after, symbol, told.get((f"{before.qualname}.{name}", name)))


def _removed(before: Implementation, after: Implementation | None, name: str, told: Advice | None) -> Change:
    """Return that an object is gone: as announced, where the old release called it deprecated."""
    if told is None:
        return change("implementation-removed", before, after, symbol=name)
    return change("removed", before, after, symbol=name, field="deprecation", old=told.message, new=told.replacement)


def _substituted(graph: Graph) -> set[str]:
    """Return the objects in whose place another is given where a backend is missing."""
    return {
        node.owner
        for node in graph.of_type(Requirement)
        if node.origin == "placeholder" and node.otherwise.effect == "fallback"
    }


def _backends(name: str, before: Implementation, after: Implementation, substituted: set[str]) -> Iterator[Change]:
    """Yield the backends that came, went or are asked for in another version.

    Where another object is given without one, nothing breaks.
    """
    worst: Severity = "risky" if after.qualname in substituted else SEVERITIES["backend-added"]
    was, is_ = (dict(map(_name_and_versions, node.backends)) for node in (before, after))
    for backend in sorted(was.keys() | is_.keys()):
        fields = {"symbol": name, "package": backend, "field": "backends"}
        old, new = was.get(backend), is_.get(backend)
        if old is None:
            yield change("backend-added", before, after, severity=worst, new=f"{backend}{new}", **fields)
        elif new is None:
            yield change("backend-removed", before, after, old=f"{backend}{old}", **fields)
        elif (type_ := compared(old, new)) is not None:
            yield change(type_, before, after, old=f"{backend}{old}", new=f"{backend}{new}", **fields)


def _name_and_versions(backend: str) -> tuple[str, str]:
    """Return the name and the versions of a backend as it is asked for, such as `torch>=2.5`."""
    name = backend.rstrip("0123456789.,<>=!~ *") if any(sign in backend for sign in "<>=") else backend
    return name, backend[len(name) :]


def _declared(old: Graph, new: Graph) -> Iterator[Change]:
    """Yield what is declared otherwise of each package and extra: its versions, or else under which markers."""
    before, after = _rows(old), _rows(new)
    for key in sorted(before.keys() | after.keys(), key=str):
        was, is_ = before.get(key, {}), after.get(key, {})
        nodes = next(iter(was.values()), (None,))[0], next(iter(is_.values()), (None,))[0]
        fields: dict[str, Any] = {"package": key[0], "option": key[1], "field": "declared"}
        fields |= {"old_evidence": _declaration(nodes[0], key[1]), "new_evidence": _declaration(nodes[1], key[1])}
        if key[1] is not None:
            fields["severity"] = "risky"  # of those alone who install the extra
        if was.keys() != is_.keys():
            if key[1] is not None:
                fields["severity"] = "notice"
            yield change("declared-changed", *nodes, old=_text(was), new=_text(is_), **fields)
            continue
        for marker, (_, specifier) in was.items():
            now = is_[marker][1]
            type_ = compared(specifier, now)
            if type_ is not None:
                if key[1] is not None and SEVERITIES[type_] != "breaking":
                    fields["severity"] = "benign" if SEVERITIES[type_] == "benign" else "notice"
                yield change(type_, *nodes, old=specifier, new=now, **fields)


def _declaration(package: Package | None, extra: str | None) -> Evidence | None:
    """Return where a package is declared: best, where the extra is named; else in a file at the top."""
    found = [each for each in package.evidence if each.role == "declaration"] if package is not None else []
    found.sort(key=lambda each: (extra is not None and f'"{extra}"' not in (each.text or ""), "/" in each.path))
    return found[0] if found else None


def _rows(graph: Graph) -> dict[tuple[str, str | None], _Declared]:
    """Return what is declared by package and extra: in the build script, or else in the metadata that it wrote."""
    found: dict[tuple[str, str | None], _Declared] = {}
    for place in ("build-script", "metadata"):
        rows: dict[tuple[str, str | None], _Declared] = {}
        for package in graph.of_type(Package):
            for row in package.declared:
                if row.place == place:
                    rows.setdefault((package.name, row.extra), {})[row.marker] = (package, row.specifier)
        found = {**rows, **found}
    return found


def _text(rows: _Declared) -> str | None:
    """Return what is declared as in a requirements file, without the name; `any` for no bounds."""
    said = [
        f"{specifier or 'any'}; {marker}" if marker else specifier or "any" for marker, (_, specifier) in rows.items()
    ]
    return ", or ".join(sorted(said)) or None


def _predicates(identity: Identity) -> Iterator[Change]:
    """Yield predicates of one name that mean something else now."""
    for before, after in changed_predicates(identity):
        yield change(
            "predicate-changed", before, after, symbol=after.qualname, field="means", old=before.means, new=after.means
        )


def _variables(old: Graph, new: Graph) -> Iterator[Change]:
    """Yield environment variables that are read by no one before, or any more."""
    before = {node.variable: node for node in reversed(old.of_type(EnvironmentVariable))}
    after = {node.variable: node for node in reversed(new.of_type(EnvironmentVariable))}
    for name in sorted(after.keys() - before.keys()):
        yield change("variable-added", None, after[name], symbol=after[name].owner, option=name)
    for name in sorted(before.keys() - after.keys()):
        yield change("variable-removed", before[name], None, symbol=before[name].owner, option=name)


def _contradictions(old: Graph, new: Graph) -> Iterator[Change]:
    before = {node.id: node for node in old.of_type(Contradiction)}
    after = {node.id: node for node in new.of_type(Contradiction)}
    for id_ in sorted(after.keys() - before.keys()):
        said = [statement.text for statement in after[id_].statements[:2]]
        yield change(
            "contradiction-appeared", None, after[id_], package=after[id_].subject, field="statements", new=said
        )
    for id_ in sorted(before.keys() - after.keys()):
        said = [statement.text for statement in before[id_].statements[:2]]
        yield change(
            "contradiction-resolved", before[id_], None, package=before[id_].subject, field="statements", old=said
        )
