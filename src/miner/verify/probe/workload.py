"""A small Llama with random weights, its input, and one step of training: the same in measurement and estimate.

This runs in the Python that is looked at: it needs the standard library of Python 3.10, imports torch >= 2.2 and
transformers >= 4.50 when it is used, and never imports miner.
"""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any

SEED = 0
_RATE = 1e-3


@dataclass(frozen=True)
class Shape:
    """The sizes of a model and of its input: `batch` sequences of `length` tokens."""

    batch: int
    length: int
    hidden_size: int = 256
    layers: int = 8
    heads: int = 8
    intermediate: int = 688
    vocab: int = 2048

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                message = f"{name} is a whole number above zero, not {value!r}"
                raise ValueError(message)
        if self.hidden_size % (2 * self.heads):
            message = f"hidden_size {self.hidden_size} gives {self.heads} heads no even width"
            raise ValueError(message)


def build_model(shape: Shape, device: str, dtype: str, attention: str | None = None, room: int = 0) -> Any:
    """Return a LlamaForCausalLM in training mode, the same weights on every call; `room` is for tokens to come."""
    torch, transformers = importlib.import_module("torch"), importlib.import_module("transformers")
    torch.manual_seed(SEED)
    options = {} if attention is None else {"attn_implementation": attention}
    config = transformers.LlamaConfig(
        hidden_size=shape.hidden_size,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        intermediate_size=shape.intermediate,
        vocab_size=shape.vocab,
        max_position_embeddings=shape.length + room,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
        tie_word_embeddings=False,
        use_cache=False,
        **options,
    )
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        model = transformers.LlamaForCausalLM(config).train()
    finally:
        torch.set_default_dtype(before)
    return model if device == "cpu" else model.to(device)


def draw_tokens(shape: Shape, device: str) -> Any:
    """Return token ids [batch, length], the same on every call."""
    torch = importlib.import_module("torch")
    generator = torch.Generator().manual_seed(SEED)
    return torch.randint(1, shape.vocab, (shape.batch, shape.length), generator=generator).to(device)


def train_once(model: Any, tokens: Any, parts: int = 1, precision: AbstractContextManager[Any] | None = None) -> None:
    """Run one step: forward and backward of each of `parts` slices of the batch, then plain gradient descent.

    `precision` is in force in the forward pass. The gradients are gone afterwards.
    """
    torch = importlib.import_module("torch")
    optimizer = torch.optim.SGD(model.parameters(), lr=_RATE, foreach=False)
    for part in tokens.chunk(parts):
        with precision or nullcontext():
            loss = model(input_ids=part, labels=part).loss
        (loss / parts).backward()
        del loss
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
