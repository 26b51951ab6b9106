"""The functions that a body itself defines are named without building the rest, by both readers alike."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from both import READERS

CODE = b'''
class Kit:
    """Example::

        def in_text(): ...
    """

    size = 3

    def plain(self):
        def inner(): ...

    @property
    def shown(self): ...

    @shown.setter
    def shown(self, value): ...

    async def later(self): ...

    @decorated
    class Part:
        def of_part(self): ...

    if size:
        def under_a_condition(self): ...


class Empty: ...
'''


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("is_loaded", [False, True])
def test_functions_of_a_body(reader, is_loaded):
    kit, empty = reader(CODE).items
    if is_loaded:
        assert kit.blocks["body"]
    assert kit.functions() == ("plain", "shown", "later")
    assert empty.functions() == ()
