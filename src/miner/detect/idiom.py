"""The vocabulary of names that detectors and the linker work with, read from TOML and checked strictly."""

from __future__ import annotations

import hashlib
import re
import sys
from fnmatch import translate
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from miner.detect.primitive import Primitive, Probe, Program, Section
from miner.errors import UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BUILT_IN = Path(__file__).parent.parent / "data" / "idioms.toml"


class BackendDecorator(Section, frozen=True):
    """A decorator that names backends in an argument."""

    name: str
    argument: str


class Raiser(Section, frozen=True):
    """A function that raises when a backend in its argument (counted from 0) is missing."""

    name: str
    argument: int


class RequirementHelper(Section, frozen=True):
    """A function that raises when what its argument names is missing.

    `form`: `specifier` (`torch>=2.6`), `package` (one that the project declares, or any), `module` (importable).
    """

    name: str
    argument: int = 0
    form: Literal["specifier", "package", "module"] = "specifier"


class Check(Section, frozen=True):
    """A function that raises unless its argument, the condition, holds; positions counted from 0."""

    name: str
    condition: int = 0
    message: int = 1


class Enforcement(Section, frozen=True):
    """What makes an object refuse to work."""

    backend_decorators: tuple[BackendDecorator, ...] = ()
    named_decorators: tuple[str, ...] = ()
    not_decorators: tuple[str, ...] = ()
    raisers: tuple[Raiser, ...] = ()
    requirements: tuple[RequirementHelper, ...] = ()
    checks: tuple[Check, ...] = ()
    helpers: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()


class Backends(Section, frozen=True):
    """Tables from a backend's name to its predicate and its message."""

    tables: tuple[str, ...] = ()


class FileRules(Section, frozen=True):
    """Tables from a rule on a file's name to backends, and the functions that apply them to a folder."""

    tables: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()


class Placeholders(Section, frozen=True):
    """Stand-ins for objects whose backends are missing."""

    metaclasses: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()


class Predicates(Section, frozen=True):
    """Names of predicates and flags, of functions that compare versions for one, flags by name, and class flags."""

    names: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    class_flags: tuple[str, ...] = ()


class EnvironmentReader(Section, frozen=True):
    """A function that reads an environment variable; its arguments, counted from 0: name, default, choices."""

    name: str
    variable: int = 0
    default: int | None = None
    choices: int | None = None


class EnvironmentReading(Section, frozen=True):
    """How environment variables are read, besides by the standard library."""

    readers: tuple[EnvironmentReader, ...] = ()


class DeclaredTables(Section, frozen=True):
    """Python files that hold tables of requirements, and the names of the tables."""

    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class BoundsHelper(Section, frozen=True):
    """A function that gives a field its values or bounds: the keywords that say which.

    `form` is `checked` when what it gives is checked whatever the class, `stated` when it never is.
    """

    name: str
    least: str | None = None
    most: str | None = None
    above: str | None = None
    below: str | None = None
    choices: str | None = None
    form: Literal["checked", "stated"] | None = None

    def roles(self) -> tuple[tuple[str, str], ...]:
        """Return each role that a keyword has, with the keyword."""
        given = {role: getattr(self, role) for role in ("least", "most", "above", "below", "choices")}
        return tuple((role, keyword) for role, keyword in given.items() if keyword is not None)


class Domains(Section, frozen=True):
    """What gives values and bounds to a parameter or field, and decorators and bases under which they are checked."""

    bounds: tuple[BoundsHelper, ...] = ()
    checked: tuple[str, ...] = ()


class Options(Section, frozen=True):
    """What holds options: names of classes (or of their bases) and of objects, keywords that describe a field, and the
    names of mappings that collect what is to be told of options, by their names.
    """

    classes: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()


class Cues(Section, frozen=True):
    """Words, in lower case, that tell what kind of advice a message is.

    The others are regular expressions, case ignored, of sentences that hold such a word: `describes` of those that
    advise nothing, `waives` of those that state no requirement, `supposes` of clauses that only suppose something, with
    the word that they begin with as a group; `asked` gives words with what a sentence must fit for them to count.
    """

    deprecation: tuple[str, ...] = ()
    incompatibility: tuple[str, ...] = ()
    trade_off: tuple[str, ...] = ()
    override: tuple[str, ...] = ()
    limitation: tuple[str, ...] = ()
    recommendation: tuple[str, ...] = ()
    caution: tuple[str, ...] = ()
    requirement: tuple[str, ...] = ()
    describes: tuple[str, ...] = ()
    waives: tuple[str, ...] = ()
    supposes: tuple[str, ...] = ()
    asked: tuple[tuple[tuple[str, ...], str], ...] = ()


class CallArgument(Section, frozen=True):
    """An argument of a call, by position (from 0), by keyword, or by either."""

    position: int | None = None
    keyword: str | None = None


class DeprecationHelper(Section, frozen=True):
    """A function or decorator that marks something as deprecated, and what its arguments say.

    `tables` are keywords of tables from an old name to a pair of an object and a release; in `renaming`, the object is
    the replacement.
    """

    name: str
    old: CallArgument | None = None
    removed: CallArgument | None = None
    replacement: CallArgument | None = None
    message: CallArgument | None = None
    tables: tuple[str, ...] = ()
    renaming: str = ""

    def roles(self) -> tuple[tuple[str, CallArgument], ...]:
        """Return each role that an argument has, with the argument."""
        given = {"old": self.old, "removed": self.removed, "replacement": self.replacement, "message": self.message}
        return tuple((role, argument) for role, argument in given.items() if argument is not None)


class Generated(Section, frozen=True):
    """Files that others are generated from: their names, and what the header of a generated file says before one."""

    sources: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()


class Idioms(Section, frozen=True, dict=True):
    """The whole vocabulary; `digest` names its bytes."""

    version: int
    enforcement: Enforcement = Enforcement()
    backends: Backends = Backends()
    file_rules: FileRules = FileRules()
    placeholders: Placeholders = Placeholders()
    predicates: Predicates = Predicates()
    generated: Generated = Generated()
    environment: EnvironmentReading = EnvironmentReading()
    declared: DeclaredTables = DeclaredTables()
    domains: Domains = Domains()
    options: Options = Options()
    cues: Cues = Cues()
    warned: Cues = Cues()
    documentation: Cues = Cues()
    deprecations: tuple[DeprecationHelper, ...] = ()
    probe: Probe = Probe()
    aliases: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    digest: str = ""

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], Primitive], ...]:
        return tuple((_pattern(name), item) for item in self.probe.primitives for name in item.names)

    @cached_property
    def _known(self) -> dict[str, tuple[Primitive, str | None] | None]:
        return {}

    def primitive(self, path: str) -> tuple[Primitive, str | None] | None:
        """Return the first primitive whose names hold `path`, and its subject with the slots filled in."""
        if path not in self._known:
            self._known[path] = self._primitive(path)
        return self._known[path]

    def _primitive(self, path: str) -> tuple[Primitive, str | None] | None:
        for pattern, item in self._patterns:
            match = pattern.fullmatch(path)
            if match is not None:
                slots = match.groupdict()
                return item, item.subject.format(**slots) if item.subject is not None else slots.get("device")
        return None

    @cached_property
    def _predicate(self) -> re.Pattern[str]:
        return _union(self.predicates.names)

    @cached_property
    def _helper(self) -> re.Pattern[str]:
        return _union(self.probe.helpers)

    def is_predicate_name(self, name: str) -> bool:
        """Say whether `name` looks like that of a predicate."""
        return self._predicate.fullmatch(name) is not None

    @cached_property
    def _comparison(self) -> re.Pattern[str]:
        return _union(self.predicates.calls)

    def is_comparison_name(self, name: str) -> bool:
        """Say whether `name` is that of a function that compares versions for its caller."""
        return self._comparison.fullmatch(name) is not None

    @cached_property
    def _programs(self) -> tuple[tuple[re.Pattern[str], Program, Literal["folder", "version"]], ...]:
        known = self.probe.programs
        folders = tuple((_union(each.folders), each, "folder") for each in known)
        return (*((_union(each.versions), each, "version") for each in known), *folders)  # type: ignore[arg-type]

    def program(self, name: str) -> tuple[Program, Literal["folder", "version"]] | None:
        """Return the program that a function of this name looks for, and what of it the function gives."""
        found = ((program, gives) for pattern, program, gives in self._programs if pattern.fullmatch(name))
        return next(found, None)

    def is_helper_name(self, name: str) -> bool:
        """Say whether `name` is that of a helper that takes the package as an argument."""
        return self._helper.fullmatch(name) is not None


def load_idioms(extra: Path | None = None) -> Idioms:
    """Return the built-in vocabulary, with the lists and tables of the user's file `extra` added to it.

    Raises UsageError when `extra` cannot be read, is not TOML, or holds a key that is not known.
    """
    data = BUILT_IN.read_bytes()
    tables = _tables(data, "the built-in idioms")
    digest = hashlib.sha256(data)
    if extra is not None:
        try:
            more = extra.read_bytes()
        except OSError as problem:
            raise UsageError(f"idioms file {extra.name}: cannot be read: {problem.strerror}") from None
        added = _tables(more, f"idioms file {extra.name}")
        _convert(added | {"version": added.get("version", 1)}, f"idioms file {extra.name}")
        tables = _merge(tables, added)
        digest.update(more)
    tables["digest"] = digest.hexdigest()
    return _convert(tables, "idioms")


def _tables(data: bytes, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError(f"{name}: not TOML: {str(problem).splitlines()[0]}") from None


def _convert(tables: dict[str, Any], name: str) -> Idioms:
    if tables["version"] != 1:
        raise UsageError(f"{name}: version {tables['version']!r} is not known; this miner reads version 1")
    try:
        return msgspec.convert(tables, Idioms)
    except msgspec.ValidationError as problem:
        raise UsageError(f"{name}: {problem}") from None


def _merge(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Tables merge key by key; lists of the user come first, so that they win where the first match counts."""
    merged = dict(base)
    for key, value in more.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merge(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            merged[key] = [*value, *(item for item in old if item not in value)]
        else:
            merged[key] = value
    return merged


def _pattern(name: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\}|\*)", name)
    return re.compile("".join(_part(part) for part in parts))


def _part(part: str) -> str:
    if part == "*":
        return ".*"
    return f"(?P<{part[1:-1]}>\\w+)" if part.startswith("{") else re.escape(part)


def _union(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(name) for name in names) or r"(?!)")
