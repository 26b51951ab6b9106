"""`miner verify` on a library of ours: what is so is verified, what is not is refuted, and nobody is harmed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from miner.app.progress import Silent
from miner.app.schema import document
from miner.app.verify import Request, Verification, recorded, verify
from miner.errors import SourceError, UsageError
from miner.formula.notation import from_json, to_json
from miner.store.graph_reader import load
from miner.verify.measured import claims_of, judge_claim
from tests.functional import verified_library
from tests.functional.corruption import read_rows, write_rows
from tests.functional.verified_library import PYTHON
from tests.unit.verify.test_judge import EVIDENCE

GATES = "gatelib.gates."
CHECKS = "gatelib.checks."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library's graph, in a folder of its own."""
    folder = tmp_path_factory.mktemp("verify")
    verified_library.graph(folder)
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Path:
    """The library as it is installed."""
    return verified_library.installed(folder)


def run(folder: Path, site: Path, *names: str, **options: Any) -> Verification:
    """Verify the graph in `folder` with the library in `site`."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(site))
        patched.setenv("PYTHONDONTWRITEBYTECODE", "1")
        request = Request(graph=str(folder / "graph"), names=names, python=PYTHON, **options)
        found = verify(request, lambda planned: planned.looks > 0, Silent())
    assert found is not None
    return found


@pytest.fixture(scope="module")
def verified(folder: Path, site: Path) -> dict[tuple[str, str], Any]:
    """The verdicts on checks and gates, by owner (or predicate) with its effect, and level."""
    names = [f"{GATES}{name}" for name in ("Quantizer", "load", "decode", "train", "tune", "settle")]
    found = run(folder, site, *names, *(f"{CHECKS}{name}" for name in PREDICATES))
    return {(each.about.partition(":")[2], each.level): each for each in found.verdicts}


PREDICATES = {
    "is_torch_available": "verified",
    "is_fastlib_available": "verified",
    "is_fastlib_at_least": "verified",
    "is_gpu_available": "verified",
    "is_fast_path_available": "verified",
    "is_new_python": "verified",
    "is_compiler_available": "verified",
    "is_compiler_recent": "verified",
    "is_slowlib_available": "verified",
    "is_gridlib_available": "consistent",
    "IS_FAST": "verified",
}


@pytest.mark.parametrize(("name", "claim"), PREDICATES.items())
def test_a_predicate_is_seen_on_both_sides(verified: dict[tuple[str, str], Any], name: str, claim: str) -> None:
    """Functions, cached ones, flags, module constants; what is always true depends on nothing, whatever it asks for."""
    verdict = verified[CHECKS + name, "S2"]
    assert (verdict.claim, verdict.why) == (claim, verdict.why), verdict


@pytest.mark.parametrize(
    "gate",
    [
        "Quantizer.validate_environment#fastlib/raise",
        "Quantizer.validate_environment#cuda|torch/raise",
        "Quantizer.validate_environment#compute_capability/raise",
        "load#fastlib/fallback",
        "decode#fastlib/fallback",
        "train#torch/raise",
        "train#cuda|torch/fallback",
        "tune#fastlib/raise",
    ],
)
def test_a_gate_is_seen_on_both_sides(verified: dict[tuple[str, str], Any], gate: str) -> None:
    """Raised with its type and message, fallen back from, or passed, as the machine has it."""
    verdict = verified[GATES + gate, "S2"]
    assert verdict.claim == "verified", verdict
    assert verdict.looks >= 4


def test_a_fact_that_is_not_named_and_makes_a_difference_is_no_verification(
    verified: dict[tuple[str, str], Any],
) -> None:
    """A device is asked for in a way that is not understood: with one, nothing is raised."""
    verdict = verified[GATES + "settle#fastlib/raise", "S2"]
    assert (verdict.claim, verdict.why.partition(",")[0]) == ("inconclusive", "it depends on device:cuda too")


def test_the_real_machine_agrees_with_its_simulation(verified: dict[tuple[str, str], Any]) -> None:
    """S3: the library's answer, the formula and the simulation of this very machine are of one mind."""
    here = [each for (_, level), each in verified.items() if level == "S3"]
    assert len(here) >= 10
    assert {each.claim for each in here} <= {"consistent", "one-sided", "not-run", "not-applicable"}, here
    assert verified[CHECKS + "is_torch_available", "S3"].claim == "consistent"
    assert verified[CHECKS + "is_fastlib_available", "S3"].claim == "one-sided"


def test_the_record_is_valid_and_kept_with_the_graph(folder: Path, verified: dict[tuple[str, str], Any]) -> None:
    """It is under its schema, names what ran, and is found again."""
    kept = recorded(str(folder / "graph"))
    assert kept is not None
    raw = json.loads((folder / "graph" / "verification.json").read_text(encoding="utf-8"))
    schema = {key: value for key, value in document("verification").items() if key != "$id"}
    jsonschema.Draft202012Validator(schema).validate(raw)
    assert len(kept.ran.plan) == len(kept.ran.probes) == 64
    assert kept.ran.versions["torch"] == "2.6.0"
    assert load(folder / "graph").manifest.source.name == "gatelib"


HOSTILE = ("forks", "hangs", "aborts", "lies", "shouts", "writes", "reads", "runs", "eats", "signals")


def test_hostile_gates_harm_nobody(folder: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs itself alone: no process, no file and no answer is left behind, and none is called refuted."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    names = [f"gatelib.hostile.{name}" for name in HOSTILE]
    started = time.monotonic()
    found = run(folder, site, *names, f"{CHECKS}is_torch_available", level="S2", record=tmp_path / "record.json")
    claims = {each.about.partition("#")[0].rpartition(".")[2]: each for each in found.verdicts if each.level == "S2"}
    assert claims["is_torch_available"].claim == "verified"
    outcome = {name: claims[name].claim for name in HOSTILE}
    assert set(outcome.values()) <= {"error", "not-run", "verified"}, outcome
    assert [name for name in HOSTILE if outcome[name] == "verified"] == ["shouts"], outcome  # nobody listens
    assert all(claims[name].reason == "unsafe" for name in ("forks", "writes", "signals", "reads"))
    assert claims["runs"].reason == "no-probe"  # no program is there to be run
    assert not list(site.rglob("written.txt"))
    assert _processes(str(scratch)) == []
    assert list(scratch.iterdir()) == []
    assert time.monotonic() - started < 600


def _processes(mentioned: str) -> list[str]:
    """Return the processes whose command line names a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if mentioned.encode() in command:
                found.append(entry.name)
    return found


WRONG = {
    "a version": ({"module": "torch", "version": [[">=", "2.0"]]}, {"refuted"}),
    "a package": ({"module": "fastlib", "version": [[">=", "2.1"]]}, {"refuted"}),
    "polarity": ({"not": {"module": "torch", "version": [[">=", "2.1"]]}}, {"refuted"}),
    "a dropped version": ({"module": "torch"}, {"refuted"}),
    "an atom more": ({"all": [{"module": "torch", "version": [[">=", "2.1"]]}, {"device": "cuda"}]}, {"refuted"}),
    "nothing": (True, {"refuted", "inconclusive"}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_so_is_not_verified(folder: Path, site: Path, tmp_path: Path, wrong: str) -> None:
    """The same looks at the same library refute a statement that is changed."""
    formula, claims = WRONG[wrong]
    changed = tmp_path / "graph"
    _changed(folder / "graph", changed, f"predicate:{CHECKS}is_torch_available", to_json(from_json(formula)))
    found = run(tmp_path, site, f"{CHECKS}is_torch_available", level="S2")
    assert {each.claim for each in found.verdicts if each.level == "S2"} <= claims, found.verdicts


def _changed(source: Path, target: Path, node: str, means: Any) -> None:
    """Copy a graph with another meaning of a predicate, digests and all."""
    rows = read_rows(source)
    for row in rows["nodes.jsonl"]:
        if row["id"] == node:
            row["means"] = means
    write_rows(source, rows, target)


def test_a_bundle_gives_the_same_verdicts_where_there_is_no_miner(folder: Path, site: Path, tmp_path: Path) -> None:
    """Another process runs the zip file without miner on its path; its results are judged here."""
    archive, results = tmp_path / "run.zip", tmp_path / "results.json"
    names = (f"{GATES}Quantizer", f"{CHECKS}is_gpu_available")
    request = Request(graph=str(folder / "graph"), names=names, bundle=archive)
    assert verify(request, lambda _: False, Silent()) is None
    code = "import runpy, sys; sys.modules['miner'] = None; sys.argv = sys.argv[1:]; "
    code += "runpy.run_path(sys.argv[0], run_name='__main__')"
    with results.open("w", encoding="utf-8") as out:
        done = subprocess.run(
            [PYTHON, "-c", code, str(archive), "--levels", "S2,S3"], env=verified_library.environment(site),
            stdout=out, check=False, timeout=300,
        )  # fmt: skip
    assert done.returncode == 0
    theirs = run(folder, site, *names, results=results, record=tmp_path / "record.json")
    ours = run(folder, site, *names, record=tmp_path / "ours.json")
    shown = [(each.about, each.level, each.claim, each.why) for each in ours.verdicts]
    assert [(each.about, each.level, each.claim, each.why) for each in theirs.verdicts] == shown
    other = Request(graph=str(folder / "graph"), names=(f"{GATES}load",), results=results)
    with pytest.raises(UsageError, match="results of another plan"):
        verify(other, lambda _: True, Silent())


def test_a_run_goes_on_from_what_it_has_seen(folder: Path, site: Path, tmp_path: Path) -> None:
    """With --resume the looks that are kept are not repeated."""
    lines = tmp_path / "looks.jsonl"
    name = f"{CHECKS}is_torch_available"
    first = run(folder, site, name, level="S2", resume=lines, record=tmp_path / "1.json")
    kept = lines.read_text(encoding="utf-8")
    lines.write_text(kept + '{"part": "late", "key": [0', encoding="utf-8")  # cut in the middle of a line
    again = run(folder, site, name, level="S2", resume=lines, record=tmp_path / "2.json")
    assert lines.read_text(encoding="utf-8") == kept
    assert again.verdicts == first.verdicts


@pytest.mark.parametrize(("installed", "reason"), [({"with_torch": False}, "no-torch"), ({}, None)])
def test_what_is_missing_is_said(folder: Path, tmp_path: Path, installed: dict[str, Any], reason: str | None) -> None:
    """Without torch its gates are not run for want of torch, and predicates are seen all the same."""
    site = verified_library.installed(tmp_path, **installed)
    found = run(folder, site, f"{GATES}train", f"{CHECKS}is_fastlib_available", level="S2", record=tmp_path / "r.json")
    gates = [each for each in found.verdicts if "cuda" in each.about]
    assert [each.reason for each in gates] == [reason], gates
    assert {each.claim for each in found.verdicts if "predicate" in each.about} == {"verified"}


def test_a_library_that_is_not_there_or_another_release_is_not_run(folder: Path, tmp_path: Path) -> None:
    """S2 and above need the release that was mined; S1 is told in any case."""
    empty = tmp_path / "empty"
    empty.mkdir()
    found = run(folder, empty, f"{GATES}train", record=tmp_path / "r.json")
    assert {(each.level, each.claim, each.reason) for each in found.verdicts} == {("S1", "not-run", "package-missing")}
    assert {each.host for each in found.verdicts} == {"unsatisfied"}


NVML = """
class NVMLError(Exception):
    pass


def nvmlInit():
    {init}


def nvmlSystemGetDriverVersion():
    raise NVMLError("Unknown Error")


def nvmlShutdown():
    pass
"""


@pytest.mark.parametrize(("init", "driver"), [("raise NVMLError('Driver Not Loaded')", False), ("pass", None)])
def test_a_driver_that_does_not_answer_is_no_traceback(
    folder: Path, tmp_path: Path, init: str, driver: bool | None
) -> None:
    """NVML that cannot start says that there is no driver; one that breaks later, nothing."""
    site = verified_library.installed(tmp_path)
    (site / "pynvml.py").write_text(NVML.format(init=init), encoding="utf-8")
    found = run(folder, site, f"{CHECKS}is_gpu_available", level="S2", record=tmp_path / "r.json")
    assert found.machine.driver is driver
    assert {each.claim for each in found.verdicts} == {"verified"}


@pytest.mark.parametrize(("version", "reasons"), [("2.0", {"other-version"}), ("1.0", {None})])
def test_another_release_is_not_run(folder: Path, tmp_path: Path, version: str, reasons: set[str | None]) -> None:
    """The graph is of 1.0."""
    other = tmp_path / "graph"
    shutil.copytree(folder / "graph", other)
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    manifest["source"] |= {"kind": "index", "version": "1.0"}
    (other / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    site = verified_library.installed(tmp_path, version=version)
    found = run(tmp_path, site, f"{CHECKS}is_fastlib_available", level="S2", record=tmp_path / "r.json")
    assert {each.reason for each in found.verdicts} == reasons


def test_bad_input_is_told_in_a_line(folder: Path, tmp_path: Path) -> None:
    """An interpreter that is none, results that are none, a name that means nothing."""
    with pytest.raises(SourceError, match="cannot be run"):
        verify(Request(graph=str(folder / "graph"), python="/nowhere/python"), lambda _: True, Silent())
    (tmp_path / "r.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="not the results of a bundle"):
        verify(Request(graph=str(folder / "graph"), results=tmp_path / "r.json"), lambda _: True, Silent())
    with pytest.raises(UsageError):
        verify(Request(graph=str(folder / "graph"), names=("no_such_name",)), lambda _: True, Silent())


def test_the_command_asks_before_it_runs_anything(folder: Path, site: Path) -> None:
    """Without a terminal and without --yes it refuses; with it, the exit code says what came of it."""
    miner = str(Path(sys.executable).with_name("miner"))
    command = [miner, "verify", str(folder / "graph"), "--for", f"{CHECKS}is_torch_available"]
    environment = verified_library.environment(site)
    refused = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert refused.returncode == 2
    assert "add --yes" in refused.stderr
    done = subprocess.run([*command, "--yes"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "verified" in done.stdout
    strict = subprocess.run(
        [*command[:4], "gatelib.gates.Quantizer", "--yes", "--strict", "--level", "S1"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert strict.returncode == 1


def test_a_number_is_judged_by_its_interval() -> None:
    """Within what is claimed, the other way, or neither; a busy machine decides no time."""
    import msgspec

    from miner.model.node import Advice

    node = msgspec.convert(
        {"type": "Advice", "id": "advice:x", "name": "x", "owner": "x", "kind": "trade-off", "origin": "documentation",
         "subject": "gradient_checkpointing", "when": True, "message": "Reduces memory at the cost of slower training.",
         "evidence": [EVIDENCE]}, Advice,
    )  # fmt: skip
    memory, slower = sorted(claims_of(node), key=lambda claim: claim.metric)

    def measured(low: float, high: float, load: float = 0.0, share: float = 0.8) -> dict[str, Any]:
        metric = {"interval": [low, high], "ratio": (low + high) / 2, "n": 5}
        workload = {"share_of_activations": share, "batch": 1, "length": 8}
        return {
            "outcome": "measured",
            "metrics": {"memory": metric, "time": metric},
            "workload": workload,
            "load": load,
        }

    assert judge_claim(memory, measured(0.3, 0.4), 2).claim == "verified"
    assert judge_claim(memory, measured(1.1, 1.2), 2).claim == "refuted"
    assert judge_claim(memory, measured(0.9, 1.1), 2).claim == "inconclusive"
    assert judge_claim(memory, measured(0.3, 0.4, share=0.1), 2).claim == "inconclusive"
    assert judge_claim(slower, measured(1.1, 1.3), 2).claim == "verified"
    assert judge_claim(slower, measured(1.1, 1.3, load=3.0), 2).claim == "inconclusive"
    assert judge_claim(slower, None, 2).reason == "over-budget"
    budget = {"label": "simulated budget", "mib": 24576.0, "fits": {"a": False, "b": True}}
    capped = judge_claim(memory, {**measured(0.3, 0.4), "budget": budget, "variants": {"a": "plain", "b": "saving"}}, 2)
    assert capped.claim == "verified"
    assert str(capped.observed).endswith("; simulated budget of 24 GiB: plain does not fit, saving fits")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cap-memory", "24 bananas", "--level", "S5"], "'24 bananas' is no amount of memory: write it as 24GiB"),
        (["--cap-memory", "0GiB", "--level", "S5"], "'0GiB' is no amount of memory"),
        (["--cap-memory", "24GiB"], "--cap-memory is about what is measured: add --level S5"),
    ],
)
def test_a_budget_that_is_none_is_one_line(
    arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused before anything is run."""
    from miner.cli.main import run

    assert run(["verify", str(folder), *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
