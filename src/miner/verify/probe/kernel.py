"""One minimal kernel is run on one device, and its result is compared with a reference in float64.

This program runs in the Python that is looked at: it needs the standard library of Python 3.10, imports torch >= 2.2
when it is run, and never imports miner.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_SEED = 0
_SIDE = 128
_LONGEST = 300
_TF32_ROUNDS = 1e-5
_COMPILE_HERE = {"TORCHINDUCTOR_COMPILE_THREADS": "1", "TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS": "0"}
"""No worker processes, and no headers kept in the folder for temporary files."""
_FLAGS = {"MATH": "enable_math", "FLASH_ATTENTION": "enable_flash", "EFFICIENT_ATTENTION": "enable_mem_efficient"}


class AbsentError(Exception):
    """A package, an operator or a kernel that the request needs does not exist here."""


@dataclass(frozen=True)
class Finding:
    """The largest error of a kernel as a share of the largest reference value, and the largest that is right."""

    error: float
    tolerance: float
    note: str = ""


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Run `spec["kernel"]` on `spec["device"]` and return what came of it; ValueError for a request that is none.

    The result has `kernel`, `device`, `outcome` (ran, raised, wrong, absent), `observed` (one line) and `versions`.
    An error is relative to the largest value of the reference.
    """
    name, device = spec.get("kernel"), spec.get("device", "cpu")
    if name not in KERNELS:
        message = f"unknown kernel {name!r}: one of {', '.join(KERNELS)}"
        raise ValueError(message)
    if not isinstance(device, str) or not device:
        message = f"a device is a text such as cpu or cuda:0, not {device!r}"
        raise ValueError(message)
    versions: dict[str, Any] = {"python": platform.python_version()}
    try:
        torch = _need("torch")
        versions["torch"] = str(torch.__version__)
        versions.update(_describe_device(torch, device))
        finding = KERNELS[name](torch, device, versions)
    except AbsentError as error:
        outcome, observed = "absent", str(error)
    except Exception as error:  # noqa: BLE001  a kernel's outcome is made here
        outcome, observed = "raised", _first_line(error)
    else:
        outcome = "ran" if finding.error <= finding.tolerance else "wrong"
        observed = f"max error {finding.error:.3g}, tolerance {finding.tolerance:.3g}"
        observed += f"; {finding.note}" if finding.note else ""
    return {"kernel": name, "device": device, "outcome": outcome, "observed": observed, "versions": versions}


def _need(name: str) -> Any:
    if importlib.util.find_spec(name) is None:
        message = f"{name} is not installed"
        raise AbsentError(message)
    return importlib.import_module(name)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().replace(":\n", ": ").splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:_LONGEST]


def _describe_device(torch: Any, device: str) -> dict[str, Any]:
    kind = torch.device(device).type
    if kind == "cpu":
        return {"device_name": platform.processor() or platform.machine(), "capability": None}
    if kind != "cuda":
        return {"device_name": kind, "capability": None}
    return {
        "cuda": torch.version.cuda,
        "device_name": torch.cuda.get_device_name(device),
        "capability": ".".join(str(part) for part in torch.cuda.get_device_capability(device)),
    }


def _sample(torch: Any, *shape: int) -> Any:
    """Return normal float32 numbers on the CPU, from one generator with a fixed seed for each number of entries."""
    generator = torch.Generator().manual_seed(_SEED + sum(shape))
    return torch.randn(*shape, generator=generator)


def _error(torch: Any, result: Any, reference: Any) -> float:
    exact = reference.detach().cpu().to(torch.float64)
    difference = (result.detach().cpu().to(torch.float64) - exact).abs().max()
    return float(difference / exact.abs().max())


def _operator(torch: Any, name: str) -> Any:
    found = getattr(torch, name, None)
    if found is None:
        message = f"torch.{name} does not exist in torch {torch.__version__}"
        raise AbsentError(message)
    return found


def _matmul(torch: Any, device: str, dtype: str, tolerance: float) -> Finding:
    left = _sample(torch, _SIDE, 2 * _SIDE).to(_operator(torch, dtype))
    right = _sample(torch, 2 * _SIDE, _SIDE).to(left.dtype)
    result = left.to(device) @ right.to(device)
    return Finding(_error(torch, result, left.double() @ right.double()), tolerance)


def _matmul_bf16(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    return _matmul(torch, device, "bfloat16", 2**-7)


def _matmul_fp16(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    return _matmul(torch, device, "float16", 2**-9)


def _matmul_tf32(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    """Allow tf32 and see by the size of the error whether it was used: torch does not say, and falls back silently."""
    settings = torch.backends.cuda.matmul
    before = settings.allow_tf32
    settings.allow_tf32 = True
    try:
        finding = _matmul(torch, device, "float32", 2**-8)
    finally:
        settings.allow_tf32 = before
    if finding.error < _TF32_ROUNDS:
        message = f"tf32 was allowed and not used: max error {finding.error:.3g} is that of float32"
        raise AbsentError(message)
    return finding


def _matmul_fp8(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    multiply, dtype = _operator(torch, "_scaled_mm"), _operator(torch, "float8_e4m3fn")
    left = _sample(torch, _SIDE, 2 * _SIDE).to(dtype)
    right = _sample(torch, _SIDE, 2 * _SIDE).to(dtype)
    scale = torch.ones((), dtype=torch.float32, device=device)
    result = multiply(left.to(device), right.to(device).t(), scale_a=scale, scale_b=scale, out_dtype=torch.bfloat16)
    return Finding(_error(torch, result, left.double() @ right.double().t()), 2**-6)


def _matmul_int8(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    multiply = _operator(torch, "_int_mm")
    generator = torch.Generator().manual_seed(_SEED)
    left, right = (torch.randint(-128, 128, (_SIDE, _SIDE), dtype=torch.int8, generator=generator) for _ in range(2))
    result = multiply(left.to(device), right.to(device))
    return Finding(_error(torch, result, left.double() @ right.double()), 0.0)


def _queries(torch: Any, device: str) -> list[Any]:
    """Return query, key and value of 2 sequences, 4 heads, 64 tokens, 32 numbers a head; float16 but on the CPU."""
    dtype = torch.float32 if torch.device(device).type == "cpu" else torch.float16
    return [_sample(torch, 2, 4, 64, 32).roll(turn, dims=2).to(dtype) for turn in range(3)]


def _attend(torch: Any, query: Any, key: Any, value: Any) -> Any:
    query, key, value = query.double(), key.double(), value.double()
    weights = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
    hidden = torch.ones(weights.shape[-2:], dtype=torch.bool).triu(1)
    return weights.masked_fill(hidden, float("-inf")).softmax(-1) @ value


def _attention_tolerance(torch: Any, device: str) -> float:
    return 1e-5 if torch.device(device).type == "cpu" else 2**-8


def _sdpa(torch: Any, device: str, backend: str, operator: str) -> Finding:
    """Let one backend alone be chosen; absent when the operators that ran are another's."""
    tensors = _queries(torch, device)
    ran: list[str] = []
    with _only(torch, backend), _recorder(ran):
        result = torch.nn.functional.scaled_dot_product_attention(
            *(part.to(device) for part in tensors), is_causal=True
        )
    fused = sorted({name for name in ran if "attention" in name and "_math" not in name})
    if (not operator and fused) or (operator and not any(operator in name for name in fused)):
        message = f"another kernel ran: {', '.join(fused) or 'no fused operator'}"
        raise AbsentError(message)
    error = _error(torch, result, _attend(torch, *tensors))
    return Finding(error, _attention_tolerance(torch, device), ", ".join(fused))


def _only(torch: Any, backend: str) -> Any:
    """Return the context in which one backend of attention may be chosen; before torch 2.3 it was made of flags."""
    if importlib.util.find_spec("torch.nn.attention") is None:
        if backend not in _FLAGS:
            message = f"attention has no {backend} in torch {torch.__version__}"
            raise AbsentError(message)
        return torch.backends.cuda.sdp_kernel(**{flag: backend == owner for owner, flag in _FLAGS.items()})
    attention = importlib.import_module("torch.nn.attention")
    chosen = getattr(attention.SDPBackend, backend, None)
    if chosen is None:
        message = f"SDPBackend.{backend} does not exist in torch {torch.__version__}"
        raise AbsentError(message)
    return attention.sdpa_kernel(chosen)


def _recorder(ran: list[str]) -> Any:
    """Return a mode that adds the name of every operator that reaches a device."""
    base = importlib.import_module("torch.utils._python_dispatch").TorchDispatchMode

    def dispatch(_mode: Any, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        ran.append(str(function))
        return function(*args, **(kwargs or {}))

    return type("Recorder", (base,), {"__torch_dispatch__": dispatch})()


def _sdpa_math(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    return _sdpa(torch, device, "MATH", "")


def _sdpa_flash(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    return _sdpa(torch, device, "FLASH_ATTENTION", "flash_attention")


def _sdpa_efficient(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    return _sdpa(torch, device, "EFFICIENT_ATTENTION", "efficient_attention")


def _sdpa_cudnn(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    return _sdpa(torch, device, "CUDNN_ATTENTION", "cudnn_attention")


def _flash_attn(torch: Any, device: str, versions: dict[str, Any]) -> Finding:
    package = _need("flash_attn")
    versions["flash_attn"] = _release("flash_attn")
    tensors = [part.half() for part in _queries(torch, device)]
    result = package.flash_attn_func(*(part.to(device).transpose(1, 2) for part in tensors), causal=True)
    return Finding(_error(torch, result.transpose(1, 2), _attend(torch, *tensors)), 2**-8)


def _linear_int8(torch: Any, device: str, versions: dict[str, Any]) -> Finding:
    package = _need("bitsandbytes")
    versions["bitsandbytes"] = _release("bitsandbytes")
    layer = package.nn.Linear8bitLt(_SIDE, _SIDE, bias=False, has_fp16_weights=False)
    weight = _sample(torch, _SIDE, _SIDE)
    layer.weight = package.nn.Int8Params(weight.half(), requires_grad=False, has_fp16_weights=False)
    return _linear(torch, device, layer, weight, "int8", 0.05)


def _linear_4bit(torch: Any, device: str, versions: dict[str, Any]) -> Finding:
    package = _need("bitsandbytes")
    versions["bitsandbytes"] = _release("bitsandbytes")
    layer = package.nn.Linear4bit(_SIDE, _SIDE, bias=False, compute_dtype=torch.float16, quant_type="nf4")
    weight = _sample(torch, _SIDE, _SIDE)
    layer.weight = package.nn.Params4bit(weight.half(), requires_grad=False, quant_type="nf4")
    return _linear(torch, device, layer, weight, "uint8", 0.25)


def _linear(torch: Any, device: str, layer: Any, weight: Any, stored: str, tolerance: float) -> Finding:
    """Run a quantized layer; absent when moving it to the device has not quantized its weight."""
    layer = layer.to(device)
    rows = _sample(torch, 32, _SIDE).half()
    with torch.no_grad():
        result = layer(rows.to(device))
    if layer.weight.dtype != getattr(torch, stored):
        message = f"the weight stayed {layer.weight.dtype}: nothing was quantized"
        raise AbsentError(message)
    return Finding(_error(torch, result, rows.double() @ weight.double().t()), tolerance, f"weight is {stored}")


def _release(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _compile(torch: Any, device: str, _versions: dict[str, Any]) -> Finding:
    """Compile one function of one tensor with the default backend; absent when it was run without being compiled."""
    numbers = _sample(torch, _SIDE)

    def curve(values: Any) -> Any:
        return torch.sin(values) * 2 + torch.cos(values)

    with (
        tempfile.TemporaryDirectory() as folder,
        _environment({**_COMPILE_HERE, "TORCHINDUCTOR_CACHE_DIR": folder, "TRITON_CACHE_DIR": folder}),
    ):
        result = torch.compile(curve)(numbers.to(device))
        compiled = importlib.import_module("torch._dynamo.utils").counters["stats"]["unique_graphs"]
    if not compiled:
        message = "the function ran and was not compiled"
        raise AbsentError(message)
    return Finding(_error(torch, result, curve(numbers.double())), 1e-5)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


KERNELS: dict[str, Callable[[Any, str, dict[str, Any]], Finding]] = {
    "matmul-bf16": _matmul_bf16,
    "matmul-fp16": _matmul_fp16,
    "matmul-tf32": _matmul_tf32,
    "matmul-fp8": _matmul_fp8,
    "matmul-int8": _matmul_int8,
    "sdpa-math": _sdpa_math,
    "sdpa-flash": _sdpa_flash,
    "sdpa-efficient": _sdpa_efficient,
    "sdpa-cudnn": _sdpa_cudnn,
    "flash-attn": _flash_attn,
    "linear-int8": _linear_int8,
    "linear-4bit": _linear_4bit,
    "compile": _compile,
}
"""Every kernel by its name: a function of torch, a device and the versions to add to; it may raise anything."""
