"""Messages as templates: the text that the code holds, with the expressions in it as `{fields}`."""

from __future__ import annotations

import re
from typing import NamedTuple

from miner.link.library import Library
from miner.link.meaning.wording import render
from miner.link.place import Place
from miner.model import expression as ex
from miner.model import statement as st

_DEEPEST = 6
_BRACES = re.compile(r"(?<!\{)\{(?P<name>\w*)(?:![rsa])?(?::[^{}]*)?\}(?!\})")
_PERCENT = re.compile(r"(?<!%)%(?:\((?P<name>\w+)\))?[-+ #0]*\d*(?:\.\d+)?[sdrifgeExXc]|%%")
"""Fields of a text that is formatted, with the names or numbers of what they show."""


class Message(NamedTuple):
    """A template, and the places outside of the site that its text stands at."""

    text: str | None
    places: tuple[Place, ...] = ()


NONE = Message(None)


def template(
    expression: ex.Expression | None,
    library: Library | None = None,
    module: str = "",
    bound: tuple[st.Statement, ...] = (),
    depth: int = 0,
) -> Message:
    """Return the message that an expression makes; names are looked up among `bound`, then in the module."""
    if depth > _DEEPEST:
        return NONE
    match expression:
        case ex.Constant(value=str(text)):
            return Message(text)
        case ex.Formatted(parts=parts):
            return Message("".join(part if isinstance(part, str) else _field(part) for part in parts))
        case ex.Call(function=ex.Attribute(value=text, name="format"), arguments=arguments):
            return filled(template(text, library, module, bound, depth + 1), arguments)
        case ex.Binary(left=text, operator="%", right=given):
            values = given.items if isinstance(given, ex.Sequence) and given.kind == "tuple" else (given,)
            said = template(text, library, module, bound, depth + 1)
            return filled(said, tuple(map(ex.Argument, values)), _PERCENT)
        case ex.Binary(left=left, operator="+", right=right):
            sides = [template(side, library, module, bound, depth + 1) for side in (left, right)]
            if all(side.text is None for side in sides):
                return NONE
            texts = [
                f"{{{render(part)}}}" if side.text is None else side.text
                for side, part in zip(sides, (left, right), strict=True)
            ]
            return Message("".join(texts), tuple(place for side in sides for place in side.places))
        case ex.Name(name=name):
            return _named(name, library, module, bound, depth)
    return NONE


def filled(said: Message, arguments: tuple[ex.Argument, ...], field: re.Pattern[str] = _BRACES) -> Message:
    """Return a template with what is given for its fields, each shown as an f-string shows it, a constant as it is.

    Fields for which nothing is given, or which are not told apart, stay as they are.
    """
    if said.text is None or any(argument.star for argument in arguments):
        return said
    listed = [argument.value for argument in arguments if argument.keyword is None]
    named = {argument.keyword: argument.value for argument in arguments if argument.keyword is not None}
    left = iter(listed)

    def shown(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        name = match["name"] or ""
        found = named.get(name) if name and not name.isdecimal() else None
        found = listed[int(name)] if name.isdecimal() and int(name) < len(listed) else found
        found = next(left, None) if not name else found
        if found is None:
            return match[0]
        is_text = isinstance(found, ex.Formatted) or (isinstance(found, ex.Constant) and isinstance(found.value, str))
        return template(found).text or "" if is_text else _field(found)

    return said._replace(text=field.sub(shown, said.text))


def _field(shown: ex.Expression) -> str:
    """Return what a template shows in the place of an expression: of one of two texts both, each cut by itself."""
    if isinstance(shown, ex.Conditional):
        return f"{{{render(shown.body)} if {render(shown.test)} else {render(shown.orelse)}}}"
    return f"{{{render(shown)}}}"


def _named(name: str, library: Library | None, module: str, bound: tuple[st.Statement, ...], depth: int) -> Message:
    for statement in bound:
        if isinstance(statement, st.Assign) and ex.Name(name) in statement.targets:
            return template(statement.value, library, module, bound, depth + 1)
    found = library.constant(module, name) if library is not None else None
    if library is None or found is None:
        return NONE
    home = library.modules[found[0]]
    located = library.locate(module, name)
    text = template(found[1]).text
    if text is None or located is None or located.name not in home.definitions:
        return NONE
    return Message(text, (Place(home.path, home.definitions[located.name].span, "message"),))


def exception(raised: ex.Expression | None) -> tuple[str | None, ex.Expression | None]:
    """Return the name of the class that is raised, and the expression of its message."""
    if not isinstance(raised, ex.Call):
        return (ex.dotted(raised) if raised is not None else None), None
    given = [argument.value for argument in raised.arguments if argument.keyword is None and not argument.star]
    return ex.dotted(raised.function), given[0] if given else None
