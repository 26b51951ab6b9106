"""Objects that another is given for while a backend is missing: a placeholder only where there is no other."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.formula.canonical import canonical
from miner.formula.notation import text
from miner.link.linker import Linked
from miner.link.need import Need

INIT = """
    import sys
    from .lazy import LazyModule, define_import_structure
    sys.modules[__name__] = LazyModule(__name__, __file__, define_import_structure(__file__))
"""
LAZY = """
    import importlib.util
    import os

    def is_quick_available():
        return is_slow_available() and importlib.util.find_spec("quick") is not None

    def is_slow_available():
        return importlib.util.find_spec("slow") is not None

    BACKENDS_MAPPING = {"quick": (is_quick_available, "{0} needs quick"), "slow": (is_slow_available, "{0} needs slow")}

    def requires_backends(obj, backends):
        failed = [message for check, message in map(BACKENDS_MAPPING.get, backends) if not check()]
        if failed:
            raise ImportError("".join(failed))

    BASE_FILE_REQUIREMENTS = {
        lambda name: name.startswith("read_slowly"): ("slow",),
        lambda name: name.startswith("read_"): ("quick", "slow"),
    }

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
            if name in self._missing:
                missing = self._missing[name]
                if "quick" in missing and name.endswith("Reader"):
                    other = f"{name}Slow"
                    if other in self._where and other not in self._missing:
                        value = getattr(self._module(self._where[other]), other)
                        logger.warning(f"{name} is read as {other}")
                        return value
            if name.endswith("ReaderFast"):
                plain = name[:-4]
                if plain in self._where:
                    value = getattr(self, plain)
                    return value
            if name.endswith("Tokenizer") or name.endswith("TokenizerFast"):
                lookup = name[:-4] if name.endswith("TokenizerFast") else name
                if lookup in SLOW_TO_FAST_CONVERTERS:
                    return self._converted(lookup)
            raise AttributeError(name)

    SLOW_TO_FAST_CONVERTERS = {"OldTokenizer": None, "Scanner": None, "OldTokenizerFast": None}
"""
FAST = '__all__ = ["NetReader", "AudioReader", "Scanner"]\nclass NetReader: pass\nAudioReader = Scanner = NetReader\n'
SLOW = '__all__ = ["NetReaderSlow", "ScannerSlow"]\nclass NetReaderSlow: pass\nclass ScannerSlow: pass\n'


def snapshot(lazy: str = LAZY) -> Linked:
    """Return the linked package."""
    files = {"kit/__init__.py": INIT, "kit/lazy.py": lazy, "kit/read_net.py": FAST, "kit/read_slowly.py": SLOW}
    return linked({name: dedent(source) for name, source in files.items()})


def found(lazy: str = LAZY) -> dict[str, list[Need]]:
    """Return the needs of whole objects by the last part of the owner."""
    needs: dict[str, list[Need]] = {}
    for need in snapshot(lazy).needs:
        if need.origin in {"file-rule", "placeholder"}:
            needs.setdefault(need.owner.rpartition(".")[2], []).append(need)
    return needs


def test_another_object_is_given_while_it_misses_nothing_itself() -> None:
    """Both say when: the placeholder is left where there is no other, or where only other backends are missing."""
    placeholder, fallback = found()["NetReader"]
    assert (placeholder.effect, placeholder.enforced) == ("placeholder", True)
    assert text(canonical(placeholder.when)) == '{"any":[{"module":"quick"},{"not":{"module":"slow"}}]}'
    assert placeholder.backends == ("quick", "slow")
    assert (fallback.effect, fallback.enforced, fallback.action) == ("fallback", False, "NetReaderSlow")
    assert text(canonical(fallback.needs)) == '{"module":"quick"}'
    assert text(canonical(fallback.when)) == '{"module":"slow"}'
    assert fallback.message == "{name} is read as {other}"
    assert {place.role for place in fallback.places} >= {"site", "guard", "message"}


def test_objects_of_another_ending_and_those_without_another_are_placeholders() -> None:
    """`AudioReaderSlow` is not offered; `Scanner` does not end so."""
    needs = found()
    for name in ("AudioReader", "Scanner", "NetReaderSlow"):
        assert [(need.effect, need.when) for need in needs[name]] == [("placeholder", True)]


def test_another_object_that_is_given_even_as_a_placeholder() -> None:
    """Without a test of what it misses, it is given in any case."""
    placeholder, fallback = found(LAZY.replace(" and other not in self._missing", ""))["NetReader"]
    assert text(canonical(fallback.needs)) == '{"all":[{"module":"quick"},{"module":"slow"}]}'
    assert fallback.when is True
    assert text(canonical(placeholder.when)) == '{"all":[{"module":"quick"},{"module":"slow"}]}'


def test_an_object_is_offered_under_the_names_that_are_answered_with_it() -> None:
    """`ReaderFast` without its last letters is looked for; what does not end so has no such name."""
    linked_package = snapshot()
    assert linked_package.exports["kit.read_net.NetReader"] == [("kit", "NetReader"), ("kit", "NetReaderFast")]
    assert linked_package.exports["kit.read_net.Scanner"] == [("kit", "Scanner")]
    [place] = linked_package.old_names["kit.read_net.NetReader"]
    assert (place.path, place.role) == ("kit/lazy.py", "declaration")


def test_the_keys_of_a_table_are_answered_under_their_names_and_those_made_of_them() -> None:
    """What is offered is no old name, and neither is a key that does not end so."""
    answered = {name: list(each.names) for name, each in snapshot().answered.items()}
    assert answered == {
        "kit.OldTokenizer": ["OldTokenizer", "OldTokenizerFast"],
        "kit.OldTokenizerFast": ["OldTokenizerFast"],
    }
    assert {place.role for place in snapshot().answered["kit.OldTokenizer"].places} == {"declaration", "constant"}
