"""Objects that a lazy module gives another object for: a `__getattr__` that answers with one of a related name.

**Finds** a `return` within `__getattr__` of what is found under a name made of the one asked for (`f"{name}Slow"`,
`name[:-4]`), with the ending that the name has to have: of an object that misses a backend (`"fast" in missing`), with
what is said beside it, and of a name that is offered no more (`name[:-4] in self._known`). A test there that the name
asked for is a key of a table which the vocabulary knows, and the keys of such a table.

**Misses** other tables, and conditions with further parts (counted).
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.detector import Detector, cores
from miner.detect.file import File, items, matches, qualname
from miner.detect.idiom import Idioms
from miner.detect.warning import call_that_warns, message_of
from miner.model import expression as ex
from miner.model.site import Guard, Site
from miner.syntax.outline import Item

ID = "substitution"
ASKS = "__getattr__"


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the site of each object that one function gives for another."""
    if item is not None and item.kind == "assign":
        yield from _table(file, item)
    elif item is not None and item.name == ASKS and (parameters := file.names(item).parameters):
        yield from _answers(file, item, ex.Name(parameters[-1]))


def _answers(file: File, item: Item, asked: ex.Name) -> Iterator[Site]:
    for inner in items(item.blocks["body"]):
        if inner.kind == "return":
            yield from _given(file, inner, asked)
        elif inner.kind == "if":
            yield from _looked_up(file, inner, asked)


def _given(file: File, returned: Item, asked: ex.Name) -> Iterator[Site]:
    other = _other(file, returned, asked)
    if other is None:
        return
    name, made = other
    guards = file.conditions(returned)
    tests = [each for guard in guards if guard.holds and guard.kind == "if" for each in _conjuncts(guard)]
    missing = {test: found for test in tests if (found := _missing(file, returned, test, asked)) is not None}
    endings = {test: needed for test in tests if (needed := ending(test, asked)) is not None}
    left = [test for test in tests if test not in missing and test not in endings]
    backend, container = next(iter(missing.values()), ("", None))
    known = [test for test in left if _is_known(test, name)]
    if not missing and not (endings and known):
        return
    if len(missing) > 1 or len(endings) > 1 or not all(_is_about(test, (asked, name), container) for test in left):
        file.unread("substitution: a condition with further parts")
        return
    is_there = container is not None and ex.Compare(name, ("not in",), (container,)) in left
    names = (backend, *(endings.values() or ("",)), "there" if is_there else "")
    expressions: dict[str, ex.Expression] = {"other": made}
    spans = {}
    for beside in returned.siblings(file.outline.items):
        call = call_that_warns(file, beside)
        message = message_of(call) if call is not None else None
        if message is not None:
            expressions["message"], spans["message"] = message, beside.span
    yield Site(
        ID, "object" if missing else "name", returned.span, qualname(returned), guards, expressions, spans, names
    )


def _table(file: File, item: Item) -> Iterator[Site]:
    """Yield a table at the top of a module whose keys are answered."""
    target, value = item.text("target"), item.text("value")
    if item.parent is not None or target is None or value is None:
        return
    name = file.outline.source(target)
    table = file.expression(value) if matches(name, file.idioms.placeholders.answered) else None
    if isinstance(table, ex.Mapping):
        keys = tuple(key for key, _ in table.items if isinstance(key, ex.Constant) and isinstance(key.value, str))
        yield Site(ID, "keys", item.span, name, expressions={"keys": ex.Sequence("tuple", keys)})


def _looked_up(file: File, item: Item, asked: ex.Name) -> Iterator[Site]:
    """Yield the test that the name asked for, or the same without its last letters, is a key of a table."""
    span = item.text("test")
    test = file.expression(span) if span is not None else None
    match test:
        case ex.Compare(left=ex.Name() as left, operators=("in",), comparators=(ex.Name(name=table),)):
            made = _value(file, item, left) if left != asked else None
            other = made.body if isinstance(made, ex.Conditional) and made.orelse == asked else made
            is_asked = left == asked or (other is not None and is_made(other, asked))
            if is_asked and span is not None and matches(table, file.idioms.placeholders.answered):
                guards = file.conditions(item)
                expressions = {"other": other} if other is not None else {}
                yield Site(
                    ID, "table", span, qualname(item), guards, expressions, names=(table, *_endings(guards, asked))
                )


def _value(file: File, item: Item, name: ex.Expression) -> ex.Expression | None:
    """Return the value that the nearest statement before `item`, in its block or one around it, gives a local."""
    around: Item | None = item if isinstance(name, ex.Name) else None
    while around is not None and around.kind not in {"function", "class"}:
        for other in reversed(around.siblings(file.outline.items)):
            target, value = other.text("target"), other.text("value")
            is_before = other.kind == "assign" and other.span.end_byte <= item.span.start_byte
            if is_before and target is not None and value is not None and file.expression(target) == name:
                return file.expression(value)
        around = around.parent
    return None


def _other(file: File, returned: Item, asked: ex.Name) -> tuple[ex.Name, ex.Expression] | None:
    """Return the local that holds the other name, and how that is made of the one asked for."""
    span = returned.text("value")
    if span is None or not file.outline.source(span).isidentifier():
        return None
    match _value(file, returned, file.expression(span)):
        case ex.Call(function=ex.Name(name="getattr"), arguments=(_, ex.Argument(value=ex.Name() as name), *_)):
            made = _value(file, returned, name)
            if made is not None and is_made(made, asked):
                return name, made
    return None


def is_made(made: ex.Expression, asked: ex.Name) -> bool:
    """Say whether a name is the one asked for with more around it, or without so many of its last letters."""
    match made:
        case ex.Formatted(parts=parts):
            return [part for part in parts if not isinstance(part, str)] == [asked]
        case ex.Subscript(value=value, index=ex.Slice(lower=None, upper=ex.Constant(value=int(end)), step=None)):
            return value == asked and end < 0
    return False


def _conjuncts(guard: Guard) -> tuple[ex.Expression, ...]:
    test = guard.test
    return test.values if isinstance(test, ex.Boolean) and test.operator == "and" else (test,)


def _missing(file: File, returned: Item, test: ex.Expression, asked: ex.Name) -> tuple[str, ex.Expression] | None:
    """Return the backend, a literal string, that the object asked for has to miss, and the mapping that says so."""
    match test:
        case ex.Compare(left=ex.Constant(value=str(backend)), operators=("in",), comparators=(listed,)):
            made = listed if isinstance(listed, ex.Subscript) else _value(file, returned, listed)
            if isinstance(made, ex.Subscript) and made.index == asked:
                return backend, made.value
    return None


def _is_known(test: ex.Expression, name: ex.Name) -> bool:
    return isinstance(test, ex.Compare) and test.operators == ("in",) and test.left == name


def ending(test: ex.Expression, asked: ex.Name) -> str | None:
    """Return the ending that a test asks for of the name that is asked for: `name.endswith("Fast")`."""
    match test:
        case ex.Call(
            function=ex.Attribute(value=value, name="endswith"),
            arguments=(ex.Argument(value=ex.Constant(value=str(ending)), keyword=None),),
        ) if value == asked:
            return ending
    return None


def _endings(guards: tuple[Guard, ...], asked: ex.Name) -> Iterator[str]:
    """Yield the endings one of which the name asked for has to have."""
    for guard in guards:
        test = guard.test
        either = test.values if isinstance(test, ex.Boolean) and test.operator == "or" else (test,)
        found = [ending(each, asked) for each in either] if guard.holds and guard.kind == "if" else [None]
        if None not in found:
            yield from (each for each in found if each is not None)


def _is_about(test: ex.Expression, names: tuple[ex.Name, ...], container: ex.Expression | None) -> bool:
    """Say whether a test is that one of the names is known at all, or that nothing is missing of it."""
    match test:
        case ex.Compare(left=left, operators=("in",)):
            return left in names
        case ex.Compare(left=left, operators=("not in",), comparators=(where,)):
            return left in names and where == container
    return False


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return (b"def " + ASKS.encode(), *cores(*idioms.placeholders.answered))


DETECTOR = Detector(ID, 2, frozenset({"function", "assign"}), _words, find)
