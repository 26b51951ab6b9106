"""The modules of a snapshot: their names, what they bind, and where a name is really defined."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from miner.link.library import Located, module_name

sys.path.insert(0, str(Path(__file__).parent))
from linking import library


@pytest.mark.parametrize(
    ("path", "packages", "name"),
    [
        ("kit/__init__.py", ["kit"], ("kit", True)),
        ("kit/net.py", ["kit"], ("kit.net", False)),
        ("src/kit/__init__.py", ["src/kit"], ("kit", True)),
        ("src/kit/a/b.py", ["src/kit", "src/kit/a"], ("kit.a.b", False)),
        ("src/kit/a/__init__.py", ["src/kit", "src/kit/a"], ("kit.a", True)),
        ("src/kit/space/b.py", ["src/kit"], ("kit.space.b", False)),
        ("src/kit/space/a/__init__.py", ["src/kit", "src/kit/space/a"], ("kit.space.a", True)),
        ("src/space/kit/b.py", ["src/space/kit"], ("kit.b", False)),
        ("lib/one/src/kit/b.py", ["lib/one/src/kit"], ("kit.b", False)),
        ("setup.py", ["src/kit"], ("setup", False)),
        ("examples/run/train.py", ["src/kit"], ("examples.run.train", False)),
        ("tests/__init__.py", ["src/kit", "tests"], ("tests", True)),
        ("__init__.py", ["."], ("__init__", False)),
    ],
)
def test_the_name_of_a_module(path: str, packages: list[str], name: tuple[str, bool]) -> None:
    """From the outermost package on the way up; outside of packages, the path."""
    assert module_name(path, set(packages)) == name


KIT = {
    "src/kit/__init__.py": """
        from .net import Net, make as build
        from .a import *
        from . import b
        import kit.a.deep as deep
        from torch import nn
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from .typed import Twin
            from .typed import Net
        else:
            from .b import Twin
    """,
    "src/kit/net.py": """
        from .constants import LIMIT
        from ..outside import thing
        class Net: pass
        def make(): return LIMIT
        try:
            import torch
        except ImportError:
            torch = None
    """,
    "src/kit/constants.py": 'LIMIT = "1.2"\nTWICE = "a"\nTWICE = "b"\nPAIR = ("x", "y")\n',
    "src/kit/typed.py": "class Net: pass\nclass Twin: pass\n",
    "src/kit/b.py": "class Twin: pass\n_hidden = 1\nshown = 2\n",
    "src/kit/a/__init__.py": """
        from .deep import *
        from .shut import *
        from ..b import shown as renamed
        __all__ = ["Deep", "missing", "renamed"]
    """,
    "src/kit/a/deep.py": "from .ring import *\nclass Deep: pass\nclass _Deep: pass\n",
    "src/kit/a/shut.py": '__all__ = ["Open"]\nclass Open: pass\nclass Shut: pass\n',
    "src/kit/a/ring.py": "from .deep import *\nfrom .ring import *\nclass Ring: pass\n",
    "setup.py": "NAME = 'kit'\n",
}


@pytest.mark.parametrize(
    ("module", "name", "qualname"),
    [
        ("kit.net", "Net", "kit.net.Net"),
        ("kit", "Net", "kit.net.Net"),
        ("kit", "build", "kit.net.make"),
        ("kit", "make", None),
        ("kit", "Deep", "kit.a.deep.Deep"),
        ("kit", "Open", None),
        ("kit", "renamed", "kit.b.shown"),
        ("kit", "missing", None),
        ("kit", "b", "kit.b."),
        ("kit", "deep", "kit.a.deep."),
        ("kit", "net", "kit.net."),
        ("kit", "nn", "torch.nn"),
        ("kit", "Twin", "kit.b.Twin"),
        ("kit", "nothing", None),
        ("kit.net", "LIMIT", "kit.constants.LIMIT"),
        ("kit.net", "thing", "outside.thing"),
        ("kit.a", "Ring", "kit.a.ring.Ring"),
        ("kit.a", "Shut", None),
        ("kit.a.ring", "Deep", "kit.a.deep.Deep"),
        ("kit.a", "_Deep", None),
        ("no.module", "x", None),
    ],
)
def test_where_a_name_is_defined(module: str, name: str, qualname: str | None) -> None:
    """Through re-exports, renames, star imports and their cycles; a name for type checkers does not count."""
    found = library(KIT).locate(module, name)
    assert (found.qualname if found else None) == qualname


def test_the_roots_and_the_paths_of_a_library() -> None:
    """Top packages by their own name."""
    kit = library(KIT)
    assert kit.roots == ("kit",)
    assert kit.by_path["src/kit/a/deep.py"].name == "kit.a.deep"
    assert kit.by_path["setup.py"].name == "setup"


def test_what_lies_below_a_folder_of_tests_is_no_part_of_the_packages() -> None:
    """Nor is a package that stands there."""
    kit = library({"kit/__init__.py": "", "tests/sorting/__init__.py": "", "tests/sorting/test_it.py": "def f(): pass"})
    assert [name for name, module in kit.modules.items() if kit.is_packaged(module)] == ["kit"]


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("kit.a", ("Deep", "missing", "renamed")),
        ("kit.a.shut", ("Open",)),
        ("kit.b", ("Twin", "shown")),
        ("kit.a.deep", ("Deep", "Ring")),
        ("no.module", ()),
    ],
)
def test_what_a_star_import_brings(module: str, names: tuple[str, ...]) -> None:
    """The `__all__`, else every name without an underscore."""
    assert library(KIT).public_names(module) == names


def test_constants_are_seen_from_where_they_are_imported() -> None:
    """A name that is bound twice is none."""
    kit = library(KIT)
    assert kit.text("kit.net", "LIMIT") == "1.2"
    assert kit.text("kit.constants", "TWICE") is None
    assert kit.text("kit.constants", "PAIR") is None
    assert kit.constant("kit.constants", "PAIR") is not None
    assert kit.constant("kit", "nothing") is None


def test_an_import_that_never_ends() -> None:
    """Modules that import a name from each other give it up."""
    ring = {
        "kit/__init__.py": "from .a import x\n",
        "kit/a.py": "from .b import x\nfrom .a import y\n",
        "kit/b.py": "from .a import x\n",
    }
    assert library(ring).locate("kit", "x") is None
    assert library(ring).locate("kit.a", "y") is None


def test_of_two_files_of_one_name_the_first_counts() -> None:
    """By path."""
    two = {"a/kit/__init__.py": "", "a/kit/x.py": "one = 1\n", "b/kit/__init__.py": "", "b/kit/x.py": "two = 2\n"}
    assert library(two).modules["kit.x"].path == "a/kit/x.py"
    assert library(two).follow("kit.x") == Located("kit.x", "")
    assert library(two).follow("elsewhere.x") == Located(None, "elsewhere.x")
    assert library(two).follow("kit.nothing") is None


def test_the_bases_of_a_class_are_those_that_the_library_defines() -> None:
    """Also one that has the name of the class itself, and one through a package; none of another library."""
    kit = library(
        {
            "src/kit/__init__.py": "from .net import Net\n",
            "src/kit/net.py": "class Net: ...\n",
            "src/kit/old.py": "from .net import Net\nclass Net(Net): ...\n",
            "src/kit/alias.py": "from .net import Net\nOld = Net\nclass Sub(Old): ...\nOlder = Old\n",
            "src/kit/use.py": "import kit\nimport torch\nclass Use(kit.Net, torch.nn.Module, kit.Nothing): ...\n",
        }
    )
    assert kit.bases("kit.old.Net") == ("kit.net.Net",)
    assert kit.bases("kit.use.Use") == ("kit.net.Net",)
    assert kit.bases("kit.net.Net") == ()
    assert kit.bases("kit.alias.Sub") == ("kit.net.Net",)
    assert kit.named_otherwise("kit.alias.Old") == "kit.net.Net"
    assert kit.named_otherwise("kit.net.Net") is None
    assert kit.bases("kit.Nothing") == ()


def test_a_folder_that_files_import_from_is_a_package_without_a_file_of_its_own():
    """`keep/core` is `keep.core` where that is what files import; `src/kit` is `kit`."""
    found = library(
        {
            "keep/core/__init__.py": "",
            "keep/core/a.py": "from keep.core import b\n",
            "keep/core/b.py": "import keep.core.c\n",
            "src/kit/__init__.py": "",
            "src/kit/a.py": "from kit import b\n",
            "tests/test_a.py": "from src.kit import a\nfrom kit.a import b\nimport kit\n",
            "tests/test_b.py": "import kit\n",
        }
    )
    assert {"keep.core", "keep.core.a", "keep.core.b", "kit", "kit.a"} <= set(found.modules)
    assert {"keep", "kit"} <= set(found.roots)
