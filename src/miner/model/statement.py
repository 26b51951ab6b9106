"""Statements with their expressions read: the form in which a module that defines predicates reaches the linker."""

from __future__ import annotations

from typing import Union

import msgspec

from miner.model.expression import Expression, Parameter
from miner.model.span import Span


class _Statement(msgspec.Struct, frozen=True, array_like=True, tag_field="t"):
    span: Span


class Assign(_Statement, frozen=True, tag="="):
    """`targets = value` (also annotated; several targets when chained)."""

    targets: tuple[Expression, ...]
    value: Expression


class Augment(_Statement, frozen=True, tag="op="):
    """`target op= value`; operator without the `=`."""

    target: Expression
    operator: str
    value: Expression


class If(_Statement, frozen=True, tag="if"):
    """`if test: body else: orelse`; an elif is an If alone in `orelse`."""

    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class Return(_Statement, frozen=True, tag="return"):
    """`return value`; None when bare."""

    value: Union[Expression, None]  # noqa: UP007


class Raise(_Statement, frozen=True, tag="raise"):
    """`raise exception`; None for a bare re-raise."""

    exception: Union[Expression, None]  # noqa: UP007


class Handler(msgspec.Struct, frozen=True, array_like=True):
    """One except clause; `types` None for a bare except, a Sequence for several."""

    span: Span
    types: Union[Expression, None]  # noqa: UP007
    name: str | None
    body: tuple[Statement, ...]


class Try(_Statement, frozen=True, tag="try"):
    """`try: body except ...: else: orelse finally: finalbody`."""

    body: tuple[Statement, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Statement, ...]
    finalbody: tuple[Statement, ...]


class For(_Statement, frozen=True, tag="for"):
    """`for target in iterable: body else: orelse`."""

    target: Expression
    iterable: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class While(_Statement, frozen=True, tag="while"):
    """`while test: body else: orelse`."""

    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class WithItem(msgspec.Struct, frozen=True, array_like=True):
    """One context manager of a with statement."""

    context: Expression
    target: Union[Expression, None]  # noqa: UP007


class With(_Statement, frozen=True, tag="with"):
    """`with items: body`."""

    items: tuple[WithItem, ...]
    body: tuple[Statement, ...]


class Binding(msgspec.Struct, frozen=True, array_like=True):
    """One name bound by an import: `import a.b` binds `a` to `a`; `from m import n as k` binds `k` to `m.n`."""

    name: str
    target: str


class Import(_Statement, frozen=True, tag="import"):
    """An import statement. `modules` are what must be importable; `level` counts leading dots; `star` marks `*`."""

    bindings: tuple[Binding, ...]
    modules: tuple[str, ...]
    level: int = 0
    star: bool = False


class Evaluate(_Statement, frozen=True, tag="expr"):
    """An expression statement."""

    value: Expression


class Assert(_Statement, frozen=True, tag="assert"):
    """`assert test, message`."""

    test: Expression
    message: Union[Expression, None]  # noqa: UP007


class Function(_Statement, frozen=True, tag="def"):
    """A function definition; `returns` is its annotation, `decorators` outermost first."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Union[Expression, None]  # noqa: UP007
    decorators: tuple[Expression, ...]
    body: tuple[Statement, ...]


class Class(_Statement, frozen=True, tag="class"):
    """A class definition without its body."""

    name: str
    bases: tuple[Expression, ...]


class Jump(_Statement, frozen=True, tag="jump"):
    """`break`, `continue` or `pass`, told by `kind`."""

    kind: str


class Declare(_Statement, frozen=True, tag="global"):
    """`global` or `nonlocal` names."""

    names: tuple[str, ...]


class Unread(_Statement, frozen=True, tag="?"):
    """A statement that is seen and not understood (del, match, ...); `names` are those it may bind."""

    kind: str
    names: tuple[str, ...] = ()


Statement = Union[  # noqa: UP007
    Assign,
    Augment,
    If,
    Return,
    Raise,
    Try,
    For,
    While,
    With,
    Import,
    Evaluate,
    Assert,
    Function,
    Class,
    Jump,
    Declare,
    Unread,
]
