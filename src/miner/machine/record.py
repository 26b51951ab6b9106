"""What a computer offers, as far as it is known: the facts that formulas are evaluated against."""

from __future__ import annotations

from typing import Annotated, Literal, Union

import msgspec
from packaging.utils import canonicalize_name

from miner.formula.atom import (
    Atom,
    Binary,
    ComputeCapability,
    Device,
    DeviceCount,
    Driver,
    Environment,
    Feature,
    Memory,
    Module,
    OperatingSystem,
    Package,
    Python,
    Rocm,
    Toolkit,
)
from miner.formula.evaluate import Reading

Fact = Union[bool, str]  # noqa: UP007
"""A version or value; True: there, version unknown; False: absent. What is not stated at all is unknown."""

Table = Literal["packages", "modules", "features", "binaries", "devices", "env"]


class Accelerator(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The devices of one kind: cuda, xpu, mps, ...; capability `major.minor` and memory (GiB) are of the first one."""

    kind: str
    count: Annotated[int, msgspec.Meta(ge=0)] | None = None
    capability: str | None = None
    memory_gib: Annotated[float, msgspec.Meta(gt=0)] | None = None


class Toolkits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The toolkits that the framework was built with."""

    cuda: Fact | None = None
    rocm: Fact | None = None


class Machine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one computer offers; every fact may be left out, and is then unknown.

    `about` says what it is, `sources` are where its facts are from, both for people.
    `packages`: distribution to version; names match as the package index normalises them. `modules`: import name to
    the distribution that provides it; a top-level module that is not listed is importable where a package of its name
    is installed; a part of an importable package is unknown unless listed. `devices` in order of preference: the first
    that is there is the accelerator in use. `os` as `sys.platform` names it. `complete` names the tables whose every
    entry is stated, so that what they leave out is absent and not unknown.
    """

    name: str
    about: str | None = None
    sources: tuple[str, ...] = ()
    packages: dict[str, Fact] = {}
    modules: dict[str, Fact] = {}
    features: dict[str, bool] = {}
    binaries: dict[str, Fact] = {}
    devices: tuple[Accelerator, ...] = ()
    toolkit: Toolkits = Toolkits()
    driver: Fact | None = None
    env: dict[str, str | Literal[False]] = {}
    python: str | None = None
    os: str | None = None
    complete: tuple[Table, ...] = ()

    def read(self, subject: Atom) -> Reading:
        """Return what is known of `subject`, as `miner.formula.evaluate.Facts` describes."""
        match subject:
            case Package(package=name):
                return self.distribution(name)
            case Module(module=name, distribution=distribution):
                return self._module(name, distribution)
            case Python():
                return self.python
            case OperatingSystem(os=name):
                return None if self.os is None else self.os == name
            case Feature(feature=name):
                return self._feature(name)
            case Binary(binary=name):
                return self.binaries.get(name, self._unlisted("binaries"))
            case Environment(env=name):
                return self.env.get(name, self._unlisted("env"))
            case _:
                return self._hardware(subject)

    def distribution(self, name: str) -> Reading:
        """Return the version of the installed distribution `name`, in any spelling of the name."""
        listed = self._listed(name)
        return self._unlisted("packages") if listed is None else listed

    def accelerator(self, kind: str | None = None) -> Accelerator | None:
        """Return the devices of this kind, or without a kind the first that are there; None where none is stated."""
        for device in self.devices:
            if device.kind == kind or (kind is None and device.count != 0):
                return device
        return None

    def _listed(self, name: str) -> Fact | None:
        wanted = canonicalize_name(name)
        return next((fact for listed, fact in self.packages.items() if canonicalize_name(listed) == wanted), None)

    def _unlisted(self, table: Table) -> Literal[False] | None:
        return False if table in self.complete else None

    def _importable(self, module: str) -> Fact | None:
        """Return what is known of the module itself: the name of its distribution, a truth value, or None."""
        listed = self.modules.get(module)
        if listed is not None:
            return listed
        parent = module.rpartition(".")[0]
        if parent:
            return False if self._importable(parent) is False else None
        installed = self._listed(module)
        return self._unlisted("modules") if installed is None else bool(installed)

    def _module(self, module: str, distribution: str | None) -> Reading:
        importable = self._importable(module)
        if importable is None or importable is False:
            return importable
        if distribution is None:
            provider = self._provider(module)
            found = self.distribution(provider)
            # Importable all the same where its metadata is missing, in a version that nobody can tell.
            return found or True
        return self.distribution(distribution)

    def _provider(self, module: str) -> str:
        stated = self.modules.get(module)
        if isinstance(stated, str):
            return stated
        parent = module.rpartition(".")[0]
        return self._provider(parent) if parent else module

    def _feature(self, name: str) -> bool | None:
        listed = self.features.get(name)
        if listed is None and self._importable(name.partition(".")[0]) is False:
            return False
        return self._unlisted("features") if listed is None else listed

    def _hardware(self, subject: Atom) -> Reading:
        match subject:
            case Device(device="accelerator"):
                return self._unlisted("devices") if self.accelerator() is None else True
            case Device(device="cpu"):
                return True
            case Device(device=kind):
                found = self.accelerator(kind)
                return self._unlisted("devices") if found is None else found.count != 0
            case DeviceCount(device=kind):
                found = self.accelerator(kind)
                if found is None:
                    return "0" if "devices" in self.complete else None
                return None if found.count is None else str(found.count)
            case ComputeCapability(device=kind):
                return self._of(self.accelerator(kind or "cuda"), "capability")
            case Memory():
                return self._of(self.accelerator(), "memory_gib")
            case Toolkit():
                return self.toolkit.cuda
            case Rocm():
                return self.toolkit.rocm
            case Driver():
                return self.driver
            case _:
                return None

    def _of(self, device: Accelerator | None, field: Literal["capability", "memory_gib"]) -> Reading:
        if device is None:
            return self._unlisted("devices")
        if device.count == 0:
            return False
        found = getattr(device, field)
        return True if found is None else str(found)
