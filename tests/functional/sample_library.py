"""Our own sample library as a git repository, and its graph."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from miner.app.extract import ExtractRequest, extract
from miner.app.progress import Silent

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "fixtures" / "library"
CATALOG = ROOT / "fixtures" / "catalogs" / "tinyml.toml"


def copied(folder: Path) -> Path:
    """Copy the library to `folder`, without a repository, and return the folder."""
    shutil.copytree(LIBRARY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def committed(folder: Path) -> Path:
    """Make a folder a repository with one commit, always the same for the same files, and return it."""
    who = {"NAME": "A Person", "EMAIL": "person@example.org", "DATE": "2026-01-02T03:04:05+00:00"}
    environment = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "--no-gpg-sign", "-m", "tinyml 0.3.0"]):
        subprocess.run(["git", "-c", "core.autocrlf=false", *command], cwd=folder, env=environment, check=True)
    return folder


def mined(repository: Path, output: Path, cache: Path) -> Path:
    """Mine a repository with the catalog of the library, and return the graph folder."""
    extract(ExtractRequest(spec=str(repository), output=output, jobs=1, cache=cache, catalog=CATALOG), Silent())
    return output
