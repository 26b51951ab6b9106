"""A folder made of a snapshot's paths, as code that walks folders sees it; nothing touches a real file system."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any

from miner.link.concrete import NotUnderstood


class Record:
    """A value whose attributes and methods are given by name."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields


class Text:
    """The text of a file, read when it is first looked at."""

    read_on_demand = True

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._text: str | None = None

    def __str__(self) -> str:
        if self._text is None:
            self._text = self._read()
        return self._text


class Folder:
    """The files under a root, by path."""

    def __init__(self, paths: Mapping[str, Callable[[], str]]) -> None:
        self._files = dict(paths)
        self._children: dict[str, dict[str, bool]] = {}
        for path in self._files:
            self._add(path)

    def _add(self, path: str) -> None:
        is_folder = False
        while path:
            parent, name = posixpath.split(path)
            known = self._children.setdefault(parent, {})
            if name in known:
                return
            known[name] = is_folder
            path, is_folder = parent, True

    def names(self) -> dict[str, Any]:
        """Return the names that code uses to look at folders, bound to this one."""
        return {
            "os.listdir": self._listdir,
            "os.scandir": self._scandir,
            "os.path.join": self._join,
            "os.path.isdir": self._isdir,
            "os.path.isfile": self._isfile,
            "os.path.exists": lambda path: self._isdir(path) or self._isfile(path),
            "os.path.dirname": lambda path: posixpath.dirname(_text(path)),
            "os.path.basename": lambda path: posixpath.basename(_text(path)),
            "open": self._open,
        }

    def _listdir(self, path: Any) -> list[str]:
        return sorted(self._children.get(_text(path), ()))

    def _scandir(self, path: Any) -> list[Record]:
        folder = _text(path)
        return [self._entry(posixpath.join(folder, name), name) for name in self._listdir(folder)]

    def _entry(self, path: str, name: str) -> Record:
        def is_dir() -> bool:
            return self._isdir(path)

        return Record(name=name, path=path, is_dir=is_dir, is_file=lambda: not is_dir())

    def _join(self, *parts: Any) -> str:
        return posixpath.join(*(_text(part) for part in parts))

    def _isdir(self, path: Any) -> bool:
        return _text(path) in self._children

    def _isfile(self, path: Any) -> bool:
        return _text(path) in self._files

    def _open(self, path: Any, *_: Any) -> Record:
        if not self._isfile(path):
            raise NotUnderstood("opening a file that is not there")
        text = Text(self._files[_text(path)])
        return Record(read=lambda: text)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NotUnderstood("a path that is no string")
    return value
