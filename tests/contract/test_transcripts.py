"""The transcripts in docs/ are what the commands print; `pytest --update` writes them anew."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from miner.cli.main import run

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(```console\n\$ miner ([^\n]*)\n)(.*?)(```)", re.DOTALL)
PAGES = sorted(path for path in (ROOT / "docs").glob("*.md") if BLOCK.search(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_a_transcript_is_what_the_command_prints(
    page: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command of the page, run in the project's folder."""
    monkeypatch.chdir(ROOT)

    def printed(match: re.Match[str]) -> str:
        assert run(shlex.split(match[2].partition("\n")[0])) == 0
        return f"{match[1]}{capsys.readouterr().out}{match[4]}"

    text = page.read_text(encoding="utf-8")
    again = BLOCK.sub(printed, text)
    if request.config.getoption("--update"):
        page.write_text(again, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == again


def test_there_are_transcripts() -> None:
    """Of explain, at least."""
    assert "explain.md" in [page.name for page in PAGES]
