"""Whatever happens to a cache, its answers are the ones it was told or none, and nothing is raised."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from miner.store.cache import SiteCache
from miner.store.graph_cache import GraphCache, GraphKey
from miner.store.limits import CACHE_LIMITS

LIMITS = replace(CACHE_LIMITS, busy=0.05)
VALUES = {(f"{number:040x}", "library"): bytes([number]) * (1 + number * 40) for number in range(200)}
GRAPH = {"nodes.jsonl": bytes(range(256)) * 8, "manifest.json": b"{}"}
KEY = GraphKey(tree="t", tool_revision="r", reader="fast", data="d", source="{}")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    SiteCache(folder, "r").put_many(VALUES.items())
    GraphCache(folder).put(KEY, GRAPH)
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "cache"))


def database(folder: Path) -> Path:
    (path,) = folder.glob("*.sqlite")
    return path


def assert_true_or_missing(folder: Path) -> int:
    """Check all answers of the cache, then that it takes values again or goes on missing; return the hits."""
    found = SiteCache(folder, "r", LIMITS).get_many(VALUES)
    assert found.items() <= VALUES.items()
    assert GraphCache(folder).get(KEY) in (None, GRAPH)
    SiteCache(folder, "r", LIMITS).put_many(VALUES.items())
    GraphCache(folder).put(KEY, GRAPH)
    assert SiteCache(folder, "r", LIMITS).get_many(VALUES).items() <= VALUES.items()
    assert GraphCache(folder).get(KEY) in (None, GRAPH)
    return len(found)


def test_bit_flips_are_misses(folder: Path) -> None:
    chance = random.Random(5)
    whole = database(folder).read_bytes()
    hits = []
    for flips in [1] * 60 + [100] * 20:
        data = bytearray(whole)
        for _ in range(flips):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        database(folder).write_bytes(data)
        hits.append(assert_true_or_missing(folder))
        for file in folder.glob("*.sqlite*"):
            file.unlink()
        (folder / "sites-1.sqlite").touch()
    assert max(hits) >= len(VALUES) - 1, "one flip costs at most its own value, mostly"


def test_every_truncation_is_a_miss(folder: Path) -> None:
    whole = database(folder).read_bytes()
    for size in [0, 1, 16, 100, 1024, 4095, 4096, 4097, *range(5000, len(whole), len(whole) // 20)]:
        database(folder).write_bytes(whole[:size])
        assert_true_or_missing(folder)


def test_a_damaged_file_is_replaced_by_a_new_one(folder: Path) -> None:
    database(folder).write_bytes(b"not a database at all" * 1000)
    cache = SiteCache(folder, "r")
    assert cache.get_many(VALUES) == {}
    cache.put_many(VALUES.items())
    assert cache.get_many(VALUES) == VALUES


def test_rows_of_wrong_types_and_swapped_values_are_misses(folder: Path) -> None:
    with sqlite3.connect(database(folder)) as connection:
        connection.execute("UPDATE sites SET value = 'text' WHERE rowid = 1")
        connection.execute("UPDATE sites SET value = 7, day = 'x' WHERE rowid = 2")
        connection.execute("UPDATE sites SET value = (SELECT value FROM sites WHERE rowid = 4) WHERE rowid = 3")
        connection.execute("UPDATE sites SET value = x'00' WHERE rowid = 5")
    connection.close()
    assert assert_true_or_missing(folder) == len(VALUES) - 4


def test_another_layout_under_the_same_name_is_a_miss(folder: Path) -> None:
    database(folder).unlink()
    connection = sqlite3.connect(folder / "sites-1.sqlite")
    connection.execute("CREATE TABLE sites (something INTEGER)")
    connection.close()
    assert assert_true_or_missing(folder) == 0


def test_every_flip_and_truncation_of_a_graph_is_a_miss(folder: Path) -> None:
    (path,) = (folder / "graphs-1").iterdir()
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert GraphCache(folder).get(KEY) is None
        path.write_bytes(whole[:place])
        assert GraphCache(folder).get(KEY) is None
    path.with_name("0" * 40).write_bytes(whole)
    assert_true_or_missing(folder)


def test_a_cache_that_another_process_holds_is_a_miss_and_no_wait(folder: Path) -> None:
    holder = sqlite3.connect(database(folder), isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("DELETE FROM sites WHERE rowid = 1")
    try:
        assert_true_or_missing(folder)
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert assert_true_or_missing(folder) == len(VALUES)


def a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("in the way")


def below_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to("/dev/null/cache")


def a_folder_for_the_database(folder: Path) -> None:
    database(folder).unlink()
    (folder / "sites-1.sqlite").mkdir()


def a_loop(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(folder)


def missing_graphs(folder: Path) -> None:
    shutil.rmtree(folder / "graphs-1")
    (folder / "graphs-1").write_text("in the way")


@pytest.mark.parametrize("spoil", [a_file, below_a_file, a_folder_for_the_database, a_loop, missing_graphs])
def test_a_folder_that_cannot_be_used_is_a_miss(spoil: Callable[[Path], None], folder: Path) -> None:
    spoil(folder)
    assert_true_or_missing(folder)


READ_ONLY = """
import sys
from pathlib import Path
from miner.store.cache import SiteCache
from miner.store.graph_cache import GraphCache, GraphKey
folder = Path(sys.argv[1])
key = ("0" * 40, "library")
cache, graphs = SiteCache(folder, "r"), GraphCache(folder)
graph_key = GraphKey(tree="t", tool_revision="r", reader="fast", data="d", source="{}")
found = cache.get_many([key])
cache.put_many([(("new", "x"), b"1")])
graphs.put(graph_key, {"a": b"b"})
print(found in ({}, {key: bytes(1)}), cache.get_many([("new", "x")]), sorted(graphs.get(graph_key)))
"""


def test_a_read_only_file_system_is_a_miss_or_a_true_answer(folder: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("no unshare")
    mount = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "-rm", "sh", "-c", mount, "sh", str(folder), sys.executable, READ_ONLY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0 and ("unshare" in done.stderr or "mount" in done.stderr):
        pytest.skip("a read-only file system cannot be mounted here")
    assert (done.stdout, done.stderr) == ("True {} ['manifest.json', 'nodes.jsonl']\n", "")


WRITER = """
import sys
from pathlib import Path
from miner.store.cache import SiteCache
from miner.store.graph_cache import GraphCache, GraphKey
cache, graphs = SiteCache(Path(sys.argv[1]), "r"), GraphCache(Path(sys.argv[1]))
for number in range(60):
    values = {(f"{number}-{index}", "x"): f"{number}-{index}".encode() * 50 for index in range(20)}
    cache.put_many(values.items())
    assert cache.get_many(values) == values, number
    key = GraphKey(tree=str(number % 3), tool_revision="r", reader="fast", data="d", source="{}")
    graphs.put(key, {"a": str(number % 3).encode() * 5000})
    assert graphs.get(key) == {"a": str(number % 3).encode() * 5000}
"""


def test_writers_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [(writer.communicate(timeout=60)[1], writer.returncode) for writer in writers] == [("", 0)] * 3
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["graphs-1", "sites-1.sqlite"]


def test_a_writer_that_is_killed_leaves_a_cache_that_works(tmp_path: Path) -> None:
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) as writer:
            while not (tmp_path / "sites-1.sqlite").exists():
                assert writer.poll() is None
            writer.kill()
    assert_true_or_missing(tmp_path)
    assert SiteCache(tmp_path, "r").get_many(VALUES) == VALUES
