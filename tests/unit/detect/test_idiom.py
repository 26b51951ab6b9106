"""The vocabulary: read strictly, merged with the user's, matched by pattern."""

from __future__ import annotations

import pytest

from miner.detect.idiom import load_idioms
from miner.errors import UsageError


def test_primitives_match_by_pattern():
    """A slot takes one segment of a dotted name and fills the subject."""
    idioms = load_idioms()
    item, subject = idioms.primitive("torch.xpu.is_available")
    assert (item.kind, subject) == ("device", "xpu")
    item, subject = idioms.primitive("torch.backends.mps.is_built")
    assert (item.kind, subject) == ("device", "mps")
    item, subject = idioms.primitive("torch.distributed.is_available")
    assert (item.kind, subject) == ("feature", None)
    assert idioms.primitive("torch.a.b.c.is_available") is None
    assert idioms.primitive("my_lib.find_spec") is None


def test_names_match_by_glob():
    """Names of predicates and helpers are globs."""
    idioms = load_idioms()
    assert idioms.is_predicate_name("is_foo_available")
    assert not idioms.is_predicate_name("foo")
    assert idioms.is_helper_name("_is_package_available")


def test_a_user_file_adds_and_wins(tmp_path):
    """Tables merge key by key; the user's list comes first."""
    path = tmp_path / "mine.toml"
    path.write_text(
        '[aliases]\nfoo = ["foo-dist"]\n[probe]\nhelpers = ["probe_*"]\n'
        '[[probe.primitives]]\nkind = "device"\nnames = ["acme.{device}.ready"]\n'
    )
    idioms = load_idioms(path)
    assert idioms.aliases["foo"] == ("foo-dist",)
    assert "PIL" in idioms.aliases
    assert idioms.is_helper_name("probe_it")
    assert idioms.is_helper_name("_is_package_available")
    assert idioms.primitive("acme.npu.ready")[1] == "npu"
    assert idioms.primitive("torch.npu.is_available") is not None
    assert idioms.digest != load_idioms().digest
    assert load_idioms().digest == load_idioms().digest


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[probe]\nhelper = []\n", "unknown field"),
        ("[nonsense]\n", "unknown field"),
        ("version = 2\n", "version 2"),
        ("[aliases\n", "not TOML"),
        ("[aliases]\nfoo = 3\n", "Expected"),
        ('[[probe.primitives]]\nkind = "guess"\nnames = []\n', "guess"),
    ],
)
def test_a_wrong_file_is_a_usage_error(tmp_path, text, part):
    """One clear line names the file and what is wrong."""
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as problem:
        load_idioms(path)
    message = str(problem.value)
    assert part in message
    assert "mine.toml" in message
    assert "\n" not in message


def test_a_missing_file_is_a_usage_error(tmp_path):
    """The file's name is in the message, its folder is not."""
    with pytest.raises(UsageError, match=r"idioms file absent\.toml: cannot be read"):
        load_idioms(tmp_path / "absent.toml")


def test_bytes_that_are_not_text_are_a_usage_error(tmp_path):
    """TOML is UTF-8."""
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not TOML"):
        load_idioms(path)
