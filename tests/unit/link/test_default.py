"""What options are when they are not given, and where the code decides."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.formula.text import render
from miner.link.told import Told


def told(source: str) -> tuple[list[Told], dict[str, int]]:
    """Return what the code of a module sets, and what was left out."""
    found = linked({"kit/__init__.py": "", "kit/a.py": source})
    return [t for t in found.told if t.origin == "code"], found.unpublished


def test_default_of_a_field_has_its_description_and_one_without_is_counted():
    """The help of the metadata comes first, then the first sentence of the docstring, and what single values do."""
    found, left_out = told('''
class FitConfig:
    """How.

    Args:
        depth (`int`): How deep. More. `0` means flat. It has 3 parts. Set to -1 to dig.
    """
    depth: int = 2
    width: int = field(default=None, metadata={"help": "How wide."})
    rate: float = field(default=1e-4, metadata={"help": "How fast."})
    bare: int = 3
    _own: int = 4
''')
    assert [(t.owner, t.kind, t.subject, t.action, t.message, t.when) for t in found] == [
        ("kit.a.FitConfig", "default", "depth", "depth = 2", "How deep. `0` means flat. Set to -1 to dig.", True),
        ("kit.a.FitConfig", "default", "width", "width = None", "How wide.", True),
        ("kit.a.FitConfig", "default", "rate", "rate = 1e-4", "How fast.", True),
    ]
    assert {place.role for place in found[0].places} == {"default", "message"}
    assert found[0].description == "How deep. More. `0` means flat. It has 3 parts. Set to -1 to dig."
    assert (found[1].description, found[2].description) == (None, None)
    assert left_out["default: a field that nothing describes"] == 1
    assert left_out["default: a field of something private or outside the packages"] == 1


def test_what_is_filled_forced_and_dropped_has_its_condition():
    """A constant, a parameter, an option, a sibling: what is computed, or no option, is counted."""
    found, left_out = told("""
def fit(config, tokenizer, limit, rate=None, depth=None, **kwargs):
    # The usual one.
    if rate is None:
        rate = 0.1
    depth = depth if depth is not None else config.depth
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if limit > 3:
        config.use_cache = False
    kwargs.pop("fast", None)
    if kwargs.size is None:
        kwargs.size = measure(depth)
    if local is None:
        local = 3
""")
    assert [(t.kind, t.subject, t.action, t.message, render(t.when)) for t in found] == [
        ("default", "rate", "rate = 0.1", "The usual one.", "rate == None"),
        ("default", "depth", "depth = depth if depth is not None else config.depth", None, "depth == None"),
        ("default", "pad_token", "tokenizer.pad_token = tokenizer.eos_token", None, "tokenizer.pad_token == None"),
        ("default-override", "use_cache", "config.use_cache = False", None, "limit > 3"),
        ("limitation", "fast", 'kwargs.pop("fast", None)', None, "always"),
    ]
    assert left_out["default: a value or a name that is computed"] == 2


def test_a_display_is_told_when_it_is_a_literal_and_not_empty():
    found, _ = told("""
def fit(options=None, sizes=None, names=None):
    if options is None:
        options = {"fast": True}
    if sizes is None:
        sizes = [1, options]
    if names is None:
        names = []
""")
    assert [t.action for t in found] == ['options = {"fast": True}']


def test_what_a_field_is_filled_with_is_its_default_where_it_is_missing():
    """A field of the class around; what is computed, and an attribute that is no field, is plumbing."""
    found, left_out = told("""
class FitConfig:
    sizes: list = None
    width: int = None

    def __post_init__(self):
        if self.sizes is None:
            self.sizes = [1, 3]
        self.width = self.width if self.width is not None else 7
        if self.other is None:
            self.other = 3
        if self.sizes is None:
            self.sizes = make()
""")
    assert [(t.owner, t.subject, t.action) for t in found] == [
        ("kit.a.FitConfig.__post_init__", "sizes", "self.sizes = [1, 3]"),
        ("kit.a.FitConfig.__post_init__", "width", "self.width = self.width if self.width is not None else 7"),
    ]
    assert left_out["default: a value or a name that is computed"] == 2


def test_what_a_field_of_a_configuration_is_reckoned_from():
    """From other fields, parameters and constants; what a function finds out is not, nor what is of other classes."""
    found, left_out = told("""
class FitConfig:
    def __init__(self, width=8, size=None, depth=None, rows=None):
        self.size = size if size is not None else width // 2
        if self.depth is None:
            self.depth = int(self.width * 1.5)
        if self.rows is None:
            self.rows = measure(self.width) * 2

class Fit:
    def __init__(self, width=8, size=None):
        if self.size is None:
            self.size = self.width * 2
""")
    assert [(t.owner, t.subject, t.action) for t in found] == [
        ("kit.a.FitConfig.__init__", "size", "self.size = size if size is not None else width // 2"),
        ("kit.a.FitConfig.__init__", "depth", "self.depth = int(self.width * 1.5)"),
    ]
    assert left_out["default: a value or a name that is computed"] == 2


def test_what_is_kept_under_a_condition_alone_is_dropped_without_it():
    """The option is set to a constant where the condition does not hold."""
    found, _ = told("""
class FitConfig:
    use_window: bool = False
    window: int | None = 4

    def __post_init__(self):
        self.window = self.window if self.use_window else None
""")
    [dropped] = [each for each in found if each.kind == "default-override"]
    assert (dropped.subject, render(dropped.when)) == ("window", "not self.use_window")
    assert dropped.action == "self.window = self.window if self.use_window else None"
