"""The JSON form of a formula: written, read strictly, and described by a JSON Schema made from the atoms."""

from __future__ import annotations

import functools
import json
import math
import typing
from typing import Union

import msgspec

from miner.formula.atom import Atom, Parameter, Predicate
from miner.formula.connective import All, Any, Formula, Not, conjuncts

Json = Union[None, bool, int, float, str, list["Json"], dict[str, "Json"]]  # noqa: UP007

SCHEMA_ID = "formula.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ATOMS: tuple[type[Atom], ...] = typing.get_args(Atom)
_MAX_DEPTH = 200

# The first required key tells the atoms apart: `package`, `module`, `python`, ...
_BY_KEY: dict[str, type[Atom]] = {msgspec.structs.fields(kind)[0].encode_name: kind for kind in _ATOMS}


def to_json(f: Formula) -> bool | dict[str, Json]:
    """Return `f` as a boolean or an object of plain lists, strings and numbers, fields in the order of the atom.

    Objects of atoms are shared between results, and not to be changed.

    Raises ValueError for a number that JSON cannot hold (infinity, not-a-number).
    """
    match f:
        case bool():
            return f
        case All(parts):
            return {"all": [to_json(part) for part in parts]}
        case Any(parts):
            return {"any": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case _:
            return _atom_json(f, shade(f))


def text(f: Formula) -> str:
    """Return the compact JSON text of `f`, ASCII only: an exact key, and the order of canonical forms."""
    kind = type(f)
    if kind is All or kind is Any:
        return f'{{"{"all" if kind is All else "any"}":[{",".join(map(text, f.parts))}]}}'  # type: ignore[union-attr]
    if kind is Not:
        return f'{{"not":{text(f.part)}}}'  # type: ignore[union-attr]
    if kind is bool:
        return "true" if f else "false"
    return _atom_text(f, shade(f)) if kind is Parameter or kind is Predicate else _known_text(f)  # type: ignore[arg-type]


def parts(f: Formula) -> frozenset[str]:
    """Return the texts of what `f` asks together: none of what always holds."""
    return frozenset(map(text, conjuncts(f))) if f is not True else frozenset()


def shade(atom: Atom) -> tuple[str, ...]:
    """Return what tells atoms apart that compare equal: Python holds True, 1 and 1.0 for the same, and 0.0 and -0.0."""
    if isinstance(atom, Parameter):
        return (_shade(atom.value),)
    return tuple(map(_shade, atom.args)) if isinstance(atom, Predicate) else ()


def _shade(value: object) -> str:
    return repr(value) if isinstance(value, float) else type(value).__name__


@functools.lru_cache(maxsize=16_384)
def _atom_json(atom: Atom, _: tuple[str, ...]) -> dict[str, Json]:
    return {name: _plain(value) for name, value in msgspec.to_builtins(atom).items()}


@functools.lru_cache(maxsize=16_384)
def _atom_text(atom: Atom, _: tuple[str, ...]) -> str:
    return json.dumps(to_json(atom), ensure_ascii=True, separators=(",", ":"))


@functools.lru_cache(maxsize=16_384)
def _known_text(atom: Atom) -> str:
    return _atom_text(atom, ())


def from_json(obj: object) -> Formula:
    """Return the formula that `obj`, decoded JSON, states; the exact inverse of `to_json`.

    Raises ValueError, in one line with the place, for an unknown key, a missing or mistyped field, a connective with
    other keys beside it, or nesting deeper than 200.
    """
    return _read(obj, "$")


def schema() -> dict[str, object]:
    """Return the JSON Schema (2020-12) of a formula, `$id` "formula.schema.json"; nothing in it is written by hand
    but the connectives.
    """
    references, components = msgspec.json.schema_components(_ATOMS, ref_template="#/$defs/{name}")
    formula = {"$ref": "#"}
    parts = {"type": "array", "items": formula}
    connectives = [_closed("all", parts), _closed("any", parts), _closed("not", formula)]
    for component in components.values():
        component["description"] = " ".join(str(component.get("description", "")).split())
    return {
        "$schema": _DIALECT,
        "$id": SCHEMA_ID,
        "title": "Formula",
        "description": "A condition: a truth value, a connective over formulas, or an atom.",
        "anyOf": [{"type": "boolean"}, *connectives, *references],
        "$defs": dict(sorted(components.items())),
    }


def _closed(key: str, value: object) -> dict[str, object]:
    return {"type": "object", "properties": {key: value}, "required": [key], "additionalProperties": False}


def _plain(value: object) -> Json:
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            raise ValueError(f"a formula cannot hold {value!r}: it has no JSON form")


def _read(obj: object, place: str) -> Formula:
    if place.count(".") > _MAX_DEPTH:
        raise ValueError(f"a formula nested deeper than {_MAX_DEPTH} is refused")
    match obj:
        case bool():
            return obj
        case {"all": list(parts), **others} if not others:
            return All(tuple(_read(part, f"{place}.all[{i}]") for i, part in enumerate(parts)))
        case {"any": list(parts), **others} if not others:
            return Any(tuple(_read(part, f"{place}.any[{i}]") for i, part in enumerate(parts)))
        case {"not": part, **others} if not others:
            return Not(_read(part, f"{place}.not"))
        case dict():
            return _read_atom(obj, place)
        case _:
            raise ValueError(f"not a formula at {place}: expected a truth value or an object, got {type(obj).__name__}")


def _read_atom(obj: dict[object, object], place: str) -> Atom:
    kinds = [kind for key, kind in _BY_KEY.items() if key in obj and _is_complete(kind, obj)]
    if len(kinds) != 1:
        keys = ", ".join(sorted(map(str, obj))) or "none"
        raise ValueError(f"not a formula at {place}: no connective and no one atom has the keys {keys}")
    try:
        return msgspec.convert(obj, kinds[0])
    except msgspec.ValidationError as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"not a formula at {place}: {kinds[0].__name__}: {reason}") from error


def _is_complete(kind: type[Atom], obj: dict[object, object]) -> bool:
    fields = _fields(kind)
    return obj.keys() <= {field.encode_name for field in fields} and all(
        field.encode_name in obj for field in fields if field.required
    )


@functools.cache
def _fields(kind: type[Atom]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)
