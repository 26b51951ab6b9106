"""Names that a release gives up, and still answers or not: of objects, and of keywords."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from miner.app.diff import diff
from miner.app.extract import ExtractRequest, extract
from miner.app.progress import Silent
from miner.model.change import Change
from tests.functional.sample_library import committed

INIT = """
    import sys
    from .lazy import LazyModule, define_import_structure
    sys.modules[__name__] = LazyModule(__name__, __file__, define_import_structure(__file__))
"""
LAZY = """
    import os

    BASE_FILE_REQUIREMENTS = {lambda name: name.startswith("read_"): ()}

    def define_import_structure(folder):
        structure = {}
        for name in os.listdir(folder):
            if not name.endswith(".py"):
                continue
            found = ()
            for check, backends in BASE_FILE_REQUIREMENTS.items():
                if check(name):
                    found = backends
                    break
            structure[name] = found
        return structure

    class LazyModule:
        def __getattr__(self, name):
            if name.endswith("ReaderFast"):
                plain = name[:-4]
                if plain in self._where:
                    value = getattr(self, plain)
                    return value
            raise AttributeError(name)
"""
READERS = """
    from .lazy import deprecate_kwarg

    __all__ = ["NetReader", "NetReaderFast", "NetScanner"]

    class NetReader:
        \"\"\"Reads nets.\"\"\"

        def read(self, path, depth=1):
            \"\"\"Read one.\"\"\"

    class NetReaderFast:
        \"\"\"Reads nets, at once and without a word.\"\"\"

        def read(self, path, width, depth=1):
            \"\"\"Read all.\"\"\"

    class NetScanner:
        \"\"\"Scans.\"\"\"

        @deprecate_kwarg("level", new_name="depth", version="9.0")
        def scan(self, path, depth=1, **kwargs):
            \"\"\"Scan one.\"\"\"
"""


@pytest.fixture
def changed(tmp_path: Path):
    """Return what changes when the readers become others."""

    def compare(new: str, lazy: str = LAZY) -> list[Change]:
        graphs = []
        for release, readers in (("old", READERS), ("new", new)):
            package = tmp_path / release / "kit"
            package.mkdir(parents=True)
            for name, source in (("__init__", INIT), ("lazy", lazy), ("read_net", readers)):
                (package / f"{name}.py").write_text(dedent(source), encoding="utf-8")
            repository = committed(package.parent)
            request = ExtractRequest(
                spec=str(repository), output=tmp_path / f"graph-{release}", jobs=1, cache=tmp_path / "cache"
            )
            graphs.append(str(extract(request, Silent()).folder))
        return list(diff(*graphs, Silent()).changes)

    return compare


def without(source: str, start: str, end: str) -> str:
    """Return a source without the lines from one that holds `start` up to one that holds `end`."""
    before, _, rest = source.partition(start)
    return before + end + rest.partition(end)[2]


def test_a_name_that_another_object_answers_has_moved(changed) -> None:
    """Nothing breaks where it is imported; the object is another."""
    new = without(READERS, "class NetReaderFast", "class NetScanner").replace('"NetReaderFast", ', "")
    assert [(each.type, each.severity, each.old, each.new) for each in changed(new)] == [
        ("implementation-moved", "notice", "kit.NetReaderFast", "kit.NetReader")
    ]


def test_a_name_that_nothing_answers_is_gone(changed) -> None:
    """A package without such a rule does not know it."""
    new = without(READERS, "class NetReaderFast", "class NetScanner").replace('"NetReaderFast", ', "")
    found = changed(new, LAZY.replace("ReaderFast", "PlayerFast"))
    assert [(each.type, each.severity, each.symbol) for each in found] == [
        ("implementation-removed", "breaking", "kit.NetReaderFast")
    ]


def test_a_keyword_that_is_mapped_no_longer_is_removed(changed) -> None:
    """It was announced; where any keyword is taken, it is ignored without a word."""
    found = changed(READERS.replace('@deprecate_kwarg("level", new_name="depth", version="9.0")\n', "\n"))
    assert [(each.type, each.severity, each.option, each.new) for each in found] == [
        ("removed", "risky", "level", "depth")
    ]
