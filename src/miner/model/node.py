"""The published nodes of a graph, and the evidence under each of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

import msgspec

from miner.model.snapshot import SourceRecord

FormulaJson = Annotated[Any, msgspec.Meta(extra_json_schema={"$ref": "formula.schema.json"})]
"""A formula in its JSON form; built and read by `miner.formula`, whose atoms make its schema."""

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
BlobId = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{40}|[0-9a-f]{64})$")]
Line = Annotated[int, msgspec.Meta(ge=1)]
Offset = Annotated[int, msgspec.Meta(ge=0)]

Role = Literal["site", "guard", "constant", "default", "message", "declaration", "binding", "definition", "authored"]
Effect = Literal["raise", "warn", "fallback", "disable", "placeholder", "skip", "return-reason", "unchecked"]
"""What follows; `unchecked`: the authors say what they accept, and nothing there refuses the rest."""
Origin = Literal[
    "runtime-gate",
    "decorator",
    "file-rule",
    "helper-call",
    "placeholder",
    "import-guard",
    "assertion",
    "docstring",
    "message",
]


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    pass


class Evidence(_Record, frozen=True):
    """A place whose bytes are the source of a statement.

    `path` is relative to the repository's root, or to the archive's with an sdist's top folder stripped; lines from 1
    inclusive, bytes half-open; `sha256` is of the exact bytes; `text` (at most 4 KiB) is left out for definitions.
    With role `authored` the place is a line of a data file of miner itself.
    """

    role: Role
    path: str
    blob: BlobId
    start_line: Line
    end_line: Line
    start_byte: Offset
    end_byte: Offset
    sha256: Sha256
    text: str | None = None
    redacted: bool = False


class Export(_Record, frozen=True):
    """How users import an object: `from module import name`."""

    module: str
    name: str


class Otherwise(_Record, frozen=True):
    """What happens when a need is not met."""

    effect: Effect
    exception: str | None = None
    message: str | None = None
    action: str | None = None


DeclaredPlace = Literal["metadata", "build-script", "table", "requirements-file"]


class Declaration(_Record, frozen=True):
    """A requirement that the project declares: where, under which extra, and for which environments (PEP 508)."""

    specifier: str
    place: DeclaredPlace
    extra: str | None = None
    marker: str | None = None


class Gate(_Record, frozen=True):
    """A version enforced at run time, and the requirement or predicate that says so."""

    specifier: str
    stated_by: str


class _Node(_Record, frozen=True, omit_defaults=False):
    id: str
    name: str
    evidence: Annotated[tuple[Evidence, ...], msgspec.Meta(min_length=1)]


class Implementation(_Node, frozen=True, tag_field="type", tag="Implementation"):
    """A class, function, method, module-level variable or alias, where it is defined and how it is imported.

    A module is one where its top level states something; `external` lives in another library, and a catalog names it.
    """

    qualname: str
    kind: Literal["class", "function", "method", "variable", "alias", "module", "external"]
    exports: tuple[Export, ...] = ()
    signature: str | None = None
    summary: str | None = None
    backends: tuple[str, ...] = ()
    public: bool = False
    target: str | None = None


class Predicate(_Node, frozen=True, tag_field="type", tag="Predicate"):
    """A function or flag that answers a question about the environment, and what the answer really means."""

    qualname: str
    means: FormulaJson
    kind: Literal["function", "flag"]
    quirks: tuple[str, ...] = ()


class Requirement(_Node, frozen=True, tag_field="type", tag="Requirement"):
    """The owner needs `needs` when `when`; otherwise ...; enforced when nothing works without it."""

    owner: str
    needs: FormulaJson
    when: FormulaJson
    otherwise: Otherwise
    origin: Origin
    enforced: bool


class Constraint(_Node, frozen=True, tag_field="type", tag="Constraint"):
    """What the owner demands of its parameters or fields alone: `otherwise` follows when `when` holds."""

    owner: str
    parameters: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    when: FormulaJson
    otherwise: Otherwise


AdviceKind = Literal[
    "warning",
    "deprecation",
    "trade-off",
    "incompatibility",
    "default",
    "default-override",
    "recommendation",
    "limitation",
    "requirement",
]
"""What is told: `default`, the value of an option that is not given; `default-override`, one that the code sets
whatever was given; `limitation`, also of an option that is dropped; `requirement`, a demand in prose."""
AdviceOrigin = Literal["warning", "mark", "documentation", "code", "gate"]
"""Where advice is from: a call that warns, a mark of a deprecation, a docstring, what the code sets, or the words of a
gate whose condition is not understood, or is over something private."""


class Quantity(_Record, frozen=True):
    """A number with a unit that a message states: `~20%`.

    `low` and `high` bound it in `unit` (`%`, `x` for a ratio, `GB`, `ms`, ...), None where it is open; `metric` is what
    it measures and `direction` where that goes, as far as the clause says.
    """

    text: str
    unit: str
    low: float | None
    high: float | None
    metric: str | None
    direction: Literal["increase", "decrease"] | None
    evidence: Evidence


class Advice(_Node, frozen=True, tag_field="type", tag="Advice"):
    """What the owner tells its user of `subject` (an option, a parameter, or the owner itself) when `when` holds.

    `message` is a template with the expressions in it as `{fields}`, None where only marks say it; `action` is what is
    set beside it; `quantities` are the numbers with units in the message. The releases and the replacement of a
    deprecation are those that are named; None: none is.
    """

    owner: str
    kind: AdviceKind
    origin: AdviceOrigin
    subject: str
    when: FormulaJson
    message: str | None = None
    action: str | None = None
    quantities: tuple[Quantity, ...] = ()
    deprecated_since: str | None = None
    removed_in: str | None = None
    replacement: str | None = None


class EnvironmentVariable(_Node, frozen=True, tag_field="type", tag="EnvironmentVariable"):
    """An environment variable that the owner reads; `default` as it is written, `choices` it is compared with."""

    variable: str
    owner: str
    default: str | None = None
    choices: tuple[str, ...] = ()


class Package(_Node, frozen=True, tag_field="type", tag="Package"):
    """A distribution by its canonical name (or `python` itself), the names it is imported by, the requirements that are
    declared, and the versions enforced at run time.
    """

    import_names: tuple[str, ...] = ()
    declared: tuple[Declaration, ...] = ()
    gated: tuple[Gate, ...] = ()


class Workflow(_Node, frozen=True, tag_field="type", tag="Workflow"):
    """What users do with the library, in steps: the ids of its principles in order."""

    title: str
    steps: tuple[str, ...]
    origin: Literal["catalog", "derived"]


class Principle(_Node, frozen=True, tag_field="type", tag="Principle"):
    """One step of a workflow: what is done there, whatever implements it; `page` names what does in this library."""

    title: str
    workflow: str
    order: Line
    page: str


class KnownError(_Record, frozen=True):
    """An error that users meet: its message, the need behind it in words, the fix, and the requirement that says so."""

    message: str
    cause: str
    fix: str | None
    requirement: str


class Environment(_Node, frozen=True, tag_field="type", tag="Environment"):
    """What a workflow needs of the machine: ids of requirements that its symbols state or reach.

    `always`: enforced on every path, `conditional`: enforced under a condition, `optional`: something else is done
    without. `variables` are ids of environment variables that are read there, `devices` what is asked for by name.
    `install` is the shortest command that brings what is always needed.
    """

    workflow: str
    always: tuple[str, ...]
    conditional: tuple[str, ...]
    optional: tuple[str, ...]
    install: str
    variables: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    errors: tuple[KnownError, ...] = ()


class Heuristic(_Node, frozen=True, tag_field="type", tag="Heuristic"):
    """What the authors know of a group of options, by ids of advice, constraints and requirements.

    `default`: the values that they have and are given; `trade_off`: gains, losses and recommendations;
    `compatibility`: what does not go together, is limited or demanded; `requires`: what they need of the machine;
    `deprecated`: what goes away; `advice`: all but what they need.
    """

    topic: str
    options: tuple[str, ...]
    default: tuple[str, ...]
    trade_off: tuple[str, ...]
    compatibility: tuple[str, ...]
    requires: tuple[str, ...]
    deprecated: tuple[str, ...]
    advice: tuple[str, ...]
    quantities: tuple[Quantity, ...] = ()


Node = Union[  # noqa: UP007
    Implementation,
    Predicate,
    Requirement,
    Constraint,
    Advice,
    EnvironmentVariable,
    Package,
    Workflow,
    Principle,
    Environment,
    Heuristic,
]

Relation = Literal[
    "states",
    "about",
    "uses_predicate",
    "decorated_by",
    "reads",
    "calls",
    "overrides",
    "step",
    "implemented_by",
    "requires",
    "requires_env",
    "uses_heuristic",
    "includes",
]
"""`step` (a workflow's principle, in `order`), `implemented_by` (evidence is the symbol, or the region of it),
`requires` (a symbol of a workflow; `via` names the edges of the shortest path as `source relation target`, `when` is in
the names of the symbol), `includes` (an environment's requirements, a heuristic's advice)."""


class Edge(_Record, frozen=True, omit_defaults=False):
    """One directed relation between two nodes; readers show both directions."""

    source: str
    relation: Relation
    target: str
    when: FormulaJson = True
    order: int | None = None
    via: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Outcome(_Record, frozen=True, omit_defaults=False):
    """What became of one path of the snapshot: exactly one row per file."""

    path: str
    outcome: Literal["mined", "skipped", "failed"]
    reason: str | None = None


class Manifest(_Record, frozen=True):
    """What a graph folder holds, what it was mined with, and what was seen and not understood."""

    schema_version: int
    tool: str
    tool_revision: str
    source: SourceRecord
    reader: Literal["fast", "libcst"]
    nodes: dict[str, int]
    edges: dict[str, int]
    outcomes: dict[str, int]
    coverage: dict[str, dict[str, int]]
    files: dict[str, str]
    notes: tuple[str, ...] = ()


RECORDS: dict[str, Any] = {
    "implementation": Implementation,
    "predicate": Predicate,
    "requirement": Requirement,
    "constraint": Constraint,
    "advice": Advice,
    "environment-variable": EnvironmentVariable,
    "package": Package,
    "workflow": Workflow,
    "principle": Principle,
    "environment": Environment,
    "heuristic": Heuristic,
    "edge": Edge,
    "outcome": Outcome,
    "manifest": Manifest,
}
"""Every published record by the name of its schema."""


def schema_of(kind: str) -> str:
    """Return the name of the schema of a node's type: `EnvironmentVariable` has `environment-variable`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("-")
