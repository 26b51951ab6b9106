"""The caches answer what they were told, for the same key and revision, within their bounds."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from miner.store import cache as cache_module
from miner.store.cache import SiteCache
from miner.store.graph_cache import GraphCache, GraphKey
from miner.store.limits import CACHE_LIMITS

KEY = GraphKey(tree="t", tool_revision="r", reader="fast", data="d", source="{}")
FILES = {"nodes.jsonl": b"n" * 1000, "manifest.json": b"{}"}


def keys(count: int) -> list[tuple[str, str]]:
    return [(f"{number:040x}", "library") for number in range(count)]


def test_values_come_back_by_blob_class_and_revision(tmp_path: Path) -> None:
    cache = SiteCache(tmp_path / "new" / "folder", "r1")
    values = {key: key[0].encode() * 9 for key in keys(1500)}
    assert cache.get_many(values) == {}
    cache.put_many(values.items())
    assert cache.get_many(iter(values)) == values
    assert SiteCache(tmp_path / "new" / "folder", "r1").get_many(keys(3)) == {key: values[key] for key in keys(3)}
    assert SiteCache(tmp_path / "new" / "folder", "r2").get_many(values) == {}
    assert cache.get_many([(keys(1)[0][0], "test"), ("\udcff", "library")]) == {}
    assert cache.get_many([]) == {}


def test_a_later_value_replaces_an_earlier_one_and_an_empty_one_is_a_value(tmp_path: Path) -> None:
    cache = SiteCache(tmp_path, "r")
    cache.put_many([(("a", "x"), b"1"), (("b", "x"), b"")])
    cache.put_many([(("a", "x"), b"2")])
    assert cache.get_many([("a", "x"), ("b", "x")]) == {("a", "x"): b"2", ("b", "x"): b""}


def test_what_was_used_least_recently_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = SiteCache(tmp_path, "r", replace(CACHE_LIMITS, sites_total=1 << 20, site_value=50_000))
    today = [100]
    monkeypatch.setattr(cache_module, "_today", lambda: today[0])
    old, new = keys(180)[:90], keys(180)[90:]
    cache.put_many((key, os.urandom(5000)) for key in old)
    today[0] += 1
    used = set(cache.get_many(old[:20]))
    assert len(used) == 20
    today[0] += 1
    cache.put_many((key, os.urandom(5000)) for key in new)
    cache.put_many((key, os.urandom(5000)) for key in keys(200)[180:])
    cache.put_many((key, os.urandom(5000)) for key in keys(230)[200:])
    held = cache.get_many(keys(230))
    assert used <= set(held)
    assert set(old) - used - set(held)
    assert set(keys(230)[200:]) <= set(held)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 1 << 20
    cache.put_many([(("big", "x"), bytes(50_001))])
    assert cache.get_many([("big", "x")]) == {}


def test_a_graph_comes_back_by_its_whole_key(tmp_path: Path) -> None:
    cache = GraphCache(tmp_path / "new")
    assert cache.get(KEY) is None
    cache.put(KEY, FILES)
    assert cache.get(KEY) == FILES
    for field in ("tree", "tool_revision", "reader", "data", "source"):
        assert cache.get(replace(KEY, **{field: "other"})) is None


def test_graphs_used_least_recently_and_what_dead_writers_left_make_room(tmp_path: Path) -> None:
    cache = GraphCache(tmp_path, replace(CACHE_LIMITS, graphs_total=3500))
    (tmp_path / "graphs-1").mkdir()
    left = tmp_path / "graphs-1" / "x.tmp"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    many = [replace(KEY, tree=str(number)) for number in range(5)]
    for age, key in enumerate(many):
        cache.put(key, FILES)
        os.utime(cache._path(key), ns=(age * 10**9, age * 10**9))
        if age == 1:
            assert cache.get(many[0]) == FILES, "using it makes it the newest"
            assert cache._path(many[0]).stat().st_mtime > time.time() - 60
    assert [key.tree for key in many if cache.get(key)] == ["0", "3", "4"]
    assert len(list((tmp_path / "graphs-1").iterdir())) == 3
    cache.put(replace(KEY, tree="big"), {"manifest.json": bytes(4000)})
    assert cache.get(replace(KEY, tree="big")) is None
