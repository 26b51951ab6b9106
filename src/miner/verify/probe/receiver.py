"""What a gate is called with: made up from what its conditions ask for, or by a recipe."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .stand_in import anything

_PLAIN = re.compile(
    r"^(?:typing\.)?(?:Optional\[|Union\[)*(?:os\.|pathlib\.)?(str|PathLike|Path|int|float|list|tuple|dict)\b"
)
_CONSTRUCTORS = frozenset({"__init__", "__post_init__"})


def call_of(subject: Any, owner: Any, target: dict[str, Any]) -> Callable[[], Any]:
    """Return the call that reaches a gate: its function with arguments, or, of a constructor by a recipe, its class."""
    if target.get("how") == "new" and getattr(subject, "__name__", "") in _CONSTRUCTORS:
        return functools.partial(owner, **target.get("constructor", {}), **target.get("arguments", {}))
    positional, named = _arguments(subject, owner, target)
    return functools.partial(subject, *positional, **named)


def _arguments(subject: Any, owner: Any, target: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    given = {name: _made(name, value) for name, value in target.get("arguments", {}).items()}
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for index, parameter in enumerate(inspect.signature(inspect.unwrap(subject)).parameters.values()):
        if index == 0 and owner is not None and parameter.name in {"self", "cls", "mcs"}:
            positional.append(_receiver(owner, target) if parameter.name == "self" else owner)
        elif parameter.kind is parameter.VAR_KEYWORD:
            named |= given
            given = {}
        elif parameter.kind is parameter.VAR_POSITIONAL:
            continue
        elif parameter.name in given:
            value = given.pop(parameter.name)
            value = _typed(parameter) if value is True else value  # all that is asked of it is that it is true
            if parameter.kind is parameter.POSITIONAL_ONLY:
                positional.append(value)
            else:
                named[parameter.name] = value
        elif parameter.default is parameter.empty:
            unknown = None if target.get("unknown") == "none" else _typed(parameter, anything(parameter.name))
            if parameter.kind is parameter.KEYWORD_ONLY or named:
                named[parameter.name] = unknown
            else:
                positional.append(unknown)
    return positional, named


def _typed(parameter: inspect.Parameter, otherwise: Any = True) -> Any:
    """Return a value that is true and of the first plain type that a parameter is annotated with, or `otherwise`."""
    annotation = parameter.annotation
    if annotation is parameter.empty:
        return otherwise
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    found = _PLAIN.search(text)
    if found is None:
        return otherwise
    name, item = parameter.name, anything("item")
    plain: dict[str, Any] = {
        "str": name, "PathLike": name, "Path": Path(name), "int": 1, "float": 1.0,
        "list": [item], "tuple": (item,), "dict": {name: item},
    }  # fmt: skip
    return plain[found[1]]


def _made(name: str, value: Any) -> Any:
    """Return an argument as a plan states it."""
    if not isinstance(value, dict) or "$fields" not in value:
        return value
    held = anything(name)
    for field, inner in value["$fields"].items():
        _set(held, field, inner)
    return held


def _set(holder: Any, field: str, value: Any) -> None:
    *inner, last = field.split(".")
    for part in inner:
        following = getattr(holder, part)
        object.__setattr__(holder, part, following)
        holder = following
    object.__setattr__(holder, last, value)


def _receiver(owner: Any, target: dict[str, Any]) -> Any:
    """Return an object of a class: by its constructor (`new`), else bare, with a stand-in for what it was not given."""
    if target.get("how") == "new":
        return owner(**target.get("constructor", {}))

    is_empty = target.get("unknown") == "none"

    def missing(_: Any, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None if is_empty else anything(name)

    bare = type(owner)(owner.__name__, (owner,), {"__getattr__": missing, "__slots__": ()})
    bare.__abstractmethods__ = frozenset()
    made = object.__new__(bare)
    for name, value in target.get("attributes", {}).items():
        given = _made(name, value)
        if "." in name:
            _set(made, name, given)
        else:
            setattr(bare, name, given)  # also over a property
    return made
