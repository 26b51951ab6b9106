"""Uses that go another way, or go without, when something is missing.

**Finds** `if` statements whose test asks the environment, with what each arm does (imports, definitions, a warning,
an assignment, leaving); `try` statements around imports, with what their handlers do; ternaries whose test asks the
environment, in statements and row by row in long tables; truths that are kept or returned.

**Misses** tests that ask through a name the vocabulary does not know and that is not imported under one that it does,
loops over alternatives, `and`/`or` used as a choice, and tests that only lengthen a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from miner.detect import predicate
from miner.detect.detector import Detector, cores, minimal, remembered
from miner.detect.file import File, definition, is_type_checking, matches, owning, qualname, rows
from miner.detect.idiom import Idioms
from miner.detect.trigger import Offsets, is_within, merged
from miner.detect.warning import call_that_warns
from miner.flow.condition import leaves, missing_import
from miner.model import expression as ex
from miner.model.site import Site
from miner.model.span import Span
from miner.model.statement import Binding
from miner.syntax.outline import Item

ID = "soft-use"
_LONGEST = 200  # characters of what an arm does
_LINES = 12  # of a statement that is looked into row by row
_SPACE = re.compile(r"\s+")
_TEXT = re.compile(r"\(?\s*[rRbBuUfF]{0,2}[\"']")


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of one statement."""
    if item is None or is_type_checking(item, file.outline):
        return
    if item.kind == "if":
        yield from _branch(file, item)
    elif item.kind == "try":
        yield from _attempt(file, item)
    else:
        value = item.text("value")
        if value is not None and file.holds(value, b" if "):
            yield from _ternaries(file, item, value)
        elif value is not None and _asks(file, value):
            yield from _value(file, item, value)


def _branch(file: File, item: Item) -> Iterator[Site]:
    test = item.text("test")
    if test is None or not _asks(file, test) or _only_words(file, item):
        return
    expressions = {"test": file.expression(test)}
    names: list[str] = []
    spans: dict[str, Span] = {}
    for name in ("body", "orelse"):
        arm = _arm(file, item.blocks[name])
        names += [arm.kind, arm.text, arm.bound]
        spans.update({f"{name} {number}": span for number, span in enumerate(arm.spans)})
        if arm.message is not None:
            expressions[f"{name} message"] = arm.message
    yield from _site(file, item, "branch", test, expressions, tuple(names), spans)


def _only_words(file: File, item: Item) -> bool:
    """Say whether a statement only decides if a text says something more: a line of a message, a part of a name."""
    return not item.blocks["orelse"] and all(
        each.kind == "augment"
        and each.name == "+"
        and (value := each.text("value")) is not None
        and _TEXT.match(file.outline.source(value)) is not None
        for each in item.blocks["body"]
    )


def _attempt(file: File, item: Item) -> Iterator[Site]:
    for handler in item.blocks["handlers"]:
        missing = missing_import(handler, file.outline)
        if missing is None:
            continue
        arm = _arm(file, handler.blocks["body"])
        imported = [b.name for each in item.blocks["body"] if each.kind == "import" for b in each.bindings]
        expressions = {"imports": missing.test}
        if arm.message is not None:
            expressions["handler message"] = arm.message
        names = (arm.kind, arm.text, arm.bound, ", ".join(dict.fromkeys(imported)))
        spans = {f"handler {number}": span for number, span in enumerate(arm.spans)}
        yield from _site(file, item, "import", missing.span, expressions, names, spans)


def _ternaries(file: File, item: Item, value: Span) -> Iterator[Site]:
    for span, expression in _pieces(file, value, file.expression(value)):
        for part in ex.walk(expression):
            if isinstance(part, ex.Conditional) and _is_asking(file, part.test):
                expressions = {"test": part.test, "body": part.body, "orelse": part.orelse}
                yield from _site(file, item, "ternary", span, expressions, ())


def _value(file: File, item: Item, value: Span) -> Iterator[Site]:
    """Yield a truth that is kept or returned: what is there decides it."""
    expression = file.expression(value)
    if item.kind == "expression" or not isinstance(expression, ex.Boolean | ex.Not | ex.Call | ex.Compare):
        return
    if isinstance(expression, ex.Call) and not matches(ex.dotted(expression.function), file.idioms.predicates.names):
        return
    if _is_asking(file, expression):
        targets = ", ".join(file.outline.source(target) for target in item.all_texts("target"))
        yield from _site(file, item, "value", value, {"test": expression}, (targets,))


def _pieces(file: File, span: Span, expression: ex.Expression) -> Iterator[tuple[Span, ex.Expression]]:
    """Yield the parts of an expression that hold a ternary: long displays and calls row by row."""
    parts = _parts(expression) if span.end_line - span.start_line > _LINES else ()
    text = file.outline.source(span) if parts else ""
    for opening in (at for at, letter in enumerate(text) if letter in "([{"):
        found = [row for _, row in rows(file, span, opening)]
        if len(found) == len(parts):
            for row, part in zip(found, parts, strict=True):
                if file.holds(row, b" if ") and _asks(file, row):
                    yield from _pieces(file, row, part)
            return
    yield span, expression


def _parts(expression: ex.Expression) -> tuple[ex.Expression, ...]:
    """Return what the rows of a display, or of a call's arguments, are."""
    match expression:
        case ex.Sequence(items=items):
            return items
        case ex.Mapping(items=pairs):
            return tuple(ex.Sequence("tuple", tuple(side for side in pair if side is not None)) for pair in pairs)
        case ex.Call(arguments=arguments):
            return tuple(argument.value for argument in arguments)
    return ()


def _site(
    file: File,
    item: Item,
    form: str,
    place: Span,
    expressions: dict[str, ex.Expression],
    names: tuple[str, ...],
    spans: dict[str, Span] | None = None,
) -> Iterator[Site]:
    conditions = file.conditions(item)
    scope = file.scope(item, *(guard.test for guard in conditions), *expressions.values())
    owner = qualname(owning(item))
    yield Site(ID, form, place, owner, conditions, expressions, spans or {}, names, scope=scope)


class _Arm(NamedTuple):
    """What an arm does: in a word, in text, the names that it binds, its warning's message, and where that stands.

    The words: none, raise, warn, import (also of definitions; within a function, of nothing else), leave, other.
    """

    kind: str
    text: str
    bound: str
    message: ex.Expression | None
    spans: tuple[Span, ...]


def _arm(file: File, block: list[Item]) -> _Arm:
    message: ex.Expression | None = None
    bound: list[str] = []
    rest: list[Item] = []
    spans: list[Span] = []
    for item in block:
        if item.kind == "import":
            bound += map(_as_bound, item.bindings)
        elif item.kind in {"function", "class"}:
            bound.append(item.name)
        elif message is None and item.kind == "expression" and (message := _warning(file, item)) is not None:
            spans.append(item.span)
        elif not (item.kind == "jump" and item.name == "pass"):
            rest.append(item)
    rest = [item for item in rest if not _refuses(item)] or rest
    telling = _telling(file, rest)
    if telling is not None and telling.end_line - telling.start_line <= _LINES:
        spans.append(telling)
    text = _SPACE.sub(" ", file.outline.source(telling)) if telling is not None else ""
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
    if leaves(block, frozenset({"raise"})):
        kind = "raise"
    elif message is not None:
        kind = "warn"
    elif bound and (not rest or definition(block[0].parent) is None):
        kind = "import"
    elif rest:
        kind = "leave" if leaves(block) else "other"
    else:
        kind = "none"
    return _Arm(kind, text, ", ".join(dict.fromkeys(bound)), message, tuple(spans))


def _telling(file: File, block: list[Item]) -> Span | None:
    """Return the statement that says best what a block does: what it returns in the end, else the first in it.

    Of an attempt that is what is attempted, of another case (`elif`) its test.
    """
    if not block:
        return None
    first, last = block[0], block[-1]
    if last.kind == "return" and last.text("value") is not None:
        return last.span
    if first.kind == "try":
        return _telling(file, first.blocks["body"])
    test = first.text("test") if first.kind == "if" else None
    is_case = test is not None and file.data.startswith(b"elif", first.span.start_byte)
    return file.outline.between(first.span, test) if test is not None and is_case else first.span


def _as_bound(binding: Binding) -> str:
    """Return what an import binds: its name, after the one that it has elsewhere."""
    target = binding.target.rpartition(".")[2]
    return binding.name if target == binding.name or "." in binding.name else f"{target} as {binding.name}"


def _refuses(item: Item) -> bool:
    """Say whether a statement does nothing but raise under a further condition: a requirement of its own."""
    is_single = item.kind == "if" and not item.blocks["orelse"]
    return is_single and leaves(item.blocks["body"], frozenset({"raise"}))


def _warning(file: File, item: Item) -> ex.Expression | None:
    """Return the message of a call that warns."""
    call = call_that_warns(file, item)
    return call.arguments[0].value if call is not None and call.arguments else None


def _asks(file: File, span: Span) -> bool:
    return is_within(file.triggers[ID], span)


def _is_asking(file: File, test: ex.Expression) -> bool:
    """Say whether a test names something that asks the environment."""
    words = [word.decode() for word in (*_words(file.idioms), *file.given.get(ID, ()))]
    dotted = [ex.dotted(part) or "" for part in ex.walk(test) if isinstance(part, ex.Name | ex.Attribute)]
    return any(word in name for name in dotted for word in words)


def _given(file: File) -> tuple[bytes, ...]:
    """Return further names to look for: predicates that the file imports, and locals that hold an answer.

    Imports are looked at when they are from the file's own library and named like predicates, or of what asks for
    packages (`from importlib import metadata`); a local is one that an assignment binds to an expression with a word in
    it, or to such a local.
    """
    found: set[bytes] = set()
    asking: set[bytes] = set()
    for item in file.outline.items:
        if item.kind == "import" and item.level:
            names = (binding.name for binding in item.bindings)
            found.update(name.encode() for name in names if matches(name, file.idioms.predicates.names))
        elif item.kind == "import":
            asking.update(
                word for each in item.bindings if (word := predicate.asks_for_packages(file.idioms, each)) is not None
            )
    words = _words(file.idioms)
    held = _holding(file.data, merged(file.triggers.get(ID, ()), file.data, tuple(sorted(asking))))
    found |= asking
    for name in sorted(held):
        held |= _holding(file.data, merged((), file.data, (name,)))
    found |= held
    return tuple(sorted(name for name in found if not any(word in name for word in words)))


_ASSIGNED = re.compile(rb"[ \t]+([A-Za-z_]\w{2,}(?:[ \t]*,[ \t]*[A-Za-z_]\w{2,})*)[ \t]*=[ \t]*[^=\s]")


def _holding(data: bytes, offsets: Offsets) -> set[bytes]:
    """Return the locals that are assigned on a line, from what stands at one of the offsets behind the `=`."""
    found: set[bytes] = set()
    for offset in offsets:
        match = _ASSIGNED.match(data, data.rfind(b"\n", 0, offset) + 1)
        if match is not None and match.end(1) < offset:
            found.update(name.strip() for name in match[1].split(b","))
    return found


@remembered
def _words(idioms: Idioms) -> tuple[bytes, ...]:
    flags = cores(*idioms.predicates.flags)
    return minimal((*predicate.DETECTOR.words(idioms), *flags, b"version_info", b"sys.platform", b".is_available"))


def _triggers(idioms: Idioms) -> tuple[bytes, ...]:
    return minimal((*_words(idioms), b"ImportError", b"ModuleNotFoundError"))


_KINDS = frozenset({"if", "try", "assign", "return", "expression"})
DETECTOR = Detector(ID, 8, _KINDS, _triggers, find, deep=True, more=_given)
