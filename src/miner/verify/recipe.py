"""Recipes: how to make what a gate is called on, for the gates whose receiver cannot be made up."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FOLDER = Path(__file__).parent.parent / "data" / "recipes"


class Recipe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the gates of `owners`, by their qualified names, are called with.

    `entry`: the function of the same module that is called in place of the owner, where the gate is reached through it.
    `how`: `new`, the class is called with `constructor`; `bare`, an object without a constructor that has `attributes`.
    A `{fields = {...}}` among the values is an object with these attributes, whatever else is asked of it.
    """

    owners: tuple[str, ...]
    entry: str | None = None
    how: str = "bare"
    constructor: dict[str, Any] = {}
    arguments: dict[str, Any] = {}
    attributes: dict[str, Any] = {}


class _Recipes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    recipe: tuple[Recipe, ...]


def recipes(library: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the recipes for a library by the qualified name of the gate's owner; none where it has no file."""
    file = _FOLDER / f"{library}.toml"
    if not file.is_file():
        return {}
    found: dict[str, list[Mapping[str, Any]]] = {}
    for recipe in msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _Recipes).recipe:
        stated = msgspec.to_builtins(recipe)
        del stated["owners"]
        if entry := stated.pop("entry", None):
            stated["qualname"] = entry
        for owner in recipe.owners:
            found.setdefault(owner, []).append(_marked(stated))
    return found


def _marked(value: Any) -> Any:
    """Return a value with `{fields = ...}` written as the probes read it."""
    if not isinstance(value, dict):
        return value
    if set(value) == {"fields"}:
        return {"$fields": _marked(value["fields"])}
    return {name: _marked(inner) for name, inner in value.items()}
