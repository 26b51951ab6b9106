"""The committed schemas are those of the records, and both validators hold every row to them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from miner.app import schema
from miner.errors import InternalError, UsageError
from miner.model import concept, node
from miner.model.snapshot import SourceRecord

COMMITTED = Path(__file__).parents[2] / "schemas" / "v1"

EVIDENCE = node.Evidence(
    role="site",
    path="src/library/model.py",
    blob="0" * 40,
    start_line=1,
    end_line=1,
    start_byte=0,
    end_byte=26,
    sha256="0" * 64,
    text='@requires(backends=("x",))',
)
ROWS: dict[str, Any] = {
    "implementation": node.Implementation(
        id="implementation:library.model.Model", name="Model", evidence=(EVIDENCE,), qualname="library.model.Model",
        kind="class", exports=(node.Export(module="library", name="Model"),), backends=("x",), public=True,
    ),
    "predicate": node.Predicate(
        id="predicate:library.is_x_available", name="is_x_available", evidence=(EVIDENCE,),
        qualname="library.is_x_available", kind="function", quirks=("always truthy",),
        means={"any": [{"package": "x", "version": [[">=", "1.0"]]}, {"not": {"device": "cuda"}}]},
    ),
    "requirement": node.Requirement(
        id="requirement:library.model.Model#x/raise", name="Model needs x", evidence=(EVIDENCE,), enforced=True,
        owner="library.model.Model", needs={"package": "x"}, when=True, origin="decorator",
        otherwise=node.Otherwise(effect="raise", exception="ImportError"),
    ),
    "constraint": node.Constraint(
        id="constraint:library.model.Model.fit#steps/raise", name="Model.fit bounds steps", evidence=(EVIDENCE,),
        owner="library.model.Model.fit", parameters=("steps",), otherwise=node.Otherwise(effect="raise"),
        when={"param": "steps", "of": "library.model.Model.fit", "op": "<", "value": 1},
    ),
    "advice": node.Advice(
        id="advice:library.model.Model.fit#fast/deprecation", name="Model.fit on fast", evidence=(EVIDENCE,),
        owner="library.model.Model.fit", kind="deprecation", origin="warning", subject="fast",
        when={"param": "fast", "of": "f"},
        quantities=(
            node.Quantity(
                text="~20%", unit="%", low=20.0, high=20.0, metric="speed", direction="decrease", evidence=EVIDENCE
            ),
        ),
        message="`fast` will be removed in version 3. Use `speed` instead.", removed_in="3", replacement="speed",
    ),
    "environment-variable": node.EnvironmentVariable(
        id="environment-variable:library.model#HOME", name="HOME", evidence=(EVIDENCE,), variable="HOME",
        owner="library.model", default="/tmp", choices=("/", "/tmp"),
    ),
    "package": node.Package(
        id="package:x", name="x", evidence=(EVIDENCE,), import_names=("x",),
        gated=(node.Gate(specifier=">=1.0", stated_by="predicate:library.is_x_available"),),
    ),
    "workflow": node.Workflow(
        id="workflow:Training", name="Training", evidence=(EVIDENCE,), title="Training a model",
        steps=("principle:Fitting",), origin="catalog",
    ),
    "principle": node.Principle(
        id="principle:Fitting", name="Fitting", evidence=(EVIDENCE,), title="Fitting it", workflow="workflow:Training",
        order=1, page="Fit",
    ),
    "environment": node.Environment(
        id="environment:Training_Environment", name="Training_Environment", evidence=(EVIDENCE,),
        workflow="workflow:Training", always=("requirement:library.model.Model#x/raise",), conditional=(), optional=(),
        install="pip install library x", variables=("environment-variable:library.model#HOME",), devices=("cuda",),
        errors=(
            concept.KnownError(
                message="x is needed", cause="not met: x", fix="pip install x",
                requirement="requirement:library.model.Model#x/raise",
            ),
        ),
    ),
    "heuristic": node.Heuristic(
        id="heuristic:Speed", name="Speed", evidence=(EVIDENCE,), topic="Speed", options=("fast",), default=(),
        trade_off=("advice:library.model.Model.fit#fast/trade-off",), compatibility=(), requires=(), deprecated=(),
        advice=("advice:library.model.Model.fit#fast/trade-off",),
    ),
    "contradiction": node.Contradiction(
        id="contradiction:undeclared/x#declared nowhere", name="x: undeclared", evidence=(EVIDENCE,),
        kind="undeclared", subject="x",
        statements=(
            concept.Statement(text="x>=1.0 is enforced", node="predicate:library.is_x_available", evidence=EVIDENCE),
            concept.Statement(text="what is declared does not name x", node="package:x", evidence=EVIDENCE),
        ),
    ),
    "edge": node.Edge(source="implementation:a", relation="states", target="requirement:a#x/raise"),
    "outcome": node.Outcome(path="setup.py", outcome="skipped", reason="not part of the package"),
    "manifest": node.Manifest(
        schema_version=1, tool="0.1.0", tool_revision="0", reader="fast", nodes={"Package": 1}, edges={}, outcomes={},
        source=SourceRecord(kind="index", name="library", revision="0", tree="0", version="1.0"),
        coverage={"formulas": {"total": 1, "opaque": 0}}, files={"nodes.jsonl": "0" * 64},
    ),
}  # fmt: skip


def test_committed_schemas_are_the_generated_ones_byte_for_byte() -> None:
    """`make schemas` writes them; nothing else lies beside them."""
    committed = {path.name: path.read_bytes() for path in COMMITTED.iterdir()}
    assert committed == {schema.file_name(name): schema.text(name).encode() for name in schema.names()}


def test_there_is_a_schema_for_every_record_and_for_formulas() -> None:
    """A record without a schema would go out unchecked."""
    assert schema.names() == tuple(
        sorted((*node.RECORDS, "answer", "catalog", "change", "impact", "machine", "verification", "formula"))
    )
    assert set(ROWS) == set(node.RECORDS)


@pytest.mark.parametrize("name", schema.names())
def test_a_schema_is_valid_and_closed(name: str) -> None:
    """Each is a 2020-12 schema, its descriptions are single lines, and no object takes unknown fields."""
    document = schema.document(name)
    Draft202012Validator.check_schema(document)
    assert document["$id"] == f"{name}.schema.json"
    for part in _parts(document):
        assert "\n" not in str(part.get("description", ""))
        if "properties" in part:
            assert part["additionalProperties"] is False


def test_an_unknown_schema_is_refused_with_the_nearest_name() -> None:
    """The text helps to find the right one."""
    with pytest.raises(UsageError, match="did you mean requirement"):
        schema.document("requirment")


@pytest.mark.parametrize("make", [schema.validator, schema.slow_validator])
@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_record_as_encoded_is_valid(make: Any, name: str) -> None:
    """What msgspec writes is what the schema says."""
    make()(name, msgspec.json.decode(msgspec.json.encode(ROWS[name])))


BROKEN: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("requirement", {"needs": {"pakage": "x"}}, "requirement:library.model.Model#x/raise: needs"),
    ("requirement", {"needs": {"package": "x", "also": 1}}, "needs"),
    ("requirement", {"surprise": 1}, "the row"),
    ("requirement", {"evidence": []}, "evidence"),
    ("implementation", {"kind": "klass"}, "implementation:library.model.Model: kind"),
    ("predicate", {"means": {"not": "x"}}, "means"),
    ("package", {"gated": [{"specifier": ">=1"}]}, "package:x: gated/0"),
    ("edge", {"relation": "likes"}, "implementation:a likes requirement:a#x/raise: relation"),
    ("outcome", {"outcome": "lost"}, "setup.py: outcome"),
    ("manifest", {"nodes": {"Package": "one"}}, "nodes/Package"),
)


@pytest.mark.parametrize("make", [schema.validator, schema.slow_validator])
@pytest.mark.parametrize(("name", "change", "said"), BROKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_broken_row_is_refused_by_its_id_and_place(make: Any, name: str, change: dict[str, Any], said: str) -> None:
    """Both validators, by two hands, agree on what is wrong and where."""
    row = msgspec.to_builtins(ROWS[name]) | change
    with pytest.raises(InternalError) as caught:
        make()(name, msgspec.json.decode(msgspec.json.encode(row)))
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_twenty_thousand_rows_are_checked_within_a_second() -> None:
    """Processor time, so that a busy machine does not fail the test."""
    check = schema.validator()
    rows = [msgspec.to_builtins(ROWS["requirement"], str_keys=True) for _ in range(20_000)]
    rows = msgspec.json.decode(msgspec.json.encode(rows))
    start = time.process_time()
    for row in rows:
        check("requirement", row)
    assert time.process_time() - start < 1.0


def _parts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [part for each in value for part in _parts(each)]
    if not isinstance(value, dict):
        return []
    return [value, *(part for each in value.values() for part in _parts(each))]
