"""The uses of options that a heuristic lists: those that no statement is about already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.detect.option_comment import words_of
from miner.formula.notation import to_json
from miner.graph.evidence import EvidenceReader, redact
from miner.link.option_use import Used
from miner.model.evidence import Evidence, Quantity
from miner.model.node import Advice, Constraint, Requirement
from miner.model.option_use import OptionUse
from miner.syntax.quantity import quantities

_PLACED = frozenset({"site", "default", "message"})


def option_uses(
    used: Iterable[Used], stated: Iterable[Advice | Constraint | Requirement], evidences: EvidenceReader
) -> Iterator[OptionUse]:
    """Yield the uses in their order, without those whose place, or what follows where it holds, is stated already."""
    told = {_start(each) for node in stated for each in node.evidence if each.role in _PLACED}
    for each in used:
        code = evidences.one(each.code)
        then = evidences.one(each.follows) if each.follows is not None else None
        is_note = each.way == "noted"  # which says more than the statement below it
        if _start(code) in told or code.text is None or (then is not None and _start(then) in told and not is_note):
            continue
        places = (*((each.described[1],) if each.described is not None else ()), *each.places)
        first = (code, then) if then is not None else (code,)
        yield OptionUse(
            option=each.option,
            owner=each.owner,
            way=each.way,
            code=words_of(code.text) if is_note else _line(code.text),
            when=to_json(each.when),
            to=each.to,
            then=_line(then.text) if then is not None and then.text is not None else None,
            description=redact(each.described[0])[0] if each.described is not None else None,
            evidence=tuple(dict.fromkeys((*first, *evidences.all(places)))),
        )


def quantities_of(uses: Iterable[OptionUse], evidences: EvidenceReader) -> Iterator[Quantity]:
    """Yield the quantities that options have by default, which measure them, or that are said of parameters."""
    for use in uses:
        for text in (use.code, use.description) if use.way == "taken" else ():
            for each in quantities(text or ""):
                place = evidences.within(use.evidence, each.text)
                metric = each.metric or (use.option.replace("_", " ") if text is use.code else None)
                if place is not None:
                    yield Quantity(**{**each._asdict(), "metric": metric}, evidence=place)


def _start(evidence: Evidence) -> tuple[str, int]:
    return evidence.path, evidence.start_byte


def _line(text: str) -> str:
    return " ".join(text.split())
