"""The primitives that the idioms name: calls and attributes that ask the environment."""

from __future__ import annotations

from miner.detect.primitive import Primitive
from miner.formula.atom import Binary, Device, Environment, Feature, Module, Opaque, Package, Rocm, Toolkit
from miner.link.meaning.compare import ACCELERATOR
from miner.link.meaning.context import Context
from miner.link.meaning.tree import choose
from miner.link.meaning.value import (
    FALSE,
    NONE,
    Accelerator,
    Argument,
    Constant,
    Count,
    DistributionOf,
    Document,
    External,
    Index,
    Metadata,
    NamedDevice,
    Output,
    Parsed,
    Platform,
    Properties,
    Raised,
    Release,
    Series,
    Spec,
    Subject,
    Table,
    Truth,
    Unknown,
    Value,
    Variable,
)

Positional = tuple[Value, ...]
_NOT_FOUND = "PackageNotFoundError"
_RAISING = frozenset({"version", "metadata"})
"""What raises for a distribution that is not there, which counts in a `try` whatever its name is."""
PROCESS = "asks about the process, not the machine"


def attribute(context: Context, path: str) -> Value:
    """Return what a dotted name outside the programs is, when it is not called."""
    if path.endswith(".__version__") and path.count(".") >= 1:
        module = path.removesuffix(".__version__")
        return Release(Subject("module", module.removesuffix(".version")))
    found = context.idioms.primitive(path)
    if found is None:
        return External(path)
    match found[0].kind:
        case "false":
            return FALSE
        case "python-tuple":
            return Release(Subject("python"), "release", -1)
        case "os-name":
            return Platform()
        case "toolkit":
            return choose(Toolkit(cuda=()), Release(Subject("cuda")), NONE)
        case "rocm":
            return choose(Rocm(rocm=()), Release(Subject("rocm")), NONE)
        case "environ":
            return External("os.environ")
    return External(path)


def ask(context: Context, item: Primitive, subject: str | None, values: Positional, source: str) -> Value | None:
    """Return what a call of a primitive answers; None when its arguments are not understood."""
    match item.kind:
        case "device":
            return Truth(Device(device=subject or "cuda"))
        case "feature" | "answer":
            given = [repr(value.value) for value in values if isinstance(value, Constant)]
            asked = f"{subject}({', '.join(given)})"
            if len(given) < len(values):
                return None
            return Truth(Feature(feature=asked)) if item.kind == "feature" else External(asked, known="answer")
        case "count":
            return Count(subject or "cuda")
        case "accelerator":
            return choose(Device(device=ACCELERATOR), Accelerator(), NONE)
        case "properties":
            return Properties(subject or "cuda")
        case "capability":
            return Release(Subject("capability", subject or "cuda"), "release", 2)
        case "process":
            return Unknown(source, PROCESS)
        case "index":
            return Index()
        case "system":
            return Platform()
        case "python-text":
            return Release(Subject("python"))
        case "warn":
            context.trace.quirks["warns"] = None
            return NONE
    chosen = values[item.argument] if item.argument < len(values) else None
    if chosen is None:
        return None
    if item.kind == "import":
        return _imported(context, chosen, values, source)
    answer = _about(item.kind, chosen, values, source)
    if answer is None and item.kind in _RAISING and context.tries:
        found = Opaque(opaque=source, reason="a distribution whose name is not known")
        return choose(found, Unknown(source, "a call that is not understood"), Raised(_NOT_FOUND))
    return answer


def _about(kind: str, chosen: Value, values: Positional, source: str) -> Value | None:
    match kind:
        case "same":
            return chosen
        case "named-device":
            name = _text(chosen)
            return None if name is None else NamedDevice(name.partition(":")[0])
        case "spec":
            return _spec(chosen, values)
        case "version":
            return _version(chosen)
        case "metadata":
            name = _text(chosen)
            return None if name is None else choose(Package(package=name), Metadata(name), Raised(_NOT_FOUND))
        case "parse":
            return _parsed(chosen, source)
        case "json":
            return _document(chosen)
        case "which":
            name = _text(chosen)
            return None if name is None else choose(Binary(binary=name), Output(name), NONE)
        case "within":
            return chosen if isinstance(chosen, Output) and _is_of(chosen.program, values) else None
        case "exists":
            return Truth(Binary(binary=chosen.program)) if isinstance(chosen, Output) else None
        case "run":
            first = chosen.items[0] if isinstance(chosen, Series) and chosen.items else chosen
            name = _text(first)
            program = name.split()[0] if name and name.split() else None
            missing = Raised("FileNotFoundError")
            return None if program is None else choose(Binary(binary=program), Output(program), missing)
        case "read":
            name = _text(chosen)
            default = values[1] if len(values) > 1 else NONE
            return None if name is None else choose(Environment(env=name), Variable(name), default)
    return None


def _is_of(program: str, values: Positional) -> bool:
    """Say whether what is joined to a folder of a program, if anything, leads to the program itself."""
    return len(values) == 1 or _text(values[-1]) == program


def _text(value: Value) -> str | None:
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) and value.value else None


def _imported(context: Context, chosen: Value, values: Positional, source: str) -> Value | None:
    """Return the module that is imported by its name; the library that is read is there, and is not looked into."""
    name = _absolute(chosen, values)
    if name is None:
        return None
    if context.names.is_internal(name):
        return Unknown(source, "a module of the library itself")
    return choose(Module(module=name), External(name), Raised("ModuleNotFoundError"))


def _absolute(chosen: Value, values: Positional) -> str | None:
    """Return the name of a module; one that begins with a dot is relative to the package in the second argument."""
    name = _text(chosen)
    if name is None or not name.startswith("."):
        return name
    package = _text(values[1]) if len(values) > 1 else None
    return None if package is None else package + name


def _document(chosen: Value) -> Value | None:
    match chosen:
        case Variable(name, ""):
            return Document(name)
        case Constant("{}"):
            return Table(())
    return None


def _spec(chosen: Value, values: Positional) -> Value | None:
    name = _absolute(chosen, values)
    return None if name is None else Spec(name)


def _version(chosen: Value) -> Value | None:
    if isinstance(chosen, DistributionOf):
        return Release(Subject("module", chosen.module))
    name = _text(chosen)
    if name is None:
        return None
    return choose(Package(package=name), Release(Subject("package", name)), Raised(_NOT_FOUND))


def _parsed(chosen: Value, source: str) -> Value | None:
    match chosen:
        case Release(subject, "text" | "parsed", _, base):
            return Release(subject, "parsed", 0, base)
        case Release(subject, "base", _, _):
            return Release(subject, "parsed", 0, base=chosen.base)
        case Parsed():
            return chosen
        case Constant(str(text)):
            return Parsed(text) if any(c.isdigit() for c in text) else Raised("InvalidVersion")
        case Constant():
            return Raised("TypeError")
        case Argument():
            return chosen
    return Unknown(source, "a version that is not known")
