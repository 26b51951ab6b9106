"""What is known on a path decides atoms about the same subject."""

from __future__ import annotations

from miner.formula.atom import Device, Environment, Module, Package
from miner.formula.connective import Any, Not, conjunction, disjunction
from miner.link.meaning import interval
from miner.link.meaning.fact import Facts, implies
from miner.link.meaning.tree import decide, inwards


def torch(*constraints: tuple[str, str], base: bool = False) -> Module:
    return Module(module="torch", version=constraints, base=base)


def test_versions_of_one_subject():
    """A narrower range decides a wider one, and rules out a disjoint one."""
    facts = Facts().with_fact(torch((">=", "2.6")))
    assert facts.simplify(torch()) is True
    assert facts.simplify(torch((">=", "2.2"))) is True
    assert facts.simplify(torch(("<", "2.6"))) is False
    assert facts.simplify(torch((">=", "2.9"))) == torch((">=", "2.9"))
    assert facts.simplify(torch(("<", "2.6"), base=True)) is False


def test_absence_is_not_a_lower_version():
    """That a range is not met says something of the version only where the subject is there."""
    below = Facts().with_fact(torch((">=", "2.6")), holds=False)
    assert below.simplify(torch(("<", "2.6"))) == torch(("<", "2.6"))
    assert below.with_fact(torch()).simplify(torch(("<", "2.6"))) is True


def test_importable_is_not_installed():
    """A module does not say that the distribution of its name is installed, nor the other way round."""
    package = Package(package="torch")
    assert Facts().with_fact(torch()).simplify(package) == package
    assert Facts().with_fact(package).simplify(torch()) == torch()


def test_environment_variables():
    """A value says that the variable is set, and rules out other values."""
    facts = Facts().with_fact(Environment(env="A", value="1"))
    assert facts.simplify(Environment(env="A")) is True
    assert facts.simplify(Environment(env="A", value="0")) is False


def test_what_every_alternative_requires_is_known():
    """One of several alternatives holds, so what all of them say holds."""
    cuda, xpu = Device(device="cuda"), Device(device="xpu")
    facts = Facts().with_fact(Any((conjunction(torch((">=", "2.6")), cuda), conjunction(torch((">=", "2.7")), xpu))))
    assert facts.simplify(torch()) is True
    assert implies(disjunction(conjunction(cuda, xpu), cuda), cuda)


def test_decisions_stay_short():
    """A decision leaves out what its arms say already."""
    a, b = Device(device="a"), Device(device="b")
    assert decide(a, b, False) == conjunction(a, b)
    assert decide(a, True, b) == disjunction(a, b)
    assert decide(torch(), torch((">=", "2.6")), False) == torch((">=", "2.6"))
    assert inwards(Not(conjunction(a, Not(b)))) == disjunction(Not(a), b)


def test_intervals():
    """Sets of versions are complemented and intersected."""
    chosen = interval.versions((("!=", "1.0"),))
    assert interval.complement(chosen) == interval.versions((("==", "1.0"),))
    assert interval.versions((("~=", "1.0"),)) is None
    assert interval.major(interval.versions(((">=", "2"), ("<", "3")))) == 2
    assert interval.major(interval.versions(((">=", "2"), ("<=", "3")))) is None
    assert interval.major(interval.EVERY) is None


def test_a_floor_of_base_versions_is_one_of_all_their_releases():
    """`2.7.dev1` has the base version 2.7: so 2.6 is reached where that is, and 2.7 itself may not be."""
    facts = Facts().with_fact(torch((">=", "2.7"), base=True))
    assert facts.simplify(torch((">=", "2.6"))) is True
    assert facts.simplify(torch((">=", "2.7.dev0"))) is True
    assert facts.simplify(torch((">=", "2.7"))) == torch((">=", "2.7"))
    assert facts.simplify(torch(("<", "2.6"))) is False


def test_what_base_versions_are_below_their_releases_are_below():
    """A release of 2.7 after 2.7 itself is above it."""
    below = Facts().with_fact(torch(("<", "2.7"), base=True))
    assert below.simplify(torch(("<", "2.7"))) is True
    assert below.simplify(torch((">=", "2.7.dev0"))) is False
    upto = Facts().with_fact(torch(("<=", "2.7"), base=True))
    assert upto.simplify(torch(("<=", "2.7"))) == torch(("<=", "2.7"))
