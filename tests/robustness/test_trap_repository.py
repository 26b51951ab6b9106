"""A repository in which everything that can hold a command holds one: read by every route, none of them runs."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from miner.errors import SourceError
from miner.model.snapshot import Snapshot
from miner.source.locate import open_source

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "source"))
from git_server import GitServer, commit, git, make_repository

HOOKS = (
    "applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-applypatch", "post-checkout", "post-commit",
    "post-index-change", "post-merge", "post-receive", "post-rewrite", "post-update", "pre-applypatch", "pre-auto-gc",
    "pre-commit", "pre-merge-commit", "pre-push", "pre-rebase", "pre-receive", "prepare-commit-msg",
    "proc-receive", "push-to-checkout", "reference-transaction", "sendemail-validate", "update",
)  # fmt: skip
ROUTES = ("path", "path-bare", "path-linked", "file", "file-bare", "http")


def sentinel_code(sentinels: Path) -> str:
    return f"import pathlib, os\n(pathlib.Path({str(sentinels)!r}) / ('python-' + str(os.getpid()))).touch()\n"


def set_traps(git_dir: Path, sentinels: Path) -> None:
    """Every setting that names a command names one that leaves a file behind."""
    script = sentinels.parent / "trap.sh"
    script.write_text(f'#!/bin/sh\ntouch "{sentinels}/$(basename "$0")-$$"\ncat\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (git_dir / "hooks").mkdir(exist_ok=True)
    for hook in HOOKS:
        (git_dir / "hooks" / hook).write_text(script.read_text())
        (git_dir / "hooks" / hook).chmod(0o755)
    (git_dir / "info").mkdir(exist_ok=True)
    (git_dir / "info" / "attributes").write_text("* filter=trap diff=trap merge=trap\n")
    included = git_dir / "included"
    included.write_text(f"[core]\n\tsshCommand = {script}\n\teditor = {script}\n")
    config = git_dir / "config"
    config.write_text(config.read_text() + CONFIG.format(trap=script, included=included, hooks=git_dir / "hooks"))


CONFIG = """
[include]
	path = {included}
[core]
	fsmonitor = {trap}
	hooksPath = {hooks}
	pager = {trap}
	askPass = {trap}
	gitProxy = {trap}
	alternateRefsCommand = {trap}
	sshCommand = {trap}
[filter "trap"]
	clean = {trap}
	smudge = {trap}
	process = {trap}
	required = true
[diff]
	external = {trap}
[diff "trap"]
	command = {trap}
	textconv = {trap}
[merge "trap"]
	driver = {trap}
[alias]
	rev-parse = !{trap}
	ls-tree = !{trap}
	cat-file = !{trap}
	rev-list = !{trap}
	trap = !{trap}
[pager]
	rev-parse = {trap}
	ls-tree = {trap}
	rev-list = {trap}
	for-each-ref = {trap}
[uploadpack]
	packObjectsHook = {trap}
[credential]
	helper = !{trap}
[gpg]
	program = {trap}
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[trailer "x"]
	command = {trap}
[sequence]
	editor = {trap}
[interactive]
	diffFilter = {trap}
[gc]
	auto = 1
[maintenance]
	auto = true
"""


@pytest.fixture
def sentinels(tmp_path: Path) -> Path:
    (tmp_path / "sentinels").mkdir()
    return tmp_path / "sentinels"


@pytest.fixture
def trap(tmp_path: Path, sentinels: Path) -> Path:
    """A work tree, a bare copy and a linked work tree under `served`, all booby-trapped."""
    code = sentinel_code(sentinels)
    python = ("setup.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "pkg/__init__.py", "noxfile.py")
    files = dict.fromkeys(python, code)
    files |= {"trap.pth": f"import pathlib; pathlib.Path({str(sentinels)!r}, 'pth').touch()\n"}
    files |= {".gitattributes": "* filter=trap diff=trap merge=trap\n", "pyproject.toml": "[build-system]\n"}
    folder = make_repository(tmp_path / "served" / "trap", files)
    commit(folder, {"second.py": code})
    git(folder.parent, "clone", "--quiet", "--bare", "trap", "bare")
    git(folder, "worktree", "add", "--quiet", "--detach", str(folder.parent / "linked"))
    set_traps(folder / ".git", sentinels)
    set_traps(folder.parent / "bare", sentinels)
    (folder / "second.py").write_text("dirty\n")
    return folder


@pytest.fixture
def server(trap: Path) -> Iterator[GitServer]:
    with GitServer(trap.parent) as running:
        yield running


def specs(trap: Path, server: GitServer) -> dict[str, str]:
    bare, linked = trap.parent / "bare", trap.parent / "linked"
    return {
        "path": str(trap),
        "path-bare": str(bare),
        "path-linked": str(linked),
        "file": trap.as_uri(),
        "file-bare": bare.as_uri(),
        "http": f"{server.url}/trap",
    }


def read_all(spec: str, ref: str | None, cache: Path) -> Snapshot:
    found = open_source(spec, ref, cache=cache, progress=lambda text: None)
    for entry in found.entries:
        assert len(found.read(entry.blob)) == entry.size
    return found


def test_the_traps_work(trap: Path, sentinels: Path) -> None:
    """Otherwise the tests below would show nothing."""
    for arguments in (("status",), ("checkout", "--force", "HEAD~1"), ("trap",), ("diff",)):
        with suppress(subprocess.CalledProcessError):
            git(trap, *arguments)
        assert list(sentinels.iterdir())
        for path in sentinels.iterdir():
            path.unlink()


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("ref", [None, "main"])
def test_no_route_springs_a_trap(
    route: str, ref: str | None, trap: Path, server: GitServer, sentinels: Path, tmp_path: Path
) -> None:
    spec = specs(trap, server)[route]
    first = read_all(spec, ref, tmp_path / "cache")
    assert {"setup.py", "trap.pth", "second.py", ".gitattributes"} <= {entry.path for entry in first.entries}
    assert read_all(spec, ref, tmp_path / "cache").entries == first.entries
    with pytest.raises(SourceError, match="nearest"):
        read_all(spec, "mian", tmp_path / "cache")
    assert list(sentinels.iterdir()) == []


@pytest.mark.parametrize("route", ROUTES)
def test_nor_does_the_environment(
    route: str, trap: Path, server: GitServer, sentinels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = str(tmp_path / "trap.sh")
    hostile = {
        "GIT_DIR": str(trap / ".git"), "GIT_WORK_TREE": str(trap), "GIT_EXTERNAL_DIFF": script,
        "GIT_SSH_COMMAND": script, "GIT_SSH": script, "GIT_ASKPASS": script, "SSH_ASKPASS": script,
        "GIT_PAGER": script, "PAGER": script, "GIT_EDITOR": script, "GIT_PROXY_COMMAND": script,
        "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": script,
        "GIT_CONFIG_KEY_1": "uploadpack.packObjectsHook", "GIT_CONFIG_VALUE_1": script,
        "GIT_CONFIG_PARAMETERS": f"'uploadpack.packObjectsHook={script}'",
        "GIT_CONFIG_GLOBAL": str(trap / ".git" / "config"), "GIT_CONFIG_SYSTEM": str(trap / ".git" / "config"),
        "GIT_TEMPLATE_DIR": str(trap / ".git"), "GIT_ALLOW_PROTOCOL": "ext",
    }  # fmt: skip
    for name, value in hostile.items():
        monkeypatch.setenv(name, value)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text((trap / ".git" / "config").read_text())
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    assert read_all(specs(trap, server)[route], None, tmp_path / "cache").entries
    assert list(sentinels.iterdir()) == []


@pytest.mark.parametrize("url", ["ext::{trap}", "file://{served}/trap", "ssh://host/trap"])
def test_a_partial_clone_with_a_trapped_remote(url: str, trap: Path, sentinels: Path, tmp_path: Path) -> None:
    git(trap, "config", "uploadpack.allowFilter", "true")
    git(trap, "config", "--unset", "uploadpack.packObjectsHook")
    partial = tmp_path / "partial"
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", trap.as_uri(), "partial")
    set_traps(partial / ".git", sentinels)
    git(partial, "config", "remote.origin.url", url.format(trap=tmp_path / "trap.sh", served=trap.parent))
    git(partial, "config", "remote.origin.uploadpack", str(tmp_path / "trap.sh"))
    for path in sentinels.iterdir():
        path.unlink()
    with pytest.raises(SourceError, match="partial or damaged clone"):
        read_all(str(partial), None, tmp_path / "cache")
    with pytest.raises(SourceError, match="no commit 1111"):
        read_all(str(partial), "1" * 40, tmp_path / "cache")
    assert list(sentinels.iterdir()) == []


@pytest.mark.parametrize(
    "spec", ["ext::{trap}", "ext::sh -c {trap}% x", "-u{trap}", "--upload-pack={trap}", "ssh://-oProxyCommand={trap}/r"]
)
def test_a_hostile_spec_starts_nothing(spec: str, trap: Path, sentinels: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with pytest.raises(Exception, match="refused"):
        open_source(spec.format(trap=tmp_path / "trap.sh"), None, cache=cache, progress=print)
    with pytest.raises(Exception, match="refused"):
        open_source(str(trap), f"--upload-pack={tmp_path / 'trap.sh'}", cache=cache, progress=print)
    assert list(sentinels.iterdir()) == []
    assert not cache.exists()


def test_a_program_in_the_folder_is_not_taken_for_git(
    trap: Path, sentinels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("git", "git-upload-pack", "ssh"):
        (trap / name).write_text((tmp_path / "trap.sh").read_text())
        (trap / name).chmod(0o755)
    monkeypatch.chdir(trap)
    assert os.environ["PATH"].split(os.pathsep)[0] != "."
    assert read_all(".", None, tmp_path / "cache").source.name == "trap"
    assert list(sentinels.iterdir()) == []
