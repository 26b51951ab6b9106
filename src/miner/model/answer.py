"""Answers: whether a machine meets a requirement of what is used, and what follows where it does not."""

from __future__ import annotations

from typing import Literal

from miner.model.evidence import Evidence, FormulaJson, Record
from miner.model.node import Otherwise
from miner.model.use import Use

Host = Literal["satisfied", "unsatisfied", "unknown", "not-applicable"]
"""Whether the machine meets what is needed; `not-applicable`: what triggers the need cannot come about."""


def host_of(met: bool | None) -> Host:
    """Return what it comes to that a need is met, or not, or that this is not known (None)."""
    return "satisfied" if met else "unknown" if met is None else "unsatisfied"


Outcome = Literal["fails", "may-fail", "degrades", "unknown", "silent", "satisfied", "not-applicable"]
"""What an answer comes to, for who uses it. Of what is unsatisfied: `fails` where that is enforced whatever happens,
`may-fail` under a condition that is not decided, `degrades` where the library says so, `silent` where it takes another
way without a word."""


LackOf = Literal["software", "hardware", "system", "unread"]
"""What a lack is of: packages and Python; devices, their drivers and toolkits, and what these answer; variables,
programs and the operating system; or what no machine says, such as arguments and what was not understood."""


class Lack(Record, frozen=True):
    """A part of a need, as text, that does not hold or is not known, and what the machine has there: a version, or
    `there`, `none`, `unknown`.
    """

    need: str
    here: str
    about: LackOf


class Answer(Record, frozen=True, omit_defaults=False):
    """One requirement of something that is used, on one machine.

    `name` is what is used, `when` what is left of the condition once the machine and the arguments are known. What
    follows is in `otherwise`, and `enforced` says that nothing works without. `requirement` is the node that states it.
    """

    name: str
    host: Host
    needs: FormulaJson
    when: FormulaJson
    lacks: tuple[Lack, ...]
    otherwise: Otherwise
    enforced: bool
    install: str | None
    requirement: str
    evidence: Evidence
    uses: tuple[Use, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What it comes to."""
        if self.host != "unsatisfied":
            is_quiet = self.host == "unknown" and not self.enforced and not self._is_told
            return "silent" if is_quiet else self.host
        if self.enforced:
            return "fails" if self.when is True else "may-fail"
        return "degrades" if self._is_told else "silent"

    @property
    def _is_told(self) -> bool:
        return self.otherwise.effect == "warn" or self.otherwise.message is not None
