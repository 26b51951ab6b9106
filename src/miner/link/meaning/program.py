"""What functions give that look for a program in files: by their names, where they are not understood."""

from __future__ import annotations

from typing import Literal

from miner.formula.atom import Binary, Opaque
from miner.formula.disjunctive import atoms
from miner.link.meaning.tree import choose, leaves
from miner.link.meaning.value import NONE, Choice, Output, Raised, Release, Series, Subject, Unknown, Value


def named(program: str, gives: Literal["folder", "version"], value: Value) -> Value:
    """Return what a function gives that is said to give the folder or the version of a program, or None without it.

    That is `value`, what was made of the function itself, where all of it is understood, or where what it gives is no
    tuple and so no version.
    """
    if _is_understood(value):
        return value
    there = Binary(binary=program)
    if gives == "folder":
        return choose(there, Output(program), NONE)
    ends = [end for end in leaves(value) if end != NONE and not isinstance(end, Raised)]
    counts = {len(end.items) if isinstance(end, Series) and end.kind == "tuple" else 0 for end in ends}
    if len(counts) != 1 or not all(counts):
        return value
    return choose(there, Release(Subject("program", program), "release", counts.pop()), NONE)


def _is_understood(value: Value) -> bool:
    match value:
        case Choice(test, then, orelse):
            is_clear = not any(isinstance(atom, Opaque) for atom in atoms(test))
            return is_clear and _is_understood(then) and _is_understood(orelse)
        case Series(_, items, _):
            return all(map(_is_understood, items))
    return not isinstance(value, Unknown)
