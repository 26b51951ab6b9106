"""Conditions over a function's own parameters, read without the interpreter: they ask the environment nothing."""

from __future__ import annotations

from collections.abc import Mapping

from miner.formula.atom import Opaque, Parameter
from miner.formula.connective import Formula, conjunction, disjunction, negation
from miner.link.meaning.wording import render
from miner.model import expression as ex

NOT_UNDERSTOOD = "an expression over arguments that is not understood"
_OPERATORS = frozenset({"==", "<", ">", "<=", ">="})
_MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def over_arguments(expression: ex.Expression, owner: str, aliases: Mapping[str, str | None]) -> Formula:
    """Return an expression as a condition, where all names in it are parameters of `owner` or locals made of them.

    `aliases` says what a local is another name of, `mode` of `self.mode`; None: of something that is not followed.
    """
    match expression:
        case ex.Not(operand=operand):
            return negation(over_arguments(operand, owner, aliases))
        case ex.Boolean(operator=operator, values=values):
            join = conjunction if operator == "and" else disjunction
            return join(*(over_arguments(value, owner, aliases) for value in values))
        case ex.Name() | ex.Attribute() if (name := parameter_of(expression, aliases)) is not None:
            return Parameter(param=name, of=owner)
        case ex.Compare(left=left, operators=operators, comparators=comparators):
            sides = (left, *comparators)
            pairs = zip(operators, sides, sides[1:], strict=False)
            steps = [_compared(operator, one, two, owner, aliases) for operator, one, two in pairs]
            known = [step for step in steps if step is not None]
            if len(known) == len(steps):
                return conjunction(*known)
    return Opaque(opaque=render(expression), reason=NOT_UNDERSTOOD)


def parameter_of(expression: ex.Expression, aliases: Mapping[str, str | None]) -> str | None:
    """Return the parameter, or the field of one, that an expression is."""
    name = ex.dotted(expression)
    if name is None:
        return None
    head, dot, rest = name.partition(".")
    if head not in aliases:
        return name
    meant = aliases[head]
    return None if meant is None else f"{meant}{dot}{rest}"


def _compared(
    operator: str, left: ex.Expression, right: ex.Expression, owner: str, aliases: Mapping[str, str | None]
) -> Formula | None:
    """Return a comparison of a parameter with constants; None when it is another."""
    if isinstance(left, ex.Constant) and operator in _MIRROR:
        left, operator, right = right, _MIRROR[operator], left
    elif isinstance(left, ex.Constant) and operator in {"==", "!="}:
        left, right = right, left
    name = parameter_of(left, aliases)
    if name is None:
        return None
    match operator, right:
        case (("in" | "not in"), ex.Sequence(items=items)) if items:
            constants = [item.value for item in items if isinstance(item, ex.Constant)]
            if len(constants) < len(items):
                return None
            among = disjunction(*(_equal(name, owner, value) for value in constants))
            return among if operator == "in" else negation(among)
        case (("is" | "=="), ex.Constant(value=value)):
            return _equal(name, owner, value)
        case (("is not" | "!="), ex.Constant(value=value)):
            return negation(_equal(name, owner, value))
        case _, ex.Constant(value=value) if operator in _OPERATORS:
            return Parameter(param=name, of=owner, op=operator, value=value)
    return None


def _equal(name: str, owner: str, value: bool | float | str | None) -> Formula:
    return Parameter(param=name, of=owner, op="==", value=value)
