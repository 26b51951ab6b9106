"""Which functions and flags are predicates, and their quirks."""

from __future__ import annotations

from miner.formula.atom import Module
from miner.formula.connective import All, Not
from miner.link.meaning import Place

SOURCE = """
import importlib.util
import os
import warnings

NAME = "foo"
LIMIT = 3

def _is_package_available(pkg_name):
    return importlib.util.find_spec(pkg_name) is not None, "N/A"

def is_foo_available():
    return _is_package_available(NAME)[0]

def is_tuple_available():
    return _is_package_available("foo")

def is_always_available():
    if not is_foo_available():
        return False
    return "A" in os.environ and is_foo_available() or True

def is_silent_available():
    if is_foo_available():
        return True

def is_strict_available():
    if not is_foo_available():
        raise ImportError("no foo")
    return True

def is_patching_available():
    import torch
    torch.gather = None
    return is_foo_available()

def is_old_available():
    warnings.warn("deprecated")
    return is_foo_available()

def settle():
    return not is_foo_available()

def count():
    return 3 if is_foo_available() else 4

def is_number(value):
    return value > LIMIT

has_foo = is_foo_available()
"""


def test_predicates_are_found_by_what_they_answer(mine):
    """Helpers, counters and questions about arguments are none; a name is not needed."""
    assert [name for _, name, _ in mine(m=SOURCE).predicates()] == [
        "is_foo_available",
        "is_tuple_available",
        "is_always_available",
        "is_silent_available",
        "is_strict_available",
        "is_patching_available",
        "is_old_available",
        "settle",
        "has_foo",
    ]


def test_quirks_are_named(mine):
    """How a predicate lies or does more than answer is recorded, and the formula is what it really does."""
    found = {name: meaning for _, name, meaning in mine(m=SOURCE).predicates()}
    foo = Module(module="foo")
    assert {name: meaning.quirks for name, meaning in found.items() if meaning.quirks} == {
        "is_tuple_available": ("always-true",),
        "is_always_available": ("always-true",),
        "is_silent_available": ("returns-none",),
        "is_strict_available": ("raises",),
        "is_patching_available": ("raises", "side-effect"),
        "is_old_available": ("warns",),
    }
    assert found["is_tuple_available"].formula is True
    assert found["is_always_available"].formula == foo
    assert found["is_silent_available"].formula == foo
    assert found["is_strict_available"].formula == foo
    assert found["is_patching_available"].formula == All((Module(module="torch"), foo))
    assert found["settle"].formula == Not(foo)


def test_uses_and_evidence(mine):
    """Delegation is recorded; every name of the formula stands in one of the places."""
    found = {name: meaning for _, name, meaning in mine(m=SOURCE).predicates()}
    assert found["settle"].uses == ("m.is_foo_available",)
    assert found["has_foo"].kind == "flag"
    assert found["has_foo"].uses == ("m.is_foo_available",)
    data = SOURCE.encode()
    for meaning in found.values():
        places = [data[p.span.start_byte : p.span.end_byte].decode() for p in meaning.evidence]
        if meaning.formula is not True:
            assert any('"foo"' in text for text in places)
        assert not any("LIMIT" in text for text in places)
    assert Place in {type(place) for place in found["settle"].evidence}


def test_a_body_that_is_not_read_is_opaque(mine):
    """A function whose body was left out answers nothing."""
    from miner.detect.idiom import load_idioms
    from miner.link.meaning import Meanings, Program
    from miner.model.span import Span
    from miner.model.statement import Function, Unread

    span = Span(0, 1, 1, 1)
    function = Function(span, "is_x_available", (), None, (), (Unread(span, "body not read"),))
    meanings = Meanings({"m": Program("m", "m.py", False, (function,))}, load_idioms(), lambda module, name: None)
    assert not meanings.meaning("m", "is_x_available").exact
    assert list(meanings.predicates()) == []
