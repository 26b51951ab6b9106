"""Releases from an index on loopback: found, checked, kept, and read again without network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import sdist, zipped
from index_server import File, IndexServer

from miner.errors import SourceError
from miner.model.snapshot import Snapshot
from miner.source.limits import LIMITS, SourceLimits
from miner.source.locate import identify, open_source

WHEEL = zipped([("p/__init__.py", b"wheel\n"), ("p-2.0.dist-info/METADATA", b"Name: p\n")])


def projects() -> dict[str, list[File]]:
    return {
        "p": [
            File("p-2.0-py3-none-any.whl", WHEEL),
            File("p-1.0.tar.gz", sdist("p", "1.0", {"p/__init__.py": b"sdist\n"})),
            File("p-1.0-py3-none-any.whl", WHEEL),
            File("p-1.1.tar.gz", sdist("p", "1.1", {"p/__init__.py": b"yanked\n"}), yanked="broken"),
            File("p-5.0.0rc1.tar.gz", sdist("p", "5.0.0rc1", {"p/__init__.py": b"rc\n"})),
            File("p-3.0-cp311-cp311-win_amd64.whl", WHEEL),
            File("p-4.0.tar.gz", sdist("p", "4.0", {"p/__init__.py": b"no hash\n"}), sha256=None),
            File("p-6.0.tar.gz", sdist("p", "6.0", {"p/__init__.py": b"other\n"}), sha256="0" * 64),
            File("p-7.0.zip", zipped([("p-7.0/p/__init__.py", b"zip\n")])),
        ]
    }


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("PIP_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


@pytest.fixture(params=["html", "json"])
def index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexServer]:
    with IndexServer(projects(), request.param) as server:
        monkeypatch.setenv("PIP_INDEX_URL", server.url)
        yield server


def fetch(spec: str, cache: Path, limits: SourceLimits = LIMITS, said: list[str] | None = None) -> Snapshot:
    return open_source(spec, None, cache=cache, progress=(said if said is not None else []).append, limits=limits)


def init(snapshot: Snapshot) -> bytes:
    return next(snapshot.read(e.blob) for e in snapshot.entries if e.path.endswith("p/__init__.py"))


@pytest.mark.parametrize(
    ("version", "archive", "content"),
    [
        ("1.0", "p-1.0.tar.gz", b"sdist\n"),
        ("2.0", "p-2.0-py3-none-any.whl", b"wheel\n"),
        ("2", "p-2.0-py3-none-any.whl", b"wheel\n"),
        ("3.0", "p-3.0-cp311-cp311-win_amd64.whl", b"wheel\n"),
        ("5.0.0-rc1", "p-5.0.0rc1.tar.gz", b"rc\n"),
        ("7.0", "p-7.0.zip", b"zip\n"),
    ],
)
def test_the_sdist_else_the_wheel(
    index: IndexServer, tmp_path: Path, version: str, archive: str, content: bytes
) -> None:
    found = fetch(f"P=={version}", tmp_path)
    assert init(found) == content
    assert (found.source.kind, found.source.name, found.source.archive) == ("index", "p", archive)
    assert (found.source.url, found.source.ref, found.notes, found.refused) == (None, None, (), ())
    assert len(found.source.revision) == 64


def test_a_second_run_asks_nobody(index: IndexServer, tmp_path: Path) -> None:
    said: list[str] = []
    first = fetch("p==1.0", tmp_path, said=said)
    assert [line.split()[0] for line in said] == ["look", "download"]
    asked = len(index.requests)
    said.clear()
    second = fetch("p==1.0", tmp_path, said=said)
    assert (len(index.requests), said) == (asked, [])
    assert (first.source, first.entries) == (second.source, second.entries)


def test_a_damaged_archive_in_the_cache_is_fetched_again(index: IndexServer, tmp_path: Path) -> None:
    fetch("p==1.0", tmp_path)
    (kept,) = (tmp_path / "archives").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    assert init(fetch("p==1.0", tmp_path)) == b"sdist\n"
    assert sum(path.startswith("/files/") for path in index.requests) == 2


def test_a_damaged_resolution_is_ignored(index: IndexServer, tmp_path: Path) -> None:
    fetch("p==1.0", tmp_path)
    (note,) = (tmp_path / "releases").glob("*.json")
    for text in ("{", "{}", note.read_text().replace('"p"', '"q"')):
        note.write_text(text)
        assert init(fetch("p==1.0", tmp_path)) == b"sdist\n"
    assert sum(path.startswith("/files/") for path in index.requests) == 1


def test_another_index_is_another_release(index: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch("p==1.0", tmp_path)
    other = {"p": [File("p-1.0.tar.gz", sdist("p", "1.0", {"p/__init__.py": b"other\n"}))]}
    with IndexServer(other) as second:
        monkeypatch.setenv("PIP_INDEX_URL", second.url)
        assert init(fetch("p==1.0", tmp_path)) == b"other\n"


def test_a_wrong_hash_is_refused_and_nothing_is_kept(index: IndexServer, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not have the SHA-256"):
        fetch("p==6.0", tmp_path)
    assert list((tmp_path / "archives").iterdir()) == []
    assert not (tmp_path / "releases").exists()


def test_without_a_stated_hash_one_is_computed_and_said_so(index: IndexServer, tmp_path: Path) -> None:
    for _ in range(2):
        found = fetch("p==4.0", tmp_path)
        assert init(found) == b"no hash\n"
        assert found.notes == ("the index states no SHA-256 for this archive; the one recorded was computed here",)


def test_a_yanked_release_is_had_with_a_note(index: IndexServer, tmp_path: Path) -> None:
    assert fetch("p==1.1", tmp_path).notes == ("p 1.1 was yanked from the index: broken",)


def test_an_unknown_version_lists_the_nearest(index: IndexServer, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        fetch("p==1.5", tmp_path)
    assert str(caught.value) == "p has no release 1.5; nearest: 1.0, 1.1, 2.0, 3.0, 4.0"


def test_an_unknown_package(index: IndexServer, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="q: no such package on the configured index"):
        fetch("q==1.5", tmp_path)


def test_an_index_that_fails_is_not_an_unknown_package(index: IndexServer, tmp_path: Path) -> None:
    for status in (401, 403, 500, 503):
        index.status = status
        with pytest.raises(
            SourceError, match=rf"p==1\.0 cannot be looked up: 127\.0\.0\.1 answers with status {status}"
        ):
            fetch("p==1.0", tmp_path)


def test_a_cut_download_is_refused_and_the_next_run_succeeds(index: IndexServer, tmp_path: Path) -> None:
    index.cut = True
    with pytest.raises(SourceError, match="could not be downloaded"):
        fetch("p==1.0", tmp_path)
    assert list((tmp_path / "archives").iterdir()) == []
    index.cut = False
    assert init(fetch("p==1.0", tmp_path)) == b"sdist\n"


def test_a_download_over_the_limit_is_refused(index: IndexServer, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="larger than 100 bytes"):
        fetch("p==1.0", tmp_path, SourceLimits(max_download_bytes=100))


def test_no_network_is_one_line_without_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:9/simple")
    with pytest.raises(SourceError) as caught:
        fetch("p==1.0", tmp_path)
    text = str(caught.value)
    assert "127.0.0.1 cannot be reached" in text
    assert text.isprintable()
    assert "secret" not in text
    assert not any("secret" in path.read_text() for path in tmp_path.rglob("*") if path.is_file())


def test_one_index_down_does_not_hide_another(
    index: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple file:///nowhere/simple")
    assert init(fetch("p==1.0", tmp_path)) == b"sdist\n"


def test_local_indexes_and_find_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "p-1.0.tar.gz").write_bytes(sdist("p", "1.0", {"p/__init__.py": b"link\n"}))
    page = tmp_path / "index" / "q"
    page.mkdir(parents=True)
    (page / "index.html").write_text('<a href="q-1.0.tar.gz">q</a>')
    (page / "q-1.0.tar.gz").write_bytes(sdist("q", "1.0", {"p/__init__.py": b"page\n"}))
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "index").as_uri())
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    assert init(fetch("p==1.0", tmp_path / "c")) == b"link\n"
    assert init(fetch("q==1.0", tmp_path / "c")) == b"page\n"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert init(fetch("p==1.0", tmp_path / "d")) == b"link\n"
    monkeypatch.delenv("PIP_FIND_LINKS")
    with pytest.raises(SourceError, match="nowhere to look"):
        fetch("p==1.0", tmp_path / "e")


def test_a_cache_that_cannot_be_used_is_said_so(index: IndexServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cache folder"):
        fetch("p==1.0", tmp_path / "file")
    (tmp_path / "archives").write_text("")
    with pytest.raises(SourceError, match="cache folder"):
        fetch("p==1.0", tmp_path)


def test_a_release_is_identified_without_network_once_it_was_read(index: IndexServer, tmp_path: Path) -> None:
    assert identify("p==1.1", None, cache=tmp_path) is None
    found = fetch("p==1.1", tmp_path)
    asked = len(index.requests)
    known = identify("p==1.1", None, cache=tmp_path)
    assert known is not None
    assert (known.source, known.notes, len(index.requests)) == (found.source, found.notes, asked)
    (archive,) = (tmp_path / "archives").iterdir()
    archive.write_bytes(b"damaged")
    assert identify("p==1.1", None, cache=tmp_path) is None


def test_build_code_of_an_archive_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sentinels").mkdir()
    code = f"import pathlib; pathlib.Path({str(tmp_path / 'sentinels')!r}, 'ran').touch()\n".encode()
    names = ("setup.py", "conftest.py", "p/__init__.py", "trap.pth", "_build/backend.py")
    backend = b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["_build"]\n'
    data = sdist("p", "1.0", dict.fromkeys(names, code) | {"pyproject.toml": backend})
    with IndexServer({"p": [File("p-1.0.tar.gz", data)]}) as server:
        monkeypatch.setenv("PIP_INDEX_URL", server.url)
        found = fetch("p==1.0", tmp_path / "cache")
        assert all(found.read(entry.blob) for entry in found.entries)
    assert list((tmp_path / "sentinels").iterdir()) == []
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["archives", "releases"]


@pytest.mark.release
@pytest.mark.parametrize(("version", "python_files"), [("5.23.0", 2883), ("5.0.0rc1", 2014), ("4.57.1", 2229)])
def test_real_releases(version: str, python_files: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    found = fetch(f"transformers=={version}", tmp_path)
    assert sum(entry.path.endswith(".py") for entry in found.entries) == python_files
    assert (found.refused, found.notes) == ((), ())
