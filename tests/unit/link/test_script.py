"""What a build script passes to setup, worked out without running it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from miner.link.script import Row, read_script
from miner.syntax.freeze import freeze
from miner.syntax.index import read_outline
from miner.syntax.snippet import SnippetReader

SNIPPETS = SnippetReader()
HEAD = """
    import os, platform, re, sys
    from setuptools import find_packages, setup
"""


def passed(source: str):
    """Return what the script passes."""
    outline = read_outline(dedent(HEAD + source).encode(), SNIPPETS)
    return read_script(freeze(outline.items, outline, keep=lambda _: True), {"setup"}.__contains__)


def rows(source: str) -> list[tuple[str, str, str]]:
    """Return text, extra and marker of each row."""
    return sorted((row.text, row.extra, row.marker) for row in passed(source).rows)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('setup(install_requires=["a", "b>=1"])', [("a", "", ""), ("b>=1", "", "")]),
        ('setup(install_requires="a\\nb")', [("a", "", ""), ("b", "", "")]),
        ('x = {}\n    x["e"] = ["a"] + ["b"]\n    setup(extras_require=x)', [("a", "e", ""), ("b", "e", "")]),
        (
            'x = ["a"]\n    x += ["b"]\n    x.append("c")\n    setup(install_requires=list(x))',
            [("a", "", ""), ("b", "", ""), ("c", "", "")],
        ),
        (
            'def f(*n): return [d[k] for k in n]\n    d = {"a": "a>=1"}\n    setup(install_requires=f("a"))',
            [("a>=1", "", "")],
        ),
        (
            (
                'd = {b: a for a, b in (re.findall(r"^(([^>]+)(?:>.*)?$)", x)[0] for x in ["a>=1", "b"])}\n'
                '    setup(install_requires=[d["a"], d["b"]])'
            ),
            [("a>=1", "", ""), ("b", "", "")],
        ),
        ('setup(install_requires=["a"] if True else ["b"])', [("a", "", "")]),
        ('k = dict(install_requires=["a"])\n    setup(**{"install_requires": ["a"]})', [("a", "", "")]),
        ('setup(extras_require={"e:python_version < \\"3.11\\"": ["a"]})', [('a; python_version < "3.11"', "e", "")]),
    ],
)
def test_rows(source, expected):
    """Lists, dicts, helpers and comprehensions; nothing of the environment is asked."""
    assert rows(source) == expected


@pytest.mark.parametrize(
    ("test", "marker"),
    [
        ("sys.version_info.minor < 14", 'python_version < "3.14"'),
        ("sys.version_info[1] >= 12", 'python_version >= "3.12"'),
        ("sys.version_info < (3, 11)", 'python_version < "3.11"'),
        ("sys.version_info[:2] >= (3, 11)", 'python_version >= "3.11"'),
        ('os.name == "nt"', 'os_name == "nt"'),
        ('sys.platform != "win32"', 'sys_platform != "win32"'),
        ('platform.system() == "Darwin"', 'platform_system == "Darwin"'),
    ],
)
def test_both_arms_of_a_test_of_the_building_machine(test, marker):
    """What is there in one arm only carries the test; what is there in both carries none."""
    inverse = {"<": ">=", ">=": "<", "==": "!=", "!=": "=="}
    operator = marker.split()[1]
    other = marker.replace(f" {operator} ", f" {inverse[operator]} ")
    source = (
        f'x = ["a"]\n    if {test}:\n        x += ["b"]\n    else:\n        x += ["c"]\n    setup(install_requires=x)'
    )
    assert rows(source) == [("a", "", ""), ("b", "", marker), ("c", "", other)]


def test_two_tests_are_two_markers():
    """Each row carries the tests that decide it, and no other."""
    source = """
    x = []
    if sys.version_info.minor < 14:
        x += ["a"]
    if os.name == "nt":
        x += ["b"]
    setup(install_requires=x)
    """
    assert rows(source) == [("a", "", 'python_version < "3.14"'), ("b", "", 'os_name == "nt"')]


def test_what_is_not_understood_is_counted_and_costs_only_itself():
    """A statement that cannot be worked out leaves the others."""
    found = passed(
        'x = open("r.txt").read()\n    setup(install_requires=x, extras_require={"e": ["a"]}, python_requires=">=3")'
    )
    assert [(row.text, row.extra) for row in found.rows] == [("a", "e")]
    assert found.python == [Row(">=3", "", "")]
    assert found.problems == {"build script: install_requires is not understood": 1}


@pytest.mark.parametrize(
    "source",
    [
        'x = ["a"] * 10**9',
        "x = list(range(10**12))",
        'for i in range(10**9):\n        x = "a" + x',
        'x = "a"\n    for i in range(99):\n        x = x + x',
    ],
)
def test_a_script_that_would_take_for_ever_ends(source):
    """Loops and values are bounded."""
    assert rows(f'{source}\n    setup(install_requires=["b"])') == [("b", "", "")]
