"""What is different between two sets of versions: the floor, the cap, or something else."""

from __future__ import annotations

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from miner.formula import atom as fa
from miner.formula.connective import Formula, Not
from miner.formula.disjunctive import literals
from miner.formula.specifier import cap, floor, plain
from miner.model.change import ChangeType


def compared(old: str, new: str) -> ChangeType | None:
    """Return how versions changed; the floor counts before the cap. None when both take the same versions."""
    try:
        before, after = list(SpecifierSet(old)), list(SpecifierSet(new))
    except InvalidSpecifier:
        return "declared-changed" if old != new else None
    floors = floor(before), floor(after)
    if floors[0] != floors[1]:
        raised = floors[0] is None or (floors[1] is not None and floors[1] > floors[0])
        return "floor-raised" if raised else "floor-lowered"
    caps = cap(before), cap(after)
    if caps[0] != caps[1]:
        added = caps[0] is None or (caps[1] is not None and caps[1] < caps[0])
        return "cap-added" if added else "cap-removed"
    same = {(each.operator, plain(each.version)) for each in before} == {(e.operator, plain(e.version)) for e in after}
    return None if same else "declared-changed"


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
