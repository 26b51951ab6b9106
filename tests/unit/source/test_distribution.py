"""What is installed: the files of its RECORD, read without an import."""

from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path

import pytest

from miner.errors import SourceError
from miner.source.distribution import open_installed
from miner.source.limits import LIMITS

FILES = {
    "kit/__init__.py": b"raise SystemExit('imported')\n",
    "kit/a.py": b"X = 1\n",
    "kit-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: Kit\nVersion: 1.0\nRequires-Dist: numpy>=1\n",
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages with the distribution `kit` in it."""
    rows = ["../../bin/kit,,", "kit/__pycache__/a.cpython-311.pyc,,", "kit/gone.py,,", "kit-1.0.dist-info/RECORD,,"]
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(data)}")
    (tmp_path / "kit-1.0.dist-info" / "RECORD").write_text("\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    return tmp_path


def test_recorded_files_are_read_and_nothing_is_imported(site: Path) -> None:
    """Scripts and compiled files are left out, a file that is gone is refused; no note when all is as recorded."""
    found = open_installed("kit", limits=LIMITS)
    assert (found.source.kind, found.source.name, found.source.version) == ("installed", "kit", "1.0")
    contents = {entry.path: found.read(entry.blob) for entry in found.entries}
    assert {path: contents[path] for path in FILES} == FILES
    assert contents.keys() - FILES.keys() == {"kit-1.0.dist-info/RECORD"}
    assert found.refused == (("kit/gone.py", "cannot be read: No such file or directory"),)
    assert found.notes == ()
    assert "kit" not in sys.modules


def test_changed_file_is_noted_and_gives_another_tree(site: Path) -> None:
    """What is mined is what is there; RECORD and so the revision are the same."""
    before = open_installed("kit", limits=LIMITS)
    (site / "kit" / "a.py").write_bytes(b"X = 2\n")
    after = open_installed("kit", limits=LIMITS)
    assert after.notes == ("1 files of kit are not what its RECORD says, for instance kit/a.py",)
    assert (before.source.revision, before.source.tree != after.source.tree) == (after.source.revision, True)
    gone = next(entry.blob for entry in before.entries if entry.path == "kit/a.py")
    with pytest.raises(SourceError, match="changed while it was read"):
        before.read(gone)


def test_link_is_not_followed(site: Path) -> None:
    """A file that is a link is refused."""
    (site / "kit" / "a.py").unlink()
    (site / "kit" / "a.py").symlink_to("/etc/hostname")
    assert "kit/a.py" in dict(open_installed("kit", limits=LIMITS).refused)


def test_what_cannot_be_had_is_said_in_one_line(site: Path) -> None:
    """Not installed, without RECORD, and without Python files."""
    with pytest.raises(SourceError, match="kitt is not installed here; nearest: Kit"):
        open_installed("kitt", limits=LIMITS)
    record = site / "kit-1.0.dist-info" / "RECORD"
    record.write_text("kit-1.0.dist-info/METADATA,,\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no Python files"):
        open_installed("kit", limits=LIMITS)
    record.unlink()
    with pytest.raises(SourceError, match="has no RECORD"):
        open_installed("kit", limits=LIMITS)
