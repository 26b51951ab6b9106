"""Options: parameters of what users call, and described fields of configurations; which came, went or changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from miner.diff.identity import Identity
from miner.diff.record import change
from miner.graph.argument import takes_any
from miner.model import expression as ex
from miner.model.change import SEVERITIES, Change, ChangeType
from miner.model.node import Advice, Implementation
from miner.store.graph_reader import Graph
from miner.syntax.rows import default, entries, written_parameters
from miner.syntax.snippet import SnippetReader

_TRUTH = re.compile(rb"\b(?:true|false)\b")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:e-?\d+)?")
_NAME = re.compile(r"[A-Za-z_]\w*")
_Parameters = Mapping[str, str]
"""Parameters as they are written, by name."""
Deprecations = dict[tuple[str, str], Advice]
_CALLED = frozenset({"class", "function", "method"})
_MAKERS = frozenset({"__init__", "__post_init__", "post_init"})
_NOTHING = frozenset({"[]", "()", "{}", "set()", "list()", "dict()", "tuple()"})
"""Defaults that None often stands in the place of, since what is mutable is shared by all calls."""
_CHOSEN = re.compile(r"\(?\s*[\w.]+ (?:if [\w.]+ is not None else|or) (.+?)\s*\)?")
_PASSES_ON = re.compile(r"(?<!\*)\*\w+.*, \*\*\w+")
_Described = dict[str, dict[str, Advice]]
_Given = dict[tuple[str, str], str]


def _is_option(node: Advice) -> bool:
    """Return whether advice is the default of a described parameter or field, as the code has it."""
    return node.kind == "default" and node.origin == "code" and node.when is True


def changed_options(identity: Identity) -> Iterator[Change]:
    """Yield the options that came, went or have another default, of what is public and in both graphs.

    Where a class has no `__init__` of its own, its options are its fields, and a graph names those that are described
    only: of these, one that is described no longer is not said to be gone.
    """
    reader = SnippetReader()
    fields = _fields(identity.old), _fields(identity.new)
    told = deprecations(identity.old), deprecations(identity.new)
    given = _given_when_missing(identity.old), _given_when_missing(identity.new)
    for found in _of_all(identity, fields, told, reader):
        if found.type != "default-changed" or not _is_given(found, identity, given, reader):
            yield found


def _of_all(
    identity: Identity,
    fields: tuple[_Described, _Described],
    told: tuple[Deprecations, Deprecations],
    reader: SnippetReader,
) -> Iterator[Change]:
    for before, after in identity.stayed:
        same = before.signature is not None and before.signature == after.signature
        if same or before.kind != after.kind or before.kind not in _CALLED:
            continue
        was, is_ = written_parameters(before.signature), written_parameters(after.signature)
        symbol = identity.symbol(before, after)
        if was is not None and is_ is not None:
            yield from _of_signatures(before, after, symbol, was, is_, reader, told)
        elif before.kind == "class":
            described = (fields[0].get(before.qualname, {}), fields[1].get(after.qualname, {}))
            yield from _of_fields(before, after, symbol, (was, is_), described, reader)


def _is_given(found: Change, identity: Identity, given: tuple[_Given, _Given], reader: SnippetReader) -> bool:
    """Return whether None in the place of a default stands for it: where it is missing, the code gives the same."""
    old, new = (
        str(value).partition(" = ")[2] if found.field == "action" else value for value in (found.old, found.new)
    )
    names = identity.before(found.symbol or ""), found.symbol
    for value, other, values, name in ((old, new, given[1], names[1]), (new, old, given[0], names[0])):
        if other == "None" and value is not None:
            meant = values.get((name or "", found.option or ""))
            return value in _NOTHING or (meant is not None and _is_same(value, meant, reader))
    return False


def _given_when_missing(graph: Graph) -> _Given:
    """Return what the code gives for options that are None, by the object that takes them and their name."""
    found: _Given = {}
    for node in graph.of_type(Advice):
        if node.kind != "default" or node.origin != "code" or node.when is True or node.action is None:
            continue
        owner, _, name = node.owner.rpartition(".")
        taker = owner if name in _MAKERS else node.owner
        value = node.action.partition(" = ")[2]
        chosen = _CHOSEN.fullmatch(value)
        found[taker, node.subject or ""] = chosen[1] if chosen is not None else value
    return found


def _of_signatures(
    before: Implementation,
    after: Implementation,
    symbol: str,
    was: _Parameters,
    is_: _Parameters,
    reader: SnippetReader,
    told: tuple[Deprecations, Deprecations],
) -> Iterator[Change]:
    if after.kind == "class" and not is_ and _PASSES_ON.search(after.signature or ""):
        return  # what it is given goes to a base, which is not looked at
    is_open = "Unpack[" in (after.signature or "")  # to the fields of a type, which are not looked at
    severity = "risky" if takes_any(after) else SEVERITIES["option-removed"]
    renamed = _renamed(before, after, was, is_, told)
    for name, now in renamed.items():
        is_taken = _told(told[1], after.qualname, name) is not None  # still, with a warning
        yield change(
            "option-renamed", before, after, severity="notice" if is_taken else severity, symbol=symbol,
            option=name, field="signature", old=name, new=now,
        )  # fmt: skip
    for name in [*was, *(name for name in is_ if name not in was)]:
        if was.get(name) == is_.get(name):
            continue
        old, new = (default(each[name]) if name in each else None for each in (was, is_))
        named = {"symbol": symbol, "option": name, "old": old, "new": new, "field": "signature"}
        if name in renamed or name in renamed.values() or (name not in is_ and is_open):
            continue
        if name not in is_:
            said = _told(told[0], before.qualname, name)
            if said is not None:
                named |= {"old": said.message, "new": said.replacement, "field": "deprecation"}
            type_: ChangeType = "option-removed" if said is None else "removed"
            yield change(type_, before, after, severity=severity, **named)
        elif name not in was:
            is_needed = new is None and not _is_variadic(after, name)
            worst = "breaking" if is_needed and after.name != "forward" else SEVERITIES["option-added"]
            yield change("option-added", before, after, severity=worst, **named)
        elif not _is_same(old, new, reader):
            is_lost = new is None and not _is_variadic(after, name)
            worst = "breaking" if is_lost else SEVERITIES["default-changed"]
            yield change("default-changed", before, after, severity=worst, **named)


def _renamed(
    before: Implementation,
    after: Implementation,
    was: _Parameters,
    is_: _Parameters,
    told: tuple[Deprecations, Deprecations],
) -> dict[str, str]:
    """Return the parameters that have another name now: as a deprecation says, or in the same place with the same
    annotation, default and some word of the name.
    """
    gone = [name for name in was if name not in is_]
    come = [name for name in is_ if name not in was]
    if not gone or not come:
        return {}
    texts = _entries(before.signature or ""), _entries(after.signature or "")
    found: dict[str, str] = {}
    for name in gone:
        notes = _told(told[0], before.qualname, name), _told(told[1], after.qualname, name)
        said = {note.replacement for note in notes if note is not None}
        alike = [
            other
            for other in come
            if other not in found.values()
            and (
                other in said
                or (
                    list(texts[0]).index(name) == list(texts[1]).index(other)
                    and texts[0][name] == texts[1][other]
                    and set(name.split("_")) & set(other.split("_"))
                )
            )
        ]
        if len(alike) == 1:
            found[name] = alike[0]
    return found


def deprecations(graph: Graph) -> Deprecations:
    """Return what is told to be deprecated, by who tells it and of what."""
    return {(node.owner, node.subject): node for node in graph.of_type(Advice) if node.kind == "deprecation"}


def _told(told: Deprecations, owner: str, option: str) -> Advice | None:
    """Return what is told of an option by an object, or by what makes it."""
    owners = (owner, f"{owner}.__init__", f"{owner}.__post_init__")
    return next((told[each, option] for each in owners if (each, option) in told), None)


def _entries(signature: str) -> dict[str, str]:
    """Return what is behind the name of each parameter: annotation and default."""
    found: dict[str, str] = {}
    for start, end in entries(signature):
        match = _NAME.match(signature, start, end)
        if match is not None:
            found[match[0]] = signature[match.end() : end].strip()
    return found


def _is_variadic(node: Implementation, name: str) -> bool:
    return f"*{name}" in (node.signature or "")


def _of_fields(
    before: Implementation,
    after: Implementation,
    symbol: str,
    signatures: tuple[_Parameters | None, _Parameters | None],
    described: tuple[dict[str, Advice], dict[str, Advice]],
    reader: SnippetReader,
) -> Iterator[Change]:
    """Yield the changes of a class one side of which has fields in place of a signature."""
    was, is_ = described
    for name, node in was.items():
        now = is_.get(name)
        named = {"symbol": symbol, "option": name}
        if now is not None and not _is_same(_value(node), _value(now), reader):
            yield change("default-changed", node, now, field="action", old=node.action, new=now.action, **named)
        elif now is None and signatures[1] is not None and name not in signatures[1]:
            severity = "risky" if takes_any(after) else SEVERITIES["option-removed"]
            yield change("option-removed", node, after, field="action", old=node.action, severity=severity, **named)
    for name, node in is_.items():
        if name not in was and name not in (signatures[0] or before.fields):
            yield change("option-added", before, node, symbol=symbol, option=name, field="action", new=node.action)


def _value(node: Advice) -> str | None:
    """Return the default in `name = default`."""
    return node.action.partition(" = ")[2] if node.action is not None else None


def _is_same(old: str | None, new: str | None, reader: SnippetReader) -> bool:
    """Return whether two defaults are one, however they are formatted; a list and a tuple of the same are.

    They are read only where their words do not tell them apart already: that is slow.
    """
    if old is None or new is None or old == new:
        return old == new
    if _WORD.findall(old) != _WORD.findall(new):
        return False
    if _NUMBER.fullmatch(old) and _NUMBER.fullmatch(new):
        return float(old) == float(new)
    was, is_ = _items(old), _items(new)
    if was is not None and is_ is not None:
        return len(was) == len(is_) and all(_is_same(*pair, reader) for pair in zip(was, is_, strict=True))
    return _plain(reader.expression(old)) == _plain(reader.expression(new))


def _items(text: str) -> list[str] | None:
    """Return the items of a list or tuple, as they are written; None where the text is neither, or not for certain."""
    if text in {"[]", "()"}:
        return []
    if " for " in text:
        return None
    places = list(entries(text)) if text[:1] in {"[", "("} else []
    rest = text[places[-1][1] :].replace(",", "").strip() if places else ""
    is_tuple = rest == ")" and (len(places) > 1 or text[places[-1][1] :].lstrip().startswith(","))
    return [text[start:end] for start, end in places] if is_tuple or (rest == "]" and text[0] == "[") else None


def _plain(value: ex.Expression) -> tuple[object, list[bytes]]:
    """Return an expression to compare: a list is the tuple of the same, 1 is 1.0, but True is not 1."""
    text = msgspec.json.encode(value).replace(b'["seq","list",', b'["seq","tuple",')
    return msgspec.json.decode(text), _TRUTH.findall(text)


def _fields(graph: Graph) -> _Described:
    """Return the described options of each object, by name."""
    found: _Described = {}
    for node in graph.of_type(Advice):
        if _is_option(node) and node.subject is not None:
            found.setdefault(node.owner, {}).setdefault(node.subject, node)
    return found
