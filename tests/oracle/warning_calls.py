"""Every call that warns, by the standard library alone: `warning_calls.py FOLDER` prints `[[path, line], ...]`."""

import ast
import json
import sys
from pathlib import Path

METHODS = {"warn", "warning", "warning_once", "warning_advice"}


def calls(tree):
    """Yield the line of each call of a method that warns, of the module `warnings` or of something called a logger."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            receiver = ast.unparse(node.func.value)
            if receiver == "warnings" or "logg" in receiver.lower():
                yield node.lineno


def main(folder):
    """Print the calls of every file below a folder."""
    rows = []
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        rows += [(path.relative_to(folder).as_posix(), line) for line in calls(tree)]
    print(json.dumps(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
