"""The use case that explains a name from a graph, with what a verification of it has learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from miner.app.graph_at import graph_at
from miner.app.progress import Progress
from miner.explain.account import Account
from miner.explain.account import explain as account_of
from miner.explain.subject import find
from miner.verify.record import Verdict, Verification, recorded

__all__ = ["Account", "Explained", "Verdict", "Verification", "explain"]


@dataclass(frozen=True)
class Explained:
    """What a graph says of a name, and the verdicts on that of the last verification; `run` is None without one."""

    account: Account
    run: Verification | None
    verdicts: tuple[Verdict, ...]


def explain(graph: str, name: str, progress: Progress) -> Explained:
    """Return all that a graph (a folder or SPEC) says of a name; UsageError when the name does not mean one thing."""
    found = graph_at(graph, progress)
    account = account_of(found, find(found, name))
    run = recorded(graph)
    shown = set(_shown(account))
    return Explained(
        account, run, tuple(each for each in run.verdicts if each.about in shown) if run is not None else ()
    )


def _shown(account: Account) -> Iterator[str]:
    for nodes in (account.requirements, account.predicates, account.advice):
        yield from (node.id for node in nodes)
    yield from (node.id for _, node in account.reached)
    if account.subject.node is not None:
        yield account.subject.node.id
