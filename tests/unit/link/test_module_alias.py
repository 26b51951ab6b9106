"""Modules that are answered under old names: which, what of them has another name there, and what is not understood."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

FINDER = """
    import importlib
    import importlib.abc

    class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def __init__(self, resolve):
            self.resolve = resolve

        def exec_module(self, module):
            new = importlib.import_module(module.__spec__.loader_state)
            vars(module).update(vars(new))

            def __getattr__(name):
                if name.endswith("ReaderFast") and hasattr(new, name[:-4]):
                    return getattr(new, name[:-4])
                raise AttributeError(name)

            module.__getattr__ = __getattr__
"""
INIT = """
    import re
    import sys
    from .finding import Finder

    _FAST = re.compile(rf"{re.escape(__name__)}\\.models\\.(\\w+)\\.read_(?!slow_)(\\w+)_fast")
    _OLD = {"tokens_fast": "tokens", "gone": "nowhere", "tokens": "finding"}

    def _new_name(old):
        if (match := _FAST.fullmatch(old)) is not None:
            return f"{__name__}.models.{match[1]}.read_{match[2]}"
        package, _, name = old.rpartition(".")
        if package == __name__ and name in _OLD:
            return f"{__name__}.{_OLD[name]}"
        return None

    sys.meta_path.append(Finder(_new_name))
"""
FILES = {
    "kit/__init__.py": INIT,
    "kit/finding.py": FINDER,
    "kit/tokens.py": "def split(text): ...\n",
    "kit/models/__init__.py": "",
    "kit/models/vit/__init__.py": "",
    "kit/models/vit/read_vit.py": "class VitReader: ...\nclass Helper: ...\n",
    "kit/models/vit/read_slow_vit.py": "class VitReaderSlow: ...\n",
}


def aliases(files: dict[str, str]) -> dict[str, str]:
    """Return the modules that old names stand for."""
    return {name: alias.target for name, alias in linked(files).modules.items()}


def test_a_finder_is_asked_for_the_names_of_its_tables_and_patterns() -> None:
    """A name that a pattern leaves out, that is a module's own, or that leads nowhere is none."""
    found = linked(FILES).modules
    assert {name: alias.target for name, alias in found.items()} == {
        "kit.tokens_fast": "kit.tokens",
        "kit.models.vit.read_vit_fast": "kit.models.vit.read_vit",
    }
    assert found["kit.models.vit.read_vit_fast"].renamed == {"VitReaderFast": "kit.models.vit.read_vit.VitReader"}
    assert [place.path for place in found["kit.tokens_fast"].places] == [*["kit/__init__.py"] * 3, "kit/finding.py"]


def test_entries_of_the_table_of_modules_are_read_also_in_a_loop() -> None:
    """What such an entry is may be another entry, or a module that is imported."""
    init = """
        import sys
        from . import tokens
        OLD = ["kit.words", "kit.parts"]
        sys.modules["kit.old"] = sys.modules["kit.finding"]
        sys.modules[f"{__name__}.pieces"] = tokens
        sys.modules["other.pieces"] = tokens
        for name in OLD:
            sys.modules[name] = sys.modules["kit.tokens"]
    """
    assert aliases({**FILES, "kit/__init__.py": init}) == {
        "kit.old": "kit.finding",
        "kit.parts": "kit.tokens",
        "kit.pieces": "kit.tokens",
        "kit.words": "kit.tokens",
    }


def test_a_table_of_another_module_is_followed() -> None:
    """What the function mentions may be imported."""
    table = '_OLD = {"tokens_fast": "tokens", "gone": "nowhere", "tokens": "finding"}'
    init = INIT.replace(table, "from .tables import _OLD")
    files = {**FILES, "kit/__init__.py": init, "kit/tables.py": f"{table}\n"}
    assert aliases(files) == aliases(FILES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return None\n", "for each in _OLD:\n            return each\n"),
        ("if package == __name__ and name in _OLD", "if asked(package, name)"),
    ],
    ids=["a loop", "a call"],
)
def test_what_is_not_understood_is_counted_and_gives_no_names(old: str, new: str) -> None:
    """Nothing is guessed of a function with more than tests, assignments and returns."""
    found = linked({**FILES, "kit/__init__.py": INIT.replace(old, new)})
    assert "kit.tokens_fast" not in found.modules
    assert any(shape.startswith("module-alias: ") for shape in found.problems)


def test_a_template_that_takes_long_is_given_up() -> None:
    """Groups beside groups, in a template of strangers, would be tried in every way."""
    groups = "".join(f"{{match[{number}]}}" for number in range(1, 30))
    init = INIT.replace('f"{__name__}.models.{match[1]}.read_{match[2]}"', f'f"{groups}!"')
    files = {**FILES, "kit/__init__.py": init, f"kit/{'a' * 120}.py": ""}
    found = linked(files)
    assert "module-alias: a template that takes too long" in found.problems or "kit.tokens_fast" in found.modules
