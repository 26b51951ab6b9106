"""Implementation nodes: the objects of the library's packages, where they are defined and how they are imported."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from miner.graph.evidence import EvidenceReader, redact
from miner.link.library import Module, is_private
from miner.link.linker import Linked
from miner.link.place import Place
from miner.link.settled import installed, root_of
from miner.model.node import Export, Flag, Implementation
from miner.model.site import Definition


def implementations(linked: Linked, evidences: EvidenceReader) -> Iterator[Implementation]:
    """Yield every public class and function of the packages, every exported object, and every owner of a need.

    Outside of the packages, in tests above all, only what itself states a need.
    """
    stated = _backend_places(linked)
    wanted = {need.owner for need in linked.needs} | {bound.owner for bound in linked.bounds}
    wanted |= {variable.owner for variable in linked.variables} | {told.owner for told in linked.told}
    wanted |= linked.exports.keys()
    always = installed(linked.declared)
    for name in sorted(linked.library.modules):
        module = linked.library.modules[name]
        if not linked.library.is_packaged(module):
            for definition in module.definitions.values():
                if f"{name}.{definition.name}" in wanted:
                    yield _defined(linked, module, definition, stated, evidences)
            continue
        imported = tuple(sorted(_imported(module)))
        if name in wanted or imported:
            yield _module(module, imported, dict(_foreign(linked, module, always)), evidences)
        for definition in module.definitions.values():
            qualname = f"{name}.{definition.name}"
            if (
                qualname in wanted
                or definition.name in module.offered
                or _is_public_definition(linked, qualname, definition)
            ):
                yield _defined(linked, module, definition, stated, evidences)
        for row in module.facts.exports or ():
            if row.name not in module.definitions:
                places = [Place(module.path, row.span, "declaration"), *stated.get(f"{name}.{row.name}", ())]
                alias = _alias(linked, module, row.name, places, evidences)
                if alias is not None:
                    yield alias
    for qualname, answered in linked.answered.items():
        yield Implementation(
            id=f"implementation:{qualname}",
            name=answered.key,
            evidence=evidences.all(answered.places),
            qualname=qualname,
            kind="alias",
            exports=tuple(Export(module=answered.package, name=name) for name in sorted(answered.names)),
            public=True,
        )
    yield from _alias_modules(linked, evidences)


def _alias_modules(linked: Linked, evidences: EvidenceReader) -> Iterator[Implementation]:
    """Yield the old names of modules."""
    for qualname, alias in linked.modules.items():
        yield Implementation(
            id=f"implementation:{qualname}",
            name=qualname.rpartition(".")[2],
            evidence=evidences.all(alias.places),
            qualname=qualname,
            kind="module",
            public=not is_private(qualname),
            target=alias.target,
        )


def implementation(linked: Linked, module: Module, definition: Definition, evidences: EvidenceReader) -> Implementation:
    """Return the node of one definition, whatever it states."""
    return _defined(linked, module, definition, {}, evidences)


def _imported(module: Module) -> set[str]:
    """Return the names in a module of what it imports when it is run."""
    bound = (binding.name for row in module.facts.imports if not row.type_checking for binding in row.bindings)
    return {name for name in bound if name not in module.definitions or module.definitions[name].type_checking}


def _foreign(linked: Linked, module: Module, always: set[str]) -> Iterator[tuple[str, Place]]:
    """Yield the packages of others that a module imports whatever holds, each where it is imported first."""
    found: dict[str, Place] = {}
    for row in module.facts.imports:
        for written in () if row.level or row.nested or row.type_checking else row.modules:
            root = root_of(written)
            is_other = root not in linked.library.roots and root not in linked.conditions.standard
            if is_other and canonicalize_name(root) not in always:
                found.setdefault(root, Place(module.path, row.span, "declaration"))
    yield from found.items()


def _module(
    module: Module, imported: tuple[str, ...], foreign: dict[str, Place], evidences: EvidenceReader
) -> Implementation:
    """Return a module as the owner of what its top level states, and of the names that it imports."""
    return Implementation(
        id=f"implementation:{module.name}",
        name=module.name.rpartition(".")[2],
        evidence=(evidences.whole(module.path), *evidences.all(foreign.values())),
        qualname=module.name,
        kind="module",
        imports=tuple(foreign),
        public=not any(part.startswith("_") for part in module.name.split(".")),
        members=imported,
    )


def _is_public_definition(linked: Linked, qualname: str, definition: Definition) -> bool:
    """Say whether a definition is there for others by its name: a variable is where that is not in lower case, as of a
    constant or a type, or where it is another name of a class.
    """
    if definition.name.startswith("_") or definition.type_checking:
        return False
    if definition.kind == "variable":
        return not definition.name.islower() or linked.library.named_otherwise(qualname) is not None
    return definition.kind in {"class", "function"}


def _backend_places(linked: Linked) -> dict[str, list[Place]]:
    """Return, for each owner, the places that name its backends."""
    found: dict[str, list[Place]] = {}
    for need in linked.needs:
        if need.backends:
            found.setdefault(need.owner, []).extend(place for place in need.places if place.role == "site")
    return found


def _defined(
    linked: Linked, module: Module, definition: Definition, stated: dict[str, list[Place]], evidences: EvidenceReader
) -> Implementation:
    qualname = f"{module.name}.{definition.name}"
    exports = _exports(linked, module, definition.name, qualname)
    places = [Place(module.path, definition.span, "definition"), *stated.get(qualname, ())]
    places += [Place(module.path, row.span, "declaration") for row in module.offered.get(definition.name, ())]
    places += linked.old_names.get(qualname, ())
    old_exports = linked.old_exports.get(qualname, {})
    places += [place for alias in old_exports.values() for place in alias.places]
    flags = linked.flags.get(qualname, {})
    places += [place for flag in flags.values() for place in flag.places]
    return Implementation(
        id=f"implementation:{qualname}",
        name=definition.name.rpartition(".")[2],
        evidence=evidences.all(places),
        qualname=qualname,
        kind=definition.kind,
        exports=(*exports, *(Export(module=old, name=name) for old, name in sorted(old_exports))),
        signature=None if definition.signature is None else redact(definition.signature)[0],
        summary=None if definition.summary is None else redact(definition.summary)[0],
        backends=linked.backends.get(qualname, ()),
        public=_is_public(linked, definition.name, qualname, exports),
        target=linked.library.named_otherwise(qualname),
        bases=linked.library.bases(qualname),
        members=definition.members,
        fields=definition.fields,
        defaults={name: redact(default)[0] for name, default in (definition.defaults or {}).items()} or None,
        flags=tuple(
            Flag(name=name, value=flag.value, comment=redact(flag.comment)[0] if flag.comment else None)
            for name, flag in sorted(flags.items())
        ),
    )


def _alias(
    linked: Linked, module: Module, name: str, places: list[Place], evidences: EvidenceReader
) -> Implementation | None:
    qualname = f"{module.name}.{name}"
    located = linked.library.locate(module.name, name)
    if located is None and qualname not in linked.backends:
        return None
    exports = _exports(linked, module, name, qualname)
    return Implementation(
        id=f"implementation:{qualname}",
        name=name,
        evidence=evidences.all(places),
        qualname=qualname,
        kind="alias",
        exports=exports,
        backends=linked.backends.get(qualname, ()),
        public=_is_public(linked, name, qualname, exports),
        target=located.qualname.rstrip(".") if located is not None else None,
    )


def _exports(linked: Linked, module: Module, name: str, qualname: str) -> tuple[Export, ...]:
    """Return how an object is imported: from the packages that offer it, then from where it is defined."""
    if "." in name or name.startswith("_") or not linked.library.is_packaged(module):
        return ()
    offers = dict.fromkeys([*linked.exports.get(qualname, ()), (module.name, name)])
    return tuple(Export(module=package, name=offered) for package, offered in offers)


def _is_public(linked: Linked, name: str, qualname: str, exports: tuple[Export, ...]) -> bool:
    if not linked.library.is_packaged(linked.library.modules[qualname.removesuffix(f".{name}")]):
        return False
    owner = name.partition(".")[0]
    if is_private(name):
        return False
    outer = qualname[: -len(name)] + owner
    return len(exports) > 1 or outer in linked.exports
