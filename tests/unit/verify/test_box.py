"""What a probe does is let through, is missing, or ends it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from miner.verify.probe import box
from miner.verify.probe.box import Box, environment


@pytest.fixture
def walls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[str]]:
    """The hook of a box that is not closed, and what it refuses; a refusal raises instead of ending the process."""
    refused: list[str] = []

    def leave(_: int) -> None:
        raise SystemExit

    monkeypatch.setattr(box.os, "_exit", leave)
    (tmp_path / "home").mkdir()
    (tmp_path / "scratch").mkdir()
    return Box(str(tmp_path / "scratch"), str(tmp_path / "home"), refused.append)._hook, refused


@pytest.mark.parametrize(
    ("event", "path", "mode", "why"),
    [
        ("open", "scratch/a", "w", None),
        ("open", "other/a", "r", None),
        ("open", "other/a", "w", "writes elsewhere"),
        ("open", "home/.cache/token", "r", "reads what is private"),
        ("open", "home/../scratch/a", "a", None),
        ("os.remove", "other/a", None, "changes files elsewhere"),
        ("os.remove", "scratch/a", None, None),
        ("os.fork", None, None, "starts a process"),
        ("socket.connect", None, None, "reaches for a network"),
        ("os.kill", None, None, "signals a process"),
        ("import", None, None, None),
    ],
)
def test_what_is_refused(
    walls: tuple[Any, list[str]], tmp_path: Path, event: str, path: str | None, mode: str | None, why: str | None
) -> None:
    """By the audit event, and where a file is."""
    hook, refused = walls
    args = () if path is None else (str(tmp_path / path), mode, 0)
    if why is None:
        hook(event, args)
        assert refused == []
    else:
        with pytest.raises(SystemExit):
            hook(event, args)
        assert refused[0].startswith(why)


def test_a_program_is_missing_unless_the_machine_has_it(
    walls: tuple[Any, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that it has is not run either."""
    hook, refused = walls
    with pytest.raises(FileNotFoundError):
        hook("subprocess.Popen", ("/usr/bin/ninja", ["ninja", "--version"], None, None))
    monkeypatch.setattr(Box, "programs", frozenset({"ninja"}))
    with pytest.raises(SystemExit):
        hook("subprocess.Popen", ("ninja", ["ninja", "--version"], None, None))
    assert refused == ["starts a process (ninja)"]


def test_a_probe_is_started_without_tokens_or_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """And, where devices are to be hidden, without them."""
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    seen, hidden = environment("/scratch"), environment("/scratch", see_devices=False)
    assert "HF_TOKEN" not in seen
    assert (seen["HOME"], seen["TMPDIR"], seen["HF_HUB_OFFLINE"]) == ("/scratch", "/scratch", "1")
    assert (seen["CUDA_VISIBLE_DEVICES"], hidden["CUDA_VISIBLE_DEVICES"]) == ("1", "")
    assert set(seen) & set(os.environ) >= {"PATH"}
