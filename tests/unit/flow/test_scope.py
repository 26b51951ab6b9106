"""What the names of a function are at one of its statements, and where that is said."""

from __future__ import annotations

import pytest

from miner.flow.scope import names_of, scope_at
from miner.syntax import index
from miner.syntax.snippet import SnippetReader

SNIPPETS = SnippetReader()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("late = a\n    if b:\n        late = False\n    use(late)", "late = a\n    if b:\n        late = False"),
        ("if b:\n        late = a\n    else:\n        late = False\n    use(late)", "b:\n        late = a\n    else:\n        late = False"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_the_arms_of_an_if_bind_is_said_by_all_that_they_are_made_of(body: str, said: str) -> None:
    """Also by the assignment before the `if` that it holds without it."""
    data = f"def f(a, b):\n    {body}\n".encode()
    outline = index.read_outline(data, SNIPPETS)
    function = outline.items[0]
    last = function.blocks["body"][-1]
    scope = scope_at(last, names_of(function, outline), ["late"], outline)
    assert [outline.source(statement.span) for statement in scope.statements] == [said]
