"""The rules of the house: sizes, names and docstrings (CONTRIBUTING states them)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from packaging.version import Version

import miner

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
LONGEST_MODULE = 400
NO_MODULE = re.compile(r"(^|_)(utils?|helpers?|common|managers?|handlers?|processors?|misc|data2)(_|$)")
NO_DEFINITION = re.compile(r"(^|_)(utils?|common|managers?|processors?|misc|data2)(_|$)")  # helper, handler: our words


def name_of(path: Path) -> str:
    """The module's path below src, as a test id."""
    return str(path.relative_to(ROOT / "src"))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    """At most 400 lines, and a docstring whose first line is a sentence."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    first = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
    assert first.endswith((".", ":", ")")), f"the docstring does not begin with a sentence: {first!r}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_module_and_what_it_defines_have_names_of_the_field(path: Path) -> None:
    """No utils, helpers, common, manager, handler, processor; in code, `handler` is an except clause."""
    modules = [*path.relative_to(ROOT / "src").parts[:-1], path.stem]
    definitions = [
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", node.name).lower()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]
    assert [name for name in modules if NO_MODULE.search(name)] == []
    assert [name for name in definitions if NO_DEFINITION.search(name)] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_everything_public_has_a_docstring(path: Path) -> None:
    """Public classes and functions of a module, and the public methods of its public classes."""
    bare: list[str] = []
    for node in ast.parse(path.read_bytes()).body:
        match node:
            case ast.FunctionDef(name=name) if not name.startswith("_") and not ast.get_docstring(node):
                bare.append(name)
            case ast.ClassDef(name=name, body=body) if not name.startswith("_"):
                bare += [] if ast.get_docstring(node) else [name]
                bare += [
                    f"{name}.{method.name}"
                    for method in body
                    if isinstance(method, ast.FunctionDef)
                    and not method.name.startswith(("_", "visit_", "leave_"))
                    and not ast.get_docstring(method)
                ]
            case _:
                pass
    assert bare == []


def test_the_version_is_stated_once() -> None:
    """The distribution and the module agree."""
    stated = re.findall(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert stated == [miner.__version__]
    assert str(Version(miner.__version__)) == miner.__version__
