"""Displays and comprehensions of lists, tuples and sets."""

from __future__ import annotations

import re

from miner.formula.atom import Opaque
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.link.meaning.context import Context, Frame
from miner.link.meaning.tree import choose, only_raised, raising, without_raised
from miner.link.meaning.value import Choice, DistributionOf, Distributions, Raised, Release, Series, Unknown, Value
from miner.link.meaning.wording import render
from miner.model import expression as ex

_WORD = re.compile(r"[A-Za-z_]\w*")
_FEWEST_COMPONENTS = 2
LONGEST = 64
"""Constant collections surveyed have up to 12 items where a probe runs over them."""


def display(context: Context, node: ex.Sequence, frame: Frame) -> Value:
    """Return the value of a display; with the distributions of a module unpacked into it, it is those.

    Where a call among its items raises, it is what that raises.
    """
    items: list[Value] = []
    failures: list[tuple[Formula, Value]] = []
    is_whole = True
    for part in node.items:
        value = context.evaluator.evaluate(part, frame)
        thrown = only_raised(value) if isinstance(part, ex.Call) and isinstance(value, Raised | Choice) else None
        if thrown is not None:
            failures.append((context.facts.simplify(raising(value)), thrown))
            value = without_raised(value) or value
        if not isinstance(part, ex.Starred):
            items.append(value)
        elif isinstance(value, Distributions):
            return value
        elif isinstance(value, Series):
            items.extend(value.items)
            is_whole = is_whole and value.whole
        else:
            is_whole = False
    whole: Value = _release(node, items) or Series(node.kind, tuple(items), is_whole)
    for test, thrown in reversed(failures):
        whole = choose(test, thrown, whole)
    return whole


def _release(node: ex.Sequence, items: list[Value]) -> Release | None:
    """Return a tuple of the components of one version, from the first on, as that version: `(major, minor)`."""
    first = items[0] if items else None
    if node.kind != "tuple" or not isinstance(first, Release) or len(items) < _FEWEST_COMPONENTS:
        return None
    parts = [Release(first.subject, "number", index, first.base) for index in range(len(items))]
    return Release(first.subject, "release", len(items), first.base) if items == parts else None


def comprehension(context: Context, node: ex.Comprehension, frame: Frame) -> Value:
    """Return the value of a comprehension over a known collection."""
    iterable = context.evaluator.evaluate(node.iterable, frame)
    inner = frame.fork()
    if isinstance(iterable, Distributions):
        context.executor.assign(node.target, DistributionOf(iterable.module), inner)
        element = context.evaluator.evaluate(node.element, inner)
        return iterable if isinstance(element, DistributionOf) else _unknown(node)
    if not isinstance(iterable, Series) or len(iterable.items) > LONGEST or node.kind == "dict":
        return _unknown(node)
    items: list[Value] = []
    is_whole = iterable.whole
    for item in iterable.items:
        context.executor.assign(node.target, item, inner)
        tests = [context.evaluator.test(context.evaluator.evaluate(test, inner)) for test in node.conditions]
        if any(test is False for test in tests):
            continue
        is_whole = is_whole and all(test is True for test in tests)
        items.append(context.evaluator.evaluate(node.element, inner))
    targets = ex.names_in(node.target)
    if any(_speaks_of(context.evaluator.test(item), targets) for item in items):
        return _unknown(node)  # `k in mode` says nothing where `k` is not known
    return Series("list" if node.kind == "generator" else node.kind, tuple(items), is_whole)


def _speaks_of(test: Formula, names: set[str]) -> bool:
    """Say whether what is not understood of a test is said with one of these names."""
    texts = (atom.opaque for atom in atoms(test) if isinstance(atom, Opaque))
    return any(not names.isdisjoint(_WORD.findall(text)) for text in texts)


def _unknown(node: ex.Comprehension) -> Unknown:
    return Unknown(render(node), "a comprehension over a collection that is not known")
