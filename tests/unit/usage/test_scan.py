"""What a program uses of a library: imports, calls with their arguments, bases, overrides, and objects it holds."""

from __future__ import annotations

import textwrap

import pytest

from miner.model.use import Use
from miner.syntax.index import read_outline
from miner.syntax.snippet import SnippetReader
from miner.usage.scan import Scanner
from miner.usage.scope import Scope


def uses(code: str, version: str | None = None) -> list[Use]:
    outline = read_outline(textwrap.dedent(code).encode(), SnippetReader())
    return list(Scanner(["kit"], version).uses(outline, "p.py", Scope()))


HEAD = "import kit\nfrom packaging import version\nfrom packaging.version import Version\nimport importlib.metadata\n"


@pytest.mark.parametrize(
    "test",
    [
        "version.parse(kit.__version__) >= version.parse('2.0')",
        "Version(kit.__version__) > Version('1.9.9')",
        "Version('2') <= Version(kit.__version__)",
        "kit.__version__ >= '2'",
        "version.parse(version.parse(kit.__version__).base_version) != version.parse('1.0')",
        "Version(kit.__version__).major >= 2",
        "version.parse(importlib.metadata.version('kit')) >= version.parse('2.0.0')",
        "not Version(kit.__version__) < Version('2')",
        "is_kit_version('>=', '2.0')",
        "other or kit.__version__ >= '2'",
    ],
)
def test_what_is_run_with_other_releases_only_is_left_out(test):
    """Whether the test stands in the if or is held by a name; a release that is not known decides nothing."""
    for code in (
        f"{HEAD}if {test}:\n    kit.new()\nelse:\n    kit.old()",
        f"{HEAD}NEW = {test}\nif NEW:\n    kit.new()\nelse:\n    kit.old()",
    ):
        calls = [
            [use.name for use in uses(code, release) if use.kind == "call" and use.name != "kit.__version__"]
            for release in ("2.1", None)
        ]
        assert calls == [["kit.new"], ["kit.new", "kit.old"]]


@pytest.mark.parametrize(
    "test",
    [
        "kit.__version__ >= '2' and other",
        "Version(kitchen.__version__) >= Version('2')",
        "is_kitchen_version_of('>=', other)",
        "Version(kit.__version__) >= OLDEST",
        "version >= '2'",
        "kit.__version__ >= 'two'",
    ],
)
def test_what_may_be_run_is_kept(test):
    code = f"{HEAD}import kitchen\nif {test}:\n    kit.new()\nelse:\n    kit.old()"
    assert [use.name for use in uses(code, "2.1") if use.kind == "call"] == ["kit.new", "kit.old"]


def test_an_import_that_may_fail():
    """Where the program goes on when it fails, also nested; other uses in the same try are none."""
    code = """
    try:
        from kit import old
        old.make()
    except ImportError:
        from kit import new
    try:
        from kit import third
    except ValueError:
        pass
    if TYPE_CHECKING:
        from kit import fourth
    if typing.TYPE_CHECKING:
        from kit import fifth
    else:
        from kit import sixth
    """
    assert [(use.name, use.is_handled) for use in uses(code)] == [
        ("kit.old", True),
        ("kit.old.make", False),
        ("kit.new", False),
        ("kit.third", False),
        ("kit.fourth", True),
        ("kit.fifth", True),
        ("kit.sixth", False),
    ]


@pytest.mark.parametrize(
    ("handler", "is_met"),
    [
        ("from kit import new as old", True),
        ("old = None", True),
        ("if other:\n        def old(): ...\n    else:\n        class old: ...", True),
        ("HAS_OLD = False", False),
        ("pass", False),
    ],
)
def test_a_handler_gives_something_else_for_what_is_not_there_or_goes_without(handler, is_met):
    code = f"try:\n    from kit import old\nexcept ImportError:\n    {handler}\n"
    assert [use.is_met for use in uses(code) if use.is_handled] == [is_met]


@pytest.mark.parametrize(
    ("caught", "handler", "handled"),
    [
        ("AttributeError", "x = 1", [("import", True), ("read", True)]),
        ("AttributeError", "pass", [("import", False), ("read", False)]),
        ("Exception", "x = 1", [("import", True), ("read", True)]),
        ("(TypeError, ImportError)", "x = 1", [("import", True)]),
        ("ImportError as e", "raise OSError from e", []),
        ("KeyError", "x = 1", []),
    ],
)
def test_what_a_handler_catches_may_fail(caught, handler, handled):
    """A name that is read as an attribute too; one that raises again catches nothing."""
    code = f"import kit\ntry:\n    from kit import x\n    kit.a.b\nexcept {caught}:\n    {handler}\n"
    assert [(use.kind, use.is_met) for use in uses(code) if use.is_handled] == handled


def shown(code: str, *kinds: str) -> list[str]:
    """Return what is used of the library; that it is imported itself is left out."""
    found = (use for use in uses(code) if use.name != "kit" and (not kinds or use.kind in kinds))
    return [f"{use.kind} {use.name}:{use.line}" for use in found]


def test_an_attribute_that_a_class_sets_itself_is_its_own():
    code = """
    from kit import Net
    class Mine(Net):
        def __init__(self):
            self.size: int = 1
        def run(self):
            self.size.grow()
            self.depth.grow()
            self.size == 2
    """
    assert [use.name for use in uses(code) if use.kind == "call"] == ["kit.Net.depth.grow"]


def test_an_import_of_the_library_itself_is_a_use():
    assert [(use.kind, use.name, use.line) for use in uses("import kit\nimport kit as k\nimport kitchen")] == [
        ("import", "kit", 1),
        ("import", "kit", 2),
    ]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import kit\nkit.make()", ["call kit.make:2"]),
        ("import kit.net as n\nn.Net(1)", ["import kit.net:1", "call kit.net.Net:2"]),
        ("from kit import make as build\nbuild()", ["import kit.make:1", "call kit.make:2"]),
        ("from kitchen import make\nmake()", []),
        ("from .kit import make\nmake()", []),
        ("def f():\n    from kit import make\n    make()\nmake()", ["import kit.make:2", "call kit.make:3"]),
        ("from kit import make\ndef f(make):\n    make()", ["import kit.make:1"]),
        ("from kit import make\nmake = other\nmake()", ["import kit.make:1"]),
        ("from kit import make\nrun(make)", ["import kit.make:1", "read kit.make:2"]),
        ("from kit import make\n@make(1)\ndef f(): ...", ["import kit.make:1", "call kit.make:2"]),
        ("import kit\nx = [kit.make(y) for y in z if kit.ok]", ["call kit.make:2", "read kit.ok:2"]),
        ("import kit\nf = lambda: kit.make()", ["call kit.make:2"]),
        ("import kit\nrun(\n    1,\n    kit.make(),\n)", ["call kit.make:4"]),
    ],
)
def test_names_are_followed_to_the_library(code, found):
    assert shown(code) == found


@pytest.mark.parametrize(
    "code",
    [
        "n = Net()\nn.run()",
        "n = Net.load('x')\nn.run()",
        "with Net() as n:\n    n.run()",
        "def f(n: Net):\n    n.run()",
        "def f(n: 'Net' = None):\n    n.run()",
        "def f(n: Net | None):\n    n.run()",
        "n: Net = other()\nn.run()",
        "class A:\n    def __init__(self):\n        self.n = Net()\n    def go(self):\n        self.n.run()",
        "Net().run()",
        "class B(Net): ...\nb = B()\nb.run()",
        "class B(Net):\n    def go(self):\n        self.run()",
        "class B(Net):\n    def run(self):\n        super().run()",
    ],
)
def test_methods_of_objects_that_the_library_makes(code):
    assert "call kit.Net.run" in [f"{use.kind} {use.name}" for use in uses(f"from kit import Net\n{code}")]


@pytest.mark.parametrize(
    "code",
    [
        "n = other(Net)\nn.run()",
        "n = Net()\nn = other()\nn.run()",
        "n, m = Net()\nn.run()",
        "n = Net().part()\nn.run()",
        "for n in Net():\n    n.run()",
        "class B(Net):\n    def run(self): ...\nb = B()\nb.run()",
        "class B(Net):\n    def run(self): ...\n    def go(self):\n        self.run()",
        "def f(n):\n    n.run()",
    ],
)
def test_what_an_object_is_may_not_be_known(code):
    assert [
        use for use in uses(f"from kit import Net\n{code}") if use.kind == "call" and use.name == "kit.Net.run"
    ] == []


def test_a_class_that_derives_from_one_overrides_its_methods():
    code = """
        from kit import Net, Mixin

        class Mine(Mixin, Net):
            def step(self): ...

        Mine(1)
    """
    assert shown(code, "base", "override", "call") == [
        "base kit.Mixin:4",
        "base kit.Net:4",
        "override kit.Mixin.step:5",
        "override kit.Net.step:5",
        "call kit.Mixin:7",
    ]


def test_a_class_with_an_initialiser_of_its_own_does_not_pass_its_arguments_on():
    code = "from kit import Net\nclass Mine(Net):\n    def __init__(self, a): ...\nMine(1)"
    assert shown(code, "call") == []


def test_the_arguments_of_a_call():
    (call,) = [
        use for use in uses("import kit\nkit.make(1, x, dtype=None, n=len(x), *rest, **more)") if use.kind == "call"
    ]
    assert [(each.keyword, each.position, each.known, each.value) for each in call.arguments] == [
        (None, 0, True, 1),
        (None, 1, False, None),
        ("dtype", None, True, None),
        ("n", None, False, None),
    ]
    assert call.is_open


def test_a_name_is_where_it_stands_whole():
    code = """
        from kit.data import (
            LineTextDataset,
            TextDataset,
        )
    """
    assert shown(code, "import") == ["import kit.data.LineTextDataset:3", "import kit.data.TextDataset:4"]


def test_what_a_handler_binds_is_for_where_the_body_fails():
    """The names of the body stand after a try; without one of the body, that of the handler does."""
    code = """
    try:
        from kit import New
        Name = New
    except ImportError:
        from kit import Old as Name
        from kit import Other
    Name.load()
    Other.load()
    """
    assert [use.name for use in uses(code) if use.kind == "call"] == ["kit.New.load", "kit.Other.load"]


def test_what_names_a_class_of_the_program_or_deletes_a_name_reads_none():
    """A class that derives from one of the library's is of the program, also in an annotation."""
    code = """
    from kit import generic
    from kit.configs import Config

    class OwnConfig(Config):
        pass

    def make(own: OwnConfig, theirs: Config):
        del generic.Recorder
        return generic.Player
    """
    assert shown(code, "read") == ["read kit.configs.Config:8", "read kit.generic.Player:10"]
