"""The peak memory of a training step is estimated on tensors that have no numbers, with and without checkpointing.

The tensors are fake ones of the cpu device: no memory is taken and nothing is computed, so a model of any size can be
asked about. This is an estimate and verifies nothing. It runs in the Python that is looked at: it needs the standard
library of Python 3.10, imports torch >= 2.2 and transformers >= 4.50 when it is run, and never imports miner.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import importlib.util
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import Any

_PACKAGES = ("torch", "transformers")
_DTYPES = ("float32", "bfloat16", "float16")
_LONGEST = 300
_MIB = 1 << 20


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the estimated peaks of a step without (`a`) and with (`b`) gradient checkpointing; equal for equal specs.

    `spec` gives `batch` and `length` and may give `hidden_size`, `layers`, `heads`, `intermediate`, `vocab`, `dtype`
    (of the weights, float32 if not given) and `cap_mib`, a simulated budget. `bytes` are bytes, `metrics` MiB;
    `at_peak` is what those bytes are for. The outcome is estimated, absent (a package is missing) or raised. ValueError
    for a spec that is none.
    """
    workload = _sibling("workload")
    names = {field.name for field in fields(workload.Shape)}
    dtype = spec.get("dtype", "float32")
    if unknown := sorted({*spec} - names - {"dtype", "cap_mib"}):
        message = f"an estimate knows no {', '.join(unknown)}"
        raise ValueError(message)
    if dtype not in _DTYPES:
        message = f"dtype is one of {', '.join(_DTYPES)}, not {dtype!r}"
        raise ValueError(message)
    if missing := sorted({"batch", "length"} - {*spec}):
        message = f"an estimate needs {', '.join(missing)}"
        raise ValueError(message)
    shape = workload.Shape(**{name: value for name, value in spec.items() if name in names})
    result: dict[str, Any] = {"label": "estimate", "versions": {"python": platform.python_version()}}
    for package in _PACKAGES:
        if importlib.util.find_spec(package) is None:
            return {**result, "outcome": "absent", "observed": f"{package} is not installed"}
        result["versions"][package] = importlib.metadata.version(package)
    try:
        found = {**result, "outcome": "estimated", **_estimate(workload, shape, dtype)}
        cap = spec.get("cap_mib")
        if cap is None:
            return found
        memory = found["metrics"]["memory"]
        return {**found, "budget": _sibling("budget").stated(cap, {name: memory[name] <= cap for name in ("a", "b")})}
    except Exception as error:  # noqa: BLE001  a probe's outcome is made here
        lines = str(error).strip().replace(":\n", ": ").splitlines()
        return {
            **result,
            "outcome": "raised",
            "observed": f"{type(error).__name__}: {lines[0] if lines else ''}"[:_LONGEST],
        }


def _sibling(name: str) -> Any:
    """Import a module beside this one, whether they lie on the path or in a package."""
    return importlib.import_module(f"{__package__}.{name}" if __package__ else name)


def _estimate(workload: Any, shape: Any, dtype: str) -> dict[str, Any]:
    plain, parameters = _peak(workload, shape, dtype, is_checkpointed=False)
    checkpointed, _ = _peak(workload, shape, dtype, is_checkpointed=True)
    return {
        "workload": {
            "model": "LlamaForCausalLM",
            "parameters": parameters,
            **asdict(shape),
            "dtype": dtype,
            "device": "cpu (fake)",
            "share_of_activations": plain.share("activations"),
        },
        "variants": {"a": "one training step", "b": "the same with gradient checkpointing"},
        "bytes": {"a": plain.peak, "b": checkpointed.peak},
        "at_peak": {"a": plain.at_peak, "b": checkpointed.at_peak},
        "metrics": {
            "memory": {
                "unit": "MiB",
                "a": plain.peak / _MIB,
                "b": checkpointed.peak / _MIB,
                "ratio": checkpointed.peak / plain.peak,
            }
        },
    }


def _peak(workload: Any, shape: Any, dtype: str, is_checkpointed: bool) -> tuple[Any, int]:
    """Return the ledger of one step on fake tensors, and how many parameters the model has."""
    fake = importlib.import_module("torch._subclasses.fake_tensor").FakeTensorMode(allow_non_fake_inputs=True)
    gc.collect()
    with fake, _unpacked():
        model = workload.build_model(shape, "cpu", dtype)
        if is_checkpointed:
            model.gradient_checkpointing_enable()
        tokens = workload.draw_tokens(shape, "cpu")
        with _sibling("live_memory").track(model, [tokens]) as ledger:
            workload.train_once(model, tokens)
        return ledger, sum(parameter.numel() for parameter in model.parameters())


@contextmanager
def _unpacked() -> Iterator[None]:
    """Answer for transformers that no row of the batch packs several sequences, which it cannot read off fake tensors.

    Without the answer it builds a mask for every layer that a real run does not have: 3.6 % at 4 x 256 tokens, and the
    more the longer the sequences are.
    """
    masks = importlib.util.find_spec("transformers.masking_utils") and importlib.import_module(
        "transformers.masking_utils"
    )
    name = "find_packed_sequence_indices"
    before = getattr(masks, name, None)
    if before is None:
        yield
        return
    setattr(masks, name, lambda *_args, **_kwargs: None)
    try:
        yield
    finally:
        setattr(masks, name, before)
