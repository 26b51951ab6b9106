"""The errors that miner raises on purpose; each knows the exit code it ends a command with (DESIGN: contracts)."""

from __future__ import annotations

from typing import ClassVar


class MinerError(Exception):
    """Base of every error that a user can cause or meet; its text is one line: what is wrong and what to do."""

    exit_code: ClassVar[int] = 70


class UsageError(MinerError):
    """The arguments do not make sense: a malformed SPEC, a refused URL, an unknown node type."""

    exit_code = 2


class SourceError(MinerError):
    """The source could not be had: no network, unknown ref, package or version, not a repository."""

    exit_code = 3


class OutputError(MinerError):
    """The result could not be written: a folder that is not ours, not writable, or a full disk."""

    exit_code = 4


class GraphError(MinerError):
    """A graph folder cannot be read: missing, incomplete, of an unknown schema version, or damaged."""

    exit_code = 3


class InternalError(MinerError):
    """miner itself is wrong, for instance a record that does not match its own schema."""

    exit_code = 70
