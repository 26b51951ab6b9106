"""Workflows from the examples in a library's own pages."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.app.close_reading import CloseReader
from miner.detect.idiom import load_idioms
from miner.link.derived import derive
from miner.link.routine import Routines

FILES = {
    "kit/__init__.py": "from .Model import Model\nfrom .tools import mend\n",
    "kit/Model.py": "class Base:\n    def run(self): pass\nclass Model(Base):\n    def __init__(self): pass\n",
    "kit/tools.py": "def mend(model): pass\n",
}
README = """
    # Running
    ```python
    from kit import Model, mend
    model = Model()
    model.run()
    ```
    # Mending
    ```python
    from kit import Model, mend
    mend(Model())
    ```
    # Once more
    ```python
    from kit import Model
    Model().run()
    model = Model()
    model.run()
    ```
    # Only one
    ```python
    import other, kit
    other.fit(kit.mend(1))
    ```
"""


def test_a_workflow_for_each_heading_whose_code_does_something_new():
    found = linked(FILES)
    pages = {"README.md": dedent(README).encode()}
    close = CloseReader(lambda path: pages.get(path) or FILES[path].encode(), load_idioms(), "fast")
    derived = derive("kit", close.examples([*FILES, *pages, "kit/notes.md"]), Routines(found.library, close))
    assert derived is not None
    told = {
        each.title: [(step.title, step.page, step.symbols) for step in each.steps] for each in derived.catalog.workflows
    }
    assert told == {
        "Running": [
            ("Model", "Running_Model", ("kit.Model.Model",)),
            ("Base.run", "Running_Base_run", ("kit.Model.Base.run",)),
        ],
        "Mending": [
            ("mend", "Mending_mend", ("kit.tools.mend",)),
            ("Model", "Mending_Model", ("kit.Model.Model",)),
        ],
    }
    assert {place.path for place in derived.places.values()} == {"README.md"}
    assert set(derived.places) >= {"Running", "Running_1_Model", "Running_Environment"}


def test_a_library_without_examples_has_no_workflows():
    found = linked(FILES)
    close = CloseReader(lambda path: FILES[path].encode(), load_idioms(), "fast")
    assert derive("kit", close.examples(FILES), Routines(found.library, close)) is None
