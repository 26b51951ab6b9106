"""Grounding: every name, version and message of a statement occurs in the text of one of its evidences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from miner.audit.finding import Finding, Row, name_of
from miner.formula.atom import question

_WORD = re.compile(r"\w{3,}")
_VERSION = re.compile(r"[0-9][A-Za-z0-9.+!]*")
_UNUSUAL = re.compile(rb"(?<![\w.])(?:0[xX][0-9a-fA-F]+|\d*\.?\d+[eE][+-]?\d+|\d+(?:_\d+)+)\b")
"""Numbers that are not written as Python prints them: `1e-2`, `10_000`, `0xff`."""
_BETWEEN = re.compile(rb"""["'](?:\s|\\\n|#[^\n]*\n)*[rRbBuUfF]{0,2}["']""")
"""What stands between two strings that are one."""
_NAMED = ("module", "package", "distribution", "binary", "env", "predicate", "param")
_VERSIONED = ("version", "python", "driver", "cuda", "rocm")


def ungrounded(row: Row, text: bytes) -> Iterator[Finding]:
    """Yield what a node states that its evidence, `text`, does not hold."""
    missing = [claim for claim in _claims(row) if not _holds(text, claim)]
    for claim in dict.fromkeys(missing):
        yield Finding("grounding", name_of(row), f"{claim!r} is in none of its evidence")


def uses_of(row: Row) -> Iterator[Row]:
    """Yield the uses of options that a node lists, each as a row with evidence of its own."""
    for each in row.get("uses", ()):
        yield {**each, "type": "OptionUse", "id": f"{row['id']}: {each['option']} in {each['owner']}"}


def _claims(row: Row) -> Iterator[str]:
    kind = row.get("type")
    if kind == "Implementation":
        if row["kind"] != "module":  # its name is that of its file
            yield row["name"]
        yield from row["backends"]
    elif kind == "Predicate":
        yield row["name"]
        yield from _of_formula(row["means"])
    elif kind in {"Requirement", "Constraint"}:
        yield from _of_formula(row.get("needs", True))
        yield from _of_formula(row["when"])
        otherwise = row["otherwise"]
        if (
            otherwise.get("exception")
            and row.get("origin") != "assertion"
            and otherwise["exception"] != "AssertionError"
        ):
            yield otherwise["exception"].rpartition(".")[2]
        yield from _WORD.findall(otherwise.get("message") or "")
    elif kind == "Advice":
        yield from _of_formula(row["when"])
        for said in (row["message"], row["action"], row["replacement"]):
            yield from _WORD.findall(said or "")
        yield from (version for version in (row["deprecated_since"], row["removed_in"]) if version)
        yield from (word for each in row["quantities"] for word in each["text"].split())
    elif kind == "OptionUse":
        yield row["option"]
        yield from _of_formula(row["when"])
        for said in ("code", "to", "then", "description"):
            yield from _WORD.findall(row.get(said) or "")
    elif kind == "EnvironmentVariable":
        yield row["variable"]
        yield from row["choices"]
    elif kind == "Package":
        yield from (name.rpartition(".")[2] for name in row["import_names"])
        for stated in row["declared"]:
            yield from _VERSION.findall(stated["specifier"])


def _of_formula(formula: Any) -> Iterator[str]:
    """Yield the names and versions that a formula states."""
    if isinstance(formula, bool):
        return
    for key in ("all", "any"):
        for part in formula.get(key, ()):
            yield from _of_formula(part)
    if "not" in formula:
        yield from _of_formula(formula["not"])
    for key in _NAMED:
        if isinstance(formula.get(key), str):
            yield from formula[key].split(".")[-1:] if key == "predicate" else (formula[key],)
    for key in _VERSIONED:
        constraints = formula.get(key, ())
        beyond = {_successor(version) for operator, version in constraints if operator == ">="}
        for operator, version in constraints:
            if operator != "<" or version not in beyond:  # of a version that the text has: `major == 2` is below 3
                yield version
    if "feature" in formula:
        for asked in (question(formula["feature"]), formula["feature"].partition(" == ")[2]):
            yield asked.partition("(")[0].rpartition(".")[2]
    if formula.get("key") is not None:
        yield formula["key"]
    if formula.get("value") not in (None, True, False):
        yield str(formula["value"])


def _successor(version: str) -> str:
    """Return the first version beyond all that begin with `version`: 3 for 2, 2.7 for 2.6."""
    head, dot, last = version.rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isdecimal() else ""


def _otherwise_encoded(claim: str) -> Iterator[bytes]:
    """Yield a claim as the other encodings have it that are read; that of ASCII alone is the same in all."""
    for encoding in () if claim.isascii() else ("iso8859-1", "iso8859-15", "cp1252"):
        try:
            yield claim.encode(encoding)
        except UnicodeEncodeError:
            continue


def _holds(text: bytes, claim: str) -> bool:
    """Say whether a claim stands in the text, as written, or as a value that the text computes case or spelling of."""
    written = claim.encode("utf-8")
    if written in text:
        return True
    folded, lower = written.lower(), text.lower()
    if folded in lower or any(each in text for each in _otherwise_encoded(claim)) or written in _BETWEEN.sub(b"", text):
        return True
    first = 1 if claim[:1].isdigit() else 2  # a digit may be the end of a version
    if claim.replace("_", "").isalnum() and any(
        claim[:at].encode().lower() in lower and claim[at:].encode().lower() in lower
        for at in range(first, len(claim) - 1)
    ):
        return True  # the end of one string and the start of the next
    parts = [part for part in re.split(rb"[.\-_]", folded) if part]  # `optimum.quanto`, `flash-attn-3`, (2, 6)
    if len(parts) > 1 and all(part in lower for part in parts):
        return True
    return any(claim in {number, number.removesuffix(".0")} for number in map(_printed, _UNUSUAL.findall(text)))


def _printed(number: bytes) -> str:
    """Return a number as Python prints it."""
    if number[:2].lower() == b"0x":
        return str(int(number, 16))
    plain = number.replace(b"_", b"")
    return str(int(plain)) if plain.isdigit() else str(float(plain))
