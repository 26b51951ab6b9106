"""A library of ours whose gates can be run, installed for a Python of its own beside a torch that computes nothing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from miner.app.extract import ExtractRequest, extract
from miner.app.progress import Silent
from tests.functional.sample_library import committed

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "fixtures" / "verify" / "library"
TORCH = '''"""A torch that can tell of devices, of which it has none."""

from types import SimpleNamespace as _Namespace


def _no():
    return False


__version__ = "2.6.0"
version = _Namespace(cuda=None, hip=None)
cuda = _Namespace(is_available=_no, device_count=lambda: 0, get_device_capability=lambda device=None: (0, 0))
xpu = _Namespace(is_available=_no, device_count=lambda: 0)
backends = _Namespace(mps=_Namespace(is_available=_no, is_built=_no))
accelerator = _Namespace(is_available=_no, device_count=lambda: 0, current_accelerator=lambda: None)


def device(kind):
    return _Namespace(type=kind, index=None)
'''


def distribution(site: Path, name: str, version: str) -> None:
    """Install the metadata of a distribution in a folder."""
    folder = site / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    (folder / "top_level.txt").write_text(f"{name}\n", encoding="utf-8")


def installed(folder: Path, *, with_torch: bool = True, version: str = "1.0") -> Path:
    """Install the library, and torch, in a folder for PYTHONPATH, and return it."""
    site = folder / "site"
    shutil.copytree(LIBRARY / "src", site, ignore=shutil.ignore_patterns("__pycache__"))
    distribution(site, "gatelib", version)
    if with_torch:
        (site / "torch").mkdir()
        (site / "torch" / "__init__.py").write_text(TORCH, encoding="utf-8")
        distribution(site, "torch", "2.6.0")
    return site


def graph(folder: Path) -> Path:
    """Mine the library and return its graph folder."""
    repository = folder / "gatelib"
    shutil.copytree(LIBRARY, repository, ignore=shutil.ignore_patterns("__pycache__"))
    output = folder / "graph"
    extract(ExtractRequest(spec=str(committed(repository)), output=output, jobs=1, cache=folder / "cache"), Silent())
    return output


def environment(site: Path) -> dict[str, str]:
    """Return the variables under which a Python finds what is installed in `site`."""
    return {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}


PYTHON = sys.executable
