"""Python 2 that the grammar takes is refused by name; what only looks like it is not."""

from __future__ import annotations

import pytest

from miner.syntax.index import read_outline
from miner.syntax.outline import ParseError
from miner.syntax.snippet import SnippetReader

READER = SnippetReader()


@pytest.mark.parametrize(
    "source",
    [
        'x = 1\nprint "a"\n',
        "x = 1\nexec code\n",
        "if x:\n    raise ValueError, 'a'\n",
        "x = 1\ny = x <> 2\n",
        "print\nprint x\n",
    ],
)
def test_a_statement_of_python_2_is_refused(source: str) -> None:
    with pytest.raises(ParseError, match="Python 2 at line 2"):
        read_outline(source.encode(), READER)


@pytest.mark.parametrize(
    "source",
    [
        "print(1)\n",
        '"""raise ValueError, never <> ever\nprint x\n"""\n',
        "# raise A, b <> c\nexec(x)\n",
        "raise A(b, c)\n",
    ],
)
def test_python_3_is_read(source: str) -> None:
    assert read_outline(source.encode(), READER).items
