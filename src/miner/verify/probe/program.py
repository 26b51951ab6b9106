"""Programs of a simulated machine, with their files: asked to run, they say nothing and end well; nothing is run."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def written(folders: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Write the files of each program into a new folder of its own, and return the folders by the programs' names."""
    found: dict[str, str] = {}
    for name, files in folders.items():
        found[name] = tempfile.mkdtemp(prefix=f"{name}-")
        for path, text in files.items():
            place = Path(found[name], path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    return found


def without(paths: Sequence[str]) -> Callable[..., os.stat_result]:
    """Return what `os.stat` is where there is nothing at some paths, nor below them."""
    really = os.stat

    def ask(path: Any, *args: Any, **options: Any) -> os.stat_result:
        if any(f"{path}/".startswith(f"{each}/") for each in paths):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return really(path, *args, **options)

    return ask if paths else really


def pretended(programs: set[str]) -> type[subprocess.Popen[Any]]:
    """Return what starts processes, but for some programs: these are there, say nothing and end well."""
    really = subprocess.Popen

    class Pretended(really):  # type: ignore[misc, valid-type]
        """A process; of a program that is pretended, one that has ended."""

        def __init__(self, args: Any, *rest: Any, **options: Any) -> None:
            first = args.split()[:1] if isinstance(args, str) else list(args)[:1]
            self._is_pretended = bool(first) and Path(os.fspath(first[0])).name in programs
            if not self._is_pretended:
                super().__init__(args, *rest, **options)
                return
            nothing = "" if options.get("text") or options.get("encoding") or options.get("universal_newlines") else b""
            self.args, self.returncode, self._nothing = args, 0, nothing
            self.stdin = self.stdout = self.stderr = None

        def communicate(self, *args: Any, **options: Any) -> Any:
            return (self._nothing, self._nothing) if self._is_pretended else super().communicate(*args, **options)

        def wait(self, timeout: float | None = None) -> Any:
            return 0 if self._is_pretended else super().wait(timeout)

        def poll(self) -> Any:
            return 0 if self._is_pretended else super().poll()

        def __exit__(self, *raised: Any) -> None:
            if not self._is_pretended:
                super().__exit__(*raised)

        def __del__(self, *args: Any, **options: Any) -> None:
            if not self._is_pretended:
                super().__del__(*args, **options)

    return Pretended
