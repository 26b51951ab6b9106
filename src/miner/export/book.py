"""The pages of a wiki: their names, and what is where in the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from miner.escape import markdown_cell, one_line
from miner.formula.notation import from_json
from miner.formula.text import render
from miner.model.concept import Environment, Heuristic, Principle, Workflow
from miner.model.evidence import Evidence
from miner.model.node import Implementation, Node
from miner.store.graph_reader import Graph, Kind

_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")
_LONGEST = 300
"""Characters of a quotation in a table."""
Row = Sequence[str]


@dataclass(frozen=True)
class Book:
    """A graph as pages. A principle has two: one for itself and one for what implements it."""

    graph: Graph
    pages: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def prefix(self) -> str:
        """The owner and name of the repository, or the name of the release, that begins the name of every page."""
        source = self.graph.manifest.source
        parts = source.url.rstrip("/").removesuffix(".git").split("/")[-2:] if source.url else [source.name]
        return _UNSAFE.sub("_", "_".join(parts)).strip("_")

    @property
    def title(self) -> str:
        """What the wiki is about: the library and its release or revision."""
        source = self.graph.manifest.source
        return f"{source.name} {source.version or source.revision[:12]}"

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Return the nodes of one type, by name; principles by workflow and order."""
        return sorted(self.graph.of_type(kind), key=_order)

    def path(self, node: Node, folder: str = "") -> str:
        """Return the path of the page of a node; of a principle, with `implementations`, that of what implements it."""
        return f"{folder or _FOLDERS[type(node)]}/{self.prefix}_{_UNSAFE.sub('_', page_name(node, folder))}.md"

    def link(self, node: Node, folder: str = "") -> str:
        """Return a link to the page of a node from a page in another folder."""
        return f"[{plain(page_name(node, folder))}](../{self.path(node, folder)})"

    def targets(self, node_id: str, relation: str, kind: type[Kind]) -> list[Kind]:
        """Return the nodes at the ends of a node's edges of one relation, in their order."""
        edges = sorted(
            (edge for edge in self.graph.edges_from(node_id) if edge.relation == relation),
            key=lambda edge: edge.order or 0,
        )
        found = (self.graph.nodes.get(edge.target) for edge in edges)
        return [node for node in found if isinstance(node, kind)]

    def sources(self, node_id: str, relation: str, kind: type[Kind]) -> list[Kind]:
        """Return the nodes from which edges of one relation lead to a node."""
        edges = (edge for edge in self.graph.edges_to(node_id) if edge.relation == relation)
        found = (self.graph.nodes.get(edge.source) for edge in edges)
        return [node for node in found if isinstance(node, kind)]

    def place(self, evidence: Evidence) -> str:
        """Return where an evidence stands, as a link where the repository is on the web."""
        source = self.graph.manifest.source
        lines = (
            f"{evidence.start_line}"
            if evidence.start_line == evidence.end_line
            else (f"{evidence.start_line}-{evidence.end_line}")
        )
        text = code(f"{evidence.path}:{lines}")
        if source.url is None or not source.url.startswith("https://") or evidence.role == "authored":
            return text
        anchor = f"#L{evidence.start_line}-L{evidence.end_line}"
        return f"[{text}]({source.url.removesuffix('.git')}/blob/{source.revision}/{evidence.path}{anchor})"


_FOLDERS: dict[type, str] = {
    Workflow: "workflows",
    Principle: "principles",
    Environment: "environments",
    Heuristic: "heuristics",
}


def page_name(node: Node, folder: str = "") -> str:
    """Return the name of the page of a node; of a principle among `implementations`, of what implements it."""
    return node.page if isinstance(node, Principle) and folder == "implementations" else node.name


def _order(node: Node) -> tuple[str, int, str]:
    return (node.workflow, node.order, "") if isinstance(node, Principle) else (node.name, 0, node.id)


def plain(text: str) -> str:
    """Return mined or authored text without markup, on one line, cut after 300 characters."""
    return markdown_cell(one_line(text, _LONGEST))


def code(text: str) -> str:
    """Return a name or place as code, on one line."""
    line = " ".join(text.split()).replace("|", "\\|")
    fence = "``" if "`" in line else "`"
    return f"{fence} {line} {fence}" if fence == "``" else f"`{line}`"


def formula(stated: object) -> str:
    """Return a formula in words; of a condition that is none, `always`."""
    return plain(render(from_json(stated)))


def table(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a table; nothing where there are no rows."""
    listed = list(rows)
    if listed:
        yield f"| {' | '.join(head)} |"
        yield f"|{'|'.join('---' for _ in head)}|"
        yield from (f"| {' | '.join(row)} |" for row in listed)
        yield ""


def section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a section; nothing where it is empty."""
    listed = list(lines)
    if listed:
        yield from (f"## {heading}", "", *listed)
        if listed[-1]:
            yield ""


def symbol_page(implementation: Implementation) -> str:
    """Return how a symbol is named on a page."""
    return code(implementation.qualname)
