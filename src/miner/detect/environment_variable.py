"""Reads of environment variables.

**Finds** `os.environ.get`, `os.getenv`, `os.environ[...]`, `... in os.environ`, and helpers of the vocabulary that take
a variable's name, wherever an expression may stand; the default that is given, and the values that it is compared with.

**Misses** writes, reads through a mapping that is a copy of the environment, and helpers that the vocabulary does not
name. Names that are computed from more than constants are counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.detector import Detector, cores, minimal, remembered
from miner.detect.file import File, is_type_checking, matches, owning, qualname
from miner.detect.idiom import EnvironmentReader, Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.syntax.outline import Item

ID = "environment-variable"
_GETTERS = ("environ.get", "getenv")
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
        for expressions in _reads(read, file.idioms):
            owner = item if role == "parameters" else item.parent
            scope = file.scope(item, *expressions.values())
            yield Site(ID, "read", span, qualname(owning(owner)), (), expressions, scope=scope)


def _reads(expression: object, idioms: Idioms) -> Iterator[dict[str, ex.Expression]]:
    """Yield name, default and choices of every read in an expression."""
    compared: dict[int, ex.Expression] = {}
    for part in ex.walk(expression):
        if isinstance(part, ex.Compare):
            if part.operators in {("in",), ("not in",)} and _is_environ(part.comparators[0]):
                yield {"variable": part.left}
            elif len(part.comparators) == 1:
                compared[id(_stripped(part.left))] = part.comparators[0]
        found = _read(part, idioms)
        if found is not None:
            if id(part) in compared:
                found.setdefault("choices", compared[id(part)])
            yield found


def _read(part: object, idioms: Idioms) -> dict[str, ex.Expression] | None:
    if isinstance(part, ex.Subscript):
        return {"variable": part.index} if _is_environ(part.value) else None
    if not isinstance(part, ex.Call):
        return None
    name = ex.dotted(part.function) or ""
    if name.endswith(_GETTERS) and name.removesuffix("get").rstrip(".").rpartition(".")[2] in {"environ", "getenv"}:
        return _arguments(part, _GETTER)
    rule = next((rule for rule in idioms.environment.readers if matches(name, (rule.name,))), None)
    return None if rule is None else _arguments(part, rule)


def _arguments(call: ex.Call, rule: EnvironmentReader) -> dict[str, ex.Expression] | None:
    placed = [argument.value for argument in call.arguments if argument.keyword is None and not argument.star]
    named = {argument.keyword: argument.value for argument in call.arguments if argument.keyword}
    found: dict[str, ex.Expression] = {}
    for role, position, keywords in (
        ("variable", rule.variable, ("key", "name", "env_name")),
        ("default", rule.default, ("default", "default_value")),
        ("choices", rule.choices, ("choices",)),
    ):
        value = next((named[keyword] for keyword in keywords if keyword in named), None)
        if value is None and position is not None and position < len(placed):
            value = placed[position]
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
DETECTOR = Detector(ID, 1, _KINDS, _words, find, deep=True)
