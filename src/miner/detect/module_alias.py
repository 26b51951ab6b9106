"""Old names of modules that a package still answers: entries of `sys.modules`, and finders on `sys.meta_path`.

**Finds** `sys.modules["kit.old"] = sys.modules["kit.new"]` at module level, also in a loop over names; finders that are
put on `sys.meta_path` with a function of the same file that gives the new name for the old one; and the classes of such
finders, with the ending of the names that the modules they make answer by another (`getattr(module, name[:-4])`).

**Misses** finders that hold the names themselves, and functions that are made elsewhere (counted).
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.detector import Detector
from miner.detect.file import File, items
from miner.detect.idiom import Idioms
from miner.detect.substitution import ASKS, ending, is_made
from miner.model import expression as ex
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.freeze import freeze
from miner.syntax.outline import Item

ID = "module-alias"
_TABLE = "sys.modules"
_FINDERS = "sys.meta_path"
_MAKES = "exec_module"
_WORDS = (_TABLE.encode(), _FINDERS.encode(), f"def {_MAKES}".encode())


def find(file: File, _: Item | None) -> Iterator[Site]:
    """Yield the entries, the finders and their classes of one file."""
    for item in items(file.outline.items):
        if item.kind == "assign" and file.holds(item.span, _TABLE.encode()):
            yield from _entry(file, item)
        elif item.kind == "expression" and file.holds(item.span, _FINDERS.encode()):
            yield from _installed(file, item)
        elif item.kind == "class":
            yield from _finder(file, item)


def _entry(file: File, item: Item) -> Iterator[Site]:
    """Yield an entry of the table of modules: `key` is the old name and `value` the module; `each`, of a loop."""
    target, value = item.text("target"), item.text("value")
    if target is None or value is None:
        return
    match file.expression(target):
        case ex.Subscript(value=table, index=key) if ex.dotted(table) == _TABLE and key != ex.Name("__name__"):
            expressions = {"key": key, "value": file.expression(value)}
            loop = item.parent
            if loop is not None and loop.kind == "for":
                over, each = loop.text("iterable"), loop.text("target")
                if over is None or each is None:
                    return
                expressions |= {"each": file.expression(each), "iterable": file.expression(over)}
            expressions |= {f"name:{name}": found for name, (found, _) in _bound(file, *expressions.values()).items()}
            yield Site(ID, "entry", item.span, "", file.conditions(item), expressions)


def _installed(file: File, item: Item) -> Iterator[Site]:
    """Yield what puts a finder on the path: the names of its class and of the function that it is given."""
    value = item.text("value")
    for call in ex.walk(file.expression(value)) if value is not None else ():
        if not isinstance(call, ex.Call) or ex.dotted(call.function) not in {
            f"{_FINDERS}.append",
            f"{_FINDERS}.insert",
        }:
            continue
        match call.arguments[-1:]:
            case (ex.Argument(value=ex.Call(function=made, arguments=(ex.Argument(value=ex.Name(name=asked)),))),):
                functions = [
                    each for each in items(file.outline.items) if (each.kind, each.name) == ("function", asked)
                ]
                if len(functions) != 1:
                    file.unread("module-alias: a finder whose function is not of its file")
                    continue
                statements = freeze(functions, file.outline, keep=lambda _: True)
                bound = _bound(file, *statements)
                yield Site(
                    ID,
                    "installed",
                    item.span,
                    expressions={f"name:{name}": found for name, (found, _) in bound.items()},
                    spans={asked: functions[0].span, **{f"name:{name}": span for name, (_, span) in bound.items()}},
                    names=(ex.dotted(made) or "", asked),
                    statements=statements,
                )
            case _:
                file.unread("module-alias: a finder that is not given a function")


def _bound(file: File, *mentioning: object) -> dict[str, tuple[ex.Expression, Span]]:
    """Return the values that assignments of the module give the names that are mentioned, and the names in those."""
    values = {}
    for item in items(file.outline.items):
        target, value = item.text("target"), item.text("value")
        if item.kind == "assign" and target is not None and value is not None:
            values[file.outline.source(target)] = (value, item.span)
    found: dict[str, tuple[ex.Expression, Span]] = {}
    waiting = ex.names_in(*mentioning)
    while waiting:
        name = waiting.pop()
        if name in values and name not in found:
            value, span = values[name]
            found[name] = (file.expression(value), span)
            waiting |= ex.names_in(found[name][0])
    return found


def _finder(file: File, item: Item) -> Iterator[Site]:
    """Yield a class whose loader imports another module and gives its names to the one that it makes."""
    makes = [each for each in item.blocks["body"] if (each.kind, each.name) == ("function", _MAKES)]
    if not makes or not file.holds(makes[0].span, b"import_module") or not file.holds(makes[0].span, b".update("):
        return
    answers = [each for each in items(makes[0].blocks["body"]) if (each.kind, each.name) == ("function", ASKS)]
    given = next((found for each in answers for found in _given(file, each)), None)
    yield Site(
        ID,
        "finder",
        makes[0].span,
        item.name,
        expressions={} if given is None else {"other": given[1]},
        spans={} if given is None else {"other": given[2]},
        names=() if given is None else (given[0],),
    )


def _given(file: File, function: Item) -> Iterator[tuple[str, ex.Expression, Span]]:
    """Yield the ending of the names that a module's `__getattr__` answers, how the other name is made, and where."""
    parameters = file.names(function).parameters
    asked = ex.Name(parameters[0]) if parameters else None
    for returned in items(function.blocks["body"]):
        value = returned.text("value") if returned.kind == "return" else None
        match file.expression(value) if value is not None else None:
            case ex.Call(function=ex.Name(name="getattr"), arguments=(_, ex.Argument(value=made), *_)):
                tests = [guard.test for guard in file.conditions(returned) if guard.holds and guard.kind == "if"]
                parts = [part for test in tests for part in (test.values if isinstance(test, ex.Boolean) else (test,))]
                endings = [found for part in parts if asked and (found := ending(part, asked)) is not None]
                if asked is not None and is_made(made, asked) and len(endings) == 1 and not _is_open(tests):
                    yield endings[0], made, returned.span


def _is_open(tests: list[ex.Expression]) -> bool:
    return any(isinstance(test, ex.Boolean) and test.operator == "or" for test in tests)


def _words(_: Idioms) -> tuple[bytes, ...]:
    return _WORDS


DETECTOR = Detector(ID, 1, frozenset(), _words, find)
