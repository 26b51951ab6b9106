"""The indexes of a wiki, and its report: totals, the version matrix, and what was not understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from miner.export.book import Book, code, page_name, plain, section, table
from miner.export.environment_page import versions
from miner.graph.matrix import package_rows
from miner.model.concept import Contradiction, Environment, Heuristic, Principle, Workflow
from miner.model.node import Implementation, Node

INDEXES: tuple[tuple[str, type[Node], str], ...] = (
    ("Workflow", Workflow, "workflows"),
    ("Principle", Principle, "principles"),
    ("Implementation", Principle, "implementations"),
    ("Environment", Environment, "environments"),
    ("Heuristic", Heuristic, "heuristics"),
)
"""Title, the nodes and the folder of each index; what implements a principle is found under the principle."""


def index_page(book: Book, title: str, kind: type[Node], folder: str) -> Iterator[str]:
    """Yield the lines of the index of one folder."""
    nodes: Sequence[Node] = book.all(kind)
    yield from (f"# {title} index", "")
    yield f"{len(nodes)} pages of {plain(book.title)}."
    yield ""
    rows = [
        (f"[{plain(page_name(node, folder))}]({book.path(node, folder)})", _about(book, node, folder)) for node in nodes
    ]
    yield from table(("page", "related"), rows)


def _about(book: Book, node: Node, folder: str) -> str:
    """Return the links from an index to the pages that a page belongs to."""
    match node:
        case Principle() if folder == "implementations":
            related: list[tuple[Node, str]] = [(node, "principles")]
            symbols = book.targets(node.id, "implemented_by", Implementation)
            environments = {e.id: e for s in symbols for e in book.targets(s.id, "requires_env", Environment)}
            related += [(each, "environments") for each in environments.values()]
        case Principle():
            related = [(book.graph.nodes[node.workflow], "workflows"), (node, "implementations")]
        case Workflow():
            related = [(each, "principles") for each in book.targets(node.id, "step", Principle)]
        case Environment():
            related = [(book.graph.nodes[node.workflow], "workflows")]
        case _:
            principles = book.sources(node.id, "uses_heuristic", Principle)
            related = [(each, "workflows") for each in book.sources(node.id, "uses_heuristic", Workflow)]
            related += [(each, "implementations") for each in principles]
    return ", ".join(f"[{plain(page_name(each, where))}]({book.path(each, where)})" for each, where in related)


def report_page(book: Book) -> Iterator[str]:
    """Yield the lines of the report."""
    manifest = book.graph.manifest
    source = manifest.source
    yield from (f"# Report on {plain(book.title)}", "")
    facts = [("source", source.kind), ("revision", code(source.revision)), ("mined by", plain(manifest.tool))]
    facts += [("archive", code(source.archive))] if source.archive else []
    yield from table(("", ""), facts)
    counts = [(kind, f"{count:,}") for kind, count in sorted(manifest.nodes.items())]
    yield from section("Nodes", table(("type", "count"), counts))
    edges = [(code(kind), f"{count:,}") for kind, count in sorted(manifest.edges.items())]
    yield from section("Edges", table(("relation", "count"), edges))
    indexes = [f"- [{title} index](_{title}Index.md): {len(book.all(kind))} pages" for title, kind, _ in INDEXES]
    yield from section("Pages", indexes)
    yield from section("Version matrix", _matrix(book))
    differing = [
        (each.kind, code(each.subject), " / ".join(plain(s.text) for s in each.statements[:2]), _places(book, each))
        for each in book.all(Contradiction)
    ]
    yield from section("Contradictions", table(("kind", "about", "statements", "where"), differing))
    for group, counted in manifest.coverage.items():
        rows = [(plain(what), f"{count:,}") for what, count in counted.items()]
        yield from section(f"Blind spots: {plain(group.replace('_', ' '))}", table(("what", "count"), rows))


def _places(book: Book, node: Contradiction) -> str:
    return ", ".join(dict.fromkeys(book.place(statement.evidence) for statement in node.statements))


def _matrix(book: Book) -> Iterator[str]:
    """Yield the packages that environments need, with what is declared and enforced, and how each needs them."""
    environments = [each.name for each in book.all(Environment)]
    rows = [
        (*versions(row.package), *(row.needed.get(name, "") for name in environments))
        for row in package_rows(book.graph)
    ]
    head = ("package", "declared", "enforced", *(plain(name.replace("_", " ")) for name in environments))
    yield from table(head, rows)
