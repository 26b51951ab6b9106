"""The devices of a simulated machine, as torch tells of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from . import stand_in

_KINDS = ("cuda", "xpu", "npu", "mlu", "musa", "hpu", "neuron", "mps")
_QUESTIONS = {
    "is_available": "device",
    "is_built": "device",
    "current_device": "device",
    "current_accelerator": "device",
    "get_device_name": "device",
    "device_count": "count",
    "get_device_capability": "capability",
    "get_device_properties": "capability",
    "is_bf16_supported": "capability",
    "mem_get_info": "memory",
}
"""What each function of a backend tells."""
_GIB = 1 << 30
ABSENT = object()
"""The value of an attribute that is taken away."""
Setter = Callable[[Any, str, Any], None]


def install(torch: Any, machine: dict[str, Any], watched: Iterable[str], reads: set[str], put: Setter) -> None:
    """Let torch (None: it is not loaded) tell of the devices, toolkits and features of a machine instead of its own.

    `put` sets attributes, and remembers what was there before. Of `watched` features it is noted when they are asked.
    """
    _Torch(reads, put).install(torch, machine, watched)


class _Torch:
    def __init__(self, reads: set[str], put: Setter) -> None:
        self._reads = reads
        self._put = put

    def install(self, torch: Any, machine: dict[str, Any], watched: Iterable[str]) -> None:
        if torch is not None:
            if machine.get("devices") is not None:
                self._devices(torch, machine["devices"])
            else:
                self._listen_for_devices(torch)
            self._toolkit(torch, machine.get("toolkit") or {})
        stated = machine.get("features", {})
        asked: dict[str, dict[str, bool]] = {}
        for name, holds in stated.items():
            asked.setdefault(_question(name), {})[name] = holds
        for question, names in asked.items():
            if question in names:
                self._feature(torch, question, names[question])
            if names.keys() != {question}:
                self._compared(torch, question, names)
        for name in watched:
            if name.endswith(")") and name not in stated:
                self._listen(*_holder(torch, name), f"feature:{name}")

    def _devices(self, torch: Any, devices: list[dict[str, Any]]) -> None:
        listed = {device["kind"]: device for device in devices if device.get("count", 1)}
        for kind in dict.fromkeys((*_KINDS, *listed)):
            device = listed.get(kind)
            if kind == "mps":
                self._answer(torch.backends.mps, "is_available", f"device:{kind}", device is not None)
                self._answer(torch.backends.mps, "is_built", f"device:{kind}", device is not None)
            backend = getattr(torch, kind, None)
            if backend is None and device is not None:
                backend = SimpleNamespace()
                self._put(torch, kind, backend)
            if backend is not None and kind != "mps":
                self._backend(backend, kind, device)
        accelerator = getattr(torch, "accelerator", None)
        if accelerator is not None:
            first = next(iter(listed), None)
            self._answer(accelerator, "is_available", "device:any", bool(listed))
            self._answer(accelerator, "device_count", "count:any", listed[first].get("count", 1) if first else 0)
            current = None if first is None else _device(torch, first)
            self._answer(accelerator, "current_accelerator", "device:any", current)

    def _backend(self, backend: Any, kind: str, device: dict[str, Any] | None) -> None:
        count = 0 if device is None else device.get("count", 1)
        self._answer(backend, "is_available", f"device:{kind}", bool(count))
        self._answer(backend, "device_count", f"count:{kind}", count)
        if device is None:
            return
        major, _, minor = str(device.get("capability") or "7.0").partition(".")
        capability = (int(major), int(minor or 0))
        memory = int(float(device.get("memory_gib") or 16) * _GIB)
        self._answer(backend, "get_device_capability", f"capability:{kind}", capability)
        self._answer(backend, "get_device_name", f"device:{kind}", f"simulated {kind}")
        self._answer(backend, "current_device", f"device:{kind}", 0)
        self._answer(backend, "mem_get_info", f"memory:{kind}", (memory, memory))
        properties = SimpleNamespace(
            major=capability[0],
            minor=capability[1],
            total_memory=memory,
            name=f"simulated {kind}",
            multi_processor_count=108,
            gcnArchName="",
        )
        self._answer(backend, "get_device_properties", f"capability:{kind}", properties)
        if kind == "cuda":
            self._answer(backend, "is_bf16_supported", f"capability:{kind}", capability >= (8, 0))

    def _toolkit(self, torch: Any, toolkit: dict[str, str | None]) -> None:
        """Replace `torch.version`: `cuda`, and `hip` for rocm, where the machine states them."""
        stated = {{"rocm": "hip"}.get(name, name): version for name, version in toolkit.items()}
        really = torch.version

        reads = self._reads

        class Version:
            def __getattr__(self, name: str) -> Any:
                if name in {"cuda", "hip"}:
                    reads.add(f"toolkit:{name}")
                    if name in stated:
                        return stated[name]
                return getattr(really, name)

        self._put(torch, "version", Version())

    def _feature(self, torch: Any, name: str, is_there: bool) -> None:
        """Give a module an attribute or take it away; with brackets behind it, say what the call answers."""
        owner, last = _holder(torch, name)
        if owner is None:
            return
        if name.endswith(")"):
            self._answer(owner, last, f"feature:{name}", is_there)
        elif not is_there:
            if last in getattr(owner, "__dict__", {}):
                self._put(owner, last, ABSENT)
        elif not hasattr(owner, last):
            self._put(owner, last, SimpleNamespace(is_available=lambda: False, device_count=lambda: 0))

    def _compared(self, torch: Any, question: str, stated: dict[str, bool]) -> None:
        """Let an attribute, or what a call answers, be None, what it is compared with, or something else."""
        owner, last = _holder(torch, question)
        equal = [name.partition(" == ")[2] for name, holds in stated.items() if " == " in name and holds]
        if stated.get(question) is False and not question.endswith(")"):
            return
        if owner is None or isinstance(owner, stand_in.StandInModule):
            owner, last = stand_in.answers, question.partition("(")[0]
        is_none = stated.get(f"{question} is not None") is False
        something = SimpleNamespace(is_available=lambda: False, device_count=lambda: 0)

        def answer(*_: object, **__: object) -> Any:
            self._reads.update(f"feature:{name}" for name in stated)
            return _named(equal[0]) if equal else None if is_none else something

        self._put(owner, last, answer if question.endswith(")") else answer())

    def _listen_for_devices(self, torch: Any) -> None:
        for kind in (*_KINDS, "accelerator"):
            backend = torch.backends.mps if kind == "mps" else getattr(torch, kind, None)
            for question, facet in _QUESTIONS.items():
                self._listen(backend, question, f"{facet}:{'any' if kind == 'accelerator' else kind}")

    def _listen(self, owner: Any, name: str, fact: str) -> None:
        """Note when a question is asked, and leave its answer as it is."""
        really = getattr(owner, name, None)
        if callable(really):

            def ask(*arguments: Any, **options: Any) -> Any:
                self._reads.add(fact)
                return really(*arguments, **options)

            self._put(owner, name, ask)

    def _answer(self, owner: Any, name: str, fact: str, value: Any) -> None:
        def answer(*_: object, **__: object) -> Any:
            self._reads.add(fact)
            return value

        self._put(owner, name, answer)


def _question(feature: str) -> str:
    """Return what is asked in a feature, without what the answer is compared with."""
    return feature.removesuffix(" is not None").partition(" == ")[0]


def _named(path: str) -> Any:
    """Return what a dotted name is, by the longest part of it that is a module that is loaded."""
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        found: Any = sys.modules.get(".".join(parts[:end]))
        if found is not None:
            for part in parts[end:]:
                found = getattr(found, part)
            return found
    return None


def _holder(torch: Any, feature: str) -> tuple[Any, str]:
    """Return what has a feature as its attribute, None where that is not loaded, and the name of the attribute."""
    root, *parts = feature.partition("(")[0].split(".")
    if not parts:
        return None, root
    owner: Any = torch if root == "torch" else sys.modules.get(root)
    for part in parts[:-1]:
        owner = getattr(owner, part, None)
    return owner, parts[-1]


def _device(torch: Any, kind: str) -> Any:
    try:
        return torch.device(kind)
    except RuntimeError:  # a kind that this torch does not know
        return SimpleNamespace(type=kind, index=None)
