"""What classes say that they support, by the class's qualified name."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked


def test_the_flags_of_classes() -> None:
    """Of one that is set twice the last counts; what is no literal is none."""
    model = """
        class Model:
            _supports_fast = True
            supports_more = False
            _supports_fast = False
            supports_other = compute()
            class Inner:
                requires_data = True
        class Plain: pass
    """
    found = linked({"kit/__init__.py": "", "kit/model.py": model}).flags
    said = {owner: {name: is_set for name, (is_set, _) in flags.items()} for owner, flags in found.items()}
    assert said == {
        "kit.model.Model": {"_supports_fast": False, "supports_more": False},
        "kit.model.Model.Inner": {"requires_data": True},
    }
    place = found["kit.model.Model"]["_supports_fast"][1]
    assert (place.path, place.span.start_line, place.role) == ("kit/model.py", 5, "constant")
