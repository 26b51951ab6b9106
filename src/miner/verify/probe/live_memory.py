"""The bytes of live tensors are counted while a program runs, by what the tensors are for.

A storage is counted once, from the operator that first returns it until it is freed; what an operator allocates inside
itself and frees again is not seen. This runs in the Python that is looked at: it needs the standard library of Python
3.10, imports torch >= 2.2 when it is used, and never imports miner.
"""

from __future__ import annotations

import importlib
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

PARAMETERS, INPUTS, GRADIENTS, ACTIVATIONS = KINDS = ("parameters", "inputs", "gradients", "activations")


@dataclass
class Ledger:
    """Live bytes now and at their peak, by kind; activations are all that is nothing else, temporaries too."""

    live: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    at_peak: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    peak: int = 0
    _total: int = 0
    _entries: dict[int, tuple[Any, int, str]] = field(default_factory=dict)

    def note(self, result: Any, kind: str = ACTIVATIONS) -> None:
        """Count the storages of what an operator returned: a tensor, or tensors in lists and tuples."""
        if isinstance(result, list | tuple):
            for part in result:
                self.note(part, kind)
        elif hasattr(result, "untyped_storage"):
            self._count(result.untyped_storage(), kind)

    def turn(self, tensor: Any, kind: str) -> None:
        """Move the bytes of a tensor to another kind, or count them as that kind."""
        storage = tensor.untyped_storage()
        self._forget(storage._cdata)
        self._count(storage, kind)

    def share(self, kind: str) -> float:
        """Return which share of the bytes at the peak is of a kind; 0 before anything was counted."""
        return self.at_peak[kind] / self.peak if self.peak else 0.0

    def _count(self, storage: Any, kind: str) -> None:
        key, size = storage._cdata, storage.nbytes()
        known = self._entries.get(key)
        if known is not None:
            if known[1] == size:
                return
            kind = known[2]
            self._forget(key)
        reference = weakref.ref(storage, lambda _: self._forget(key))
        self._entries[key] = (reference, size, kind)
        self._add(kind, size)

    def _forget(self, key: int) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._add(entry[2], -entry[1])

    def _add(self, kind: str, size: int) -> None:
        self.live[kind] += size
        self._total += size
        if self._total > self.peak:
            self.peak = self._total
            self.at_peak = dict(self.live)


@contextmanager
def track(model: Any, inputs: Iterable[Any] = ()) -> Iterator[Ledger]:
    """Count the live bytes of a model, its inputs and all that operators return, until the end of the block.

    Gradients that a parameter had before the block are counted as gradients from its start.
    """
    base = importlib.import_module("torch.utils._python_dispatch").TorchDispatchMode
    ledger = Ledger()
    hooks = []
    for parameter in model.parameters():
        ledger.note(parameter, PARAMETERS)
        if parameter.grad is not None:
            ledger.note(parameter.grad, GRADIENTS)
        if parameter.requires_grad:
            hooks.append(parameter.register_post_accumulate_grad_hook(lambda owner: ledger.turn(owner.grad, GRADIENTS)))
    ledger.note([*model.buffers(), *inputs], INPUTS)

    def dispatch(_mode: Any, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        ledger.note(result)
        return result

    try:
        with type("Watch", (base,), {"__torch_dispatch__": dispatch})():
            yield ledger
    finally:
        for hook in hooks:
            hook.remove()
