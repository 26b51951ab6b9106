"""A small library of our own with every form of evidence in it, written out as files: `{path: text}`."""

from __future__ import annotations

_GATE = """
import importlib.metadata
import importlib.util
import os

from packaging import version


def is_{name}_available():
    if importlib.util.find_spec("{name}") is None:
        return False
    return version.parse(importlib.metadata.version("{name}")) >= version.parse("{least}")


def is_fast_{name}_available():
    return is_{name}_available() and os.environ.get("FAST_{upper}", "0") == "1"


try:
    import {name}
    HAS_{upper} = True
except ImportError:
    HAS_{upper} = False
"""

_REQUIRES = """
from .gate import is_{name}_available

BACKENDS_MAPPING = {{"{name}": (is_{name}_available, "{name} is missing")}}


def requires_backends(obj, backends):
    missing = [backend for backend in backends if not BACKENDS_MAPPING[backend][0]()]
    if missing:
        raise ImportError(", ".join(missing))


def requires(*, backends=()):
    def inner(obj):
        obj._backends = backends
        return obj

    return inner
"""

_MODEL = '''
from .gate import HAS_{upper}, is_fast_{name}_available
from .require import requires, requires_backends


@requires(backends=("{name}",))
class Model{number}:
    """Model {number} of {name}.

    More.
    """

    def run(self, fast=False):
        if fast and not is_fast_{name}_available():
            raise ValueError("fast needs {name}")


@requires(backends=("{name}",))
def build_{number}(size: int = {number}, *, label="é") -> Model{number}:
    """Build one."""
    if not HAS_{upper}:
        raise ImportError("{name} is needed")
    return Model{number}()
'''

_DUMMY = """
from .require import requires_backends


class Dummy{number}:
    _backends = ["{name}"]

    def __init__(self, *args, **kwargs):
        requires_backends(self, ["{name}"])
"""


def library(packages: tuple[str, ...] = ("alpha", "beta"), models: int = 5) -> dict[str, str]:
    """Return the files of a repository with these packages, each with so many modules, and some that are not mined."""
    files = {"README.md": "# library\n", "setup.py": "raise SystemExit('never run')\n", "src/broken.py": "def (:\n"}
    for least, name in enumerate(packages, start=1):
        words = {"name": name, "upper": name.upper(), "least": f"{least}.5"}
        names = "".join(f"from .model_{n} import Model{n}, build_{n}\n" for n in range(models))
        files[f"src/{name}/__init__.py"] = f"from .gate import is_{name}_available\n{names}"
        files[f"src/{name}/gate.py"] = _GATE.format(**words)
        files[f"src/{name}/require.py"] = _REQUIRES.format(**words)
        for number in range(models):
            files[f"src/{name}/model_{number}.py"] = _MODEL.format(number=number, **words)
        files[f"src/{name}/dummy_{name}_objects.py"] = "".join(_DUMMY.format(number=n, **words) for n in range(models))
        files[f"src/{name}/copy_of_gate.py"] = files[f"src/{name}/gate.py"]
    return files
