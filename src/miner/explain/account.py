"""The account of a name: the statements of a graph that are about it, in sections."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from miner.explain.subject import Subject, devices, parameters
from miner.formula import atom as fa
from miner.formula.connective import Any, Not, affirmed, conjuncts
from miner.formula.disjunctive import atoms, literals
from miner.formula.notation import from_json
from miner.graph.names import Names
from miner.link.library import is_part
from miner.link.option import option_of
from miner.model.concept import Contradiction, Environment, Heuristic
from miner.model.node import (
    Advice,
    Constraint,
    Edge,
    EnvironmentVariable,
    Flag,
    Implementation,
    Node,
    Package,
    Predicate,
    Requirement,
)
from miner.model.option_use import OptionUse
from miner.store.graph_reader import Graph

_WORD = re.compile(r"\w+")
_PLACED = frozenset({"site", "default", "message"})
_CONFIG = re.compile(r"\bconfig: *['\"]?(\w+)")
_FIELD = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")


@dataclass(frozen=True)
class Account:
    """What a graph says of `subject`, each list in the order of the places in the source.

    `reached` are requirements of others that a symbol of a workflow reaches, with the edges that say how; `members` are
    the steps of a workflow, and what implements a principle; `implementers` that of each step, by its id;
    `environments` those of a workflow; `stating` what the versions of a package are from, or what a workflow needs
    under some conditions, by id; `uses` the places where an option, or those of a heuristic, take effect; `flags` those
    of a class, or of a base of it (named); `describing` what names a variable in its docstring; `module` is that of an
    object.
    """

    subject: Subject
    requirements: list[Requirement] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    advice: list[Advice] = field(default_factory=list)
    variables: list[EnvironmentVariable] = field(default_factory=list)
    predicates: list[Predicate] = field(default_factory=list)
    reached: list[tuple[Edge, Requirement]] = field(default_factory=list)
    members: list[Node] = field(default_factory=list)
    implementers: dict[str, list[Node]] = field(default_factory=dict)
    environments: list[Environment] = field(default_factory=list)
    stating: dict[str, Node] = field(default_factory=dict)
    uses: list[OptionUse] = field(default_factory=list)
    flags: dict[str, tuple[Flag, str | None]] = field(default_factory=dict)
    describing: list[Implementation] = field(default_factory=list)
    module: Implementation | None = None


def explain(graph: Graph, subject: Subject) -> Account:
    """Return all that a graph says of a subject."""
    match subject.kind, subject.node:
        case "concept", node if node is not None:
            return _of_concept(graph, subject, node)
        case "package", Package(id=id_, gated=gates):
            sources = {edge.source for edge in graph.edges_to(id_) if edge.relation == "about"}
            held = Account(subject, stating={each.stated_by: graph.nodes[each.stated_by] for each in gates})
            return _account(graph, subject, lambda node: node.id in sources, held)
        case "predicate", Predicate(id=id_):
            sources = {edge.source for edge in graph.edges_to(id_) if edge.relation == "uses_predicate"}
            return _account(graph, subject, lambda node: node.id in sources or _is_owned(node, subject.name))
        case "variable", _:
            saying = [each for each in graph.of_type(Implementation) if _names(each.summary, subject.name)]
            held = Account(subject, describing=sorted(saying, key=lambda node: node.place))
            return _account(graph, subject, lambda node: _asks_variable(node, subject.name), held)
        case "device", _:
            return _account(graph, subject, lambda node: _asks_device(node, subject.name))
        case "option", Implementation(qualname=owner, uses=stated) as node if _is_sole(graph, node, subject.name):
            held = Account(subject, reached=list(_through(graph, subject.name)), uses=_uses(graph, subject.name))
            is_told = _told_by(graph, held.uses, stated, subject.name)

            def is_said(each: Node) -> bool:
                return _is_of(each, subject.name, owner) or is_told(each) or _is_needed_by(each, owner)

            return _told_once(_account(graph, subject, is_said, held))
        case "option", Implementation(qualname=owner, uses=stated):
            known = {_place(use) for use in stated}
            uses = [use for use in _uses(graph, subject.name) if is_part(use.owner, owner) or _place(use) in known]
            held = Account(subject, uses=uses)
            is_told = _told_by(graph, uses, stated, subject.name)

            def is_wanted(each: Node) -> bool:
                if isinstance(each, Constraint) or (isinstance(each, Advice) and each.origin == "gate"):
                    is_asked = _is_about(each, subject.name) and _is_beside(each, subject.name, owner)
                    if is_asked and not _takes_other(graph, each, owner):
                        return True
                is_own = _is_about(each, subject.name) and _is_owned(each, owner)
                return is_own or is_told(each) or _is_needed_by(each, owner)

            return _told_once(_account(graph, subject, is_wanted, held))
        case "option", _:
            held = Account(subject, uses=_uses(graph, subject.name))
            return _told_once(_account(graph, subject, lambda node: _is_about(node, subject.name), held))
    outer = subject.name.rpartition(".")[0]
    held = Account(subject, module=_module(graph, subject.name))
    account = _account(graph, subject, lambda node: _is_owned(node, subject.name) or _is_placeholder(node, outer), held)
    if isinstance(subject.node, Implementation):
        account.flags.update(_flags(graph, subject.node))
    for edge in graph.edges_from(f"implementation:{subject.name}"):
        need = graph.nodes.get(edge.target)
        if edge.relation == "requires" and isinstance(need, Requirement) and not is_part(need.owner, subject.name):
            account.reached.append((edge, need))
    return account


def _module(graph: Graph, name: str) -> Implementation | None:
    """Return the module that an object is defined in."""
    node = graph.nodes.get(f"implementation:{name}")
    if isinstance(node, Implementation) and node.kind == "module":
        return node
    return _module(graph, name.rpartition(".")[0]) if "." in name else None


def _flags(graph: Graph, node: Implementation) -> dict[str, tuple[Flag, str | None]]:
    """Return the flags of a class: its own, then those of its bases that the library defines, in their order."""
    found: dict[str, tuple[Flag, str | None]] = {}
    for each in Names(graph).ancestors(node):
        for flag in each.flags:
            found.setdefault(flag.name, (flag, None if each is node else each.qualname))
    return found


def _of_concept(graph: Graph, subject: Subject, node: Node) -> Account:
    """Return what a concept is made of: statements, or steps and symbols."""
    uses: tuple[OptionUse, ...] = ()
    match node:
        case Environment():
            ids: tuple[str, ...] = (*node.always, *node.conditional, *node.optional, *node.variables)
        case Heuristic():
            ids, uses = (*node.advice, *node.requires), node.uses
        case Contradiction():
            ids = tuple(statement.node for statement in node.statements)
        case _:
            ids = ()
    environments = [each for each in graph.of_type(Environment) if each.workflow == node.id]
    sometimes = [need for each in environments for need in each.conditional]
    wanted = frozenset((*ids, *(need for each in environments for need in each.always)))
    stating = {each: graph.nodes[each] for each in sometimes}
    held = Account(subject, environments=environments, stating=stating, uses=list(uses))
    for option in node.options if isinstance(node, Heuristic) else ():
        held.reached.extend(each for each in _through(graph, option) if each not in held.reached)
    account = _account(graph, subject, lambda each: each.id in wanted, held)
    for relation in ("step", "implemented_by"):
        account.members.extend(_targets(graph, node.id, relation))
    for step in account.members:
        account.implementers[step.id] = list(_targets(graph, step.id, "implemented_by"))
    return account


def _uses(graph: Graph, option: str) -> list[OptionUse]:
    """Return where an option takes effect, each place once: heuristics, and a class that holds it, may share it."""
    listed = [use for node in graph.of_type(Heuristic) for use in node.uses if use.option == option]
    listed += (use for node in graph.of_type(Implementation) for use in node.uses if use.option == option)
    listed.sort(key=_place)
    return list({(*_place(use), use.way): use for use in listed}.values())


def _told_once(account: Account) -> Account:
    """Return an account without the uses at which one of its statements stands, which says more."""
    stated = (*account.requirements, *account.constraints, *account.advice)
    places = {(each.path, each.start_byte) for node in stated for each in node.evidence if each.role in _PLACED}
    uses = [
        use
        for use in account.uses
        if use.way == "noted"
        or not any((each.path, each.start_byte) in places for each in use.evidence if each.role == "site")
    ]
    return replace(account, uses=uses)


def _told_by(
    graph: Graph, uses: Iterable[OptionUse], stated: Iterable[OptionUse], option: str
) -> Callable[[Node], bool]:
    """Return what says whether a statement is of a function that uses an option of a class (`stated`), or of one that
    the option is passed to, by its name, and refuses it.
    """
    users = {use.owner for use in stated if use.option == option}
    takers = dict(_takers(graph, [use for use in uses if use.option == option]))

    def is_told(node: Node) -> bool:
        is_refusal = isinstance(node, Constraint) or (isinstance(node, Advice) and node.origin == "gate")
        taken = takers.get(node.owner) if is_refusal else None  # type: ignore[union-attr]  # a statement
        is_taken = taken is not None and _is_about(node, taken)
        return is_taken or _is_told_by(node, option, users)

    return is_told


def _takers(graph: Graph, uses: Iterable[OptionUse]) -> Iterator[tuple[str, str]]:
    """Yield the functions that uses pass their option to by a keyword, with that, where only one so called takes it."""
    called: dict[str, str] = {}
    for use in uses:
        given = re.search(rf"(?<!\w)(\w+) ?= ?(?:\w+\.)*{use.option}(?![\w.(])", use.code)
        if use.way == "passed" and use.to and given is not None:
            called[use.to.rpartition(".")[2]] = given[1]
    named: dict[str, list[Implementation]] = {}
    for node in graph.of_type(Implementation) if called else ():
        is_function = node.name in called and node.kind in {"class", "function"}
        if is_function and re.search(rf"\b{called[node.name]}\b", node.signature or "") is not None:
            named.setdefault(node.name, []).append(node)
    for name, found in named.items():
        if len(found) == 1:
            yield from ((owner, called[name]) for owner in (found[0].qualname, f"{found[0].qualname}.__init__"))


def _place(use: OptionUse) -> tuple[str, int]:
    return use.evidence[0].path, use.evidence[0].start_byte


def _targets(graph: Graph, source: str, relation: str) -> Iterator[Node]:
    """Yield what edges of a relation lead to, in their order."""
    edges = [edge for edge in graph.edges_from(source) if edge.relation == relation]
    yield from (graph.nodes[edge.target] for edge in sorted(edges, key=lambda edge: edge.order or 0))


def _is_sole(graph: Graph, node: Implementation, option: str) -> bool:
    """Say whether a class has a field of this name that no other class of the library has."""
    holders = (
        each
        for each in graph.of_type(Implementation)
        if option in each.fields or any(use.option == option for use in each.uses)
    )
    return option in node.fields and all(each.id == node.id for each in holders)


def _is_of(node: Node, option: str, owner: str) -> bool:
    """Say whether a statement is about an option of `owner`: its own, or one that asks for the field of something.

    Of others that is what they need, and what they refuse within the package that defines `owner`: further away a
    field of the same name is that of another class.
    """
    if not _is_about(node, option):
        return False
    if _is_owned(node, owner):
        return True
    match node:
        case Requirement():
            return _asks_field(node.when, option)
        case Constraint() | Advice(origin="gate"):
            return _is_beside(node, option, owner)
    return False


def _is_beside(node: Constraint | Advice, option: str, owner: str) -> bool:
    """Say whether a refusal in the package of `owner` asks for a field of something, also in what is quoted."""
    module = owner.rpartition(".")[0]
    if not is_part(node.owner, module.rpartition(".")[0] or module):
        return False
    quoted = (atom.opaque for atom in atoms(from_json(node.when)) if isinstance(atom, fa.Opaque))
    return _asks_field(node.when, option) or any(re.search(rf"config\.{option}(?!\w)", text) for text in quoted)


def _takes_other(graph: Graph, node: Constraint | Advice, owner: str) -> bool:
    """Say whether what states something is made with options of another class than `owner`, as its signature says."""
    parts = node.owner.split(".")
    names = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    found = (graph.nodes.get(f"implementation:{name}") for name in names)
    signature = next((each.signature for each in found if isinstance(each, Implementation) and each.signature), "")
    taken = _CONFIG.findall(signature or "")
    return bool(taken) and owner.rpartition(".")[2] not in taken


def _through(graph: Graph, option: str) -> Iterator[tuple[Edge, Requirement]]:
    """Yield what functions need that are called where a field is set, with the calls."""
    for edge in graph.edges:
        if edge.relation == "calls" and edge.when is not True and _asks_field(edge.when, option):
            for stated in graph.edges_from(edge.target):
                need = graph.nodes[stated.target]
                if stated.relation == "states" and isinstance(need, Requirement):
                    yield edge, need


def _asks_field(when: object, option: str) -> bool:
    """Say whether a condition asks for a field of something, whatever else it asks: `self.args.use_x`."""
    parts = [affirmed(part) for part in conjuncts(from_json(when))]
    found = [part.param for part in parts if isinstance(part, fa.Parameter)]
    found += [part.opaque for part in parts if isinstance(part, fa.Opaque) and _FIELD.fullmatch(part.opaque)]
    return any("." in name.removeprefix("self.") and option_of(name) == option for name in found)


def _account(
    graph: Graph, subject: Subject, is_wanted: Callable[[Node], bool], account: Account | None = None
) -> Account:
    account = Account(subject) if account is None else account
    for node in sorted(filter(is_wanted, graph.nodes.values()), key=lambda node: node.place):
        match node:
            case Requirement():
                account.requirements.append(node)
            case Constraint():
                account.constraints.append(node)
            case Advice():
                account.advice.append(node)
            case EnvironmentVariable():
                account.variables.append(node)
            case Predicate():
                account.predicates.append(node)
    return account


def _is_owned(node: Node, owner: str) -> bool:
    stated = isinstance(node, Requirement | Constraint | Advice | EnvironmentVariable)
    return stated and is_part(node.owner, owner)  # type: ignore[union-attr]  # narrowed by `stated`


def _is_needed_by(node: Node, owner: str) -> bool:
    """Say whether a class is never made without a need: nor are its options set then."""
    makers = {owner, f"{owner}.__init__", f"{owner}.__post_init__"}
    return isinstance(node, Requirement) and node.enforced and node.when is True and node.owner in makers


def _is_told_by(node: Node, option: str, users: set[str]) -> bool:
    """Say whether a function that uses a field of what holds options tells something of it."""
    if not isinstance(node, Advice | Requirement | Constraint) or node.owner not in users:
        return False
    is_subject = isinstance(node, Advice) and node.subject == option
    return is_subject or (not isinstance(node, Advice) and _is_about(node, option) and _asks_field(node.when, option))


def _is_placeholder(node: Node, owner: str) -> bool:
    """Say whether a class is only there where a need is met: so are its methods."""
    return isinstance(node, Requirement) and node.owner == owner and node.otherwise.effect == "placeholder"


def _is_about(node: Node, option: str) -> bool:
    match node:
        case Advice():
            return node.subject == option or option in parameters(node)
        case Constraint():
            return option in map(option_of, node.parameters)
        case Requirement(enforced=False):  # a softer use that happens to ask for it among others is about those
            parts = map(affirmed, (*conjuncts(from_json(node.when)), *conjuncts(from_json(node.needs))))
            return any(isinstance(part, fa.Parameter) and option_of(part.param) == option for part in parts)
        case Requirement():
            return option in parameters(node)
    return False


def _asks_variable(node: Node, variable: str) -> bool:
    match node:
        case EnvironmentVariable():
            return node.variable == variable
        case Advice():
            return node.subject == variable or _names(node.message, variable)
        case Constraint():
            return _names(node.otherwise.message, variable)
        case Requirement():
            return variable in _variables(node) or _names(node.otherwise.message, variable)
    return False


def _names(message: str | None, variable: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(variable)}(?!\w)", message or "") is not None


def _asks_device(node: Node, device: str) -> bool:
    if isinstance(node, Predicate):
        return device in devices(from_json(node.means))
    if isinstance(node, Requirement) and device in devices(from_json(node.needs)):
        return True
    if isinstance(node, Constraint | Advice) or (isinstance(node, Requirement) and node.enforced):
        return _holds_on(node.when, device)
    return False


def _holds_on(when: object, device: str) -> bool:
    """Say whether a condition asks for a device, alone or as one of several: `cuda`, `cuda or xpu`."""
    for part in conjuncts(from_json(when)):
        alternatives = part.parts if isinstance(part, Any) else (part,)
        asked = [
            {name for literal in literals(each) if not isinstance(literal, Not) for name in devices(literal)}
            for each in alternatives
        ]
        if all(asked) and any(device in names for names in asked):
            return True
    return False


def _variables(node: Requirement) -> set[str]:
    """Return the environment variables that a requirement asks for, or depends on."""
    stated = (atom for formula in (node.needs, node.when) for atom in atoms(from_json(formula)))
    return {atom.env for atom in stated if isinstance(atom, fa.Environment)}
