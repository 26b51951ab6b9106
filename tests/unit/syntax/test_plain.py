"""What is read from the tree is what libcst reads; what is not plain is declined."""

from __future__ import annotations

import pytest

from miner.syntax import plain
from miner.syntax.index import parser
from miner.syntax.snippet import _read_expression

PLAIN = [
    "a",
    "a.b.c",
    "None",
    "-1",
    "+1",
    "~flags",
    "0x1F",
    "1_000",
    "1e3",
    '"text"',
    "r'\\d'",
    '"one" "two"',
    'f"needs {name} in {where.what}"',
    'f"{{literal}} {x}\\n"',
    '"plain " f"{x}" " and plain"',
    "f(a, *b, c=d, **e)",
    "f(\n    a,  # why\n    b,\n)",
    "a < b <= c",
    "a not in b",
    "a is  not b",
    "a and b and (c and d) or not e",
    "(a and b) and c",
    "a + b * c",
    "(a + \\\n  b)",
    "(\n    a  # first\n    + b  # second\n    is not c\n)",
    "x if test else y",
    "(a, b)",
    "()",
    "[a, *b]",
    "{a, b}",
    "{}",
    "{'a': 1, **rest}",
    "a[0]",
    "a[b.c]",
    "((a))",
    "(1, 2)[0]",
    "a[1:2]",
    "a[:, ::2]",
    "a[1, 2]",
    "[a for a in b]",
    "{k: v for k, v in c.items() if k if v}",
    "{a.b for (a, c) in d}",
    "f(a for a in b if a)",
]
DECLINED = [
    "lambda: 0",
    "[a for b in c for a in b]",
    "[a async for a in b]",
    "a[1,]",
    "(a := b)",
    "await a",
    'f"{a!r}"',
    'f"{a:>10}"',
    'f"{a=}"',
    'rf"{a}"',
    'f"no field"',
    'b"bytes"',
    "1j",
    "a\\\n.b[...]",
    "a @ b if c else (yield)",
    "a ^ b & c",
    "a & b ^ c",
]
OPERATORS = ["+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "&", "|", "^"]
COMPARISONS = ["<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not"]


def node_of(text: str):
    """Return the node of the expression in a statement of its own."""
    return parser().parse(f"x = {text}\n".encode()).root_node.children[0].children[0].child_by_field_name("right")


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_expression_is_what_libcst_reads(text):
    """To the letter: equal values of different types would be different expressions."""
    assert repr(plain.read(node_of(text))) == repr(_read_expression(text))


@pytest.mark.parametrize("text", DECLINED)
def test_what_is_not_plain_is_left_to_libcst(text):
    """Declined whole, also when only a part of it is not plain."""
    with pytest.raises(plain.NotPlain):
        plain.read(node_of(text))


@pytest.mark.parametrize("first", [*OPERATORS, *COMPARISONS, "and", "or"])
@pytest.mark.parametrize("sign", ["", "-", "not "])
def test_operators_bind_as_for_libcst(first, sign):
    """Every pair of operators, before and after each other, with and without a sign: read alike or declined."""
    read = 0
    for second in [*OPERATORS, *COMPARISONS, "and", "or"]:
        text = f"{sign}a {first} b {second} c"
        try:
            found = plain.read(node_of(text))
        except plain.NotPlain:
            continue
        assert repr(found) == repr(_read_expression(text)), text
        read += 1
    assert read or first == "^"
