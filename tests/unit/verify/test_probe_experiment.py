"""Pairs change places, an interval is the same on every call, and a request that is none is refused."""

from __future__ import annotations

import importlib.util
import statistics
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.verify.probe import budget, comparison, estimate, experiment
from miner.verify.probe.comparison import EXPERIMENTS, AbsentError, Comparison, Ready, Variant
from miner.verify.probe.live_memory import Ledger
from miner.verify.probe.pairing import bootstrap_interval, measure_pairs, pair_order, summarize
from miner.verify.probe.workload import Shape

SECONDS = st.floats(min_value=1e-3, max_value=1e3)


@pytest.fixture(autouse=True)
def _wait_policy(monkeypatch):
    """What an experiment sets in its own process is gone after a test."""
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")


class Clock:
    """A clock that goes one second on whenever something is measured."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _count(repeats, seconds):
    clock, order = Clock(), []

    def measure(variant):
        clock.now += 1
        order.append(variant)
        return {"time": clock.now}

    readings = measure_pairs(measure, repeats, seconds, clock)
    assert len(readings["a"]) == len(readings["b"])
    return "".join(order)


def test_the_variant_that_goes_first_changes_from_pair_to_pair():
    assert [pair_order(pair) for pair in range(3)] == [("a", "b"), ("b", "a"), ("a", "b")]
    assert _count(repeats=4, seconds=1000) == "abbaabba"


@pytest.mark.parametrize(
    ("repeats", "seconds", "pairs"), [(5, 1000, 5), (1, 1000, 3), (9, 0, 3), (9, -5, 3), (9, 8, 4), (9, 8.5, 5)]
)
def test_no_pair_is_begun_after_the_time_but_for_three(repeats, seconds, pairs):
    assert len(_count(repeats, seconds)) == 2 * pairs


@given(st.lists(SECONDS, min_size=1, max_size=12))
def test_the_interval_holds_the_median_and_lies_within_the_values(values):
    low, high = bootstrap_interval(values)
    assert min(values) <= low <= statistics.median(values) <= high <= max(values)
    assert [low, high] == bootstrap_interval(values)


def test_the_interval_narrows_with_agreement():
    assert bootstrap_interval([0.5] * 5) == [0.5, 0.5]
    assert bootstrap_interval([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8]) == [1.1, 1.7]


def test_a_summary_has_the_ratio_of_medians_and_the_interval_of_paired_ratios():
    assert summarize("MiB", [2.0, 4.0, 8.0], [1.0, 2.0, 4.0]) == {
        "unit": "MiB",
        "a": [2.0, 4.0, 8.0],
        "b": [1.0, 2.0, 4.0],
        "a_median": 4.0,
        "b_median": 2.0,
        "ratio": 0.5,
        "interval": [0.5, 0.5],
        "n": 3,
    }


def test_there_is_no_ratio_to_nothing():
    found = summarize("s", [0.0, 1.0, 1.0], [1.0, 1.0, 1.0])
    assert (found["ratio"], found["interval"]) == (None, None)


@pytest.mark.parametrize(("first", "second"), [([], []), ([1.0], [1.0, 2.0])])
def test_values_without_a_partner_are_refused(first, second):
    with pytest.raises(ValueError, match="are no pairs"):
        summarize("s", first, second)


def test_the_experiments_are_these():
    assert set(EXPERIMENTS) == {
        "gradient-checkpointing",
        "gradient-accumulation",
        "mixed-precision",
        "attention-implementation",
        "half-precision-weights",
        "quantized-weights",
        "quantized-compute",
        "safetensors-loading",
        "fast-tokenizer",
        "kv-cache",
    }


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "unknown experiment None"),
        ({"experiment": "checkpointing"}, "unknown experiment 'checkpointing'"),
        ({"experiment": "kv-cache", "batchs": 4}, "an experiment knows no batchs"),
        ({"experiment": "kv-cache", "dtype": "int8"}, "dtype is one of float32, bfloat16, float16, not 'int8'"),
        ({"experiment": "kv-cache", "batch": 0}, "batch is a number above zero, not 0"),
        ({"experiment": "kv-cache", "length": 2.5}, "length is a number above zero, not 2.5"),
        ({"experiment": "kv-cache", "repeats": True}, "repeats is a number above zero, not True"),
        ({"experiment": "kv-cache", "seconds": float("nan")}, "seconds is a number above zero, not nan"),
        ({"experiment": "kv-cache", "seconds": "9"}, "seconds is a number above zero, not '9'"),
        ({"experiment": "kv-cache", "cap_mib": 0.0}, "cap_mib is a number above zero, not 0.0"),
    ],
)
def test_a_request_that_is_none_is_refused(spec, message):
    with pytest.raises(ValueError, match=message):
        experiment.run(spec)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"batch": 1}, "an estimate needs length"),
        ({"batch": 1, "length": 8, "layer": 1}, "an estimate knows no layer"),
        ({"batch": 1, "length": 8, "layers": 0}, "layers is a whole number above zero, not 0"),
        ({"batch": 1, "length": 8, "heads": 3}, "hidden_size 256 gives 3 heads no even width"),
        ({"batch": 1, "length": 8, "dtype": "int8"}, "dtype is one of float32, bfloat16, float16, not 'int8'"),
    ],
)
def test_an_estimate_of_what_is_no_model_is_refused(spec, message):
    with pytest.raises(ValueError, match=message):
        estimate.run(spec)


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_without_a_package_nothing_is_measured_or_estimated(missing, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else SimpleNamespace())
    monkeypatch.setattr(comparison, "need", _need_all_but(missing))
    monkeypatch.setattr(estimate.importlib.metadata, "version", lambda _: "1.0")
    measured = experiment.run({"experiment": "kv-cache"})
    assert (measured["outcome"], measured["observed"]) == ("absent", f"{missing} is not installed")
    estimated = estimate.run({"batch": 1, "length": 8})
    assert (estimated["label"], estimated["outcome"]) == ("estimate", "absent")
    assert estimated["observed"] == f"{missing} is not installed"


def _need_all_but(missing):
    def need(name):
        if name == missing:
            message = f"{name} is not installed"
            raise AbsentError(message)
        return SimpleNamespace()

    return need


@pytest.fixture
def torch(monkeypatch):
    """A torch without a device that counts its memory."""
    stand_in = SimpleNamespace(
        cpu=SimpleNamespace(), device=lambda name: SimpleNamespace(type=name), get_num_threads=lambda: 2
    )
    monkeypatch.setattr(comparison, "need", lambda name: stand_in)
    monkeypatch.setitem(experiment.importlib.sys.modules, "torch", stand_in)
    return stand_in


def test_a_measured_experiment_states_its_workload_and_metrics(torch, monkeypatch):
    steps = []
    pair = Comparison(
        *(Variant(f"variant {name}", lambda name=name: Ready(lambda: steps.append(name))) for name in "ab"),
        ("time",),
        {"tokens": 7},
    )
    monkeypatch.setitem(EXPERIMENTS, "kv-cache", lambda bench: pair)
    result = experiment.run({"experiment": "kv-cache", "repeats": 3, "batch": 2, "length": 5})
    assert "".join(steps) == "ab" + "abbaab"
    assert (result["experiment"], result["outcome"]) == ("kv-cache", "measured")
    assert result["variants"] == {"a": "variant a", "b": "variant b"}
    assert {"batch": 2, "length": 5, "dtype": "float32", "threads": 2, "tokens": 7}.items() <= result[
        "workload"
    ].items()
    assert result["workload"]["share_of_activations"] is None
    assert set(result["metrics"]) == {"time"}
    assert result["metrics"]["time"]["n"] == 3
    assert result["versions"]["python"]


@pytest.mark.parametrize(("cap", "fits"), [(100, {"a": True, "b": True}), (5, {"a": False, "b": True})])
def test_a_budget_says_which_variant_fits(cap, fits, torch, monkeypatch):
    """By the bytes of live tensors, where the device keeps no account; of time alone nothing is known."""
    pair = Comparison(
        *(Variant(name, lambda size=size: Ready(lambda: None, size)) for name, size in (("a", 9), ("b", 4))),
        ("memory",),
        {},
    )
    monkeypatch.setitem(EXPERIMENTS, "kv-cache", lambda bench: pair)
    monkeypatch.setattr(experiment, "_read_variant", lambda _t, _d, variant, _m: {"memory": variant.prepare().model})
    monkeypatch.setattr(experiment, "_warm_up", lambda pair, sizes: {})
    result = experiment.run({"experiment": "kv-cache", "cap_mib": cap})
    assert result["budget"] == {"label": "simulated budget", "mib": cap, "fits": fits}
    monkeypatch.setattr(experiment, "_read_variant", lambda *_: {"time": 1.0})
    assert experiment.run({"experiment": "kv-cache", "cap_mib": cap})["budget"]["fits"] == {"a": None, "b": None}
    assert "budget" not in experiment.run({"experiment": "kv-cache"})


class FullError(Exception):
    """What the stand-in for an allocator raises."""


@pytest.mark.parametrize(("cap", "fits"), [(20, True), (10, False), (200, None)])
def test_a_budget_of_an_allocator(cap, fits):
    """A part of what the device has; nothing is known of more, and the whole is given back."""
    fractions = []
    cuda = SimpleNamespace(
        get_device_properties=lambda _: SimpleNamespace(total_memory=100 << 20),
        empty_cache=lambda: None,
        set_per_process_memory_fraction=lambda share, _: fractions.append(share),
        synchronize=lambda _: None,
        OutOfMemoryError=FullError,
    )

    def step():
        if fractions[-1] < 0.15:
            raise FullError

    assert budget.fits_on(SimpleNamespace(cuda=cuda), "cuda:0", cap, step) is fits
    assert fractions[-1:] == ([] if fits is None else [1.0])


def test_an_experiment_that_fails_says_how(torch, monkeypatch):
    def fail(_bench):
        message = "no kernel\nfor this device"
        raise RuntimeError(message)

    monkeypatch.setitem(EXPERIMENTS, "kv-cache", fail)
    result = experiment.run({"experiment": "kv-cache"})
    assert (result["outcome"], result["observed"]) == ("raised", "RuntimeError: no kernel")


def test_the_load_is_none_where_a_system_has_none(monkeypatch):
    monkeypatch.delattr(experiment.os, "getloadavg")
    assert experiment._load() is None


class Storage:
    """A storage as the ledger sees it: an address and a size."""

    def __init__(self, address, size):
        self._cdata, self.size = address, size

    def nbytes(self):
        return self.size


def _tensor(storage):
    return SimpleNamespace(untyped_storage=lambda: storage)


def test_a_storage_counts_once_until_it_is_freed():
    ledger, weight = Ledger(), Storage(1, 100)
    ledger.note(_tensor(weight), "parameters")
    passing = Storage(2, 50)
    ledger.note([_tensor(passing), (_tensor(passing), _tensor(weight)), None, 3])
    assert ledger.live == {"parameters": 100, "inputs": 0, "gradients": 0, "activations": 50}
    del passing
    assert ledger.live["activations"] == 0
    ledger.note(_tensor(kept := Storage(2, 20)))
    assert ledger.live["activations"] == kept.size
    assert (ledger.peak, ledger.share("activations")) == (150, 50 / 150)


def test_a_gradient_is_no_activation_and_a_resized_storage_counts_anew():
    ledger, storage = Ledger(), Storage(1, 40)
    ledger.note(_tensor(storage))
    ledger.turn(_tensor(storage), "gradients")
    assert ledger.live == {"parameters": 0, "inputs": 0, "gradients": 40, "activations": 0}
    assert ledger.peak == 40
    storage.size = 90
    ledger.note(_tensor(storage))
    assert (ledger.live["gradients"], ledger.peak) == (90, 90)


def test_a_ledger_of_nothing_has_no_shares():
    assert Ledger().share("activations") == 0.0


def test_a_shape_is_of_whole_numbers():
    assert Shape(batch=4, length=256).layers == 8
    with pytest.raises(ValueError, match="batch is a whole number above zero, not True"):
        Shape(batch=True, length=256)
