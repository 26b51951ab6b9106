"""The modules of a program: which file an import of the program itself means, and what of a library its classes are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from miner.usage.scope import Held

_INIT = "__init__"


class Modules:
    """Finds the classes that the files of a program import from one another."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], Mapping[str, Held | None]]) -> None:
        """Take the files, and what reads the names that hold something of the library at the top of one of them."""
        self._read = read
        self._known: dict[str, Mapping[str, Held | None]] = {}
        self._by_last: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for path in paths:
            parts = _parts(path)
            if parts:
                self._by_last.setdefault(parts[-1], []).append((parts, path))

    def held(self, target: str, level: int, at: str) -> Held | None:
        """Return what a name holds that the file `at` imports: absolute, or with the dots of a relative import.

        The name is one of a module, whose path ends like the dotted name. None for what is no class of the library's,
        and where several files could be meant.
        """
        module, _, name = target.rpartition(".")
        wanted = tuple(module.split(".")) if module else ()
        if level:
            own = _parts(at)
            upwards = level - 1 if at.endswith(f"{_INIT}.py") else level
            wanted = (*own[: len(own) - upwards], *wanted)
        path = self._path(wanted, is_whole=bool(level))
        return self._names(path).get(name) if path is not None and path != at else None

    def _path(self, wanted: tuple[str, ...], *, is_whole: bool) -> str | None:
        if not wanted:
            return None
        found = [
            path
            for parts, path in self._by_last.get(wanted[-1], ())
            if (parts == wanted if is_whole else parts[-len(wanted) :] == wanted)
        ]
        return found[0] if len(found) == 1 else None

    def _names(self, path: str) -> Mapping[str, Held | None]:
        if path not in self._known:
            self._known[path] = {}  # of a module that imports itself in turn, nothing more is known
            self._known[path] = self._read(path)
        return self._known[path]


def _parts(path: str) -> tuple[str, ...]:
    """Return the parts of the dotted name of a file, from the root of its path."""
    parts = [part for part in path.removesuffix(".py").replace("\\", "/").split("/") if part not in {"", "."}]
    return tuple(parts[:-1] if parts and parts[-1] == _INIT else parts)
