"""Both readers say the same of a file: its outline, every expression of it, and the facts mined from it."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import platformdirs
import pytest

from miner.detect.idiom import load_idioms
from miner.source.locate import open_source

sys.path.insert(0, str(Path(__file__).parent))
from two_readers import Readers

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.py"))
RELEASE = "transformers==5.23.0"
CACHE = Path(os.environ.get("MINER_TEST_CACHE") or platformdirs.user_cache_path("miner-tests"))


@pytest.fixture(scope="session")
def readers() -> Readers:
    return Readers(load_idioms())


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: "/".join(path.parts[-3:]))
def test_on_every_fixture(path: Path, readers: Readers) -> None:
    """Also where a fixture is refused, both refuse it."""
    assert readers.differences(path.name, path.read_bytes()) == []


@pytest.mark.release
def test_on_a_hundred_files_of_a_release(readers: Readers) -> None:
    """Files drawn at random, always the same."""
    snapshot = open_source(RELEASE, None, cache=CACHE, progress=lambda line: None)
    files = [entry for entry in snapshot.entries if entry.kind == "file" and entry.path.endswith(".py")]
    chosen = random.Random(20).sample(files, 100)
    assert [line for entry in chosen for line in readers.differences(entry.path, snapshot.read(entry.blob))] == []
