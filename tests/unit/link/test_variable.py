"""What a library reads from the environment: names, defaults, and the values compared with, each with its place."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked


def variables(body: str) -> list[tuple[str, str | None, tuple[str, ...], tuple[int, ...]]]:
    """Return name, default, choices and the lines that say so of each read of a module of one package."""
    source = 'import os\n\nTRUE = {"1", "ON"}\n\n\n' + body
    found = linked({"src/kit/__init__.py": "", "src/kit/a.py": source})
    return [
        (read.name, read.default, read.choices, tuple(sorted({place.span.start_line for place in read.places})))
        for read in found.variables
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('a = os.getenv("A") == "x"\n', ("A", None, ("x",), (6,))),
        ('a = os.getenv("A", "y")\nb = a.upper() in TRUE\n', ("A", "y", ("1", "ON"), (3, 6, 7))),
        ('a = os.environ["A"].lower()\nif c:\n    b = a != "x" and a == "z"\n', ("A", None, ("x", "z"), (6, 8))),
        ('a = os.getenv("A")\na = a or c\nb = a == "x"\n', ("A", None, (), (6,))),
        ('a = os.getenv("A")\nif c:\n    a = c\nb = a == "x"\n', ("A", None, (), (6,))),
        ('a = int(os.getenv("A"))\nb = a == "x"\n', ("A", None, (), (6,))),
        ('a = os.getenv("A")\nb = a is None or a < "2" or a in c\n', ("A", None, (), (6,))),
        ('a, b = os.getenv("A"), 1\nb = a == "x"\n', ("A", None, (), (6,))),
        ('a = b = os.getenv("A")\nb = a == "x"\n', ("A", None, (), (6,))),
    ],
)
def test_values_that_a_variable_is_compared_with(body, expected):
    """Where it is read, and where a name holds it up to the next binding; only equality and membership name values."""
    assert variables(body) == [expected]


@pytest.mark.parametrize(
    ("helper", "call", "expected"),
    [
        ('os.getenv(key, "no").upper() in TRUE', 'is_env_variable_true("A")', ("A", "no", ("1", "ON"), (3, 7, 10))),
        ('os.getenv(key, "no")', 'is_env_variable_true(key="A") in TRUE', ("A", "no", ("1", "ON"), (3, 7, 10))),
        ("os.getenv(key, str(other))", 'is_env_variable_true("A")', ("A", None, (), (7, 10))),
        ('os.getenv(key) or os.getenv("B", "no")', 'is_env_variable_true("A")', ("A", None, (), (10,))),
        ('os.getenv("B", "no")', 'is_env_variable_true("A")', ("A", None, (), (10,))),
        ('os.getenv(key, "no")', 'parse_it_from_env("A", "yes")', ("A", "yes", (), (10,))),
    ],
)
def test_what_a_function_reads_for_its_caller(helper, call, expected):
    """Default and values stand in the function, when that reads one variable, which its parameter names."""
    found = variables(f"def is_env_variable_true(key, other=1):\n    return {helper}\n\n\na = {call}\n")
    assert [read for read in found if read[0] == "A"] == [expected]


def test_what_is_said_of_a_variable():
    """The comment right above, and what the docstring of the function has under its name."""
    body = (
        'def setup():\n    """Set up.\n\n    Environment:\n    - **KIT** (`str`): Where kits are.\n    """\n'
        '    # A folder\n    # of kits.\n    return os.getenv("KIT"), os.getenv("OTHER")\n'
    )
    found = linked({"src/kit/__init__.py": "", "src/kit/a.py": "import os\n" + body}).variables
    assert [(read.name, read.comment, read.description) for read in found] == [
        ("KIT", "A folder of kits.", "Where kits are."),
        ("OTHER", "A folder of kits.", None),
    ]
    lines = [place.span.start_line for place in found[0].places if place.role == "message"]
    assert sorted(lines) == [6, 8]


def test_a_comment_on_a_statement_with_what_a_test_asks_beside_is_of_both():
    body = (
        '# Slow is safe.\nslow = ask()\nif os.getenv("KIT") or slow:\n    go()\n# No.\nother = 1\na = os.getenv("A")\n'
    )
    found = linked({"src/kit/__init__.py": "", "src/kit/a.py": "import os\n" + body}).variables
    assert [(read.name, read.comment) for read in found] == [("KIT", "Slow is safe."), ("A", None)]


def test_what_keeps_a_variable_and_what_follows_a_test_of_it():
    """The first statement of the arm that is taken where the test holds, and the name of what holds the value."""
    body = '        self.x = os.getenv("X") or 1\n        if os.getenv("Y"):\n            go()\n'
    source = f"import os\n\n\nclass A:\n    def f(self):\n{body}"
    reads = linked({"src/kit/__init__.py": "", "src/kit/a.py": source}).variables
    lines = source.encode()
    said = {
        read.name: [
            lines[place.span.start_byte : place.span.end_byte] if place is not None else None
            for place in (read.kept, read.then)
        ]
        for read in reads
    }
    assert said == {"X": [b"self.x", None], "Y": [None, b"go()"]}
