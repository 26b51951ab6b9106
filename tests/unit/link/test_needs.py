"""What gates, stand-ins, decorators and rules state of each object, once names are resolved."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked, needs

from miner.formula.atom import Package
from miner.formula.canonical import canonical
from miner.formula.notation import text

GATE = """
    import importlib.metadata
    import importlib.util
    from packaging import version

    def is_torch_available():
        return importlib.util.find_spec("torch") is not None

    def is_new_torch_available():
        return version.parse(importlib.metadata.version("torch")) >= version.parse("2.6")

    def is_scipy_available():
        return importlib.util.find_spec("scipy") is not None

    BACKENDS_MAPPING = {
        "torch": (is_torch_available, "{0} needs torch"),
        "scipy": (is_scipy_available, "{0} needs scipy"),
    }

    def requires_backends(obj, backends):
        failed = [message for check, message in map(BACKENDS_MAPPING.get, backends) if not check()]
        if failed:
            raise ImportError("".join(failed))

    def requires(*, backends=()):
        def attach(obj):
            def call(*args, **kwargs):
                requires_backends(obj, backends)
                return obj(*args, **kwargs)
            return call
        return attach

    class Optional(BaseException): pass
    class DummyObject(type): pass
"""
TORCH, SCIPY = '{"module":"torch"}', '{"module":"scipy"}'
BOTH = f'{{"all":[{SCIPY},{TORCH}]}}'


def found(init: str = "", **files: str) -> list[tuple[str, str, str, str]]:
    """Return the needs of a package `kit` with these modules."""
    sources = {"kit/__init__.py": init, "kit/gate.py": GATE}
    stated = needs(linked(sources | {f"kit/{name}.py": source for name, source in files.items()}))
    return [need for need in stated if need[3] in {"decorator", "file-rule", "placeholder"}]


NET = "class Net: pass\nclass Other: pass\n"
GATED = """
    from .gate import is_torch_available, is_scipy_available, Optional
    _import_structure = {"plain": ["Plain"]}
    try:
        if not is_torch_available():
            raise Optional()
    except Optional:
        from . import dummy
        _import_structure["dummy"] = [n for n in dir(dummy)]
    else:
        _import_structure["net"] = ["Net"]
"""
DUMMY = """
    from .gate import DummyObject, requires_backends
    class Net(metaclass=DummyObject):
        _backends = ["torch"]
"""


def test_a_gated_export_with_a_stand_in() -> None:
    """The object where it is defined needs what the gate asks for; without it, a placeholder."""
    assert found(GATED, net=NET, dummy=DUMMY, plain="class Plain: pass") == [
        ("kit.net.Net", TORCH, "placeholder", "placeholder")
    ]


def test_a_gated_export_without_a_stand_in() -> None:
    """It is not offered."""
    assert found(GATED, net=NET) == [("kit.net.Net", TORCH, "disable", "placeholder")]


def test_a_structure_under_if_and_a_copy_for_type_checkers() -> None:
    """The copy says nothing new; nested gates add up."""
    init = """
        from .gate import is_torch_available, is_scipy_available
        from typing import TYPE_CHECKING
        _import_structure = {"net": []}
        if is_torch_available():
            _import_structure["net"].append("Net")
            if is_scipy_available():
                _import_structure["net"].extend(["Other"])
        if TYPE_CHECKING:
            if is_torch_available():
                from .net import Net
                _import_structure["net"].append("Twin")
    """
    assert found(init, net=NET) == [
        ("kit.net.Net", TORCH, "disable", "placeholder"),
        ("kit.net.Other", BOTH, "disable", "placeholder"),
    ]


@pytest.mark.parametrize("statement", ['__all__.append("Net")', '__all__.extend(["Net"])', '__all__ += ["Net"]'])
def test_a_name_added_to_all_under_a_condition(statement: str) -> None:
    """The object needs what the condition asks for."""
    init = f"""
        from .gate import is_torch_available
        __all__ = ["is_torch_available"]
        if is_torch_available():
            from .net import Net
            {statement}
    """
    assert found(init, net=NET) == [("kit.net.Net", TORCH, "disable", "placeholder")]


def test_a_decorator_that_names_backends() -> None:
    """On a function it is the function that needs them, on a method the method alone."""
    net = """
        from .gate import requires
        @requires(backends=("torch", "scipy>=1.2"))
        def run(): pass
        class Net:
            @requires(backends=["torch"])
            def call(self): pass
    """
    newer = '{"module":"scipy","version":[[">=","1.2"]]}'
    assert [row[:2] for row in found(net=net)] == [
        ("kit.net.Net.call", TORCH),
        ("kit.net.run", f'{{"all":[{newer},{TORCH}]}}'),
    ]


@pytest.mark.parametrize(
    ("definition", "needed", "effect"),
    [
        ("    if not is_torch_available():\n            raise ValueError('x')\n        return func", TORCH, "raise"),
        ("    import unittest\n        return unittest.skipUnless(is_torch_available(), 'x')(func)", TORCH, "skip"),
        (
            "    import pytest\n        return pytest.mark.skipif(not is_torch_available(), reason='x')(func)",
            TORCH,
            "skip",
        ),
        (
            (
                "    import pytest\n        gone = not is_torch_available()\n"
                "        return pytest.mark.skipif(gone, reason='x')(func)"
            ),
            TORCH,
            "skip",
        ),
        (
            "    if is_torch_available():\n            return func\n        else:\n            raise ValueError('x')",
            TORCH,
            "raise",
        ),
    ],
)
def test_a_decorator_that_carries_its_backend_in_its_name(definition: str, needed: str, effect: str) -> None:
    """What it needs is read from its own body."""
    net = "from .testing import require_torch\n@require_torch\ndef check(): pass\n"
    testing = f"\n    from .gate import is_torch_available\n    def require_torch(func):\n    {definition}\n"
    rows = found(net=net, testing=testing)
    assert [(owner, done) for owner, _, done, _ in rows] == [("kit.net.check", effect)]
    assert rows[0][1] == needed


@pytest.mark.parametrize(
    ("used", "version"),
    [("", ">=1.1"), ("()", ">=1.1"), ("('3.0')", ">=3.0"), ("(floor='2.0')", ">=2.0"), ("(NEWEST)", ">=4.0")],
)
def test_a_decorator_with_arguments(used: str, version: str) -> None:
    """What a call gives the decorator decides, or else the default; constants are those of the caller's module."""
    net = f"from .testing import require_slate\nNEWEST = '4.0'\n@require_slate{used}\ndef check(): pass\n"
    testing = """
    import importlib.metadata
    import unittest
    from packaging.version import parse
    FLOOR = "1.1"
    def is_slate_available(floor):
        return parse(importlib.metadata.version("slate")) >= parse(floor)
    def require_slate(test=None, floor=FLOOR):
        return unittest.skipUnless(is_slate_available(floor), "x")
    """
    if "(" in used and "floor=" not in used:
        testing = testing.replace("test=None, ", "")
    [(owner, needed, _, _)] = found(net=net, testing=testing)
    assert owner == "kit.net.check"
    assert needed == f'{{"package":"slate","version":[[">=","{version[2:]}"]]}}'


def test_a_decorator_with_constants_of_two_modules() -> None:
    """The same call in two modules means what the constants of each are."""
    testing = """
    import importlib.metadata
    import unittest
    from packaging.version import parse
    def require_slate(floor):
        return unittest.skipUnless(parse(importlib.metadata.version("slate")) >= parse(floor), "x")
    """
    use = "from .testing import require_slate\nFLOOR = '{}'\n@require_slate(FLOOR)\ndef check(): pass\n"
    rows = found(a=use.format("1.5"), b=use.format("2.5"), testing=testing)
    assert [(owner, "1.5" in needed, "2.5" in needed) for owner, needed, _, _ in rows] == [
        ("kit.a.check", True, False),
        ("kit.b.check", False, True),
    ]


def test_a_decorator_of_another_library_says_nothing() -> None:
    """It is not of this snapshot."""
    assert found(net="from django import require_torch\n@require_torch\ndef check(): pass\n") == []


def test_what_is_offered_is_found_where_it_is_defined() -> None:
    """Also through the lazy structure of the package."""
    snapshot = linked(
        {"kit/__init__.py": GATED, "kit/gate.py": GATE, "kit/net.py": NET, "kit/plain.py": "class Plain: pass"}
    )
    assert ("kit", "Net") in snapshot.exports["kit.net.Net"]
    assert ("kit", "Plain") in snapshot.exports["kit.plain.Plain"]


def test_a_backend_in_no_table_is_opaque() -> None:
    """Never guessed."""
    net = 'from .gate import requires\n@requires(backends=("unheard",))\ndef run(): pass\n'
    [(owner, needed, _, _)] = found(net=net)
    assert owner == "kit.net.run"
    assert "unheard" in needed
    assert "no table" in needed


def test_offers_of_a_file_that_stands_in_no_package():
    """A lazy structure outside of any package is that of the file itself."""
    found = linked(
        {
            "loose/structure.py": """
                _import_structure = {"a": ["X"]}
                try:
                    if not is_torch_available():
                        raise OptionalDependencyNotAvailable()
                except OptionalDependencyNotAvailable:
                    pass
                else:
                    _import_structure["b"] = ["Y"]
            """,
            "src/kit/__init__.py": "",
        }
    )
    assert [need.action for need in found.needs if need.origin == "placeholder"] == ["loose.structure does not offer Y"]


def test_a_stand_in_that_is_none() -> None:
    """What stands among the placeholders as None is not offered as a real thing either."""
    init = """
        from .gate import is_torch_available
        class OptionalDependencyNotAvailable(Exception): pass
        _import_structure = {"plain": ["Plain"]}
        try:
            if not is_torch_available():
                raise OptionalDependencyNotAvailable()
        except OptionalDependencyNotAvailable:
            from . import dummy
            _import_structure["dummy"] = [name for name in dir(dummy) if not name.startswith("_")]
        else:
            _import_structure["net"] = ["Net", "TABLE"]
    """
    dummy = f"{DUMMY}    TABLE = None\n"
    snapshot = linked(
        {"kit/__init__.py": init, "kit/gate.py": GATE, "kit/net.py": f"{NET}\nTABLE = {{}}\n", "kit/dummy.py": dummy}
    )
    stated = {need.owner: (need.effect, need.action) for need in snapshot.needs if need.origin == "placeholder"}
    assert stated == {"kit.net.Net": ("placeholder", None), "kit.net.TABLE": ("disable", "kit.TABLE is None")}


@pytest.mark.parametrize(
    ("imported", "call"),
    [
        ("import importlib.metadata", "importlib.metadata.version"),
        ("from importlib import metadata", "metadata.version"),
        ("import importlib.metadata as im", "im.version"),
        ("from importlib.metadata import version as release", "release"),
    ],
)
def test_what_asks_for_packages_is_known_under_any_name(imported: str, call: str) -> None:
    """Also where a local holds the answer."""
    found = linked(
        {
            "kit/__init__.py": "",
            "kit/fast.py": f"""
                {imported}
                from packaging import version

                def train(net):
                    is_new = version.parse({call}("quick")) >= version.parse("1.0.2")
                    if is_new:
                        return net.fit()
                    logger.warning("no training")
                    return None
            """,
        }
    )
    wanted = Package(package="quick", version=((">=", "1.0.2"),))
    assert ("kit.fast.train", wanted, "skip") in {(each.owner, each.needs, each.effect) for each in found.needs}


def test_a_message_is_told_with_the_object_that_a_call_names() -> None:
    """`{0}` is what the call gives, but for the object itself: that is of whichever class."""
    use = """
        from .gate import requires_backends
        def load():
            pass
        def _load_torch():
            requires_backends(load, ["torch"])
        class Net:
            def fit(self):
                requires_backends(self, ["torch"])
    """
    stated = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/use.py": use}).needs
    assert {need.owner: need.message for need in stated if need.origin == "helper-call"} == {
        "kit.use._load_torch": "load needs torch",
        "kit.use.Net.fit": "{0} needs torch",
    }


SOFT = """
    from .gate import is_torch_available

    def kinds():
        return (1,) if not is_torch_available() else (1, 2)

    def marked(case):
        try:
            import pytest
        except ImportError:
            return case
        return pytest.mark.slow(case)

    def tried(case):
        try:
            import pytest
        except ImportError:
            return False
        return True
"""


def test_a_choice_for_want_of_something_needs_that() -> None:
    """Whichever arm it stands in; what is returned instead is no way to leave without anything."""
    stated = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/a.py": SOFT}).needs
    assert sorted(
        (need.owner, text(canonical(need.needs)), need.effect, need.action) for need in stated if need.owner[4] == "a"
    ) == [
        ("kit.a.kinds", TORCH, "fallback", "(1,)"),
        ("kit.a.marked", '{"module":"pytest"}', "fallback", "return case"),
        ("kit.a.tried", '{"module":"pytest"}', "skip", "return False"),
    ]
