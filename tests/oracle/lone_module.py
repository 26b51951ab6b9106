"""Run one module of a transformers source tree by itself: no install, and none of the packages that it asks for.

For subprocesses of the tests only. The module's parents are empty, its logger is the standard one, and of third-party
packages only `packaging` can be imported, whatever the environment at hand has installed.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

import packaging.specifiers
import packaging.version  # noqa: F401  from here on found through its parent, which stays

_STANDARD = sysconfig.get_path("stdlib")
_LIBRARY = (_STANDARD, f"{_STANDARD}/lib-dynload")


def import_utils(package: Path) -> ModuleType:
    """Return the executed `utils/import_utils.py` of `package`, the folder `src/transformers`."""
    for name, folder in (("transformers", package), ("transformers.utils", package / "utils")):
        parent = ModuleType(name)
        parent.__path__ = [str(folder)]
        sys.modules[name] = parent
    words = ModuleType("transformers.utils.logging")
    words.get_logger = _logger  # type: ignore[attr-defined]
    sys.modules[words.__name__] = words
    sys.modules["transformers.utils"].logging = words  # type: ignore[attr-defined]
    sys.path[:] = _LIBRARY  # what is installed here must not change what the library says
    spec = importlib.util.spec_from_file_location("transformers.utils.import_utils", package / "utils/import_utils.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _logger(name: str) -> logging.Logger:
    logger = logging.getLogger(name)
    for once in ("warning_once", "info_once", "warning_advice"):
        setattr(logger, once, logger.debug)
    return logger
