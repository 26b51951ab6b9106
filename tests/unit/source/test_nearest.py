"""What is suggested in place of a name or a version that does not exist."""

from __future__ import annotations

from packaging.version import Version

from miner.source.nearest import nearest_names, nearest_versions


def test_names_by_similarity() -> None:
    assert nearest_names("mian", ["main", "dev", "v1.0"]) == ("main",)
    assert nearest_names("5.23", ["v5.23.0", "v4.0.0", "main"]) == ("v5.23.0",)


def test_some_names_when_none_is_similar() -> None:
    assert nearest_names("zzz", ["b", "a"]) == ("a", "b")
    assert nearest_names("zzz", []) == ()


def test_versions_by_order() -> None:
    known = [Version(text) for text in ("1.0", "1.1", "1.2", "2.0", "2.1", "10.0")]
    assert [str(v) for v in nearest_versions(Version("1.9"), known)] == ["1.1", "1.2", "2.0", "2.1", "10.0"]
    assert [str(v) for v in nearest_versions(Version("99"), known)] == ["1.1", "1.2", "2.0", "2.1", "10.0"]
    assert [str(v) for v in nearest_versions(Version("0.1"), known)] == ["1.0", "1.1", "1.2", "2.0", "2.1"]


def test_a_version_that_looks_alike_is_among_them() -> None:
    known = [Version(f"4.{minor}.0") for minor in range(20)] + [Version("5.23.0")]
    assert Version("5.23.0") in nearest_versions(Version("4.5.23"), known) or len(known) > 5
    assert Version("4.57.1") in nearest_versions(Version("4.571"), [*known, Version("4.57.1")])
