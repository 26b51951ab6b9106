"""Dividing the display of a dict, list or tuple into its entries, by text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

STRING = r'"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|\'\'\'(?:\\.|[^\\])*?\'\'\'|\'(?:\\.|[^\'\\\n])*\''
_TOKEN = re.compile(rf"{STRING}|#[^\n\r]*|[()\[\]{{}},:]|\blambda\b", re.DOTALL)
_NAME = re.compile(r"([A-Za-z_]\w*)")
_SIGN = re.compile(rf"{STRING}|[()\[\]{{}}]|=", re.DOTALL)


def entries(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end, in characters, of each entry of the display that `text` is, brackets included."""
    depth = 0
    lambdas = 0  # whose parameters are being listed: their commas divide no entries
    start: int | None = None
    end = position = 0
    for match in _TOKEN.finditer(text):
        begin = match.start()
        if depth and begin > position:
            gap = text[position:begin]
            plain = gap.strip()
            if plain:
                first = begin - len(gap.lstrip())
                start = first if start is None else start
                end = first + len(plain)
        position = match.end()
        token = match[0]
        if token in "([{":
            depth += 1
            if depth == 1:
                start = None
                continue
        elif token in ")]}":
            depth -= 1
            if depth == 0:
                if start is not None:
                    yield start, end
                return
        elif token == "," and depth == 1 and not lambdas:
            if start is not None:
                yield start, end
            start = None
            continue
        elif token[0] == "#":
            continue
        elif token == "lambda":
            lambdas += 1
        elif token == ":" and lambdas:
            lambdas -= 1
        if depth:
            start = begin if start is None else start
            end = position


def default(parameter: str) -> str | None:
    """Return the text of the default of a parameter, which is what is behind its `=`; None where it has none."""
    depth = 0
    for match in _SIGN.finditer(parameter):
        if match[0] in {"(", "[", "{"}:
            depth += 1
        elif match[0] in {")", "]", "}"}:
            depth -= 1
        elif match[0] == "=" and depth == 0:
            return parameter[match.end() :].strip()
    return None


def parameters(signature: str | None) -> dict[str, str | None] | None:
    """Return the parameters that a caller may name, with the text of their defaults; None without a signature.

    Those that begin with an underscore are not meant for callers.
    """
    written = written_parameters(signature)
    return None if written is None else {name: default(text) for name, text in written.items()}


def written_parameters(signature: str | None) -> Mapping[str, str] | None:
    """Return the same parameters, each as it is written, with annotation and default."""
    return None if signature is None else _written(signature)


@lru_cache(maxsize=4096)
def _written(signature: str) -> Mapping[str, str]:
    """Read a signature once: those of methods that override one another are alike."""
    found: dict[str, str] = {}
    for start, end in entries(signature):
        match = _NAME.match(signature, start, end)
        if match is not None and match[1] not in {"self", "cls"} and not match[1].startswith("_"):
            found[match[1]] = signature[start:end]
    return found
