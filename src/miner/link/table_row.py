"""What calls need that take a row of a table as their arguments: the gates of the function, once for each row."""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect import table_row as detector
from miner.link.backend import sites
from miner.link.condition import Conditions, Given, Local, given_by, joined
from miner.link.library import Library, Module
from miner.link.need import Need
from miner.link.place import Place
from miner.link.raising import RaisingCalls
from miner.model import expression as ex
from miner.model.site import Scope, Site
from miner.model.span import Span

_Table = tuple[Module, ex.Mapping, Span]


class TableRows:
    """The calls of one library that take a row of a table of predicates."""

    def __init__(self, library: Library, conditions: Conditions, calls: RaisingCalls) -> None:
        self._library = library
        self._conditions = conditions
        self._calls = calls
        self._tables: dict[tuple[str, str], _Table] = {}
        for name, site in sites(library, detector.ID, "table"):
            table = site.expressions["table"]
            if isinstance(table, ex.Mapping):
                self._tables[name, site.names[0]] = (library.modules[name], table, site.span)

    def needs(self) -> Iterator[Need]:
        """Yield the needs of every call."""
        for name, site in sites(self._library, detector.ID, "call"):
            module = self._library.modules[name]
            callee = self._callee(module, site)
            if callee is not None and self._library.is_packaged(module):
                yield from self._of(module, site, callee)

    def _callee(self, module: Module, site: Site) -> tuple[str, str] | None:
        """Return the function that is called, by module and name: one of a module, or a method of the same object."""
        head, _, rest = site.names[0].partition(".")
        if not rest:
            located = self._library.locate(module.name, head)
            return (located.module, located.name) if located is not None and located.module is not None else None
        name = f"{site.owner.rpartition('.')[0]}.{rest}"
        return (module.name, name) if head in {"self", "cls"} and name in module.definitions else None

    def _of(self, module: Module, site: Site, callee: tuple[str, str]) -> Iterator[Need]:
        call = site.expressions["call"]
        chosen = detector.row_of(call)
        located = self._library.locate(module.name, ex.dotted(chosen.value) or "") if chosen is not None else None
        found = self._tables.get((located.module or "", located.name)) if located is not None else None
        if found is None or chosen is None or not isinstance(call, ex.Call):
            return
        home, table, span = found
        local = Local.at(module.name, site)
        named = tuple(each for each in call.arguments if not each.star and each.keyword is not None)
        others = given_by(ex.Call(call.function, named), (), module.name, local)
        for key, row in table.items:
            given = _given(row, home)
            if given is None or not isinstance(key, ex.Constant):
                continue
            is_chosen = self._conditions.read(module.name, ex.Compare(chosen.index, ("==",), (key,)), local)
            path = joined((self._conditions.guards(module.name, site.conditions, local), is_chosen))
            path = path._replace(places=(*path.places, Place(home.path, span, "constant")))
            yield from self._calls.under(module, site, path, callee, (*others, *given))


def _given(row: ex.Expression, home: Module) -> tuple[Given, ...] | None:
    """Return the arguments that a row gives; None where it is no mapping from their names."""
    if not isinstance(row, ex.Mapping):
        return None
    names = [key.value if isinstance(key, ex.Constant) else None for key, _ in row.items]
    if not all(isinstance(name, str) for name in names):
        return None
    return tuple(
        Given(str(name), home.name, value, Scope(), "") for name, (_, value) in zip(names, row.items, strict=True)
    )
