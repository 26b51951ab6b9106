"""The public objects of a library under one machine, in a process that wore it before the library was imported."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from .gate import heard, shortened, told_of


def look(names: list[list[str]]) -> list[dict[str, Any]]:
    """Return what becomes of each (module, name): `real`, `nothing`, `placeholder` (with what it raises), `broken`.

    Nothing is None. A placeholder is what stands in a module and raises as soon as it is used: called, or asked for an
    attribute. The real object is never called: only a class whose metaclass answers for its attributes, or a function
    that takes anything and does next to nothing, is tried. Of one with another name (`called`) also what was said.
    """
    return [{"module": module, "name": name, **_one(module, name)} for module, name in names]


def _one(module: str, name: str) -> dict[str, Any]:
    said: list[str] = []
    try:
        with heard(said):
            found = getattr(importlib.import_module(module), name)
    except Exception as error:  # noqa: BLE001  whatever a lazy module does
        return {"outcome": "broken", **told_of(error)}
    if found is None:
        return {"outcome": "nothing"}
    if not _is_dummy(found):
        called = getattr(found, "__name__", name)
        return {"outcome": "real"} | ({"called": str(called), "said": shortened(said)} if called != name else {})
    try:
        found()
    except ImportError as error:
        return {"outcome": "placeholder", **told_of(error)}
    except Exception as error:  # noqa: BLE001  another error is no placeholder's
        return {"outcome": "real", **told_of(error)}
    return {"outcome": "real"}


def _is_dummy(found: Any) -> bool:
    """Say whether an object looks like nothing but a way to raise."""
    if inspect.isclass(found):
        return any("__getattribute__" in vars(each) for each in type(found).__mro__ if each not in {type, object})
    if not inspect.isfunction(found):
        return False
    code = found.__code__
    return code.co_argcount == 0 and bool(code.co_flags & inspect.CO_VARARGS) and len(set(_lines(code))) <= 3


def _lines(code: Any) -> list[int]:
    return [line for _, _, line in code.co_lines() if line is not None]
