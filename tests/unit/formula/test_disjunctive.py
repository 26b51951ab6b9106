"""Formulas come apart into atoms, literals, subjects and conjunctions."""

from __future__ import annotations

from miner.formula.atom import (
    ComputeCapability,
    Device,
    Environment,
    Module,
    Opaque,
    Package,
    Parameter,
    Predicate,
    Python,
    SameRelease,
)
from miner.formula.connective import All, Any, Not
from miner.formula.disjunctive import atoms, disjunctive, literals, subjects, substitute

CUDA, XPU, MPS = (Device(device=kind) for kind in ("cuda", "xpu", "mps"))


def test_atoms_and_literals_are_distinct_and_sorted():
    f = All((XPU, Not(Any((CUDA, XPU))), True))
    assert atoms(f) == (CUDA, XPU)
    assert literals(f) == (XPU, Not(CUDA), Not(XPU))


def test_substitution_folds_what_it_decides():
    f = All((CUDA, Not(XPU), MPS))
    assert substitute(f, lambda atom: atom == CUDA if atom != MPS else MPS) == MPS


def test_substitution_may_put_formulas_for_atoms():
    assert substitute(Not(CUDA), lambda atom: All((XPU, MPS))) == Not(All((XPU, MPS)))


def test_subjects_are_the_names_that_ids_use():
    f = All(
        (
            Module(module="PIL"),
            Not(CUDA),
            Package(package="torch"),
            Environment(env="WORLD_SIZE"),
            Python(python=()),
            Opaque(opaque="f(x)", reason="call"),
            Parameter(param="args.bf16", of="m.f"),
            Predicate(predicate="lib.utils.is_fast"),
            SameRelease(same_release=("torch", "torchvision"), digits=2),
            ComputeCapability(compute_capability=()),
        )
    )
    assert subjects(f) == (
        "PIL",
        "WORLD_SIZE",
        "args.bf16",
        "compute_capability",
        "cuda",
        "is_fast",
        "opaque",
        "python",
        "torch",
        "torchvision",
    )


def test_conjunctions_are_merged_sorted_and_free_of_contradictions():
    f = All((Any((CUDA, XPU)), Any((Not(CUDA), MPS))))
    assert disjunctive(f) == ((CUDA, MPS), (XPU, Not(CUDA)))  # which say together that mps and xpu do


def test_constants():
    assert disjunctive(True) == ((),)
    assert disjunctive(False) == ()
    assert disjunctive(Any((CUDA, Not(CUDA)))) == ((),)


def test_more_than_the_limit_is_none_and_stays_quick():
    pairs = [(Opaque(opaque=f"a{i}", reason=""), Opaque(opaque=f"b{i}", reason="")) for i in range(60)]
    assert disjunctive(All(tuple(Any(pair) for pair in pairs))) is None
    assert len(disjunctive(All(tuple(Any(pair) for pair in pairs[:4])), limit=16)) == 16
    assert disjunctive(All(tuple(Any(pair) for pair in pairs[:4])), limit=15) is None
