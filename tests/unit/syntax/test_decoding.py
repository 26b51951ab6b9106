"""Any bytes are read, or refused by name; offsets count in the bytes of the file."""

from __future__ import annotations

import codecs

import pytest

from miner.syntax.decoding import RefusedError, decode
from miner.syntax.limits import LIMITS

BOM = codecs.BOM_UTF8
TEXT = "x = '\u00e9\u20ac'\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = 1\n", "x = 1\n"),
        (TEXT.encode(), TEXT),
        (BOM, ""),
        (BOM + TEXT.encode(), TEXT),
        (BOM + b"# coding: utf-8\n" + TEXT.encode(), "# coding: utf-8\n" + TEXT),
        (b"# -*- coding: UTF8 -*-\n" + TEXT.encode(), "# -*- coding: UTF8 -*-\n" + TEXT),
        (b"#!/bin/sh\n# vim: set fileencoding=utf-8 :\n", "#!/bin/sh\n# vim: set fileencoding=utf-8 :\n"),
        (b"# coding: ascii\nx\n", "# coding: ascii\nx\n"),
        (b"# coding: latin-1\n'\xe9'\n", "# coding: latin-1\n'\u00e9'\n"),
        (b"\n\f # coding=iso-8859-15\n'\xa4'\n", "\n\f # coding=iso-8859-15\n'\u20ac'\n"),
        (b"# coding: cp1252\n'\x80'\n", "# coding: cp1252\n'\u20ac'\n"),
        (b"# coding: cp1252\r\n'\x80'\r\n", "# coding: cp1252\r\n'\u20ac'\r\n"),
        (b"# a\rx\r# coding: latin-1", "# a\nx\n# coding: latin-1"),
        (b"# coding: latin-1\r'\xe9'\r", "# coding: latin-1\n'\u00e9'\n"),
        (b"x = 1\n# coding: latin-1\n", "x = 1\n# coding: latin-1\n"),
        (b"\n\n# coding: latin-1\n'\xc3\xa9'", "\n\n# coding: latin-1\n'\u00e9'"),
        (b"'# coding: latin-1'\n", "'# coding: latin-1'\n"),
        (b"a\r\nb\nc\nd\x0ce\x1cf\x85".replace(b"\x85", b"\xc2\x85"), "a\r\nb\nc\nd\x0ce\x1cf\x85"),
    ],
)
def test_what_is_read(data: bytes, text: str) -> None:
    """As Python reads it; a lone CR is a line end, form feeds stay."""
    decoded = decode(data)
    assert decoded.data.decode("utf-8") == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = '\xe9'\n", "not UTF-8 at byte 5"),
        (b"# coding: ascii\n'\xe9'\n", "not UTF-8 at byte 17"),
        (b"'\xed\xa0\x80'", "not UTF-8 at byte 1"),
        (b"x\0y", "contains NUL: not text"),
        (b"\xff\xfex\0", "contains NUL: not text"),
        (b"# coding: utf-7\n", "declares the encoding 'utf-7', which miner does not read"),
        (b"# coding: rot13\n", "declares the encoding 'rot-13', which miner does not read"),
        (b"# coding: utf-16\n", "declares the encoding 'utf-16', which miner does not read"),
        (b"# coding: no-such-codec\n", "declares the encoding 'no-such-codec', which miner does not read"),
        (b"# coding: cp1252\n'\x81'\n", "not cp1252 at byte 18"),
        (BOM + b"# coding: latin-1\n", "declares the encoding 'iso8859-1', which miner does not read"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a Git LFS pointer"),
        (b"#" * (LIMITS.file_bytes + 1), "larger than 2000000 bytes: taken for generated"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    """By name."""
    with pytest.raises(RefusedError) as caught:
        decode(data)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    "data",
    [
        BOM + TEXT.encode() + b"y = 1\n",
        TEXT.encode() + b"y = 1\n",
        b"# coding: latin-1\n'\xe9\xff' y = 1\n",
        b"# coding: cp1252\n'\x80\x80' y = 1\n",
    ],
)
def test_an_offset_leads_back_to_the_files_bytes(data: bytes) -> None:
    """At every character."""
    decoded = decode(data)
    assert data[decoded.original(decoded.data.index(b"y = 1")) :] == b"y = 1\n"
    assert decoded.original(len(decoded.data)) == len(data)


def test_the_largest_file_is_read() -> None:
    """The limit itself is allowed."""
    assert len(decode(b"#" * LIMITS.file_bytes).data) == LIMITS.file_bytes
