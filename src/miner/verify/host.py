"""What the machine itself says of a statement: its formula evaluated on what the probes measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from miner.formula.connective import Formula
from miner.formula.evaluate import evaluate
from miner.machine.current import machine_of
from miner.machine.record import Machine
from miner.model.answer import Host, host_of


def measured(facts: Mapping[str, Any]) -> Machine:
    """Return the machine that the probes ran on; they see no variable of it but those that a probe is started with."""
    return machine_of(dict(facts), name="the machine that was looked at", env={}, binaries={}, more=("env",))


def host(formula: Formula, machine: Machine, condition: Formula = True) -> Host:
    """Return whether a machine meets a formula; not-applicable where what triggers it does not come about."""
    if evaluate(condition, machine) is False:
        return "not-applicable"
    return host_of(evaluate(formula, machine))
