"""A folder with folders in it is written whole, in the place of an earlier one of ours, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from miner.errors import OutputError
from miner.store.tree import write_tree


def test_it_is_written_and_replaced(tmp_path):
    target = tmp_path / "wiki"
    write_tree(target, {"a/b.md": b"1", "c.md": b"2"})
    write_tree(target, {"c.md": b"3"})
    found = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert found == {".miner-export": b"", "c.md": b"3"}
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_not_ours_stays(kind, tmp_path):
    target = tmp_path / "wiki"
    if kind == "folder":
        target.mkdir()
        (target / "mine.txt").write_text("x")
    elif kind == "file":
        target.write_text("x")
    else:
        target.symlink_to(tmp_path)
    before = sorted(map(str, tmp_path.rglob("*")))
    with pytest.raises(OutputError, match="name another folder"):
        write_tree(target, {"a.md": b"1"})
    assert sorted(map(str, tmp_path.rglob("*"))) == before


def test_a_parent_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="could not be written"):
        write_tree(Path(tmp_path / "file" / "wiki"), {"a.md": b"1"})
