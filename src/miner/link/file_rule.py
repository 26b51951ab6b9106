"""The backends that rules on file names give to every object that a file exports."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from miner.detect import file_rule as detector
from miner.link.concrete import BUDGET, Budget, NotUnderstood, evaluate
from miner.link.folder import Folder, Record
from miner.link.library import Library, Module
from miner.link.place import Place
from miner.link.walk import Walk
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Site

ReadText = Callable[[str], str]


@dataclass(frozen=True)
class FileBackends:
    """What the rules say of one file: its backends, and the places that say so (the rule, the table's names)."""

    backends: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass
class FileRules:
    """The result for a whole snapshot. `offered` maps a package to the folder whose objects it offers lazily."""

    files: dict[str, FileBackends] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def report(self, problem: str) -> None:
        """Count a shape that was not understood."""
        self.problems[problem] = self.problems.get(problem, 0) + 1


def read_file_rules(library: Library, read_text: ReadText, skipped: Iterable[str] = ()) -> FileRules:
    """Apply the library's own rules, through its own filter of files, to the folders that it applies them to."""
    rules = FileRules()
    tables = [(m, s) for m, s in _sites(library, "table")]
    filters = [(m, s) for m, s in _sites(library, "filter") if _applies(s, tables)]
    for module, use in _sites(library, "use"):
        folder = _folder(module, use)
        if folder is None:
            rules.report("file-rule: a folder that is not understood")
        elif module.name not in rules.offered or len(folder) < len(rules.offered[module.name]):
            rules.offered[module.name] = folder
    budget = Budget()
    files = {path: _reader(read_text, path) for path in (*library.by_path, *skipped)}
    for module, site in filters:
        table = next(((m, s) for m, s in tables if m is module), None)
        if table is None:
            rules.report("file-rule: the table is not in the filter's module")
            continue
        _walk(library, rules, table, site, files, budget)
    if tables and not filters:
        rules.report("file-rule: no function applies the table")
    return rules


def _sites(library: Library, form: str) -> Iterator[tuple[Module, Site]]:
    for module in library.modules.values():
        for site in module.facts.sites:
            if site.detector == detector.ID and site.form == form:
                yield module, site


def _applies(site: Site, tables: list[tuple[Module, Site]]) -> bool:
    """Say whether a function loops over one of the tables."""
    names = {name for _, table in tables for name in table.names}
    return any(name in names for statement in site.statements for name in _iterated(statement))


def _iterated(statement: object) -> Iterator[str]:
    if isinstance(statement, st.For) and isinstance(statement.iterable, ex.Call):
        function = statement.iterable.function
        if isinstance(function, ex.Attribute):
            yield ex.dotted(function.value) or ""
    for name in getattr(statement, "__struct_fields__", ()):
        value = getattr(statement, name)
        for part in value if isinstance(value, tuple) else ():
            yield from _iterated(part)


def _walk(
    library: Library,
    rules: FileRules,
    table: tuple[Module, Site],
    site: Site,
    files: dict[str, Callable[[], str]],
    budget: Budget,
) -> None:
    module, found = table
    names = {**Folder(files).names(), BUDGET: budget}
    try:
        names |= _bound(found, names)
        value = evaluate(found.expressions["table"], names)
    except NotUnderstood as problem:
        rules.report(f"file-rule: a table with {problem}")
        return
    names |= dict.fromkeys(found.names, value)
    function = site.statements[0]
    if not isinstance(function, st.Function) or not isinstance(value, dict):
        rules.report("file-rule: a filter or table of another shape")
        return
    for folder in _outermost(rules.offered.values()):
        walk = Walk(function, found.names, names)
        places: dict[int | None, tuple[Place, ...]] = {}
        try:
            walk.run(folder)
        except NotUnderstood as problem:
            rules.report(f"file-rule: a filter with {problem}")
        for path, (backends, row) in walk.visit.matched.items():
            if path not in library.by_path:
                rules.unread.add(path)
                continue
            if row not in places:
                places[row] = (*_places(module, found, row), Place(module.path, site.span, "definition"))
            rules.files[path] = FileBackends(backends, places[row])


def _reader(read_text: ReadText, path: str) -> Callable[[], str]:
    return lambda: read_text(path)


def _bound(site: Site, names: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the module-level names that the rules mention, as far as they are understood."""
    found: dict[str, Any] = {BUDGET: names[BUDGET]}
    for key, expression in site.expressions.items():
        if key.startswith("name:"):
            found[key.removeprefix("name:")] = evaluate(expression, found)
    return found


def _places(module: Module, site: Site, row: int | None) -> tuple[Place, ...]:
    if row is None:
        return ()
    spans = [site.spans.get(f"row:{row}", site.span)]
    mentioned = [span for key, span in site.spans.items() if key.startswith("name:")]
    table = site.expressions["table"]
    rule = table.items[row][0] if isinstance(table, ex.Mapping) and row < len(table.items) else None
    names = ex.names_in(rule)
    constants = [span for key, span in site.spans.items() if key.removeprefix("name:") in names and span in mentioned]
    return (Place(module.path, spans[0], "site"), *(Place(module.path, span, "constant") for span in constants))


def _outermost(folders: Mapping[str, str] | Any) -> list[str]:
    """Return the folders that no other of them contains."""
    chosen: list[str] = []
    for folder in sorted(set(folders), key=lambda f: (f.count("/"), f)):
        if not any(folder == outer or folder.startswith(f"{outer}/") for outer in chosen):
            chosen.append(folder)
    return chosen


def _folder(module: Module, site: Site) -> str | None:
    """Return the folder that a use applies the rules to: its own, or one named relative to `__file__`."""
    call = site.expressions["call"]
    if not isinstance(call, ex.Call):
        return None
    expression = site.expressions.get("bound") or call.arguments[0].value
    try:
        path = evaluate(_with_globals(expression), _file_names(module.path))
    except NotUnderstood:
        return None
    text = path.fields["path"] if isinstance(path, Record) else path
    if not isinstance(text, str):
        return None
    return posixpath.dirname(text) if text == module.path else text.rstrip("/").removesuffix("/__init__.py")


def _with_globals(expression: ex.Expression) -> ex.Expression:
    """Read `globals()["__file__"]` as `__file__`."""
    match expression:
        case ex.Subscript(value=ex.Call(function=ex.Name(name="globals")), index=ex.Constant(value=str(name))):
            return ex.Name(name)
    return expression


def _file_names(path: str) -> dict[str, Any]:
    def make(text: str) -> Path:
        return Path(text)

    return {
        "__file__": path,
        "Path": make,
        "pathlib.Path": make,
        "str": lambda value: value.fields["path"] if isinstance(value, Record) else value,
        "os.path.dirname": posixpath.dirname,
        "os.path.join": posixpath.join,
        "os.path.abspath": lambda value: value,
        "os.path.realpath": lambda value: value,
    }


class Path(Record):
    """A `pathlib.Path` over the snapshot."""

    def __init__(self, path: str) -> None:
        super().__init__(path=path, resolve=lambda: self, absolute=lambda: self)

    @property
    def parent(self) -> Path:
        """The folder that holds this path."""
        return Path(posixpath.dirname(self.fields["path"]))

    def join(self, name: str) -> Path:
        """Return this path with `name` below it."""
        return Path(posixpath.join(self.fields["path"], name))
