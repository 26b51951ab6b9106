"""Described fields of configuration classes, by the standard library alone: `described_fields.py FOLDER` prints
`[[path, class, field, default], ...]` for the public ones.

A field is described when its metadata has a help text, or the docstring of its class has a line `name (...):`.
"""

import ast
import json
import re
import sys
from pathlib import Path

SUFFIXES = ("Config", "Configuration", "Arguments", "Args", "Settings")


def holds_options(node):
    """Say whether the name of a class, or of a base of it, ends like that of a configuration."""
    names = [node.name, *(ast.unparse(base).rpartition(".")[2] for base in node.bases)]
    return any(name.endswith(SUFFIXES) for name in names)


def default_of(value):
    """Return the source of a field's default, and whether its metadata describes it."""
    if isinstance(value, ast.Constant):
        return ast.unparse(value), False
    if isinstance(value, ast.Call):
        given = {word.arg: word.value for word in value.keywords}
        helped = isinstance(given.get("metadata"), ast.Dict) and any(
            isinstance(key, ast.Constant) and key.value == "help" for key in given["metadata"].keys
        )
        if isinstance(given.get("default"), ast.Constant):
            return ast.unparse(given["default"]), helped
    return None, False


def fields(tree):
    """Yield class, field and default of every described field with a constant default."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_") or not holds_options(node):
            continue
        docstring = ast.get_docstring(node) or ""
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and item.value is not None:
                name = item.target.id
                default, is_helped = default_of(item.value)
                is_told = re.search(rf"(?m)^\s*{name} \(.*\):\s*\n\s+\S", docstring) is not None
                if default is not None and not name.startswith("_") and (is_helped or is_told):
                    yield node.name, name, default


def main(folder):
    """Print the fields of every file below a folder."""
    rows = []
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        rows += [(path.relative_to(folder).as_posix(), *found) for found in fields(tree)]
    print(json.dumps(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
