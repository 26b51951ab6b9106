"""Expressions by their text: what they read as, and what is refused before it can hurt."""

from __future__ import annotations

import pytest

from miner.model import expression as ex
from miner.model.expression import Argument, Attribute, Call, Constant, Name, Opaque
from miner.syntax.limits import LIMITS
from miner.syntax.snippet import SnippetReader, nesting, refusal

READER = SnippetReader()
a, b, c = Name("a"), Name("b"), Name("c")

EXPRESSIONS = {
    "a": a,
    "a.b.c": Attribute(Attribute(a, "b"), "c"),
    "None": Constant(None),
    "True": Constant(True),
    "not a": ex.Not(a),
    "a and b and c": ex.Boolean("and", (a, b, c)),
    "a and (b and c)": ex.Boolean("and", (a, ex.Boolean("and", (b, c)))),
    "a or b and c": ex.Boolean("or", (a, ex.Boolean("and", (b, c)))),
    "a < b <= c": ex.Compare(a, ("<", "<="), (b, c)),
    "a not  in b": ex.Compare(a, ("not in",), (b,)),
    "a is not None": ex.Compare(a, ("is not",), (Constant(None),)),
    "a(b, *c, k=1, **a)": Call(
        a, (Argument(b), Argument(c, None, "*"), Argument(Constant(1), "k"), Argument(a, None, "**"))
    ),
    "a if b else c": ex.Conditional(b, a, c),
    "-1": Constant(-1),
    "-1.5": Constant(-1.5),
    "-True": ex.Unary("-", Constant(True)),
    "~a": ex.Unary("~", a),
    "a + b": ex.Binary(a, "+", b),
    "()": ex.Sequence("tuple", ()),
    "(a)": a,
    "a,": ex.Sequence("tuple", (a,)),
    "[a, *b]": ex.Sequence("list", (a, ex.Starred(b))),
    "{a}": ex.Sequence("set", (a,)),
    "{a: b, **c}": ex.Mapping(((a, b), (None, c))),
    "a[b]": ex.Subscript(a, b),
    "a[b:]": ex.Subscript(a, ex.Slice(b, None, None)),
    "a[b, c]": ex.Subscript(a, ex.Sequence("tuple", (b, c))),
    "lambda a, *b, c=1: a": ex.Lambda(
        (ex.Parameter("a", "positional"), ex.Parameter("b", "vararg"), ex.Parameter("c", "keyword_only", Constant(1))),
        a,
    ),
    '"a" "b"': Constant("ab"),
    '"a" f"{b}"': ex.Formatted(("a", b)),
    'f"{{x}}{a!r:>{b}}"': ex.Formatted(("{x}", a)),
    "'it''s'": Constant("its"),
    "[a for b in c if a]": ex.Comprehension("list", None, a, b, c, (a,)),
    "(a := b)": ex.Walrus(a, b),
    "(\n  a  # why\n  .b\n)": Attribute(a, "b"),
    "a.\\\nb": Attribute(a, "b"),
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_is_read(text: str) -> None:
    """Into the vocabulary of the model, names as written."""
    assert READER.expression(text) == EXPRESSIONS[text]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("await a", "Await is not modelled"),
        ("yield", "Yield is not modelled"),
        ("...", "Ellipsis is not modelled"),
        ("1j", "Imaginary is not modelled"),
        ("b'x'", "bytes and format strings have no text value"),
        ("[a for b in c for c in b]", "a comprehension with several loops is not modelled"),
        ("a b", "libcst cannot parse it"),
        ("a)", "libcst cannot parse it"),
        ("class", "libcst cannot parse it"),
        ("a\0", "contains NUL"),
        ("a" * (LIMITS.snippet_bytes + 1), "longer than the limit for one expression"),
        ("(" * 61 + ")" * 61, "nested deeper than the limit for one expression"),
        ("-" * 201 + "1", "nested deeper than the limit for one expression"),
        ("a" + ".b" * 201 + "()", "nested deeper than the limit for one expression"),
    ],
)
def test_what_is_not_understood_is_opaque(text: str, reason: str) -> None:
    """With the reason, and at most 200 characters of its text."""
    found = READER.expression(text)
    assert isinstance(found, Opaque)
    assert (found.reason, len(found.text) <= 200) == (reason, True)


def test_arguments_and_signatures() -> None:
    """Of calls, classes and functions, in parentheses."""
    assert READER.arguments("(a, metaclass=b)") == (Argument(a), Argument(b, "metaclass"))
    assert READER.arguments("()") == ()
    assert READER.signature("()") == ()
    found = READER.signature("(a, /, b: int = 1, *, c, **d)")
    assert [(p.name, p.kind, p.default, p.annotation) for p in found] == [
        ("a", "positional_only", None, None),
        ("b", "positional", Constant(1), Name("int")),
        ("c", "keyword_only", None, None),
        ("d", "kwarg", None, None),
    ]


@pytest.mark.parametrize(
    ("text", "brackets", "levels"),
    [
        ("a", 0, 0),
        ("a.b.c", 0, 2),
        ("f(a, b, c)", 1, 1),
        ("[[[]]]", 3, 3),
        ("a - -~+b ** c", 0, 5),
        ("a + b + c", 0, 2),
        ("f(a + b, c + d + e)", 1, 3),
        ('"((((" + x', 0, 2),
        ("'a' 'b' 'c'", 0, 3),
    ],
)
def test_nesting_is_measured_without_parsing(text: str, brackets: int, levels: int) -> None:
    """The deepest bracket, and an upper bound of the depth of the tree."""
    assert nesting(text) == (brackets, levels)


def test_wide_is_not_deep() -> None:
    """A long table is read; a chain of the same length is not."""
    wide = "[" + ", ".join(f'("k{n}", a.b)' for n in range(5_000)) + "]"
    assert refusal(wide) is None
    assert refusal(" + ".join("a" * 1_000)) == "nested deeper than the limit for one expression"
    assert refusal(" ".join(['"a"'] * 1_000)) == "nested deeper than the limit for one expression"
