"""Abstract values: what an expression can be, as far as a meaning needs to know. All are frozen and hashable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Union

from miner.formula.connective import Formula
from miner.model.expression import Lambda
from miner.model.statement import Function


@dataclass(frozen=True)
class Truth:
    """A boolean that is a formula; True and False are formulas too."""

    formula: Formula


@dataclass(frozen=True)
class Constant:
    """None, a number or a string."""

    value: int | float | str | None


@dataclass(frozen=True)
class Subject:
    """What has a version, by kind and name; a `capability` by its device, `cuda` and `rocm` are toolkits."""

    kind: Literal["package", "module", "program", "python", "cuda", "rocm", "capability"]
    name: str = ""


@dataclass(frozen=True)
class Release:
    """The version of a subject, as the code holds it.

    `view`: text, parsed, base (the text without local and pre-release parts), number (component `count`), release (the
    first `count` components as a tuple; -1 for all), joined (the first `count` components as text), dotted (the same
    and a final dot), digits (the first two as text, with nothing between them). `base` once local and pre-release parts
    are dropped.
    """

    subject: Subject
    view: str = "text"
    count: int = 0
    base: bool = False


@dataclass(frozen=True)
class Parsed:
    """A version given as a constant, parsed."""

    text: str


@dataclass(frozen=True)
class Spec:
    """The result of looking for a module without importing it."""

    module: str


@dataclass(frozen=True)
class Index:
    """The mapping from import names to the distributions that provide them."""


@dataclass(frozen=True)
class Distributions:
    """The names of the distributions that provide a module."""

    module: str


@dataclass(frozen=True)
class DistributionOf:
    """The name of one distribution that provides a module."""

    module: str


@dataclass(frozen=True)
class Metadata:
    """The metadata of an installed distribution."""

    package: str


@dataclass(frozen=True)
class Variable:
    """The value of an environment variable that is set; `case` is upper or lower once converted."""

    name: str
    case: str = ""


@dataclass(frozen=True)
class Number:
    """The value of an environment variable that is set, as a whole number."""

    name: str


@dataclass(frozen=True)
class Document:
    """The value of an environment variable that is set, as JSON; a text that is none has no keys."""

    name: str


@dataclass(frozen=True)
class Platform:
    """The name of the operating system, in the spelling of one of the standard functions."""


@dataclass(frozen=True)
class Output:
    """What a program or a search for it gives when it is there: never None, never empty."""

    program: str


@dataclass(frozen=True)
class Count:
    """The number of devices."""

    device: str


@dataclass(frozen=True)
class Properties:
    """The properties of a device."""

    device: str


@dataclass(frozen=True)
class Accelerator:
    """The device that a program runs on by default, where it is an accelerator, or with `is_kind` what kind that is."""

    is_kind: bool = False


@dataclass(frozen=True)
class NamedDevice:
    """A device that is named, whether it is there or not: `torch.device("cpu")`."""

    kind: str


@dataclass(frozen=True)
class Operator:
    """A comparison as a function."""

    symbol: str


@dataclass(frozen=True)
class External:
    """Something outside the programs, by its dotted path.

    `known`: `there` of what is not None; `answer` of what a package answers, which may be: the path is the question
    then, as it is written with whole names, `kit.config.get('key')`.
    """

    path: str
    known: str = ""


@dataclass(frozen=True)
class Series:
    """A tuple, list or set; `whole` is False when items may be missing."""

    kind: str
    items: tuple[Value, ...]
    whole: bool = True


@dataclass(frozen=True)
class Table:
    """A dict with constant keys."""

    items: tuple[tuple[Any, Value], ...]


@dataclass(frozen=True, eq=False)
class Routine:
    """A function or lambda of a program, with the scopes it closes over."""

    module: str
    name: str
    code: Function | Lambda
    scopes: tuple[dict[str, Value], ...]


@dataclass(frozen=True)
class Method:
    """A method of a value, not yet called."""

    receiver: Value
    name: str


@dataclass(frozen=True)
class Argument:
    """An argument that the caller must give."""

    name: str
    of: str


@dataclass(frozen=True)
class Unknown:
    """Seen and not understood."""

    text: str
    reason: str


@dataclass(frozen=True)
class Raised:
    """No value: an exception instead."""

    exception: str


@dataclass(frozen=True)
class Choice:
    """`then` where `test` holds, else `orelse`; `size` counts what it can be."""

    test: Formula
    then: Value
    orelse: Value
    size: int = field(default=2, compare=False)


Value = Union[  # noqa: UP007
    Truth,
    Constant,
    Release,
    Parsed,
    Spec,
    Index,
    Distributions,
    DistributionOf,
    Metadata,
    Variable,
    Number,
    Document,
    Platform,
    Output,
    Count,
    Properties,
    Accelerator,
    NamedDevice,
    Operator,
    External,
    Series,
    Table,
    Routine,
    Method,
    Argument,
    Unknown,
    Raised,
    Choice,
]

TRUE, FALSE, NONE = Truth(True), Truth(False), Constant(None)
