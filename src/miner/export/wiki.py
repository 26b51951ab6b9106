"""A graph as a wiki: a Markdown page for each workflow, principle, implementation, environment and heuristic."""

from __future__ import annotations

from collections.abc import Iterable

from miner.errors import GraphError
from miner.export.book import Book
from miner.export.environment_page import environment_page
from miner.export.heuristic_page import heuristic_page
from miner.export.implementation_page import implementation_page
from miner.export.report_page import INDEXES, index_page, report_page
from miner.export.workflow_page import principle_page, workflow_page
from miner.model.concept import Environment, Heuristic, Principle, Workflow
from miner.store.graph_reader import Graph


def wiki(graph: Graph) -> dict[str, bytes]:
    """Return the pages of a graph by path; GraphError when two pages would have one name."""
    book = Book(graph)
    files: dict[str, bytes] = {}

    def add(path: str, lines: Iterable[str]) -> None:
        if path in files:
            raise GraphError(f"two pages are called {path}: the catalog gives one name twice")
        files[path] = ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8")

    for workflow in book.all(Workflow):
        add(book.path(workflow), workflow_page(book, workflow))
    for principle in book.all(Principle):
        add(book.path(principle), principle_page(book, principle))
        add(book.path(principle, "implementations"), implementation_page(book, principle))
    for environment in book.all(Environment):
        add(book.path(environment), environment_page(book, environment))
    for heuristic in book.all(Heuristic):
        add(book.path(heuristic), heuristic_page(book, heuristic))
    for title, kind, folder in INDEXES:
        add(f"_{title}Index.md", index_page(book, title, kind, folder))
    add("_Report.md", report_page(book))
    return files
