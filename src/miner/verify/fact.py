"""The facts of a machine that formulas are about, in the words of the probes: `module:torch`, `device:cuda`, ..."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.utils import canonicalize_name

from miner.formula import atom as fa
from miner.formula.atom import Atom
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.verify import programs
from miner.verify.state import Distributions, provider


def ruled(formulas: Iterable[Formula], distributions: Distributions) -> set[str]:
    """Return the facts that a machine has to settle for formulas to be true or false on it."""
    return {fact for formula in formulas for atom in atoms(formula) for fact in _facts(atom, distributions)}


def explained(formulas: Iterable[Formula], distributions: Distributions) -> set[str]:
    """Return the facts that formulas explain being asked for: of a module without a version, no metadata."""
    return {
        fact
        for formula in formulas
        for atom in atoms(formula)
        for fact in _facts(atom, distributions)
        if not (_is_bare(atom) and fact.startswith("package:"))
    }


def _is_bare(atom: Atom) -> bool:
    return isinstance(atom, fa.Module) and not (atom.version or atom.distribution)


def _facts(atom: Atom, distributions: Distributions) -> Iterable[str]:
    match atom:
        case fa.Package(package=name):
            yield f"package:{canonicalize_name(name)}"
        case fa.Module(module=name):
            parts = name.split(".")
            yield f"import:{parts[0]}"
            yield from (f"module:{'.'.join(parts[:end])}" for end in range(1, len(parts) + 1))
            yield f"package:{provider(name, distributions)}"
            yield f"package:{canonicalize_name(parts[0])}"
        case fa.Device(device=kind):
            yield from (f"device:{kind}", f"count:{kind}", "device:any", "count:any")
        case fa.DeviceCount(device=kind) | fa.ComputeCapability(device=kind):
            own = kind or "cuda"
            yield from (f"{fact}:{own}" for fact in ("device", "count", "capability"))
            yield from ("device:any", "count:any")
        case fa.Memory():
            yield from (f"{fact}:cuda" for fact in ("device", "count", "capability", "memory"))
        case fa.Toolkit():
            yield "toolkit:cuda"
        case fa.Rocm():
            yield "toolkit:hip"
        case fa.Environment(env=name):
            yield f"env:{name}"
        case fa.OperatingSystem():
            yield "os"
        case fa.Binary(binary=name):
            yield f"binary:{name}"
            yield from (f"env:{variable}" for variable in programs.variables(name))
        case fa.Feature(feature=name):
            yield f"feature:{name}"
            for path in (name.partition(" == ")[2], fa.question(name).partition("(")[0]):
                parts = path.split(".")
                for end in range(2, len(parts) + 1):
                    yield from (f"{kind}:{'.'.join(parts[:end])}" for kind in ("feature", "attribute"))
            if name.endswith(")") and len(parts) > 1:  # `torch.cuda.is_bf16_supported()` looks at the device
                yield from (f"device:{parts[-2]}", f"capability:{parts[-2]}")
