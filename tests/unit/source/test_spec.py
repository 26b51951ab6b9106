"""A SPEC is understood, or refused, from its text alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from miner.errors import MinerError, SourceError, UsageError
from miner.source.spec import GitUrl, LocalRepository, Release, check_ref, parse_spec


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            "https://github.com/huggingface/transformers",
            ("https", "transformers", "https://github.com/huggingface/transformers"),
        ),
        ("https://host:8443/a/b.git/", ("https", "b", "https://host:8443/a/b.git/")),
        ("ssh://git@host/a/b.git", ("ssh", "b", "ssh://host/a/b.git")),
        ("git@github.com:huggingface/peft.git", ("ssh", "peft", "ssh://github.com/huggingface/peft.git")),
        ("github.com:huggingface/peft", ("ssh", "peft", "ssh://github.com/huggingface/peft")),
        ("http://127.0.0.1:8000/r", ("http", "r", None)),
        ("file:///srv/r.git", ("file", "r", None)),
        ("file://localhost/srv/r", ("file", "r", None)),
    ],
)
def test_urls(spec: str, expected: tuple[str, str, str | None]) -> None:
    found = parse_spec(spec)
    assert isinstance(found, GitUrl)
    assert (found.protocol, found.name, found.published) == expected
    assert found.url == spec


@pytest.mark.parametrize(
    ("spec", "name", "version"),
    [
        ("transformers==5.23.0", "transformers", "5.23.0"),
        ("Hugging_Face.Hub==1.0", "hugging-face-hub", "1.0"),
        ("transformers==5.0.0-rc1", "transformers", "5.0.0rc1"),
        ("transformers == 5.0", "transformers", "5.0"),
        ("torch==2.6.0+cpu", "torch", "2.6.0+cpu"),
    ],
)
def test_releases(spec: str, name: str, version: str) -> None:
    assert parse_spec(spec) == Release(name, Version(version))


def test_a_folder_wins_over_other_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "peft").mkdir()
    assert parse_spec("peft") == LocalRepository(Path("peft"))
    assert parse_spec(str(tmp_path)) == LocalRepository(tmp_path)


HOSTILE = [
    "",
    " transformers==1",
    "-x",
    "--upload-pack=touch x",
    "ext::sh -c touch% x",
    "fd::7",
    "ext::https://h/r",
    "transport::address",
    "https://h/r\0",
    "https://h/r\n--upload-pack=x",
    "https://h/r\x1b[31m",
    "https://user:secret@h/r",
    "https://secret@h/r",
    "ssh://git:secret@h/r",
    "https://-oProxyCommand=x/r",
    "ssh://-oProxyCommand=x/r",
    "ssh://%2doProxyCommand=x/r",
    "ssh://git@h/-r",
    "ssh://-l@h/r",
    "https://h/a%0ab",
    "file://server/share",
    "https:///r",
    "https://h/",
    "https://h/r?token=secret",
    "https://h/r#secret",
    "https://[::1/r",
    "https://h:port/r",
    "git@h:-r",
    "git://h/r",
    "ftp://h/r",
    "git+https://h/r",
    "installed:",
    "installed:torch==2.6",
    "installed:torch[extra]",
    "transformers",
    "transformers>=5",
    "transformers~=5.0",
    "transformers==5.*",
    "transformers===5.0",
    "transformers[torch]==5.0",
    "transformers==",
    "==5.0",
    "x" * 5000,
]


@pytest.mark.parametrize("spec", HOSTILE)
def test_refused_in_one_line_that_repeats_no_secret(spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        parse_spec(spec)
    text = str(caught.value)
    assert text
    assert text.isprintable()
    assert "secret" not in text


def test_a_plain_name_is_told_how_to_write_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"transformers=="):
        parse_spec("transformers")
    with pytest.raises(UsageError, match="name==version"):
        parse_spec("transformers>=5")


def test_a_missing_folder_is_a_source_error() -> None:
    with pytest.raises(SourceError, match="no such folder"):
        parse_spec("/nowhere/at/all")


@pytest.mark.parametrize("ref", ["main", "v5.0.0", "feature/x-1", "refs/pull/1/head", "0" * 40, "a@b", "HEAD", "über"])
def test_refs(ref: str) -> None:
    check_ref(ref)


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "-x",
        "--output=x",
        "a..b",
        "a b",
        "a~1",
        "a^",
        "a^{tree}",
        "HEAD:x",
        "a?",
        "a*",
        "a[b",
        "a\\b",
        "a\nb",
        "a\x00b",
        "a\x1b",
        "@{u}",
        "/a",
        "a/",
        "a//b",
        "a.lock",
        "a.",
        "x" * 300,
    ],
)
def test_refused_refs(ref: str) -> None:
    with pytest.raises(MinerError) as caught:
        check_ref(ref)
    assert isinstance(caught.value, UsageError)
    assert str(caught.value).isprintable()
