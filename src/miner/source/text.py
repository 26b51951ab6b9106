"""Foreign text made fit for one line of an error message: printable, short, without credentials."""

from __future__ import annotations

import re

_USER_INFORMATION = re.compile(r"(?<=://)[^/@\s]*@")
_LONGEST = 300


def visible(text: str) -> str:
    """`text` with every unprintable character escaped and user information in URLs masked, cut at 300 characters."""
    masked = _USER_INFORMATION.sub("***@", text)
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in masked)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."


def has_control(text: str) -> bool:
    """Whether `text` holds a character that moves a cursor or ends a line, or a lone surrogate."""
    return any(c < " " or "\x7f" <= c <= "\x9f" or c in "\u2028\u2029" or "\ud800" <= c <= "\udfff" for c in text)
