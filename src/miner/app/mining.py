"""Mining one file in a worker: bytes in, facts out, both as msgpack."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

from miner.app.collection import collect_rarely
from miner.detect.engine import mine
from miner.detect.idiom import Idioms, load_idioms
from miner.model.site import FileOutcome
from miner.syntax.decoding import RefusedError
from miner.syntax.outline import Outline, ParseError

WORK = "miner.app.mining:mine_file"


class FileTask(msgspec.Struct, frozen=True, array_like=True):
    """One file to mine. `idioms` is the user's own idioms file, if any."""

    path: str
    reader: str
    idioms: str | None
    data: bytes


def mine_file(payload: bytes) -> bytes:
    """Return the FileOutcome of a FileTask."""
    _prepared()
    task = _DECODER.decode(payload)
    outcome = mine(task.path, task.data, _idioms(task.idioms), reader_of(task.reader))
    return msgspec.msgpack.encode(outcome)


def decode_outcome(value: bytes) -> FileOutcome:
    """Return the FileOutcome that `mine_file` encoded."""
    return _OUTCOMES.decode(value)


@cache
def _idioms(extra: str | None) -> Idioms:
    return load_idioms(Path(extra) if extra else None)


@cache
def _prepared() -> bool:
    collect_rarely()
    return True


@cache
def reader_of(name: str) -> Callable[[bytes], Outline]:
    """Return the reader of that name, `fast` or `libcst`: from bytes in UTF-8 to an outline."""
    if name == "libcst":
        from miner.syntax.concrete import read_outline  # noqa: PLC0415  the slow reader

        return read_outline
    from miner.syntax.index import read_outline as read_indexed  # noqa: PLC0415
    from miner.syntax.snippet import SnippetReader  # noqa: PLC0415

    snippets = SnippetReader()

    def read(data: bytes) -> Outline:
        try:
            return read_indexed(data, snippets)
        except ParseError as problem:
            return _second_opinion(data, problem)

    return read


def _second_opinion(data: bytes, problem: ParseError) -> Outline:
    """Let libcst read a file that tree-sitter finds a syntax error in: grammars differ on new and rare syntax."""
    from miner.syntax.concrete import read_outline  # noqa: PLC0415

    try:
        return read_outline(data)
    except (ParseError, RefusedError):
        raise problem from None


_DECODER = msgspec.msgpack.Decoder(FileTask)
_OUTCOMES = msgspec.msgpack.Decoder(FileOutcome)
