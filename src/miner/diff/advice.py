"""Changes of advice: what is told of an object no longer, or in other words, or was not told before."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator

from miner.diff.identity import Identity
from miner.diff.record import change
from miner.diff.teller import Tellers, has_moved, is_told_alike, tellers
from miner.diff.wording import is_said_alike, plain_words, shared_words
from miner.graph.argument import takes_any
from miner.model.change import Change, ChangeType
from miner.model.node import Advice, Constraint, Implementation, Requirement
from miner.store.graph_reader import Graph
from miner.syntax.rows import written_parameters

_SAME_MATTER = 0.4
"""The share of the words of the shorter of two statements on one option that the other says too."""
_NEARLY = 0.8
"""The least likeness of what one method of a class said, and another says now."""
_SAME_WORDS = 0.8
"""The share of the words of what one description said of an option that another says of it now."""
_Pair = tuple[Advice | None, Advice | None]


def changed_advice(identity: Identity) -> Iterator[Change]:
    """Yield what is told in other words of an object that is in both graphs.

    Code that gives or forces a default says nothing when it goes: a decorator or an attribute may give the same.
    """
    was, is_ = _raised(identity.old, identity.now), _raised(identity.new, str)
    told = _told(identity.old, identity.now), _told(identity.new, str)
    shared = _shared(identity.new, *told)
    for before, after in _in_other_words(list(_paired(identity)), identity):
        node = after or before
        if node is None or not (
            identity.in_both(node.owner, is_old=after is None) or _is_old_name(identity.old, after)
        ):
            continue  # the object itself came or went
        words = plain_words(node.message)
        if before is not None and after is not None and plain_words(_renamed(before, identity)) == words:
            continue  # another of the class says it now, or the class says it of itself under its new name
        if (identity.now(node.owner) if after is None else node.owner, words) in (is_ if after is None else was):
            continue  # said on the other side too, where it is a requirement
        here, there = told if after is None else reversed(told)
        if (before is None or after is None) and (is_told_alike(words, here, there) or has_moved(words, here, there)):
            continue  # said by the same object on the other side, of something else, or by another that did not say it
        if after is None and any(
            shared_words(node.message, said) >= _SAME_WORDS for said in shared.get(node.subject, ())
        ):
            continue  # nearly so, of the same option: a decorator may write it
        fields = {"symbol": node.owner, "option": node.subject}
        if before is not None and after is not None:
            yield change(
                "advice-changed", before, after, field="message", old=before.message, new=after.message, **fields
            )
        elif after is not None:
            type_: ChangeType = "deprecated" if node.kind == "deprecation" else "advice-added"
            yield change(type_, None, after, field="message", new=after.message, **fields)
        elif before is not None and _is_mapped_no_longer(before, identity):
            takes = identity.new.nodes.get(f"implementation:{identity.now(before.owner)}")
            is_refused = isinstance(takes, Implementation) and not takes_any(takes)
            yield change(
                "removed", before, None, severity="breaking" if is_refused else "risky", field="deprecation",
                old=before.message, new=before.replacement, **fields,
            )  # fmt: skip
        elif before is not None:
            yield change("advice-removed", before, None, field="message", old=before.message, **fields)


def _renamed(told: Advice, identity: Identity) -> str | None:
    """Return a message with the name that the class of its owner has now."""
    message = told.message
    names = zip(reversed(told.owner.split(".")), reversed(identity.now(told.owner).split(".")), strict=False)
    for was, is_ in names:
        if was != is_ and was[:1].isupper() and message is not None:
            message = re.sub(rf"\b{re.escape(was)}\b", is_, message)
    return message


def _shared(new: Graph, here: Tellers, there: Tellers) -> dict[str, list[str]]:
    """Return what descriptions say of options, by name, that did not say it before."""
    found: dict[str, list[str]] = {}
    for node in new.of_type(Advice):
        if node.origin == "documentation" and node.message is not None:
            words = plain_words(node.message)
            if has_moved(words, here, there):
                found.setdefault(node.subject, []).append(node.message)
    return found


def _is_mapped_no_longer(told: Advice, identity: Identity) -> bool:
    """Return whether a keyword, which no signature has, was an old name of a parameter, and is none any more."""
    if told.kind != "deprecation" or told.replacement is None:
        return False
    nodes = (
        identity.old.nodes.get(f"implementation:{told.owner}"),
        identity.new.nodes.get(f"implementation:{identity.now(told.owner)}"),
    )
    known = [written_parameters(node.signature) or {} for node in nodes if isinstance(node, Implementation)]
    return any(told.replacement in names for names in known) and not any(told.subject in names for names in known)


def _is_old_name(old: Graph, told: Advice | None) -> bool:
    """Return whether a module tells of a name that the old graph has an object of, and that it answers still."""
    return (
        told is not None and told.kind == "deprecation" and f"implementation:{told.owner}.{told.subject}" in old.nodes
    )


def _paired(identity: Identity) -> Iterator[_Pair]:
    """Yield what differs of what is told of one option: pairs that say something on one matter, and the rest alone."""
    before: dict[Hashable, list[Advice]] = {}
    after: dict[Hashable, list[Advice]] = {}
    for node in identity.old.of_type(Advice):
        if node.origin != "code":
            before.setdefault((identity.of(node.owner), node.subject), []).append(node)
    for node in identity.new.of_type(Advice):
        if node.origin != "code":
            after.setdefault((node.owner, node.subject), []).append(node)
    for key in {**before, **after}:
        was, is_ = before.get(key, []), after.get(key, [])
        kept, said = ({(node.kind, node.message) for node in side} for side in (was, is_))
        was = [node for node in was if (node.kind, node.message) not in said]
        is_ = [node for node in is_ if (node.kind, node.message) not in kept]
        if was and is_:
            for pair in _on_one_matter(was, is_):
                was.remove(pair[0])
                is_.remove(pair[1])
                yield pair
        yield from ((node, None) for node in was)
        yield from ((None, node) for node in is_)


def _on_one_matter(was: list[Advice], is_: list[Advice]) -> list[tuple[Advice, Advice]]:
    """Return pairs of statements that share words, the most alike first; only a deprecation stays a deprecation."""
    likeness = [
        (before.kind == after.kind, shared_words(before.message, after.message), -at, -to)
        for at, before in enumerate(was)
        for to, after in enumerate(is_)
        if (before.kind == "deprecation") == (after.kind == "deprecation")
    ]
    found: list[tuple[Advice, Advice]] = []
    for _, share, at, to in sorted(likeness, key=lambda each: (each[1], *each), reverse=True):
        if share >= _SAME_MATTER and not any(was[-at] is before or is_[-to] is after for before, after in found):
            found.append((was[-at], is_[-to]))
    return found


def _in_other_words(pairs: list[_Pair], identity: Identity) -> Iterator[_Pair]:
    """Yield pairs, and as pairs too what an object says no longer and what it says in much the same words."""
    gone: dict[str, list[Advice]] = {}
    near: dict[str, list[Advice]] = {}
    for before, after in pairs:
        if before is not None and after is None and before.message is not None:
            gone.setdefault(identity.now(before.owner), []).append(before)
            around = _around(identity.old, before.owner, identity.now)
            if around is not None:
                near.setdefault(around, []).append(before)
    taken: set[str] = set()
    found: list[_Pair] = []
    for before, after in pairs:
        other = before
        if before is None and after is not None and after.message is not None:
            said = [*gone.get(after.owner, ()), *gone.get(_module_of(identity, after.owner), ())]
            alike = (each for each in said if each.id not in taken and _is_same_matter(each, after))
            other = next((each for each in alike if is_said_alike(each.message, after.message)), None)
            if other is None:
                said = near.get(_around(identity.new, after.owner, str) or "", [])
                alike = (each for each in said if each.id not in taken and each.kind == after.kind)
                other = next((each for each in alike if is_said_alike(each.message, after.message, _NEARLY)), None)
            if other is not None:
                taken.add(other.id)
        found.append((other, after))
    yield from (pair for pair in found if pair[1] is not None or (pair[0] is not None and pair[0].id not in taken))


def _is_same_matter(before: Advice, after: Advice) -> bool:
    """Return whether two statements are of one kind, and where they are of an option, of the same."""
    if before.kind != after.kind:
        return False
    is_of_options = before.origin == "documentation" or before.kind == "deprecation"
    own = all(each.subject == each.owner.rpartition(".")[2] for each in (before, after))
    return own or before.subject == after.subject or not is_of_options


def _around(graph: Graph, owner: str, now: Callable[[str], str]) -> str | None:
    """Return the class of a method, or the module of a function, another of which may say it now; None of a class."""
    node = graph.nodes.get(f"implementation:{owner}")
    is_class = isinstance(node, Implementation) and node.kind == "class"
    return None if is_class else now(owner.rpartition(".")[0])


def _module_of(identity: Identity, owner: str) -> str:
    """Return the module of a function: on its import it may have said what the function says now; else nothing."""
    place = owner.rpartition(".")[0]
    node = identity.new.nodes.get(f"implementation:{place}")
    return "" if isinstance(node, Implementation) and node.kind != "module" else place


def _told(graph: Graph, now: Callable[[str], str]) -> Tellers:
    """Return who gives advice, by its words, under the names in the new graph."""
    return tellers((plain_words(node.message), now(node.owner)) for node in graph.of_type(Advice))


def _raised(graph: Graph, now: Callable[[str], str]) -> set[tuple[str, str | None]]:
    """Return who says what where a requirement or a constraint is not met, under the names in the new graph."""
    stated: list[Requirement | Constraint] = [*graph.of_type(Requirement), *graph.of_type(Constraint)]
    return {
        (now(node.owner), plain_words(node.otherwise.message)) for node in stated if node.otherwise.message is not None
    }
