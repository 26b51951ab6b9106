"""Decorators that attach backends: whether they also enforce them is read from their own definition."""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect import enforcement_decorator as detector
from miner.detect.file import matches
from miner.detect.idiom import Idioms
from miner.link.backend import sites
from miner.link.library import Library
from miner.link.place import Place
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Site


class Attaching:
    """The backend decorators that a library defines."""

    def __init__(self, library: Library, idioms: Idioms) -> None:
        self._library = library
        raisers = tuple(rule.name for rule in idioms.enforcement.raisers)
        self._definitions = {f"{m}.{s.owner}": (m, s) for m, s in sites(library, detector.ID, "backend-definition")}
        self._wrapping = {
            name: any(matches(called, raisers) for called in _called_inside(site.statements, 0))
            for name, (_, site) in self._definitions.items()
        }

    def enforces(self, module: str, site: Site) -> bool:
        """Say whether what a site decorates refuses to work: a function does when it is wrapped in one that raises.

        A class keeps its own constructor; only a lazy module that knows its backends puts a stand-in in its place. A
        decorator that is defined elsewhere counts as enforcing.
        """
        name = decorator_of(self._library, module, site)
        if name is None or name not in self._wrapping:
            return True
        return site.names[1] != "class" and self._wrapping[name]

    def places(self, module: str, site: Site) -> tuple[Place, ...]:
        """Return where a site's decorator is defined."""
        found = self._definitions.get(decorator_of(self._library, module, site) or "")
        return (Place(self._library.modules[found[0]].path, found[1].span, "definition"),) if found else ()


def decorator_of(library: Library, module: str, site: Site) -> str | None:
    """Return the qualified name of a site's decorator, when it is defined in this snapshot."""
    located = library.locate(module, site.names[0].rpartition(".")[2])
    return located.qualname if located is not None and located.module is not None and located.name else None


def _called_inside(statements: tuple[st.Statement, ...], depth: int) -> Iterator[str]:
    """Yield what functions within a function within the decorator call."""
    for statement in statements:
        if isinstance(statement, st.Function):
            yield from _called_inside(statement.body, depth + 1)
        elif isinstance(statement, st.If | st.For | st.While | st.With | st.Try):
            yield from _called_inside(statement.body, depth)
        elif isinstance(statement, st.Evaluate) and isinstance(statement.value, ex.Call) and depth >= _WRAPPER:
            yield ex.dotted(statement.value.function) or ""


_WRAPPER = 3
"""The decorator, what it returns, and what that returns in place of the function."""
