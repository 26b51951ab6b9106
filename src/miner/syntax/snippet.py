"""Reading the text of one expression with libcst, wrapped in parentheses, once for each distinct text."""

from __future__ import annotations

import re
from collections.abc import Callable
from keyword import iskeyword

from miner.model.expression import Argument, Attribute, Call, Constant, Expression, Name, Opaque, Parameter
from miner.syntax.limits import LIMITS
from miner.syntax.rows import STRING

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_CONSTANTS = {"None": None, "True": True, "False": False}
_TOKEN = re.compile(
    rf"{STRING}"
    r"|[()\[\]{},]|[-+~]|[.*/%|&^@<>=!]+|\b(?:and|or|not|if|else|lambda|for|in|is|await)\b",
    re.DOTALL,
)


_FILE_TOKEN = re.compile(rf"\\\r?\n|\n|#[^\n]*|{_TOKEN.pattern}", re.DOTALL)


class SnippetReader:
    """Expressions by their text, memoised; a text that cannot be read is an Opaque with the reason."""

    def __init__(self) -> None:
        self._expressions: dict[str, Expression] = {}
        self._signatures: dict[str, tuple[Parameter, ...]] = {}

    def expression(self, text: str, plain: Callable[[], Expression | None] = lambda: None) -> Expression:
        """Return the expression that `text` is; `plain` may know it, when it is within the limits, without libcst."""
        found = self._expressions.get(text)
        if found is None:
            found = _simple(text) or (plain() if refusal(text) is None else None) or _read_expression(text)
            self._expressions[text] = found
        return found

    def arguments(self, text: str) -> tuple[Argument, ...]:
        """Return the arguments of `text`, which is parenthesised as after the function of a call."""
        call = self.expression(f"_{text}")
        return call.arguments if isinstance(call, Call) else ()

    def signature(self, text: str) -> tuple[Parameter, ...]:
        """Return the parameters of `text`, which is parenthesised as in a function definition."""
        found = self._signatures.get(text)
        if found is None:
            found = self._signatures[text] = _read_signature(text)
        return found


def refusal(text: str) -> str | None:
    """Return why `text` must not be given to libcst, or None."""
    if len(text) > LIMITS.snippet_bytes:
        return "longer than the limit for one expression"
    if "\0" in text:
        return "contains NUL"
    if len(text) <= LIMITS.snippet_chain and sum(map(text.count, "([{")) <= LIMITS.snippet_depth:
        return None
    brackets, levels = nesting(text)
    if brackets > LIMITS.snippet_depth or levels > LIMITS.snippet_chain:
        return "nested deeper than the limit for one expression"
    return None


def nesting(text: str, *, by_line: bool = False) -> tuple[int, int]:
    """Return the deepest nesting of brackets, and an upper bound on the depth of the tree.

    Operators, dots, calls and implicit concatenation nest without brackets, one level each until the next comma; in a
    file (`by_line`) also until the next line end outside of brackets.
    """
    chains = [0]
    brackets = levels = total = 0
    for match in (_FILE_TOKEN if by_line else _TOKEN).finditer(text):
        token = match[0]
        if token[0] in "#\\":
            continue
        if token in ")]}":
            if len(chains) > 1:
                total -= chains.pop()
        elif token == "," or (token == "\n" and len(chains) == 1):
            total -= chains[-1]
            chains[-1] = 0
        elif token != "\n":
            chains[-1] += 1
            total += 1
            if token in "([{":
                chains.append(0)
        brackets, levels = max(brackets, len(chains) - 1), max(levels, total)
    return brackets, levels


def _read_expression(text: str) -> Expression:
    reason = refusal(text)
    if reason is not None:
        return Opaque(text[:200], reason)
    import libcst as cst  # noqa: PLC0415  heavy: only where an expression is really read

    from miner.syntax.convert import convert  # noqa: PLC0415

    try:
        found = convert(cst.parse_expression(f"(\n{text}\n)"))
    except cst.ParserSyntaxError:
        return Opaque(text[:200], "libcst cannot parse it")
    except RecursionError:
        return Opaque(text[:200], "nested deeper than libcst can follow")
    if isinstance(found, Opaque):  # its text is that of the wrapped expression
        return Opaque(found.text.removeprefix("(").removesuffix(")").strip(), found.reason)
    return found


def _simple(text: str) -> Expression | None:
    """Names, dotted names and plain strings need no parser."""
    if len(text) > LIMITS.snippet_bytes:
        return None
    if _NAME.fullmatch(text):
        head, *rest = text.split(".")
        if head in _CONSTANTS:
            return Constant(_CONSTANTS[head]) if not rest else None
        if iskeyword(head):
            return None
        found: Expression = Name(head)
        for part in rest:
            found = Attribute(found, part)
        return found
    if len(text) >= 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1] and not {"\\", "\n"} & set(text):
        return Constant(text[1:-1])
    return None


def _read_signature(text: str) -> tuple[Parameter, ...]:
    if text == "()" or refusal(text) is not None:
        return ()
    import libcst as cst  # noqa: PLC0415

    from miner.syntax.convert import parameters  # noqa: PLC0415

    try:
        statement = cst.parse_statement(f"def _{text}: pass")
    except (cst.ParserSyntaxError, RecursionError):
        return ()
    return parameters(statement.params) if isinstance(statement, cst.FunctionDef) else ()
