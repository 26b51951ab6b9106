"""Repositories by URL, against a real `git http-backend` on loopback and over file://."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from miner.errors import SourceError
from miner.model.snapshot import Snapshot
from miner.source.locate import open_source

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "source"))
from git_server import GitServer, commit, git, make_repository

FILES = {"pkg/__init__.py": "x = 1\n", "README.md": "# r\n"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    make_repository(tmp_path / "served" / "lib", FILES)
    with GitServer(tmp_path / "served") as running:
        yield running


def clone(url: str, tmp_path: Path, ref: str | None = None, said: list[str] | None = None) -> Snapshot:
    return open_source(url, ref, cache=tmp_path / "cache", progress=(said if said is not None else []).append)


def contents(snapshot: Snapshot) -> dict[str, str]:
    return {entry.path: snapshot.read(entry.blob).decode() for entry in snapshot.entries}


def test_clone_then_a_second_run_fetches_nothing(server: GitServer, tmp_path: Path) -> None:
    said: list[str] = []
    first = clone(f"{server.url}/lib", tmp_path, said=said)
    lib = server.root / "lib"
    assert contents(first) == FILES
    assert (first.source.kind, first.source.name, first.source.url) == ("git", "lib", None)
    assert first.source.revision == git(lib, "rev-parse", "HEAD")
    assert first.source.tree == git(lib, "rev-parse", "HEAD^{tree}")
    assert (said, server.fetches) == (["clone lib HEAD"], 1)
    second = clone(f"{server.url}/lib", tmp_path, said=said)
    assert (second.source, second.entries) == (first.source, first.entries)
    assert (len(said), server.fetches) == (1, 1)


def test_a_moved_ref_is_fetched(server: GitServer, tmp_path: Path) -> None:
    clone(f"{server.url}/lib", tmp_path, "main")
    commit(server.root / "lib", {"pkg/new.py": "y = 2\n"})
    assert contents(clone(f"{server.url}/lib", tmp_path, "main")) == FILES | {"pkg/new.py": "y = 2\n"}
    assert server.fetches == 2


def test_branch_tag_annotated_tag_and_commit(server: GitServer, tmp_path: Path) -> None:
    lib = server.root / "lib"
    first = git(lib, "rev-parse", "HEAD")
    git(lib, "tag", "light")
    git(lib, "tag", "--annotate", "--message", "t", "v1.0")
    git(lib, "tag", "--annotate", "--message", "t", "nested", "v1.0")
    git(lib, "branch", "feature/x")
    commit(lib, {"later.py": ""})
    for ref in ("light", "v1.0", "nested", "feature/x", first, "refs/tags/v1.0", "refs/heads/feature/x"):
        found = clone(f"{server.url}/lib", tmp_path, ref)
        assert (found.source.revision, found.source.ref) == (first, ref)
        assert contents(found) == FILES
    assert clone(f"{server.url}/lib", tmp_path, "HEAD").source.revision == git(lib, "rev-parse", "HEAD")


def test_a_commit_that_is_kept_needs_no_server(server: GitServer, tmp_path: Path) -> None:
    first = git(server.root / "lib", "rev-parse", "HEAD")
    clone(f"{server.url}/lib", tmp_path, first)
    (server.root / "lib").rename(server.root / "gone")
    assert contents(clone(f"{server.url}/lib", tmp_path, first)) == FILES


def test_history_is_not_fetched(server: GitServer, tmp_path: Path) -> None:
    commit(server.root / "lib", {"later.py": ""})
    clone(f"{server.url}/lib", tmp_path)
    (mirror,) = (path for path in (tmp_path / "cache" / "mirrors").iterdir() if path.is_dir())
    assert git(mirror, "rev-list", "--all", "--count") == "1"


def test_a_connection_cut_in_the_pack_then_success(server: GitServer, tmp_path: Path) -> None:
    server.cut = True
    with pytest.raises(SourceError, match="lib could not be fetched") as caught:
        clone(f"{server.url}/lib", tmp_path)
    assert str(caught.value).isprintable()
    server.cut = False
    assert contents(clone(f"{server.url}/lib", tmp_path)) == FILES


def test_what_a_killed_fetch_leaves_is_cleared(server: GitServer, tmp_path: Path) -> None:
    clone(f"{server.url}/lib", tmp_path)
    (mirror,) = (path for path in (tmp_path / "cache" / "mirrors").iterdir() if path.is_dir())
    (kept,) = (mirror / "refs" / "miner").iterdir()
    left = [mirror / "shallow.lock", mirror / "packed-refs.lock", kept.with_name(f"{kept.name}.lock")]
    left += [mirror / "objects" / "pack" / "tmp_pack_x"]
    for path in left:
        path.write_text("")
    mirror.with_name(f"{mirror.name}.new").mkdir()
    commit(server.root / "lib", {"pkg/new.py": "y = 2\n"})
    assert "pkg/new.py" in contents(clone(f"{server.url}/lib", tmp_path))
    assert not any(path.exists() for path in left)


def test_a_killed_run_starts_again_cleanly(server: GitServer, tmp_path: Path) -> None:
    lib = server.root / "lib"
    commit(lib, {f"m{n}.py": os.urandom(20_000).hex() for n in range(100)})
    program = (
        "import sys; from pathlib import Path; from miner.source.locate import open_source\n"
        "open_source(sys.argv[1], None, cache=Path(sys.argv[2]), progress=lambda t: print(t, flush=True))"
    )
    for delay in (0.0, 0.03, 0.08):
        with subprocess.Popen(
            [sys.executable, "-c", program, f"{server.url}/lib", str(tmp_path / "cache")],
            stdout=subprocess.PIPE,
            start_new_session=True,
        ) as running:
            assert running.stdout is not None
            running.stdout.readline()
            time.sleep(delay)
            os.killpg(running.pid, signal.SIGKILL)
    assert len(contents(clone(f"{server.url}/lib", tmp_path))) == 102


def test_an_unknown_ref_lists_the_nearest(server: GitServer, tmp_path: Path) -> None:
    git(server.root / "lib", "tag", "v5.23.0")
    git(server.root / "lib", "branch", "develop")
    with pytest.raises(SourceError) as caught:
        clone(f"{server.url}/lib", tmp_path, "v5.23.1")
    assert str(caught.value) == "lib has no ref v5.23.1; nearest: v5.23.0"
    with pytest.raises(SourceError, match=r"lib has no ref abcdef0; a commit is given by its full id; nearest: "):
        clone(f"{server.url}/lib", tmp_path, "abcdef0")
    with pytest.raises(SourceError, match=r"lib has no ref refs/pull/1/head"):
        clone(f"{server.url}/lib", tmp_path, "refs/pull/1/head")
    assert server.fetches == 0


def test_an_unknown_commit(server: GitServer, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"lib does not give commit 1{40}: .*; give a branch or tag"):
        clone(f"{server.url}/lib", tmp_path, "1" * 40)


def test_a_tag_of_a_tree_is_not_a_commit(server: GitServer, tmp_path: Path) -> None:
    git(server.root / "lib", "tag", "tree", "HEAD^{tree}")
    with pytest.raises(SourceError, match="lib"):
        clone(f"{server.url}/lib", tmp_path, "tree")


def test_an_empty_repository(server: GitServer, tmp_path: Path) -> None:
    git(server.root, "init", "--quiet", "empty")
    for ref in (None, "main"):
        for url in (f"{server.url}/empty", (server.root / "empty").as_uri()):
            with pytest.raises(SourceError, match="empty is empty: the repository has no branch and no tag"):
                clone(url, tmp_path, ref)


def test_a_head_that_points_nowhere(server: GitServer, tmp_path: Path) -> None:
    git(server.root / "lib", "symbolic-ref", "HEAD", "refs/heads/absent")
    with pytest.raises(SourceError, match="lib has no default branch; name a ref, for instance main"):
        clone(f"{server.url}/lib", tmp_path)


def test_no_repository_and_no_network(server: GitServer, tmp_path: Path) -> None:
    for url in (f"{server.url}/absent", "http://127.0.0.1:9/lib", (tmp_path / "absent").as_uri()):
        with pytest.raises(SourceError, match="cannot be reached") as caught:
            clone(url, tmp_path)
        assert str(caught.value).isprintable()


def test_file_urls(server: GitServer, tmp_path: Path) -> None:
    lib = server.root / "lib"
    found = clone(lib.as_uri(), tmp_path)
    assert contents(found) == FILES
    assert (found.source.kind, found.source.url) == ("git", None)
    assert str(tmp_path) not in repr(found.source)


def test_a_shallow_repository_and_sha256_over_file_urls(server: GitServer, tmp_path: Path) -> None:
    commit(server.root / "lib", {"later.py": ""})
    git(tmp_path, "clone", "--quiet", "--depth=1", (server.root / "lib").as_uri(), "shallow")
    assert "later.py" in contents(clone((tmp_path / "shallow").as_uri(), tmp_path))
    make_repository(tmp_path / "wide", FILES, "--object-format=sha256")
    found = clone((tmp_path / "wide").as_uri(), tmp_path)
    assert (len(found.source.revision), contents(found)) == (64, FILES)
    assert contents(clone((tmp_path / "wide").as_uri(), tmp_path, found.source.revision)) == FILES


def test_a_cache_that_cannot_be_used_is_said_so(server: GitServer, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(SourceError, match="cache folder"):
        clone(f"{server.url}/lib", tmp_path)


def test_a_damaged_mirror_is_made_anew(server: GitServer, tmp_path: Path) -> None:
    clone(f"{server.url}/lib", tmp_path)
    (mirror,) = (path for path in (tmp_path / "cache" / "mirrors").iterdir() if path.is_dir())
    for path in (mirror / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert contents(clone(f"{server.url}/lib", tmp_path)) == FILES
    assert server.fetches == 2


def test_two_runs_at_once(server: GitServer, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from miner.source.locate import open_source\n"
        "s = open_source(sys.argv[1], None, cache=Path(sys.argv[2]), progress=lambda t: None)\n"
        "print([s.read(e.blob) for e in s.entries])"
    )
    command = [sys.executable, "-c", program, f"{server.url}/lib", str(tmp_path / "cache")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert {process.communicate()[0] for process in running} == {"[b'# r\\n', b'x = 1\\n']\n"}
    assert server.fetches == 1


def test_without_git(server: GitServer, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from miner.source.locate import open_source\n"
        "from miner.errors import SourceError\n"
        "try: open_source(sys.argv[1], None, cache=Path(sys.argv[2]), progress=print)\n"
        "except SourceError as error: print(error)"
    )
    for quiet in ({}, {"GIT_PYTHON_REFRESH": "quiet"}):
        done = subprocess.run(
            [sys.executable, "-c", program, f"{server.url}/lib", str(tmp_path / "cache")],
            env={"PATH": str(tmp_path)} | quiet,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "git cannot be run: install git 2.30 or later and put it on PATH\n"
