"""Reads of environment variables.

**Finds** `os.environ.get`, `os.getenv`, `os.environ[...]`, `... in os.environ`, and helpers of the vocabulary that take
a variable's name, wherever an expression may stand; the default that is given, or taken instead (`os.getenv("X") or
"main"`), and the values that it is compared with, also where a name holds it in the statements that follow.

**Misses** comparisons once the name is bound again, far below, or within a function that stands in another; writes,
reads through a mapping that is a copy of the environment, and helpers that the vocabulary does not name. Names that are
computed from more than constants are counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.comment import comment_above
from miner.detect.description import descriptions
from miner.detect.detector import Detector, cores, minimal, remembered
from miner.detect.file import File, is_type_checking, items, matches, owning, qualname
from miner.detect.idiom import EnvironmentReader, Idioms
from miner.flow.scope import bound_names
from miner.model import expression as ex
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.outline import Item

ID = "environment-variable"
_GETTERS = ("environ.get", "getenv")
_REACH = 20
"""Statements that a name is followed through: of 47 comparisons 40 stand in the next nine, none in the next hundred."""
_LONGEST = 200
"""Bytes of what follows a read."""
_EQUALS = {("==",), ("!=",), ("in",), ("not in",)}
_KEPT = frozenset({"lower", "upper", "strip", "casefold"})
_ROLES = frozenset({"value", "test", "iterable", "context", "message", "exception", "subject", "guard", "parameters"})


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of the expressions of one statement."""
    if item is None or is_type_checking(item, file.outline):
        return
    for role, span in item.texts:
        if role not in _ROLES or not any(file.holds(span, word) for word in _words(file.idioms)):
            continue
        read = file.outline.signature(span) if role == "parameters" else file.expression(span)
        for part, expressions in _reads(read, file.idioms):
            owner = item if role == "parameters" else item.parent
            spans = {}
            if not isinstance(read, tuple) and item.kind == "assign" and _stripped(read) is part:
                for number, (place, choice) in enumerate(_compared_later(file, item), start=1):
                    expressions[f"choices_{number}"], spans[f"choices_{number}"] = choice, place
            comment, place_of_comment = _comment(file, item, span) if role != "parameters" else ("", None)
            if place_of_comment is not None:
                expressions["comment"], spans["comment"] = ex.Constant(comment), place_of_comment
            variable, whole = expressions["variable"], owning(owner)
            if isinstance(variable, ex.Constant) and whole is not None:
                for description, place in descriptions(file, whole, {str(variable.value)}).values():
                    expressions["description"], spans["description"] = ex.Constant(description), place
            followed = _followed(item, role)
            if followed is not None and followed[1].end_byte - followed[1].start_byte <= _LONGEST:
                spans[followed[0]] = followed[1]
            scope = file.scope(item, *expressions.values())
            yield Site(ID, "read", span, qualname(owning(owner)), (), expressions, spans, scope=scope)


def _followed(item: Item, role: str) -> tuple[str, Span] | None:
    """Return what runs first where a test that reads a variable holds, or what an assignment keeps the value in."""
    if item.kind == "if" and role == "test":
        return "then", item.blocks["body"][0].span
    target = item.text("target") if item.kind == "assign" and role == "value" else None
    return ("kept", target) if target is not None else None


def _comment(file: File, item: Item, read: Span) -> tuple[str, Span | None]:
    """Return the comment right above a statement, or above the one before it that binds a name which is read beside."""
    found = comment_above(file, item)
    before = item.siblings(file.outline.items)[item.index - 1] if item.index > 0 else None
    if found[1] is not None or before is None or before.kind != "assign":
        return found
    names = ex.names_in(file.expression(read))
    is_beside = any(file.outline.source(target) in names for target in before.all_texts("target"))
    return comment_above(file, before) if is_beside else found


def _compared_later(file: File, item: Item) -> Iterator[tuple[Span, ex.Expression]]:
    """Yield what the name that a statement binds is compared with in the statements after it, till it is bound anew."""
    name = file.outline.source(item.all_texts("target")[0])
    if len(item.all_texts("target")) != 1 or not name.isidentifier():
        return
    for later in item.siblings(file.outline.items)[item.index + 1 : item.index + 1 + _REACH]:
        if not file.holds(later.span, name.encode()):
            continue
        if any(name in bound_names(each, file.outline) for each in items([later])):
            return
        yield from _comparisons(file, later, name)


def _comparisons(file: File, statement: Item, name: str) -> Iterator[tuple[Span, ex.Expression]]:
    for each in items([statement]):
        for role, span in each.texts:
            if role not in _ROLES or role == "parameters" or not file.holds(span, name.encode()):
                continue
            for part in ex.walk(file.expression(span)):
                if isinstance(part, ex.Compare) and part.operators in _EQUALS and _stripped(part.left) == ex.Name(name):
                    yield span, part.comparators[0]


def _reads(expression: object, idioms: Idioms) -> Iterator[tuple[object, dict[str, ex.Expression]]]:
    """Yield every read in an expression with its name, default and choices."""
    compared: dict[int, ex.Expression] = {}
    instead: dict[int, ex.Expression] = {}
    for part in ex.walk(expression):
        match part:
            case ex.Boolean(operator="or", values=(first, ex.Constant(value=str()) as other)):
                instead[id(_stripped(first))] = other
        if isinstance(part, ex.Compare):
            if part.operators in {("in",), ("not in",)} and _is_environ(part.comparators[0]):
                yield part, {"variable": part.left}
            elif part.operators in _EQUALS:
                compared[id(_stripped(part.left))] = part.comparators[0]
        found = _read(part, idioms)
        if found is not None:
            if id(part) in compared:
                found.setdefault("choices", compared[id(part)])
            if id(part) in instead:
                found.setdefault("default", instead[id(part)])
            yield part, found


def _read(part: object, idioms: Idioms) -> dict[str, ex.Expression] | None:
    if isinstance(part, ex.Subscript):
        return {"variable": part.index} if _is_environ(part.value) else None
    if not isinstance(part, ex.Call):
        return None
    name = ex.dotted(part.function) or ""
    if name.endswith(_GETTERS) and name.removesuffix("get").rstrip(".").rpartition(".")[2] in {"environ", "getenv"}:
        return _arguments(part, _GETTER)
    rule = next((rule for rule in idioms.environment.readers if matches(name, (rule.name,))), None)
    found = None if rule is None else _arguments(part, rule)
    return None if found is None else {**found, "helper": part.function}


def _arguments(call: ex.Call, rule: EnvironmentReader) -> dict[str, ex.Expression] | None:
    found: dict[str, ex.Expression] = {}
    for role, position, keywords in (
        ("variable", rule.variable, ("key", "name", "env_name")),
        ("default", rule.default, ("default", "default_value")),
        ("choices", rule.choices, ("choices",)),
    ):
        value = ex.argument_of(call, position, *keywords)
        if value is not None:
            found[role] = value
    return found if "variable" in found else None


_GETTER = EnvironmentReader(name="get", variable=0, default=1)


def _is_environ(expression: ex.Expression) -> bool:
    return (ex.dotted(expression) or "").rpartition(".")[2] == "environ"


def _stripped(expression: ex.Expression) -> ex.Expression:
    """Return the read under calls that only change the case or the space of what was read."""
    while isinstance(expression, ex.Call) and isinstance(expression.function, ex.Attribute):
        if expression.function.name not in _KEPT:
            break
        expression = expression.function.value
    return expression


@remembered
def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return minimal((b"environ.get", b"getenv(", b"environ[", b"in os.environ", b"in environ", *_helpers(idioms)))


def _helpers(idioms: Idioms) -> tuple[bytes, ...]:
    return cores(*(rule.name for rule in idioms.environment.readers))


_KINDS = frozenset(
    {"assign", "augment", "return", "expression", "if", "while", "for", "assert", "raise", "with", "match", "function"}
)
DETECTOR = Detector(ID, 7, _KINDS, _words, find, deep=True)
