"""Recipes are read strictly; those that miner has are of owners that are named once and parse."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from miner.verify import recipe
from miner.verify.recipe import recipes


def test_a_library_without_recipes_has_none() -> None:
    """No file, no recipe."""
    assert recipes("nowhere") == {}


def test_objects_with_fields_are_written_as_the_probes_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any depth."""
    text = """[[recipe]]
owners = ["lib.Quantizer.check", "lib.Other.check"]
attributes = { config = { fields = { bits = 4, inner = { fields = { on = true } } } } }
arguments = { device_map = { "" = "cuda:0" } }

[[recipe]]
owners = ["lib.Model._check"]
entry = "Model.load"
"""
    (tmp_path / "lib.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(recipe, "_FOLDER", tmp_path)
    found = recipes("lib")
    assert sorted(found) == ["lib.Model._check", "lib.Other.check", "lib.Quantizer.check"]
    assert found["lib.Model._check"] == [{"qualname": "Model.load"}]
    assert found["lib.Other.check"][0]["attributes"] == {
        "config": {"$fields": {"bits": 4, "inner": {"$fields": {"on": True}}}}
    }
    assert found["lib.Other.check"][0]["arguments"] == {"device_map": {"": "cuda:0"}}
    (tmp_path / "lib.toml").write_text('[[recipe]]\nowner = ["x"]\n', encoding="utf-8")
    with pytest.raises(msgspec.ValidationError, match="owner"):
        recipes("lib")


def test_the_recipes_of_miner_are_read() -> None:
    """Each file of the folder."""
    for path in recipe._FOLDER.glob("*.toml"):
        assert all(owner.startswith(f"{path.stem}.") for owner in recipes(path.stem))
