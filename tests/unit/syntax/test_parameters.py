"""The parameters of a signature, as it is kept in a graph."""

from __future__ import annotations

import pytest

from miner.syntax.rows import parameters


@pytest.mark.parametrize(
    ("signature", "found"),
    [
        (None, None),
        ("()", {}),
        ("(self, a, /, b: int = 0x10, *args, c=None, **kwargs) -> None", {"a": None, "b": "0x10", "c": "None"}),
        ("(cls, _hidden=1, size: list[int] | None = [1, 2])", {"size": "[1, 2]"}),
        ('(mode: Literal["=", ","] = "=")', {"mode": '"="'}),
        ("(self, key=lambda a, b=1: a == b, /, *, last=f(x=1))", {"key": "lambda a, b=1: a == b", "last": "f(x=1)"}),
    ],
)
def test_parameters(signature, found):
    assert parameters(signature) == found
