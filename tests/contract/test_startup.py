"""`miner --help` answers at once: nothing heavy is imported for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "git", "httpx2", "jsonschema", "jsonschema_rs", "libcst", "msgspec", "multiprocessing", "regex", "rich",
    "tree_sitter", "unearth",
)  # fmt: skip
LIGHT_TOO = tuple(f"miner.{name}" for name in ("app", "audit", "detect", "graph", "link", "source", "store", "syntax"))


@pytest.mark.parametrize(
    ("arguments", "never"),
    [
        (["--help"], (*HEAVY, *LIGHT_TOO)),
        (["--version"], (*HEAVY, *LIGHT_TOO)),
        (["extract", "--help"], HEAVY),
        (["audit", "--help"], HEAVY),
        (["schema", "--help"], HEAVY),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_help_imports_nothing_heavy(arguments: list[str], never: tuple[str, ...]) -> None:
    """Modules are counted, not milliseconds, so that a busy machine does not fail the test."""
    program = (
        "import sys\nfrom miner.cli.main import run\n"
        f"code = run({arguments!r})\n"
        f"print(sorted(set({never!r}) & set(sys.modules)), file=sys.stderr)\nsys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "[]")
    assert done.stdout
