"""Calls of functions that raise for their caller.

**Finds** calls, for their effect or their result, of functions under names of the vocabulary: those that take backends,
a requirement or the name of a package, those that take the condition itself, and any other of the library whose own
gates the linker can read with the arguments of the call; functions that a decorator is given in a list, under a keyword
of the vocabulary, to be called before what it decorates.

**Misses** helpers under other names, and calls with arguments that are not constants of the module.
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.detector import Detector, cores, minimal, remembered
from miner.detect.file import File, is_type_checking, matches, owning, qualname
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.syntax.outline import Item

ID = "raising-call"


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the site of a statement that is a call, or binds the result of one, or those of a function's decorators."""
    if item is not None and item.kind == "function":
        yield from _constraints(file, item)
        return
    span = item.text("value") if item is not None else None
    if item is None or span is None or is_type_checking(item, file.outline):
        return
    if not matches(file.outline.source(span).partition("(")[0].strip(), _names(file.idioms)):
        return
    call = file.expression(span)
    if not isinstance(call, ex.Call):
        return
    conditions = file.conditions(item)
    scope = file.scope(item, *(guard.test for guard in conditions), *(argument.value for argument in call.arguments))
    name = ex.dotted(call.function) or ""
    yield Site(ID, "call", span, qualname(owning(item)), conditions, {"call": call}, {}, (name,), scope=scope)


def _constraints(file: File, function: Item) -> Iterator[Site]:
    """Yield the functions that decorators are told to call first, each as the call that it would be."""
    keywords = file.idioms.enforcement.constraints
    for span in function.all_texts("decorator"):
        if not any(file.holds(span, word) for word in _listed(file.idioms)):
            continue
        decorator = file.expression(span)
        for argument in decorator.arguments if isinstance(decorator, ex.Call) else ():
            listed = argument.value if argument.keyword in keywords else None
            for check in listed.items if isinstance(listed, ex.Sequence) else ():
                call = check if isinstance(check, ex.Call) else ex.Call(check, ())
                if (name := ex.dotted(call.function)) is not None:
                    yield Site(ID, "call", span, qualname(owning(function)), (), {"call": call}, {}, (name,))


def _names(idioms: Idioms) -> tuple[str, ...]:
    rules = idioms.enforcement
    named = (*(r.name for r in rules.raisers), *(r.name for r in rules.requirements), *(r.name for r in rules.checks))
    return (*named, *rules.helpers)


@remembered
def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return minimal((*cores(*_names(idioms)), *_listed(idioms)))


def _listed(idioms: Idioms) -> tuple[bytes, ...]:
    return tuple(f"{keyword}=[".encode() for keyword in idioms.enforcement.constraints)


DETECTOR = Detector(ID, 3, frozenset({"expression", "assign", "function"}), _words, find, deep=True)
