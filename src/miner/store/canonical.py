"""Canonical JSON: the same record gives the same bytes on any machine, and the bytes are safe to print."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from miner.errors import InternalError

Record = TypeVar("Record")
SortKey = str | tuple[str, ...]

_ENCODER = msgspec.json.Encoder(order="sorted")
_INVISIBLE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""DEL, C1, line separators, zero-width, bidirectional and tag characters: what a terminal or an eye takes wrongly."""
_MAY_BE_NON_FINITE = re.compile(rb"\xcb[\x7f\xff][\xf0-\xff]")
"""A float64 with all exponent bits set, as msgpack writes it."""


def encode(record: object) -> bytes:
    """Return `record` (msgspec structures and builtins) as one line of JSON without a line end.

    Keys are sorted by code point at every level; no spaces; UTF-8. Invisible and control characters are written as
    `\\uXXXX`, so they read back unchanged. A lone surrogate, which no JSON reader accepts, becomes the visible text
    `\\udc80`. Raises InternalError for what has no JSON form: a float that is not finite, a key that is not a string.
    """
    try:
        data = _ENCODER.encode(record)
    except UnicodeEncodeError:
        record = _without_surrogates(msgspec.to_builtins(record))
        data = _ENCODER.encode(record)
    except (TypeError, RecursionError) as error:
        raise InternalError(f"a record has no JSON form: {error}") from error
    if b"null" in data:
        _refuse_non_finite(record)
    if data.isascii() and b"\x7f" not in data:
        return data
    return _INVISIBLE.sub(_escape, data.decode()).encode()


def rows(records: Iterable[Record], key: Callable[[Record], SortKey]) -> bytes:
    """Return JSON lines sorted by `key`, then by their bytes; every line ends with a line feed."""
    lines = sorted((key(record), encode(record)) for record in records)
    return b"".join(line + b"\n" for _, line in lines)


def _refuse_non_finite(record: object) -> None:
    """msgspec writes NaN and infinities as null: a value that no source stated."""
    try:
        if _MAY_BE_NON_FINITE.search(msgspec.msgpack.encode(record)) is None:
            return
    except OverflowError:
        pass  # an integer beyond 64 bits: msgpack cannot look, json can
    try:
        json.dumps(msgspec.to_builtins(record), allow_nan=False)
    except ValueError as error:
        raise InternalError("a record holds a float that is not finite") from error


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_surrogates(item) for item in value]
    return value


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]
