"""What gates, helper calls and soft uses need, once names are resolved across modules."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import indent

import pytest

from miner.formula.canonical import canonical
from miner.formula.notation import from_json
from miner.formula.text import render
from miner.link.gate import without_implied

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

GATE = """
    import importlib.metadata
    import importlib.util
    from packaging import version

    FLOOR = "1.2"

    def is_slate_available(min_version=FLOOR):
        if importlib.util.find_spec("slate") is None:
            return False
        return version.parse(importlib.metadata.version("slate")) >= version.parse(min_version)

    def is_torch_available():
        return importlib.util.find_spec("torch") is not None

    _drum = importlib.util.find_spec("drum") is not None

    def is_compiling():
        import torch
        return torch.compiler.is_compiling()

    def check_slate(floor, hint="x"):
        if version.parse(importlib.metadata.version("slate")) < version.parse(floor):
            raise ImportError(f"slate {floor} is needed")

    def is_tool_ready():
        return is_torch_available() and torch.cuda.is_available()
"""
HEAD = """
    import importlib.metadata
    import os
    import sys
    import torch
    import numpy as np
    from packaging import version
    from .gate import _drum, check_slate, is_compiling, is_slate_available, is_torch_available
    MODES = ("a", "b")
"""


def stated(source: str) -> list[tuple[str, str, str, str, str | None]]:
    """Return owner, needs, when, effect and exception (or action) of each need of the module `kit.use`."""
    found = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/use.py": HEAD + source})
    return sorted(
        (
            need.owner.removeprefix("kit.use").removeprefix("."),
            render(canonical(need.needs)),
            render(canonical(need.when)),
            need.effect,
            need.exception or need.action,
        )
        for need in found.needs
        if need.owner.startswith("kit.use") and need.enforced
    )


def gate(body: str) -> list[tuple[str, str]]:
    """Return needs and when of the raises in a method `f` with these statements."""
    source = "\n    class C:\n        def f(self, mode, count=1, **kwargs):\n" + "".join(
        f"            {line}\n" for line in body.strip("\n").split("\n")
    )
    return [(needs, when) for owner, needs, when, _, _ in stated(source) if owner == "C.f"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if not is_slate_available():\n    raise ValueError", [("slate >= 1.2", "always")]),
        ("if not is_slate_available('2'):\n    raise ValueError", [("slate >= 2", "always")]),
        ("if not _drum:\n    raise ValueError", [("drum", "always")]),
        ("if mode == 'a' and not _drum:\n    raise ValueError", [("drum", "mode == 'a'")]),
        ("ok = is_torch_available()\nif not ok:\n    raise ValueError", [("torch", "always")]),
        ("if self.fast:\n    return\nif not _drum:\n    raise ValueError", [("drum", "not self.fast")]),
        ("if not _drum:\n    raise ValueError\nelif mode:\n    raise KeyError", [("drum", "always")]),
        ("assert torch.cuda.is_available()", [("cuda", "always")]),
        ("try:\n    import slate\nexcept ImportError:\n    raise ValueError", [("slate", "always")]),
        ("if is_compiling():\n    raise ValueError", []),
        (
            (
                "if not torch.cuda.is_available() and not torch.xpu.is_available():\n    return\n"
                "if torch.cuda.is_available() and torch.cuda.get_device_capability() < (8, 9):\n    return\n"
                "if mode == 'a':\n    raise ValueError('a is no mode')"
            ),
            [],
        ),
        (
            (
                "if torch.cuda.get_device_capability() < (8, 9):\n    return\n"
                "if mode == 'a':\n    raise ValueError('no mode a on SM89')"
            ),
            [("cuda capability < 8.9", "mode == 'a'")],
        ),
        ("if not (_drum or is_torch_available()):\n    raise ValueError", [("drum or torch", "always")]),
        (
            "v = version.parse(importlib.metadata.version('slate'))\nif v < version.parse('3'):\n    raise ValueError",
            [("slate >= 3", "slate")],
        ),
        (
            (
                "major, minor = torch.cuda.get_device_capability()\n"
                "if (major < 8) or (major == 8 and minor < 9):\n    raise ValueError"
            ),
            [("cuda capability >= 8.9", "cuda")],
        ),
        (
            "major, minor = torch.cuda.get_device_capability()\nif (major, minor) < (8, 9):\n    raise ValueError",
            [("cuda capability >= 8.9", "cuda")],
        ),
        ("if torch.cuda.device_count() < 2:\n    raise ValueError", [("cuda count >= 2", "always")]),
        ("if sys.version_info < (3, 11):\n    raise ValueError", [("Python >= 3.11", "always")]),
        ("if version.parse(np.__version__) < version.parse('2'):\n    raise ValueError", [("numpy >= 2", "numpy")]),
        ("if os.environ.get('KIT') != '1':\n    raise ValueError", [("$KIT == '1'", "always")]),
        ("check_slate('2.0')", [("slate >= 2.0", "slate")]),
        ("if mode:\n    check_slate(floor='2.0')", [("slate >= 2.0", "slate and mode")]),
        ("_drum = mode\nif not _drum:\n    raise ValueError", []),
    ],
)
def test_what_a_raise_needs(body, expected):
    """Through flags, arguments, locals, early exits, handlers, tuples and helpers."""
    assert gate(body) == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("text = 'no drum'\nif mode:\n    text += ' for it'\nraise ValueError(text)", "no drum{...}"),
        ("text = 'one'\nif mode:\n    text = 'two'\nraise ValueError(text)", None),
        ("text = 'one'\nraise ValueError(text)", "one"),
    ],
)
def test_a_message_that_a_local_holds(body, message):
    """Also where more is added to it on the way."""
    lines = "".join(f"            {line}\n" for line in body.split("\n"))
    source = f"\n    def f(mode):\n        if not is_torch_available():\n{lines}"
    found = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/use.py": HEAD + source})
    assert {need.message for need in found.needs if need.owner == "kit.use.f" and need.enforced} == {message}


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ("[check_slate_2]", [("slate >= 2", "slate")]),
        ("[at_least(9, 0), lambda x: x]", [("cuda capability >= 9.0", "cuda")]),
        ("[check_slate_2, at_least(8, 9)]", [("cuda capability >= 8.9", "cuda"), ("slate >= 2", "slate")]),
        ("[is_slate_available, unknown]", []),
        ("[]", []),
    ],
)
def test_what_a_decorator_checks_before(checks, expected):
    """The functions that it is given in a list raise for what it decorates, also those that another function makes."""
    source = f"""
    def check_slate_2(x):
        if version.parse(importlib.metadata.version("slate")) < version.parse("2"):
            raise ImportError

    def at_least(major, minor):
        def check(x):
            if torch.cuda.get_device_capability(x.device) < (major, minor):
                raise ValueError
        return check

    @register("flash", constraints={checks})
    def attend(x):
        return x
"""
    assert [(needs, when) for owner, needs, when, _, _ in stated(source) if owner == "attend"] == expected


def soft(body: str) -> list[tuple[str, str | None]]:
    """Return effect and action of each soft use in a function `f` with these statements."""
    source = "\n    def f(mode):\n" + "".join(f"        {line}\n" for line in body.strip("\n").split("\n"))
    found = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/use.py": HEAD + source})
    return [(need.effect, need.action) for need in found.needs if need.owner == "kit.use.f" and not need.enforced]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if not is_torch_available():\n    return\nrun()", [("skip", "return")]),
        ("if not is_torch_available():\n    return False\nrun()", [("skip", "return False")]),
        (
            "if is_torch_available():\n    return fast(mode)\nelse:\n    return slow(mode)",
            [("fallback", "return slow(mode)")],
        ),
        ("if is_torch_available():\n    import torch\n    torch.beat()", [("skip", "without: torch.beat()")]),
        ("if is_torch_available():\n    import torch", [("disable", "without torch")]),
        ("if is_torch_available():\n    mode = 1\nelse:\n    mode = 2", [("fallback", "mode = 2")]),
    ],
)
def test_what_happens_without(body, expected):
    """Leaving with nothing is a skip, with something else a fallback; an import within other work is part of it."""
    assert soft(body) == expected


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (
            "device = os.environ['KIT']\nif device == 'x' and not _drum:\n    raise ValueError\ndevice = 'y'",
            "$KIT == 'x'",
        ),
        ("device = os.environ['KIT']\nif device == 'x' and not _drum:\n    raise ValueError", "$KIT == 'x'"),
        ("device = 'x'\nif device == 'x' and not _drum:\n    raise ValueError\ndevice = 'y'", "[device == 'x']"),
    ],
)
def test_a_name_of_a_module_at_its_statement(module, expected):
    """It has the value that it has there, not the one that a later statement gives it."""
    source = "\n" + "".join(f"    {line}\n" for line in module.split("\n"))
    assert [(needs, when) for owner, needs, when, _, _ in stated(source) if owner == ""] == [("drum", expected)]


@pytest.mark.parametrize(
    ("test", "when"),
    [
        ("mode not in [k.A, k.B]", "[mode not in [k.A, k.B]]"),
        ("mode in [k.A, k.B]", "[mode in [k.A, k.B]]"),
        ("mode not in {'a': 1, k.B: 2}", "[mode not in {'a': 1, k.B: 2}]"),
        ("not all(f(mode, k) for k in ('a', 'b'))", "not [all(f(mode, k) for k in ('a', 'b'))]"),
        ("any([f(k) for k in ('a', 'b') if g(k)])", "[any([f(k) for k in ('a', 'b') if g(k)])]"),
        ("f(mode) % (k.A * 2) != 0", "[f(mode) % (k.A * 2) != 0]"),
        ("f(not (mode or k.A), -(k.A + 1), (k.A, k.B)[0])", "[f(not (mode or k.A), -(k.A + 1), (k.A, k.B)[0])]"),
    ],
)
def test_a_condition_that_is_not_understood_is_quoted_as_it_is_meant(test, when):
    source = f"def f(mode, k):\n    if {test}:\n        raise ValueError('it is not supported')\n"
    (advice,) = linked({"kit/__init__.py": "", "kit/use.py": source}).told
    assert render(advice.when) == when


def test_a_name_that_a_function_binds_anew_has_no_value_for_those_that_read_it():
    kit = """
        import importlib.util
        _config = None
        _found = None
        def configure(config):
            global _config
            _config = config
        def is_configured():
            return _config is not None
        def is_slate_available():
            global _found
            if _found is None:
                _found = importlib.util.find_spec("slate") is not None
            return _found
    """
    use = """
        from .kit import is_configured, is_slate_available
        def f(mode):
            if is_configured():
                raise ValueError("it is not supported")
            if not is_slate_available():
                raise ValueError("no slate")
    """
    found = linked({"kit/__init__.py": "", "kit/kit.py": kit, "kit/use.py": use})
    assert [render(advice.when) for advice in found.told] == ["[_config is not None]"]
    assert [render(canonical(need.needs)) for need in found.needs] == ["slate"]


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        (
            "if torch.cuda.is_available():\n found = is_slate_available()\nelse:\n found = False",
            [("cuda and slate >= 1.2", "always")],
        ),
        (
            "if mode == 1:\n found = is_slate_available()\nelif mode == 2:\n found = _drum\nelse:\n found = 1",
            [("drum", "not (mode == 1) and mode == 2"), ("slate >= 1.2", "mode == 1")],
        ),
        (
            "found = torch.cuda.is_available()\nif mode:\n found = True",
            [("cuda", "not mode")],
        ),
        (
            "if mode:\n found = torch.cuda.is_available()\nelse:\n return",
            [("cuda", "mode")],
        ),
        ("found = True\nif not found:\n found = torch.cuda.is_available()", []),
        ("if mode:\n found = torch.cuda.is_available()", [("cuda", "always")]),  # else there is no such name
        (
            "if mode:\n if torch.cuda.is_available():\n  found = True\nelse:\n found = True",
            [],
        ),
        ("found = True\nfor found in mode:\n pass", []),
        (
            "if mode:\n found = True\n found = torch.cuda.is_available()\nelse:\n found = True",
            [],
        ),
        ("found = 1\nfound = torch.cuda.is_available()\nif mode:\n found = True", []),
    ],
)
def test_a_local_that_the_arms_of_one_if_bind(binding, expected):
    """It holds what the arm that was taken gives it; where anything else binds it too, nothing is said."""
    body = indent(f"{binding}\nif not found:\n raise ValueError('no')", " " * 8)
    found = [(needs, when) for _, needs, when, _, _ in stated(f"\n    def f(mode):\n{body}\n")]
    assert found == expected


STAND_INS = """
    from .gate import is_slate_available

    if is_slate_available():

        class Carver:
            def merge(self):
                raise AttributeError("Carver does not merge")

    else:

        class Carver:
            def __init__(self):
                raise RuntimeError("Carver needs slate")

            def carve(self, depth):
                raise RuntimeError("Carver needs slate")
"""


def test_a_stand_in_needs_what_it_stands_in_for():
    """What is never supported by something that is there does not need it to be missing."""
    found = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/a.py": STAND_INS})
    stated = sorted((need.owner, render(canonical(need.needs)), need.effect) for need in found.needs)
    assert [each for each in stated if each[0].startswith("kit.a.Carver")] == [
        ("kit.a.Carver.__init__", "slate >= 1.2", "raise"),
        ("kit.a.Carver.carve", "slate >= 1.2", "raise"),
    ]


TYPES = """
    import torch
    from .gate import is_slate_available, is_torch_available

    def is_tensor(x):
        return is_torch_available() and isinstance(x, torch.Tensor)

    def shape(x, fast):
        if is_tensor(x):
            return x.shape
        elif isinstance(x, list):
            return len(x)
        raise ValueError("of another type")

    def fill(x):
        if not (is_slate_available() and isinstance(x, torch.Tensor)):
            raise ValueError("slate is needed")
"""


def test_a_refusal_of_other_types_asks_for_no_module():
    """Nothing is an instance of a class of a module that is missing; of another module it says nothing."""
    found = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/a.py": TYPES})
    stated = [(need.owner, render(canonical(need.needs))) for need in found.needs if need.effect == "raise"]
    assert [each for each in stated if each[0].startswith("kit.a")] == [("kit.a.fill", "slate >= 1.2")]


SOFT_TYPES = """
    from .gate import is_slate_available, is_torch_available

    def plain(x):
        if is_torch_available() and isinstance(x, torch.Tensor):
            return x.numpy()
        elif is_slate_available() and isinstance(x, torch.Tensor):
            return x.slate()
        return x
"""


def test_a_test_of_a_type_goes_another_way_for_no_module():
    """What is of no type of a module is of another one, be it there or not; of another module it says nothing."""
    found = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/a.py": SOFT_TYPES})
    stated = [(need.owner, render(canonical(need.needs))) for need in found.needs]
    assert [each for each in stated if each[0].startswith("kit.a")] == [("kit.a.plain", "slate >= 1.2")]


TABLE = """
    import torch
    from .gate import is_slate_available

    ROWS = {}
    if is_slate_available():
        import torch
        ROWS.update(slate=torch.ones(1))
    if is_slate_available():
        from slate import rows
        ROWS.update(rows)
    if is_slate_available():
        from slate import sort
    else:
        from bisect import bisect

        def sort(x):
            return x
"""


def test_what_is_imported_before_is_not_lost():
    """What else is done there is told; a name that only comes from there is lost."""
    found = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/a.py": TABLE})
    stated = [(need.effect, need.action) for need in found.needs if need.owner == "kit.a"]
    assert stated == [
        ("skip", "without: ROWS.update(slate=torch.ones(1))"),
        ("disable", "without rows"),
        ("fallback", "other bisect, sort"),
    ]


PROGRAMS = """
    import subprocess

    def read(path, quiet):
        command = ["tuner", "-i", path]
        try:
            with subprocess.Popen(command) as process:
                process.communicate()
        except FileNotFoundError as error:
            raise ValueError("a tuner is needed to read") from error

    def listen():
        try:
            return subprocess.check_output(["tuner", "-l"])
        except OSError:
            raise ValueError("no tuner, or another fault")
"""


def test_a_program_that_is_run_is_needed():
    """Where the failure to find it is what leads to the refusal."""
    found = linked({"kit/__init__.py": "", "kit/a.py": PROGRAMS})
    stated = [(need.owner, render(canonical(need.needs)), need.exception) for need in found.needs]
    assert stated == [("kit.a.read", "the program tuner", "ValueError")]


TORCH = {"module": "torch", "version": [[">=", "2.6"]]}
SLATE = {"module": "slate"}


def opaque(words):
    """Return a part of a condition that is not understood."""
    return {"opaque": words, "reason": "a call"}


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ({"all": [TORCH, opaque("isinstance(x, torch.Tensor)"), SLATE]}, "slate and [isinstance(x, torch.Tensor)]"),
        ({"all": [TORCH, opaque("here == torch.device('meta')")]}, "[here == torch.device('meta')]"),
        ({"all": [TORCH, opaque("pytorch.ready()")]}, "torch >= 2.6 and [pytorch.ready()]"),
        ({"all": [{"feature": "types.Union"}, opaque("isinstance(x, types.Union)")]}, "[isinstance(x, types.Union)]"),
        ({"all": [TORCH, SLATE, opaque("torch.tracing()")]}, "slate and torch >= 2.6 and [torch.tracing()]"),
        ({"not": {"all": [TORCH, opaque("torch.scripting()")]}}, "not (torch >= 2.6) or not [torch.scripting()]"),
        ({"not": {"all": [TORCH, opaque("isinstance(x, torch.Tensor)")]}}, "not [isinstance(x, torch.Tensor)]"),
        (
            {"any": [{"not": TORCH}, {"not": opaque("torch.scripting()")}]},
            "not (torch >= 2.6) or not [torch.scripting()]",
        ),
    ],
)  # fmt: skip
def test_a_module_is_not_asked_for_beside_its_own_words(condition, left):
    """Of a type ever, of other words where nothing else is asked; what may be missing is asked for."""
    assert render(canonical(without_implied(from_json(condition)))) == left


PAST = """
    import importlib.metadata
    from packaging import version
    import torch
    import warnings
    from .gate import is_torch_available

    def load(device_map, quick):
        if not torch.cuda.is_available():
            if quick:
                return None
            else:
                raise RuntimeError("no device")
        if quick and not version.parse(importlib.metadata.version("slate")) < version.parse("3"):
            return None
        if "cpu" in device_map:
            raise ValueError("no cpu in the map")

    def scale(kind):
        if torch.cuda.get_device_capability() < (10, 0):
            return None
        if kind == "float32":
            raise NotImplementedError("not on devices of SM100 and newer")
"""


def test_what_is_past_a_test_that_has_left_refuses_nothing_that_is_there():
    """A device has to be there for the code to come so far, and a package old enough; newer hardware is refused where
    that is said.
    """
    found = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/a.py": PAST})
    stated = sorted(
        (need.owner, render(canonical(need.needs)))
        for need in found.needs
        if need.effect == "raise" and need.owner.startswith("kit.a")
    )
    assert stated == [("kit.a.load", "cuda"), ("kit.a.scale", "cuda capability < 10.0")]


@pytest.mark.parametrize("otherwise", ["slate = None", "slate = StandIn()"])
def test_a_version_is_of_the_package_that_a_name_stands_for(otherwise):
    """What imports a package, and binds its name to something else where that is missing, offers the package."""
    found = linked(
        {
            "kit/__init__.py": "",
            "kit/gate.py": GATE,
            "kit/compat.py": f"""
                from .gate import is_slate_available
                if is_slate_available():
                    import slate
                else:
                    {otherwise}
                """,
            "kit/use.py": """
                from packaging import version
                from .compat import slate
                def f():
                    if version.parse(slate.__version__) < version.parse("3.1"):
                        raise ImportError("old")
                """,
        }
    )
    (need,) = (need for need in found.needs if need.owner == "kit.use.f")
    assert render(canonical(need.needs)) == "slate >= 3.1"
