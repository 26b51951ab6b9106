"""What looks say of a statement: verified only where both sides were seen, with the effect that was mined."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from miner.formula.notation import from_json
from miner.model.node import Otherwise, Predicate, Requirement
from miner.verify.boots import Seen
from miner.verify.judge import differs, judge, judge_object
from miner.verify.message import is_said
from miner.verify.plan import GATE_BACKGROUNDS, PREDICATE_BACKGROUNDS, Job
from miner.verify.points import Trial, trial
from miner.verify.target import Target

EVIDENCE = {"role": "site", "path": "a.py", "blob": "0" * 40, "start_line": 1, "end_line": 1, "start_byte": 0,
            "end_byte": 1, "sha256": "0" * 64}  # fmt: skip
TORCH = {"module": "torch", "version": [[">=", "2.6"]]}
RAISES = {"effect": "raise", "exception": "ImportError", "message": "It needs {name} 2.6."}
ERROR = {"outcome": "effect", "exception": "ImportError", "message": "It needs torch 2.6.", "reads": []}
PASSED = {"outcome": "passed", "reads": []}


def predicate(**fields: Any) -> Predicate:
    """Return a predicate that means torch >= 2.6."""
    row = {"type": "Predicate", "id": "predicate:is_x", "name": "is_x", "evidence": [EVIDENCE], "qualname": "is_x",
           "means": TORCH, "kind": "function", **fields}  # fmt: skip
    return msgspec.convert(row, Predicate)


def gate(**fields: Any) -> Requirement:
    """Return a gate that needs torch >= 2.6."""
    row = {"type": "Requirement", "id": "requirement:f#torch/raise", "name": "f needs torch", "evidence": [EVIDENCE],
           "owner": "f", "needs": TORCH, "when": True, "otherwise": RAISES, "origin": "runtime-gate", "enforced": True,
           **fields}  # fmt: skip
    return msgspec.convert(row, Requirement)


def job(node: Predicate | Requirement, **changes: Any) -> Job:
    """Return the job of a statement about torch >= 2.6."""
    of = trial(from_json(TORCH), {})
    assert isinstance(of, Trial)
    of = replace(of, **changes)
    grounds = PREDICATE_BACKGROUNDS if isinstance(node, Predicate) else GATE_BACKGROUNDS
    looks = tuple((point, ground) for ground in grounds for point in range(len(of.points)))
    kind = "predicate" if isinstance(node, Predicate) else "gate"
    return Job(Target(node, kind, from_json(TORCH), {}), (of,), (looks,))


def answers(of: Job, yes: dict[str, Any], no: dict[str, Any], **others: dict[str, Any]) -> dict[tuple[int, int], Any]:
    """Return an answer for each look: as expected, but for the points whose words are in `others`."""
    found = {}
    for index, (point, _) in enumerate(of.looks[0]):
        at = of.trials[0].points[point]
        found[0, index] = others.get(at.words.replace(" ", "_").replace(".", "_"), yes if at.expected else no)
    return found


VARIED = frozenset({"module:other"})
YES = {"outcome": "answered", "value": True, "shown": "True", "reads": ["module:torch", "package:torch"]}
NO = {**YES, "value": False, "shown": "False"}


def test_both_sides_verify_and_one_wrong_answer_refutes() -> None:
    """At any point, in any background."""
    of = job(predicate())
    assert judge(of, answers(of, YES, NO), {}, VARIED).claim == "verified"
    wrong = judge(of, answers(of, YES, NO, torch_0_0_1=YES), {}, VARIED)
    assert (wrong.claim, wrong.expected) == ("refuted", "no")
    assert "torch 0.0.1" in str(wrong.observed)


def test_a_question_that_the_formula_does_not_name_leaves_it_open() -> None:
    """Packages and variables are varied beside it; devices are not."""
    of = job(predicate())
    asked = {**YES, "reads": ["device:cuda"]}
    assert judge(of, answers(of, asked, NO), {}, VARIED).claim == "inconclusive"
    varied = {**YES, "reads": ["module:other", "module:other.inner", "env:OTHER"]}
    assert judge(of, answers(of, varied, NO), {}, VARIED).claim == "verified"
    ruled = {**YES, "reads": ["module:torch", "module:torch.inner"]}
    assert judge(of, answers(of, ruled, NO), {}, VARIED | {"module:torch"}).claim == "inconclusive"


def test_a_predicate_that_raises_for_something_else_depends_on_it() -> None:
    """It answers on the same machine where others are not there."""
    of = job(predicate())
    found = answers(of, YES, NO)
    raised = {"outcome": "raised", "exception": "AttributeError", "message": "no torch.mlu", "reads": []}
    low = [index for index, (point, _) in enumerate(of.looks[0]) if not of.trials[0].points[point].expected]
    torn = judge(of, {**found, (0, low[-1]): raised}, {}, VARIED)
    assert (torn.claim, torn.why.partition(":")[0]) == ("inconclusive", "it depends on others too")
    assert judge(of, {**found, **{(0, index): raised for index in low}}, {}, VARIED).claim == "verified"


def test_a_fact_that_is_asked_for_and_makes_no_difference_is_no_need() -> None:
    """It was turned on both sides; where it makes one, or was turned on one side only, the statement stays open."""
    of = job(gate())
    asked = answers(of, {**PASSED, "reads": ["device:cuda"]}, {**ERROR, "reads": ["device:cuda"]})
    alike = {key: {"device:cuda": [answer, answer]} for key, answer in asked.items()}
    assert judge(of, asked, {}, VARIED, alike).claim == "verified"
    low = next(key for key, answer in asked.items() if answer["outcome"] == "effect")
    found = judge(of, asked, {}, VARIED, {**alike, low: {"device:cuda": [ERROR, PASSED]}})
    assert (found.claim, found.why.partition(" too")[0]) == ("inconclusive", "it depends on device:cuda")
    one_side = {key: each for key, each in alike.items() if asked[key]["outcome"] == "effect"}
    assert judge(of, asked, {}, VARIED, one_side).claim == "inconclusive"
    silent = {key: {**answer, "reads": []} if key not in one_side else answer for key, answer in asked.items()}
    assert judge(of, silent, {}, VARIED, one_side).claim == "verified"
    broken = {key: {"device:cuda": [{"outcome": "error", "message": "x"}]} for key in asked}
    assert judge(of, asked, {}, VARIED, broken).claim == "inconclusive"


def test_a_predicate_that_raises_says_no_where_it_is_known_to_or_has_to() -> None:
    """It is a quirk then, and else one-sided."""
    raised = {"outcome": "raised", "exception": "ModuleNotFoundError", "message": "no torch", "reads": []}
    known = job(predicate(quirks=["raises"]))
    found = judge(known, answers(known, YES, NO, without_torch=raised), {}, VARIED)
    assert (found.claim, len(found.quirks)) == ("verified", 1)
    of = job(predicate())
    found = judge(of, answers(of, YES, NO, without_torch=raised), {}, VARIED)
    assert (found.claim, len(found.quirks)) == ("verified", 1)
    assert judge(of, answers(of, raised, NO), {}, VARIED).claim == "one-sided"
    away = {**raised, "outcome": "missing"}
    found = judge(of, answers(of, YES, NO, without_torch=away), {}, VARIED)
    assert (found.claim, found.quirks) == (
        "verified",
        ("its module raises ModuleNotFoundError instead of answering no",),
    )
    assert judge(of, answers(of, away, NO), {}, VARIED).claim == "one-sided"
    assert judge(of, answers(of, away, away), {}, VARIED).claim == "not-run"


@pytest.mark.parametrize(
    ("changed", "claim"),
    [
        ({}, "verified"),
        ({"exception": "ValueError"}, "refuted"),
        ({"message": "It needs jax 2.6"}, "refuted"),
    ],
)
def test_the_exception_and_its_text_are_those_that_were_mined(changed: dict[str, Any], claim: str) -> None:
    """Expressions in the template stand for anything."""
    of = job(gate())
    assert judge(of, answers(of, PASSED, {**ERROR, **changed}), {}, VARIED).claim == claim


def test_what_never_comes_is_refuted_or_not_forced() -> None:
    """Under a condition that is understood it cannot be reached; under another it may not hold."""
    of = job(gate())
    found = judge(of, answers(of, PASSED, PASSED), {}, VARIED)
    assert (found.claim, found.why) == ("refuted", "its effect came on no machine: it cannot be reached")
    opaque = job(gate(when={"opaque": "x > y", "reason": "not understood"}))
    assert judge(opaque, answers(opaque, PASSED, PASSED), {}, VARIED).claim == "inconclusive"


def test_an_effect_that_comes_in_any_case_is_brought_by_something_else() -> None:
    """The need is necessary, not sufficient."""
    of = job(gate())
    assert judge(of, answers(of, ERROR, ERROR), {}, VARIED).claim == "inconclusive"


def test_a_package_that_the_module_holds_on_to_makes_no_refutation() -> None:
    """No real machine lacks a package that is imported."""
    of = job(gate())
    held = {**PASSED, "held": ["torch"]}
    assert judge(of, answers(of, PASSED, ERROR, without_torch=held), {}, VARIED).claim == "verified"


@pytest.mark.parametrize(
    ("answer", "claim", "reason"),
    [
        ({"outcome": "unreached", "exception": "TypeError", "message": "x"}, "not-run", "no-probe"),
        ({"outcome": "missing", "exception": "ModuleNotFoundError", "message": "x"}, "not-run", "package-missing"),
        ({"outcome": "error", "message": "ended by SIGABRT"}, "error", None),
        ({"outcome": "error", "message": "starts a process (os.fork)"}, "not-run", "unsafe"),
    ],
)
def test_a_probe_that_breaks_says_nothing(answer: dict[str, Any], claim: str, reason: str | None) -> None:
    """Neither for nor against."""
    of = job(gate())
    found = judge(of, answers(of, answer, answer), {}, VARIED)
    assert (found.claim, found.reason) == (claim, reason)
    assert judge(of, {}, {}, VARIED).reason == "over-budget"


def test_a_stricter_requirement_of_the_same_effect_hides_another() -> None:
    """What it brings about is not held against the weaker one."""
    of = job(gate(), is_shadowed=True)
    assert judge(of, answers(of, PASSED, ERROR, torch_2_6=ERROR), {}, VARIED).claim == "inconclusive"


@pytest.mark.parametrize(
    ("template", "text", "expected"),
    [
        ("It needs {name}.", "It needs  torch.", True),
        ("{0} needs a.\n{0} needs b.\n", "X needs b.", True),
        ("{0} needs a.", "X needs b.", False),
        ("", "something", False),
    ],
)
def test_a_text_is_an_instance_of_a_template(template: str, text: str, expected: bool) -> None:
    """Of all of it, or of the lines about what is missing."""
    assert is_said(template, text) is expected


def test_a_warning_has_to_be_said() -> None:
    """In the words that were mined."""
    otherwise = msgspec.convert({"effect": "warn", "message": "torch is old"}, Otherwise)
    assert differs(otherwise, {"outcome": "effect", "said": ["torch is old"]}) is None
    assert differs(otherwise, {"outcome": "effect", "said": ["torch is new"]}) == "something else was said"
    assert differs(otherwise, {"outcome": "effect", "said": []}) is None  # open, not refuted
    fallback = msgspec.convert({"effect": "fallback"}, Otherwise)
    assert (
        differs(fallback, {"outcome": "effect", "exception": "ValueError", "at_site": True}) == "ValueError was raised"
    )


def test_an_object_is_real_with_everything_and_a_placeholder_without() -> None:
    """Real without a need, or a placeholder with it, refutes; broken is one-sided, and with everything no test."""
    node = gate(otherwise={**RAISES, "effect": "placeholder"}, origin="file-rule")
    seen = Seen(Target(node, "objects", from_json(TORCH), {}), {0: True, 1: False, 2: True})
    words = ["everything there", "without torch", "without other"]
    real, broken = {"outcome": "real"}, {"outcome": "broken", "exception": "X", "message": "y"}
    placeholder = {**ERROR, "outcome": "placeholder"}

    def judged(*rows: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
        found = judge_object(seen, dict(enumerate(rows)), words)
        return found.claim, found.quirks

    assert judged(real, placeholder, real) == ("verified", ())
    assert judged(real, real, real) == ("refuted", ())
    assert judged(real, placeholder, placeholder) == ("refuted", ())
    assert judged(real, {**placeholder, "message": "Other."}, real) == ("refuted", ())
    assert judged(real, broken, real) == ("one-sided", ())
    assert judged(broken, placeholder, real) == ("inconclusive", ())
    assert judged(real, placeholder) == ("one-sided", ())
    assert judged(real, placeholder, broken)[0] == "verified"
    assert "breaks without other" in judged(real, placeholder, broken)[1][0]
    assert judge_object(seen, {}, words).reason == "over-budget"


def test_an_object_that_another_is_given_for() -> None:
    """It is told by its name, and by what is said on the way."""
    way_round = {"effect": "fallback", "action": "XSlow", "message": "{name} is read as {other}"}
    node = gate(owner="lib.X", otherwise=way_round, origin="placeholder", enforced=False)
    seen = Seen(Target(node, "objects", from_json(TORCH), {}), {0: True, 1: False})
    slow = {"outcome": "real", "called": "XSlow", "said": ["X is read as XSlow"]}

    def judged(other: dict[str, Any]) -> tuple[str, str]:
        found = judge_object(seen, {0: {"outcome": "real"}, 1: other}, ["everything there", "without torch"])
        return found.claim, found.why

    assert judged(slow) == ("verified", "real where its needs are met, XSlow without each of them")
    assert judged({"outcome": "real"}) == ("refuted", "it is X without torch")
    assert judged({**slow, "said": ["Something"]}) == ("refuted", "something else was said without torch")
    assert judged({**ERROR, "outcome": "placeholder"}) == ("refuted", "it is a placeholder without torch")


def test_an_object_that_is_none_is_not_offered() -> None:
    """Only where that is what is stated."""
    for action, expected in (("lib.X is None", "verified"), ("lib does not offer X", "refuted")):
        node = gate(otherwise={"effect": "disable", "action": action}, origin="placeholder")
        seen = Seen(Target(node, "objects", from_json(TORCH), {}), {0: True, 1: False})
        rows = {0: {"outcome": "real"}, 1: {"outcome": "nothing"}}
        assert judge_object(seen, rows, ["everything there", "without torch"]).claim == expected


def test_what_the_other_requirements_of_an_object_say_is_no_other_message() -> None:
    """One placeholder speaks for all of them."""
    node = gate(
        otherwise={**RAISES, "effect": "placeholder", "message": "{0} needs a.\n{0} needs c."}, origin="decorator"
    )
    rows = {
        0: {"outcome": "real"},
        1: {**ERROR, "outcome": "placeholder", "message": "X needs b.\nX needs c.\nX needs a."},
    }
    for also, expected in ((("{0} needs b.",), "verified"), ((), "refuted")):
        seen = Seen(Target(node, "objects", from_json(TORCH), {}, also=also), {0: True, 1: False})
        assert judge_object(seen, rows, ["everything there", "without torch"]).claim == expected


def test_a_message_about_several_packages_is_said_line_by_line() -> None:
    """What no machine brings out was never said."""
    both = {**RAISES, "effect": "placeholder", "message": "{0} needs a.\n{0} needs b.\n{0} needs c."}
    seen = Seen(Target(gate(otherwise=both), "objects", from_json(TORCH), {}), {0: True, 1: False, 2: False})
    words = ["everything there", "without a", "without b"]
    rows = {0: {"outcome": "real"}}
    rows |= {
        index: {**ERROR, "outcome": "placeholder", "message": f"X needs {name}."}
        for index, name in ((1, "a"), (2, "b"))
    }
    found = judge_object(seen, rows, words)
    assert (found.claim, found.why) == ("refuted", "it was never said: {0} needs c.")


def test_a_predicate_that_depends_on_more_than_it_is_said_to_is_refuted() -> None:
    """What it means is all that it depends on; of a gate, more may be asked once it is passed."""
    of = job(predicate())
    asked = answers(of, {**YES, "reads": ["device:cuda"]}, {**NO, "reads": ["device:cuda"]})
    alike = {key: {"device:cuda": [answer, answer]} for key, answer in asked.items()}
    assert judge(of, asked, {}, VARIED, alike).claim == "verified"
    met = next(key for key, answer in asked.items() if answer.get("value"))
    found = judge(of, asked, {}, VARIED, {**alike, met: {"device:cuda": [YES, NO]}})
    assert (found.claim, found.why.partition(" too")[0]) == ("refuted", "it depends on device:cuda")
