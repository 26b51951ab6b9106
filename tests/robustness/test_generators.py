"""Deep and wide sources end quickly in an outcome, with both readers; none crashes the process.

Each is mined in a process of its own: what dies there dies alone, and is seen.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

SECONDS = {"fast": 12, "libcst": 60}
"""libcst takes hundreds of times as long for a hundred thousand small statements."""
SHAPES: dict[str, Callable[[int], str]] = {
    "parens": lambda n: "x = " + "(" * n + "1" + ")" * n,
    "brackets": lambda n: "x = " + "[" * n + "]" * n,
    "braces": lambda n: "x = " + "{1: " * n + "1" + "}" * n,
    "open brackets": lambda n: "x = " + "(" * n,
    "calls": lambda n: "x = f" + "()" * n,
    "nested calls": lambda n: "x = " + "f(" * n + ")" * n,
    "attributes": lambda n: "x = a" + ".b" * n,
    "subscripts": lambda n: "x = a" + "[0]" * n,
    "sum": lambda n: "x = 1" + " + 1" * n,
    "power": lambda n: "x = 1" + " ** 1" * n,
    "not": lambda n: "x = " + "not " * n + "1",
    "minus": lambda n: "x = " + "-" * n + "1",
    "and": lambda n: "if a" + " and a" * n + ": pass",
    "comparison": lambda n: "assert a" + " < a" * n,
    "conditional": lambda n: "x = " + "a if a else " * n + "a",
    "lambda": lambda n: "x = " + "lambda: " * n + "1",
    "strings": lambda n: "x = (" + '"a" ' * n + ")",
    "string lines": lambda n: "x = (\n" + '    "a"\n' * n + ")",
    "format strings": lambda n: "x = " + 'f"{' * min(n, 500) + "1" + '}"' * min(n, 500),
    "elif": lambda n: "if a: pass\n" + "elif a: pass\n" * n,
    "indent": lambda n: (
        "".join(" " * min(level, 300) + "if a:\n" for level in range(min(n, 300))) + " " * min(n, 300) + "pass"
    ),
    "classes": lambda n: (
        "".join(" " * level + f"class A{level}:\n" for level in range(min(n, 99))) + " " * min(n, 99) + "pass"
    ),
    "handlers": lambda n: "try: pass\n" + "except A: pass\n" * n,
    "decorators": lambda n: "@requires(backends=('a',))\n" * n + "def f(): pass",
    "chained decorators": lambda n: "@requires" + "(backends=('a',))" * n + "\nclass A: pass",
    "targets": lambda n: "a = " * n + "1",
    "statements": lambda n: "x = 1\n" * n,
    "semicolons": lambda n: "x = 1; " * n,
    "table": lambda n: "BACKENDS_MAPPING = {" + '"a": (is_a_available, "b"),\n' * n + "}",
    "rules": lambda n: "BASE_FILE_REQUIREMENTS = {" + 'lambda e: "a" in e: ("b",),\n' * n + "}",
    "exports": lambda n: "__all__ = [" + '"a", ' * n + "]",
    "structure": lambda n: "_import_structure = {" + '"a": ["b"],\n' * n + "}",
    "deep exports": lambda n: "__all__ = " + "[" * n + "]" * n,
    "deep structure": lambda n: "_import_structure = {'a': " + "[" * n + "]" * n + "}",
    "deep backends": lambda n: "@requires(backends=" + "(" * n + ")" * n + ")\nclass A: pass",
    "minus in backends": lambda n: "@requires(backends=" + "-" * n + "1)\nclass A: pass",
    "sum in backends": lambda n: "@requires(backends=(1" + " + 1" * n + "))\nclass A: pass",
    "test": lambda n: "if " + "~" * n + "a:\n _import_structure['a'] = ['b']",
    "deep signature": lambda n: "def f(a=" + "(" * n + ")" * n + "): pass",
    "parameters": lambda n: "def f(" + ", ".join(f"a{k}" for k in range(n)) + "): pass",
    "bases": lambda n: "class A(" + "b, " * n + "): pass",
    "predicates": lambda n: (
        "import importlib.util as u\n" + "def is_a_available(): return u.find_spec('a') is not None\n" * n
    ),
    "predicate sum": lambda n: (
        "import importlib.util as u\ndef is_a_available(): return u.find_spec('a')" + " or a" * n
    ),
    "comment": lambda n: "#" * n,
    "name": lambda n: "a" * n + " = 1",
    "string": lambda n: "x = '" + "\\\\" * n + "'",
    "backslashes": lambda n: "x = \\\n" * n + "1",
    "digits": lambda n: "x = " + "9" * n,
    "lines": lambda n: "\n" * n,
    "form feeds": lambda n: "\f\n\fx = 1\n" * n,
    "tabs": lambda n: "\t" * n + "x = 1",
    "quotes": lambda n: "'" * n,
    "import dots": lambda n: "from " + "." * n + " import a",
    "import names": lambda n: "from a import (" + "b as c, " * n + ")",
    "globals": lambda n: "def f():\n global " + ", ".join("a" * 1 for _ in range(n)),
    "match": lambda n: "match a:\n" + " case [b, *_] if c: pass\n" * n,
    "deep pattern": lambda n: "match a:\n case " + "[" * n + "]" * n + ": pass",
    "early exits": lambda n: "def f():\n" + " if a: return\n" * n + " return b",
    "nested exits": lambda n: "def f():\n" + " if a:\n  if b: return\n" * n + " return b",
}
PROGRAM = """
import json, sys
import msgspec
from miner.app.mining import FileTask, decode_outcome, mine_file
data = sys.stdin.buffer.read()
found = decode_outcome(mine_file(msgspec.msgpack.encode(FileTask("a.py", sys.argv[1], None, data))))
print(json.dumps([found.outcome, found.reason]))
"""


@pytest.mark.robust
@pytest.mark.parametrize("reader", ["fast", "libcst"])
@pytest.mark.parametrize("size", [10, 1_000, 100_000])
@pytest.mark.parametrize("shape", SHAPES)
def test_ends_in_an_outcome(shape: str, size: int, reader: str) -> None:
    """Mined or skipped, in time."""
    source = SHAPES[shape](size)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, reader], input=source.encode(), capture_output=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    outcome, _ = json.loads(done.stdout)
    assert outcome in {"mined", "skipped"}
    assert time.monotonic() - started < SECONDS[reader]
