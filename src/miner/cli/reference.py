"""The reference pages in docs/, made from the commands and the detectors themselves.

`python -m miner.cli.reference --write FOLDER` writes them.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import click

from miner.cli.group import COMMANDS, miner

_HEAD = "# Commands\n\nThis page is made from the commands themselves by `make docs`.\n"


def command_page() -> str:
    """Return the page of all commands as Markdown, independent of the terminal and of how help is laid out."""
    parts = [_HEAD, _section("miner", miner)]
    parts += [_section(f"miner {name}", load()) for name, (_, load) in sorted(COMMANDS.items())]
    return "\n".join(parts)


def write(folder: Path) -> None:
    """Write every reference page into `folder`."""
    from miner.app.detector_page import page  # noqa: PLC0415  (the commands' page needs no detector)

    (folder / "cli.md").write_text(command_page(), encoding="utf-8", newline="\n")
    (folder / "detectors.md").write_text(page(), encoding="utf-8", newline="\n")


def _section(title: str, command: click.Command) -> str:
    arguments = "".join(f" {_argument(p)}" for p in command.params if isinstance(p, click.Argument))
    usage = f"{title} COMMAND" if isinstance(command, click.Group) else f"{title}{arguments} [OPTIONS]"
    lines = [f"## {title}", "", f"    {usage}", "", *_text(command.help or "")]
    options = [p for p in command.params if isinstance(p, click.Option)]
    lines += ["", "| option | meaning |", "| --- | --- |", *(_row(option) for option in options)]
    return "\n".join(lines) + "\n"


def _argument(parameter: click.Argument) -> str:
    name = (parameter.name or "").upper()
    return name if parameter.required else f"[{name}]"


def _text(text: str) -> list[str]:
    """Return a help text as Markdown; a paragraph that click is told not to wrap is a block of its own."""
    lines: list[str] = []
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b\n"):
            lines += [f"    {line}" for line in paragraph.splitlines()[1:]]
        else:
            lines.append(paragraph)
        lines.append("")
    return lines[:-1]


def _row(option: click.Option) -> str:
    choices = "\\|".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else ""
    value = "" if option.is_flag else f" {choices or option.metavar or option.type.name.upper()}"
    facts = ["required"] if option.required else []
    facts += [f"default: {option.default}"] if option.show_default else []
    note = f" ({', '.join(facts)})" if facts else ""
    return f"| `{', '.join(option.opts)}{value}` | {option.help}{note} |"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--write", target]:
            write(Path(target))
        case _:
            sys.exit("usage: python -m miner.cli.reference --write FOLDER")
