"""Rules that give every object of a file its backends by the file's name or content.

**Finds** the table of rules (a mapping from a lambda over the file's name, or its name and text, to backends), the
function that applies it (and so decides which files are read), and the calls that apply that function to a folder.

**Misses** rules that are not a mapping literal, and tables that are filled by statements.
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.detector import Detector, cores
from miner.detect.file import File, matches, rows
from miner.detect.file import items as statements_of
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.freeze import freeze
from miner.syntax.outline import Item

ID = "file-rule"


def find(file: File, _: Item | None) -> Iterator[Site]:
    """Yield the rule tables, filters and uses of one file."""
    tables = file.idioms.file_rules.tables
    for statement in statements_of(file.outline.items):
        if statement.kind == "assign":
            yield from _table(file, statement)
        elif statement.kind == "function" and any(file.holds(statement.span, t.encode()) for t in cores_of(tables)):
            frozen = freeze([statement], file.outline, keep=lambda _: True)
            yield Site(ID, "filter", statement.span, statement.name, statements=frozen)
        if statement.kind in {"assign", "expression", "import"}:
            yield from _use(file, statement)


def cores_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the literal parts of name patterns as text."""
    return tuple(core.decode() for core in cores(*names))


def _table(file: File, item: Item) -> Iterator[Site]:
    value = item.text("value")
    names = [file.outline.source(target) for target in item.all_texts("target")]
    if value is None or not any(matches(name, file.idioms.file_rules.tables) for name in names):
        return
    table = file.expression(value)
    yield Site(
        ID,
        "table",
        item.span,
        "",
        (),
        {"table": table, **{f"name:{name}": found for name, found in _bound(file, table)}},
        {"value": value, **_rows(file, value), **_bound_spans(file, table)},
        tuple(names),
    )


def _rows(file: File, value: Span) -> dict[str, Span]:
    """Return the span of each entry of the table, by its position."""
    return {f"row:{position}": span for position, (_, span) in enumerate(rows(file, value))}


def _bound_items(file: File, table: ex.Expression) -> Iterator[tuple[str, Item]]:
    wanted = ex.names_in(table)
    for item in file.outline.items:
        for target in item.all_texts("target") if item.kind == "assign" else ():
            if (name := file.outline.source(target)) in wanted:
                yield name, item


def _bound(file: File, table: ex.Expression) -> Iterator[tuple[str, ex.Expression]]:
    """Yield the module-level values of the names that the rules mention."""
    for name, item in _bound_items(file, table):
        value = item.text("value")
        if value is not None:
            yield name, file.expression(value)


def _bound_spans(file: File, table: ex.Expression) -> dict[str, Span]:
    return {f"name:{name}": item.span for name, item in _bound_items(file, table)}


def _use(file: File, item: Item) -> Iterator[Site]:
    """Yield the calls, within one statement, of a function that applies the rules to a folder."""
    names = file.idioms.file_rules.structures
    if not any(file.holds(item.span, core) for core in cores(*names)) or item.kind == "import":
        return
    value = item.text("value")
    for call in _calls(file.expression(value)) if value else ():
        name = ex.dotted(call.function)
        if matches(name, names) and call.arguments:
            expressions: dict[str, ex.Expression] = {"call": call}
            folder = call.arguments[0].value
            if isinstance(folder, ex.Name):
                for bound in _values(file, folder.name):
                    expressions["bound"] = bound
            yield Site(ID, "use", item.span, "", (), expressions, names=(name or "",))


def _values(file: File, name: str) -> Iterator[ex.Expression]:
    """Yield the values that statements of module level bind to a name."""
    for item in statements_of(file.outline.items):
        value = item.text("value") if item.kind == "assign" else None
        if value is not None and any(file.outline.source(target) == name for target in item.all_texts("target")):
            yield file.expression(value)


def _calls(expression: object) -> Iterator[ex.Call]:
    return (part for part in ex.walk(expression) if isinstance(part, ex.Call))


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return cores(*idioms.file_rules.tables, *idioms.file_rules.structures)


DETECTOR = Detector(ID, 1, frozenset(), _words, find)
