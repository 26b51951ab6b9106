"""Names that a module imports only where something is there, and functions that use them all the same.

**Finds** the statements within functions that use a name which the top level of the module binds by an import under an
`if` that asks the environment, and binds nowhere else: the first ones of each function, with the path condition,
unless the statement asks itself (`is_x() and x.go()`) or stands where the failure is taken.

**Misses** names that a failed import leaves unbound, names that other arms or statements bind too, uses in decorators,
signatures and bodies of classes (the module itself fails there), in functions within functions, which run later, and
far below others of the same name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from miner.detect import soft_use
from miner.detect.detector import NOWHERE, Detector
from miner.detect.file import File, definition, is_taken, is_type_checking, items, owning, qualname
from miner.detect.idiom import Idioms
from miner.detect.trigger import Offsets, is_within
from miner.flow.condition import leaves
from miner.flow.scope import bound_names
from miner.model import expression as ex
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.outline import Item

ID = "guarded-name"
_MOST = 4
"""Places in one function at which a name is looked at."""
_FUNCTION = re.compile(rb"^(?: {4}|\t)?(?:async )?(?:def|class) ", re.MULTILINE)
_TEXT = re.compile(rb'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""|^[ \t]*#[^\n]*', re.MULTILINE | re.DOTALL)
"""A string of several lines; what begins like a comment ends with its line."""
_ANNOTATED = re.compile(
    rb"->\s*|\|\s*|(?:^|[(,])\s*\*{0,2}\w+\s*:\s*"
    rb"|\b(?:Optional|Union|Callable|Iterable|Sequence|[Ll]ist|[Tt]uple|[Dd]ict|[Tt]ype|[Ss]et)\[[^=()]*"
)
"""How a line begins in which a type follows, mostly that of a parameter."""
_TAKEN = ("NameError", "Exception")
"""What a handler names that takes the failure to find a name."""
_READ = {
    "expression": "value",
    "assign": "value",
    "augment": "value",
    "return": "value",
    "raise": "exception",
    "assert": "test",
    "if": "test",
    "while": "test",
    "for": "iterable",
    "with": "context",
}
"""The role of the expressions of a statement that are evaluated where it stands."""


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of one statement: one for each name."""
    owner = owning(item)
    if item is None or owner is None or owner.kind != "function" or definition(item.parent) is not owner:
        return
    bound = file.guarded or {}
    for span in item.all_texts(_READ[item.kind]) or ((item.span,) if item.kind == "expression" else ()):
        wanted = [name for name in bound if file.holds(span, name.encode())]
        used = ex.names_in(file.expression(span)) if wanted else set()
        for name in wanted:
            test = bound[name]
            asked = file.expression(test)
            is_asked = not used.isdisjoint(ex.names_in(asked)) or is_taken(file, item, _TAKEN)
            if name not in used or is_asked or _is_varied(file, span, name) or _is_bound(file, owner, name):
                continue
            conditions = file.conditions(item)
            if not any(name in ex.names_in(guard.test) for guard in conditions):  # else that uses it first
                scope = file.scope(item, *(guard.test for guard in conditions))
                expressions = {"test": asked}
                yield Site(
                    ID, "use", span, qualname(owner), conditions, expressions, {"guard": test}, (name,), scope=scope
                )


def _is_varied(file: File, span: Span, name: str) -> bool:
    """Say whether an expression binds a name itself: in a comprehension, or as what a lambda is given."""
    pattern = rf"\bfor (?:\w+, )*{name}(?:, \w+)* in\b|\blambda (?:\w+, )*{name}\b"
    return re.search(pattern, file.outline.source(span)) is not None


def _is_bound(file: File, function: Item, name: str) -> bool:
    """Say whether a function binds a name itself: it is another one there."""
    if name in file.names(function).parameters:
        return True
    pattern = rf"\b{name}\b(?:, ?\w+)*\)? ?(?:=[^=]|:=|in )|\b(?:import|as|def|class) (?:\w+, )*{name}\b"
    return re.search(pattern, file.outline.source(function.span)) is not None and any(
        name in bound_names(item, file.outline) for item in items(function.blocks["body"])
    )


def _guarded(file: File) -> dict[str, Span]:
    """Return the names that only imports under a test bind, each with that test."""
    found: dict[str, Span] = {}
    again: set[str] = set()
    for item in file.outline.items:
        test = item.text("test") if item.kind == "if" else None
        if test is None or not is_within(file.triggers.get(soft_use.ID, ()), test):
            continue
        if leaves(item.blocks["orelse"], frozenset({"raise"})):  # without it there is no module
            continue
        for inner in item.blocks["body"]:
            if inner.kind == "import" and not is_type_checking(inner, file.outline):
                names = [binding.name.partition(".")[0] for binding in inner.bindings]
                again.update(name for name in names if name in found and not _is_same(file, found[name], test))
                found.update((name, test) for name in names if name not in found)
    if not found:
        return {}
    guarded = set(found.values())
    for item in items(file.outline.items):
        above = item.parent.text("test") if item.parent is not None and item.parent.kind == "if" else None
        if not (item.kind == "import" and item.arm == "body" and above in guarded) and not is_type_checking(
            item, file.outline
        ):
            again.update(name.partition(".")[0] for name in bound_names(item, file.outline))
    return {name: test for name, test in found.items() if name not in again}


def _is_same(file: File, one: Span, other: Span) -> bool:
    return file.outline.source(one) == file.outline.source(other)


def _words(_: Idioms) -> tuple[bytes, ...]:
    return (NOWHERE,)


def _uses(file: File) -> Offsets:
    """Return the first places of each function at which names stand that are only bound under a test."""
    names = file.guarded = _guarded(file)
    if not names:
        return ()
    data = file.data
    starts = [match.start() for match in _FUNCTION.finditer(data)]
    texts = [match.span() for match in _TEXT.finditer(data)]
    begins = [begin for begin, _ in texts]
    found: list[int] = []
    for name in names:
        seen: dict[int, int] = {}
        for match in re.finditer(rb"(?<![\w.\"'])" + re.escape(name.encode()) + rb"(?!\w)", data):
            at = match.start()
            inside = bisect_right(begins, at) - 1
            function = bisect_right(starts, at)
            if (inside >= 0 and texts[inside][1] > at) or not function or seen.get(function, 0) >= _MOST:
                continue
            line = data[data.rfind(b"\n", 0, at) + 1 : at]
            if not any(each.end() == len(line) for each in _ANNOTATED.finditer(line)):
                seen[function] = seen.get(function, 0) + 1
                found.append(at)
    return tuple(sorted(found))


DETECTOR = Detector(ID, 1, frozenset(_READ), _words, find, deep=True, places=_uses)
