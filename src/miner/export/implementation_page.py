"""The pages of what implements a principle: where it is, how it is used, and what it requires through what."""

from __future__ import annotations

from collections.abc import Iterator

from miner.export.book import Book, code, formula, plain, section, table
from miner.model.concept import Environment, Heuristic, Principle
from miner.model.node import Advice, Constraint, Implementation, Otherwise, Requirement


def implementation_page(book: Book, principle: Principle) -> Iterator[str]:
    """Yield the lines of the page of what implements a principle."""
    symbols = book.targets(principle.id, "implemented_by", Implementation)
    yield from (f"# {plain(principle.page)}", "")
    workflow = book.graph.nodes[principle.workflow]
    yield (
        f"Implements {book.link(principle)}, step {principle.order} of {book.link(workflow)}, in {plain(book.title)}"
        f" by {len(symbols)} symbol{'s' if len(symbols) != 1 else ''}."
    )
    yield ""
    for symbol in symbols:
        yield from (f"## {code(symbol.qualname)}", "")
        yield from table(("", ""), _facts(book, principle, symbol))
        yield from _statements(book, symbol)
    environments = [each for symbol in symbols for each in book.targets(symbol.id, "requires_env", Environment)]
    related = [f"- principle: {book.link(principle)}"]
    related += [
        f"- environment: {book.link(book.graph.nodes[id_])}" for id_ in dict.fromkeys(e.id for e in environments)
    ]
    related += [f"- heuristic: {book.link(each)}" for each in book.targets(principle.id, "uses_heuristic", Heuristic)]
    yield from section("Related pages", related)


def _facts(book: Book, principle: Principle, symbol: Implementation) -> Iterator[tuple[str, str]]:
    yield "kind", symbol.kind
    for edge in book.graph.edges_from(principle.id):
        if edge.relation == "implemented_by" and edge.target == symbol.id:
            yield "where", ", ".join(map(book.place, edge.evidence))
    for export in symbol.exports[:1]:
        yield "import", code(f"from {export.module} import {export.name}")
    if symbol.signature:
        yield "signature", code(symbol.signature)
    if symbol.summary:
        yield "says of itself", plain(symbol.summary)
    if symbol.backends:
        yield "backends", ", ".join(map(code, symbol.backends))


def _statements(book: Book, symbol: Implementation) -> Iterator[str]:
    rows = []
    for edge in book.graph.edges_from(symbol.id):
        need = book.graph.nodes.get(edge.target)
        if edge.relation == "requires" and isinstance(need, Requirement):
            through = " > ".join(code(name) for name in _through(edge.via))
            place = book.place(need.evidence[0])
            rows.append((formula(need.needs), formula(edge.when), effect(need.otherwise), through, place))
    if rows:
        yield from ("### Requirements", "")
        yield from table(("needs", "when", "otherwise", "through", "where"), sorted(rows))
    constraints = book.targets(symbol.id, "states", Constraint)
    if constraints:
        yield from ("### Refuses", "")
        refused = [(formula(each.when), effect(each.otherwise), book.place(each.evidence[0])) for each in constraints]
        yield from table(("when", "otherwise", "where"), refused)
    advice = book.targets(symbol.id, "states", Advice)
    if advice:
        yield from ("### Advice", "")
        told = [
            (code(each.subject), each.kind, plain(each.message or each.action or ""), book.place(each.evidence[0]))
            for each in sorted(advice, key=lambda each: each.place[:2])
        ]
        yield from table(("about", "kind", "what is said", "where"), told)


def _through(via: tuple[str, ...]) -> Iterator[str]:
    """Yield the functions on a path, but its start and the requirement: `B` and `C` of A calls B, C overrides B."""
    for edge in via[:-1]:
        source, relation, target = edge.split(" ")
        name = source if relation == "overrides" else target
        yield ".".join(name.partition(":")[2].split(".")[-2:])


def effect(otherwise: Otherwise) -> str:
    """Return what happens when a need is not met, in words."""
    exception = (otherwise.exception or "").rpartition(".")[2]
    said = otherwise.message or otherwise.action
    return ": ".join(
        part for part in (" ".join(filter(None, (otherwise.effect, exception))), plain(said or "")) if part
    )
