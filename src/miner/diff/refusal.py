"""What an object refused in the old release without asking the environment, as far as it was understood."""

from __future__ import annotations

from miner.diff.identity import Identity
from miner.formula import atom as fa
from miner.formula.connective import Formula, conjuncts
from miner.formula.disjunctive import substitute
from miner.formula.notation import from_json, text
from miner.model.evidence import FormulaJson
from miner.model.node import Advice, Constraint, Requirement


class Refusals:
    """The gates of the old graph that need nothing of the environment: those that are only quoted, and constraints."""

    def __init__(self, identity: Identity) -> None:
        """Collect them by the name that their owner has in the new graph."""
        self._of: dict[str, list[tuple[Advice | Constraint, str | None]]] = {}
        for advice in identity.old.of_type(Advice):
            if advice.origin == "gate":
                self._add(identity, advice, advice.message)
        for constraint in identity.old.of_type(Constraint):
            if constraint.otherwise.effect == "raise":
                self._add(identity, constraint, constraint.otherwise.message)

    def _add(self, identity: Identity, node: Advice | Constraint, message: str | None) -> None:
        self._of.setdefault(identity.now(node.owner), []).append((node, message))

    def said(self, node: Requirement) -> bool:
        """Say whether the old release refused in the same words."""
        message = node.otherwise.message
        return message is not None and any(said == message for _, said in self._of.get(node.owner, ()))

    def loosened(self, node: Requirement) -> Advice | Constraint | None:
        """Return what was refused whenever this requirement can arise, whatever the environment: it is less strict."""
        if node.otherwise.effect != "raise":
            return None
        when = _parts(node.when)
        return next((each for each, _ in self._of.get(node.owner, ()) if set() < _parts(each.when) <= when), None)


def _parts(when: FormulaJson) -> frozenset[str]:
    """Return the parts of a condition, without why one is not understood."""

    def bare(atom: fa.Atom) -> Formula:
        return fa.Opaque(opaque=atom.opaque, reason="") if isinstance(atom, fa.Opaque) else atom

    formula = substitute(from_json(when), bare)
    return frozenset(map(text, conjuncts(formula))) if formula is not True else frozenset()
