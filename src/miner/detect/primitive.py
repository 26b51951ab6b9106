"""The vocabulary's primitives: names outside the library that ask the environment something."""

from __future__ import annotations

from typing import Literal

import msgspec

PrimitiveKind = Literal[
    "accelerator",
    "answer",
    "capability",
    "count",
    "device",
    "environ",
    "exists",
    "false",
    "feature",
    "import",
    "index",
    "json",
    "metadata",
    "named-device",
    "os-name",
    "parse",
    "path",
    "process",
    "properties",
    "python-text",
    "python-tuple",
    "read",
    "rocm",
    "run",
    "same",
    "spec",
    "system",
    "toolkit",
    "version",
    "warn",
    "which",
    "within",
]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the vocabulary; what it does not know is refused."""


class Primitive(Section, frozen=True):
    """A name outside the library that asks the environment something.

    `names` may hold `*` and a slot for one segment, `torch.{device}.is_available`; `subject` is what is asked about,
    with the slots filled in; `argument` counts from 0.
    """

    names: tuple[str, ...]
    kind: PrimitiveKind
    subject: str | None = None
    argument: int = 0


class Program(Section, frozen=True):
    """A program that libraries look for by functions of their own, which read files that miner does not.

    `folders` and `versions` are names of such functions (`*` and `?`): of one that gives the folder of its files, or
    None, and of one that gives its version as a tuple of numbers, or None. Both hold only for what miner does not
    understand of such a function. `variables` and `places` are where they look for the folder; `files` is what a folder
    holds in which the program is, by path, with the slots {version} (three numbers), {major} and {minor}.
    """

    name: str
    folders: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    files: dict[str, str] = {}


class Probe(Section, frozen=True):
    """How code asks the environment questions."""

    helpers: tuple[str, ...] = ()
    standard: tuple[str, ...] = ()
    systems: dict[str, str] = {}
    primitives: tuple[Primitive, ...] = ()
    programs: tuple[Program, ...] = ()
