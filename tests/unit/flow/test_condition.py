"""What must hold for execution to reach a statement, for every shape of statement around and before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import dedent

import pytest

from miner.flow.condition import leaves, path_condition
from miner.link.meaning.wording import render
from miner.syntax import concrete, index
from miner.syntax.outline import Item, Outline
from miner.syntax.snippet import SnippetReader

SNIPPETS = SnippetReader()
READERS: dict[str, Callable[[bytes], Outline]] = {
    "fast": lambda data: index.read_outline(data, SNIPPETS),
    "libcst": concrete.read_outline,
}
CASES = {
    "nothing": ("site", []),
    "before it": ("if a: pass\nsite", []),
    "if": ("if a:\n    site", ["if a"]),
    "if on one line": ("if a: x; site", ["if a"]),
    "else": ("if a: pass\nelse: site", ["if not a"]),
    "elif": ("if a: pass\nelif b: site", ["if not a", "if b"]),
    "end of a chain": ("if a: pass\nelif b: pass\nelif c: pass\nelse: site", ["if not a", "if not b", "if not c"]),
    "nested": ("if a:\n    if b: pass\n    else:\n        site", ["if a", "if not b"]),
    "ternary and and stay in the test": ("if a and (b if c else d):\n    site", ["if a and (b if c else d)"]),
    "while": ("while a:\n    site", ["if a"]),
    "after while": ("while a: pass\nelse: site", []),
    "for": ("for a in b:\n    site", []),
    "for else": ("for a in b: pass\nelse:\n    site", []),
    "with": ("with a:\n    site", []),
    "try": ("try:\n    site\nexcept A: pass", []),
    "except": ("try: pass\nexcept A:\n    site", ["except A"]),
    "except several": ("try: pass\nexcept (A, B) as e: site", ["except (A, B)"]),
    "a program that is not there": (
        "try: subprocess.run(['tool', '-v'])\nexcept (OSError, FileNotFoundError): site",
        ["program 'tool'"],
    ),
    "a program of a local": (
        "def f(x):\n    c = ['tool', x]\n    try:\n        subprocess.call(c)\n    except FileNotFoundError: site",
        ["program 'tool'"],
    ),
    "a program that is given": (
        "def f(c):\n    try: subprocess.Popen(c)\n    except FileNotFoundError: site",
        ["except FileNotFoundError"],
    ),
    "a program, or the file that is read for it": (
        "try:\n    t = open(p).read()\n    subprocess.run(['tool', t])\nexcept FileNotFoundError: site",
        ["except FileNotFoundError"],
    ),
    "one of two programs": (
        "try:\n    subprocess.run(['one'])\n    subprocess.run(['two'])\nexcept FileNotFoundError: site",
        ["except FileNotFoundError"],
    ),
    "a program by platform": (
        "def f():\n if w: c = ['one']\n else: c = ['two']\n try: subprocess.run(c)\n except FileNotFoundError: site",
        ["except FileNotFoundError"],
    ),
    "a program that is set again": (
        "def f(t):\n    c = ['tool']\n    c = [t]\n    try: subprocess.run(c)\n    except FileNotFoundError: site",
        ["except FileNotFoundError"],
    ),
    "a program in another way": ("try: subprocess.run(['tool'])\nexcept ValueError: site", ["except ValueError"]),
    "a file that is not there": ("try: open('tool')\nexcept FileNotFoundError: site", ["except FileNotFoundError"]),
    "bare except": ("try: pass\nexcept: site", ["except True"]),
    "second except": ("try: pass\nexcept A: pass\nexcept B: site", ["except B"]),
    "finally": ("try: pass\nfinally: site", []),
    "try else": ("try: pass\nexcept A: pass\nelse: site", []),
    "try else after its own raise": (
        "try:\n    if not a: raise A\nexcept A: pass\nelse:\n    site",
        ["else not not a"],
    ),
    "try else after several": (
        "try:\n    if a: raise A\n    if b: raise B\n    if c: pass\nexcept A: pass\nelse:\n    site",
        ["else not a", "else not b"],
    ),
    "case": ("match a:\n    case [1, 2]: pass\n    case B():\n        site", ["case B()"]),
    "case with a guard": ("match a:\n    case B() if c or d:\n        site", ["case B()", "if c or d"]),
    "early return": ("def f():\n    if a: return\n    site", ["exit not a"]),
    "early returns": ("def f():\n    if a: return 1\n    x\n    if b: return\n    site", ["exit not a", "exit not b"]),
    "early raise is left out": ("def f():\n    if a: raise A\n    site", []),
    "raise or return": ("def f():\n    if a:\n        if b: raise A\n        return\n    site", ["exit not a"]),
    "raise or raise is left out": ("def f():\n    if a:\n        if b: raise A\n        else: raise B\n    site", []),
    "a body that may go on": ("def f():\n    if a:\n        if b: return\n    site", ["exit not a and b"]),
    "an else that may go on": (
        "def f():\n    if a: pass\n    else:\n        if b: return\n    site",
        ["exit not not a and b"],
    ),
    "arms that may go on, two deep": (
        "def f():\n    if a:\n        if b:\n            if c: return\n    site",
        ["exit not a and b and c"],
    ),
    "a body that may raise": ("def f():\n    if a:\n        if b: raise B\n    site", []),
    "a loop that may return": (
        "def f():\n    for a in b:\n        if c(a): return\n    site",
        ["exit not any(c(a) for a in b)"],
    ),
    "a loop that may return for what it does not pass over": (
        "def f():\n    for a, d in b:\n        if d: continue\n        if c(a): return\n    site",
        ["exit not any(c(a) for (a, d) in b if not d)"],
    ),
    "a loop that may break or raise": (
        "def f():\n    for a in b:\n        if a: break\n        if c: raise C\n    site",
        [],
    ),
    "a loop that may return, within it": (
        "def f():\n    for a in b:\n        if c(a): return\n        site",
        ["exit not c(a)"],
    ),
    "a while loop that may return": ("def f():\n    while a:\n        if b: return\n    site", []),
    "both arms leave in the body": (
        "def f():\n    if a:\n        if b: return\n        else: return\n    site",
        ["exit not a"],
    ),
    "else leaves": ("def f():\n    if a: pass\n    else: return\n    site", ["exit a"]),
    "else raises": ("def f():\n    if a: pass\n    else: raise A\n    site", []),
    "elif leaves": (
        "def f():\n    if a: return\n    elif b: return\n    site",
        ["exit not a", "exit not b"],
    ),
    "elif leaves after a body that goes on": (
        "def f():\n    if a: pass\n    elif b: return\n    site",
        ["exit not not a and b"],
    ),
    "elif raises, if returns": ("def f():\n    if a: return\n    elif b: raise B\n    site", ["exit not a"]),
    "continue": ("for x in y:\n    if a: continue\n    site", ["exit not a"]),
    "break": ("while True:\n    if a: break\n    site", ["if True", "exit not a"]),
    "leaving with with": ("def f():\n    if a:\n        with b: return\n    site", ["exit not a"]),
    "leaving by try and handlers": (
        "def f():\n    if a:\n        try: return\n        except B: return\n    site",
        ["exit not a"],
    ),
    "leaving by try alone": ("def f():\n    if a:\n        try: return\n        except B: pass\n    site", []),
    "leaving by finally": ("def f():\n    if a:\n        try: pass\n        finally: return\n    site", ["exit not a"]),
    "exit in the enclosing block": (
        "def f():\n    if a: return\n    if b:\n        if c: return\n        site",
        ["exit not a", "if b", "exit not c"],
    ),
    "exit in the other arm does not count": ("def f():\n    if a: return\n    else:\n        site", ["if not a"]),
    "exit within a handler": (
        "def f():\n    try: pass\n    except A:\n        if a: return\n        site",
        ["except A", "exit not a"],
    ),
    "exit before the try": (
        "def f():\n    if a: return\n    try: pass\n    except A: site",
        ["exit not a", "except A"],
    ),
    "a later exit": ("def f():\n    site\n    if a: return", []),
    "only within the function": ("if a:\n    def f():\n        if b: return\n        site", ["exit not b"]),
    "only within the class": ("if a:\n    class A:\n        if b:\n            site", ["if b"]),
    "pass is no exit": ("def f():\n    if a: pass\n    site", []),
}


def every(items: list[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        for block in item.blocks.values():
            yield from every(block)


def conditions(source: str, reader: str) -> list[str]:
    """Return the path condition of the statement `site`, within its definition."""
    outline = READERS[reader](dedent(source).encode())
    item = next(i for i in every(outline.items) if i.kind == "expression" and outline.source(i.span) == "site")
    within = item.parent
    while within is not None and within.kind not in {"function", "class"}:
        within = within.parent
    guards = path_condition(item, outline, within=within)
    return [f"{guard.kind} {'' if guard.holds else 'not '}{render(guard.test)}" for guard in guards]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("case", CASES)
def test_path_condition(case: str, reader: str) -> None:
    """Outermost first; tests that only raise are requirements of their own and left out."""
    source, expected = CASES[case]
    assert conditions(source, reader) == expected


def test_a_guard_says_where_its_test_stands() -> None:
    """The span of the test alone."""
    source = b"if a:\n    pass\nelif (b and\n      c):\n    site\n"
    outline = READERS["fast"](source)
    item = next(i for i in every(outline.items) if outline.source(i.span) == "site")
    assert [outline.source(guard.span) for guard in path_condition(item, outline)] == ["a", "(b and\n      c)"]


@pytest.mark.parametrize(
    ("body", "kinds", "answer"),
    [
        ("return", {"return"}, True),
        ("return", {"raise"}, False),
        ("raise A", {"raise"}, True),
        ("continue", {"jump"}, True),
        ("pass", {"jump"}, False),
        ("x\n    return\n    y", {"return"}, True),
        ("for a in b: return", {"return"}, False),
        ("while a: return", {"return"}, False),
        ("if a: return", {"return"}, False),
        ("def g(): return", {"return"}, False),
        ("with a: return", {"return"}, True),
        ("try: pass\n    except A: return\n    else: return", {"return"}, True),
    ],
)
def test_leaving_a_block(body: str, kinds: set[str], answer: bool) -> None:
    """Whether a block always ends so."""
    outline = READERS["fast"](f"while x:\n    {body}\n".encode())
    assert leaves(outline.items[0].blocks["body"], frozenset(kinds)) is answer
