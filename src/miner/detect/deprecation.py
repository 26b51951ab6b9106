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
            yield from _sites(file, item, span, qualname(owning(item)))
    elif (value := item.text("value")) is not None:
        yield from _sites(file, item, value, qualname(owning(item)))


def _sites(file: File, item: Item, span: Span, owner: str) -> Iterator[Site]:
    head = file.outline.source(span).partition("(")[0].strip()
    rule = next((rule for rule in file.idioms.deprecations if matches(head, (rule.name,))), None)
    call = file.expression(span) if rule is not None else None
    if rule is None or not isinstance(call, ex.Call):
        return
    conditions = () if item.kind in {"function", "class"} else file.conditions(item)
    for expressions in (_arguments(call, rule), *_rows(call, rule)):
        if expressions:
            tests = (guard.test for guard in conditions)
            is_whole = item.kind in {"function", "class"}
            scope = None if is_whole else file.scope(item, *tests, *expressions.values())
            yield Site(ID, "mark", span, owner, conditions, expressions, {}, (head,), scope=scope)


def _arguments(call: ex.Call, rule: DeprecationHelper) -> dict[str, ex.Expression]:
    placed = [argument.value for argument in call.arguments if argument.keyword is None and not argument.star]
    named = {argument.keyword: argument.value for argument in call.arguments if argument.keyword}
    found: dict[str, ex.Expression] = {}
    for role, argument in rule.roles():
        value = named.get(argument.keyword) if argument.keyword else None
        if value is None and argument.position is not None and argument.position < len(placed):
            value = placed[argument.position]
        if value is not None:
            found[role] = value
    return found


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


DETECTOR = Detector(ID, 1, frozenset({"function", "class", "expression", "assign"}), _words, find, deep=True)
