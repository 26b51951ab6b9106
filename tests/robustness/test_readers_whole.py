"""Both readers say the same of every file of a release and of the standard library."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import platformdirs
import pytest

from miner.detect.idiom import load_idioms
from miner.source.locate import open_source

sys.path.insert(0, str(Path(__file__).parents[1] / "functional"))
from two_readers import LIBCST_ALONE, SECOND_OPINION, TOO_DEEP, Readers

CACHE = Path(os.environ.get("MINER_TEST_CACHE") or platformdirs.user_cache_path("miner-tests"))
PARTS = 8
"""A reader keeps what it has read: each part starts anew."""


@pytest.mark.robust
@pytest.mark.release
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("spec", ["transformers==5.23.0", "diffusers==0.42.1"])
def test_on_the_whole_of_a_release(spec: str, part: int) -> None:
    """Every Python file, no difference."""
    readers = Readers(load_idioms())
    snapshot = open_source(spec, None, cache=CACHE, progress=lambda line: None)
    files = [entry for entry in snapshot.entries if entry.kind == "file" and entry.path.endswith(".py")]
    found = [d for entry in files[part::PARTS] for d in readers.differences(entry.path, snapshot.read(entry.blob))]
    assert found == []


@pytest.mark.robust
@pytest.mark.parametrize("part", range(PARTS))
def test_on_the_standard_library(part: int) -> None:
    """Every file of it, with its tests where they are there, and no difference where both can read it."""
    readers = Readers(load_idioms())
    root = Path(sysconfig.get_path("stdlib"))
    files = [path for path in sorted(root.rglob("*.py")) if "site-packages" not in path.parts]
    found = [
        d
        for path in files[part::PARTS]
        for d in readers.differences(path.relative_to(root).as_posix(), path.read_bytes())
    ]
    assert [line for line in found if not line.endswith((TOO_DEEP, SECOND_OPINION, LIBCST_ALONE))] == []
