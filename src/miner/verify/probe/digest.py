"""Digests (SHA-256) that say what was run: of a plan, and of the programs in a bundle."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import Any


def of_plan(plan: dict[str, Any]) -> str:
    """Return the digest of a plan's document."""
    text = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def of_probes(archive: str) -> str:
    """Return the digest of the programs in a bundle, whatever plan is beside them."""
    found = hashlib.sha256()
    with zipfile.ZipFile(archive) as bundle:
        for name in sorted(bundle.namelist()):
            if name.endswith(".py"):
                found.update(name.encode() + b"\0" + bundle.read(name) + b"\0")
    return found.hexdigest()
