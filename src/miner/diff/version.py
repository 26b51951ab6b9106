"""What is different between two sets of versions: the floor, the cap, or something else."""

from __future__ import annotations

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from miner.formula import atom as fa
from miner.formula.connective import Formula, Not
from miner.formula.disjunctive import literals
from miner.model.change import ChangeType

_FLOORS = frozenset({">=", ">", "~=", "=="})
_CAPS = frozenset({"<", "<=", "~=", "=="})


def compared(old: str, new: str) -> ChangeType | None:
    """Return how versions changed; the floor counts before the cap. None when both take the same versions."""
    try:
        before, after = list(SpecifierSet(old)), list(SpecifierSet(new))
    except InvalidSpecifier:
        return "declared-changed" if old != new else None
    floors = _bound(before, _FLOORS, highest=True), _bound(after, _FLOORS, highest=True)
    if floors[0] != floors[1]:
        raised = floors[0] is None or (floors[1] is not None and floors[1] > floors[0])
        return "floor-raised" if raised else "floor-lowered"
    caps = _bound(before, _CAPS, highest=False), _bound(after, _CAPS, highest=False)
    if caps[0] != caps[1]:
        added = caps[0] is None or (caps[1] is not None and caps[1] < caps[0])
        return "cap-added" if added else "cap-removed"
    same = {(each.operator, _plain(each.version)) for each in before} == {
        (e.operator, _plain(e.version)) for e in after
    }
    return None if same else "declared-changed"


def _bound(specifiers: list[Specifier], operators: frozenset[str], *, highest: bool) -> Version | None:
    found = [_plain(each.version) for each in specifiers if each.operator in operators]
    versions = [each for each in found if isinstance(each, Version)]
    return (max if highest else min)(versions, default=None)


def _plain(text: str) -> Version | str:
    try:
        return Version(text.removesuffix(".*"))
    except InvalidVersion:
        return text


def versions_of(formula: Formula) -> dict[str, str]:
    """Return the versions that a formula asks for, by subject, as specifiers."""
    found: dict[str, str] = {}
    for literal in literals(formula):
        if isinstance(literal, Not):
            continue
        match literal:
            case fa.Package(package=name, version=version) | fa.Module(module=name, version=version):
                found[f"package:{name}"] = ",".join(fa.bounds(version))
            case fa.ComputeCapability(device=device, compute_capability=version):
                found[f"capability:{device or 'cuda'}"] = ",".join(fa.bounds(version))
            case fa.Python(python=version):
                found["package:python"] = ",".join(fa.bounds(version))
    return found
