"""The modules of a snapshot: their dotted names, what each binds, and where a name is really defined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

import msgspec

from miner.model.expression import Constant, Expression
from miner.model.site import Definition, ExportRow, Facts, Site

_NOT_PACKAGES = frozenset({"tests", "test", "testing", "docs", "doc", "examples", "benchmark", "benchmarks", "scripts"})
_OWN_METHODS = 2  # classes that may have a method which still tells which class is meant
_DEEPEST = 12  # re-exports followed before a name is given up


@dataclass(eq=False)
class Module:
    """One file as a module. `package` is the dotted name that relative imports start from."""

    name: str
    path: str
    is_package: bool
    facts: Facts

    @property
    def package(self) -> str:
        """The package that this module is, or stands in."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """The definitions by their name within the module; of several, the last that is not for type checkers only, but
        a class or function before a variable.
        """
        found: dict[str, Definition] = {}
        for definition in self.facts.definitions:
            earlier = found.get(definition.name)
            if earlier is not None and earlier.kind != "variable" and definition.kind == "variable":
                continue  # a class or function that is wrapped under its own name
            if earlier is None or earlier.type_checking or not definition.type_checking:
                found[definition.name] = definition
        return found

    @cached_property
    def rebound(self) -> frozenset[str]:
        """The names that several definitions bind."""
        counts = Counter(each.name for each in self.facts.definitions)
        return frozenset(name for name, count in counts.items() if count > 1)

    @cached_property
    def offered(self) -> dict[str, list[ExportRow]]:
        """What `__all__` names, by name."""
        found: dict[str, list[ExportRow]] = {}
        for row in self.facts.exports or ():
            found.setdefault(row.name, []).append(row)
        return found

    def absolute(self, level: int, target: str) -> str:
        """Return the dotted name that `target` of an import statement with `level` leading dots stands for."""
        if level == 0:
            return target
        parts = self.package.split(".")
        base = parts[: len(parts) - (level - 1)] if level > 1 else parts
        return ".".join([*base, target]) if target else ".".join(base)

    @cached_property
    def imported(self) -> dict[str, str]:
        """The absolute dotted target of every imported name; of several, the last not for type checkers only."""
        found: dict[str, tuple[bool, str]] = {}
        for row in self.facts.imports:
            for binding in row.bindings:
                earlier = found.get(binding.name)
                if earlier is None or earlier[0] or not row.type_checking:
                    found[binding.name] = (row.type_checking, self.absolute(row.level, binding.target))
        return {name: target for name, (_, target) in found.items()}

    @cached_property
    def stars(self) -> tuple[str, ...]:
        """The absolute names of the modules that are star-imported."""
        return tuple(self.absolute(row.level, row.modules[0]) for row in self.facts.imports if row.star)


@dataclass(frozen=True)
class Located:
    """Where a name is defined: in a module of the snapshot, or (module None) at an external dotted name."""

    module: str | None
    name: str

    @property
    def qualname(self) -> str:
        """The dotted name."""
        return f"{self.module}.{self.name}" if self.module else self.name


@dataclass(frozen=True, eq=False)
class Library:
    """All modules of a snapshot. `lazy` are names that a package offers through a lazy import structure."""

    modules: Mapping[str, Module]
    roots: tuple[str, ...]
    lazy: dict[str, dict[str, str]] = field(default_factory=dict)
    _public: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _star: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def by_path(self) -> dict[str, Module]:
        """The modules by path."""
        return {module.path: module for module in self.modules.values()}

    @cached_property
    def sites(self) -> dict[tuple[str, str], list[tuple[str, Site]]]:
        """The sites by detector and form, each with the name of its module, in the order of the modules."""
        found: dict[tuple[str, str], list[tuple[str, Site]]] = {}
        for name, module in self.modules.items():
            for site in module.facts.sites:
                found.setdefault((site.detector, site.form), []).append((name, site))
        return found

    def release_sites(self) -> None:
        """Let the sites go, which are most of what was read of a library, once all that they state is linked."""
        for module in self.modules.values():
            module.facts = msgspec.structs.replace(module.facts, sites=())
        self.__dict__.pop("sites", None)

    def is_packaged(self, module: Module) -> bool:
        """Say whether a module belongs to one of the snapshot's top packages, and is not a test or example."""
        parts = module.name.split(".")
        above = module.path.split("/")[: -len(parts)]
        is_aside = parts[0] in _NOT_PACKAGES or not _NOT_PACKAGES.isdisjoint(above)
        return parts[0] in self.roots and not is_aside and parts[-1] != "conftest"

    def locate(self, module: str, name: str, depth: int = 0) -> Located | None:
        """Return where `name`, as seen in `module`, is defined; None when the module binds no such name."""
        here = self.modules.get(module)
        if here is None or depth > _DEEPEST:
            return None
        if name in here.definitions and not here.definitions[name].type_checking:
            return Located(module, name)
        target = self.lazy.get(module, {}).get(name) or here.imported.get(name)
        if target is not None and target != f"{module}.{name}":
            return self.follow(target, depth + 1)
        star = self.stars(module).get(name)
        if star is not None:
            return self.locate(star, name, depth + 1)
        return Located(f"{module}.{name}", "") if f"{module}.{name}" in self.modules else None

    def follow(self, target: str, depth: int = 0) -> Located | None:
        """Return where an absolute dotted name is defined; an external one stays as it is.

        What a package binds comes before its submodule of the same name.
        """
        owner, _, name = target.rpartition(".")
        if target in self.modules:
            package = self.modules.get(owner)
            is_bound = package is not None and package.imported.get(name, target) != target
            return self.locate(owner, name, depth) if is_bound else Located(target, "")
        if owner in self.modules:
            return self.locate(owner, name, depth)
        head = target.partition(".")[0]
        return None if head in self.roots else Located(None, target)

    @cached_property
    def classes(self) -> dict[str, tuple[Module, Definition]]:
        """The classes by qualified name, each with its module."""
        return {
            f"{module.name}.{definition.name}": (module, definition)
            for module in self.modules.values()
            for definition in module.definitions.values()
            if definition.kind == "class"
        }

    @cached_property
    def shared_methods(self) -> frozenset[str]:
        """The names of methods that several classes have, each of its own."""
        methods = (name.rpartition(".") for module in self.modules.values() for name in module.definitions)
        counts = Counter(name for outer, _, name in methods if outer.rpartition(".")[2][:1].isupper())
        return frozenset(name for name, count in counts.items() if count > _OWN_METHODS)

    def bases(self, qualname: str) -> tuple[str, ...]:
        """Return the bases of a class that are classes of the snapshot, in order."""
        found = self.classes.get(qualname)
        if found is None:
            return ()
        module, definition = found
        named = (self._base(module, base, qualname) for base in definition.bases)
        return tuple(name for name in named if name in self.classes)

    def _base(self, module: Module, base: str, derived: str) -> str | None:
        """Return the qualified name of a base; one that has the name of the class itself is what was imported."""
        found = self.absolute(module, base)
        imported = module.imported.get(base) if found == derived else None
        found = self.followed(imported) if imported is not None else found
        return self.named_otherwise(found) or found if found is not None else None

    def named_otherwise(self, qualname: str) -> str | None:
        """Return the class that a variable is another name of; None where it may be something else too."""
        owner, _, name = qualname.rpartition(".")
        module = self.modules.get(owner)
        definition = module.definitions.get(name) if module is not None else None
        if module is None or definition is None or definition.kind != "variable" or not definition.bases:
            return None
        if name in module.rebound:
            return None  # which of them is not known
        found = self.absolute(module, definition.bases[0])
        return found if found in self.classes else None

    def absolute(self, module: Module, dotted: str) -> str | None:
        """Return the qualified name of what a dotted name means in a module; None when the module does not bind it."""
        head, _, rest = dotted.partition(".")
        located = self.locate(module.name, head)
        if located is None:
            return None
        whole = located.qualname.rstrip(".")
        return self.followed(f"{whole}.{rest}") if rest else whole

    def followed(self, name: str) -> str:
        """Return where an absolute name is defined, through the modules and classes that it is an attribute of."""
        head, *rest = name.split(".")
        whole = head
        for part in rest:
            located = self.follow(f"{whole}.{part}")
            whole = located.qualname.rstrip(".") if located is not None else f"{whole}.{part}"
        return whole

    def stars(self, module: str) -> dict[str, str]:
        """Return the star-imported module that each name comes from; of several, the last."""
        if module not in self._star:
            self._star[module] = {}
            here = self.modules[module]
            self._star[module] = {name: star for star in here.stars for name in self.public_names(star)}
        return self._star[module]

    def public_names(self, module: str) -> tuple[str, ...]:
        """Return the names that `from module import *` brings, as far as they can be read."""
        if module not in self._public:
            self._public[module] = ()  # a cycle of star imports brings nothing
            here = self.modules.get(module)
            if here is not None and here.facts.exports is not None:
                self._public[module] = tuple(dict.fromkeys(row.name for row in here.facts.exports))
            elif module in self.lazy:  # the lazy module stands in for everything else that the file binds
                self._public[module] = tuple(name for name in self.lazy[module] if not name.startswith("_"))
            elif here is not None:
                names = [*here.definitions, *here.imported, *self.stars(module)]
                self._public[module] = tuple(name for name in dict.fromkeys(names) if not name.startswith("_"))
        return self._public[module]

    def constant(self, module: str, name: str) -> tuple[str, Expression] | None:
        """Return the module that binds a constant seen as `name` in `module`, and its expression."""
        located = self.locate(module, name)
        if located is None or located.module is None:
            return None
        value = self.modules[located.module].facts.constants.get(located.name)
        return None if value is None else (located.module, value)

    def text(self, module: str, name: str) -> str | None:
        """Return the string that a name of a module is bound to, when it is one."""
        found = self.constant(module, name)
        return found[1].value if found and isinstance(found[1], Constant) and isinstance(found[1].value, str) else None


def is_private(name: str) -> bool:
    """Say whether some part of a dotted name is private."""
    return any(part.startswith("_") and not part.startswith("__") for part in name.split("."))


def is_part(name: str, whole: str) -> bool:
    """Say whether a dotted name is that of `whole` or of something within it."""
    return name == whole or name.startswith(f"{whole}.")


def build_library(facts: Mapping[str, Facts]) -> Library:
    """Return the library that files by path make up."""
    packages = {str(PurePosixPath(path).parent) for path in facts if path.endswith("/__init__.py")}
    packages |= _namespaces(packages, facts)
    modules: dict[str, Module] = {}
    for path in sorted(facts):
        name, is_package = module_name(path, packages)
        if name not in modules:
            modules[name] = Module(name, path, is_package, facts[path])
    roots = sorted({str(PurePosixPath(top).name) for top in packages if str(PurePosixPath(top).parent) not in packages})
    return Library(modules, tuple(roots))


def _namespaces(packages: set[str], facts: Mapping[str, Facts]) -> set[str]:
    """Return folders without an `__init__.py` that are packages all the same: those under whose name files import what
    is in them, `keras.src` of `keras/src`, and more often than without it.
    """
    counts: Counter[str] = Counter()
    for each in facts.values():
        targets = {module for row in each.imports if row.level == 0 for module in row.modules}
        targets |= {binding.target for row in each.imports if row.level == 0 for binding in row.bindings}
        counts.update({".".join(target.split(".")[:depth]) for target in targets for depth in (1, 2)})
    found: set[str] = set()
    for folder in map(PurePosixPath, sorted(packages)):
        parent = folder.parent
        if str(parent) == "." or str(parent) in packages or str(parent) in found:
            continue
        if counts[f"{parent.name}.{folder.name}"] > counts[folder.name]:
            found.add(str(parent))
    return found


def module_name(path: str, packages: set[str]) -> tuple[str, bool]:
    """Return the dotted name of the file at `path`, and whether it is a package's `__init__.py`.

    The name starts at the outermost folder, on the way up, that has an `__init__.py`; a folder without one inside such
    a package counts as part of it (a namespace package). A file outside any package is named by its path.
    """
    pure = PurePosixPath(path)
    folders = [str(parent) for parent in pure.parents if str(parent) != "."]
    inside = [folder for folder in folders if folder in packages]
    is_package = pure.name == "__init__.py"
    tail = [] if is_package else [pure.stem]
    if not inside:
        return ".".join([*PurePosixPath(path).parent.parts, *(tail or [pure.stem])]), False
    top = inside[-1]
    relative = PurePosixPath(pure.parent).relative_to(PurePosixPath(top).parent)
    return ".".join([*relative.parts, *tail]), is_package
