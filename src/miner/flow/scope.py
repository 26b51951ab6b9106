"""The names of a function at one of its statements: parameters, and locals by the statements that bind them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from miner.flow.condition import leaves
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Scope
from miner.model.span import Span
from miner.syntax.freeze import freeze
from miner.syntax.outline import Item, Outline
from miner.syntax.rows import entries

_PARAMETER = re.compile(r"\**\s*(\w+)")
_NAME = re.compile(r"[A-Za-z_]\w*")
_MOST = 24
"""Statements that one condition is followed through; the longest chain of transformers has 9."""
_NEVER = ex.Opaque("", "is left before")
"""What a name holds behind an arm that always leaves."""
_ARMS = 12
"""Statements of one name that are looked at as the arms of one `if`."""
_AFTER = re.compile(rb"\s*(?::[^=\n]*)?(?:[-+*/%|&^@]|//|\*\*|<<|>>|:)?=(?!=)|\s*,|\s*\)?\s*in\b|\s*\)\s*=(?!=)")
_BEFORE = re.compile(rb"(?:\b(?:as|import|def|class)\s+|,\s*|[(*]\s*)\Z")
"""What stands beside a name where it may be bound; the statement that stands there decides."""
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")


@dataclass(frozen=True)
class Names:
    """The names of one function; `around` are the functions that it stands in, innermost first.

    `known` are the byte offsets at which a name may be bound in the function, worked out when first asked for.
    """

    function: Item
    parameters: tuple[str, ...]
    around: tuple[Item, ...]
    known: dict[str, tuple[int, ...]] = field(default_factory=dict)


def names_of(function: Item, outline: Outline) -> Names:
    """Return the parameters of a function and of those around it, and where its locals may be bound."""
    functions = [function, *(each for each in ancestors(function) if each.kind == "function")]
    parameters = dict.fromkeys(name for each in functions for name in _parameters(each, outline))
    return Names(function, tuple(parameters), tuple(functions[1:]))


def names_of_module(outline: Outline) -> Names:
    """Return the names of a module, as if it were the body of a function without parameters."""
    whole = Span(0, len(outline.data), 1, 1)
    return Names(Item("function", whole, None, "", 0, loaded={"body": outline.items}), (), ())


def is_bound_after(name: str, item: Item, names: Names, outline: Outline) -> bool:
    """Say whether a later statement of the same block of names binds `name` anew."""
    after = (offset for offset in _known(name, names, outline) if offset >= item.span.end_byte)
    found = (_at(names.function.blocks["body"], offset) for offset in after)
    return any(each is not None and name in bound_names(each, outline) for each in found)


def scope_at(
    item: Item, names: Names, wanted: Iterable[str], outline: Outline, follows: Callable[[str], bool] = lambda _: True
) -> Scope:
    """Return what the `wanted` names are at `item`: parameters, assignments before it, or not known.

    A name that several statements before `item` bind is not known, but where they are the arms of one `if` (`divided`);
    nor is one bound by a loop, a handler or a with. Names that only the values mention are left out unless `follows`
    says so.
    """
    waiting = [(name, item.span.start_byte) for name in sorted(set(wanted), reverse=True)]
    kept: dict[int, Item] = {}
    made: list[st.Assign] = []
    unknown: dict[str, None] = {}
    parameters: dict[str, None] = {}
    seen: set[str] = set()
    while waiting:
        name, before = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        binding = _binding(name, before, names, outline)
        if not binding:
            if name in names.parameters:
                parameters[name] = None
            elif any(_offsets(name, _body(outer), outline) for outer in names.around):
                unknown[name] = None
            continue
        found = None
        if len(binding) > 1 and name not in names.parameters and len(kept) + len(made) < _MOST:
            found = divided(name, before, _binding(name, before, names, outline, _ARMS), item, outline)
        if found is not None:
            made.append(found)
            inner = filter(follows, ex.names_in(found.value))
            waiting.extend((each, found.span.end_byte) for each in sorted(inner, reverse=True))
            continue
        if len(binding) > 1 or name in names.parameters or not _is_followed(binding[0]) or len(kept) >= _MOST:
            unknown[name] = None
            continue
        kept[binding[0].span.start_byte] = binding[0]
        if (value := binding[0].text("value")) is not None:
            inner = filter(follows, ex.names_in(outline.expression(value)))
            waiting.extend((each, binding[0].span.start_byte) for each in sorted(inner, reverse=True))
    statements = freeze([kept[start] for start in sorted(kept)], outline, keep=lambda _: False)
    if made:
        statements = tuple(sorted((*statements, *made), key=lambda statement: statement.span.end_byte))
    return Scope(tuple(parameters), tuple(unknown), statements)


def divided(name: str, before: int, bindings: list[Item], item: Item, outline: Outline) -> st.Assign | None:
    """Return what a name holds that the arms of one `if` before `item` bind, each by one plain assignment, as one.

    Without an `else`, or where an arm does not bind it, it holds what an assignment before the `if` says. None where
    anything else binds it too, or a test asks for it.
    """
    inside = [each for each in bindings if each.parent is not None and each.parent.kind == "if"]
    outside = [each for each in bindings if each not in inside]
    if not inside or len(outside) > 1 or not all(_is_plain(each, name, outline) for each in bindings):
        return None
    top = inside[0].parent
    while top is not None and top.parent is not None and top.parent.kind == "if" and _is_elif(top):
        top = top.parent
    around = {(id(each.parent), each.arm) for each in (item, *ancestors(item))}
    if top is None or top.span.end_byte > before or (id(top.parent), top.arm) not in around:
        return None
    base: ex.Expression | None = None
    if outside:
        first = outside[0]
        if first.span.end_byte > top.span.start_byte or (id(first.parent), first.arm) != (id(top.parent), top.arm):
            return None
        base = _value(first, outline)
    left = list(inside)
    value = _of_arms(top, left, base, outline, _ARMS)
    test = top.text("test")
    if value is None or left or test is None or not isinstance(value, ex.Conditional) or name in ex.names_in(value):
        return None
    start = outside[0].span if outside else test  # what it holds otherwise is a part of it
    return st.Assign(outline.between(start, inside[-1].span), (ex.Name(name),), value)


def _of_arms(
    item: Item, left: list[Item], base: ex.Expression | None, outline: Outline, most: int
) -> ex.Expression | None:
    """Return what the arms of an `if` bind, and take their statements from `left`.

    None where one of them is open, or there are more than `most`.
    """
    if not most:
        return None
    body = _of_block(item, "body", left, base, outline)
    nested = item.blocks["orelse"]
    if len(nested) == 1 and nested[0].kind == "if":
        orelse = _of_arms(nested[0], left, base, outline, most - 1)
    else:
        orelse = _of_block(item, "orelse", left, base, outline)
    test = item.text("test")
    if body is None or orelse is None or test is None:
        return None
    if _NEVER in {body, orelse}:
        return orelse if body == _NEVER else body
    return ex.Conditional(outline.expression(test), body, orelse)


def _of_block(
    item: Item, arm: str, left: list[Item], base: ex.Expression | None, outline: Outline
) -> ex.Expression | None:
    mine = [each for each in left if each.parent is item and each.arm == arm]
    if len(mine) > 1:
        return None
    if not mine:
        return _NEVER if leaves(item.blocks[arm]) else base
    left.remove(mine[0])
    return _value(mine[0], outline)


def _is_elif(item: Item) -> bool:
    return item.arm == "orelse" and item.parent is not None and len(item.parent.blocks["orelse"]) == 1


def _is_plain(item: Item, name: str, outline: Outline) -> bool:
    """Say whether a statement is one assignment of a value, made without the name itself, to the name alone."""
    targets = item.all_texts("target")
    is_one = item.kind == "assign" and len(targets) == 1 and outline.source(targets[0]) == name
    value = _value(item, outline) if is_one else None
    return value is not None and name not in ex.names_in(value)


def _value(item: Item, outline: Outline) -> ex.Expression | None:
    value = item.text("value")
    return outline.expression(value) if value is not None else None


def ancestors(item: Item) -> Iterator[Item]:
    """Yield the statements that an item stands in, innermost first."""
    while item.parent is not None:
        item = item.parent
        yield item


def is_bound(name: str, names: Names, outline: Outline) -> bool:
    """Say whether a function, or one around it, seems to bind a name; a parameter of the same name does not count."""
    return bool(_known(name, names, outline)) or any(_offsets(name, _body(outer), outline) for outer in names.around)


def text_at(name: str, item: Item, names: Names, outline: Outline) -> tuple[Item, bool] | None:
    """Return the assignment that says what text `name` holds at `item`, and whether more is added to that text.

    It is the last one, when that stands before `item` in the same block, or the first, when all later ones only add to
    it. None where a single one binds the name, or where it is open which of several does.
    """
    first, *others = _binding(name, item.span.start_byte, names, outline, _MOST) or (None,)
    if first is None or not others:
        return None
    last = others[-1]
    if last.parent is item.parent and last.arm == item.arm and _is_followed(last) and not _adds(last, name, outline):
        return last, False
    return (first, True) if _is_followed(first) and all(_adds(other, name, outline) for other in others) else None


def _adds(item: Item, name: str, outline: Outline) -> bool:
    """Say whether what a statement binds `name` to is made of what it was."""
    value = item.text("value")
    return item.kind == "augment" or (value is not None and name in ex.names_in(outline.expression(value)))


def _known(name: str, names: Names, outline: Outline) -> tuple[int, ...]:
    """Return where `name` may be bound in the function; worked out once."""
    if name not in names.known:
        names.known[name] = _offsets(name, _body(names.function), outline)
    return names.known[name]


def _binding(name: str, before: int, names: Names, outline: Outline, most: int = 2) -> list[Item]:
    """Return the statements of the function that bind `name` before an offset; with two the answer is open."""
    found: dict[int, Item] = {}
    for offset in _known(name, names, outline):
        if offset >= before or len(found) >= most:
            break
        item = _at(names.function.blocks["body"], offset)
        is_done = item is not None and (item.span.end_byte <= before or item.kind in {"for", "with", "except"})
        if item is not None and is_done and name in bound_names(item, outline):
            found[id(item)] = item
    return list(found.values())


def _at(block: list[Item], offset: int) -> Item | None:
    """Return the innermost statement at an offset; the insides of definitions are not entered."""
    position = bisect_right(block, offset, key=_start)
    item = block[position - 1] if position else None
    if item is None or offset >= item.span.end_byte:
        return None
    if item.kind not in {"function", "class"}:
        for inner in item.blocks.values():
            found = _at(inner, offset)
            if found is not None:
                return found
    return item


def _start(item: Item) -> int:
    return item.span.start_byte


def _is_followed(item: Item) -> bool:
    return item.kind == "import" or (item.kind == "assign" and item.text("value") is not None)


def bound_names(item: Item, outline: Outline) -> Iterator[str]:
    """Yield the names that a statement itself binds."""
    if item.kind in {"assign", "augment", "for", "with"}:
        for target in item.all_texts("target"):
            text = outline.source(target)
            if "." not in text and "[" not in text.strip("[("):
                yield from _NAME.findall(text)
    elif item.kind == "import":
        yield from (binding.name for binding in item.bindings)
    elif item.kind in {"function", "class", "except"} and item.name:
        yield item.name


def _body(function: Item) -> Span:
    parameters = function.text("parameters")
    start = parameters.end_byte if parameters is not None else function.span.start_byte
    return Span(start, function.span.end_byte, function.span.start_line, function.span.end_line)


def _offsets(name: str, span: Span, outline: Outline) -> tuple[int, ...]:
    """Return where `name` may be bound within a span."""
    data, word = outline.data, name.encode()
    found: list[int] = []
    at = data.find(word, span.start_byte, span.end_byte)
    while at != -1:
        end = at + len(word)
        is_whole = data[at - 1] not in _WORD and (end >= len(data) or data[end] not in _WORD)
        if is_whole and (_AFTER.match(data, end, span.end_byte) or _BEFORE.search(data, max(at - 12, 0), at)):
            found.append(at)
        at = data.find(word, end, span.end_byte)
    return tuple(found)


def _parameters(function: Item, outline: Outline) -> tuple[str, ...]:
    span = function.text("parameters")
    return parameter_names(outline.source(span)) if span is not None else ()


def parameter_names(signature: str) -> tuple[str, ...]:
    """Return the names of the parameters that a signature, brackets included, begins with; no separators."""
    found = []
    for start, end in entries(signature):
        match = _PARAMETER.match(signature, start, end)
        if match is not None:
            found.append(match[1])
    return tuple(found)


def required_names(signature: str) -> tuple[str, ...]:
    """Return the names of the parameters without a default, in the same way."""
    required = [signature[start:end] for start, end in entries(signature) if "=" not in signature[start:end]]
    return parameter_names(f"({', '.join(required)})")
