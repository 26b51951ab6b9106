"""git is started so that nothing inherited and nothing in a repository changes what it does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from git_server import make_repository

from miner.source.command import GitCommand, GitError, end_process

ALLOWED = {
    "GIT_ALLOW_PROTOCOL", "GIT_ASKPASS", "GIT_ATTR_NOSYSTEM", "GIT_CEILING_DIRECTORIES", "GIT_CONFIG_COUNT",
    "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM", "GIT_EDITOR", "GIT_HTTP_LOW_SPEED_LIMIT",
    "GIT_HTTP_LOW_SPEED_TIME", "GIT_LFS_SKIP_SMUDGE", "GIT_LITERAL_PATHSPECS", "GIT_NO_LAZY_FETCH",
    "GIT_NO_REPLACE_OBJECTS", "GIT_OPTIONAL_LOCKS", "GIT_PAGER", "GIT_SSH_COMMAND", "GIT_TERMINAL_PROMPT",
}  # fmt: skip
HOSTILE = {
    "GIT_DIR": "/nowhere",
    "GIT_WORK_TREE": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere",
    "GIT_OBJECT_DIRECTORY": "/nowhere",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nowhere",
    "GIT_COMMON_DIR": "/nowhere",
    "GIT_NAMESPACE": "x",
    "GIT_CONFIG": "/nowhere",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.sshCommand",
    "GIT_CONFIG_VALUE_0": "touch SENTINEL",
    "GIT_CONFIG_PARAMETERS": "'core.pager=touch SENTINEL'",
    "GIT_EXTERNAL_DIFF": "touch SENTINEL",
    "GIT_SSH": "touch",
    "GIT_SSH_COMMAND": "touch SENTINEL",
    "GIT_ASKPASS": "touch",
    "GIT_EXEC_PATH": "/nowhere",
    "GIT_TEMPLATE_DIR": "/nowhere",
    "GIT_REPLACE_REF_BASE": "refs/x",
    "GIT_SHALLOW_FILE": "/nowhere",
    "GIT_PROXY_COMMAND": "touch SENTINEL",
    "GIT_PAGER": "touch SENTINEL",
    "GIT_TRACE": "1",
    "GIT_ALLOW_PROTOCOL": "ext",
}


@pytest.fixture
def git(tmp_path: Path) -> GitCommand:
    (tmp_path / "home").mkdir()
    return GitCommand(folder=make_repository(tmp_path / "lib", {"a.py": "x\n"}), home=tmp_path / "home")


def seen_by(command: GitCommand, monkeypatch: pytest.MonkeyPatch, program: Path) -> dict[str, str]:
    """The environment that a program started in git's place finds."""
    program.write_text("#!/bin/sh\nenv -0\n")
    program.chmod(0o755)
    monkeypatch.setattr("git.cmd.Git.GIT_PYTHON_GIT_EXECUTABLE", str(program))
    rows = command.run("rev-parse").rstrip("\0").split("\0")
    return dict(row.split("=", 1) for row in rows)


def test_only_the_listed_variables_reach_git(git: GitCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    found = seen_by(git, monkeypatch, tmp_path / "program")
    assert {name for name in found if name.startswith("GIT_")} == ALLOWED
    assert (found["GIT_CONFIG_COUNT"], found["GIT_ALLOW_PROTOCOL"], found["GIT_ASKPASS"]) == ("0", "", "true")
    assert found["HOME"] == found["XDG_CONFIG_HOME"] == str(tmp_path / "home")
    assert not any("SENTINEL" in value for value in found.values())
    assert {name: os.environ[name] for name in HOSTILE} == HOSTILE


def test_only_certificate_files_are_kept_for_a_fetch(
    git: GitCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_SSL_CAINFO", "/ca.pem")
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
    fetching = GitCommand(folder=git.folder, home=git.home, git_dir=tmp_path / "m", protocols="https")
    found = seen_by(fetching, monkeypatch, tmp_path / "program")
    assert (found["GIT_SSL_CAINFO"], found["GIT_DIR"], found["GIT_ALLOW_PROTOCOL"]) == (
        "/ca.pem",
        str(tmp_path / "m"),
        "https",
    )
    assert "GIT_SSL_NO_VERIFY" not in found


def test_a_hostile_environment_changes_no_answer(git: GitCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    before = git.run("ls-tree", "-r", "HEAD")
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    assert git.run("ls-tree", "-r", "HEAD") == before
    assert not list(git.folder.rglob("SENTINEL"))


@pytest.mark.parametrize("verb", ["status", "diff", "log", "show", "checkout", "config", "archive", "clone", "-c"])
def test_other_verbs_are_not_run(git: GitCommand, verb: str) -> None:
    with pytest.raises(ValueError, match="not a verb"):
        git.start(verb)


def test_a_failure_is_one_line(git: GitCommand) -> None:
    with pytest.raises(GitError) as caught:
        git.run("rev-parse", "--verify", "--end-of-options", "absent")
    assert str(caught.value) == "Needed a single revision"


def test_what_git_says_is_made_printable(git: GitCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nprintf 'warning: x\\nfatal: a\\033[31m https://u:secret@h/r b\\n' >&2; exit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr("git.cmd.Git.GIT_PYTHON_GIT_EXECUTABLE", str(program))
    with pytest.raises(GitError) as caught:
        git.run("rev-parse")
    assert str(caught.value) == "a\\x1b[31m https://***@h/r b"


def test_much_on_both_streams_does_not_block(git: GitCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nhead -c 300000 /dev/zero >&2\nhead -c 300000 /dev/zero\n")
    program.chmod(0o755)
    monkeypatch.setattr("git.cmd.Git.GIT_PYTHON_GIT_EXECUTABLE", str(program))
    assert len(git.run("rev-parse")) == 300_000


def test_leaving_a_stream_early_ends_git(git: GitCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nwhile :; do echo x; done\n")
    program.chmod(0o755)
    monkeypatch.setattr("git.cmd.Git.GIT_PYTHON_GIT_EXECUTABLE", str(program))
    pieces = git.stream("rev-parse")
    assert next(pieces).startswith(b"x\n")
    pieces.close()
    process = git.start("rev-parse")
    end_process(process)
    assert process.returncode is not None
    assert subprocess.run(["pgrep", "-f", str(program)], capture_output=True, check=False).stdout == b""
