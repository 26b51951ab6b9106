"""Canonical JSON: one form for one record, always valid, safe to print."""

from __future__ import annotations

import json
import math

import msgspec
import pytest

from miner.errors import InternalError
from miner.model.evidence import Evidence
from miner.store.canonical import encode, rows


class Pair(msgspec.Struct):
    b: object
    a: object = None


def test_keys_are_sorted_at_every_level_and_nothing_is_spaced() -> None:
    assert encode(Pair({"z": {"y": 1, "x": 2}}, [Pair(1)])) == b'{"a":[{"a":null,"b":1}],"b":{"z":{"x":2,"y":1}}}'


def test_insertion_order_of_keys_leaves_no_trace() -> None:
    names = ["é", "z", "a", "\uffff", "\U0001f600", "B"]
    forward = {name: index for index, name in enumerate(names)}
    backward = dict(reversed(forward.items()))
    assert encode(forward) == encode(backward)
    assert list(json.loads(encode(forward))) == sorted(names)


@pytest.mark.parametrize(
    "text", ["\x00\x1f\x7f", "\u202eevil", "\x9b31m", "\ufeff", "\u2028", "\U000e0041", "\\u202e", 'a"b']
)
def test_invisible_characters_are_escaped_and_read_back(text: str) -> None:
    data = encode({"text": text, text: 1})
    assert json.loads(data) == {"text": text, text: 1} == msgspec.json.decode(data)
    assert data.decode().isprintable()


@pytest.mark.parametrize("text", ["\ud800", "a\udc80b", "\udfff\ud800"])
def test_a_lone_surrogate_becomes_visible_text(text: str) -> None:
    expected = text.encode("utf-8", "backslashreplace").decode()
    assert msgspec.json.decode(encode({"t": [text], text: None})) == {"t": [expected], expected: None}


def test_a_surrogate_within_a_structure_keeps_its_other_fields() -> None:
    evidence = Evidence(
        role="site",
        path="\udcff.py",
        blob="a" * 40,
        start_line=1,
        end_line=1,
        start_byte=0,
        end_byte=1,
        sha256="b" * 64,
    )
    assert msgspec.json.decode(encode(evidence), type=Evidence).path == "\\udcff.py"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_float_that_is_not_finite_is_refused(number: float) -> None:
    with pytest.raises(InternalError, match="not finite"):
        encode(Pair({"deep": [number]}))


def test_what_looks_like_a_float_in_text_is_not_refused() -> None:
    assert json.loads(encode({"a": None, "b": "\u02ff\u07f8" * 9, "c": 2**70})) == {
        "a": None,
        "b": "\u02ff\u07f8" * 9,
        "c": 2**70,
    }


def test_keys_that_are_not_strings_are_refused() -> None:
    with pytest.raises(InternalError, match="no JSON form"):
        encode({1: 2, "a": 3})


def test_rows_are_sorted_by_key_whatever_their_order() -> None:
    records = [{"id": name, "n": number} for name in "bca" for number in (2, 1)]
    expected = b"".join(b'{"id":"%c","n":%d}\n' % (name, number) for name in b"abc" for number in (1, 2))
    assert rows(records, lambda record: str(record["id"])) == expected
    assert rows(reversed(records), lambda record: str(record["id"])) == expected
    assert rows([], str) == b""
