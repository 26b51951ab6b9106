"""Two variants of a small workload are measured in turns: peak memory and time, with and without a piece of advice.

This runs in the Python that is looked at: it needs the standard library of Python 3.10, imports torch >= 2.2 and
transformers >= 4.50 when it is run, and never imports miner.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import os
import platform
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

_PACKAGES = ("torch", "transformers", "accelerate", "safetensors", "tokenizers", "numpy")
_DTYPES = ("float32", "bfloat16", "float16")
_DEFAULTS: dict[str, Any] = {
    "device": "cpu",
    "dtype": "float32",
    "batch": 4,
    "length": 256,
    "repeats": 10,
    "seconds": 60.0,
    "cap_mib": None,
}
_WAIT = "OMP_WAIT_POLICY"
_LONGEST = 300
_MIB = 1 << 20


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Measure `spec["experiment"]` and return what was found; ValueError for a request that is none.

    `spec` may also give `device`, `dtype`, `batch` (sequences), `length` (tokens), `repeats` (pairs, at least 3 are
    made) and `seconds` (no pair is begun after them, but for those 3). `a` is without the advice and `b` with it;
    memory in MiB, time in seconds. With `cap_mib` the result also says whether either variant fits into a simulated
    budget of so many MiB: of the allocator on CUDA, elsewhere of the bytes of live tensors. The outcome is measured,
    absent (something is not installed) or raised. Threads that wait are told to sleep if nobody says otherwise, which
    has an effect if torch is not yet imported.
    """
    comparison = _sibling("comparison")
    request = _read(spec, comparison.EXPERIMENTS)
    result = {"experiment": request["experiment"], "load": _load(), "versions": _versions()}
    os.environ.setdefault(
        _WAIT, "passive"
    )  # read when torch is loaded: spinning threads cost 10 times on a busy machine
    try:
        for package in ("torch", "transformers"):
            comparison.need(package)
        with tempfile.TemporaryDirectory() as folder:
            return {**result, "outcome": "measured", **_measure(comparison, request, Path(folder))}
    except comparison.AbsentError as error:
        return {**result, "outcome": "absent", "observed": str(error)}
    except Exception as error:  # noqa: BLE001  an experiment's outcome is made here
        lines = str(error).strip().replace(":\n", ": ").splitlines()
        observed = f"{type(error).__name__}: {lines[0] if lines else ''}"[:_LONGEST]
        return {**result, "outcome": "raised", "observed": observed}


def _sibling(name: str) -> Any:
    """Import a module beside this one, whether they lie on the path or in a package."""
    return importlib.import_module(f"{__package__}.{name}" if __package__ else name)


def _read(spec: dict[str, Any], experiments: dict[str, Any]) -> dict[str, Any]:
    request = {**_DEFAULTS, **spec}
    if request.get("experiment") not in experiments:
        message = f"unknown experiment {request.get('experiment')!r}: one of {', '.join(experiments)}"
        raise ValueError(message)
    if unknown := sorted({*spec} - {*_DEFAULTS, "experiment"}):
        message = f"an experiment knows no {', '.join(unknown)}"
        raise ValueError(message)
    if request["dtype"] not in _DTYPES:
        message = f"dtype is one of {', '.join(_DTYPES)}, not {request['dtype']!r}"
        raise ValueError(message)
    capped = ("cap_mib",) if request["cap_mib"] is not None else ()
    for name in ("batch", "length", "repeats", "seconds", *capped):
        value: Any = request[name]
        is_real = name in {"seconds", "cap_mib"}
        is_number = isinstance(value, int | float if is_real else int) and not isinstance(value, bool)
        if not is_number or not value > 0:
            message = f"{name} is a number above zero, not {value!r}"
            raise ValueError(message)
    return request


def _load() -> float | None:
    """Return how many processes wanted to run in the last minute, before anything was measured here."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return None


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _measure(comparison: Any, request: dict[str, Any], folder: Path) -> dict[str, Any]:
    torch, workload, pairing = importlib.import_module("torch"), _sibling("workload"), _sibling("pairing")
    end = time.monotonic() + request["seconds"]
    shape = workload.Shape(batch=request["batch"], length=request["length"])
    bench = comparison.Bench(workload, shape, request["device"], request["dtype"], folder)
    pair = comparison.EXPERIMENTS[request["experiment"]](bench)
    described = {**_describe(torch, bench), **_warm_up(pair, asdict(shape)), **pair.workload}
    readings = pairing.measure_pairs(
        lambda name: _read_variant(torch, bench.device, getattr(pair, name), pair.metrics),
        request["repeats"],
        end - time.monotonic(),
    )
    metrics = {
        metric: pairing.summarize("s" if metric == "time" else "MiB", *_columns(readings, metric))
        for metric in readings["a"][0]
    }
    found = {"workload": described, "variants": {"a": pair.a.words, "b": pair.b.words}, "metrics": metrics}
    return found if request["cap_mib"] is None else {**found, "budget": _budget(torch, bench, pair, metrics, request)}


def _budget(
    torch: Any, bench: Any, pair: Any, metrics: dict[str, dict[str, Any]], request: dict[str, Any]
) -> dict[str, Any]:
    """Return which of two variants fit into the budget of a request."""
    budget, cap = _sibling("budget"), float(request["cap_mib"])
    fits: dict[str, bool | None]
    if torch.device(bench.device).type == "cuda":
        fits = {
            name: budget.fits_on(torch, bench.device, cap, lambda name=name: getattr(pair, name).prepare().step())
            for name in ("a", "b")
        }
    else:
        memory = metrics.get("memory", {})
        fits = {name: max(memory[name]) <= cap if memory else None for name in ("a", "b")}
    stated: dict[str, Any] = budget.stated(cap, fits)
    return stated


def _columns(readings: dict[str, list[dict[str, float]]], metric: str) -> list[list[float]]:
    return [[reading[metric] for reading in readings[variant]] for variant in ("a", "b")]


def _describe(torch: Any, bench: Any) -> dict[str, Any]:
    kind = torch.device(bench.device).type
    name = torch.cuda.get_device_name(bench.device) if kind == "cuda" else platform.processor() or kind
    return {
        "batch": bench.shape.batch,
        "length": bench.shape.length,
        "dtype": bench.dtype,
        "device": bench.device,
        "device_name": name,
        "threads": torch.get_num_threads(),
        "wait_policy": os.environ.get(_WAIT),
    }


def _warm_up(pair: Any, sizes: dict[str, int]) -> dict[str, Any]:
    """Run either variant once, and return what `a` is: its class, parameters, and what its peak memory is for."""
    ready = pair.a.prepare()
    found: dict[str, Any] = {"model": None, "parameters": None, "share_of_activations": None}
    if "memory" in pair.metrics:
        with _sibling("live_memory").track(ready.model, ready.inputs) as ledger:
            ready.step()
        found["share_of_activations"] = ledger.share("activations")
    else:
        ready.step()
    if ready.model is not None:
        found["model"] = type(ready.model).__name__
        found["parameters"] = sum(parameter.numel() for parameter in ready.model.parameters())
        found.update(sizes)
    pair.b.prepare().step()
    return found


def _read_variant(torch: Any, device: str, variant: Any, metrics: tuple[str, ...]) -> dict[str, float]:
    """Return time in seconds and memory in MiB of one step of one variant.

    Memory is the allocator's peak, and what it reserved, where the device has such an account; elsewhere it is the
    peak of the bytes of live tensors, of a step of its own.
    """
    backend = getattr(torch, torch.device(device).type)
    is_counted = hasattr(backend, "max_memory_reserved") and hasattr(backend, "reset_peak_memory_stats")
    reading: dict[str, float] = {}
    if "time" in metrics or is_counted:
        ready = variant.prepare()
        gc.collect()
        if is_counted:
            backend.empty_cache()
            backend.reset_peak_memory_stats(device)
        seconds = _seconds(backend, ready)
        if "time" in metrics:
            reading["time"] = seconds
        if is_counted and "memory" in metrics:
            reading["memory"] = backend.max_memory_allocated(device) / _MIB
            reading["reserved"] = backend.max_memory_reserved(device) / _MIB
        del ready
    if "memory" in metrics and not is_counted:
        ready = variant.prepare()
        gc.collect()
        with _sibling("live_memory").track(ready.model, ready.inputs) as ledger:
            ready.step()
        reading["memory"] = ledger.peak / _MIB
    return reading


def _seconds(backend: Any, ready: Any) -> float:
    """Return how long a step takes until the device has finished it."""
    wait = getattr(backend, "synchronize", lambda: None)
    wait()
    start = time.perf_counter()
    ready.step()
    wait()
    return time.perf_counter() - start
