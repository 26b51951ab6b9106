"""From items to statements with their expressions read, for the modules that the linker interprets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from miner.model import expression as ex
from miner.model import statement as st
from miner.syntax.outline import Item, Outline

_MISSING = ex.Opaque("", "missing")


def freeze(items: Sequence[Item], outline: Outline, keep: Callable[[Item], bool]) -> tuple[st.Statement, ...]:
    """Return `items` as statements; a function or class for which `keep` says no loses its body."""
    return _Freezer(outline, keep).block(items)


class _Freezer:
    def __init__(self, outline: Outline, keep: Callable[[Item], bool]) -> None:
        self._outline = outline
        self._keep = keep

    def block(self, items: Sequence[Item]) -> tuple[st.Statement, ...]:
        return tuple(_FREEZERS[item.kind](self, item) for item in items)

    def arm(self, item: Item, name: str) -> tuple[st.Statement, ...]:
        return self.block(item.blocks.get(name, ()))

    def one(self, item: Item, role: str) -> ex.Expression:
        return self._outline.read(item, role) or _MISSING

    def maybe(self, item: Item, role: str) -> ex.Expression | None:
        return self._outline.read(item, role)

    def function(self, item: Item) -> st.Statement:
        parameters = item.text("parameters")
        return st.Function(
            item.span,
            item.name,
            self._outline.signature(parameters) if parameters else (),
            self.maybe(item, "returns"),
            tuple(self._outline.expression(span) for span in item.all_texts("decorator")),
            self.arm(item, "body") if self._keep(item) else (st.Unread(item.span, "body not read"),),
        )

    def klass(self, item: Item) -> st.Statement:
        arguments = item.text("arguments")
        bases = self._outline.arguments(arguments) if arguments and self._keep(item) else ()
        return st.Class(item.span, item.name, tuple(base.value for base in bases if base.keyword is None))

    def conditional(self, item: Item) -> st.Statement:
        return st.If(item.span, self.one(item, "test"), self.arm(item, "body"), self.arm(item, "orelse"))

    def loop_for(self, item: Item) -> st.Statement:
        target, iterable = self.one(item, "target"), self.one(item, "iterable")
        return st.For(item.span, target, iterable, self.arm(item, "body"), self.arm(item, "orelse"))

    def loop_while(self, item: Item) -> st.Statement:
        return st.While(item.span, self.one(item, "test"), self.arm(item, "body"), self.arm(item, "orelse"))

    def attempt(self, item: Item) -> st.Statement:
        handlers = tuple(
            st.Handler(handler.span, self.maybe(handler, "type"), handler.name or None, self.arm(handler, "body"))
            for handler in item.blocks.get("handlers", ())
        )
        return st.Try(
            item.span, self.arm(item, "body"), handlers, self.arm(item, "orelse"), self.arm(item, "finalbody")
        )

    def context(self, item: Item) -> st.Statement:
        entries: list[st.WithItem] = []
        for role, span in item.texts:
            value = self._outline.expression(span)
            if role == "context":
                entries.append(st.WithItem(value, None))
            elif entries:
                entries[-1] = st.WithItem(entries[-1].context, value)
        return st.With(item.span, tuple(entries), self.arm(item, "body"))

    def returned(self, item: Item) -> st.Statement:
        return st.Return(item.span, self.maybe(item, "value"))

    def raised(self, item: Item) -> st.Statement:
        return st.Raise(item.span, self.maybe(item, "exception"))

    def asserted(self, item: Item) -> st.Statement:
        return st.Assert(item.span, self.one(item, "test"), self.maybe(item, "message"))

    def assigned(self, item: Item) -> st.Statement:
        targets = tuple(self._outline.expression(span) for span in item.all_texts("target"))
        if item.text("value") is None:
            return st.Unread(item.span, "annotation only")
        return st.Assign(item.span, targets, self.one(item, "value"))

    def augmented(self, item: Item) -> st.Statement:
        return st.Augment(item.span, self.one(item, "target"), item.name, self.one(item, "value"))

    def imported(self, item: Item) -> st.Statement:
        return st.Import(item.span, item.bindings, item.modules, item.level, item.star)

    def evaluated(self, item: Item) -> st.Statement:
        return st.Evaluate(item.span, self.one(item, "value"))

    def declared(self, item: Item) -> st.Statement:
        return st.Declare(item.span, tuple(self._outline.source(span) for span in item.all_texts("name")))

    def jumped(self, item: Item) -> st.Statement:
        return st.Jump(item.span, item.name)

    def unread(self, item: Item) -> st.Statement:
        return st.Unread(item.span, item.kind)


_FREEZERS: dict[str, Callable[[_Freezer, Item], st.Statement]] = {
    "function": _Freezer.function,
    "class": _Freezer.klass,
    "if": _Freezer.conditional,
    "for": _Freezer.loop_for,
    "while": _Freezer.loop_while,
    "try": _Freezer.attempt,
    "with": _Freezer.context,
    "return": _Freezer.returned,
    "raise": _Freezer.raised,
    "assert": _Freezer.asserted,
    "assign": _Freezer.assigned,
    "augment": _Freezer.augmented,
    "import": _Freezer.imported,
    "expression": _Freezer.evaluated,
    "global": _Freezer.declared,
    "jump": _Freezer.jumped,
    "match": _Freezer.unread,
    "case": _Freezer.unread,
    "except": _Freezer.unread,
    "delete": _Freezer.unread,
    "other": _Freezer.unread,
}
