"""However a command ends, it ends with its exit code and at most one line, without a trace."""

from __future__ import annotations

from typing import Any

import pytest

from miner import errors
from miner.cli.main import run

ENDINGS = (
    (errors.UsageError("refused\nhere"), 2, "miner: error: refused\\nhere\n"),
    (errors.SourceError("no such ref 'x\x1b[31m'"), 3, "miner: error: no such ref 'x\\x1b[31m'\n"),
    (errors.GraphError("damaged"), 3, "miner: error: damaged\n"),
    (errors.OutputError("not writable"), 4, "miner: error: not writable\n"),
    (errors.InternalError("bad row"), 70, "miner: error: bad row\n"),
    (KeyboardInterrupt(), 130, "miner: interrupted\n"),
    (BrokenPipeError(), 4, ""),
    (
        ZeroDivisionError("by zero"),
        70,
        "miner: internal error: ZeroDivisionError: by zero (set MINER_TRACEBACK=1 to see where)\n",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("error", "code", "line"), ENDINGS, ids=lambda value: type(value).__name__)
def test_an_error_is_one_line_and_its_exit_code(
    use_cases: Any, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, line: str
) -> None:
    """Nothing is on standard output; a mined string in the text is made visible."""

    def fail(*arguments: Any) -> Any:
        raise error

    use_cases.extract(fail)
    assert run(["extract", "--repo", "x==1"]) == code
    assert capsys.readouterr() == ("", line)


def test_the_trace_is_there_for_who_asks(
    use_cases: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With MINER_TRACEBACK=1, before the line."""

    def fail(*arguments: Any) -> Any:
        raise ZeroDivisionError("by zero")

    use_cases.extract(fail)
    monkeypatch.setenv("MINER_TRACEBACK", "1")
    assert run(["extract", "--repo", "x==1"]) == 70
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last):\n")
    assert err.endswith("miner: internal error: ZeroDivisionError: by zero\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "Missing command; see `miner --help`"),
        (["mine"], "No such command 'mine'; see `miner --help`"),
        (["extract"], "Missing option '--repo'; see `miner extract --help`"),
        (["extract", "--repo", "x", "--jobs", "-1"], "see `miner extract --help`"),
        (["extract", "--repo", "x", "--reader", "ast"], "see `miner extract --help`"),
        (["extract", "--repo", "x", "--idioms", "missing.toml"], "see `miner extract --help`"),
        (["audit"], "Missing argument 'GRAPH'; see `miner audit --help`"),
        (["schema", "requirment"], "no schema is called 'requirment'; did you mean requirement?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str], line: str) -> None:
    """One line that says what is wrong and where help is."""
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("miner: error: ")
    assert err.endswith(f"{line}\n")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["extract", "-h"], ["--version"], ["schema"]])
def test_help_and_version_end_with_0(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """On standard output."""
    assert run(arguments) == 0
    out, err = capsys.readouterr()
    assert out.strip()
    assert err == ""
