"""The sites of blobs that an earlier run has read.

The cache can only make a run faster: whatever is wrong with it is a miss.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import platformdirs

from miner.store.limits import CACHE_LIMITS, CacheLimits

Key = tuple[str, str]
"""Blob id and path class."""
Answer = TypeVar("Answer")

_FILE = "sites-1.sqlite"
"""The number is the version of the table below; another layout takes another file."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sites (key BLOB PRIMARY KEY, day INTEGER NOT NULL, value BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS sites_day ON sites (day);
"""
_DIGEST = 16
_BATCH = 500
"""Parameters of one SELECT; SQLite allows 999 in its oldest builds."""


def default_folder() -> Path:
    """Return the user's cache folder for miner, by the conventions of the system."""
    return Path(platformdirs.user_cache_dir("miner", appauthor=False))


class SiteCache:
    """Values by (blob, path class) for one `revision`, the string of detectors, parser and schema.

    Nothing here raises for a cache that is missing, damaged, locked, read-only or full: what cannot be read is a miss
    and what cannot be written is forgotten. Several processes may use one folder at once.
    """

    def __init__(self, folder: Path, revision: str, limits: CacheLimits = CACHE_LIMITS) -> None:
        self._path = folder / _FILE
        self._revision = revision
        self._limits = limits

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """Return the values that are held, whole and of this revision."""
        wanted = {self._row_key(key): key for key in keys}
        if not wanted:
            return {}
        return self._with_database(lambda database: self._select(database, wanted)) or {}

    def put_many(self, values: Iterable[tuple[Key, bytes]]) -> None:
        """Keep `values`; the least recently used ones make room when the cache is over its limit."""
        today = _today()
        new = [
            (row_key, today, _sealed(row_key, value))
            for row_key, value in ((self._row_key(key), value) for key, value in values)
            if len(value) <= self._limits.site_value
        ]
        if new:
            self._with_database(lambda database: self._insert(database, new))

    def _row_key(self, key: Key) -> bytes:
        text = "\0".join((*key, self._revision))
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()

    def _with_database(self, use: Callable[[sqlite3.Connection], Answer]) -> Answer | None:
        """Run `use` on the open database; a damaged file is removed, so that the next run starts a new one."""
        try:
            with closing(self._open()) as database:
                return use(database)
        except (sqlite3.OperationalError, sqlite3.ProgrammingError, OSError, MemoryError):
            return None  # locked, read-only, full: the file itself may be sound
        except (sqlite3.Error, UnicodeDecodeError, OverflowError):
            self._remove()
            return None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=self._limits.busy, isolation_level=None)
        try:
            for pragma in ("auto_vacuum=INCREMENTAL", "journal_mode=WAL", "synchronous=NORMAL"):
                database.execute(f"PRAGMA {pragma}").close()
            database.execute("PRAGMA cell_size_check=ON").close()  # a damaged page is an error, never a crash
            database.executescript(_SCHEMA)
        except BaseException:
            database.close()
            raise
        return database

    def _remove(self) -> None:
        for suffix in ("-wal", "-shm", ""):
            with suppress(OSError):
                self._path.with_name(_FILE + suffix).unlink()

    def _select(self, database: sqlite3.Connection, wanted: dict[bytes, Key]) -> dict[Key, bytes]:
        found: dict[Key, bytes] = {}
        stale: list[bytes] = []
        today = _today()
        for batch in _batches(sorted(wanted)):
            marks = ",".join("?" * len(batch))
            query = f"SELECT key, day, value FROM sites WHERE key IN ({marks})"  # noqa: S608  question marks only
            for row_key, day, sealed in database.execute(query, batch):
                value = _opened(row_key, sealed)
                if value is not None and row_key in wanted:
                    found[wanted[row_key]] = value
                    if day != today:
                        stale.append(row_key)
        if stale:
            with suppress(sqlite3.OperationalError), database:
                database.execute("BEGIN IMMEDIATE")
                database.executemany("UPDATE sites SET day = ? WHERE key = ?", ((today, row_key) for row_key in stale))
        return found

    def _insert(self, database: sqlite3.Connection, new: Sequence[tuple[bytes, int, bytes]]) -> None:
        with database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT OR REPLACE INTO sites (key, day, value) VALUES (?, ?, ?)", new)
        if self._used(database) > self._limits.sites_total:
            self._prune(database)

    def _prune(self, database: sqlite3.Connection) -> None:
        goal = int(self._limits.sites_total * self._limits.prune_to)
        with database:
            database.execute("BEGIN IMMEDIATE")
            while self._used(database) > goal:
                oldest = "SELECT rowid FROM sites ORDER BY day, rowid LIMIT 1 + (SELECT count(*) FROM sites) / 8"
                removed = database.execute(f"DELETE FROM sites WHERE rowid IN ({oldest})").rowcount  # noqa: S608
                if removed < 1:
                    break
        database.execute("PRAGMA incremental_vacuum").fetchall()

    @staticmethod
    def _used(database: sqlite3.Connection) -> int:
        pages, free, size = (
            database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)


def _sealed(row_key: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=_DIGEST, key=row_key).digest() + value


def _opened(row_key: object, sealed: object) -> bytes | None:
    if not isinstance(row_key, bytes) or not isinstance(sealed, bytes) or len(row_key) != _DIGEST:
        return None
    value = sealed[_DIGEST:]
    return value if sealed == _sealed(row_key, value) else None


def _batches(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))


def _today() -> int:
    return int(time.time() // 86_400)
