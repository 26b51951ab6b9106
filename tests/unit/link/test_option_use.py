"""Where options take effect: how they are used, under which condition, and what is no use of them."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.app.close_reading import CloseReader
from miner.detect.idiom import load_idioms
from miner.formula.text import render
from miner.link.catalog import Topic
from miner.link.option_use import OptionUses, Used, is_called_like

IDIOMS = load_idioms()
OPTIONS = ("fast", "depth", "config", "codec")


OTHER = """
    from kit.a import Kit, KitConfig

    def other(fast=True, args=None):
        return fast, args.fast

    class Runner:
        def run(self):
            go(self.fast)
            go(self.args.fast)
"""


def uses(source: str, *within: str, options: tuple[str, ...] = OPTIONS) -> tuple[list[Used], str]:
    """The uses of some options in a module, and its text."""
    files = {"kit/__init__.py": "", "kit/a.py": dedent(source), "kit/b.py": dedent(OTHER)}
    found = linked(files)
    close = CloseReader(lambda path: files[path].encode(), IDIOMS, "fast")
    topic = Topic("Speed", "Speed", options, within or ("kit.a",))

    def holds(path: str, words: frozenset[str]) -> bool:
        return any(word in files[path] for word in words)

    uses = OptionUses(found.library, found.conditions, close, holds, [topic], IDIOMS.options.classes)
    return uses.of(topic), files["kit/a.py"]


def told(source: str) -> list[tuple[str, str, str, str | None, str]]:
    """Option, way, text, callee and condition of each use in the body of a function, given with its parameters."""
    found, text = uses(source)
    return [(use.option, use.way, quoted(use, text), use.to, render(use.when)) for use in found]


def quoted(use: Used, text: str) -> str:
    """What stands at the place of a use."""
    return text.encode()[use.code.span.start_byte : use.code.span.end_byte].decode()


CASES = {
    "a test": ("if self.fast:\n        go()", [("fast", "tested", "self.fast", None, "always")]),
    "a test of what holds options": (
        "if self.args.fast:\n        go()",
        [("fast", "tested", "self.args.fast", None, "always")],
    ),
    "a test under another": (
        "if late:\n        if fast: go()",
        [("fast", "tested", "fast", None, "late")],
    ),
    "the second part of a test": (
        "if late and fast:\n        go()",
        [("fast", "tested", "late and fast", None, "late")],
    ),
    "either part": (
        "if fast or depth:\n        go()",
        [("depth", "tested", "fast or depth", None, "not fast"), ("fast", "tested", "fast or depth", None, "always")],
    ),
    "an argument": ("run(1, fast)", [("fast", "passed", "run(1, fast)", "run", "always")]),
    "an argument by name": (
        "self.kit.run(n=fast)",
        [("fast", "passed", "self.kit.run(n=fast)", "self.kit.run", "always")],
    ),
    "an argument of the base": (
        "super().run(fast)",
        [("fast", "passed", "super().run(fast)", "super().run", "always")],
    ),
    "an argument of a result": ("pick(late)(fast)", [("fast", "passed", "pick(late)(fast)", None, "always")]),
    "an argument of a builtin goes on to the call around it": (
        "run(len(fast))",
        [("fast", "passed", "run(len(fast))", "run", "always")],
    ),
    "a part of a value": ("x = 2 * depth", [("depth", "used", "x = 2 * depth", None, "always")]),
    "an arm": ("x = depth if late else 1", [("depth", "used", "x = depth if late else 1", None, "late")]),
    "the test of a value": ("x = 1 if fast else 2", [("fast", "tested", "x = 1 if fast else 2", None, "always")]),
    "a loop": ("for n in range(depth):\n        go(n)", [("depth", "used", "n in range(depth)", None, "always")]),
    "set": ("self.fast = late", [("fast", "set", "self.fast = late", None, "always")]),
    "set twice at once": ("self.fast = fast = late", [("fast", "set", "self.fast = fast = late", None, "always")]),
    "set from itself": ("fast = check(fast)", [("fast", "set", "fast = check(fast)", None, "always")]),
    "set where it is missing": (
        'kwargs.setdefault("codec", late)',
        [("codec", "set", 'kwargs.setdefault("codec", late)', None, "always")],
    ),
    "set by its key": ('kwargs["codec"] = late', [("codec", "set", 'kwargs["codec"] = late', None, "always")]),
    "taken out": (
        'codec = kwargs.pop("codec", None)\n    go(codec)',
        [
            ("codec", "taken", 'codec = kwargs.pop("codec", None)', None, "always"),
            ("codec", "passed", "go(codec)", "go", "always"),
        ],
    ),
    "asked whether it is given": (
        'if "codec" in kwargs:\n        go()',
        [("codec", "tested", '"codec" in kwargs', None, "always")],
    ),
    "a method of a plain value": ("x = fast.lower()", [("fast", "used", "x = fast.lower()", None, "always")]),
    "copied": ("self.fast = fast", []),
    "copied to a key": ('whole["fast"] = self.fast', []),
    "copied, or nothing": ("fast = self.fast if self.fast is not None else {}\n    depth = self.depth or []", []),
    "copied, unless it is not there": ("codec = {} if self.codec is None else self.codec", []),
    "a local that is made of it": (
        "codec = TABLE[self.codec]",
        [("codec", "used", "codec = TABLE[self.codec]", None, "always")],
    ),
    "where an argument of the name is not given": (
        "fast = fast if fast is not None else config.fast",
        [("fast", "used", "fast = fast if fast is not None else config.fast", None, "fast == None")],
    ),
    "given room": ("self.codec = {}\n    self.depth = kit.Table([])", []),
    "set to what a function finds": ("self.depth = find()", [("depth", "set", "self.depth = find()", None, "always")]),
    "only shown": ('say(f"{fast} it is")', []),
    "only refused": ('raise ValueError("fast", fast)', []),
    "a local of the same name": ("codec = open(late)\n    go(codec)", []),
    "a field of something else": ("go(late.fast)", []),
    "a field of it": ("go(config.size)", []),
    "what a dictionary of the function's own holds": ('more_kwargs = {}\n    go(more_kwargs["codec"])', []),
    "a name that a comprehension binds": ("go([fast for fast in late])", []),
    "what a comprehension goes through": (
        "go([n for n in depth if fast])",
        [
            ("depth", "passed", "go([n for n in depth if fast])", "go", "always"),
            ("fast", "tested", "go([n for n in depth if fast])", None, "always"),
        ],
    ),
    "a name that a lambda binds": (
        "go(lambda fast, n=depth: fast)",
        [("depth", "passed", "go(lambda fast, n=depth: fast)", "go", "always")],
    ),
    "a function of the name": ("self.fast(late)", []),
}


@pytest.mark.parametrize(("body", "expected"), CASES.values(), ids=CASES)
def test_how_an_option_is_used(body, expected):
    found = told(f"class Kit:\n  def make(self, fast, depth, config, late, **kwargs):\n    {body}\n")
    assert found == expected


def test_where_an_option_is_taken_with_what_is_said_of_it():
    found, text = uses(
        '''
        def make(fast, depth=2, codec="20MB"):
            """Make it.

            Args:
                fast (`bool`): Go fast. It costs memory.
                codec (`str`): How large. It is "20MB".
            """
        '''
    )
    assert [(use.option, use.way, quoted(use, text), use.described and use.described[0]) for use in found] == [
        ("fast", "taken", "fast", "Go fast. It costs memory."),
        ("depth", "taken", "depth=2", None),
        ("codec", "taken", 'codec="20MB"', 'How large. It is "20MB".'),
    ]


LONG = "".join(f"            {n},\n" for n in range(9))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("one()\n        two()\n    three()", "one()\n        two()"),
        (f"one(\n{LONG}        )\n        two()", f"one(\n{LONG}        )"),
        (f"if late:\n            one(\n{LONG}            )", "if late"),
        (f"for n in late:\n            one(\n{LONG}            )", "for n in late"),
        (f"try:\n            one(\n{LONG}            )\n        finally:\n            two()", "try:"),
    ],
)
def test_what_follows_a_test(body, said):
    """Some lines, whole statements, and of a long one with a body only how it begins."""
    found, text = uses(f"def make(fast, late):\n    if fast:\n        {body}\n")
    (follows,) = (use.follows for use in found)
    assert follows is not None
    assert text[follows.span.start_byte : follows.span.end_byte] == said


@pytest.mark.parametrize(
    ("comment", "option"),
    [
        ("# It is slow where most_depth is large.", "most_depth"),
        ("# The most depth that there\n    # is, whatever it costs.", "most_depth"),
        ("# Most-depth is not supported yet", "most_depth"),
        ("# With `fast` this is left out", "fast"),
        ("# This is fast enough for me", None),
        ("# We use cache lines here", None),
        ("# what most_depth is", None),
        ("# go(late, most_depth)", None),
        ("# most_depth = 1 or 2 or 3 or 4", None),
        ("# ---- What most_depth does ----", None),
    ],
)
def test_a_comment_that_names_an_option_with_what_stands_below(comment, option):
    """Sentences, not code, nor words that say something else."""
    source = f"def make(late):\n    if late:\n        pass\n    {comment}\n    go(late)\n    'most_depth'\n"
    found, text = uses(source, options=("most_depth", "fast", "use_cache"))
    assert [(use.option, use.way, quoted(use, text)) for use in found] == (
        [(option, "noted", comment)] if option is not None else []
    )
    for use in found:
        assert use.follows is not None
        assert text[use.follows.span.start_byte : use.follows.span.end_byte] == "go(late)"


def test_a_comment_of_an_arm_has_its_condition_and_one_in_a_string_is_none():
    source = """
        def make(late):
            '''Make it.

            # most_depth is no comment here
            '''
            if late:
                # The most depth is kept then.
                go(1)
                # The most depth is nothing at the end of a block.
        """
    found, _ = uses(source, options=("most_depth",))
    assert [(use.way, render(use.when)) for use in found] == [("noted", "late")]


def test_of_a_long_statement_the_line_with_the_option():
    lines = "".join(f"        {n},\n" for n in range(30))
    found, text = uses(f"def make(fast):\n    x = [\n{lines}        fast,\n    ]\n")
    assert [quoted(use, text) for use in found] == ["fast,"]


def test_of_an_object_only_where_it_is_taken_set_or_tested():
    """What is handed around and has methods of its own is no switch."""
    found, text = uses(
        """
        def make(codec=None):
            if codec is None:
                codec = best()
            codec.open()
            go(codec)
        """
    )
    assert [quoted(use, text) for use in found] == ["codec=None", "codec is None", "codec = best()"]


@pytest.mark.parametrize(
    ("within", "owners"),
    [
        ("kit.a", ["kit.a.Kit.run", "kit.a.Other.run"]),
        ("kit.a.Kit", ["kit.a.Kit.run"]),
        ("kit.a.Kit.run", ["kit.a.Kit.run"]),
        ("kit", ["kit.a.Kit.run", "kit.a.Other.run", "kit.b.other", "kit.b.Runner.run"]),
        ("other", []),
    ],
)
def test_where_they_count(within, owners):
    source = "class Kit:\n    def run(self): go(self.fast)\nclass Other:\n    def run(self): go(self.fast)\n"
    assert list(dict.fromkeys(use.owner for use in uses(source, within)[0])) == owners


def test_of_a_class_that_holds_options_the_fields_of_its_objects_where_it_is_imported():
    """Not names, nor fields of the objects there; and of other classes nothing."""
    source = "class KitConfig:\n    fast = True\nclass Kit:\n    fast = True\n"
    found = uses(source, "kit.a.KitConfig")[0]
    assert [(use.owner, use.way, use.to) for use in found] == [
        ("kit.b.other", "used", None),
        ("kit.b.Runner.run", "passed", "go"),
    ]
    assert uses(source, "kit.a.Kit")[0] == []


@pytest.mark.parametrize(
    ("holder", "name", "is_sole", "is_like"),
    [
        ("draw_config", "DrawConfig", False, True),
        ("gen_config", "GenerationConfig", False, True),
        ("assistant_generation_config2", "GenerationConfig", False, True),
        ("config", "GenerationConfig", False, False),
        ("config", "GenerationConfig", True, True),
        ("model_config", "GenerationConfig", True, False),
        ("args", "TrainingArguments", False, True),
        ("model_args", "TrainingArguments", False, False),
    ],
)
def test_what_may_be_an_object_of_a_class(holder, name, is_sole, is_like):
    assert is_called_like(holder, name, is_sole=is_sole) is is_like


def test_a_function_within_a_function_takes_options_of_its_own():
    found, text = uses("def make():\n    def inner(fast):\n        go(fast)\n    return inner\n")
    assert [(use.owner, quoted(use, text)) for use in found] == [("kit.a.make", "go(fast)")]


def test_what_several_names_cover_is_told_once():
    """A package, a module of it and an object there."""
    found, _ = uses("def go(fast):\n    return run(fast)\n", "kit", "kit.a", "kit.a.go")
    places = [(use.code.path, use.code.span, use.option, use.way) for use in found]
    assert len(places) == len(set(places)) > 1


def test_an_option_may_be_called_anything():
    """What a catalog names is no pattern."""
    source = "def go(fast):\n    # The foo( is fast here.\n    return run(fast)\n"
    found, _ = uses(source, options=("fast", "foo(", "_x_"))
    assert {use.option for use in found} == {"fast"}
