"""The pages of heuristics: what the authors know of a group of options, quoted."""

from __future__ import annotations

from collections.abc import Iterator

from miner.export.book import Book, code, formula, plain, section, table
from miner.export.implementation_page import effect
from miner.model.concept import Heuristic, Principle, Workflow
from miner.model.node import Advice, Constraint, Requirement


def heuristic_page(book: Book, heuristic: Heuristic) -> Iterator[str]:
    """Yield the lines of the page of a heuristic."""
    yield from (f"# {plain(heuristic.topic)}", "")
    options = ", ".join(map(code, heuristic.options))
    said = f"What {plain(book.title)} says of {options}: {len(heuristic.advice)} statements, quoted with their places"
    yield f"{said}, and {len(heuristic.uses)} places where they are used." if heuristic.uses else f"{said}."
    yield ""
    yield from section("Action and value", table(("option", "set to", "when", "where"), _defaults(book, heuristic)))
    yield from section(
        "Trade-off", table(("option", "what is said", "when", "where"), _said(book, heuristic.trade_off))
    )
    yield from section(
        "Compatibility", table(("about", "what is said", "when", "where"), _said(book, heuristic.compatibility))
    )
    needs = [
        (formula(each.needs), formula(each.when), effect(each.otherwise), book.place(each.evidence[0]))
        for each in (book.graph.nodes[id_] for id_ in heuristic.requires)
        if isinstance(each, Requirement)
    ]
    yield from section("Requirements", table(("needs", "when", "otherwise", "where"), needs))
    yield from section(
        "Going away", table(("option", "what is said", "when", "where"), _said(book, heuristic.deprecated))
    )
    yield from section(
        "Where it takes effect", table(("option", "how", "what stands there", "when", "where"), _uses(book, heuristic))
    )
    yield from section("Further places", [f"- {book.place(each)}" for each in heuristic.evidence[1:]])
    rows = [
        (plain(each.text), plain(each.metric or ""), each.direction or "", book.place(each.evidence))
        for each in heuristic.quantities
    ]
    yield from section("Quantities", table(("quoted", "of what", "which way", "where"), rows))
    yield from section("Related pages", _related(book, heuristic))


def _defaults(book: Book, heuristic: Heuristic) -> Iterator[tuple[str, str, str, str]]:
    for id_ in heuristic.default:
        node = book.graph.nodes[id_]
        if isinstance(node, Advice):
            said = code(node.action) if node.action else plain(node.message or "")
            yield code(node.subject), said, formula(node.when), book.place(node.evidence[0])


def _said(book: Book, ids: tuple[str, ...]) -> Iterator[tuple[str, str, str, str]]:
    for id_ in ids:
        match book.graph.nodes[id_]:
            case Advice() as node:
                yield (
                    code(node.subject),
                    plain(node.message or node.action or ""),
                    formula(node.when),
                    book.place(node.evidence[0]),
                )
            case Constraint() as node:
                names = ", ".join(map(code, node.parameters))
                yield names, effect(node.otherwise), formula(node.when), book.place(node.evidence[0])


def _uses(book: Book, heuristic: Heuristic) -> Iterator[tuple[str, str, str, str, str]]:
    for each in heuristic.uses:
        how = f"passed to {code(each.to)}" if each.way == "passed" and each.to else each.way
        parts = (each.code, f"then: {each.then}" if each.then else None, each.description)
        said = "; ".join(plain(part) for part in parts if part)
        yield code(each.option), how, said, formula(each.when), book.place(each.evidence[0])


def _related(book: Book, heuristic: Heuristic) -> list[str]:
    workflows = book.sources(heuristic.id, "uses_heuristic", Workflow)
    principles = book.sources(heuristic.id, "uses_heuristic", Principle)
    return [
        *(f"- workflow: {book.link(each)}" for each in workflows),
        *(f"- principle: {book.link(each)}" for each in principles),
        *(f"- implementation: {book.link(each, 'implementations')}" for each in principles),
    ]
