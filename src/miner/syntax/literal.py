"""Decoding literals without `ast.literal_eval`, which compiles: the text is a stranger's, it is only ever read."""

from __future__ import annotations

import re
import unicodedata

_LONGEST_NUMBER = 400  # digits; a longer one is no version, count or limit, and int() is quadratic
_LARGEST = 2**63 - 1  # with its negative within what msgpack and JSON readers take
_PREFIX = re.compile(r"([A-Za-z]*)(\"\"\"|'''|\"|')")
_ESCAPE = re.compile(r"\\(\r\n|[0-7]{1,3}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|N\{[^}]+\}|.)", re.DOTALL)
_ESCAPED_QUOTE = re.compile(r"\\.", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SINGLE = {
    "\n": "",
    "\r": "",
    "\r\n": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


class LiteralError(ValueError):
    """The text is not a literal that miner reads."""


def string(text: str) -> str:
    """Return the value of a string literal (any prefix but bytes and f).

    Raises LiteralError for bytes, f-strings and malformed escapes.
    """
    match = _PREFIX.match(text)
    if match is None:
        raise LiteralError("not a string literal")
    prefix, quote = match[1].lower(), match[2]
    if "b" in prefix or "f" in prefix or "t" in prefix:
        raise LiteralError("bytes and format strings have no text value")
    if len(text) < match.end() + len(quote) or not text.endswith(quote):
        raise LiteralError("an unterminated string")
    body = text[match.end() : -len(quote)]
    if quote in body and quote in _ESCAPED_QUOTE.sub("", body):
        raise LiteralError("more than one string")
    return body if "r" in prefix or "\\" not in body else unescape(body)


def unescape(body: str) -> str:
    """Return `body` with Python's backslash escapes replaced; a lone surrogate is no text that could be written."""
    value = _ESCAPE.sub(_replace, body)
    if _SURROGATE.search(value):
        raise LiteralError("a lone surrogate")
    return value


def _replace(match: re.Match[str]) -> str:
    code = match[1]
    if code in _SINGLE:
        return _SINGLE[code]
    try:
        if code[0] in "xuU":
            return chr(int(code[1:], 16)) if len(code) > 1 else match[0]
        if code[0] == "N" and len(code) > 1:
            return unicodedata.lookup(code[2:-1])
        if code[0] in "01234567":
            return chr(int(code, 8))
    except (ValueError, KeyError, OverflowError):
        raise LiteralError("a malformed escape") from None
    return match[0]


def number(text: str) -> int | float:
    """Return the value of an integer or float literal; raises LiteralError for complex, over-long and huge numbers."""
    digits = text.replace("_", "")
    if len(digits) > _LONGEST_NUMBER:
        raise LiteralError("a number of more than 400 characters")
    if digits.isdigit() and digits.strip("0") and digits.startswith("0"):
        raise LiteralError("an octal literal of Python 2")
    try:
        value = int(digits, 0)
    except ValueError:
        pass
    else:
        if value > _LARGEST:
            raise LiteralError("an integer of more than 63 bits")
        return value
    try:
        return float(digits)
    except ValueError:
        raise LiteralError("not a number that miner reads") from None
