"""What a probe may not do: start processes, reach a network, write elsewhere, read what is private, use up memory."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

_PROCESSES = (
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.exec",
    "os.spawn",
    "os.system",
    "pty.spawn",
)
_NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")
_CHANGES = (
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate",
    "shutil.rmtree", "shutil.move",
)  # fmt: skip
_OTHERS = ("os.kill", "os.killpg", "signal.pthread_kill")
_KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT", "CUDA_HOME", "VIRTUAL_ENV", "PYTHONPATH")
_FILE_BYTES = 64 << 20
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def environment(scratch: str, *, see_devices: bool = True) -> dict[str, str]:
    """Return the variables that a probe is started with: no token, no home, nothing that reaches a network."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    hidden = {} if see_devices else {"CUDA_VISIBLE_DEVICES": ""}
    if see_devices and "CUDA_VISIBLE_DEVICES" in os.environ:
        hidden = {"CUDA_VISIBLE_DEVICES": os.environ["CUDA_VISIBLE_DEVICES"]}
    return {
        **kept,
        **hidden,
        "HOME": scratch,
        "TMPDIR": scratch,
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }


class Box:
    """The walls around one probe, in the process that runs it; `programs` are those that its machine has."""

    programs: frozenset[str] = frozenset()

    def __init__(self, scratch: str, home: str, refused: Callable[[str], None]) -> None:
        """Allow writing below `scratch` alone, and no reading below `home` but of libraries; `refused` is told why."""
        self._scratch = os.path.realpath(scratch)
        self._home = os.path.realpath(home)
        self._refused = refused
        roots = [sys.prefix, sys.base_prefix, *(each for each in sys.path if each), scratch]
        self._readable = tuple(os.path.realpath(each) for each in roots)

    def close(self, memory_bytes: int) -> None:
        """Put up the walls, for good: the audit hook, and limits of memory, core dumps and the size of files."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            self._opened(args)
        elif event == "subprocess.Popen":
            self._runs(args)
        elif event in _PROCESSES:
            self._refuse(f"starts a process ({event})")
        elif event in _NETWORK:
            self._refuse(f"reaches for a network ({event})")
        elif event in _OTHERS:
            self._refuse(f"signals a process ({event})")
        elif event in _CHANGES and not self._is_scratch(args[0] if args else None):
            self._refuse(f"changes files elsewhere ({event})")

    def _runs(self, args: tuple[Any, ...]) -> None:
        """Let a program be missing, but for one that the machine is said to have: that will not be run either."""
        name = Path(_shown(args[0])).name
        if name in Box.programs:
            self._refuse(f"starts a process ({name})")
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)

    def _opened(self, args: tuple[Any, ...]) -> None:
        path, mode, flags = (*args, None, None, None)[:3]
        if isinstance(path, int) or path is None:
            return
        is_writing = bool(isinstance(flags, int) and flags & _WRITES) or (
            isinstance(mode, str) and set(mode) & set("wax+")
        )
        if is_writing and not self._is_scratch(path) and os.fspath(path) not in {"/dev/null", b"/dev/null"}:
            self._refuse(f"writes elsewhere ({_shown(path)})")
        if not is_writing and self._is_private(path):
            self._refuse(f"reads what is private ({_shown(path)})")

    def _is_scratch(self, path: Any) -> bool:
        return _is_below(path, (self._scratch,))

    def _is_private(self, path: Any) -> bool:
        return _is_below(path, (self._home,)) and not _is_below(path, self._readable)

    def _refuse(self, why: str) -> NoReturn:
        self._refused(why)
        os._exit(77)


def _shown(path: Any) -> str:
    try:
        return os.fsdecode(path)
    except TypeError:
        return "?"


def _is_below(path: Any, folders: tuple[str, ...]) -> bool:
    try:
        place = os.path.realpath(os.fsdecode(path))
    except (TypeError, ValueError):
        return False
    return any(place == folder or place.startswith(folder.rstrip("/") + "/") for folder in folders)


def silence(fd: int) -> None:
    """Let what this process prints from now on go nowhere; `fd` stays open."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for each in (0, 1, 2):
        if each != fd:
            os.dup2(nothing, each)


def home() -> str:
    """Return the home of the user, whatever HOME says."""
    return str(Path(f"~{_user()}").expanduser())


def _user() -> str:
    import pwd  # noqa: PLC0415  POSIX alone

    return pwd.getpwuid(os.getuid()).pw_name
