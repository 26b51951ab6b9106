"""Statements of one library that do not go together."""

from __future__ import annotations

from typing import Any

import pytest

from miner.graph.contradiction import contradictions
from miner.model.evidence import Evidence, Role
from miner.model.node import Advice, Declaration, Gate, Node, Otherwise, Package, Predicate, Requirement


def place(line: int, role: Role = "site", text: str = "") -> Evidence:
    """An evidence on a line."""
    return Evidence(
        role=role,
        path="kit/a.py",
        blob="0" * 40,
        start_line=line,
        end_line=line,
        start_byte=line,
        end_byte=line + 1,
        sha256="0" * 64,
        text=text,
    )


def package(name: str, declared: tuple[str, ...] = (), gated: str = "", imported: str = "") -> Package:
    """A package with what is declared of it, and the version that its predicate asks for."""
    rows = tuple(place(1, "declaration", f'"{name}{each}"') for each in declared)
    return Package(
        id=f"package:{name}",
        name=name,
        evidence=(*rows, place(2)),
        import_names=(imported or name,),
        declared=tuple(Declaration(specifier=each, place="table") for each in declared),
        gated=(Gate(specifier=gated, stated_by=f"predicate:kit.is_{name}_available"),) if gated else (),
    )


def predicate(name: str) -> Predicate:
    """The predicate of a package."""
    return Predicate(
        id=f"predicate:kit.{name}", name=name, evidence=(place(3),), qualname=f"kit.{name}", means=True, kind="function"
    )


def requirement(number: int, needs: Any, message: str, when: Any = True) -> Requirement:
    """A requirement of `kit.fit` with a message."""
    return Requirement(
        id=f"requirement:kit.fit#{number}",
        name="r",
        evidence=(place(4), place(5, "message")),
        owner="kit.fit",
        needs=needs,
        when=when,
        otherwise=Otherwise(effect="raise", message=message),
        origin="runtime-gate",
        enforced=True,
    )


def advice(subject: str, message: str) -> Advice:
    """What the docstring of `kit.Options` says of an option."""
    return Advice(
        id=f"advice:kit.Options#{subject}",
        name="a",
        evidence=(place(6),),
        owner="kit.Options",
        kind="requirement",
        origin="documentation",
        subject=subject,
        when=True,
        message=message,
    )


def at_least(version: str, name: str = "slate", operator: str = ">=") -> dict[str, Any]:
    """The atom that a package has a version."""
    return {"package": name, "version": [[operator, version]]}


def found(*nodes: Node) -> list[tuple[str, str]]:
    """Kind and subject of the contradictions; each has statements with places of its evidence."""
    listed = list(contradictions(nodes))
    for each in listed:
        assert {statement.evidence for statement in each.statements} == set(each.evidence)
    return [(each.kind, each.subject) for each in listed]


@pytest.mark.parametrize(
    ("declared", "gated", "kinds"),
    [
        ((">=1.11.7",), ">=1.11.5", ["gate-looser-than-declared"]),
        ((">=0.10.2,<0.11",), ">=0.9.0", ["gate-looser-than-declared"]),
        ((">=1.17",), ">=1.25.0", ["gate-stricter-than-declared"]),
        ((">=1.0", ">=2.0"), ">=1.5", []),
        ((">=1.0",), ">=1.0.0", []),
        (("<3",), ">=1.0", []),
    ],
)
def test_what_is_declared_and_what_is_enforced(declared, gated, kinds):
    nodes = (package("slate", declared, gated), predicate("is_slate_available"))
    assert [kind for kind, _ in found(*nodes)] == kinds


def test_a_predicate_of_a_feature_is_no_gate_of_the_package():
    slate = package("slate", (">=1.0",), ">=2.0")
    gate = Gate(specifier=">=2.0", stated_by="predicate:kit.is_slate_chalk_available")
    nodes = (
        Package(**{f: getattr(slate, f) for f in slate.__struct_fields__ if f != "gated"}, gated=(gate,)),
        predicate("is_slate_chalk_available"),
    )
    assert found(*nodes) == []


def test_what_is_enforced_and_declared_nowhere():
    nodes = (package("slate", gated=">=1.0"), predicate("is_slate_available"), package("chalk", (">=2",)))
    assert found(*nodes) == [("undeclared", "slate")]


@pytest.mark.parametrize(
    ("needs", "message", "differs"),
    [
        (at_least("1.23.99"), "slate version should be >= 1.24.0", True),
        (at_least("1.24.0"), "slate version should be >= 1.24", False),
        (at_least("0.17.0.dev0"), "needs `slate v0.17.0` or higher", False),
        (at_least("1.0"), "needs slate and chalk>=2.0", False),
        (at_least("1.0"), "slate is needed; see version 3.0 of the guide", False),
        (at_least("0.2.5", operator=">"), "slate must be greater or equal than 0.2.5", True),
        (at_least("0.2.5", operator=">"), "slate must be greater than 0.2.5", False),
    ],
)
def test_a_message_that_names_another_version(needs, message, differs):
    assert found(requirement(1, needs, message)) == ([("message-differs", "slate")] if differs else [])


def test_a_message_of_several_requirements_may_name_the_version_of_any():
    nodes = (requirement(1, at_least("1.0"), "needs slate>=2.0"), requirement(2, at_least("2.0"), "needs slate>=2.0"))
    assert found(*nodes) == []


def test_a_name_that_the_package_is_imported_by():
    needs = {"module": "slate.core", "version": [[">=", "1.0"]]}
    nodes = (package("slate-core", (">=1.0",), imported="slate.core"), requirement(1, needs, "needs slate-core>=2.0"))
    assert found(*nodes) == [("message-differs", "slate-core")]


def test_an_option_whose_description_names_another_version():
    when = {"param": "args.depth", "of": "kit.fit"}
    nodes = (advice("depth", "Requires slate `1.10.1`."), requirement(1, at_least("1.12.0"), "no", when))
    assert found(*nodes) == [("docstring-differs", "slate")]
    assert found(advice("width", "Requires slate `1.10.1`."), nodes[1]) == []


def test_a_generation_of_devices_with_the_capability_of_another():
    nodes = [advice(name, "with compute capability `>= 7.5` (Volta).") for name in ("depth", "width")]
    assert found(*nodes) == [("message-differs", "compute capability")]
    assert found(advice("depth", "with compute capability >= 7.0 (Volta)")) == []
