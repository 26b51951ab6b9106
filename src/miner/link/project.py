"""Everything that a project declares: build script, tables, and files that are no Python source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from miner.detect import declaration as detector
from miner.link.backend import sites
from miner.link.declared import Declared, declared_python, declared_rows
from miner.link.library import Library, Module
from miner.link.place import Place
from miner.link.script import read_script
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Site
from miner.model.span import Span

_SETUPS = frozenset({"setup"})


class Project:
    """The declared rows, sorted and without repetition; `problems` counts what was not understood."""

    def __init__(self, library: Library, files: Iterable[Declared], read_text: Callable[[str], str]) -> None:
        self.problems: dict[str, int] = {}
        found = list(files)
        for name, site in sites(library, detector.ID, "script"):
            found.extend(self._script(library.modules[name], site, read_text))
        for name, site in sites(library, detector.ID, "table"):
            found.extend(_of_table(library.modules[name], site))
        keyed = {(row.package, row.extra, row.specifier, row.marker, row.place): row for row in reversed(found)}
        self.rows = tuple(keyed[key] for key in sorted(keyed))

    def _script(self, module: Module, site: Site, read_text: Callable[[str], str]) -> Iterator[Declared]:
        passed = read_script(site.statements, _SETUPS.__contains__)
        for problem, count in passed.problems.items():
            self.problems[problem] = self.problems.get(problem, 0) + count
        data = read_text(module.path).encode()
        whole = _setup_call(site)
        for row in passed.python:
            yield declared_python(row.text, "build-script", _written(module.path, data, row.text, whole))
        for row in passed.rows:
            evidence = _written(module.path, data, row.text, whole)
            yield from declared_rows(row.text, row.extra, row.marker, "build-script", evidence)


def _setup_call(site: Site) -> Span:
    """Return the place of the call of `setup`, or of the whole script."""
    waiting = list(site.statements)
    while waiting:
        statement = waiting.pop(0)
        if isinstance(statement, st.Evaluate) and isinstance(statement.value, ex.Call):
            if (ex.dotted(statement.value.function) or "").rpartition(".")[2] in _SETUPS:
                return statement.span
        elif isinstance(statement, st.If | st.With | st.Try):
            waiting.extend(statement.body)
    return site.span


def _written(path: str, data: bytes, text: str, otherwise: Span) -> Place:
    """Return the string literal that a row stands in; where it is put together, the call that it is passed to."""
    for quote in (b'"', b"'"):
        at = data.find(quote + text.encode() + quote)
        if at != -1:
            line = data.count(b"\n", 0, at) + 1
            return Place(path, Span(at, at + len(text.encode()) + 2, line, line), "declaration")
    return Place(path, otherwise, "declaration")


def _of_table(module: Module, site: Site) -> Iterator[Declared]:
    """Yield the rows of a table of requirements (`"torch": "torch>=2.6"`) or of least versions (`"torch": "2.6"`)."""
    table = site.expressions["table"]
    for key, value in table.items if isinstance(table, ex.Mapping) else ():
        if not isinstance(key, ex.Constant) or not isinstance(value, ex.Constant):
            continue
        name, text = str(key.value), str(value.value)
        span = site.spans.get(f"row:{name}", site.span)
        is_version = text[:1].isdigit()
        yield from declared_rows(
            f"{name}>={text}" if is_version else text, "", "", "table", Place(module.path, span, "declaration")
        )
