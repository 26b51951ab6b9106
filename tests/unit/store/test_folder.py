"""Where a graph folder may be written, and what is refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from miner.errors import InternalError, OutputError
from miner.store.folder import check_target, write_folder
from miner.store.lock import locked

FILES = {
    "manifest.json": b'{"schema_version":1,"files":{"extra.json":"00"}}',
    "nodes.jsonl": b"1\n",
    "extra.json": b"2",
}


def test_files_are_written_from_bytes_and_from_chunks_and_parents_are_made(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    write_folder(target, {**FILES, "nodes.jsonl": iter([b"1", b"2\n"])})
    assert {entry.name: entry.read_bytes() for entry in target.iterdir()} == {**FILES, "nodes.jsonl": b"12\n"}
    assert target.stat().st_mode & 0o777 == 0o777 & ~umask()


def test_a_graph_folder_is_replaced_whole(tmp_path: Path) -> None:
    write_folder(tmp_path / "g", FILES)
    write_folder(tmp_path / "g", {"manifest.json": b"{}"})
    assert [entry.name for entry in (tmp_path / "g").iterdir()] == ["manifest.json"]


def test_an_empty_folder_and_a_relative_path_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "g").mkdir()
    monkeypatch.chdir(tmp_path)
    write_folder(Path("g"), FILES)
    write_folder(Path("x/../g"), FILES)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["g"]


def foreign(target: Path) -> None:
    target.mkdir()
    (target / "thesis.txt").write_text("ten years")


def ours_and_a_note(target: Path) -> None:
    write_folder(target, FILES)
    (target / "note.txt").write_text("mine")


def other_manifest(target: Path) -> None:
    target.mkdir()
    (target / "manifest.json").write_text('{"name": "an extension for a browser"}')


def broken_manifest(target: Path) -> None:
    target.mkdir()
    (target / "manifest.json").write_bytes(b"[" * 100_000)


def linked_manifest(target: Path) -> None:
    target.mkdir()
    write_folder(target.parent / "real", FILES)
    (target / "manifest.json").symlink_to(target.parent / "real" / "manifest.json")


def link(target: Path) -> None:
    write_folder(target.parent / "real", FILES)
    target.symlink_to(target.parent / "real")


def dangling_link(target: Path) -> None:
    target.symlink_to(target.parent / "nowhere")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (foreign, "holds what miner did not write"),
        (ours_and_a_note, "holds what miner did not write"),
        (other_manifest, "holds what miner did not write"),
        (broken_manifest, "holds what miner did not write"),
        (linked_manifest, "holds what miner did not write"),
        (lambda target: target.write_text("text"), "is a file"),
        (link, "is a symbolic link"),
        (dangling_link, "is a symbolic link"),
    ],
)
def test_what_is_not_ours_is_refused_in_one_line_and_not_touched(
    make: Callable[[Path], object], why: str, tmp_path: Path
) -> None:
    target = tmp_path / "g\nh"
    make(target)
    before = sorted((path, path.stat(follow_symlinks=False).st_ino) for path in tmp_path.rglob("*"))
    for write in (check_target, lambda target: write_folder(target, FILES)):
        with pytest.raises(OutputError, match=why) as caught:
            write(target)
        assert "\n" not in str(caught.value)
    assert sorted((path, path.stat(follow_symlinks=False).st_ino) for path in tmp_path.rglob("*")) == before


def test_a_path_through_a_file_and_the_root_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        write_folder(tmp_path / "file" / "graph", FILES)
    with pytest.raises(OutputError, match="cannot be a graph folder"):
        check_target(Path("/"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_is_not_writable_is_refused(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(OutputError, match="is not writable"):
        check_target(tmp_path / "locked" / "graph")


def test_a_parent_that_refuses_is_reported_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(OutputError, match="is not writable"):
        check_target(tmp_path / "new" / "graph")

    def mkdir(self: Path, *arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.undo()
    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(OutputError, match="Permission denied"):
        write_folder(tmp_path / "graph", FILES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "x\n", ".."])
def test_only_plain_names_are_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(InternalError, match="not a plain file name"):
        write_folder(tmp_path / "g", {"manifest.json": b"{}", name: b""})
    with pytest.raises(InternalError, match="without a manifest"):
        write_folder(tmp_path / "g", {"nodes.jsonl": b""})
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_is_not_given_up_is_an_output_error(tmp_path: Path) -> None:
    with locked(tmp_path, 1), pytest.raises(OutputError, match="another run is writing"), locked(tmp_path, 0.05):
        pass


def umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value
