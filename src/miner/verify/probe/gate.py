"""One look at one gate or predicate of a library, under the machine that this process wears: what happens, and where.

A target is plain data::

    {"module": "pkg.quantizers.fp8", "qualname": "Fp8Quantizer.validate_environment",
     "again": [["pkg.utils", 163, 163], ...],      # statements that asked the machine when they were imported
     "statement": ["pkg.utils", "FLAG"],           # a flag, which the statements that set it are run for
     "path": "pkg/quantizers/fp8.py", "site": [58, 60], "guard": [57, 57] | null,
     "decorated": false,                           # the effect comes before the body of the function is entered
     "called": {"0": "2.6"},                       # of a predicate: constants by position or keyword
     "unknown": "there" | "none",                  # what stands for arguments and attributes of which nothing is said
     "how": "bare" | "new", "constructor": {...}, "arguments": {...}, "attributes": {...}}

An argument `{"$fields": {"use_x": true}}` stands in for an object with these attributes.

A gate is followed line by line in its own file: its *effect* came when a line of `site` ran; it was *passed* when its
guard, or without one its site, was left by another way. At that moment the look is over, so that nothing of what a gate
guards is ever done.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import inspect
import linecache
import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, ModuleType
from typing import Any

from .receiver import call_of

_TEXT = 4000
_MOST_SAID = 8


class _Enough(BaseException):
    """The gate was passed, or its effect came: nothing more is asked."""


def look(target: dict[str, Any], forget: Callable[[], None], keep: Callable[[], None]) -> dict[str, Any]:
    """Return what happened: `outcome` and, as far as there are, `value`, `exception`, `message`, `line`.

    `keep` is called when what was asked on import has been asked again, which is the target's own; `forget` when a
    guard is reached: what was asked before it belongs to other gates.

    Outcomes: `answered` (value), `effect`, `passed`, `broke` (an exception in the guard), `unreached`, `missing` (no
    such object), `raised` (of what has no site).
    """
    touched: dict[ModuleType, dict[str, Any]] = {}
    try:
        return _looked(target, forget, keep, touched)
    finally:
        for module, before in touched.items():
            vars(module).clear()
            vars(module).update(before)


def _looked(
    target: dict[str, Any],
    forget: Callable[[], None],
    keep: Callable[[], None],
    touched: dict[ModuleType, dict[str, Any]],
) -> dict[str, Any]:
    """Look at a target; `touched` receives the modules whose statements are run again, as they were."""

    def module_of(name: str) -> ModuleType:
        module = importlib.import_module(name)
        touched.setdefault(module, dict(vars(module)))
        return module

    try:
        for module, start, end in target.get("again", ()):
            _run_again(module_of(module), start, end)
        keep()
        if "statement" in target:
            module, name = target["statement"]
            return {"outcome": "answered", **_answer(_set_again(module_of(module), name)[name])}
        home = module_of(target["module"])
        if target.get("site") is not None:
            _import_again(home)
        subject, owner = _resolve(target)
    except Exception as error:  # noqa: BLE001  whatever a module does on its import
        return {"outcome": "missing", **told_of(error)}
    if target.get("site") is None:
        return _asked(subject, target.get("called", {}))
    return {**_followed(subject, owner, target, forget), "held": _held(home)}


def _import_again(module: ModuleType) -> None:
    """Run the guarded imports at the top of a module again, for what this machine has and the real one has not."""
    path = str(module.__file__)
    for each in _statements(path):
        if isinstance(each, ast.If | ast.Try) and any(
            isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(each)
        ):
            for name in _imports(each):
                vars(module).pop(name, None)  # what this machine does not import is not there
            with contextlib.suppress(Exception):
                exec(compile(ast.Module([each], []), path, "exec"), vars(module))  # noqa: S102  its own statement


def _imports(block: ast.stmt) -> Iterator[str]:
    """Yield the names that the imports within a block bind."""
    for node in ast.walk(block):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _held(module: ModuleType) -> list[str]:
    """Return the packages that a module has imported and that the machine does not have: no real one is like that."""
    names = {value.__name__.partition(".")[0] for value in vars(module).values() if isinstance(value, ModuleType)}
    return sorted(name for name in names if name not in sys.modules)


def _asked(subject: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    positional = [value for name, value in sorted(arguments.items()) if name.isdigit()]
    named = {name: value for name, value in arguments.items() if not name.isdigit()}
    try:
        return {"outcome": "answered", **_answer(subject(*positional, **named) if callable(subject) else subject)}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  whatever a predicate raises is its answer
        return {"outcome": "raised", **told_of(error)}


def _answer(value: Any) -> dict[str, Any]:
    return {"value": bool(value), "shown": repr(value)[:200]}


def told_of(error: BaseException) -> dict[str, Any]:
    """Return the type and the text of an exception."""
    return {"exception": type(error).__name__, "message": str(error)[:_TEXT]}


def read_ahead(path: str) -> None:
    """Read what the statements at the top of a file set and ask, once for all looks of processes that come of this."""
    for each in _statements(path):
        _named(each, ast.Store)
        _named(each, ast.Load)


def _run_again(module: ModuleType, start: int, end: int) -> None:
    """Run the statements at the top of a module once more that set what those of these lines set, in its namespace."""
    top = _statements(str(module.__file__))
    _run_setters(module, {name for each in top if each.lineno <= end and start <= _end(each) for name in _sets(each)})


def _set_again(module: ModuleType, name: str) -> dict[str, Any]:
    """Run the statements that set a name, and before them those that set what they read, and return the namespace."""
    top = _statements(str(module.__file__))
    wanted, known = {name}, set[str]()
    while known != wanted:
        known = set(wanted)
        wanted |= {read for each in top if wanted & _sets(each) for read in _named(each, ast.Load)}
    _run_setters(module, wanted)
    return vars(module)


def _run_setters(module: ModuleType, names: set[str]) -> None:
    path = str(module.__file__)
    for each in _statements(path):
        if names & _sets(each):
            code = compile(ast.Module([each], []), path, "exec")
            exec(code, vars(module))  # noqa: S102  the library's own statement


@functools.cache
def _statements(path: str) -> tuple[ast.stmt, ...]:
    """Return the statements at the top of a file that are no definitions."""
    body = ast.parse("".join(linecache.getlines(path))).body
    return tuple(each for each in body if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))


def _end(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _sets(statement: ast.stmt) -> frozenset[str]:
    """Return the names that a statement assigns to at the top of its module, in whatever branch."""
    return _named(statement, ast.Store)


@functools.cache
def _named(statement: ast.stmt, context: type[ast.expr_context]) -> frozenset[str]:
    """Return the names that a statement sets, or reads, at the top of its module."""
    found: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, context):
            found.add(node.id)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.ListComp):
            waiting.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def _resolve(target: dict[str, Any]) -> tuple[Any, Any]:
    """Return the object that a target names, and the class that holds it, if any."""
    found: Any = importlib.import_module(target["module"])
    owner: Any = None
    for part in target["qualname"].split("."):
        owner, found = found, inspect.getattr_static(found, part)
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    wrapped = getattr(found, "func", None)
    if not callable(found) and callable(wrapped):  # a cached property
        found = wrapped
    return found, owner if inspect.isclass(owner) else None


class _Follower:
    """Notes which lines of a gate ran, and ends the look when it is decided."""

    def __init__(
        self, path: str, site: list[int], guard: list[int] | None, body: CodeType | None, forget: Callable[[], None]
    ) -> None:
        self.effect = False
        self.guarded: FrameType | None = None
        self.left = False
        self.line = 0
        self._raising: FrameType | None = None
        self._path = path
        self._site = range(site[0], site[1] + 1)
        self._guard = range(guard[0], guard[1] + 1) if guard is not None else self._site
        self._is_direct = guard is None
        self._known: dict[CodeType, bool] = {}
        self._body = body
        self._forget = forget

    def __call__(self, frame: FrameType, _event: str, _: Any) -> Any:
        code = frame.f_code
        if self._body is not None:
            return self._entered if code is self._body else None
        is_here = self._known.get(code)
        if is_here is None:
            is_here = self._known[code] = code.co_filename.endswith(self._path)
        return self._line if is_here else None

    def _entered(self, *_: Any) -> Any:
        self.left = True
        raise _Enough

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        number = frame.f_lineno
        if event == "exception":
            self._raising = frame
            return self._line
        if event == "return":
            if self.guarded is frame and not self.effect:
                self.left = number not in self._guard or self._raising is not frame
            return self._line
        self._raising = None
        self.line = number
        if number in self._guard:
            if self.guarded is None:
                self._forget()
            self.guarded = frame
        if number in self._site:
            self.effect = not self._is_direct
        elif frame is self.guarded and number not in self._guard:
            if self.effect:
                raise _Enough
            if not min(self._guard.stop, self._site.start) <= number < max(self._guard.start, self._site.start):
                self.left = True
                raise _Enough
        return self._line


def _followed(subject: Any, owner: Any, target: dict[str, Any], forget: Callable[[], None]) -> dict[str, Any]:
    body = inspect.unwrap(subject).__code__ if target.get("decorated") else None
    follower = _Follower(target["path"], target["site"], target.get("guard"), body, forget)
    error: BaseException | None = None
    said: list[str] = []
    with warnings.catch_warnings(record=True) as warned, heard(said):
        warnings.simplefilter("always")
        try:
            call = call_of(subject, owner, target)
            sys.settrace(follower)
            try:
                call()
            finally:
                sys.settrace(None)
        except MemoryError:
            raise
        except _Enough:
            pass
        except BaseException as problem:  # noqa: BLE001  the exception is what is looked for
            error = problem
    told = {} if error is None else told_of(error)
    outcome = _outcome(follower, error, target)
    if error is not None and (_is_stated(error, target) or (outcome == "effect" and target.get("guard") is None)):
        told["at_site"] = True
    said += [str(each.message) for each in warned]
    return {"outcome": outcome, "line": follower.line, "said": shortened(said), **told}


def shortened(said: list[str]) -> list[str]:
    """Return the last of the texts, none too long."""
    return [each[:_TEXT] for each in said[-_MOST_SAID:]]


@contextlib.contextmanager
def heard(said: list[str]) -> Iterator[None]:
    """Note what is logged in the meantime, whatever the level and whoever listens."""
    log = logging.Logger._log

    def note(self: logging.Logger, level: int, message: object, *args: Any, **options: Any) -> None:
        said.append(str(message))
        log(self, level, message, *args, **options)

    logging.Logger._log = note  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        logging.Logger._log = log  # type: ignore[method-assign]


def _outcome(follower: _Follower, error: BaseException | None, target: dict[str, Any]) -> str:
    if follower.effect:
        return "effect"
    if target.get("decorated"):
        return "passed" if follower.left else "unreached" if error is None else "effect"
    if follower.guarded is None:
        return "unreached"
    if follower.left:
        return "passed"
    if error is None:
        return "passed"
    guard = target.get("guard")
    start, end = guard if guard is not None else target["site"]
    if not any(start <= line <= end for line in _lines(error, target["path"])):
        return "passed"
    return "broke" if guard is not None else "effect"  # without a guard: a call that raises where its need is not met


def _is_stated(error: BaseException, target: dict[str, Any]) -> bool:
    """Say whether a site is nothing but the `raise` that raised an exception."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is None or not step.tb_frame.f_code.co_filename.endswith(target["path"]):
        return False
    start, end = target["site"]
    line = linecache.getline(step.tb_frame.f_code.co_filename, start).lstrip()
    return start <= step.tb_lineno <= end and line.startswith("raise")


def _lines(error: BaseException, path: str) -> Iterator[int]:
    """Yield the lines of a file that an exception went through, from the outside."""
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.endswith(path):
            yield step.tb_lineno
        step = step.tb_next
