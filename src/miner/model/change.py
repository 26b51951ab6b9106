"""Changes: differences between two graphs of one library, typed, with a severity and evidence on both sides."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from miner.model.evidence import Evidence, FormulaJson

Severity = Literal["breaking", "risky", "notice", "benign"]
ChangeType = Literal[
    "floor-raised",
    "floor-lowered",
    "cap-added",
    "cap-removed",
    "declared-changed",
    "backend-added",
    "backend-removed",
    "gate-added",
    "gate-removed",
    "gate-hardened",
    "gate-softened",
    "condition-changed",
    "effect-changed",
    "device-added",
    "device-removed",
    "capability-raised",
    "capability-lowered",
    "predicate-changed",
    "default-changed",
    "option-added",
    "option-removed",
    "option-renamed",
    "deprecated",
    "removed",
    "advice-added",
    "advice-removed",
    "advice-changed",
    "variable-added",
    "variable-removed",
    "implementation-added",
    "implementation-removed",
    "implementation-moved",
    "contradiction-appeared",
    "contradiction-resolved",
]
SEVERITIES: dict[ChangeType, Severity] = {
    "floor-raised": "breaking",
    "cap-added": "breaking",
    "backend-added": "breaking",
    "gate-hardened": "breaking",
    "capability-raised": "breaking",
    "option-removed": "breaking",
    "option-renamed": "breaking",
    "removed": "breaking",
    "implementation-removed": "breaking",
    "gate-added": "risky",
    "device-removed": "risky",
    "predicate-changed": "risky",
    "default-changed": "risky",
    "condition-changed": "risky",
    "effect-changed": "risky",
    "declared-changed": "risky",
    "variable-removed": "risky",
    "deprecated": "notice",
    "advice-added": "notice",
    "advice-changed": "notice",
    "gate-softened": "notice",
    "contradiction-appeared": "notice",
    "implementation-moved": "notice",
    "floor-lowered": "benign",
    "cap-removed": "benign",
    "backend-removed": "benign",
    "gate-removed": "benign",
    "device-added": "benign",
    "capability-lowered": "benign",
    "option-added": "benign",
    "advice-removed": "benign",
    "variable-added": "benign",
    "implementation-added": "benign",
    "contradiction-resolved": "benign",
}
"""What a change may do to code that worked: `breaking` it fails, `risky` it may fail or behave differently, `notice` it
works and should be looked at, `benign` it works as before."""


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One difference; fields that do not apply are None. `old` and `new` are the values of `field`, as JSON.

    `when` is the condition under which a requirement arises: of the new release, or of the old where it is gone.
    """

    type: ChangeType
    severity: Severity
    symbol: str | None = None
    package: str | None = None
    option: str | None = None
    old_id: str | None = None
    new_id: str | None = None
    field: str | None = None
    old: Any = None
    new: Any = None
    when: FormulaJson | None = None
    old_evidence: Evidence | None = None
    new_evidence: Evidence | None = None
