"""Old names of modules that a package answers: by entries of `sys.modules`, or by a finder and the function it asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import regex

from miner.detect import module_alias as detector
from miner.link.backend import sites
from miner.link.concrete import BUDGET, Budget, NotUnderstood, evaluate, unpacked
from miner.link.library import Library
from miner.link.naming import naming
from miner.link.place import Place
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Site

Names = dict[str, Any]
_REGEX_SECONDS = 0.5
_PIECE = re.compile(
    r"\(\?<?[=!][^()]*\)"  # looks ahead or behind, and takes nothing
    r"|\((?!\?)[^()]*\)|\(\?P<(?P<name>\w+)>[^()]*\)"
    r"|\\(?P<escaped>\W)|(?P<plain>[\w/-])"
)


@dataclass
class ModuleAlias:
    """What an old name of a module stands for: the module, and its objects that have other names there."""

    target: str
    places: tuple[Place, ...]
    renamed: dict[str, str] = field(default_factory=dict)


class _Returned(Exception):  # noqa: N818  control flow
    def __init__(self, value: Any) -> None:
        self.value = value


def module_aliases(library: Library, problems: dict[str, int]) -> dict[str, ModuleAlias]:
    """Return the modules that are answered under old names, by these; what is not understood is counted.

    A name that is a module's own is none.
    """
    found: dict[str, ModuleAlias] = {}
    budget = Budget()
    for form, read in (("entry", _entry), ("installed", _served)):
        for module, site in sites(library, detector.ID, form):
            try:
                for name, alias in read(library, module, site, _bound(site, module, budget)):
                    if name not in library.modules and name.partition(".")[0] in library.roots:
                        found.setdefault(name, alias)
            except NotUnderstood as problem:
                shape = f"module-alias: {problem}"
                problems[shape] = problems.get(shape, 0) + 1
    return dict(sorted(found.items()))


def _entry(library: Library, module: str, site: Site, names: Names) -> Iterator[tuple[str, ModuleAlias]]:
    each = site.expressions.get("each")
    rounds: list[Names] = [{}]
    if each is not None:
        rounds = [unpacked(each, value) for value in evaluate(site.expressions["iterable"], names)]
    for bound in rounds:
        target = _module(library, module, site.expressions["value"], {**names, **bound})
        name = evaluate(site.expressions["key"], {**names, **bound})
        if target is not None and isinstance(name, str):
            yield name, ModuleAlias(target, (Place(library.modules[module].path, site.span, "site"),))


def _module(library: Library, module: str, value: ex.Expression, names: Names) -> str | None:
    """Return the module of the snapshot that an entry is: another entry, or an imported one."""
    match value:
        case ex.Subscript(value=table, index=key) if ex.dotted(table) == "sys.modules":
            target = evaluate(key, names)
        case ex.Name() | ex.Attribute():
            target = library.absolute(library.modules[module], ex.dotted(value) or "")
        case _:
            return None
    return target if target in library.modules else None


def _served(library: Library, module: str, site: Site, names: Names) -> Iterator[tuple[str, ModuleAlias]]:
    """Yield the old names that a finder on the path answers: each is asked for, as a candidate, of its function."""
    finders = {f"{where}.{finder.owner}": (where, finder) for where, finder in sites(library, detector.ID, "finder")}
    home = finders.get(library.absolute(library.modules[module], site.names[0]) or "")
    function = site.statements[0]
    if home is None or not isinstance(function, st.Function) or len(function.parameters) != 1:
        raise NotUnderstood("a finder of another shape")
    for name in sorted(ex.names_in(function.body) - names.keys()):
        constant = library.constant(module, name)
        if constant is not None:
            names[name] = evaluate(constant[1], {**names, "__name__": constant[0]})
    path = library.modules[module].path
    places = (
        Place(path, site.spans[site.names[1]], "site"),
        *(Place(path, span, "constant") for key, span in sorted(site.spans.items()) if key.startswith("name:")),
        Place(library.modules[home[0]].path, home[1].span, "definition"),
    )
    for name in dict.fromkeys(_candidates(library, module, function, names)):
        target = _answer(function, name, names)
        if isinstance(target, str) and target in library.modules:
            yield name, ModuleAlias(target, places, _renamed(library, home[1], target))


def _bound(site: Site, module: str, budget: Budget) -> Names:
    """Return the values of the names of the module that a site mentions, as far as they are understood."""
    found: Names = {BUDGET: budget, "__name__": module, "re.escape": re.escape}
    waiting = {key.removeprefix("name:"): value for key, value in site.expressions.items() if key.startswith("name:")}
    for _ in range(len(waiting)):  # what a name is made of may come after it
        for name in [name for name in waiting if not ex.names_in(waiting[name]) & (waiting.keys() - {name})]:
            try:
                found[name] = evaluate(waiting.pop(name), found)
            except NotUnderstood:
                continue
    return found


def _candidates(library: Library, module: str, function: st.Function, names: Names) -> Iterator[str]:
    """Yield the old names that a function may know: keys of tables, and what its patterns match for a module."""
    for value in names.values():
        for key in value if isinstance(value, dict | list | tuple | set) else ():
            if isinstance(key, str):
                yield from (key, f"{module}.{key}")
    patterns = [_pieces(value.pattern) for value in names.values() if isinstance(value, regex.Pattern)]
    for made in (part for part in ex.walk(function.body) if isinstance(part, ex.Formatted)):
        wanted = _pattern_of(made, names)
        for pieces in patterns if wanted is not None else ():
            for groups in _matched(wanted, library.modules):
                if pieces and all(f"g{piece}" in groups for piece in pieces if isinstance(piece, int)):
                    yield "".join(piece if isinstance(piece, str) else groups[f"g{piece}"] for piece in pieces)


def _matched(pattern: Any, texts: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield the groups of a pattern, which strangers made, in each of the texts that it is of."""
    for text in texts:
        try:
            found = pattern.fullmatch(text, timeout=_REGEX_SECONDS)
        except TimeoutError:
            raise NotUnderstood("a template that takes too long") from None
        if found is not None:
            yield found.groupdict()


def _pattern_of(made: ex.Formatted, names: Names) -> Any:
    """Return what a template, `f"{__name__}.{match[1]}"`, makes, with a group for each of the match; None: unread."""
    text = ""
    for part in made.parts:
        match part:
            case str():
                text += re.escape(part)
            case ex.Subscript(index=ex.Constant(value=int(number))):
                text += f"(?P<g{number}>.+)" if f"<g{number}>" not in text else f"(?P=g{number})"
            case ex.Name(name=name) if isinstance(names.get(name), str):
                text += re.escape(names[name])
            case _:
                return None
    return regex.compile(text) if "(?P<" in text else None


def _pieces(pattern: str) -> list[str | int] | None:
    """Return a pattern as the texts and the numbers of the groups that it takes in turn; None where it has more."""
    found: list[str | int] = []
    position = group = 0
    while position < len(pattern):
        piece = _PIECE.match(pattern, position)
        if piece is None:
            return None
        position = piece.end()
        if literal := piece["escaped"] or piece["plain"]:
            found.append(literal)
        elif not piece[0].startswith(("(?=", "(?!", "(?<=", "(?<!")):
            group += 1
            found.append(group)
    return found


def _answer(function: st.Function, asked: str, names: Names) -> Any:
    """Return what a function of tests, assignments and returns gives for a name; raises NotUnderstood."""
    try:
        _run(function.body, {**names, function.parameters[0].name: asked})
    except _Returned as returned:
        return returned.value
    return None


def _run(statements: tuple[st.Statement, ...], names: Names) -> None:
    for statement in statements:
        match statement:
            case st.Return(value=value):
                raise _Returned(evaluate(value, names) if value is not None else None)
            case st.If(test=test, body=body, orelse=orelse):
                _run(body if evaluate(test, names) else orelse, names)
            case st.Assign(targets=targets, value=value):
                found = evaluate(value, names)
                for target in targets:
                    names.update(unpacked(target, found))
            case st.Evaluate(value=ex.Constant()):
                pass
            case _:
                raise NotUnderstood(f"a function with a statement of kind {type(statement).__name__}")


def _renamed(library: Library, finder: Site, target: str) -> dict[str, str]:
    """Return the objects of a module that the one in its place answers under other names too, by these."""
    if not finder.names:
        return {}
    other = naming(finder.expressions["other"])
    known = library.modules[target].definitions
    asked = {other.asked(name, finder.names[0]): name for name in known}
    return {name: f"{target}.{whole}" for name, whole in asked.items() if name is not None and name not in known}
