"""Examples in Markdown: what the code below a heading calls, in order, by the names that it imports."""

from __future__ import annotations

from textwrap import dedent

from miner.detect.example import examples
from miner.syntax.index import read_outline
from miner.syntax.snippet import SnippetReader

SNIPPETS = SnippetReader()


def found(page: str) -> list[tuple[str, list[str]]]:
    """Title and calls of each example; every place is that of the statement or heading."""
    data = dedent(page).encode()
    listed = list(examples(data, lambda block: read_outline(block, SNIPPETS)))
    for example in listed:
        for call in example.calls:
            text = data[call.place.start_byte : call.place.end_byte].decode()
            assert call.name.rpartition(".")[2] in text or "Model" in text or "train" in text
            assert data.count(b"\n", 0, call.place.start_byte) + 1 == call.place.start_line
    return [(example.title, [call.name for call in example.calls]) for example in listed]


def test_calls_by_the_names_that_are_imported_there():
    page = """
        # A `kit` for [models](https://example.org)

        ```python
        import numpy as np
        from kit import Model, fit as train
        model = Model.load("x")
        for row in model.rows(np.array([1])):
            print(train(row))
        ```

        ## Again

        ```py
        import kit.tools
        kit.tools.mend(kit.Model())
        ```
    """
    assert found(page) == [
        ("A kit for models", ["kit.Model.load", "kit.Model.rows", "numpy.array", "kit.fit"]),
        ("Again", ["kit.tools.mend", "kit.Model"]),
    ]


def test_names_hold_for_all_fences_below_one_heading():
    page = """
        # One
        ```python
        from kit import Model
        model = Model()
        ```
        then
        ~~~
        model.run()
        ~~~
        # Two
        ```python
        model.run()
        ```
    """
    assert found(page) == [("One", ["kit.Model", "kit.Model.run"])]


def test_what_is_no_python_or_not_whole_is_left_out():
    page = """
        # One
        ```bash
        pip install kit
        ```
        ```python
        from kit import Model
        Model(
        ```
        ```python
        from kit import fit
        fit()
        ```
    """
    assert found(page) == [("One", ["kit.fit"])]
