"""What a gate is called with: values that are true, of the type that its parameters are annotated with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Optional

import pytest

from miner.verify.probe.receiver import call_of
from miner.verify.probe.stand_in import StandIn


class Owner:
    """Holds a method."""

    def method(self, plain, text: str, maybe: str, either: str, path: os.PathLike, place: Path | None,  # type: ignore[no-untyped-def]
               items: list[int], table: dict[str, Any], model: Owner, ratio: float = 1.0):  # fmt: skip
        """Return what it is given."""
        return plain, text, maybe, either, path, place, items, table, model, ratio


Owner.method.__annotations__ |= {"maybe": Optional[str], "either": int | str}  # noqa: UP045  not only as text


def test_unknown_arguments_are_of_their_types() -> None:
    """What is annotated with no plain type has a stand-in; what has a default keeps it."""
    plain, text, maybe, either, path, place, items, table, model, ratio = call_of(Owner.method, Owner, {})()
    assert isinstance(plain, StandIn)
    assert isinstance(model, StandIn)
    assert (text, maybe, either, path, place, ratio) == ("text", "maybe", 1, "path", Path("place"), 1.0)
    assert (len(items), list(table)) == (1, ["table"])
    assert os.fspath(plain) == "plain"


@pytest.mark.parametrize(("given", "expected"), [(True, "text"), (False, False), ("x", "x"), (None, None)])
def test_an_argument_that_has_to_be_true_is_true_in_its_type(given: Any, expected: Any) -> None:
    """Any other value is the one that is asked for."""
    target = {"unknown": "none", "arguments": {"text": given}}
    assert call_of(Owner.method, Owner, target)()[1] == expected
