"""Described machines: read from TOML or JSON and checked, and those that miner itself describes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from miner.errors import UsageError
from miner.machine.record import Machine

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FOLDER = Path(__file__).parent.parent / "data" / "machines"


def parse(content: str, origin: str) -> Machine:
    """Return the machine that a text describes: TOML, or JSON where `origin` ends so.

    Every key but `name` may be left out; it is then unknown::

        name = "a100"
        python = "3.11.9"
        os = "linux"                        # as sys.platform: linux, darwin, win32
        driver = "550.54.15"                # or false: none
        complete = ["packages", "devices"]  # tables in which what is not listed is absent, not unknown

        [packages]                          # distribution = version, false (absent), true (version unknown)
        torch = "2.6.0+cu124"
        flash-attn = false

        [modules]                           # import name = distribution, false (not importable), true
        PIL = "Pillow"

        [features]
        "torch.nn.functional.grouped_mm" = true

        [binaries]
        ffmpeg = true

        [[devices]]                         # in order of preference
        kind = "cuda"
        count = 2
        capability = "8.0"
        memory_gib = 80

        [toolkit]                           # of the framework's build: version, or false
        cuda = "12.4"
        rocm = false

        [env]                               # variable = value, or false (not set)
        WORLD_SIZE = "2"

    Raises UsageError, one line that starts with `origin`, for anything else.
    """
    try:
        machine = msgspec.convert(_document(content, origin), Machine)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{origin}: not TOML: {error}") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"{origin}: not a machine description: {error}") from error
    except msgspec.ValidationError as error:
        raise UsageError(f"{origin}: not a machine description: {error}") from error
    _check(machine, origin)
    return machine


def _document(content: str, origin: str) -> Any:
    """Return a description as plain values: JSON in a file of that name, as `miner machine --format json` writes it."""
    return msgspec.json.decode(content) if origin.endswith(".json") else tomllib.loads(content)


def described() -> tuple[str, ...]:
    """Return the names of the machines that miner describes, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def find(named: str) -> Machine:
    """Return a machine by its name among those that miner describes, else by the path of its description.

    Raises UsageError, which lists the names, when it is neither.
    """
    name = named.lower()
    if name in described():
        return load(_FOLDER / f"{name}.toml")
    path = Path(named)
    if path.suffix in {".toml", ".json"} or path.exists():
        return load(path)
    raise UsageError(f"no machine is called {named!r}, and it is no file; there are: {', '.join(described())}")


def load(path: Path) -> Machine:
    """Return the machine that the file at `path` describes; raises UsageError when it cannot be had."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UsageError(f"{path}: cannot read the machine description: {reason}") from error
    return parse(content, str(path))


def _check(machine: Machine, origin: str) -> None:
    versions = {f"packages.{name}": fact for name, fact in machine.packages.items()} | {
        "python": machine.python,
        "driver": machine.driver,
        "toolkit.cuda": machine.toolkit.cuda,
        "toolkit.rocm": machine.toolkit.rocm,
    }
    versions |= {f"devices.{device.kind}.capability": device.capability for device in machine.devices}
    for place, stated in versions.items():
        if isinstance(stated, str) and not _is_version(stated):
            raise UsageError(f"{origin}: {place}: {stated!r} is not a version; leave it out")
    _check_distinct(tuple(device.kind for device in machine.devices), "devices", origin)
    _check_distinct(tuple(canonicalize_name(name) for name in machine.packages), "packages", origin)


def _check_distinct(names: tuple[str, ...], table: str, origin: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{origin}: {table}: {name} is stated twice")


def _is_version(written: str) -> bool:
    try:
        Version(written)
    except InvalidVersion:
        return False
    return True
