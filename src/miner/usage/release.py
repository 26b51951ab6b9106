"""Tests of a program for the release of a library: which of their arms the new release runs."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from miner.formula.subject import version
from miner.link.option import option_of
from miner.model import expression as ex
from miner.usage.scope import Scope

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_PARSERS = frozenset({"parse", "Version", "LooseVersion", "parse_version", "str"})
_ASKING = frozenset({"version", "get_version", "get_distribution"})
_PARTS = {"major": 0, "minor": 1, "micro": 2}


class Release:
    """The release that a program is to run with, by the top-level names of the library."""

    def __init__(self, roots: frozenset[str], written: str | None) -> None:
        """Take the version of the new release; None, or one that is none, decides nothing."""
        self._roots = roots
        self._version = version(written) if written is not None else None

    def holds(self, test: ex.Expression, scope: Scope) -> bool | None:
        """Return whether a test holds with this release; None where it asks for something else too."""
        if self._version is None:
            return None
        match test:
            case ex.Name(name=name):
                return scope.flag(name)
            case ex.Not(operand=operand):
                found = self.holds(operand, scope)
                return None if found is None else not found
            case ex.Boolean(operator=joint, values=values):
                decisive = joint == "or"
                found_all = [self.holds(value, scope) for value in values]
                if decisive in found_all:
                    return decisive
                return None if None in found_all else not decisive
            case ex.Compare(left=left, operators=(sign,), comparators=(right,)) if sign in _COMPARED:
                sides = self._side(left, scope), self._side(right, scope)
                if None in sides or not any(self._is_asked(side, scope) for side in (left, right)):
                    return None
                try:
                    return _COMPARED[sign](*sides)
                except TypeError:
                    return None
            case ex.Call(function=function, arguments=arguments) if len(arguments) > 1:
                return self._called(option_of(ex.dotted(function) or ""), [each.value for each in arguments])
        return None

    def _called(self, name: str, values: list[ex.Expression]) -> bool | None:
        """Return what `is_kit_version(">=", "2.0")` answers."""
        if "version" not in name or not any(root in name for root in self._roots):
            return None
        match values[-2:]:
            case [ex.Constant(value=str(sign)), ex.Constant(value=str(text))] if sign in _COMPARED:
                bound = version(text)
                return None if bound is None else _COMPARED[sign](self._version, bound)
        return None

    def _side(self, side: ex.Expression, scope: Scope) -> Version | int | None:
        """Return one side of a comparison: the library's own version, or one that is written there."""
        if self._is_asked(side, scope):
            part = side.name if isinstance(side, ex.Attribute) else ""
            if self._version is not None and part in _PARTS:
                return self._version.release[_PARTS[part]] if len(self._version.release) > _PARTS[part] else 0
            return self._version
        match side:
            case ex.Constant(value=int(number)) if not isinstance(number, bool):
                return number
            case ex.Constant(value=str(text)):
                return version(text)
            case ex.Call(arguments=(argument,)) if option_of(ex.dotted(side.function) or "") in _PARSERS:
                return self._side(argument.value, scope)
        return None

    def _is_asked(self, side: ex.Expression, scope: Scope) -> bool:
        """Say whether an expression is the version of the library, parsed or not, or a part of it."""
        match side:
            case ex.Call(arguments=(argument, *_)) if option_of(ex.dotted(side.function) or "") in _PARSERS:
                return self._is_asked(argument.value, scope)
            case ex.Call(arguments=(argument,)) if option_of(ex.dotted(side.function) or "") in _ASKING:
                named = argument.value.value if isinstance(argument.value, ex.Constant) else None
                return isinstance(named, str) and canonicalize_name(named) in map(canonicalize_name, self._roots)
            case ex.Attribute(value=value, name=name) if name in {*_PARTS, "base_version"}:
                return self._is_asked(value, scope)
            case ex.Attribute() | ex.Name():
                held = scope.resolve(side)
                return held is not None and held.name in {f"{root}.__version__" for root in self._roots}
        return False
