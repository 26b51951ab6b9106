"""The JSON form is exact, strictly read, and described by a schema that comes from the atoms."""

from __future__ import annotations

import jsonschema
import pytest

from miner.formula.atom import ComputeCapability, Module, Package, Parameter, SameRelease
from miner.formula.connective import All, Any, Not
from miner.formula.notation import from_json, schema, text, to_json

TORCH = Package(package="torch", version=((">=", "2.6"),))


def test_atoms_and_connectives_are_written_without_defaults():
    f = All((TORCH, Any((Module(module="PIL"), Not(SameRelease(same_release=("a", "b"), digits=2)))), True))
    assert to_json(f) == {
        "all": [
            {"package": "torch", "version": [[">=", "2.6"]]},
            {"any": [{"module": "PIL"}, {"not": {"same_release": ["a", "b"], "digits": 2}}]},
            True,
        ]
    }
    assert from_json(to_json(f)) == f


def test_a_required_empty_list_is_written():
    assert to_json(ComputeCapability(compute_capability=())) == {"compute_capability": []}


@pytest.mark.parametrize("value", [True, 1, 1.0, False, 0, -0.0, "1", 10**30])
def test_the_type_of_a_value_survives(value):
    f = Parameter(param="p", of="f", op="==", value=value)
    assert repr(from_json(to_json(f))) == repr(f)


def test_text_is_compact_ascii():
    assert text(Not(Module(module="caf\u00e9"))) == '{"not":{"module":"caf\\u00e9"}}'


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_number_without_json_form_is_refused(value):
    with pytest.raises(ValueError, match="it has no JSON form"):
        to_json(Parameter(param="p", of="f", op="<", value=value))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({}, r"at \$: no connective and no one atom has the keys none"),
        ("torch", r"at \$: expected a truth value or an object, got str"),
        (1, "got int"),
        ({"all": [{"module": "a"}, {"nope": 1}]}, r"at \$\.all\[1\]: .* the keys nope"),
        ({"all": [], "not": True}, "no one atom has the keys all, not"),
        ({"any": {"module": "a"}}, "the keys any"),
        ({"package": "a", "versions": []}, "the keys package, versions"),
        ({"not": {"package": "a", "version": [[">=", 2]]}}, r"at \$\.not: Package: Expected `str`, got `int`"),
        ({"package": "a", "version": [[">="]]}, "Package: Expected `array` of length 2"),
        ({"param": "a"}, "the keys param"),
    ],
)
def test_anything_else_is_refused_with_its_place(wrong, reason):
    with pytest.raises(ValueError, match=reason):
        from_json(wrong)
    assert not jsonschema.Draft202012Validator(schema()).is_valid(wrong)


def test_bottomless_nesting_is_refused():
    f: object = True
    for _ in range(300):
        f = {"not": f}
    with pytest.raises(ValueError, match="nested deeper than 200"):
        from_json(f)


def test_atoms_that_share_a_key_are_told_apart():
    assert from_json({"device": "cuda", "device_count": []}) != from_json({"device": "cuda"})
    assert from_json({"device": "xpu", "compute_capability": [[">=", "1"]]}) == ComputeCapability(
        compute_capability=((">=", "1"),), device="xpu"
    )


def test_the_schema_is_valid_closed_and_reachable_by_its_id():
    found = schema()
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$id"] == "formula.schema.json"
    assert all(part["additionalProperties"] is False for part in found["$defs"].values())
    assert found["$defs"]["DeviceCount"]["required"] == ["device_count"]
