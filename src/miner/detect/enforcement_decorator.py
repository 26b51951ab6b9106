"""Decorators that make an object refuse to work without its backends.

**Finds** `@requires(backends=(...))` on classes, functions and methods at any depth of classes, with version strings;
decorators that carry the backend in their name (`@torchao_required`, `@require_torch`), together with their
definitions; the table from a backend's name to its predicate and message; the functions that raise for them.

**Misses** decorators applied by a call (`requires(backends=...)(f)`), and decorators bound to another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.detect.detector import Detector, cores, decorator_words, minimal
from miner.detect.file import File, matches, qualname, rows
from miner.detect.idiom import Idioms
from miner.model.expression import Call, Expression
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.freeze import freeze
from miner.syntax.outline import Item

ID = "enforcement-decorator"
_ROW = re.compile(r"""\(?\s*(["'])([^"']+)\1\s*[,:]""")


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of one definition or assignment."""
    if item is None:
        return
    if item.kind == "assign":
        yield from _table(file, item)
        return
    yield from _decorators(file, item)
    if item.kind == "function" and item.parent is None:
        yield from _definition(file, item)


def _decorators(file: File, item: Item) -> Iterator[Site]:
    rules = file.idioms.enforcement
    level = "top" if item.parent is None else "nested"
    for span in item.all_texts("decorator"):
        source = file.outline.source(span)
        name = source.partition("(")[0].strip()
        rule = next((r for r in rules.backend_decorators if matches(name, (r.name,))), None)
        if rule is not None:
            argument = _argument(file.expression(span), rule.argument)
            if argument is not None:
                yield Site(
                    ID, "backends", span, qualname(item), (), {"backends": argument}, names=(name, item.kind, level)
                )
        elif matches(name, rules.named_decorators) and not matches(name, rules.not_decorators):
            yield Site(
                ID, "named", span, qualname(item), (), {"call": file.expression(span)}, names=(name, item.kind, level)
            )


def _argument(expression: Expression, keyword: str) -> Expression | None:
    if not isinstance(expression, Call):
        return None
    named = [a.value for a in expression.arguments if a.keyword == keyword]
    return (
        named[0] if named else next((a.value for a in expression.arguments if a.keyword is None and not a.star), None)
    )


def _definition(file: File, item: Item) -> Iterator[Site]:
    rules = file.idioms.enforcement
    raiser = matches(item.name, tuple(r.name for r in rules.raisers))
    attaching = matches(item.name, tuple(r.name for r in rules.backend_decorators))
    if raiser or attaching or matches(item.name, rules.named_decorators):
        form = "raiser" if raiser else "backend-definition" if attaching else "definition"
        statements = freeze([item], file.outline, keep=lambda _: True)
        yield Site(ID, form, item.span, item.name, statements=statements)


def _table(file: File, item: Item) -> Iterator[Site]:
    value = item.text("value")
    if item.parent is not None or value is None:
        return
    for target in item.all_texts("target"):
        name = file.outline.source(target)
        if matches(name, file.idioms.backends.tables):
            spans = {"value": value, **dict(_rows(file, value))}
            yield Site(ID, "table", item.span, "", (), {"table": file.expression(value)}, spans, (name,))


def _rows(file: File, value: Span) -> Iterator[tuple[str, Span]]:
    """Yield the span of each row of the table under `row:<backend>`; the display may be an argument of a call."""
    text = file.outline.source(value)
    opening = min((text.index(bracket) for bracket in "[{" if bracket in text), default=0)
    for row, span in rows(file, value, opening):
        name = _ROW.match(row)
        if name is not None:
            yield f"row:{name[2]}", span


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    rules = idioms.enforcement
    decorators = decorator_words(*(r.name for r in rules.backend_decorators), *rules.named_decorators)
    defined = (f"def {n}" for n in (*(r.name for r in rules.raisers), *(d.name for d in rules.backend_decorators)))
    return minimal((*decorators, *cores(*defined, *idioms.backends.tables)))


DETECTOR = Detector(ID, 1, frozenset({"class", "function", "assign"}), _words, find)
