"""Literals mean what Python says they mean, or are refused; nothing is compiled."""

from __future__ import annotations

import ast

import pytest

from miner.syntax.literal import LiteralError, number, string

STRINGS = [
    '""',
    "''",
    "'it\\'s'",
    '"say \\"so\\""',
    '"\\a\\b\\f\\n\\r\\t\\v\\\\"',
    '"\\x41\\u00e9\\U0001F600"',
    '"\\N{LATIN SMALL LETTER A WITH ACUTE}"',
    '"\\0\\12\\101\\777"',
    '"\\8"',
    '"one \\\n two"',
    'r"\\d+\\"',
    "R'\\x4'",
    'u"text"',
    '"""several "quoted" lines\n\n"""',
    "'''a\\\n'''",
    '"""\\""""',
    '"\u00e9\u4e2d\U0001f600"',
    "'\"'",
    '"\\{"',
]
NUMBERS = [
    "0",
    "00",
    "0_0",
    "42",
    "1_000_000",
    "0x_ff",
    "0XFF",
    "0b101",
    "0o17",
    "1.",
    ".5",
    "1e3",
    "1_0.0_1e-1_0",
    "9" * 18,
]


@pytest.mark.parametrize("text", [text for text in STRINGS if text != 'r"\\d+\\"'])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
def test_a_string_has_its_value(text: str) -> None:
    """As Python decodes it."""
    assert string(text) == ast.literal_eval(text)


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_has_its_value(text: str) -> None:
    """With its type."""
    value = number(text)
    assert (type(value), value) == (type(ast.literal_eval(text)), ast.literal_eval(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('b"bytes"', "bytes and format strings have no text value"),
        ('Rb"bytes"', "bytes and format strings have no text value"),
        ('f"{x}"', "bytes and format strings have no text value"),
        ('t"{x}"', "bytes and format strings have no text value"),
        ("name", "not a string literal"),
        ("", "not a string literal"),
        ("(1)", "not a string literal"),
        ('"open', "an unterminated string"),
        ('"', "an unterminated string"),
        ('"""a"', "an unterminated string"),
        ('"a" "b"', "more than one string"),
        ('"a" + x + "b"', "more than one string"),
        ('"\\N{NO SUCH CHARACTER}"', "a malformed escape"),
        ('"\\U00110000"', "a malformed escape"),
        ('"\\ud800"', "a lone surrogate"),
        ('"\\udfff\\ud800"', "a lone surrogate"),
    ],
)
def test_what_is_no_text_is_refused(text: str, reason: str) -> None:
    """With the reason."""
    with pytest.raises(LiteralError) as caught:
        string(text)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1j", "not a number that miner reads"),
        ("1e5J", "not a number that miner reads"),
        ("0x", "not a number that miner reads"),
        ("ten", "not a number that miner reads"),
        ("0777", "an octal literal of Python 2"),
        ("10L", "not a number that miner reads"),
        ("9" * 401, "a number of more than 400 characters"),
        ("9" * 400, "an integer of more than 63 bits"),
        (str(2**63), "an integer of more than 63 bits"),
    ],
)
def test_what_is_no_plain_number_is_refused(text: str, reason: str) -> None:
    """With the reason; the largest that is read is 2**63 - 1."""
    assert number(str(2**63 - 1)) == 2**63 - 1
    with pytest.raises(LiteralError) as caught:
        number(text)
    assert str(caught.value) == reason
