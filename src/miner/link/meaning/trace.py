"""What was met while a value was computed: places, predicates called, habits that are quirks."""

from __future__ import annotations

from dataclasses import dataclass, field

from miner.link.meaning.record import Place
from miner.link.meaning.value import Value


@dataclass
class Trace:
    """Collected during the evaluation of one function or one statement of a module.

    `constants` are places with the value that was read there; `bindings` are imports, with what they bind under another
    name; `calls` are (module, name) of functions and flags.
    """

    places: dict[Place, None] = field(default_factory=dict)
    constants: dict[Place, Value] = field(default_factory=dict)
    bindings: dict[Place, str] = field(default_factory=dict)
    calls: dict[tuple[str, str], None] = field(default_factory=dict)
    quirks: dict[str, None] = field(default_factory=dict)

    def merge(self, other: Trace) -> None:
        """Take over the places of `other`, and the calls it made; its quirks stay its own."""
        self.places.update(other.places)
        self.constants.update(other.constants)
        self.bindings.update(other.bindings)
        self.calls.update(other.calls)
