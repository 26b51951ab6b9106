"""Canonical, disjunctive and JSON forms keep the meaning of every formula."""

from __future__ import annotations

import functools
import random
import zlib

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from packaging.version import Version

from miner.formula.atom import (
    ComputeCapability,
    Device,
    DeviceCount,
    Environment,
    Module,
    Opaque,
    Package,
    Parameter,
    Predicate,
    Python,
)
from miner.formula.canonical import canonical
from miner.formula.connective import All, Any, Not
from miner.formula.disjunctive import atoms, disjunctive, literals, subjects, substitute
from miner.formula.evaluate import evaluate, holds, value
from miner.formula.gate import split
from miner.formula.notation import from_json, schema, text, to_json
from miner.formula.text import render
from miner.formula.threshold import points
from miner.formula.vantage import TOP, At
from miner.machine.record import Accelerator, Machine

quick = settings(deadline=None, max_examples=250)

VERSIONS = ("2.0", "2.0.0", "2.5.1", "2.6", "2.6.0", "2.6.0rc1", "2.6.0+cu124", "3")
OPERATORS = ("==", "!=", "<", "<=", ">", ">=")

bounds = st.lists(st.tuples(st.sampled_from(OPERATORS), st.sampled_from(VERSIONS)), max_size=2).map(tuple)
numbers = st.lists(st.tuples(st.sampled_from(OPERATORS), st.sampled_from(("1", "2", "4"))), max_size=2).map(tuple)
scalars = st.sampled_from((None, True, False, 0, 1, 0.0, 1.0, -0.0, "1", 10**30, "\u2028", "\ud800"))

packages = st.builds(Package, package=st.sampled_from(("torch", "numpy")), version=bounds, base=st.booleans())
modules = st.builds(
    Module,
    module=st.sampled_from(("torch", "PIL")),
    version=bounds,
    distribution=st.sampled_from((None, "torch")),
    base=st.booleans(),
)
unread = st.builds(
    Package, package=st.just("torch"), version=st.sampled_from(((("~=", "2.6"),), ((">=", "2.6.*"), (">=", "2.0"))))
)
hardware = st.one_of(
    st.builds(Python, python=bounds),
    st.builds(Device, device=st.sampled_from(("cuda", "xpu"))),
    st.builds(DeviceCount, device_count=numbers, device=st.sampled_from((None, "cuda"))),
    st.builds(ComputeCapability, compute_capability=bounds, device=st.sampled_from((None, "cuda", "rocm"))),
)
free = st.one_of(
    st.builds(Environment, env=st.just("DEBUG"), value=st.sampled_from((None, "1", "true"))),
    st.builds(Parameter, param=st.just("bf16"), of=st.just("m.f"), op=st.sampled_from((None, "==")), value=scalars),
    st.builds(Predicate, predicate=st.just("is_fast"), args=st.lists(scalars, max_size=2).map(tuple)),
    st.builds(Opaque, opaque=st.sampled_from(("f(x)", "g(y)")), reason=st.just("call")),
)


def formulas(leaves):
    return st.recursive(
        st.one_of(st.booleans(), leaves),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, max_size=4).map(lambda parts: All(tuple(parts))),
            st.lists(inner, max_size=4).map(lambda parts: Any(tuple(parts))),
        ),
        max_leaves=12,
    )


versioned = formulas(st.one_of(packages, modules, hardware))
mixed = formulas(st.one_of(packages, modules, unread, hardware, free))

fact = st.sampled_from((False, *VERSIONS, "1.9", "2.5", "2.6.0.dev1", "2.7", "4"))


def machines(fact=fact, complete=("packages", "modules", "devices", "env")):
    return st.builds(
        Machine,
        name=st.just("described"),
        packages=st.fixed_dictionaries({"torch": fact, "numpy": fact, "pillow": fact}),
        modules=st.fixed_dictionaries({"torch": st.sampled_from(("torch", False)), "PIL": st.just("pillow")}),
        python=st.sampled_from(VERSIONS),
        devices=st.lists(
            st.builds(
                Accelerator,
                kind=st.sampled_from(("cuda", "xpu", "rocm")),
                count=st.integers(0, 5),
                capability=st.sampled_from(VERSIONS),
            ),
            max_size=2,
            unique_by=lambda device: device.kind,
        ).map(tuple),
        env=st.dictionaries(st.just("DEBUG"), st.sampled_from(("1", "true", "no", False)), max_size=1),
        complete=st.just(complete),
    ).map(with_metadata)


def with_metadata(machine):
    """Return a machine on which what is importable has a distribution, so that its version is a fact."""
    provided = {name: by if by and machine.packages[by] else False for name, by in machine.modules.items()}
    return structs.replace(machine, modules=provided)


@functools.cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema())


def shuffled(f, chance):
    match f:
        case All(parts) | Any(parts):
            mixed_up = [shuffled(part, chance) for part in parts]
            chance.shuffle(mixed_up)
            return type(f)(tuple(mixed_up))
        case Not(part):
            return Not(shuffled(part, chance))
        case _:
            return f


def valuation(machine, truths):
    """Facts decide where they are known; the rest takes arbitrary truth values, the same for the same atom."""

    def decide(atom):
        known = holds(atom, machine)
        return truths[zlib.crc32(text(atom).encode()) % len(truths)] if known is None else known

    return decide


truth_tables = st.lists(st.booleans(), min_size=7, max_size=7)


@quick
@given(versioned, machines())
def test_canonical_keeps_the_value_on_every_machine(f, machine):
    assert evaluate(canonical(f), machine) is evaluate(f, machine)


@quick
@given(formulas(free), truth_tables, st.sampled_from(("1", "true", "no", False)))
def test_canonical_keeps_the_truth_table_of_atoms_without_versions(f, truths, setting):
    machine = Machine(name="described", env={"DEBUG": setting})
    assert value(canonical(f), valuation(machine, truths)) is value(f, valuation(machine, truths))


@quick
@given(mixed, machines(st.sampled_from((True, False, "2.5", "not a version")), complete=()))
def test_canonical_never_loses_what_is_known_where_facts_are_missing(f, machine):
    before = evaluate(f, machine)
    assert before is None or evaluate(canonical(f), machine) is before


@quick
@given(mixed)
def test_canonical_is_idempotent_and_never_larger(f):
    once = canonical(f)
    assert text(canonical(once)) == text(once)
    assert len(literals(once)) <= sum(1 for _ in iter_leaves(f))


@quick
@given(mixed, st.integers())
def test_canonical_is_the_same_in_every_order(f, seed):
    assert text(canonical(shuffled(f, random.Random(seed)))) == text(canonical(f))


@quick
@given(versioned, machines())
def test_the_negation_of_the_canonical_form_is_the_negation(f, machine):
    known = evaluate(f, machine)
    expected = None if known is None else not known
    assert evaluate(canonical(Not(canonical(f))), machine) is expected


@quick
@given(mixed)
def test_negation_twice_changes_nothing(f):
    assert text(canonical(Not(Not(f)))) == text(canonical(f))


@quick
@given(mixed)
def test_json_goes_there_and_back_exactly_and_matches_the_schema(f):
    written = to_json(f)
    assert repr(from_json(written)) == repr(f)
    validator().validate(written)
    assert repr(from_json(to_json(canonical(f)))) == repr(canonical(f))
    validator().validate(to_json(canonical(f)))


@quick
@given(versioned, machines())
def test_the_disjunctive_form_has_the_same_value(f, machine):
    terms = disjunctive(f, limit=200)
    if terms is not None:
        assert evaluate(Any(tuple(All(term) for term in terms)), machine) is evaluate(f, machine)


@quick
@given(formulas(st.one_of(packages, modules, hardware, free)), machines(), truth_tables)
def test_what_is_needed_says_neither_more_nor_less_than_the_condition(f, machine, truths):
    """A place is reached exactly where some need is not met while it counts, or where no environment decides."""
    found = split(f)
    if not found.whole:
        return
    reached = Any((*(All((when, Not(needs))) for needs, when in found.records), found.calls))
    decide = valuation(machine, truths)
    assert value(reached, decide) is value(f, decide)


@quick
@given(mixed, st.integers(0, 20))
def test_the_disjunctive_form_keeps_its_limit_and_holds_only_literals(f, limit):
    terms = disjunctive(f, limit=limit)
    for term in terms or ():
        assert all(not isinstance(each, bool | All | Any) for each in term)
        assert not any(isinstance(each, Not) and isinstance(each.part, Not | All | Any | bool) for each in term)
    assert terms is None or len(terms) <= limit


@quick
@given(mixed)
def test_the_canonical_form_speaks_of_nothing_new(f):
    assert set(subjects(canonical(f))) <= set(subjects(f))
    assert {type(atom) for atom in atoms(canonical(f))} <= {type(atom) for atom in atoms(f)}


@quick
@given(mixed, machines())
def test_substituting_known_values_leaves_what_is_unknown(f, machine):
    def known(atom):
        decided = holds(atom, machine)
        return atom if decided is None else decided

    left = substitute(f, known)
    assert all(holds(atom, machine) is None for atom in atoms(left))
    assert evaluate(f, machine) is None or canonical(left) is evaluate(f, machine)


releases = st.lists(st.integers(0, 12), min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))
comparisons = st.lists(st.tuples(st.sampled_from(OPERATORS), releases), min_size=1, max_size=3).map(tuple)


@quick
@given(st.lists(comparisons, min_size=1, max_size=3), releases)
def test_some_point_answers_as_any_release_does(several, release):
    """Nothing changes between two thresholds, so that the points stand for all releases."""
    gates = [Package(package="torch", version=listed) for listed in several]
    (found,) = points(All(tuple(gates)))

    def answers(version):
        return [evaluate(gate, At(TOP, "torch", version)) for gate in gates]

    assert answers(release) in [answers(version) for version in found.versions]
    assert list(found.versions) == sorted(found.versions, key=Version)


@quick
@given(mixed)
def test_text_is_one_printable_line(f):
    assert render(f).isprintable()


def iter_leaves(f):
    match f:
        case All(parts) | Any(parts):
            for part in parts:
                yield from iter_leaves(part)
        case Not(part):
            yield from iter_leaves(part)
        case _:
            yield f


@pytest.mark.parametrize("wrong", [{}, {"all": [], "any": []}, {"package": "a", "extra": 1}, None, 3, "a", [True]])
def test_the_schema_refuses_what_the_reader_refuses(wrong):
    assert not validator().is_valid(wrong)
    with pytest.raises(ValueError, match="not a formula at"):
        from_json(wrong)
