"""The bundle: a zip file with the probes and a plan, which any Python that has the library runs without miner."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import msgspec

from miner.machine import probe as machine_probe

_PROBES = Path(__file__).parent / "probe"
_START = '''"""Looks at the gates of a library on this machine: `python run.zip > results.json`."""

import json
import sys
import zipfile
from pathlib import Path

from probe.main import main

if __name__ == "__main__":
    archive = str(Path(sys.argv[0]).resolve())
    with zipfile.ZipFile(archive) as bundle:
        plan = json.loads(bundle.read("plan.json"))
    sys.exit(main(sys.argv[1:], archive, plan))
'''
_STAMP = (2020, 1, 1, 0, 0, 0)


def made(plan: dict[str, Any]) -> bytes:
    """Return a bundle: the same bytes for the same plan and the same miner."""
    files = {f"probe/{each.name}": each.read_bytes() for each in sorted(_PROBES.glob("*.py"))}
    files["machine_probe.py"] = Path(machine_probe.__file__).read_bytes()
    files["__main__.py"] = _START.encode()
    files["plan.json"] = msgspec.json.encode(plan, order="sorted")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(files):
            bundle.writestr(zipfile.ZipInfo(name, _STAMP), files[name], zipfile.ZIP_DEFLATED)
    return whole.getvalue()
