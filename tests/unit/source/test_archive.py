"""Archives are listed and read in memory; what could harm is refused by name, and every bound holds."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
import tarfile
import zipfile
from pathlib import Path

import pytest
from archives import header, sdist, tarball, zipped

from miner.errors import SourceError
from miner.source.archive import Contents, read_archive
from miner.source.limits import LIMITS, SourceLimits
from miner.source.worktree import blob_id

MANY = {f"p-1/m{n}.py": b"x = %d\n" % n for n in range(300)}


def read(tmp_path: Path, data: bytes, name: str = "p-1.tar.gz", limits: SourceLimits = LIMITS) -> Contents:
    path = tmp_path / name
    path.write_bytes(data)
    return read_archive(path, limits)


def outcome(tmp_path: Path, data: bytes, name: str) -> str:
    try:
        read(tmp_path, data, name)
    except SourceError as error:
        return str(error)
    return "read"


def paths(contents: Contents) -> list[str]:
    return [entry.path for entry in contents.entries]


def test_an_sdist_loses_its_top_folder_and_gives_git_blob_ids(tmp_path: Path) -> None:
    found = read(tmp_path, sdist("p", "1", {"src/p/a.py": b"a = 1\n", "src/p/b.py": b"", "setup.py": b"1/0\n"}))
    assert paths(found) == ["PKG-INFO", "setup.py", "src/p/a.py", "src/p/b.py"]
    assert found.refused == ()
    a, b = found.entries[2:]
    assert (a.blob, a.size, a.kind) == (blob_id(b"a = 1\n"), 6, "file")
    assert b.blob == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert found.read(a.blob) == b"a = 1\n"
    rows = "".join(f"{entry.path}\0{entry.blob}\0{entry.kind}\n" for entry in found.entries)
    assert found.tree == hashlib.sha256(rows.encode()).hexdigest()
    with pytest.raises(SourceError, match="not in the archive"):
        found.read("0" * 40)


@pytest.mark.parametrize(
    ("suffix", "mode"), [(".tar.gz", "w:gz"), (".tar.bz2", "w:bz2"), (".tar.xz", "w:xz"), (".tar", "w:")]
)
def test_every_compression_gives_the_same_entries(tmp_path: Path, suffix: str, mode: str) -> None:
    found = read(tmp_path, tarball(MANY, mode=mode), f"p-1{suffix}")
    assert paths(found) == sorted(name.removeprefix("p-1/") for name in MANY)
    assert [found.read(entry.blob) for entry in found.entries] == [MANY[f"p-1/{name}"] for name in paths(found)]


def test_a_wheel_keeps_its_paths(tmp_path: Path) -> None:
    data = zipped([("p/__init__.py", b"x\n"), ("p-1.dist-info/METADATA", b"Name: p\n"), ("p/", b"")])
    found = read(tmp_path, data, "p-1-py3-none-any.whl")
    assert paths(found) == ["p-1.dist-info/METADATA", "p/__init__.py"]
    assert found.read(blob_id(b"x\n")) == b"x\n"


def test_a_zip_sdist_loses_its_top_folder(tmp_path: Path) -> None:
    assert paths(read(tmp_path, zipped([("p-1/a.py", b"x")]), "p-1.zip")) == ["a.py"]


def test_two_top_folders_stay(tmp_path: Path) -> None:
    assert paths(read(tmp_path, tarball({"a/x.py": b"", "b/x.py": b""}))) == ["a/x.py", "b/x.py"]
    assert paths(read(tmp_path, tarball({"./p-1/x.py": b"", "./p-1/y/x.py": b""}))) == ["x.py", "y/x.py"]


@pytest.mark.parametrize("limits", [LIMITS, SourceLimits(keep_member_bytes=10), SourceLimits(keep_total_bytes=100)])
@pytest.mark.parametrize("name", ["p-1.tar.gz", "p-1.zip"])
def test_what_is_not_kept_in_memory_is_read_again(tmp_path: Path, limits: SourceLimits, name: str) -> None:
    files = {f"p-1/m{n}.py": bytes([65 + n]) * 50 for n in range(5)}
    data = tarball(files) if name.endswith("gz") else zipped(list(files.items()))
    found = read(tmp_path, data, name, limits)
    assert sum(map(len, found.kept.values())) <= limits.keep_total_bytes
    assert [found.read(entry.blob) for entry in found.entries] == list(files.values())


def test_hostile_tar_members_are_refused_by_name(tmp_path: Path) -> None:
    extra = [
        header("p-1/link.py", tarfile.SYMTYPE, "/etc/passwd"),
        header("p-1/hard.py", tarfile.LNKTYPE, "p-1/a.py"),
        header("p-1/fifo", tarfile.FIFOTYPE),
        header("p-1/device", tarfile.CHRTYPE),
        header("p-1/sub", tarfile.DIRTYPE),
    ]
    files = {"p-1/a.py": b"a", "/abs.py": b"b", "p-1/../../up.py": b"c", "p-1/n\nl.py": b"d", "p-1/\udcff.py": b"e"}
    found = read(tmp_path, tarball(files, extra))
    assert paths(found) == ["a.py"]
    assert found.refused == (
        ("/abs.py", "absolute path"),
        ("p-1/../../up.py", "path leaves its tree (..)"),
        ("p-1/\\udcff.py", "path is not UTF-8"),
        ("p-1/device", "not a regular file"),
        ("p-1/fifo", "not a regular file"),
        ("p-1/hard.py", "link in an archive"),
        ("p-1/link.py", "link in an archive"),
        ("p-1/n\\nl.py", "control character in path"),
    )


def test_hostile_zip_members_are_refused_by_name(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("p/link.py")
    link.external_attr = 0o120777 << 16
    pipe = zipfile.ZipInfo("p/pipe.py")
    pipe.external_attr = 0o010777 << 16
    odd = zipfile.ZipInfo("p/odd.py")
    odd.compress_type = zipfile.ZIP_BZIP2
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(
            [
                ("p/a.py", b"a"),
                (link, b"/etc/passwd"),
                (pipe, b""),
                (odd, b"x"),
                ("../up.py", b"c"),
                ("/abs.py", b""),
                ("p/twice.py", b"1"),
                ("p/twice.py", b"2"),
            ]
        )
    data = data.replace(b"p/a.py", b"p/\0.py")
    found = read(tmp_path, data, "p-1-py3-none-any.whl")
    assert paths(found) == []
    assert found.refused == (
        ("../up.py", "path leaves its tree (..)"),
        ("/abs.py", "absolute path"),
        ("p/\\x00.py", "control character in path"),
        ("p/link.py", "link in an archive"),
        ("p/odd.py", "compressed by method 12"),
        ("p/pipe.py", "not a regular file"),
        ("p/twice.py", "more than one entry has this path"),
    )


def test_a_duplicate_in_a_tar_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for data in (b"1", b"2"):
            info = tarfile.TarInfo("p-1/a.py")
            info.size = 1
            archive.addfile(info, io.BytesIO(data))
        archive.addfile(tarfile.TarInfo("p-1/b.py"), io.BytesIO())
    found = read(tmp_path, out.getvalue())
    assert paths(found) == ["b.py"]
    assert found.refused == (("p-1/a.py", "more than one entry has this path"),)


@pytest.mark.parametrize("name", ["p-1.tar.gz", "p-1.zip"])
def test_bounds(tmp_path: Path, name: str) -> None:
    files = {"p-1/a.py": random.Random(1).randbytes(5000), "p-1/b.py": b"b"}
    data = tarball(files) if name.endswith("gz") else zipped(list(files.items()))
    with pytest.raises(SourceError, match="more than 1 members"):
        read(tmp_path, data, name, SourceLimits(max_entries=1))
    with pytest.raises(SourceError, match="unpacks to more than 4000 bytes"):
        read(tmp_path, data, name, SourceLimits(max_total_bytes=4000))
    found = read(tmp_path, data, name, SourceLimits(max_member_bytes=4000))
    assert paths(found) == ["b.py"]
    assert found.refused == (("p-1/a.py", "larger than 4000 bytes"),)


@pytest.mark.parametrize("name", ["p-1.tar.gz", "p-1.tar.bz2", "p-1.tar.xz", "p-1.zip"])
def test_a_bomb_is_stopped_by_its_ratio(tmp_path: Path, name: str) -> None:
    files = {"p-1/a.py": bytes(4_000_000)}
    mode = {"gz": "w:gz", "bz2": "w:bz2", ".xz": "w:xz"}.get(
        name[-3:].removeprefix(".") if name[-3:] != ".xz" else ".xz"
    )
    data = tarball(files, mode=mode) if mode else zipped(list(files.items()))
    with pytest.raises(SourceError, match="unpacks to more than 1000000 bytes"):
        read(tmp_path, data, name, SourceLimits(ratio_free_bytes=1_000_000))


def test_a_giant_header_is_not_read(tmp_path: Path) -> None:
    long_name = tarfile.TarInfo("././@LongLink")
    long_name.type = tarfile.GNUTYPE_LONGNAME
    long_name.size = 50_000_000
    data = gzip.compress(long_name.tobuf(tarfile.GNU_FORMAT) + bytes(50_000_000))
    with pytest.raises(SourceError, match="header of 50000"):
        read(tmp_path, data)


def test_a_sparse_file_of_terabytes_costs_nothing(tmp_path: Path) -> None:
    info = tarfile.TarInfo("p-1/sparse.py")
    info.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.size": str(1 << 42)}
    info.pax_headers["GNU.sparse.map"] = "0,0"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info)
    assert read(tmp_path, out.getvalue()).refused == (("p-1/sparse.py", "sparse file in an archive"),)


def test_a_zip_with_an_endless_list_is_not_opened(tmp_path: Path) -> None:
    data = zipped([("p/a.py", b"a")])
    at = data.rfind(b"PK\x05\x06")
    with pytest.raises(SourceError, match="list of members is too long"):
        read(tmp_path, data[: at + 12] + b"\xff\xff\xff\x7f" + data[at + 16 :], "p-1.zip")


@pytest.mark.parametrize("name", ["p-1.tar.gz", "p-1.tar.bz2", "p-1.tar.xz", "p-1.tar", "p-1.zip"])
def test_damage_ends_in_one_line(tmp_path: Path, name: str) -> None:
    modes = {"p-1.tar.gz": "w:gz", "p-1.tar.bz2": "w:bz2", "p-1.tar.xz": "w:xz", "p-1.tar": "w:"}
    data = tarball(MANY, mode=modes[name]) if name in modes else zipped(list(MANY.items()))
    rng = random.Random(7)
    outcomes = set()
    for _ in range(40):
        broken = bytearray(data)
        if rng.random() < 0.5:
            del broken[rng.randrange(len(broken) - 1024) if len(broken) > 1024 else 1 :]
        else:
            broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        outcomes.add(outcome(tmp_path, bytes(broken), name))
    assert all(text.isprintable() for text in outcomes)
    assert outcomes - {"read"}


def test_a_malformed_header_in_the_middle_is_not_the_end(tmp_path: Path) -> None:
    data = bytearray(tarball({"p-1/a.py": b"a", "p-1/b.py": b"b", "p-1/c.py": b"c"}, mode="w:"))
    data[1024 + 148 : 1024 + 156] = b"garbage!"
    with pytest.raises(SourceError, match="damaged"):
        read(tmp_path, bytes(data), "p-1.tar")


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a kind of archive"):
        read(tmp_path, b"x", "p-1.rar")


def test_nothing_is_unpacked(tmp_path: Path) -> None:
    read(tmp_path, sdist("p", "1", {"a.py": b"a"}))
    assert os.listdir(tmp_path) == ["p-1.tar.gz"]  # noqa: PTH208 - the names are what is compared
