"""What is compared: every experiment is two variants of one workload, without a piece of advice and with it.

A variant is prepared anew for every repeat, with the same weights and input, and only its step is measured. This runs
in the Python that is looked at: it needs the standard library of Python 3.10, imports torch >= 2.2, transformers >=
4.50, safetensors and tokenizers when it is used, and never imports miner.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

MEMORY, TIME = "memory", "time"
_NEW_TOKENS = 16
_DIVISIBLE = 704  # a width that the kernels of bitsandbytes take on every device
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class AbsentError(Exception):
    """A package or a class that the experiment needs does not exist here."""


@dataclass(frozen=True)
class Bench:
    """Where an experiment runs: `workload` is the module of that name, `folder` an empty one that may be written to."""

    workload: Any
    shape: Any
    device: str
    dtype: str
    folder: Path


@dataclass(frozen=True)
class Ready:
    """A step that can be measured, and what is alive before it: the model, if there is one, and its inputs."""

    step: Callable[[], object]
    model: Any = None
    inputs: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Variant:
    """One side of a comparison, in words, and how it is made ready."""

    words: str
    prepare: Callable[[], Ready]


@dataclass(frozen=True)
class Comparison:
    """Two variants, which metrics compare them, and what is to be said of the workload beyond its sizes."""

    a: Variant
    b: Variant
    metrics: tuple[str, ...]
    workload: Mapping[str, Any] = field(default_factory=dict)


def need(name: str) -> Any:
    """Return an imported module; AbsentError where there is none of that name."""
    if importlib.util.find_spec(name) is None:
        message = f"{name} is not installed"
        raise AbsentError(message)
    return importlib.import_module(name)


def _training(bench: Bench, dtype: str, parts: int = 1, is_checkpointed: bool = False, is_cast: bool = False) -> Ready:
    torch = need("torch")
    model = bench.workload.build_model(bench.shape, bench.device, dtype)
    if is_checkpointed:
        model.gradient_checkpointing_enable()
    tokens = bench.workload.draw_tokens(bench.shape, bench.device)
    kind = torch.device(bench.device).type

    def step() -> None:
        precision = torch.autocast(device_type=kind, dtype=torch.bfloat16) if is_cast else None
        bench.workload.train_once(model, tokens, parts, precision)

    return Ready(step, model, (tokens,))


def _forward(bench: Bench, dtype: str, attention: str | None = None) -> Ready:
    torch = need("torch")
    model = bench.workload.build_model(bench.shape, bench.device, dtype, attention).eval()
    return _passing(torch, model, bench.workload.draw_tokens(bench.shape, bench.device))


def _passing(torch: Any, model: Any, tokens: Any) -> Ready:
    def step() -> None:
        with torch.no_grad():
            model(input_ids=tokens)

    return Ready(step, model, (tokens,))


def _gradient_checkpointing(bench: Bench) -> Comparison:
    return Comparison(
        Variant("one training step", lambda: _training(bench, bench.dtype)),
        Variant("the same with gradient checkpointing", lambda: _training(bench, bench.dtype, is_checkpointed=True)),
        (MEMORY, TIME),
    )


def _gradient_accumulation(bench: Bench) -> Comparison:
    batch = bench.shape.batch
    return Comparison(
        Variant(f"one training step on a batch of {batch}", lambda: _training(bench, bench.dtype)),
        Variant(
            f"one training step that accumulates the gradients of {batch} batches of 1",
            lambda: _training(bench, bench.dtype, parts=batch),
        ),
        (MEMORY, TIME),
    )


def _mixed_precision(bench: Bench) -> Comparison:
    return Comparison(
        Variant("one training step in float32", lambda: _training(bench, "float32")),
        Variant(
            "the same with the forward pass under autocast to bfloat16",
            lambda: _training(bench, "float32", is_cast=True),
        ),
        (MEMORY, TIME),
        {"dtype": "float32"},
    )


def _attention_implementation(bench: Bench) -> Comparison:
    return Comparison(
        Variant("one forward pass with eager attention", lambda: _forward(bench, bench.dtype, "eager")),
        Variant("the same with sdpa attention", lambda: _forward(bench, bench.dtype, "sdpa")),
        (MEMORY, TIME),
    )


def _half_precision_weights(bench: Bench) -> Comparison:
    return Comparison(
        Variant("one forward pass with float32 weights", lambda: _forward(bench, "float32")),
        Variant("the same with bfloat16 weights", lambda: _forward(bench, "bfloat16")),
        (MEMORY,),
        {"dtype": "float32"},
    )


def _quantized_weights(bench: Bench) -> Comparison:
    plain, quantized = _saved(bench), {"load_in_4bit": True}
    return Comparison(
        Variant(f"one forward pass with weights in {bench.dtype}", lambda: _loaded(bench, plain)),
        Variant("the same with 4-bit weights of bitsandbytes", lambda: _loaded(bench, plain, quantized)),
        (MEMORY,),
        {"intermediate": _DIVISIBLE},
    )


def _quantized_compute(bench: Bench) -> Comparison:
    plain, torch = _saved(bench), need("torch")

    def computed_in(dtype: Any) -> dict[str, Any]:
        return {"load_in_4bit": True, "bnb_4bit_compute_dtype": dtype}

    return Comparison(
        Variant(
            "one forward pass of a 4-bit model that computes in float32",
            lambda: _loaded(bench, plain, computed_in(torch.float32)),
        ),
        Variant("the same computed in bfloat16", lambda: _loaded(bench, plain, computed_in(torch.bfloat16))),
        (TIME,),
        {"intermediate": _DIVISIBLE, "dtype": "float32"},
    )


def _saved(bench: Bench) -> Path:
    """Write a model whose sizes bitsandbytes takes, and return its folder."""
    for package in ("bitsandbytes", "accelerate"):
        need(package)
    place = bench.folder / "model"
    bench.workload.build_model(replace(bench.shape, intermediate=_DIVISIBLE), "cpu", bench.dtype).save_pretrained(place)
    return place


def _loaded(bench: Bench, place: Path, quantized: dict[str, Any] | None = None) -> Ready:
    """Load the model as users do, quantized on the way or not, ready for one forward pass."""
    torch, transformers = need("torch"), need("transformers")
    options = {} if quantized is None else {"quantization_config": transformers.BitsAndBytesConfig(**quantized)}
    model = transformers.AutoModelForCausalLM.from_pretrained(
        place, device_map={"": bench.device}, dtype=getattr(torch, bench.dtype), **options
    ).eval()
    return _passing(torch, model, bench.workload.draw_tokens(bench.shape, bench.device))


def _safetensors_loading(bench: Bench) -> Comparison:
    torch, _ = need("torch"), need("safetensors")
    safetensors = importlib.import_module("safetensors.torch")
    model = bench.workload.build_model(bench.shape, bench.device, bench.dtype)
    pickled, plain = bench.folder / "model.bin", bench.folder / "model.safetensors"
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    torch.save(weights, pickled)
    safetensors.save_file(weights, plain)

    def fill(load: Callable[[], Any]) -> Ready:
        return Ready(lambda: model.load_state_dict(load()), model)

    return Comparison(
        Variant(
            "torch.load of a pickle, weights only, and a copy into the model",
            lambda: fill(lambda: torch.load(pickled, map_location=bench.device, weights_only=True)),
        ),
        Variant(
            "load_file of safetensors and a copy into the model",
            lambda: fill(lambda: safetensors.load_file(plain, device=bench.device)),
        ),
        (TIME,),
        {"file_bytes": plain.stat().st_size, "file_cache": "warm"},
    )


def _kv_cache(bench: Bench) -> Comparison:
    return Comparison(
        Variant("generation without a cache of keys and values", lambda: _generation(bench, is_cached=False)),
        Variant("the same with the cache", lambda: _generation(bench, is_cached=True)),
        (TIME,),
        {"new_tokens": _NEW_TOKENS},
    )


def _generation(bench: Bench, is_cached: bool) -> Ready:
    torch = need("torch")
    model = bench.workload.build_model(bench.shape, bench.device, bench.dtype, room=_NEW_TOKENS).eval()
    tokens = bench.workload.draw_tokens(bench.shape, bench.device)
    mask = torch.ones_like(tokens)

    def step() -> None:
        result = model.generate(
            tokens, attention_mask=mask, max_new_tokens=_NEW_TOKENS, do_sample=False, use_cache=is_cached
        )
        if result.shape[1] != bench.shape.length + _NEW_TOKENS:
            message = f"{result.shape[1] - bench.shape.length} tokens were made, not {_NEW_TOKENS}"
            raise RuntimeError(message)

    return Ready(step, model, (tokens, mask))


def _fast_tokenizer(bench: Bench) -> Comparison:
    """Compare two tokenizers of one WordPiece vocabulary, which must give the same ids for the same texts."""
    transformers, tokenizers = need("transformers"), need("tokenizers")
    slow_class = _slow_tokenizer(transformers)
    vocabulary, texts = _word_pieces(), _write_texts(bench.shape.batch, bench.shape.length)
    listed = bench.folder / "vocab.txt"
    listed.write_text("\n".join(vocabulary), encoding="utf-8")
    slow = slow_class(str(listed))
    unknown = {"unk_token": "[UNK]"}
    core = tokenizers.Tokenizer(
        tokenizers.models.WordPiece({piece: place for place, piece in enumerate(vocabulary)}, **unknown)
    )
    core.normalizer = tokenizers.normalizers.BertNormalizer()
    core.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=core, **unknown)
    ids = [tokenizer(texts, add_special_tokens=False)["input_ids"] for tokenizer in (slow, fast)]
    if ids[0] != ids[1]:
        message = "the slow and the fast tokenizer give other ids for the same texts"
        raise RuntimeError(message)
    return Comparison(
        Variant(f"{slow_class.__name__}, in Python", lambda: Ready(lambda: slow(texts, add_special_tokens=False))),
        Variant(
            "PreTrainedTokenizerFast of the same vocabulary",
            lambda: Ready(lambda: fast(texts, add_special_tokens=False)),
        ),
        (TIME,),
        {
            "model": f"WordPiece of {len(vocabulary)} pieces",
            "tokens": sum(map(len, ids[0])),
            "dtype": None,
            "device": "cpu",
            "parallelism": os.environ.get("TOKENIZERS_PARALLELISM"),
        },
    )


def _slow_tokenizer(transformers: Any) -> Any:
    try:
        found = importlib.import_module("transformers.models.bert.tokenization_bert_legacy").BertTokenizerLegacy
    except ImportError:
        found = transformers.BertTokenizer
    if not issubclass(found, transformers.PreTrainedTokenizer):
        message = f"transformers {transformers.__version__} has no slow tokenizer of WordPiece"
        raise AbsentError(message)
    return found


def _word_pieces() -> list[str]:
    """Return a vocabulary in which every word of small letters has a split."""
    pieces = [*_LETTERS, *(first + second for first in _LETTERS for second in _LETTERS)]
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *pieces, *(f"##{piece}" for piece in pieces)]


def _write_texts(count: int, words: int) -> list[str]:
    generator = random.Random(0)  # noqa: S311  no secret
    return [
        " ".join("".join(generator.choices(_LETTERS, k=generator.randint(2, 9))) for _ in range(words))
        for _ in range(count)
    ]


EXPERIMENTS: dict[str, Callable[[Bench], Comparison]] = {
    "gradient-checkpointing": _gradient_checkpointing,
    "gradient-accumulation": _gradient_accumulation,
    "mixed-precision": _mixed_precision,
    "attention-implementation": _attention_implementation,
    "half-precision-weights": _half_precision_weights,
    "quantized-weights": _quantized_weights,
    "quantized-compute": _quantized_compute,
    "safetensors-loading": _safetensors_loading,
    "fast-tokenizer": _fast_tokenizer,
    "kv-cache": _kv_cache,
}
"""Every experiment by its name; it may raise AbsentError, and anything else that its packages raise."""
