"""Repositories by path: read through the object store, whatever their shape, and never the work tree."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from miner.errors import SourceError, UsageError
from miner.model.snapshot import Entry, Snapshot
from miner.source.limits import LIMITS, SourceLimits
from miner.source.locate import open_source

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "source"))
from git_server import commit, git, make_repository

FILES = {"pkg/__init__.py": "x = 1\n", "README.md": "# r\n"}
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 10\n"


@pytest.fixture
def lib(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "lib", FILES)


def look(path: Path, ref: str | None = None, limits: SourceLimits = LIMITS) -> Snapshot:
    return open_source(str(path), ref, cache=path.parent / "cache", progress=print, limits=limits)


def contents(snapshot: Snapshot) -> dict[str, str]:
    return {entry.path: snapshot.read(entry.blob).decode() for entry in snapshot.entries}


def test_a_work_tree(lib: Path) -> None:
    found = look(lib)
    assert contents(found) == FILES
    assert (found.source.kind, found.source.name, found.source.url, found.source.ref) == ("local", "lib", None, None)
    assert found.source.revision == git(lib, "rev-parse", "HEAD")
    assert found.source.tree == git(lib, "rev-parse", "HEAD^{tree}")
    assert [entry.blob for entry in found.entries] == git(
        lib, "ls-tree", "-r", "--format=%(objectname)", "HEAD"
    ).split()
    assert (found.notes, found.refused) == ((), ())
    assert str(lib.parent) not in repr(found.source)


def test_bare_shallow_linked_and_dot_git(lib: Path, tmp_path: Path) -> None:
    commit(lib, {"later.py": ""})
    whole = FILES | {"later.py": ""}
    git(tmp_path, "clone", "--quiet", "--bare", "lib", "bare.git")
    git(tmp_path, "clone", "--quiet", "--depth=1", lib.as_uri(), "shallow")
    git(lib, "worktree", "add", "--quiet", str(tmp_path / "linked"), "HEAD~1")
    git(tmp_path, "clone", "--quiet", f"--separate-git-dir={tmp_path / 'aside'}", "lib", "separate")
    assert contents(look(tmp_path / "bare.git")) == whole
    assert look(tmp_path / "bare.git").source.name == "bare"
    assert contents(look(tmp_path / "shallow")) == whole
    assert contents(look(tmp_path / "linked")) == FILES
    assert contents(look(tmp_path / "separate")) == whole
    assert contents(look(lib / ".git")) == whole
    assert look(lib / ".git").source.name == "lib"
    assert all(look(tmp_path / name).notes == () for name in ("bare.git", "shallow", "linked", "separate"))


def test_packed_objects_and_refs(lib: Path) -> None:
    git(lib, "tag", "--annotate", "--message", "t", "v1")
    git(lib, "gc", "--quiet")
    assert contents(look(lib, "v1")) == FILES


def test_sha256(tmp_path: Path) -> None:
    found = look(make_repository(tmp_path / "wide", FILES, "--object-format=sha256"))
    assert (contents(found), found.notes, len(found.source.revision)) == (FILES, (), 64)


def test_refs(lib: Path) -> None:
    first = git(lib, "rev-parse", "HEAD")
    git(lib, "tag", "--annotate", "--message", "t", "v1.0")
    git(lib, "branch", "feature/x")
    commit(lib, {"later.py": ""})
    for ref in ("v1.0", "feature/x", first, first[:10], "refs/tags/v1.0"):
        found = look(lib, ref)
        assert (found.source.revision, found.source.ref, contents(found)) == (first, ref, FILES)
    with pytest.raises(SourceError, match=r"lib has no commit v1\.1; nearest: v1\.0"):
        look(lib, "v1.1")
    with pytest.raises(SourceError, match="has no commit 1111"):
        look(lib, "1" * 40)
    with pytest.raises(UsageError):
        look(lib, "HEAD~1")


def test_links_submodules_and_pointers(lib: Path) -> None:
    (lib / "link.py").symlink_to("/etc/passwd")
    (lib / "model.bin").write_text(POINTER)
    (lib / "empty.py").write_text("")
    git(lib, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendored")
    git(lib, "add", "link.py", "model.bin", "empty.py")
    git(lib, "commit", "--quiet", "--message", "c")
    found = look(lib)
    by_path = {entry.path: entry for entry in found.entries}
    assert by_path["vendored"] == Entry("vendored", "1" * 40, 0, "submodule")
    assert (by_path["link.py"].kind, found.read(by_path["link.py"].blob)) == ("symlink", b"/etc/passwd")
    assert (by_path["model.bin"].kind, found.read(by_path["model.bin"].blob)) == ("file", POINTER.encode())
    assert (by_path["empty.py"].size, found.read(by_path["empty.py"].blob)) == (0, b"")
    assert found.notes == ()


def test_blobs_are_read_exactly(lib: Path) -> None:
    odd = {"a.py": b"", "b.py": b"\n", "c.py": b"\0\r\n\xff", "d.py": b"x" * 300_000, "e.py": b"missing\n"}
    for name, data in odd.items():
        (lib / name).write_bytes(data)
    git(lib, "add", "--all")
    git(lib, "commit", "--quiet", "--message", "c")
    found = look(lib)
    blobs = {entry.path: entry.blob for entry in found.entries}
    assert {name: found.read(blobs[name]) for name in odd} == odd
    for asked in ("HEAD", "", "0" * 39, "main\n" + "0" * 40, blobs["a.py"] + "\n", "1" * 40, found.source.tree):
        with pytest.raises(SourceError, match="not in the tree"):
            found.read(asked)
    assert found.read(blobs["d.py"]) == odd["d.py"]


def test_a_dirty_tree_is_said_and_not_read(lib: Path) -> None:
    (lib / "pkg" / "__init__.py").write_text("x = 2\n")
    found = look(lib)
    assert contents(found) == FILES
    assert found.notes == (
        (
            f"the HEAD commit {found.source.revision[:12]} is read; "
            "the work tree differs from it, for instance in pkg/__init__.py"
        ),
    )
    assert look(lib, "main").notes == ()


@pytest.mark.parametrize("change", ["missing", "link", "folder", "pipe", "longer"])
def test_other_ways_to_be_dirty(lib: Path, change: str) -> None:
    path = lib / "pkg" / "__init__.py"
    path.unlink()
    match change:
        case "link":
            path.symlink_to(lib / "README.md")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "longer":
            path.write_text("x = 1\ny = 2\n")
    assert "for instance in pkg/__init__.py" in look(lib).notes[0]


def test_untracked_files_line_endings_and_touched_files_are_not_dirty(lib: Path) -> None:
    (lib / "untracked.py").write_text("")
    (lib / "pkg" / "__init__.py").write_bytes(b"x = 1\r\n")
    assert look(lib).notes == ()


def test_a_tree_too_large_to_compare_may_be_dirty(lib: Path) -> None:
    commit(lib, {"b.py": "", "c.py": ""})
    assert (
        look(lib, limits=SourceLimits(dirty_files=1))
        .notes[0]
        .endswith("may differ from it: only 1 files were compared")
    )


def test_hostile_paths_in_a_tree_are_refused_by_name(lib: Path) -> None:
    blob = git(lib, "hash-object", "-w", "README.md")
    rows = ["a.py", "..", "n\\012l.py", "b\\\\s.py", "twice.py", "\\377.py"]
    names = [name.encode().decode("unicode_escape").encode("latin-1") for name in rows]
    raw = b"".join(b"100644 " + name + b"\0" + bytes.fromhex(blob) for name in (*names, b"twice.py"))
    tree = git(lib, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", feed=raw)
    outer = b"100644 .\0" + bytes.fromhex(blob) + b"40000 /abs\0" + bytes.fromhex(tree)
    top = git(lib, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", feed=outer)
    git(lib, "tag", "hostile", git(lib, "commit-tree", "-m", "c", top))
    found = look(lib, "hostile")
    assert found.entries == ()
    assert {reason for _, reason in found.refused} == {
        "absolute path", "control character in path", "path is not UTF-8", "path with an empty or . part",
    }  # fmt: skip
    git(lib, "tag", "inner", git(lib, "commit-tree", "-m", "c", tree))
    found = look(lib, "inner")
    assert [entry.path for entry in found.entries] == ["a.py"]
    assert found.refused == (
        ("..", "path leaves its tree (..)"),
        ("\\udcff.py", "path is not UTF-8"),
        ("b\\s.py", "backslash in path"),
        ("n\\nl.py", "control character in path"),
        ("twice.py", "more than one entry has this path"),
    )


def test_a_tree_bomb_is_stopped(lib: Path) -> None:
    blob = git(lib, "hash-object", "-w", "README.md")
    row, kind = blob, "100644 blob"
    for _ in range(12):
        feed = "".join(f"{kind} {row}\td{n}\n" for n in range(12)).encode()
        row, kind = git(lib, "mktree", feed=feed), "040000 tree"
    git(lib, "tag", "bomb", git(lib, "commit-tree", "-m", "c", row))
    with pytest.raises(SourceError, match="more than 5000 entries"):
        look(lib, "bomb", SourceLimits(max_entries=5000))


@pytest.mark.parametrize("lacking", ["blob:none", "tree:0"])
def test_a_partial_clone_is_refused_and_never_fetches(lacking: str, lib: Path, tmp_path: Path) -> None:
    git(lib, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", f"--filter={lacking}", lib.as_uri(), "partial")
    before = sorted(path.name for path in (tmp_path / "partial" / ".git" / "objects").rglob("*"))
    with pytest.raises(SourceError, match="partial or damaged clone"):
        look(tmp_path / "partial")
    assert sorted(path.name for path in (tmp_path / "partial" / ".git" / "objects").rglob("*")) == before


def test_a_damaged_object_is_one_line(lib: Path) -> None:
    found = look(lib)
    blob = next(entry.blob for entry in found.entries if entry.path == "README.md")
    loose = lib / ".git" / "objects" / blob[:2] / blob[2:]
    loose.chmod(0o644)
    loose.write_bytes(b"garbage")
    with pytest.raises(SourceError) as caught:
        look(lib).read(blob)
    assert str(caught.value).isprintable()


def test_what_is_no_repository(lib: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    for path in (tmp_path / "plain", lib / "pkg"):
        with pytest.raises(SourceError, match="is not a git repository: give a repository's top folder"):
            look(path)
    with pytest.raises(SourceError, match="is not a folder"):
        look(lib / "README.md")
    (tmp_path / "plain" / ".git").write_text("gitdir: /nowhere\n")
    with pytest.raises(SourceError, match="git"):
        look(tmp_path / "plain")


def test_an_empty_repository_and_an_unborn_head(lib: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "empty")
    for ref in (None, "main"):
        with pytest.raises(SourceError, match="empty is empty: the repository has no commit"):
            look(tmp_path / "empty", ref)
    git(lib, "symbolic-ref", "HEAD", "refs/heads/absent")
    with pytest.raises(SourceError, match="has no HEAD commit; name a ref, for instance main"):
        look(lib)


def test_configuration_that_is_a_pipe_does_not_hang(lib: Path) -> None:
    os.mkfifo(lib / ".git" / "pipe")
    git(lib, "config", "include.path", "pipe")
    with pytest.raises(SourceError, match="does not end"):
        look(lib, limits=SourceLimits(read_seconds=0.5))


def test_a_forked_reader_has_its_own_git(lib: Path) -> None:
    found = look(lib)
    (readme,) = (entry.blob for entry in found.entries if entry.path == "README.md")
    assert found.read(readme) == b"# r\n"
    child = os.fork()
    if child == 0:
        os._exit(0 if found.read(readme) == b"# r\n" else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert found.read(readme) == b"# r\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_somebody_elses_repository_is_not_trusted(lib: Path) -> None:
    for path in (lib, *lib.rglob("*")):
        os.chown(path, 12345, 12345)
    with pytest.raises(SourceError, match="belongs to another user"):
        look(lib)
