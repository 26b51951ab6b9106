"""Modules and objects that stand in for packages that are not installed: whatever is asked of them, they have."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

answers = SimpleNamespace()
"""What is given in place of a stand-in, as attributes by the dotted names of what is asked for."""


def _answers(value: object) -> Callable[..., Any]:
    def answer(*_: object) -> object:
        return value

    return answer


class _Permissive(type):
    """Classes whose every attribute exists, is a class of this kind again, and can be called or used as a decorator."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _attribute(f"{cls.__name__}.{name}")

    def __call__(cls, *args: Any, **options: Any) -> Any:
        if len(args) == 1 and not options and callable(args[0]):
            return args[0]  # used as a decorator
        try:
            return super().__call__(*args, **options)
        except TypeError:
            return super().__call__()

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __getitem__(cls, _: object) -> Any:
        return cls


class StandIn(metaclass=_Permissive):
    """An object that has every attribute, can be called, entered, added to and compared, and holds nothing."""

    def __init__(self, *_: object, **__: object) -> None:
        """Take whatever is given."""

    def __getattr__(self, name: str) -> Any:
        """Return another stand-in for any name that is not Python's own."""
        if name.startswith("__"):
            raise AttributeError(name)
        return anything(name)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Return the one callable that is given, as a decorator does, else another stand-in."""
        return args[0] if len(args) == 1 and not options and callable(args[0]) else anything("result")

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        """Let every exception through."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    __bool__ = _answers(True)
    __len__ = __int__ = __index__ = _answers(0)
    __float__ = _answers(0.0)
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _answers(False)

    def __getitem__(self, key: object) -> Any:
        return anything("item")

    def __setitem__(self, key: object, value: object) -> None:
        """Keep nothing."""

    def __fspath__(self) -> str:
        return type(self).__name__

    def _same(self, *_: object) -> Any:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _same
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __or__ = __and__ = _same


@functools.cache
def made(name: str) -> Any:
    """Return the class that stands in for the object of this dotted name, the same one each time."""
    return _Permissive(name, (StandIn,), {"__module__": "stand_in"})


def _attribute(name: str) -> Any:
    found = vars(answers)
    return found[name] if name in found else made(name)


def anything(name: str) -> Any:
    """Return an object that stands in for a value of which nothing is known."""
    return made(name)()


class StandInModule(ModuleType):
    """A module whose every attribute exists, but for those in `without`."""

    def __init__(self, name: str, version: str | None, without: frozenset[str], reads: set[str]) -> None:
        """Stand in for the module `name`; `version` is its `__version__`, None: it has none.

        `reads` receives what is asked of it, as `feature:name.attribute`.
        """
        super().__init__(name)
        self.__path__: list[str] = []
        self.__file__ = f"<stand-in for {name}>"
        self._without = without
        self._reads = reads
        if version is not None:
            self.__version__ = version

    def __getattr__(self, name: str) -> Any:
        """Return the class that stands in for an attribute."""
        if not name.startswith("_"):
            self._reads.add(f"feature:{self.__name__}.{name}")
        if name.startswith("__") or name in self._without:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return _attribute(f"{self.__name__}.{name}")
