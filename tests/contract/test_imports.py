"""Imports point one way, and what is dangerous is where it is allowed and nowhere else."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from importlinter import cli

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
BUILTINS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}


def test_every_import_contract_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Layers, processes and network, parsers, terminal and pickle, as pyproject.toml states them."""
    monkeypatch.chdir(ROOT)
    code = cli.lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_every_package_is_in_a_layer() -> None:
    """The layers are exhaustive: a new package must be given its place."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "exhaustive = true" in text


PROBES = [path for path in SOURCES if path.parent.name == "probe"]


@pytest.mark.parametrize("path", PROBES, ids=lambda path: path.stem)
def test_a_probe_stands_alone(path: Path) -> None:
    """What runs in another Python imports the standard library and its siblings; by name, late, what it looks at."""
    tree = ast.parse(path.read_bytes())
    modules = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    modules += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    assert [name for name in modules if name.partition(".")[0] not in sys.stdlib_module_names] == []


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path not in PROBES], ids=lambda path: str(path.relative_to(ROOT / "src"))
)
def test_nothing_compiles_or_runs_code(path: Path) -> None:
    """No eval, exec, compile, import by name or shell; literals are not decoded by the compiler either."""
    found = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Name(id=name) if name in BUILTINS:
                found.append((node.lineno, name))
            case ast.Attribute(attr="literal_eval" | "__builtins__" | "import_module" | "exec_module" as name):
                found.append((node.lineno, name))
            case ast.ImportFrom(module="builtins" | "importlib" | "runpy" | "code" | "codeop" as name):
                found.append((node.lineno, str(name)))
            case ast.Import(names=names):
                found += [(node.lineno, a.name) for a in names if a.name in {"builtins", "runpy", "code", "codeop"}]
            case ast.keyword(arg="shell", value=value) if not (
                isinstance(value, ast.Constant) and value.value is False
            ):
                found.append((value.lineno, "shell="))
    assert found == []
