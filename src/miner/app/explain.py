"""The use case that explains a name from a graph, with what a verification of it has learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from miner.app.graph_at import graph_at
from miner.app.progress import Progress
from miner.explain.account import Account
from miner.explain.account import explain as account_of
from miner.explain.cases import cases
from miner.explain.check import Check, Checks
from miner.explain.folding import Folding
from miner.explain.subject import devices, find
from miner.link.library import is_part
from miner.verify.record import Verdict, Verification, recorded

__all__ = [
    "Account",
    "Check",
    "Checks",
    "Explained",
    "Folding",
    "Verdict",
    "Verification",
    "cases",
    "devices",
    "explain",
    "is_part",
]


@dataclass(frozen=True)
class Explained:
    """What a graph says of a name, and the verdicts on that of the last verification; `run` is None without one.

    `fold` says formulas in the predicates of the library, `checks` what one place asks for.
    """

    account: Account
    fold: Folding
    checks: Checks
    run: Verification | None
    verdicts: tuple[Verdict, ...]


def explain(graph: str, name: str, progress: Progress) -> Explained:
    """Return all that a graph (a folder or SPEC) says of a name; UsageError when the name does not mean one thing."""
    found = graph_at(graph, progress)
    account = account_of(found, find(found, name))
    run = recorded(graph)
    shown = set(_shown(account))
    verdicts = tuple(each for each in run.verdicts if each.about in shown) if run is not None else ()
    fold = Folding(found)
    return Explained(account, fold, Checks(found, fold), run, verdicts)


def _shown(account: Account) -> Iterator[str]:
    for nodes in (account.requirements, account.predicates, account.advice):
        yield from (node.id for node in nodes)
    yield from (node.id for _, node in account.reached)
    if account.subject.node is not None:
        yield account.subject.node.id
