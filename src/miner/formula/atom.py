"""The atoms of formulas: what one condition on the environment, or on an argument, can say (DESIGN: formulas)."""

from __future__ import annotations

from typing import Union

import msgspec

Constraint = tuple[str, str]  # (operator, version or number as written), e.g. (">=", "2.6")
Constraints = tuple[Constraint, ...]


def bounds(constraints: Constraints) -> tuple[str, ...]:
    """Return constraints as the parts of a version specifier (PEP 440): `>=2.6`, `<3`."""
    return tuple(f"{operator}{bound}" for operator, bound in constraints)


class _Atom(msgspec.Struct, frozen=True, cache_hash=True, omit_defaults=True, forbid_unknown_fields=True):
    pass


class Package(_Atom, frozen=True, kw_only=True):
    """A distribution is installed and its version compares so in `packaging.Version` order; `base` drops local and
    pre-release parts first, where the code does so."""

    package: str
    version: Constraints = ()
    base: bool = False


class Module(_Atom, frozen=True, kw_only=True):
    """A module is importable (`find_spec`), and, where the code asks, the version of its `distribution` compares so."""

    module: str
    version: Constraints = ()
    distribution: str | None = None
    base: bool = False


class Predicate(_Atom, frozen=True, kw_only=True):
    """A call of a predicate that is not expanded."""

    predicate: str
    args: tuple[Union[bool, int, float, str, None], ...] = ()  # noqa: UP007


class Feature(_Atom, frozen=True, kw_only=True):
    """An attribute exists on an importable module (`hasattr`); with brackets behind it, the call answers yes; with a
    comparison behind that, it holds: `torch.version.xpu is not None`."""

    feature: str


def question(feature: str) -> str:
    """Return what is asked in a feature, without what the answer is compared with."""
    return feature.removesuffix(" is not None").partition(" == ")[0]


class SameRelease(_Atom, frozen=True, kw_only=True):
    """The releases of two packages agree in their first `digits` numbers."""

    same_release: tuple[str, ...]
    digits: int


class Python(_Atom, frozen=True, kw_only=True):
    """The running Python's version."""

    python: Constraints


class OperatingSystem(_Atom, frozen=True, kw_only=True):
    """The operating system: linux, darwin, win32, as `sys.platform` names them."""

    os: str


class Binary(_Atom, frozen=True, kw_only=True):
    """An executable is on the path, or where else the library looks for it, in this version."""

    binary: str
    version: Constraints = ()


class Device(_Atom, frozen=True, kw_only=True):
    """A device of this kind can be used: cuda, xpu, mps, npu, mlu, musa, hpu, tpu, ..."""

    device: str


class DeviceCount(_Atom, frozen=True, kw_only=True):
    """The number of devices; of `device` when given, else of the accelerator in use."""

    device_count: Constraints
    device: str | None = None


class ComputeCapability(_Atom, frozen=True, kw_only=True):
    """Compute capability `major.minor`, of cuda unless `device` says otherwise."""

    compute_capability: Constraints
    device: str | None = None


class Toolkit(_Atom, frozen=True, kw_only=True):
    """The version of the CUDA toolkit that the framework was built with; no constraint: built with CUDA."""

    cuda: Constraints


class Rocm(_Atom, frozen=True, kw_only=True):
    """The version of the ROCm toolkit that the framework was built with; no constraint: built with ROCm."""

    rocm: Constraints


class Driver(_Atom, frozen=True, kw_only=True):
    """The version of the device driver."""

    driver: Constraints


class Memory(_Atom, frozen=True, kw_only=True):
    """Device memory in GiB."""

    memory_gib: Constraints


class Environment(_Atom, frozen=True, kw_only=True):
    """An environment variable is set (no `value`), or holds this value, in any case where the code compares so; with a
    `key`, it holds a JSON object that has it, with `is_true` one in which it counts as true."""

    env: str
    value: str | None = None
    ignore_case: bool = False
    key: str | None = None
    is_true: bool = False


class Parameter(_Atom, frozen=True, kw_only=True):
    """An argument, a configuration field or an attribute of `self` compared with a value; truthy without `op`."""

    param: str
    of: str
    op: str | None = None
    value: Union[bool, int, float, str, None] = None  # noqa: UP007


class Opaque(_Atom, frozen=True, kw_only=True):
    """Seen, not understood, never guessed."""

    opaque: str
    reason: str


Atom = Union[  # noqa: UP007
    Package,
    Module,
    Predicate,
    Feature,
    SameRelease,
    Python,
    OperatingSystem,
    Binary,
    Device,
    DeviceCount,
    ComputeCapability,
    Toolkit,
    Rocm,
    Driver,
    Memory,
    Environment,
    Parameter,
    Opaque,
]
