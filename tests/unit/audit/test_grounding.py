"""What a statement names occurs in the bytes of its evidence, in whichever encoding its file has."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from miner.audit.evidence import EvidenceCheck
from miner.audit.grounding import ungrounded, uses_of


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


def use(**fields: Any) -> dict[str, Any]:
    """One use of an option in `if fast: go(1)`, at the bytes of `fast`."""
    data = b"if fast: go(1)"
    place = {
        "role": "site",
        "path": "a.py",
        "blob": "b",
        "start_line": 1,
        "end_line": 1,
        "start_byte": 3,
        "end_byte": 14,
    }
    place["sha256"] = hashlib.sha256(data[3:14]).hexdigest()
    return {
        "option": "fast",
        "owner": "kit.a",
        "code": "fast",
        "then": "go(1)",
        "when": True,
        "evidence": [place],
    } | fields


def test_what_the_use_of_an_option_states_is_checked_too():
    """Against evidence of its own, which is read like that of nodes."""
    check = EvidenceCheck(lambda _: b"if fast: go(1)", {"a.py": "b"})
    right, wrong = use(), use(then="stop(1)")
    row = {"id": "heuristic:Speed", "type": "Heuristic", "evidence": [], "uses": [right, wrong]}
    assert list(check.check(row)) == []
    found = [finding for each in uses_of(row) for finding in ungrounded(each, check.text(each))]
    assert [(each.subject, each.message) for each in found] == [
        ("heuristic:Speed: fast in kit.a", "'stop' is in none of its evidence")
    ]
    right["evidence"][0]["sha256"] = "0" * 64
    assert [each.message for each in check.check(row)] == ["a.py:1: the bytes there have another SHA-256"]


def test_a_quantity_may_stand_on_two_lines():
    """Each of its words is there."""
    node = {"type": "Advice", "when": True, "quantities": [{"text": "5 seconds"}]}
    node |= dict.fromkeys(("message", "action", "replacement", "deprecated_since", "removed_in"))
    assert list(ungrounded(node, b"takes 5\n  seconds")) == []
    (found,) = ungrounded(node, b"takes 6\n  seconds")
    assert "'5' is in none of its evidence" in found.message
