"""A program of its own, run by the interpreter that is looked at: prints what that one offers, as one line of JSON.

`probe.py facts` reads metadata and imports nothing; `probe.py framework FEATURE...` imports torch, and says of each
attribute of it whether it exists, or with brackets behind it whether it answers yes. It needs the standard library of
Python 3.10 alone, and never miner.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import pkgutil
import platform
import sys
from typing import Any

_KINDS = ("cuda", "xpu", "npu", "mlu", "musa", "hpu")
_GIB = 1 << 30
_NOWHERE = object()


def facts() -> dict[str, Any]:
    """Return Python, system, distributions and import names; a distribution with broken metadata has no version."""
    packages: dict[str, str | bool] = {}
    for distribution in importlib.metadata.distributions():
        name: str | None = distribution.metadata["Name"]
        if name:
            packages.setdefault(name, distribution.version or True)
    modules: dict[str, str | bool] = {
        name: owners[0] for name, owners in importlib.metadata.packages_distributions().items()
    }
    for module in pkgutil.iter_modules():
        modules.setdefault(module.name, True)
    known = {*sys.stdlib_module_names, *sys.builtin_module_names}
    return {
        "python": platform.python_version(),
        "os": sys.platform,
        "packages": packages,
        "modules": {name: owner for name, owner in modules.items() if name.isidentifier() and name not in known},
        "driver": _driver(),
    }


def framework(features: list[str]) -> dict[str, Any]:
    """Return the toolkits that torch was built with, the devices that it sees, and its features; {} without torch."""
    if importlib.util.find_spec("torch") is None:
        return {}
    import torch  # noqa: PLC0415  heavy, and not always there

    devices = []
    for kind in _KINDS:
        backend = getattr(torch, kind, None)
        if backend is not None and getattr(backend, "is_available", lambda: False)() and backend.device_count():
            devices.append({"kind": kind, "count": backend.device_count(), **_first(backend)})
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        devices.append({"kind": "mps", "count": 1})
    return {
        "devices": devices,
        "toolkit": {"cuda": torch.version.cuda or False, "rocm": _release(getattr(torch.version, "hip", None))},
        "features": {name: found for name in features if (found := _feature(torch, name)) is not None},
    }


def _feature(torch: Any, name: str) -> bool | None:
    """Return whether torch has an attribute, also one that is not None, or answers yes; None for what is no question
    (`is_...`, `has_...`).
    """
    asked = name.removesuffix(" is not None")
    path, _, given = asked.partition("(")
    package, *parts = path.split(".")
    is_call = asked != path
    if package != "torch" or not parts or (is_call and not parts[-1].startswith(("is_", "has_"))):
        return None
    if " == " in name or not all(map(str.isidentifier, parts)):
        return None
    found = torch
    for part in parts:
        found = getattr(found, part, _NOWHERE)
    if found is _NOWHERE or (asked != name and found is None):
        return False
    try:
        return bool(found(*json.loads(f"[{given[:-1]}]"))) if is_call else True
    except Exception:  # noqa: BLE001  whatever goes wrong in it: no answer
        return None


def _first(backend: Any) -> dict[str, Any]:
    """Return capability and memory of the first device of a kind, where the backend tells them."""
    found: dict[str, Any] = {}
    capability = getattr(backend, "get_device_capability", None)
    stated = capability(0) if capability is not None else None
    if isinstance(stated, tuple):
        found["capability"] = ".".join(map(str, stated))
    properties = getattr(backend, "get_device_properties", None)
    memory = getattr(properties(0), "total_memory", None) if properties is not None else None
    if memory:
        found["memory_gib"] = round(memory / _GIB, 2)
    return found


def _release(hip: str | None) -> str | bool:
    """Return the release in `6.2.41133-dd7f95766`; False without one."""
    return hip.partition("-")[0] if hip else False


def _driver() -> str | bool | None:
    """Return the version of NVIDIA's driver: False where there is none, None where that cannot be told."""
    if importlib.util.find_spec("pynvml") is None:
        return None
    import pynvml  # noqa: PLC0415  not always there

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return False
    try:
        version = pynvml.nvmlSystemGetDriverVersion()
    except pynvml.NVMLError:
        return None
    finally:
        pynvml.nvmlShutdown()
    return version.decode() if isinstance(version, bytes) else str(version)


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file
    sys.stdout.write(json.dumps(facts() if sys.argv[1] == "facts" else framework(sys.argv[2:])) + "\n")
