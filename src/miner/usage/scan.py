"""Finds the uses of a library in one file of a program: statement by statement, in the order of the source.

Followed: imports at any place and under any name, objects that a call of the library makes (`model = Model.load(...)`,
also in an attribute of `self` and in `with`), parameters annotated with a class of it, classes that derive from one,
also where another file of the program defines them, and `super()` and `self` in those. Not followed: what a call of the
program itself returns, containers, and `getattr`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from miner.model import expression as ex
from miner.model.span import Span
from miner.model.statement import Binding
from miner.model.use import Passed, Use, UseKind
from miner.syntax.outline import Item, Outline
from miner.usage.module import Modules
from miner.usage.release import Release
from miner.usage.scope import Held, Scope, calls_and_reads

_WORD = re.compile(rb"[^\W\d]\w*")
_NEW = Held("")
"""What no name holds."""
_SET = re.compile(rb"\bself\.([A-Za-z_]\w*)\s*(?::[^=\n]+)?=(?!=)")
_FAILURE = re.compile(r"\b(?:ImportError|ModuleNotFoundError|AttributeError|Exception|BaseException)\b")
_BINDING = frozenset(
    {"target", "parameters", "arguments", "definition", "annotation", "returns", "decorator", "pattern"}
)
"""Roles of expressions that are not read as values where they stand."""


class Scanner:
    """Reads the uses of a library by one file after another; cells of a notebook share their names."""

    def __init__(self, roots: Iterable[str], version: str | None = None) -> None:
        """`roots` are the top-level names that the library is imported by; `version` is of the one to run with."""
        self._roots = frozenset(roots)
        self._release = Release(self._roots, version)
        self.modules: Modules | None = None
        self.derived: set[str] = set()
        """The names of the classes that were found to derive from the library's."""

    def uses(self, outline: Outline, path: str, scope: Scope) -> Iterator[Use]:
        """Yield the uses in a file; `scope` holds what is bound before it, and then what it binds."""
        yield from _File(outline, path, self._roots, self._release, self.modules).block(outline.items, scope)
        self.derived |= {name for name, held in scope.names.items() if held is not None and held.is_derived}

    def names(self, outline: Outline, path: str) -> dict[str, Held | None]:
        """Return what the imports and classes at the top of a file bind."""
        scope = Scope()
        _File(outline, path, self._roots, self._release, self.modules).bind(outline.items, scope)
        return scope.names


class _File:
    def __init__(
        self, outline: Outline, path: str, roots: frozenset[str], release: Release, modules: Modules | None
    ) -> None:
        self._outline = outline
        self._path = path
        self._roots = roots
        self._release = release
        self._modules = modules

    def bind(self, items: list[Item], scope: Scope) -> None:
        """Bind what imports and classes bind, in a block and in those within it that are no definitions."""
        for item in items:
            if item.kind == "import":
                for _ in self._import(item, scope):
                    pass
            elif item.kind == "class":
                scope.names[item.name] = self._held(item, [held for held, _ in self._bases(item, scope)])
            elif item.kind != "function":
                for block in item.blocks.values():
                    self.bind(block, scope)

    def block(self, items: list[Item], scope: Scope) -> Iterator[Use]:
        for item in items:
            yield from self._statement(item, scope)

    def _statement(self, item: Item, scope: Scope) -> Iterator[Use]:
        match item.kind:
            case "import":
                yield from self._import(item, scope)
            case "class":
                yield from self._class(item, scope)
            case "function":
                scope.names[item.name] = None
                yield from self._function(item, scope, scope.inner())
            case _:
                yield from self._values(item, scope)
                self._bound(item, scope)
                idle = self._idle(item, scope)
                before = dict(scope.names) if item.kind == "try" else {}
                bound: dict[str, Held | None] = {}
                for arm, block in item.blocks.items():
                    if arm == idle:
                        continue
                    uses = self.block(block, scope)
                    yield from self._let_fail(item, uses) if arm == "body" else uses
                    if item.kind == "try" and arm == "body":
                        bound = {name: held for name, held in scope.names.items() if before.get(name, _NEW) is not held}
                    elif arm == "handlers":
                        scope.names |= bound  # what a handler binds is for where the body fails

    def _idle(self, item: Item, scope: Scope) -> str | None:
        """Return the arm of an if that is not run with the new release."""
        test = item.text("test") if item.kind == "if" else None
        holds = self._holds(test, scope) if test is not None else None
        return None if holds is None else "orelse" if holds else "body"

    def _holds(self, span: Span, scope: Scope) -> bool | None:
        """Return what a test says of the new release; None where it is about something else."""
        words = set(_WORD.findall(self._outline.data, span.start_byte, span.end_byte))
        if not any(b"version" in word.lower() for word in words) and not scope.has_flag(words):
            return None
        return self._release.holds(self._outline.expression(span), scope)

    def _let_fail(self, item: Item, uses: Iterator[Use]) -> Iterator[Use]:
        """Yield the uses in a body, and note where the program goes on when they fail, or only type checkers see it."""
        if item.kind == "if" and (test := item.text("test")) is not None:
            is_hidden = self._outline.source(test).rpartition(".")[2] == "TYPE_CHECKING"
            yield from (_handled(use, is_met=True) if is_hidden and use.kind == "import" else use for use in uses)
            return
        handlers = [each for each in item.blocks.get("handlers", []) if not _raises(each)]
        caught = {kind for each in handlers for kind in self._caught(each)}
        is_met = bool(handlers) and self._gives_others(item)
        does_else = any(inner.kind != "jump" for each in handlers for inner in each.blocks["body"])
        for use in uses:
            if use.kind == "import":
                yield _handled(use, is_met=is_met) if caught & {"ImportError", "AttributeError"} else use
            else:
                yield _handled(use, is_met=does_else) if "AttributeError" in caught else use

    def _caught(self, handler: Item) -> Iterator[str]:
        """Yield which of the ways in which a name is not there a handler catches."""
        span = handler.text("type")
        kinds = _FAILURE.findall(self._outline.source(span)) if span is not None else ["Exception"]
        for kind in kinds:
            if kind.endswith("Exception"):
                yield from ("ImportError", "AttributeError")
            else:
                yield "AttributeError" if kind == "AttributeError" else "ImportError"

    def _gives_others(self, item: Item) -> bool:
        """Say whether each handler around imports binds all names that they bind."""
        wanted = set(self._imported(item.blocks["body"]))
        return all(wanted <= set(self._named(handler.blocks["body"])) for handler in item.blocks["handlers"])

    def _imported(self, items: list[Item]) -> Iterator[str]:
        for item in items:
            yield from (binding.name for binding in item.bindings)
            if item.kind not in {"function", "class"}:
                yield from (name for block in item.blocks.values() for name in self._imported(block))

    def _named(self, items: list[Item]) -> Iterator[str]:
        """Yield the names that a block binds: by imports, definitions and assignments."""
        for item in items:
            yield from (binding.name for binding in item.bindings)
            yield from (self._outline.source(target) for target in item.all_texts("target"))
            if item.kind in {"function", "class"}:
                yield item.name
            else:
                yield from (name for block in item.blocks.values() for name in self._named(block))

    def _import(self, item: Item, scope: Scope) -> Iterator[Use]:
        for binding in item.bindings:
            is_ours = not item.level and binding.target.partition(".")[0] in self._roots
            scope.names[binding.name] = Held(binding.target) if is_ours else self._own(binding, item.level)
            if is_ours:
                yield self._use("import", binding.target, item.span, binding.target.rpartition(".")[2])
        for module in item.modules:
            if not item.level and module.partition(".")[0] in self._roots and not _is_named(item, module):
                yield self._use("import", module, item.span, module)

    def _own(self, binding: Binding, level: int) -> Held | None:
        """Return what of the library a class is that the program imports from another of its files."""
        if self._modules is None or not binding.target.rpartition(".")[2][:1].isupper():
            return None
        return self._modules.held(binding.target, level, self._path)

    def _bases(self, item: Item, scope: Scope) -> Iterator[tuple[Held, Span]]:
        """Yield the bases of a class that are of the library, or derive from one that is."""
        span = item.text("arguments")
        for argument in self._outline.arguments(span) if span is not None and self._is_mentioned(span, scope) else ():
            held = scope.resolve(argument.value) if argument.keyword is None else None
            if held is not None and not held.is_object:
                yield held, span or item.span

    def _held(self, item: Item, bases: list[Held]) -> Held | None:
        """Return what a class of the program is of the library: the first of its bases that is, but for its own."""
        if not bases:
            return None
        own = frozenset((*item.functions(), *self._attributes(item)))
        return Held(bases[0].name, is_derived=True, own=own | bases[0].own)

    def _class(self, item: Item, scope: Scope) -> Iterator[Use]:
        yield from self._decorators(item, scope)
        bases: list[Held] = []
        for held, span in self._bases(item, scope):
            bases.append(held)
            if not held.is_derived:
                yield self._use("base", held.name, span, held.name.rpartition(".")[2])
        inside = scope.of_class()
        derived = self._held(item, bases)
        base = derived.made() if derived is not None else None
        scope.names[item.name] = derived
        for inner in item.blocks.get("body", []):
            if inner.kind != "function":
                yield from self._statement(inner, inside)
                continue
            for each in bases:
                yield self._override(f"{each.name}.{inner.name}", inner)
            method = Scope(scope, attributes=inside.attributes)
            if base is not None:
                method.names["self"] = base
            yield from self._function(inner, inside, method)

    def _attributes(self, item: Item) -> Iterator[str]:
        """Yield the attributes that a class sets itself."""
        for match in _SET.finditer(self._outline.data, item.span.start_byte, item.span.end_byte):
            yield match[1].decode()

    def _override(self, name: str, item: Item) -> Use:
        """Return that a method takes the place of one, with the parameters that it takes itself."""
        span = item.text("parameters")
        taken = self._outline.signature(span) if span is not None else ()
        use = self._use("override", name, item.span, item.name)
        return msgspec.structs.replace(
            use,
            arguments=tuple(Passed(keyword=each.name) for each in taken if each.kind not in {"vararg", "kwarg"}),
            is_open=any(each.kind == "kwarg" for each in taken),
        )

    def _function(self, item: Item, around: Scope, inside: Scope) -> Iterator[Use]:
        yield from self._decorators(item, around)
        span = item.text("parameters")
        for parameter in self._outline.signature(span) if span is not None else ():
            if parameter.default is not None:
                yield from self._expression(parameter.default, span or item.span, around)
            held = around.resolve(_annotated(parameter.annotation)) if parameter.annotation is not None else None
            if parameter.name not in {"self", "cls"} or "self" not in inside.names:
                inside.names[parameter.name] = held.made() if held is not None else None
            if held is not None and not held.is_derived:
                yield self._use("read", held.name, span or item.span, held.name.rpartition(".")[2])
        yield from self.block(item.blocks.get("body", []), inside)

    def _decorators(self, item: Item, scope: Scope) -> Iterator[Use]:
        for span in item.all_texts("decorator"):
            yield from self._read(span, scope)

    def _values(self, item: Item, scope: Scope) -> Iterator[Use]:
        if item.kind == "delete":
            return  # what a program deletes, it has set
        for role, span in item.texts:
            if role not in _BINDING:
                yield from self._read(span, scope)

    def _bound(self, item: Item, scope: Scope) -> None:
        """Bind what a statement binds."""
        targets = item.all_texts("target")
        if item.kind == "except" and item.name:
            scope.names[item.name] = None
        if not targets:
            return
        values = item.all_texts("value") or item.all_texts("context")
        is_one = item.kind in {"assign", "with"} and len(values) == 1
        held = None
        if is_one and self._is_mentioned(values[0], scope):
            made = scope.resolve(self._outline.expression(values[0]))
            held = made if made is not None and (made.is_object or item.kind == "assign") else None
        annotation = item.text("annotation")
        if held is None and annotation is not None and self._is_mentioned(annotation, scope):
            stated = scope.resolve(_annotated(self._outline.expression(annotation)))
            held = stated.made() if stated is not None else None
        for target in targets:
            named = self._outline.expression(target)
            scope.bind(named, held)
            if is_one and item.kind == "assign" and isinstance(named, ex.Name):
                holds = self._holds(values[0], scope)
                scope.flags.pop(named.name, None)
                scope.flags |= {named.name: holds} if holds is not None else {}

    def _is_mentioned(self, span: Span, scope: Scope) -> bool:
        words = {
            word.decode("utf-8", "replace")
            for word in _WORD.findall(self._outline.data, span.start_byte, span.end_byte)
        }
        return "super" in words or scope.mentions(words)

    def _read(self, span: Span, scope: Scope) -> Iterator[Use]:
        if self._is_mentioned(span, scope):
            yield from self._expression(self._outline.expression(span), span, scope)

    def _expression(self, expression: ex.Expression, span: Span, scope: Scope) -> Iterator[Use]:
        for part in calls_and_reads(expression):
            is_call = isinstance(part, ex.Call)
            held = scope.resolve(part.function if isinstance(part, ex.Call) else part)
            if held is None or (held.is_object and not is_call) or "." not in held.name:
                continue
            last = held.name.rpartition(".")[2]
            if not isinstance(part, ex.Call):
                if held.is_derived:
                    continue  # it is the class of the program that is named
                use = self._use("read", held.name, span, last)
            elif not held.is_object and "__init__" not in held.own:
                use = self._use("call", held.name, span, last, part)
                if held.is_derived:  # the class of the program may give what the call does not
                    use = msgspec.structs.replace(use, is_open=True)
            else:
                continue
            yield msgspec.structs.replace(use, is_member=True) if held.is_member else use

    def _use(self, kind: UseKind, name: str, span: Span, word: str, call: ex.Call | None = None) -> Use:
        """Return a use at the first line of a statement, or where `word` stands first in it."""
        found = _whole(word).search(self._outline.data, span.start_byte, span.end_byte)
        line = self._outline.line(found.start() if found is not None else span.start_byte)
        given = tuple(_arguments(call)) if call is not None else ()
        is_open = call is not None and any(argument.star for argument in call.arguments)
        return Use(kind=kind, name=name, path=self._path, line=line, arguments=given, is_open=is_open)


def _raises(handler: Item) -> bool:
    return any(inner.kind == "raise" for inner in handler.blocks["body"][-1:])


def _handled(use: Use, *, is_met: bool) -> Use:
    return msgspec.structs.replace(use, is_handled=True, is_met=is_met)


@lru_cache(maxsize=4096)
def _whole(word: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?<!\w)" + re.escape(word.encode()) + rb"(?!\w)")


def _is_named(item: Item, module: str) -> bool:
    """Say whether a module is itself what a binding holds, or what names are imported from."""
    return any(f"{binding.target}.".startswith(f"{module}.") for binding in item.bindings)


def _annotated(annotation: ex.Expression) -> ex.Expression:
    """Return the class in an annotation: also of `X | None`, `Optional[X]` and `"X"`."""
    match annotation:
        case ex.Binary(left=left, operator="|", right=ex.Constant(value=None)):
            return _annotated(left)
        case ex.Subscript(value=value, index=index) if (ex.dotted(value) or "").endswith("Optional"):
            return _annotated(index)
        case ex.Constant(value=str(name)) if name.isidentifier():
            return ex.Name(name)
    return annotation


def _arguments(call: ex.Call) -> Iterator[Passed]:
    for position, argument in enumerate(call.arguments):
        if argument.star == "*":
            return  # where what follows it stands is not known; keywords behind it are rare
        if argument.star:
            continue
        value = argument.value
        known = isinstance(value, ex.Constant)
        yield Passed(
            keyword=argument.keyword,
            position=position if argument.keyword is None else None,
            known=known,
            value=value.value if isinstance(value, ex.Constant) else None,
        )
