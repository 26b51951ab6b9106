"""The pages of workflows and of their principles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.export.book import Book, code, plain, section, table
from miner.model.concept import Environment, Heuristic, Principle, Workflow
from miner.model.node import Implementation

_UNSAFE = re.compile(r"[^A-Za-z0-9 ,.&()/-]")


def workflow_page(book: Book, workflow: Workflow) -> Iterator[str]:
    """Yield the lines of the page of a workflow."""
    steps = book.targets(workflow.id, "step", Principle)
    symbols = {each.id for step in steps for each in book.targets(step.id, "implemented_by", Implementation)}
    yield from (f"# {plain(workflow.title)}", "")
    yield f"A workflow of {plain(book.title)} in {len(steps)} steps, implemented by {len(symbols)} symbols."
    yield ""
    rows = []
    for step in steps:
        named = ", ".join(code(each.qualname) for each in book.targets(step.id, "implemented_by", Implementation))
        rows.append((str(step.order), book.link(step), plain(step.title), book.link(step, "implementations"), named))
    yield from section("Steps", table(("step", "principle", "what is done", "implementation", "symbols"), rows))
    yield from section("Diagram", _diagram(steps))
    environments = dict.fromkeys(
        environment.id
        for step in steps
        for each in book.targets(step.id, "implemented_by", Implementation)
        for environment in book.targets(each.id, "requires_env", Environment)
        if environment.workflow == workflow.id
    )
    nodes = [book.graph.nodes[each] for each in environments]
    related = [f"- environment: {book.link(node)}" for node in nodes]
    related += [f"- heuristic: {book.link(each)}" for each in book.targets(workflow.id, "uses_heuristic", Heuristic)]
    yield from section("Related pages", related)
    yield from section("Source", [f"Named in {book.place(workflow.evidence[0])} ({workflow.origin})."])


def _diagram(steps: list[Principle]) -> Iterator[str]:
    yield "```mermaid"
    yield "flowchart TD"
    for step in steps:
        yield f'    s{step.order}["{step.order}. {_UNSAFE.sub(" ", step.title)}"]'
    for step in steps[1:]:
        yield f"    s{step.order - 1} --> s{step.order}"
    yield "```"


def principle_page(book: Book, principle: Principle) -> Iterator[str]:
    """Yield the lines of the page of a principle."""
    workflow = book.graph.nodes[principle.workflow]
    steps = book.targets(principle.workflow, "step", Principle)
    yield from (f"# {plain(principle.title)}", "")
    yield f"Step {principle.order} of {len(steps)} of {book.link(workflow)} in {plain(book.title)}."
    yield ""
    rows = [
        (code(each.qualname), plain(each.summary or ""), book.place(edge.evidence[0]))
        for edge in sorted(book.graph.edges_from(principle.id), key=lambda edge: edge.order or 0)
        if edge.relation == "implemented_by" and isinstance(each := book.graph.nodes[edge.target], Implementation)
    ]
    yield from section("Implemented by", table(("symbol", "what it says of itself", "where"), rows))
    related = [f"- implementation: {book.link(principle, 'implementations')}"]
    related += [f"- before it: {book.link(each)}" for each in steps if each.order == principle.order - 1]
    related += [f"- after it: {book.link(each)}" for each in steps if each.order == principle.order + 1]
    related += [f"- heuristic: {book.link(each)}" for each in book.targets(principle.id, "uses_heuristic", Heuristic)]
    yield from section("Related pages", related)
    yield from section("Source", [f"Named in {book.place(principle.evidence[0])}."])
