"""Dividing a display into its entries by text: commas in brackets, strings, comments and lambdas divide nothing."""

from __future__ import annotations

import pytest

from miner.syntax.rows import entries

CASES = {
    "[]": [],
    "()": [],
    "{}": [],
    "[ \n ]": [],
    "[a]": ["a"],
    "[a,]": ["a"],
    "( a , b )": ["a", "b"],
    "[\"a,b\", 'c,d']": ['"a,b"', "'c,d'"],
    '["""a,\n"b",""", 1]': ['"""a,\n"b","""', "1"],
    '["a\\",b", 1]': ['"a\\",b"', "1"],
    "[f(a, b), {c: d, e: f}, [g, h][0]]": ["f(a, b)", "{c: d, e: f}", "[g, h][0]"],
    "{a: 1, 'b': (2, 3)}": ["a: 1", "'b': (2, 3)"],
    "{lambda a, b: a: (1,), lambda *c, d=(1, 2): d: 2}": ["lambda a, b: a: (1,)", "lambda *c, d=(1, 2): d: 2"],
    "{lambda: 1: 2, 3: 4}": ["lambda: 1: 2", "3: 4"],
    "[lambda x: {x: 1}, lambda y, z: y]": ["lambda x: {x: 1}", "lambda y, z: y"],
    "[\n  a,  # not, this\n  # [nor, that]\n  b,\n]": ["a", "b"],
    "[a # comment\n + b, c]": ["a # comment\n + b", "c"],
    "[*a, **b]": ["*a", "**b"],
    '["a" "b", "c"\n"d"]': ['"a" "b"', '"c"\n"d"'],
    "[x for x in y if x]": ["x for x in y if x"],
    "[a], [b]": ["a"],
    "{\u00e9: '\u4e2d,', 2: 3}": ["\u00e9: '\u4e2d,'", "2: 3"],
    "[not_lambda, lambdas, b]": ["not_lambda", "lambdas", "b"],
    "[a[1:2], b]": ["a[1:2]", "b"],
    "[": [],
    "plain": [],
}


@pytest.mark.parametrize("text", CASES)
def test_entries_of_a_display(text: str) -> None:
    """Each entry slices out of the text, without the comma."""
    assert [text[start:end] for start, end in entries(text)] == CASES[text]


def test_a_long_display_takes_time_in_proportion() -> None:
    """A hundred thousand entries."""
    text = "[" + ", ".join(f'"{n}"' for n in range(100_000)) + "]"
    assert sum(1 for _ in entries(text)) == 100_000
