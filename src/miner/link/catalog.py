"""Catalogs: data files, written by people, that name a library's workflows and the symbols of their steps."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from miner.errors import UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parent.parent / "data" / "catalogs"
_ALTERNATIVES = " | "


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Region(_Entry, frozen=True):
    """A part of a symbol: from the line in which `start` stands first to the end of the statement with `end`."""

    symbol: str
    start: str
    end: str | None = None


class Step(_Entry, frozen=True):
    """One step of a workflow, the principle: `page` is the name of what implements it; see `Catalog`."""

    name: str
    title: str
    page: str
    symbols: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    external: tuple[str, ...] = ()
    heuristics: tuple[str, ...] = ()


class Workflow(_Entry, frozen=True):
    """A workflow: its steps in order, the environment that it runs in, and the topics that are about all of it."""

    name: str
    title: str
    environment: str
    steps: tuple[Step, ...]
    heuristics: tuple[str, ...] = ()


class Topic(_Entry, frozen=True):
    """A group of options that users weigh; `within` are the modules and packages where what is said of them counts, and
    in which is read where they take effect; `regions` are further places that do what the topic is about.
    """

    name: str
    title: str
    options: tuple[str, ...]
    within: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()


class Catalog(_Entry, frozen=True):
    """The workflows and topics of one library.

    A symbol is a qualified name; `A | B` are the names of one symbol in different releases. `holders` are the classes
    whose options users set, of which it is told where they take effect.
    """

    library: str
    workflows: tuple[Workflow, ...] = ()
    topics: tuple[Topic, ...] = ()
    holders: tuple[str, ...] = ()


class LoadedCatalog(msgspec.Struct, frozen=True):
    """A catalog with the file that it is from: `path` as evidence names it, and the bytes."""

    catalog: Catalog
    path: str
    data: bytes


def alternatives(symbol: str) -> tuple[str, ...]:
    """Return the names that a symbol has in different releases."""
    return tuple(symbol.split(_ALTERNATIVES))


def load_catalog(libraries: Iterable[str], extra: Path | None = None) -> LoadedCatalog | None:
    """Return the user's catalog `extra`, or miner's own of the first of some libraries that has one; None without.

    Raises UsageError when it cannot be read, is not TOML, holds a key that is not known, or names something twice.
    """
    if extra is not None:
        return _load(extra, extra.name)
    own = _own()
    file = next((own[library] for library in libraries if library in own), None)
    return _load(file, f"miner/data/catalogs/{file.name}") if file is not None else None


def catalogs_digest(extra: Path | None = None) -> str:
    """Return the SHA-256 of the catalogs that may be used: the user's, or all of miner's own."""
    files = [extra] if extra is not None else sorted(_own().values())
    digest = hashlib.sha256()
    for file in files:
        digest.update(_read(file))
    return digest.hexdigest()


def authored_files(extra: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield the catalogs that evidence may cite, as it names them: the user's, or all of miner's own."""
    if extra is not None:
        yield extra.name, _read(extra)
        return
    yield from ((f"miner/data/catalogs/{file.name}", _read(file)) for file in _own().values())


def _own() -> dict[str, Path]:
    return {file.stem: file for file in FOLDER.glob("*.toml")}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise UsageError(f"catalog {file.name}: cannot be read: {problem.strerror}") from None


def _load(file: Path, path: str) -> LoadedCatalog:
    name = f"catalog {file.name}"
    data = _read(file)
    try:
        tables: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
        catalog = msgspec.convert(tables, Catalog)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError(f"{name}: not TOML: {str(problem).splitlines()[0]}") from None
    except msgspec.ValidationError as problem:
        raise UsageError(f"{name}: {problem}") from None
    _check(catalog, name)
    return LoadedCatalog(catalog, path, data)


def _check(catalog: Catalog, name: str) -> None:
    """Raise UsageError for a name that stands twice, or a topic that is named and not there."""
    steps = [step for workflow in catalog.workflows for step in workflow.steps]
    for kind, names in (
        ("workflow", [workflow.name for workflow in catalog.workflows]),
        ("step", [step.name for step in steps]),
        ("page", [step.page for step in steps]),
        ("environment", [workflow.environment for workflow in catalog.workflows]),
        ("topic", [topic.name for topic in catalog.topics]),
    ):
        twice = sorted({each for each in names if names.count(each) > 1})
        if twice:
            raise UsageError(f"{name}: {kind} {twice[0]!r} is there twice")
    topics = {topic.name for topic in catalog.topics}
    wanted = {each for workflow in catalog.workflows for each in workflow.heuristics}
    wanted |= {each for step in steps for each in step.heuristics}
    if wanted - topics:
        raise UsageError(f"{name}: {min(wanted - topics)!r} is not one of its topics")
