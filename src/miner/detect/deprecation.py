"""What the library marks as deprecated, by the functions and decorators that it has for that.

**Finds** decorators and calls of the vocabulary that name what is old, the release that removes it, a replacement or a
message (`@deprecate_kwarg("old", version="5.24", new_name="new")`, `deprecate("old", "1.0.0", message)`), and those
that take tables of old names (`deprecate_attr(__name__, rename={"Old": (New, "6.0")})`).

**Misses** helpers under other names, and arguments that are computed.
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.detector import Detector, cores, remembered
from miner.detect.file import File, is_type_checking, matches, owning, qualname
from miner.detect.idiom import DeprecationHelper, Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.outline import Item

ID = "deprecation"


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the sites of one statement that is such a call, or of the decorators of one definition."""
    if item is None or is_type_checking(item, file.outline):
        return
    if item.kind in {"function", "class"}:
        for span in item.all_texts("decorator"):
            for head, expressions in _marks(file, span):
                yield Site(ID, "mark", span, qualname(owning(item)), (), expressions, {}, (head,))
    elif (value := item.text("value")) is not None:
        for head, expressions in _marks(file, value):
            conditions = file.conditions(item)
            spans: dict[str, Span] = {}
            text = file.text_at(item, expressions["message"]) if "message" in expressions else None
            if text is not None:
                expressions["message"], spans["text"] = text
            scope = file.scope(item, *(guard.test for guard in conditions), *expressions.values())
            owner = qualname(owning(item))
            yield Site(ID, "mark", value, owner, conditions, expressions, spans, (head,), scope=scope)


def _marks(file: File, span: Span) -> Iterator[tuple[str, dict[str, ex.Expression]]]:
    """Yield the name of the helper that is called, with each thing that it marks."""
    head = file.outline.source(span).partition("(")[0].strip()
    rule = next((rule for rule in file.idioms.deprecations if matches(head, (rule.name,))), None)
    call = file.expression(span) if rule is not None else None
    if rule is not None and isinstance(call, ex.Call):
        yield from ((head, found) for found in (_arguments(call, rule), *_rows(call, rule)) if found)


def _arguments(call: ex.Call, rule: DeprecationHelper) -> dict[str, ex.Expression]:
    found = {
        role: ex.argument_of(call, argument.position, *filter(None, (argument.keyword,)))
        for role, argument in rule.roles()
    }
    return {role: value for role, value in found.items() if value is not None}


def _rows(call: ex.Call, rule: DeprecationHelper) -> Iterator[dict[str, ex.Expression]]:
    """Yield what each row of the tables says: the old name, and a pair of the new one and the release."""
    for argument in call.arguments:
        if argument.keyword not in rule.tables or not isinstance(argument.value, ex.Mapping):
            continue
        for key, value in argument.value.items:
            if key is not None and isinstance(value, ex.Sequence) and len(value.items) == 2:
                found = {"old": key, "removed": value.items[1]}
                yield found | ({"replacement": value.items[0]} if argument.keyword == rule.renaming else {})


@remembered
def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return cores(*(f"{rule.name}(" for rule in idioms.deprecations))


DETECTOR = Detector(ID, 2, frozenset({"function", "class", "expression", "assign"}), _words, find, deep=True)
