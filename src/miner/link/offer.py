"""The objects that a file offers: its `__all__`, and what carries an enforcement decorator at top level."""

from __future__ import annotations

from miner.detect import enforcement_decorator as detector
from miner.link.library import Module
from miner.model.site import Site


def objects_of(module: Module) -> tuple[str, ...]:
    """Return the names of the objects that a file offers, in order, without repetition."""
    exported = [row.name for row in module.facts.exports or ()]
    return tuple(dict.fromkeys([*exported, *decorated(module)]))


def decorated(module: Module) -> dict[str, Site]:
    """Return the top-level definitions that carry a decorator naming backends, with its site."""
    return {
        site.owner: site
        for site in module.facts.sites
        if site.detector == detector.ID and site.form == "backends" and site.names[2] == "top"
    }
