"""Short human text of a formula, on one line: `torch >= 2.6.0 and PIL and not cuda`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.formula.atom import (
    Atom,
    Binary,
    ComputeCapability,
    Constraints,
    Device,
    DeviceCount,
    Driver,
    Environment,
    Feature,
    Memory,
    Module,
    Opaque,
    OperatingSystem,
    Package,
    Parameter,
    Predicate,
    Python,
    Rocm,
    SameRelease,
    Toolkit,
)
from miner.formula.connective import All, Any, Formula, Not

_ANY_CASE = " (any case)"
HANDLED = "through except"
"""How the reason ends of what is not understood because an exception leads there."""
_EXCEPTIONS = re.compile(r"[\w.]+|\([\w., ]+\)")
_AFFIRMED = {"is not": "is", "!=": "==", "not in": "in"}
_REFUSED = re.compile(r"(?P<left>[\w.]+) (?P<operator>is not|!=|not in) (?P<right>[\w.]+|'[^']*'|\"[^\"]*\")")
"""A comparison that says what must not be: negated, it says what must be."""


def render(f: Formula) -> str:
    """Return `f` as one line for people; line breaks and control characters of mined text are escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in _render(f))


def _render(f: Formula) -> str:
    match f:
        case bool():
            return "always" if f else "never"
        case All(parts):
            return " and ".join(dict.fromkeys(_listed(parts, negated=True))) or "always"
        case Any(parts):
            return " or ".join(dict.fromkeys(_listed(parts, negated=False))) or "never"
        case Not(Opaque(opaque=words)) if (refused := _REFUSED.fullmatch(words)) is not None:
            return f"[{refused['left']} {_AFFIRMED[refused['operator']]} {refused['right']}]"
        case Not(part):
            inner = _render(part)
            return f"not {inner}" if " " not in inner or isinstance(part, Opaque) else f"not ({inner})"
        case _:
            return _versioned(f)


def _listed(parts: tuple[Formula, ...], *, negated: bool) -> Iterator[str]:
    """Yield the parts of a junction, the values that one variable or argument is compared with together."""
    values: dict[str, list[str]] = {}
    for part in parts:
        if (pair := _value(part, negated=negated)) is not None:
            values.setdefault(pair[0], []).append(pair[1])
    told: set[str] = set()
    for part in parts:
        name, _ = _value(part, negated=negated) or ("", "")
        several = values.get(name, [])
        if len(several) <= 1:
            yield _enclosed(part)
        elif name not in told:
            told.add(name)
            label = name.removesuffix(_ANY_CASE)
            yield f"{label} {'not in' if negated else 'in'} ({', '.join(several)}){name.removeprefix(label)}"


def _value(part: Formula, *, negated: bool) -> tuple[str, str] | None:
    """Return what a comparison compares, and with which value; `negated`: one that does not hold."""
    match part.part if negated and isinstance(part, Not) else part:
        case Environment(env=name, value=str(value), ignore_case=any_case) if isinstance(part, Not) is negated:
            return f"${name}{_ANY_CASE if any_case else ''}", repr(value)
        case Parameter(param=name, op="==", value=value) if isinstance(part, Not) is negated:
            return name, repr(value)
    return None


def _enclosed(f: Formula) -> str:
    return f"({_render(f)})" if isinstance(f, All | Any) and len(f.parts) > 1 else _render(f)


def _versioned(atom: Atom) -> str:
    match atom:
        case Package():
            return _compared(atom.package, atom.version)
        case Module():
            provided = f" (from {atom.distribution})" if atom.distribution not in (None, atom.module) else ""
            return _compared(f"{atom.module}{provided}", atom.version)
        case Python():
            return _compared("Python", atom.python)
        case Binary():
            return _compared(f"the program {atom.binary}", atom.version)
        case DeviceCount():
            return _compared(f"{atom.device or 'device'} count", atom.device_count)
        case ComputeCapability():
            return _compared(f"{atom.device or 'cuda'} capability", atom.compute_capability)
        case Toolkit():
            return _compared("a build for CUDA", atom.cuda)
        case Rocm():
            return _compared("a build for ROCm", atom.rocm)
        case Driver():
            return _compared("driver", atom.driver)
        case Memory():
            return _compared("device memory in GiB", atom.memory_gib)
        case _:
            return _unversioned(atom)


def _unversioned(atom: Atom) -> str:
    match atom:
        case Predicate():
            return f"{atom.predicate}({', '.join(map(repr, atom.args))})"
        case Feature(feature=name) | OperatingSystem(os=name) | Device(device=name):
            return name
        case SameRelease():
            return f"{' and '.join(atom.same_release)} agree in {atom.digits} numbers"
        case Environment(key=str(key)):
            return f"${atom.env}[{key!r}]" + (" is true" if atom.is_true else "")
        case Environment():
            any_case = _ANY_CASE if atom.ignore_case else ""
            return f"${atom.env}" if atom.value is None else f"${atom.env} == {atom.value!r}{any_case}"
        case Parameter():
            return atom.param if atom.op is None else f"{atom.param} {atom.op} {atom.value!r}"
        case Opaque(opaque=words, reason=reason) if reason.endswith(HANDLED) and _EXCEPTIONS.fullmatch(words):
            return f"[{'any exception' if words == 'True' else words} is handled]"
        case Opaque():
            return f"[{' '.join(atom.opaque.split())}]"
        case _:
            raise AssertionError(f"not an atom: {atom!r}")


def _compared(name: str, constraints: Constraints) -> str:
    return f"{name} {', '.join(f'{operator} {bound}' for operator, bound in constraints)}".rstrip()
