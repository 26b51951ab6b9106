"""The path condition of an item: all enclosing tests, handlers, and earlier tests whose bodies always leave."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from miner.model import expression as ex
from miner.model.expression import Constant, Expression, Opaque
from miner.model.site import Guard
from miner.model.span import Span
from miner.syntax.decoding import RefusedError
from miner.syntax.limits import LIMITS
from miner.syntax.outline import Exits, Item, Outline

_TRUE = Constant(True)


def path_condition(item: Item, outline: Outline, *, within: Item | None = None) -> tuple[Guard, ...]:
    """Return what must hold for execution to reach `item`, outermost first, up to the enclosing definition `within`.

    Earlier tests that always raise are left out, also those of an if whose else this is: they are requirements of their
    own. What leaves within a test counts; within a for loop what returns under a test of its body: that held for no
    element. A loop's test holds inside it. Raises RefusedError past `LIMITS.guards` parts.
    """
    guards: list[Guard] = []
    current: Item | None = item
    while current is not None and current is not within:
        if current.kind not in {"except", "case"}:
            guards.extend(reversed(_earlier_exits(current, outline)))
        if len(guards) > LIMITS.guards:
            raise RefusedError(f"a condition of more than {LIMITS.guards} parts")
        parent = current.parent
        if parent is None or parent is within:
            break
        guards.extend(reversed(list(_enclosing(parent, current, outline))))
        current = parent
    return tuple(reversed(guards))


def leaves(block: Sequence[Item], kinds: frozenset[str] = frozenset({"return", "raise", "jump"})) -> bool:
    """Say whether a block always ends in one of `kinds` (a jump is break or continue)."""
    return any(_leaves(item, kinds) for item in block)


def _leaves(item: Item, kinds: frozenset[str]) -> bool:
    if item.kind == "jump":
        return "jump" in kinds and item.name != "pass"
    if item.kind in {"return", "raise"}:
        return item.kind in kinds
    blocks = item.blocks
    if item.kind == "if":
        return bool(blocks["orelse"]) and leaves(blocks["body"], kinds) and leaves(blocks["orelse"], kinds)
    if item.kind == "with":
        return leaves(blocks["body"], kinds)
    if item.kind == "try":
        body = leaves(blocks["body"], kinds) or leaves(blocks["orelse"], kinds)
        handled = all(leaves(handler.blocks["body"], kinds) for handler in blocks["handlers"])
        return leaves(blocks["finalbody"], kinds) or (body and handled)
    return False


_QUIET_EXITS = frozenset({"return", "jump"})
_ALL_EXITS = frozenset({"return", "raise", "jump"})
_RAISE = frozenset({"raise"})
_RETURN_OR_RAISE = frozenset({"return", "raise"})


def _earlier_exits(item: Item, outline: Outline) -> list[Guard]:
    """Return the negated tests of earlier statements in the same block whose body always leaves but not by raising.

    A block is read once: its later statements ask for what its earlier ones asked for.
    """
    known = outline.exits.setdefault((item.parent, item.arm), Exits())
    if known.seen < item.index:
        block = item.siblings(outline.items)
        for earlier in block[known.seen : item.index]:
            for guard in _past(earlier, outline):
                known.positions.append(earlier.index)
                known.guards.append(guard)
        known.seen = item.index
    return known.guards[: bisect_left(known.positions, item.index)]


def _past(item: Item, outline: Outline) -> Iterator[Guard]:
    """Yield what being past a statement means."""
    if item.kind == "if":
        yield from _exit_guards(item, outline)
    elif item.kind == "try":
        yield from _past_handlers(item, outline)
    elif item.kind == "for":
        yield from _past_loop(item, outline)


def _past_loop(item: Item, outline: Outline) -> Iterator[Guard]:
    """Yield that no element of a for loop met a test of its body under which it returns."""
    target, iterable = item.text("target"), item.text("iterable")
    passed: list[Expression] = []
    for inner in item.blocks["body"]:
        test = inner.text("test") if inner.kind == "if" else None
        if test is None or target is None or iterable is None:
            continue
        body = inner.blocks["body"]
        if leaves(body, _RETURN_OR_RAISE) and not leaves(body, _RAISE):
            elements = ex.Comprehension(
                "generator",
                None,
                outline.expression(test),
                outline.expression(target),
                outline.expression(iterable),
                tuple(passed),
            )
            found = ex.Call(ex.Name("any"), (ex.Argument(elements),))
            yield Guard(outline.between(target, test), "exit", found, holds=False)
        elif leaves(body, _ALL_EXITS):
            passed.append(ex.Not(outline.expression(test)))


def _exit_guards(item: Item, outline: Outline) -> Iterator[Guard]:
    body, orelse = item.blocks["body"], item.blocks["orelse"]
    test = item.text("test")
    if test is None:
        return
    if leaves(body, _ALL_EXITS):
        if not leaves(body, _RAISE):
            yield Guard(test, "exit", outline.expression(test), holds=False)
        if len(orelse) == 1 and orelse[0].kind == "if":
            yield from _exit_guards(orelse[0], outline)
    elif orelse and leaves(orelse, _ALL_EXITS):
        if not leaves(orelse, _RAISE):
            yield Guard(test, "exit", outline.expression(test), holds=True)
    else:
        for arm, holds in ((body, True), (orelse, False)):
            for inner in arm:
                if inner.kind == "if":
                    outer = Guard(test, "exit", outline.expression(test), holds=holds)
                    yield from (_within(guard, outer, outline) for guard in _exit_guards(inner, outline))


def _within(guard: Guard, outer: Guard, outline: Outline) -> Guard:
    """Return what a guard of an arm means past the whole `if`: not both the arm, `outer`, and what leaves in it."""
    arm = outer.test if outer.holds else ex.Not(outer.test)
    left = ex.Not(guard.test) if guard.holds else guard.test
    place = outline.between(outer.span, guard.span)  # the two tests, and what stands between them
    return Guard(place, "exit", ex.Boolean("and", (arm, left)), holds=False)


def _enclosing(parent: Item, child: Item, outline: Outline) -> Iterator[Guard]:
    """Yield the guards that standing in `child`'s arm of `parent` means."""
    if parent.kind in {"if", "while"} and (test := parent.text("test")) is not None:
        if child.arm == "body":
            yield Guard(test, "if", outline.expression(test), holds=True)
        elif child.arm == "orelse" and parent.kind == "if" and not leaves(parent.blocks["body"], _RAISE):
            yield Guard(test, "if", outline.expression(test), holds=False)
    elif parent.kind == "except":
        taken = list(_taken_above(parent, outline))
        yield from taken
        missing = missing_import(parent, outline) or _missing_program(parent, outline)
        if missing is not None and not taken:
            yield missing
            return
        span = parent.text("type")
        yield Guard(span or parent.span, "except", outline.expression(span) if span else _TRUE, holds=True)
    elif parent.kind == "try" and child.arm == "orelse":
        yield from _went_through(parent, outline)
    elif parent.kind == "case":
        span = parent.text("pattern")
        pattern: Expression = Opaque(outline.source(span), "pattern") if span else _TRUE
        yield Guard(span or parent.span, "case", pattern, holds=True)
        if (guard := parent.text("guard")) is not None:
            yield Guard(guard, "if", outline.expression(guard), holds=True)


def _taken_above(handler: Item, outline: Outline) -> Iterator[Guard]:
    """Yield that an import did not fail, where a handler above has taken that."""
    above = handler.parent.blocks["handlers"][: handler.index] if handler.parent is not None else []
    for missing in (missing_import(each, outline) for each in above):
        if missing is not None:
            yield Guard(missing.span, missing.kind, missing.test, holds=False)


def _past_handlers(item: Item, outline: Outline) -> Iterator[Guard]:
    """Yield that an import did not fail, where the handler of its failure always leaves but not by raising."""
    for handler in item.blocks["handlers"]:
        if leaves(handler.blocks["body"], _ALL_EXITS) and not leaves(handler.blocks["body"], _RAISE):
            missing = missing_import(handler, outline)
            if missing is not None:
                yield Guard(missing.span, missing.kind, missing.test, holds=False)


def missing_import(handler: Item, outline: Outline) -> Guard | None:
    """Return the guard of a handler that is reached when an import fails; None when that is not clear."""
    attempt = handler.parent
    body = attempt.blocks["body"] if attempt is not None else []
    imports = [item for item in body if item.kind == "import"]
    if not imports:
        return None
    span = handler.text("type")
    caught = outline.source(span) if span is not None else "Exception"
    if not any(name in caught for name in _IMPORT_FAILURES):
        nothing_else = all(item.kind in {"import", "jump"} or _is_constant(item, outline) for item in body)
        if not (nothing_else and any(name in caught for name in _FAILURES)):
            return None
    modules = [ex.Constant("." * item.level + module) for item in imports for module in item.modules]
    place = outline.between(imports[0].span, imports[-1].span)
    return Guard(place, "missing", ex.Sequence("tuple", tuple(modules)), holds=True)


def _missing_program(handler: Item, outline: Outline) -> Guard | None:
    """Return the guard of a handler that is reached when a program is not there to be run; None when that is not clear.

    The program is the first of a list that the one call is given, there or by a local that is bound once, beside the
    attempt. Where a file is opened there too, that may be what is missing.
    """
    attempt, caught = handler.parent, handler.text("type")
    if attempt is None or caught is None or "FileNotFoundError" not in outline.source(caught):
        return None
    body = attempt.blocks["body"]
    whole = outline.between(body[0].span, body[-1].span)
    calls = list(_RUN.finditer(outline.data, whole.start_byte, whole.end_byte))
    if len(calls) != 1 or _OPENS.search(outline.data, whole.start_byte, whole.end_byte) is not None:
        return None
    call: re.Match[bytes] | None = calls[0]
    if call is not None and call["local"]:
        call = _bound_once(call["local"], attempt, outline)
    if call is None or not call["name"]:
        return None
    start, end = call.span()
    place = Span(start, end, outline.line(start), outline.line(end))
    return Guard(place, "program", ex.Constant(call["name"].decode()), holds=True)


def _bound_once(local: bytes, attempt: Item, outline: Outline) -> re.Match[bytes] | None:
    """Return where a local is bound to a list with a program, before a statement in its block, and nowhere else."""
    function = next((each for each in _parents(attempt) if each.kind == "function"), None)
    whole = function.span if function is not None else Span(0, len(outline.data), 1, 1)
    bindings = re.compile(
        rb"\b" + local + rb"\s*(?::[^=\n]*)?[-+]?=(?!=)|\bas\s+" + local + rb"\b|\bfor\s+" + local + rb"\b"
    )
    found = list(bindings.finditer(outline.data, whole.start_byte, whole.end_byte))
    beside = {each.span.start_byte for each in attempt.siblings(outline.items)}
    if len(found) != 1 or found[0].start() not in beside or found[0].start() > attempt.span.start_byte:
        return None
    kept = re.compile(rb"\b" + local + rb"\s*=\s*\[\s*" + _PROGRAM)
    return kept.match(outline.data, found[0].start())


def _parents(item: Item) -> Iterator[Item]:
    while item.parent is not None:
        item = item.parent
        yield item


_PROGRAM = rb"""["'](?P<name>[\w.+-]+)["']"""
_OPENS = re.compile(
    rb"\bopen\(|\.read_(?:text|bytes)\(|\.write_(?:text|bytes)\(|\bload\w*\(|\bos\.(?:stat|listdir|remove|rename)\("
)
_RUN = re.compile(
    rb"\bsubprocess\.(?:run|Popen|call|check_call|check_output)\(\s*(?:\[\s*" + _PROGRAM + rb"|(?P<local>[a-z_]\w*)\b|)"
)
_IMPORT_FAILURES = ("ImportError", "ModuleNotFoundError")
_FAILURES = ("Exception", "BaseException", "RuntimeError", "OSError", "AttributeError")


def _is_constant(item: Item, outline: Outline) -> bool:
    value = item.text("value") if item.kind == "assign" else None
    return value is not None and isinstance(outline.expression(value), ex.Constant)


def _went_through(item: Item, outline: Outline) -> Iterator[Guard]:
    """Yield, for the else block of a try, the negated tests under which its body raises by itself."""
    for statement in item.blocks["body"]:
        test = statement.text("test") if statement.kind == "if" else None
        if test is not None and leaves(statement.blocks["body"], _RAISE):
            yield Guard(test, "else", outline.expression(test), holds=False)
