"""What a statement names occurs in the bytes of its evidence, in whichever encoding its file has."""

from __future__ import annotations

import pytest

from miner.audit.grounding import ungrounded


def row(backend: str) -> dict:
    return {
        "id": "implementation:kit.Net",
        "type": "Implementation",
        "name": "Net",
        "kind": "class",
        "backends": [backend],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "iso8859-1", "cp1252"])
def test_a_name_in_another_encoding_is_there(encoding):
    assert list(ungrounded(row("été"), 'class Net: backends = "été"'.encode(encoding))) == []


def test_a_name_that_is_not_there_is_a_finding():
    (found,) = ungrounded(row("été"), b"class Net: backends = []")
    assert "'été' is in none of its evidence" in found.message


@pytest.mark.parametrize(("value", "written"), [(0.01, b"1e-2"), (10000, b"10_000"), (255, b"0xff"), (0.01, b".01e0")])
def test_a_number_may_be_spelled_in_another_way(value, written):
    """A constant is stated as Python prints it; the file may have it with an exponent, underscores, or in hex."""
    message = {"message": f"over {value / 1} units"}
    node = {"type": "Constraint", "when": {"param": "limit", "op": "<", "value": value}, "otherwise": message}
    assert list(ungrounded(node, b"LIMIT = " + written + b"; limit: over units")) == []
    (found,) = ungrounded(node, b"LIMIT = 7e-2; limit, 1_000, 0xfe: over units")
    assert str(value) in found.message


def test_a_name_may_be_put_together_of_pieces_in_another_case():
    """`f"{NAME.upper()}_HOME"` with `NAME = "acme_kit"` is ACME_KIT_HOME."""
    node = {"type": "EnvironmentVariable", "variable": "ACME_KIT_HOME", "choices": []}
    assert list(ungrounded(node, b'f"{NAME.upper()}_HOME" NAME = "acme_kit"')) == []
    assert list(ungrounded(node, b'f"{NAME.upper()}_HOME" NAME = "acme_kat"')) != []


def test_a_quantity_may_stand_on_two_lines():
    """Each of its words is there."""
    node = {"type": "Advice", "when": True, "quantities": [{"text": "5 seconds"}]}
    node |= dict.fromkeys(("message", "action", "replacement", "deprecated_since", "removed_in"))
    assert list(ungrounded(node, b"takes 5\n  seconds")) == []
    (found,) = ungrounded(node, b"takes 6\n  seconds")
    assert "'5' is in none of its evidence" in found.message
