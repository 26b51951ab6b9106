"""Objects that a lazy module gives another object for: a `__getattr__` that answers with one of a related name.

**Finds** a `return` within `__getattr__` of what is found under a name made of the one asked for (`f"{name}Slow"`),
where a backend is among those that the object misses (`"fast" in missing`), with the ending that the name has to have,
and what is said beside it.

**Misses** names that are cut short or taken from a table, and conditions with further parts (counted).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.detect.detector import Detector
from miner.detect.file import File, items, qualname
from miner.detect.idiom import Idioms
from miner.detect.warning import call_that_warns
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Guard, Site
from miner.syntax.outline import Item

ID = "substitution"
_ASKS = "__getattr__"


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the site of each object that one function gives for another."""
    if item is None or item.name != _ASKS:
        return
    parameters = file.names(item).parameters
    if not parameters:
        return
    asked = ex.Name(parameters[-1])
    for inner in items(item.blocks["body"]):
        if inner.kind == "return":
            yield from _given(file, inner, asked)


def _given(file: File, returned: Item, asked: ex.Name) -> Iterator[Site]:
    span = returned.text("value")
    if span is None or not file.outline.source(span).isidentifier():
        return
    guards = file.conditions(returned)
    value = file.expression(span)
    scope = file.scope(returned, value, *(guard.test for guard in guards))
    bound = {name: each for each in (scope.statements if scope else ()) for name in _bound(each)}
    other = _other(bound.get(value), asked, bound)
    if other is None:
        return
    name, made = other
    tests = [each for guard in guards if guard.holds and guard.kind == "if" for each in _conjuncts(guard)]
    missing = {test: found for test in tests if (found := _missing(test, asked, bound)) is not None}
    endings = {test: ending for test in tests if (ending := _ending(test, asked)) is not None}
    if not missing:
        return
    backend, container = next(iter(missing.values()))
    left = [test for test in tests if test not in missing and test not in endings]
    if len(missing) > 1 or len(endings) > 1 or not all(_is_about(test, (asked, name), container) for test in left):
        file.unread("substitution: a condition with further parts")
        return
    is_there = ex.Compare(name, ("not in",), (container,)) in left
    names = (backend, *(endings.values() or ("",)), "there" if is_there else "")
    expressions: dict[str, ex.Expression] = {"other": made}
    spans = {}
    for beside in returned.siblings(file.outline.items):
        call = call_that_warns(file, beside)
        message = ex.argument_of(call, 0, "message", "msg") if call is not None else None
        if message is not None:
            expressions["message"], spans["message"] = message, beside.span
    yield Site(ID, "object", returned.span, qualname(returned), guards, expressions, spans, names)


def _bound(statement: st.Statement) -> Iterable[ex.Expression]:
    return statement.targets if isinstance(statement, st.Assign) else ()


def _value(name: ex.Expression | None, bound: dict[ex.Expression, st.Statement]) -> ex.Expression | None:
    statement = bound.get(name) if name is not None else None
    return statement.value if isinstance(statement, st.Assign) else None


def _other(
    statement: st.Statement | None, asked: ex.Name, bound: dict[ex.Expression, st.Statement]
) -> tuple[ex.Name, ex.Formatted] | None:
    """Return the local that holds the other name, and how that is made of the one asked for."""
    value = statement.value if isinstance(statement, st.Assign) else None
    match value:
        case ex.Call(function=ex.Name(name="getattr"), arguments=(_, ex.Argument(value=ex.Name() as name), *_)):
            made = _value(name, bound)
            if isinstance(made, ex.Formatted) and [part for part in made.parts if not isinstance(part, str)] == [asked]:
                return name, made
    return None


def _conjuncts(guard: Guard) -> tuple[ex.Expression, ...]:
    test = guard.test
    return test.values if isinstance(test, ex.Boolean) and test.operator == "and" else (test,)


def _missing(
    test: ex.Expression, asked: ex.Name, bound: dict[ex.Expression, st.Statement]
) -> tuple[str, ex.Expression] | None:
    """Return the backend, a literal string, that the object asked for has to miss, and the mapping that says so."""
    match test:
        case ex.Compare(left=ex.Constant(value=str(backend)), operators=("in",), comparators=(listed,)):
            made = listed if isinstance(listed, ex.Subscript) else _value(listed, bound)
            if isinstance(made, ex.Subscript) and made.index == asked:
                return backend, made.value
    return None


def _ending(test: ex.Expression, asked: ex.Name) -> str | None:
    match test:
        case ex.Call(
            function=ex.Attribute(value=value, name="endswith"),
            arguments=(ex.Argument(value=ex.Constant(value=str(ending)), keyword=None),),
        ) if value == asked:
            return ending
    return None


def _is_about(test: ex.Expression, names: tuple[ex.Name, ...], container: ex.Expression) -> bool:
    """Say whether a test is that one of the names is known at all, or that nothing is missing of it."""
    match test:
        case ex.Compare(left=left, operators=("in",)):
            return left in names
        case ex.Compare(left=left, operators=("not in",), comparators=(where,)):
            return left in names and where == container
    return False


def _words(_: Idioms) -> tuple[bytes, ...]:
    return (b"def " + _ASKS.encode(),)


DETECTOR = Detector(ID, 1, frozenset({"function"}), _words, find)
