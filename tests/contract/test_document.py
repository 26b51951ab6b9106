"""What the documents say is so."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import miner
from miner.app.detector_page import page
from miner.cli.group import COMMANDS
from miner.cli.reference import command_page
from miner.model.change import SEVERITIES

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
DOCUMENTS = [*PAGES, *sorted((ROOT / "docs").rglob("*.md"))]


def read(name: str) -> str:
    """The text of a file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_reference_pages_are_the_generated_ones() -> None:
    """`make docs` writes them."""
    assert read("docs/cli.md") == command_page()
    assert read("docs/detectors.md") == page()


def test_the_readme_opens_with_the_two_commands() -> None:
    """Before anything else, in this order."""
    opening = read("README.md").split("\n## ")[0]
    assert re.findall(r"^    (make \w+)$", opening, re.MULTILINE) == ["make demo", "make test"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_make_commands_in_a_document_are_targets(path: Path) -> None:
    """And every target explains itself in `make help`."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^ {0,4})make ([a-z]+)\b", text, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):.*## ", read("Makefile"), re.MULTILINE))
    assert named <= targets


def test_every_phony_target_is_in_the_help() -> None:
    """A target without a description would be hidden."""
    phony = re.search(r"^\.PHONY: (.*)$", read("Makefile"), re.MULTILINE)
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(line.split()[1] for line in shown.splitlines())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_miner_commands_in_a_document_exist(path: Path) -> None:
    """In code, `miner NAME` is a command."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^ {4})miner ([a-z]+)\b", text, re.MULTILINE))
    later = {"verify"}  # in the promise that nothing else executes
    assert named - later <= set(COMMANDS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_within_the_project_lead_somewhere(path: Path) -> None:
    """Every relative link is a file or folder."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    """Keep a Changelog: Unreleased comes first, and every heading is one of its six."""
    text = read("CHANGELOG.md")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE)[0] == "[Unreleased]"
    headings = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert headings <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert miner.__version__


def test_decisions_are_numbered_without_gaps() -> None:
    """0001, 0002, ..."""
    assert [path.name[:5] for path in DECISIONS] == [f"{n:04d}-" for n in range(1, len(DECISIONS) + 1)]
    assert DECISIONS


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_one_page_with_fixed_headings(path: Path) -> None:
    """Context, decision, consequences; at most sixty lines."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 60


def test_the_exit_codes_in_the_readme_are_those_of_the_errors() -> None:
    """The table lists every code that a command can end with."""
    section = read("README.md").split("## Exit codes")[1].split("\n## ")[0]
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    assert listed == {0, 1, 2, 3, 4, 5, 70, 130}


def test_the_table_of_changes_is_complete() -> None:
    """Each type has its row with its severity, in the order of severity and name."""
    rows = re.findall(r"^\| `([a-z-]+)` \| ([a-z]+) \|", read("docs/diff.md"), re.MULTILINE)
    worst = ["breaking", "risky", "notice", "benign"]
    assert rows == sorted(SEVERITIES.items(), key=lambda row: (worst.index(row[1]), row[0]))
