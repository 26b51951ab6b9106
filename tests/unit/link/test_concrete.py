"""Small pure pieces of code are evaluated on concrete values; what is not understood is said so."""

from __future__ import annotations

import time
from typing import Any

import pytest

from miner.link.concrete import NotUnderstood, evaluate
from miner.link.folder import Record, Text
from miner.syntax.snippet import SnippetReader

READER = SnippetReader()
NAMES: dict[str, Any] = {
    "name": "modeling_net.py",
    "names": ["a", "b"],
    "yes": True,
    "no": False,
    "none": None,
    "entry": Record(name="x.py", path="d/x.py", is_file=lambda: True),
    "text": Text(lambda: "class Net(Base):\n"),
    "table": {"a": 1},
    "os.path.join": lambda *parts: "/".join(parts),
}

VALUES = {
    '"modeling_" in name': True,
    'name.startswith("modeling_") and not name.endswith("_flax.py")': True,
    'name.startswith(("image_", "modeling_"))': True,
    "name[:9]": "modeling_",
    "name[-3:]": ".py",
    'name == "x" or no': False,
    "no or none": None,
    "yes and name": "modeling_net.py",
    '"a" if no else "b"': "b",
    "1 < 2 < 3": True,
    "1 < 2 > 3": False,
    "none is None": True,
    "name not in names": True,
    "(name, *names)": ("modeling_net.py", "a", "b"),
    "{1, 2}": {1, 2},
    "{**table, 'b': 2}": {"a": 1, "b": 2},
    "table['a']": 1,
    "table.items()": [("a", 1)],
    "[n.upper() for n in names if n != 'a']": ["B"],
    "any(part in name for part in ('net', 'x'))": True,
    "len(names)": 2,
    "sorted(names)": ["a", "b"],
    "(found := len(names)) == 2 and found": 2,
    'f"{name}!"': "modeling_net.py!",
    "'a' + 'b'": "ab",
    "('a',) + ('b',)": ("a", "b"),
    "(lambda x: x + '!')": None,
    "entry.name": "x.py",
    "entry.is_file()": True,
    "os.path.join('a', 'b')": "a/b",
    "'Base' in text": True,
    "re.compile('^class').search(text) is not None": True,
    "re.compile(r'BASE', re.IGNORECASE | re.M).search(text) is not None": True,
    "re.compile('^Base').match(text) is None": True,
}


@pytest.mark.parametrize("source", [source for source in VALUES if "lambda" not in source])
def test_a_value(source: str) -> None:
    """As Python has it."""
    assert evaluate(READER.expression(source), NAMES) == VALUES[source]


def test_a_lambda_keeps_the_names_it_was_made_among() -> None:
    """And takes exactly its arguments."""
    rule = evaluate(READER.expression("lambda e, c: e in names and c == name"), NAMES)
    assert rule("a", "modeling_net.py") is True
    with pytest.raises(NotUnderstood):
        rule("a")


@pytest.mark.parametrize(
    "source",
    [
        "unknown",
        "name.encode()",
        "name.format(1)",
        "entry.size",
        "open('x')",
        "__import__('os')",
        "eval('1')",
        "getattr(name, 'upper')",
        "name.__class__",
        "name.upper.__self__",
        "(1).__class__",
        "1 + 'a'",
        "'a' * 1000000000",
        "2 ** 2",
        "1 < 'a'",
        "names[5]",
        "table['b']",
        "names[name]",
        "f(*names)",
        "[x for x, y in names]",
        "await name",
        "name.startswith(1)",
        "'x'.join(1)",
        "re.compile('(')",
        "re.compile('a', flags)",
        "re.compile('a', re.NOSUCH)",
        "len(1)",
        "sorted(1)",
        "-name",
        "'{0.__class__}'.format(name)",
        "any(1)",
        "[n for n in 1]",
        "(*1,)",
        "{**name}",
        "'a' in 1",
        "str(entry)",
        "re.compile()",
        "name.split('')",
        "'a'.join(names, names)",
        "{[1]: 2}",
        "{[1]}",
    ],
)
def test_what_is_not_understood(source: str) -> None:
    """Nothing is guessed, nothing is run, nothing else is raised."""
    with pytest.raises(NotUnderstood):
        evaluate(READER.expression(source), NAMES)


def test_a_pattern_that_would_never_end_is_stopped() -> None:
    """Patterns come from strangers."""
    started = time.monotonic()
    with pytest.raises(NotUnderstood):
        evaluate(READER.expression("re.compile('(a|aa)+$').match(x)"), {"x": "a" * 60 + "b"})
    assert time.monotonic() - started < 10
