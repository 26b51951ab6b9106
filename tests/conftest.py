"""Switches of the whole test suite."""

from __future__ import annotations

import signal

import pytest


def pytest_configure() -> None:
    """Let the commands under test hear of an interrupt: a shell's job in the background is started deaf to it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update`."""
    parser.addoption("--update", action="store_true", help="write golden files anew instead of comparing with them")
