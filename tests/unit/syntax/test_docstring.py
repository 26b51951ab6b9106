"""Docstrings as passages: subjects, marks and places."""

from __future__ import annotations

import pytest

from miner.syntax.docstring import passages


def said(source: str) -> list[tuple[str | None, str, str]]:
    """Return subject, mark and text of every sentence; each stands where its place says."""
    found = []
    for passage in passages(source):
        for sentence in passage.sentences(source):
            words, there = sentence.text.split(), source[sentence.start : sentence.end].split()
            assert (there[0], there[-1]) == (words[0], words[-1])
            found.append((passage.subject, passage.mark, sentence.text))
    return found


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("One. Two is e.g. three.",), [(None, "", "One."), (None, "", "Two is e.g. three.")]),
        (("From 0 to 1. `a` is, i.e. `b`.",), [(None, "", "From 0 to 1."), (None, "", "`a` is, i.e. `b`.")]),
        (("Args:", "  a (`int`): One", "    goes on.", "  b: Two.", "Rest."), [
            ("a", "", "One goes on."), ("b", "", "Two."), (None, "", "Rest."),
        ]),
        (("a (`int`, *optional*):", "    One."), [("a", "", "One.")]),
        (("Args:", "  a (`dict`):", "    One.", "    `k` (`int`):", "      Two.", "    Three."), [
            ("a", "", "One."), ("k", "", "Two."), ("a", "", "Three."),
        ]),
        (("Environment:", "- **KIT_A** (`str`, *optional*):", "    One.", "- **KIT_B** (`int`): Two."), [
            ("KIT_A", "", "One."), ("KIT_B", "", "Two."),
        ]),
        (("Args:", "  a (`int`),:", "    One."), [("a", "", "One.")]),
        (("Parameters", "---", "a : int", "    One.", "b", "    Two.", "", "Returns", "---", "c", "    Three."), [
            ("a", "", "One."), ("b", "", "Two."),
        ]),
        ((":param int a: One.", "    Two.", ":returns: Three."), [("a", "", "One."), ("a", "", "Two.")]),
        (("<Tip warning={true}>", "", "One.", "", "</Tip>", "", "Two."), [
            (None, "warning", "One."), (None, "", "Two."),
        ]),
        (("> [!TIP]", "> One", "> goes on.", "", "Two."), [(None, "tip", "One goes on."), (None, "", "Two.")]),
        ((".. note::", "", "   One.", "", "Two."), [(None, "note", "One."), (None, "", "Two.")]),
        (("Note: One.", "", "Two."), [(None, "note", "One."), (None, "", "Two.")]),
        (("One. .. warning:: Two.",), [(None, "", "One."), (None, "warning", "Two.")]),
        (("One.", "", "```", "Two.", "```", "Example:", "", "    Three.", "", ">>> Four."), [(None, "", "One.")]),
        (("# Parameters", "", "a : `int`, optional", "    One.", "# Returns", "b : Two."), [("a", "", "One.")]),
        (("# Arguments", "    a: One.", "    b: Two."), [("a", "", "One."), ("b", "", "Two.")]),
        (("# Arguments", "* `a=1` is one.", "# Versions", "b: Two."), [
            (None, "", "`a=1` is one."), (None, "", "# Versions b: Two."),
        ]),
        (("# Not one", "a : Two."), [(None, "", "# Not one a : Two.")]),
        (("One is, e.g. a_b. top_k is two. and so on.",), [
            (None, "", "One is, e.g. a_b."), (None, "", "top_k is two. and so on."),
        ]),
        (("Call arguments:", "  - `a`: One."), [("a", "", "One.")]),
        ((".. note ::", "", "   One.", "", "Two."), [(None, "note", "One."), (None, "", "Two.")]),
        (("One with these::", "", "    a is two.", "", "    b is three.", "", "Four."), [
            (None, "", "One with these::"), (None, "", "Four."),
        ]),
        (("Like so:", "", "def f(a):", "    # one must be two", "", "    return a", "", "Three."), [
            (None, "", "Like so:"), (None, "", "Three."),
        ]),
        (("a, b = f(", "    c=1,  # it must be one", ")", "if a:", "    b.run()", "Two."), [(None, "", "Two.")]),
        (("One is", "a = b + c", "which is two."), [(None, "", "One is a = b + c which is two.")]),
        (("Args:", "  a: One of::", "", "      two must be", "", "  b: Three."), [
            ("a", "", "One of::"), ("b", "", "Three."),
        ]),
        (("class labels: one.", "from two of them."), [(None, "", "class labels: one. from two of them.")]),
        (("Args:", "  a: Either", "    - one.", "    - two."), [
            ("a", "", "Either"), ("a", "", "one."), ("a", "", "two."),
        ]),
        (("One", "args:", "  a: Two.", "returns:", "  Three."), [(None, "", "One"), ("a", "", "Two.")]),
        (("Gr\u00f6\u00dfe. Two.",), [(None, "", "Gr\u00f6\u00dfe."), (None, "", "Two.")]),
    ],
)  # fmt: skip
def test_styles(lines, expected):
    """Google, Hugging Face, numpy and Sphinx; HTML, GitHub and reStructuredText; code and results are left out."""
    text = "\n    ".join(lines)
    assert said(f'"""{text}\n    """') == expected
    assert said(f'r"""\n    {text}"""') == expected


def test_what_is_no_string_has_no_passages():
    """An f-string is none either."""
    assert passages("f'x'") == []
    assert passages("1") == []
