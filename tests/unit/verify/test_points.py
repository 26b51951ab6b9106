"""Machines on both sides of every atom, and what cannot be simulated."""

from __future__ import annotations

from typing import Any

import pytest

from miner.formula.notation import from_json
from miner.verify.points import Trial, trial

DISTRIBUTIONS = {"PIL": "pillow", "torch": "torch"}
TORCH = {"module": "torch", "version": [[">=", "2.6"]]}


def tried(formula: Any, condition: Any = True) -> Trial:
    """Return the trial of a formula in JSON."""
    found = trial(from_json(formula), DISTRIBUTIONS, from_json(condition))
    assert isinstance(found, Trial), found
    return found


def at(found: Trial) -> dict[str, bool]:
    """Return what is expected at each point, by its words."""
    return {point.words: point.expected for point in found.points}


def test_a_version_is_tried_below_at_above_and_at_the_extremes() -> None:
    """And without the package."""
    assert at(tried(TORCH)) == {
        "without torch": False,
        "torch 0.0.1": False,
        "torch 2.5.9999": False,
        "torch 2.6": True,
        "torch 2.6.1": True,
        "torch 9999": True,
    }


@pytest.mark.parametrize(
    ("formula", "atoms"),
    [
        ({"all": [TORCH, {"device": "cuda"}]}, {"torch >= 2.6", "cuda"}),
        ({"any": [TORCH, {"env": "USE_IT", "value": "1"}]}, {"torch >= 2.6", "USE_IT=1"}),
        ({"not": {"compute_capability": [["<", "8.9"]]}}, {"compute capability < 8.9"}),
        ({"all": [{"module": "PIL.Image"}, {"python": [[">=", "3.11"]]}]}, {"PIL.Image", "Python >= 3.11"}),
        ({"any": [{"binary": "nvcc"}, {"os": "darwin"}]}, {"nvcc on PATH", "darwin"}),
    ],
)
def test_every_atom_flips_alone(formula: Any, atoms: set[str]) -> None:
    """Between the points of its pair the formula flips, and no other atom does."""
    found = tried(formula)
    assert len(found.pairs) == len(atoms)
    assert all(pair.alone for pair in found.pairs), found.pairs
    for pair in found.pairs:
        assert found.points[pair.low].expected is not found.points[pair.high].expected
    assert found.masked == found.missing == ()


def test_a_program_is_tried_in_its_versions() -> None:
    """With the files that tell of them, and where this machine may have it, it is not."""
    found = tried({"binary": "nvcc", "version": [[">=", "12.3"]]})
    assert at(found) == {
        "without nvcc": False,
        "nvcc 0.0.1": False,
        "nvcc 12.2.9999": False,
        "nvcc 12.3": True,
        "nvcc 12.3.1": True,
        "nvcc 9999": True,
    }
    machines = {point.words: point.machine for point in found.points}
    assert machines["nvcc 12.3"]["folders"]["nvcc"]["include/cuda.h"] == "#define CUDA_VERSION 12030"
    assert machines["nvcc 12.3"]["env"] == {"CUDA_HOME": None, "CUDA_PATH": None}
    assert machines["without nvcc"]["hidden"] == ["/usr/local/cuda"]
    assert "folders" not in machines["without nvcc"]


SEVERAL = {
    "all": [
        {"any": [{"all": [{"module": f"kit{number}"}, {"feature": f"kit{number}.is_fast()"}]} for number in range(12)]},
        TORCH,
    ]
}


def test_among_many_ways_the_states_that_tell_two_apart_are_sought() -> None:
    """More than can be tried one by one; an atom for which there are none is masked."""
    found = tried(SEVERAL)
    assert {f"kit{number}.is_fast()" for number in range(12)} <= {pair.atom for pair in found.pairs if pair.alone}
    assert found.missing == ()
    masked = tried({"all": [*SEVERAL["all"], {"module": "torch", "version": [[">=", "2.5"]]}]})
    assert (masked.masked, masked.missing) == (("torch >= 2.5",), ())


def test_each_way_to_be_true_is_seen_alone() -> None:
    """So that what another way needs besides is not taken for needed by this one, or left out of it."""
    fast = {"all": [{"device": "cuda"}, {"module": "kit"}, {"module": "speed"}]}
    found = tried({"any": [fast, {"all": [{"module": "kit"}, {"module": "slate"}]}]})
    alone = [point for point in found.points if point.words == "no cuda, kit 9999, slate 9999, without speed"]
    assert [point.expected for point in alone] == [True]
    assert 0 < found.ways < len(found.points)
    assert found.decisive <= set(range(len(found.points) - found.ways))


def test_an_attribute_may_be_missing_none_or_there() -> None:
    """And what a call answers is one thing, or another."""
    found = tried({"all": [{"feature": "torch.xpu"}, {"feature": "torch.xpu is not None"}]})
    assert at(found) == {"torch.xpu is not there": False, "torch.xpu is None": False, "torch.xpu is there": True}
    asked = tried({"feature": "kit.kind() == kit.Kind.ONE"})
    assert at(asked) == {
        "kit.kind() is not there": False,
        "kit.kind() is there": False,
        "kit.kind() is kit.Kind.ONE": True,
    }


def test_a_variable_may_hold_an_object_with_a_key() -> None:
    key = {"env": "X", "key": "a"}
    found = tried({"all": [key, {"not": {**key, "is_true": True}}]})
    assert at(found)['X={"a": false}']
    assert not at(found)['X={"a": true}']
    assert not at(found)["X=on"]


def test_a_part_of_a_namespace_has_the_version_of_its_own_distribution() -> None:
    found = trial(
        from_json({"module": "optimum.quanto", "version": [[">", "0.2.5"]]}), {"optimum.quanto": "optimum-quanto"}
    )
    assert isinstance(found, Trial)
    assert at(found)["optimum-quanto 0.2.6"]


def test_an_atom_that_cannot_decide_is_masked() -> None:
    """torch >= 2.6 under a base version of 2.7 that is asked for too."""
    found = tried({"all": [TORCH, {"module": "torch", "base": True, "version": [[">=", "2.7"]]}]})
    assert "torch 2.7.dev0" in at(found)
    assert found.masked == ("torch >= 2.6",)


def test_a_condition_holds_at_every_point() -> None:
    """What the path to a gate needs is on every machine."""
    found = tried(TORCH, {"env": "RUN_IT", "value": "1"})
    assert all(point.machine["env"] == {"RUN_IT": "1"} for point in found.points)


def test_a_distribution_of_another_name_provides_what_is_asked() -> None:
    """The modules that a distribution alone is asked for are listed in its metadata."""
    found = tried({"all": [{"module": "fast_attn"}, {"package": "fast-attn-4"}]})
    there = next(point for point in found.points if point.expected)
    assert there.machine["provides"] == {"fast-attn-4": ["fast_attn"]}


@pytest.mark.parametrize(
    "atom",
    [
        {"opaque": "torch.is_grad_enabled()", "reason": "asks about the process"},
        {"param": "x", "of": "f"},
        {"driver": [[">=", "550"]]},
    ],
)
def test_what_no_machine_decides_is_told(atom: Any) -> None:
    """A sentence instead of a trial."""
    found = trial(from_json({"all": [TORCH, atom]}), DISTRIBUTIONS)
    assert isinstance(found, str)
    assert found.endswith("cannot be simulated")


def test_the_accelerator_in_use_is_of_one_kind() -> None:
    """Where a formula asks for any accelerator, its kinds exclude each other; one it does not name is tried."""
    found = tried({"all": [{"device": "accelerator"}, {"not": {"device": "tpu"}}, {"not": {"device": "cuda"}}]})
    assert at(found) == {"no accelerator": False, "1 cuda": False, "1 tpu": False, "1 privateuseone": True}
    assert {pair.atom for pair in found.pairs} == {"accelerator", "cuda", "tpu"}


def test_a_large_formula_is_searched_where_it_decides() -> None:
    """Twelve ways to the same answer: every atom has a pair all the same."""
    ways = [{"all": [{"module": f"way{number}"}, {"device": kind}]} for number, kind in enumerate(KINDS)]
    found = tried({"all": [{"any": ways}, TORCH]})
    assert len(found.pairs) == 2 * len(KINDS) + 1
    assert found.missing == ()


KINDS = ("cuda", "xpu", "npu", "mlu", "musa", "hpu")
