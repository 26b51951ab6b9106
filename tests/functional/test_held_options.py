"""Where the options of a class take effect that a catalog names, and what is said of one."""

from __future__ import annotations

import pytest

import miner
from miner.app.audit import audit
from miner.app.extract import ExtractRequest, extract
from miner.app.progress import Silent
from miner.explain.account import explain
from miner.explain.subject import find
from miner.model.node import Implementation
from miner.store.graph_reader import Graph
from tests.functional.sample_library import committed

FILES = {
    "kit/__init__.py": "",
    "kit/config.py": """
from dataclasses import dataclass

@dataclass
class DrawConfig:
    \"\"\"How to draw.\"\"\"

    depth: int = 1
    wide: bool = False

    def check(self):
        if self.wide:
            self.depth = 2

class ModelConfig:
    pass
""",
    "kit/run.py": """
import logging
from kit.config import DrawConfig, ModelConfig

logger = logging.getLogger(__name__)

class Draw:
    def __init__(self, draw_config, config):
        self.draw_config = draw_config
        self.config = config

    def run(self):
        depth = self.draw_config.depth
        if self.config.depth > 3:
            self.stop()
        if depth > 2:
            logger.warning(f"`depth` of {self.draw_config.depth} takes long")
            self.go(Pen(row=depth))

class Pen:
    def __init__(self, row=1, other=None):
        if row > 9:
            raise ValueError("too deep")

class Brush:
    def __init__(self, depth=1):
        if depth > 8:
            raise ValueError("elsewhere")
""",
}
CATALOG = """
library = "kit"
holders = ["kit.config.DrawConfig", "kit.config.Elsewhere"]
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of a library with such a class, and the proof that it says nothing without its place."""
    folder = tmp_path_factory.mktemp("kit")
    for name, text in FILES.items():
        (folder / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "src" / name).write_text(text, encoding="utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "kit"\nversion = "1"\n', encoding="utf-8")
    catalog = tmp_path_factory.mktemp("catalog") / "kit.toml"
    catalog.write_text(CATALOG, encoding="utf-8")
    output, cache = tmp_path_factory.mktemp("graphs") / "kit", tmp_path_factory.mktemp("cache")
    spec = str(committed(folder))
    extract(ExtractRequest(spec=spec, output=output, jobs=1, cache=cache, catalog=catalog), Silent())
    assert not audit(output, spec, cache, catalog=catalog).findings
    return miner.load(output)


def test_where_the_options_of_a_class_take_effect(graph: Graph) -> None:
    """In the class itself, and of objects that are called like it, also by a local of the option's name.

    Also a test after which something is told: that is another statement.
    """
    node = graph.nodes["implementation:kit.config.DrawConfig"]
    assert isinstance(node, Implementation)
    assert [(use.option, use.owner, use.code) for use in node.uses] == [
        ("wide", "kit.config.DrawConfig.check", "self.wide"),
        ("depth", "kit.config.DrawConfig.check", "self.depth = 2"),
        ("depth", "kit.run.Draw.run", "depth > 2"),
        ("depth", "kit.run.Draw.run", "self.go(Pen(row=depth))"),
    ]


def test_an_option_of_such_a_class_is_told_with_them(graph: Graph) -> None:
    """And with what the functions say of it that use it, and what refuses it that it is passed to.

    A test after which something is told is told with that alone.
    """
    found = explain(graph, find(graph, "DrawConfig.depth"))
    assert [(each.owner, each.otherwise.message) for each in found.constraints] == [
        ("kit.run.Pen.__init__", "too deep")
    ]
    assert [(each.subject, each.owner) for each in found.advice] == [("depth", "kit.run.Draw.run")]
    assert [use.code for use in found.uses] == ["self.depth = 2", "self.go(Pen(row=depth))"]
