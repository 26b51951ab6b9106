"""What the inventory says of a definition."""

from __future__ import annotations

import pytest

from miner.detect.engine import mine
from miner.detect.idiom import load_idioms
from miner.syntax.index import read_outline
from miner.syntax.snippet import SnippetReader


def summary(docstring: str) -> str | None:
    """Return what a function says of itself that has this docstring."""
    source = f'def f():\n    """{docstring}"""\n'
    outcome = mine("a.py", source.encode(), load_idioms(), lambda data: read_outline(data, SnippetReader()))
    assert outcome.facts is not None
    (definition,) = outcome.facts.definitions
    return definition.summary


@pytest.mark.parametrize(
    ("docstring", "said"),
    [
        ("Draws. All of it.\n\n    And more.", "Draws. All of it."),
        ("Draws in steps:\n    1. Ink.\n    2. Dry.\n\n    More.", "Draws in steps: 1. Ink. 2. Dry."),
        ("Draws.\n    Args:\n        x: y", "Draws."),
        ("Draws.\n    :param x: y", "Draws."),
        ("Args:\n        x: y", None),
        ("This is deprecated, use `g`.\n\n    Draws.", "Draws."),
        ("This is deprecated, use `g`.", "This is deprecated, use `g`."),
        ("This is deprecated, use `g`.\n\n    Args:\n        x: y", "This is deprecated, use `g`."),
        ("Draws, e.g. lines. " + "Long " * 90 + "end.", "Draws, e.g. lines."),
        ("Long " * 90, None),
    ],
)
def test_a_summary_is_the_first_paragraph_that_says_what_it_does(docstring: str, said: str | None) -> None:
    """Up to a full sentence, where it is long; one that only deprecates comes last."""
    assert summary(docstring) == said


def test_an_import_within_another_statement_is_told_apart() -> None:
    """What stands at the top level itself is imported whatever holds."""
    source = b"import a\nif x:\n    import b\ntry:\n    import c\nexcept ImportError:\n    pass\n"
    outcome = mine("a.py", source, load_idioms(), lambda data: read_outline(data, SnippetReader()))
    assert outcome.facts is not None
    assert [(row.modules, row.nested) for row in outcome.facts.imports] == [
        (("a",), False),
        (("b",), True),
        (("c",), True),
    ]
