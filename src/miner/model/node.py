"""The published nodes of a graph, and the evidence under each of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Optional, Union

import msgspec

from miner.model.concept import (
    Contradiction,
    Environment,
    Heuristic,
    Principle,
    Workflow,
)
from miner.model.evidence import Evidence, FormulaJson, NodeRecord, Quantity, Record
from miner.model.option_use import OptionUse
from miner.model.snapshot import SourceRecord

Effect = Literal["raise", "warn", "fallback", "disable", "placeholder", "skip", "return-reason", "unchecked"]
"""What follows; `unchecked`: the authors say what they accept, and nothing there refuses the rest."""
Origin = Literal[
    "runtime-gate",
    "decorator",
    "file-rule",
    "helper-call",
    "placeholder",
    "import-guard",
    "import",
    "guarded-name",
    "assertion",
    "docstring",
    "message",
]


class Export(Record, frozen=True):
    """How users import an object: `from module import name`."""

    module: str
    name: str


class Flag(Record, frozen=True):
    """What a class says that it is, supports or needs: an attribute that is True or False, and the comment above it."""

    name: str
    value: bool
    comment: str | None = None


class Otherwise(Record, frozen=True):
    """What happens when a need is not met."""

    effect: Effect
    exception: str | None = None
    message: str | None = None
    action: str | None = None


DeclaredPlace = Literal["metadata", "build-script", "table", "requirements-file"]


class Declaration(Record, frozen=True):
    """A requirement that the project declares: where, under which extra, and for which environments (PEP 508)."""

    specifier: str
    place: DeclaredPlace
    extra: str | None = None
    marker: str | None = None


class Gate(Record, frozen=True):
    """A version enforced at run time, and the requirement or predicate that says so."""

    specifier: str
    stated_by: str


class Implementation(NodeRecord, frozen=True, tag_field="type", tag="Implementation"):
    """A class, function, method, module-level variable or alias, where it is defined and how it is imported.

    `target` is what an alias, a variable that is another name of a class, or the old name of a module stands for. Other
    modules are there where their top level states something, or imports names, its `members`; `imports` are the
    packages of others that it imports whatever holds, but for those that are always installed with the library: without
    them there is no module. `external` is of another library, and a catalog names it.
    Of a class: `bases` are those of its bases that the library defines too, `members` the methods of its own, `flags`
    what it says itself that it supports or needs (`_supports_sdpa`), `fields` the attributes that the body of one
    without a signature annotates, where a decorator may make parameters of them, `defaults` the short ones of those as
    they are written, `uses` where its options take effect, where a catalog names it as what holds those that users set.
    """

    qualname: str
    kind: Literal["class", "function", "method", "variable", "alias", "module", "external"]
    exports: tuple[Export, ...] = ()
    signature: str | None = None
    summary: str | None = None
    backends: tuple[str, ...] = ()
    public: bool = False
    target: str | None = None
    bases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    fields: tuple[str, ...] = ()
    defaults: dict[str, str] | None = None
    uses: tuple[OptionUse, ...] = ()
    imports: tuple[str, ...] = ()

    @property
    def definition(self) -> Evidence:
        """Where it is defined; of what is not, its first evidence."""
        return next((each for each in self.evidence if each.role == "definition"), self.evidence[0])


class PredicateCall(Record, frozen=True):
    """A call of a predicate as the library makes it: constants by keyword, or by position from 0, and what it means."""

    arguments: dict[str, Union[bool, int, float, str, None]]  # noqa: UP007  evaluated by msgspec on 3.10
    means: FormulaJson


class Predicate(NodeRecord, frozen=True, tag_field="type", tag="Predicate"):
    """A function or flag that answers a question about the environment, and what the answer really means.

    `called` is an example, where the answer depends on an argument; `summary` what its docstring begins with.
    """

    qualname: str
    means: FormulaJson
    kind: Literal["function", "flag"]
    quirks: tuple[str, ...] = ()
    called: Optional[PredicateCall] = None  # noqa: UP045
    summary: Optional[str] = None  # noqa: UP045


class Requirement(NodeRecord, frozen=True, tag_field="type", tag="Requirement"):
    """The owner needs `needs` when `when`; otherwise ...; enforced when nothing works without it."""

    owner: str
    needs: FormulaJson
    when: FormulaJson
    otherwise: Otherwise
    origin: Origin
    enforced: bool


class Constraint(NodeRecord, frozen=True, tag_field="type", tag="Constraint"):
    """What the owner demands of its parameters or fields alone: `otherwise` follows when `when` holds.

    Parts of `when` may be opaque: what is quoted of them names the parameters.
    """

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


class Advice(NodeRecord, frozen=True, tag_field="type", tag="Advice"):
    """What the owner tells its user of `subject` (an option, a parameter, or the owner itself) when `when` holds.

    `message` is a template with the expressions in it as `{fields}`, None where only marks say it; `action` is what is
    set beside it; `quantities` are the numbers with units in the message. The releases and the replacement of a
    deprecation are those that are named; None: none is. Of the default of an option, `description` is what the
    docstring says of it, where that is more than the message.
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
    description: str | None = None


class EnvironmentVariable(NodeRecord, frozen=True, tag_field="type", tag="EnvironmentVariable"):
    """An environment variable that the owner reads; `default` as it is written, `choices` it is compared with, the
    `comment` right above the place, the `description` of it in a docstring; what runs `then` first where a test that
    reads it holds, or what its value is `kept` in, as written.
    """

    variable: str
    owner: str
    default: str | None = None
    choices: tuple[str, ...] = ()
    comment: str | None = None
    description: str | None = None
    then: str | None = None
    kept: str | None = None


class Package(NodeRecord, frozen=True, tag_field="type", tag="Package"):
    """A distribution by its canonical name (or `python` itself), the names it is imported by, the requirements that are
    declared, and the versions enforced at run time.
    """

    import_names: tuple[str, ...] = ()
    declared: tuple[Declaration, ...] = ()
    gated: tuple[Gate, ...] = ()


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
    Contradiction,
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
    "contradicts",
]
"""`step` (a workflow's principle, in `order`), `implemented_by` (evidence is the symbol, or the region of it),
`requires` (a symbol of a workflow; `via` names the edges of the shortest path as `source relation target`, `when` is in
the names of the symbol), `includes` (an environment's requirements, a heuristic's advice)."""


class Edge(Record, frozen=True, omit_defaults=False):
    """One directed relation between two nodes; readers show both directions."""

    source: str
    relation: Relation
    target: str
    when: FormulaJson = True
    order: int | None = None
    via: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Outcome(Record, frozen=True, omit_defaults=False):
    """What became of one path of the snapshot: exactly one row per file."""

    path: str
    outcome: Literal["mined", "skipped", "failed"]
    reason: str | None = None


class Manifest(Record, frozen=True):
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
    "contradiction": Contradiction,
    "edge": Edge,
    "outcome": Outcome,
    "manifest": Manifest,
}
"""Every published record by the name of its schema."""


def schema_of(kind: str) -> str:
    """Return the name of the schema of a node's type: `EnvironmentVariable` has `environment-variable`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("-")
