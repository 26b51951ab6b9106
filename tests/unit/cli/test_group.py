"""The list of commands is known without importing them, and agrees with what they say of themselves."""

from __future__ import annotations

import pytest

from miner.cli.group import COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_line_in_the_list_is_that_of_the_command(name: str) -> None:
    """Its name too."""
    said, load = COMMANDS[name]
    command = load()
    assert (command.name, command.short_help) == (name, said)
