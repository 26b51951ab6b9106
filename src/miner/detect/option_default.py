"""Options whose value the code itself gives: where it is missing, or whatever the user said.

**Finds** assignments to what their own condition, or the condition of their value, says is None: `if x is None: x = y`,
`x = x if x is not None else y`, `self.x = x if x is not None else y`, `x = x or [y]`; also of a sibling (`pad_token =
eos_token`); options that are kept under a condition alone (`self.x = self.x if self.use_x else None`); constants and
options that are put into an object that holds options (`config.use_cache = False`); options that are taken out of
keyword arguments and not used (`kwargs.pop("fast", None)`), or put there when they are missing
(`kwargs.setdefault("fast", True)`); each with the comment right above.

**Misses** `x = x or y` where no display is given, `if x is not None: self.x = x` with an `else`, and values that
functions give for their caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.detect.comment import comment_above
from miner.detect.detector import Detector
from miner.detect.file import File, is_type_checking, matches, owning, qualname
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Guard, Site
from miner.model.span import Span
from miner.syntax.outline import Item

ID = "option-default"
_LONGEST = 200  # characters of an assignment
_SPACE = re.compile(r"\s+")
_FORCED = re.compile(rb"\.\w+ = (?=[\w\"'-])")
_HOLDER = re.compile(rb"\w*\Z")
_KEPT = re.compile(rb"\b(\w+) = (?:self\.)?\1 if [^\n]* else (?=None\b|True\b|False\b|-?[\d.])")
_LONGEST_NAME = 60
_KEYWORDS = re.compile(r"\w*kwargs")
_NONE = ex.Constant(None)


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the site of one statement."""
    if item is None or is_type_checking(item, file.outline):
        return
    if item.kind == "if":
        yield from _of_test(file, item)
        return
    if item.span.end_byte - item.span.start_byte > _LONGEST:
        return
    if item.kind == "expression":
        yield from _of_call(file, item, item.text("value") or item.span)
        return
    targets, value = item.all_texts("target"), item.text("value")
    if len(targets) != 1 or value is None:
        return
    if file.outline.source(targets[0]) == "_":
        yield from _of_call(file, item, value)
        return
    target = file.expression(targets[0])
    path = ex.dotted(target)
    if path is None:
        return
    given = file.expression(value)
    option = _kept(target)
    match given:
        case ex.Conditional(test=test, body=body, orelse=orelse) if body in option and _asks(test, body, "is not"):
            yield _site(file, item, "missing", path, orelse, Guard(value, "if", test, holds=False))
            return
        case ex.Conditional(test=test, body=body, orelse=orelse) if orelse in option and _asks(test, orelse, "is"):
            yield _site(file, item, "missing", path, body, Guard(value, "if", test, holds=True))
            return
        case ex.Boolean(operator="or", values=(test, orelse)) if test in option:
            yield _site(file, item, "missing", path, orelse, Guard(value, "if", test, holds=False))
            return
        case ex.Conditional(test=test, body=body, orelse=ex.Constant() as other) if body in option:
            yield _site(file, item, "dropped", path, other, Guard(value, "if", test, holds=False))
            return
    if _is_missing(file, item, target):  # said by the test
        return
    holder = path.rpartition(".")[0]
    if matches(holder, file.idioms.options.holders) and (isinstance(given, ex.Constant) or _is_same(given, path, file)):
        guards = (guard for guard in file.conditions(item) if guard.kind == "if" and guard.holds)
        is_missing = any(_asks(guard.test, target, "is") for guard in guards)
        yield _site(file, item, "missing" if is_missing else "forced", path, given)


def _kept(target: ex.Expression) -> tuple[ex.Expression, ...]:
    """Return what an assignment may give a default to: what it sets, and the parameter that an attribute keeps."""
    match target:
        case ex.Attribute(value=ex.Name(name="self"), name=name):
            return target, ex.Name(name)
    return (target,)


def _of_test(file: File, item: Item) -> Iterator[Site]:
    """Yield the sites of the assignments in the body of a test that asks whether something is None."""
    test = item.text("test")
    if test is None or not file.holds(test, b"is None"):
        return
    for inner in item.blocks["body"]:
        targets, value = inner.all_texts("target"), inner.text("value")
        if inner.kind != "assign" or len(targets) != 1 or value is None:
            continue
        if inner.span.end_byte - inner.span.start_byte <= _LONGEST:
            target = file.expression(targets[0])
            path = ex.dotted(target)
            if path is not None and _is_missing(file, inner, target):
                yield _site(file, inner, "missing", path, file.expression(value))


def _of_call(file: File, item: Item, span: Span) -> Iterator[Site]:
    """Yield the site of a call that takes an option out of keyword arguments, or puts one there."""
    call = file.expression(span)
    if not isinstance(call, ex.Call) or not isinstance(call.function, ex.Attribute):
        return
    receiver, name = ex.dotted(call.function.value) or "", call.function.name
    option = ex.argument_of(call, 0)
    if not _KEYWORDS.fullmatch(receiver) or not (isinstance(option, ex.Constant) and isinstance(option.value, str)):
        return
    value = ex.argument_of(call, 1)
    if name == "pop" and (item.kind == "expression" or value == _NONE):
        yield _site(file, item, "ignored", option.value, option)
    elif name == "setdefault" and value is not None:
        yield _site(file, item, "supplied", option.value, value)


def _site(file: File, item: Item, form: str, path: str, value: ex.Expression, *guards: Guard) -> Site:
    conditions = (*file.conditions(item), *guards)
    scope = file.scope(item, *(guard.test for guard in conditions), value)
    comment, place = _comment(file, item)
    spans = {"comment": place} if place is not None else {}
    names = (path, _SPACE.sub(" ", file.outline.source(item.span)), comment)
    return Site(ID, form, item.span, qualname(owning(item)), conditions, {"value": value}, spans, names, scope=scope)


def _is_missing(file: File, item: Item, target: ex.Expression) -> bool:
    """Say whether a statement stands under the test that what it sets is None."""
    test = item.parent.text("test") if item.parent is not None and item.parent.kind == "if" else None
    if test is None or item.arm != "body" or not file.holds(test, b"is None"):
        return False
    return _asks(file.expression(test), target, "is")


def _asks(test: ex.Expression, target: ex.Expression, operator: str) -> bool:
    """Say whether a test, or one that it needs, asks whether `target` is None."""
    match test:
        case ex.Compare(left=left, operators=(op,), comparators=(right,)):
            return left == target and op == operator and right == _NONE
        case ex.Boolean(operator="and", values=values):
            return any(_asks(value, target, operator) for value in values)
    return False


def _is_same(value: ex.Expression, path: str, file: File) -> bool:
    """Say whether a value is the option of the same name of another object that holds options."""
    holder, _, option = (ex.dotted(value) or "").rpartition(".")
    return option == path.rpartition(".")[2] and matches(holder, file.idioms.options.holders)


def _comment(file: File, item: Item) -> tuple[str, Span | None]:
    """Return the comment on the lines right above a statement, or above the test that it is alone under."""
    above = item
    if item.index == 0 and item.parent is not None and item.parent.kind == "if" and item.arm == "body":
        above = item.parent
    found = comment_above(file, item)
    return found if found[1] is not None or above is item else comment_above(file, above)


def _words(_: Idioms) -> tuple[bytes, ...]:
    return (
        b" is None:",
        b" is None and ",
        b" is None else ",
        b" is not None else ",
        b"kwargs.pop(",
        b"kwargs.setdefault(",
        b" or [",
        b" or {",
    )


def _more(file: File) -> tuple[bytes, ...]:
    """Return the beginnings of assignments to objects that hold options, and those that keep an option under a
    condition, as they stand in a file.
    """
    kept = {match[0] for match in _KEPT.finditer(file.data)}
    found = set()
    for match in _FORCED.finditer(file.data):
        before = _HOLDER.search(file.data, max(0, match.start() - _LONGEST_NAME), match.start())
        found.add(((before[0] if before is not None else b""), match[0]))
    holders = file.idioms.options.holders
    forced = {b"".join(each) for each in found if matches(each[0].decode("utf-8", "replace"), holders)}
    return tuple(sorted(kept | forced))


DETECTOR = Detector(ID, 5, frozenset({"if", "assign", "expression"}), _words, find, deep=True, more=_more)
