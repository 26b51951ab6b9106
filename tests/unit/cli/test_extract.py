"""`miner extract` hands its arguments on, prints what came out, and says with its exit code how it went."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from miner.cli.main import run
from miner.model.node import Outcome

TEXT = """\
library 1.0
  kind      index
  revision  0000000000000000000000000000000000000000000000000000000000000000
nodes
  Implementation  1,200
  Requirement         3
  total           1,203
files
  mined    10
  skipped   2
  total    12
not understood
  predicate formulas                     3 of 200 hold an opaque part (1.5%)
  requirement formulas                   0 of 8 hold an opaque part (0.0%)
  structure: a module that is no string  2
graph
  output/library-1.0
"""


def test_every_option_reaches_the_use_case(use_cases: Any, tmp_path: Path) -> None:
    """Names as in the request, defaults as documented."""
    idioms = tmp_path / "idioms.toml"
    idioms.write_text("")
    use_cases.extract(lambda request, progress: use_cases.Result())
    catalog = tmp_path / "catalog.toml"
    catalog.write_text("")
    options = ["--ref", "v1", "--output", "out", "--idioms", str(idioms), "--catalog", str(catalog)]
    options += ["--reader", "libcst", "--jobs", "3"]
    assert run(["extract", "--repo", "x==1", *options]) == 0
    assert run(["extract", "--repo", "x==1"]) == 0
    assert use_cases.asked == [
        {
            "spec": "x==1",
            "ref": "v1",
            "output": Path("out"),
            "idioms": idioms,
            "catalog": catalog,
            "reader": "libcst",
            "jobs": 3,
        },
        {"spec": "x==1", "ref": None, "output": None, "idioms": None, "catalog": None, "reader": "fast", "jobs": 0},
    ]


def test_a_spec_that_looks_like_an_option_reaches_the_use_case(use_cases: Any) -> None:
    """It is refused where specifications are read, not taken for an option."""
    use_cases.extract(lambda request, progress: use_cases.Result())
    run(["extract", "--repo", "--upload-pack=x", "--ref", "-x"])
    assert (use_cases.asked[0]["spec"], use_cases.asked[0]["ref"]) == ("--upload-pack=x", "-x")


def test_the_table_goes_to_standard_output_and_nothing_to_standard_error(
    use_cases: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nodes by type, files by outcome, opaque share, where the output lies."""
    use_cases.extract(lambda request, progress: use_cases.Result())
    assert run(["extract", "--repo", "library==1.0"]) == 0
    assert capsys.readouterr() == (TEXT, "")


def test_failed_files_end_with_5_and_are_named(use_cases: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The first twenty, and how many more there are; hostile names are made visible."""
    failed = tuple(Outcome(path=f"a\x1b{n}.py", outcome="failed", reason="worker died") for n in range(22))
    use_cases.extract(lambda request, progress: use_cases.Result(failed=failed, notes=("tree is dirty",), cached=True))
    assert run(["extract", "--repo", "library==1.0"]) == 5
    out = capsys.readouterr().out
    assert "  a\\x1b0.py   worker died\n" in out
    assert "  and 2 more  see outcomes.jsonl\nnotes\n  tree is dirty\n" in out
    assert out.endswith("graph\n  output/library-1.0\n  from the cache: nothing had changed\n")


def test_json_has_every_field_also_when_empty(use_cases: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A program can read it without asking what is there."""
    use_cases.extract(lambda request, progress: use_cases.Result())
    assert run(["extract", "--repo", "library==1.0", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert sorted(document) == [
        "cached", "coverage", "edges", "failed", "folder", "nodes", "notes", "outcomes", "reader", "run", "source",
    ]  # fmt: skip
    assert (document["failed"], document["notes"], document["cached"]) == ([], [], False)
    assert document["run"] == {"cpu_seconds": 1.5, "peak_rss_bytes": 1 << 20}


def test_markdown_is_tables(use_cases: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """One table a part."""
    use_cases.extract(lambda request, progress: use_cases.Result())
    assert run(["extract", "--repo", "library==1.0", "--format", "markdown"]) == 0
    assert "| nodes |  |\n| --- | --- |\n| Implementation | 1200 |\n" in capsys.readouterr().out


def test_progress_is_silent_away_from_a_terminal(use_cases: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Stages are told and nothing is shown."""

    def stages(request: Any, progress: Any) -> Any:
        progress.stage("read", 2)
        progress.advance(1)
        return use_cases.Result()

    use_cases.extract(stages)
    assert run(["extract", "--repo", "library==1.0"]) == 0
    assert capsys.readouterr().err == ""
