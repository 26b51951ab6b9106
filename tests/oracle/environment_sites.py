"""Prints, as JSON, the places of a package at which the environment plainly matters, found with the `ast` module alone.

`python environment_sites.py FOLDER`: rows [path below FOLDER, line, kind], kind `raise` (a test around it names a
predicate, a version, a device or an environment variable), `capability` or `variable` (a read).
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

_ASKS = re.compile(
    r"\bis_\w+_available\(|\bis_\w+_version\(|_greater_or_equal\(|_less_or_equal\(|\bcompare_versions\("
    r"|\bmetadata\.version\(|\.is_available\(|\bdevice_count\(|get_device_capability|os\.environ|os\.getenv"
    r"|sys\.version_info|find_spec\("
)
_CAUGHT = {"OptionalDependencyNotAvailable"}


def is_of_type(test: ast.expr) -> bool:
    """Say whether a test asks for the type of something too: what fails it may be of another type."""
    return isinstance(test, ast.BoolOp) and any(
        isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "isinstance"
        for part in test.values
        if isinstance(test.op, ast.And)
    )


def rows(path: Path, name: str) -> list[tuple[str, int, str]]:
    """Return the places in one file."""
    found: list[tuple[str, int, str]] = []

    def visit(node: ast.AST, tests: tuple[str, ...]) -> None:
        if isinstance(node, ast.If):
            test = ast.unparse(node.test)
            if "TYPE_CHECKING" in test:
                return
            look(node.test)
            for child in node.body:
                visit(child, (*tests, test))
            raises = bool(node.body) and isinstance(node.body[-1], ast.Raise)
            for child in node.orelse:
                visit(child, tests if raises or is_of_type(node.test) else (*tests, test))
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            tests = ()
        if isinstance(node, ast.Raise) and node.exc is not None and any(map(_ASKS.search, tests)):
            called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if not (isinstance(called, ast.Name) and called.id in _CAUGHT):
                found.append((name, node.lineno, "raise"))
        look_here(node)
        for child in ast.iter_child_nodes(node):
            visit(child, tests)

    def look(tree: ast.AST) -> None:
        for node in ast.walk(tree):
            look_here(node)

    def look_here(node: ast.AST) -> None:
        match node:
            case ast.Call(func=ast.Attribute(attr="get_device_capability")):
                found.append((name, node.lineno, "capability"))
            case ast.Call(func=ast.Attribute(attr="getenv", value=ast.Name(id="os"))):
                found.append((name, node.lineno, "variable"))
            case ast.Call(func=ast.Attribute(attr="get", value=ast.Attribute(attr="environ"))):
                found.append((name, node.lineno, "variable"))
            case ast.Subscript(value=ast.Attribute(attr="environ"), ctx=ast.Load()):
                found.append((name, node.lineno, "variable"))

    visit(ast.parse(path.read_bytes()), ())
    return found


def main(folder: str) -> None:
    """Print the places of every file of the package, but for sources of generated files."""
    root = Path(folder)
    listed = [
        row
        for path in sorted(root.rglob("*.py"))
        if not path.name.startswith("modular_")
        for row in rows(path, path.relative_to(root).as_posix())
    ]
    print(json.dumps(listed))


if __name__ == "__main__":
    main(sys.argv[1])
