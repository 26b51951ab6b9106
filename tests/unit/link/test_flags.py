"""What classes say that they support, by the class's qualified name."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked


def test_the_flags_of_classes() -> None:
    """Of one that is set twice the last counts; what is no literal is none; the comment right above says why."""
    model = """
        class Model:
            _supports_fast = True
            # The kernel takes
            # no mask.
            supports_more = False

            _supports_fast = False
            supports_other = compute()
            class Inner:
                requires_data = True
        class Plain: pass
    """
    found = linked({"kit/__init__.py": "", "kit/model.py": model}).flags
    said = {owner: {name: is_set for name, (is_set, _, _) in flags.items()} for owner, flags in found.items()}
    assert said == {
        "kit.model.Model": {"_supports_fast": False, "supports_more": False},
        "kit.model.Model.Inner": {"requires_data": True},
    }
    fast, more = (found["kit.model.Model"][name] for name in ("_supports_fast", "supports_more"))
    assert [(place.path, place.span.start_line, place.role) for place in fast.places] == [
        ("kit/model.py", 8, "constant")
    ]
    assert (fast.comment, more.comment) == (None, "The kernel takes no mask.")
    assert [(place.span.start_line, place.span.end_line, place.role) for place in more.places] == [
        (6, 6, "constant"),
        (4, 5, "message"),
    ]


def test_the_fields_of_a_class_with_their_defaults() -> None:
    """Those that a decorator may make parameters of; a long default, or none, is not kept."""
    rows = "".join(f"            {number},\n" for number in range(40))
    options = f"""
        @dataclass
        class Options:
            depth: int = 3
            wide: bool = field(
                default=False,
            )
            rows: list = [
{rows}            ]
            name: str
            plain = 1
        class Plain:
            depth: int = 3
    """
    definitions = linked({"kit/__init__.py": "", "kit/a.py": options}).library.modules["kit.a"].definitions
    assert definitions["Options"].fields == ("depth", "wide", "rows", "name")
    assert definitions["Options"].defaults == {"depth": "3", "wide": "field( default=False, )"}
    assert definitions["Plain"].defaults is None
