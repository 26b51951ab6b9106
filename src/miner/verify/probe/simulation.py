"""A machine other than this one, put on in this process: packages, metadata, variables, programs and the system.

A machine is plain data::

    {"modules": {"torch": true, "PIL.Image": false},      # importable or not
     "distributions": {"torch": "2.6.0", "pillow": null},  # version of the metadata; null: none
     "others": "real" | "absent" | "stubbed" | VERSION,    # every other name of the universe; stubbed: a stand-in for
                                                           # what is not installed
     "devices": [{"kind": "cuda", "count": 1, "capability": "8.0", "memory_gib": 24}] | null,
     "versions": {"kernels": "0.18.2"},                    # of stand-ins, where the newest would not do
     "stand_ins": [["timm", "timm"]],                      # what is there in any case, as a stand-in if need be
     "provides": {"flash-attn-4": ["flash_attn"]},         # modules of a distribution, besides those of the universe
     "toolkit": {"cuda": "12.4", "rocm": null} | null, "features": {"torch.xpu": true},
     "env": {"USE_X": "1", "USE_Y": null}, "binaries": {"nvcc": true}, "os": "linux", "python": "3.11.0",
     "folders": {"nvcc": {"bin/nvcc": "", "version.json": "..."}},    # files beside a program, that are really written
     "hidden": ["/usr/local/cuda"]}                                   # paths at which there is nothing

What is left out is as it really is. A machine that is taken off leaves what the library itself has changed.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import importlib.machinery
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from . import hardware, program
from .hardware import ABSENT
from .stand_in import StandInModule

Universe = Sequence[Sequence[str]]
"""Import names and distributions that a simulation rules over, as (module, distribution)."""
_HIGHEST = "9999"
_SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}


@functools.cache
def is_installed(module: str) -> bool:
    """Say whether a module can really be imported; asked where no machine is worn."""
    return importlib.util.find_spec(module) is not None


@functools.cache
def normal(name: str) -> str:
    """Return the name of a distribution as the package index normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Listed(importlib.metadata.Distribution):
    """A distribution with nothing but a name, a version and the modules at its top."""

    def __init__(self, name: str, version: str, modules: Iterable[str]) -> None:
        """List a distribution under `name`."""
        self.modules = tuple(modules)
        self._texts = {
            "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            "top_level.txt": "".join(f"{module}\n" for module in self.modules),
        }

    def read_text(self, filename: str) -> str | None:
        """Return the text of one of the files that it has."""
        return self._texts.get(filename)

    def locate_file(self, path: Any) -> Any:
        """Return a path that holds nothing."""
        return Path(path)


def installed() -> dict[str, Listed]:
    """Return the distributions that are really installed, by normal name, with the modules that each provides."""
    provided: dict[str, list[str]] = {}
    for module, owners in importlib.metadata.packages_distributions().items():
        for owner in owners:
            provided.setdefault(normal(owner), []).append(module)
    found: dict[str, Listed] = {}
    for each in importlib.metadata.distributions():
        name = each.metadata["Name"]
        if name and each.version:
            found.setdefault(normal(name), Listed(name, each.version, provided.get(normal(name), ())))
    return found


class Simulation:
    """One machine; `reads` are the facts that were asked of it: `module:torch`, `env:WORLD_SIZE`, `import:PIL`, ..."""

    def __init__(
        self, machine: dict[str, Any], universe: Universe, real: dict[str, Listed], watched: Iterable[str] = ()
    ) -> None:
        """Prepare a machine; `real` is what `installed` says, `watched` the features whose being asked is noted."""
        self._watched = watched
        self.reads: set[str] = set()
        self._machine = machine
        self._real = real
        versions = machine.get("versions", {})
        modules: dict[str, bool] = {}
        distributions: dict[str, str | None] = {}
        others = machine.get("others", "real")
        if others != "real":
            for module, distribution in universe:
                if others == "stubbed" and (normal(distribution) in real or is_installed(module)):
                    continue
                modules[module] = others != "absent"
                stated = {"absent": None, "stubbed": versions.get(distribution, _HIGHEST)}
                distributions[normal(distribution)] = stated.get(others, others)
        modules |= machine.get("modules", {})
        distributions |= {normal(name): version for name, version in machine.get("distributions", {}).items()}
        self._modules = modules
        self._distributions = distributions
        self._provided: dict[str, list[str]] = {}
        for module, distribution in universe:
            self._provided.setdefault(normal(distribution), []).append(module)
        for module, distribution in machine.get("stand_ins", ()):
            if normal(distribution) not in real and not is_installed(module):
                modules.setdefault(module, True)
                distributions.setdefault(normal(distribution), _HIGHEST)
        for name, provided in machine.get("provides", {}).items():
            self._provided.setdefault(normal(name), []).extend(provided)
        self._provider = {module: normal(distribution) for module, distribution in universe}
        self._undo: list[Callable[[], None]] = []
        self._known = {module for module, _ in universe} | set(modules)

    def install(self) -> None:
        """Put the machine on."""
        machine, torch = self._machine, sys.modules.get("torch")
        self._modules_and_finders()
        self._watch_find_spec()
        self._watch_imports()
        self._watch_attributes()
        self._state_versions()
        if machine.get("os"):
            system = machine["os"]
            self._set(sys, "platform", system)
            self._set(platform, "system", lambda: self._read("os", _SYSTEMS.get(system, system)))
        if machine.get("python"):
            self._pretend_python(machine["python"])
        hardware.install(torch, machine, self._watched, self.reads, self._set)
        folders = program.written(machine.get("folders", {}))
        self._undo += [functools.partial(shutil.rmtree, folder) for folder in folders.values()]
        self._binaries(machine.get("binaries", {}), folders)
        self._set(os, "stat", program.without(machine.get("hidden", [])))
        self._variables(machine.get("env", {}))

    def remove(self) -> None:
        """Take the machine off again."""
        while self._undo:
            self._undo.pop()()

    def _set(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute, or without a value take it away, until the machine is taken off."""
        before = owner.__dict__.get(name, ABSENT) if hasattr(owner, "__dict__") else getattr(owner, name, ABSENT)
        self._undo.append(lambda: _put(owner, name, before))
        _put(owner, name, value)

    def _modules_and_finders(self) -> None:
        loaded, finders = dict(sys.modules), list(sys.meta_path)

        def restore() -> None:
            sys.modules.clear()
            sys.modules.update(loaded)
            sys.meta_path[:] = finders

        self._undo.append(restore)
        roots = {name.partition(".")[0] for name, is_there in self._modules.items() if is_there is False}
        for name in [name for name in sys.modules if name.partition(".")[0] in roots and self._is_absent(name)]:
            del sys.modules[name]
        sys.meta_path[:] = [cast("Any", _Finder(self, finders))]

    def _variables(self, stated: dict[str, str | None]) -> None:
        before = dict(os.environ)

        def restore() -> None:
            os.environ.__class__ = _ENVIRON
            os.environ.clear()
            os.environ.update(before)

        self._undo.append(restore)
        for name, value in stated.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        _Watched.reads = self.reads
        os.environ.__class__ = _Watched

    def spec(self, name: str) -> importlib.machinery.ModuleSpec | bool | None:
        """Return the spec of a stand-in, False for a module that is not there, None for one as it really is."""
        if name in self._known:
            self.reads.add(f"module:{name}")
        if self._is_absent(name) or self._machine.get("features", {}).get(name) is False:
            return False
        root = name.partition(".")[0]
        if self._modules.get(name) or self._modules.get(root):
            version = self._distributions.get(self._provider.get(root, normal(root)))
            loader: Any = _Loader(version, self._without(name), self.reads)
            return importlib.machinery.ModuleSpec(name, loader, is_package=True)
        return None

    def distributions(self, name: str | None) -> Iterator[importlib.metadata.Distribution]:
        """Yield the distributions called `name`, of all names for None."""
        asked = None if name is None else normal(name)
        if asked is not None and (asked in self._distributions or asked not in self._real):
            self.reads.add(f"package:{asked}")
        for each in [asked] if asked is not None else {**self._distributions, **self._real}:
            version = self._distributions.get(each)
            if version is not None:
                modules = self._provided.get(each, [each.replace("-", "_")])
                yield Listed(each, version, [module for module in modules if self._modules.get(module, True)])
            elif each in self._real and each not in self._distributions:
                yield self._real[each]

    def _is_absent(self, name: str) -> bool:
        parts = name.split(".")
        return any(self._modules.get(".".join(parts[:end])) is False for end in range(1, len(parts) + 1))

    def _without(self, name: str) -> frozenset[str]:
        features = self._machine.get("features", {})
        return frozenset(
            feature.removeprefix(f"{name}.")
            for feature, there in features.items()
            if not there and feature.startswith(name)
        )

    def _watch_find_spec(self) -> None:
        """Note also what is asked of modules that are loaded, of which no finder hears."""
        find_spec = importlib.util.find_spec

        def find(name: str, package: str | None = None) -> Any:
            found = find_spec(name, package)
            if name in self._known or found is None or isinstance(found.loader, _Loader):
                self.reads.add(f"module:{name}")
            return found

        self._set(importlib.util, "find_spec", find)

    def _watch_attributes(self) -> None:
        """Note, as `attribute:NAME`, when code that is of none of the packages asks whether a module of theirs has one.

        The answer is no where the machine says so: it may be one of the module's class, which cannot be taken away.
        """
        really = builtins.hasattr
        stated = self._machine.get("features", {})

        def is_known(module: str) -> bool:
            return module.partition(".")[0] in self._known

        def has(owner: object, name: str) -> bool:
            asking = sys._getframe(1).f_globals.get("__name__", "")
            is_import = asking.startswith("importlib.")  # of `from kit import name`: that is no question
            if isinstance(owner, ModuleType) and is_known(owner.__name__) and not (is_import or is_known(asking)):
                self.reads.add(f"attribute:{owner.__name__}.{name}")
                if stated.get(f"{owner.__name__}.{name}") is False:
                    return False
            return really(owner, name)

        self._set(builtins, "hasattr", has)

    def _watch_imports(self) -> None:
        """Note as `import:NAME` what is imported again: it needs what is loaded, and may be there to ask for it."""
        really = builtins.__import__

        def load(name: str, *args: Any, **options: Any) -> ModuleType:
            root = name.partition(".")[0]
            if root in self._known and root in sys.modules:
                self.reads.add(f"import:{root}")
            return really(name, *args, **options)

        self._set(builtins, "__import__", load)

    def _state_versions(self) -> None:
        for name, module in [(name, module) for name, module in sys.modules.items() if "." not in name]:
            version = self._distributions.get(self._provider.get(name, normal(name)))
            stated = getattr(module, "__dict__", {}).get("__version__")  # asking a module may warn, or import
            if version is not None and isinstance(stated, str):
                self._set(module, "__version__", type(stated)(version))

    def _binaries(self, binaries: dict[str, bool], folders: dict[str, str]) -> None:
        which = shutil.which

        def find(cmd: Any, *args: Any, **options: Any) -> str | None:
            self.reads.add(f"binary:{cmd}")
            if cmd in binaries:
                return f"{folders.get(cmd, '/usr')}/bin/{cmd}" if binaries[cmd] else None
            return cast("str | None", which(cmd, *args, **options))

        self._set(shutil, "which", find)
        if any(binaries.values()):
            self._set(subprocess, "Popen", program.pretended({name for name, is_there in binaries.items() if is_there}))

    def _pretend_python(self, version: str) -> None:
        major, minor, micro = (*(int(part) for part in re.findall(r"\d+", version)), 0, 0, 0)[:3]

        class Pretended(tuple):  # type: ignore[type-arg]
            releaselevel, serial = "final", 0

        pretended: Any = Pretended((major, minor, micro, "final", 0))
        pretended.major, pretended.minor, pretended.micro = major, minor, micro
        self._set(sys, "version_info", pretended)
        self._set(platform, "python_version", lambda: f"{major}.{minor}.{micro}")

    def _read(self, fact: str, value: Any) -> Any:
        self.reads.add(fact)
        return value


class _Finder:
    """The only finder of a simulated machine: asks the machine first, then those that really were there."""

    def __init__(self, simulation: Simulation, really: list[Any]) -> None:
        self._simulation = simulation
        self._really = really

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> Any:
        simulated = self._simulation.spec(name)
        if simulated is False:
            return None
        for finder in self._really:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
        if simulated is None and "." not in name:
            self._simulation.reads.add(f"module:{name}")
        return simulated

    def find_distributions(self, context: Any = None) -> Iterator[importlib.metadata.Distribution]:
        return self._simulation.distributions(getattr(context, "name", None))

    def invalidate_caches(self) -> None:
        for finder in self._really:
            if hasattr(finder, "invalidate_caches"):
                finder.invalidate_caches()


class _Loader:
    def __init__(self, version: str | None, without: frozenset[str], reads: set[str]) -> None:
        self._version = version
        self._without = without
        self._reads = reads

    def create_module(self, spec: Any) -> ModuleType:
        return StandInModule(spec.name, self._version, self._without, self._reads)

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing."""


_ENVIRON: Any = type(os.environ)


class _Watched(_ENVIRON):  # type: ignore[misc]  # its class has no public name
    reads: set[str] = set()  # noqa: RUF012

    def __getitem__(self, key: str) -> str:
        self.reads.add(f"env:{key}")
        return cast("str", super().__getitem__(key))

    def __contains__(self, key: object) -> bool:
        self.reads.add(f"env:{key}")
        return bool(super().__contains__(key))


def _put(owner: Any, name: str, value: Any) -> None:
    if value is not ABSENT:
        setattr(owner, name, value)
    elif hasattr(owner, name):
        with contextlib.suppress(AttributeError):
            delattr(owner, name)
