"""File rules: the library's own table, applied by its own filter, to the folders it names itself."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from miner.link.file_rule import FileRules, read_file_rules

sys.path.insert(0, str(Path(__file__).parent))
from linking import library

TABLE = """
    import os
    import re
    BASE = re.compile(r"^class \\w+\\(.*Tensor", re.MULTILINE)
    BASE_FILE_REQUIREMENTS = {
        lambda name, content: "net_" in name and "_lite" not in name: ("torch",),
        lambda name, content: name.startswith("image_") and BASE.search(content): ("vision", "torch"),
        lambda name, content: name.startswith("image_"): ("vision",),
        lambda name, content: name == "none.py": (),
    }
"""
LISTDIR = """
    def define_import_structure(folder, prefix=None):
        structure = {}
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if os.path.isdir(path):
                structure[name] = define_import_structure(path)
                continue
            if not name.endswith(".py") or name == "__init__.py" or name.startswith("convert_"):
                continue
            with open(path, encoding="utf-8") as f:
                content = f.read()
            needed = ()
            for check, backends in BASE_FILE_REQUIREMENTS.items():
                if check(name, content):
                    needed = backends
                    break
            structure[name] = needed
        return structure
"""
SCANDIR = """
    def define_import_structure(folder):
        skipped = []
        with os.scandir(folder) as entries:
            files = [e for e in entries if e.is_file() and e.name.endswith(".py") and e.name != "__init__.py"]
        for entry in files:
            if entry.name.startswith("convert_"):
                continue
            file = open(os.path.join(folder, entry.name))
            content = file.read()
            found = ()
            for check, backends in BASE_FILE_REQUIREMENTS.items():
                if check(entry.name, content):
                    found = backends
                    break
        for entry in os.scandir(folder):
            if entry.is_dir():
                define_import_structure(entry.path)
"""
FILES = {
    "src/kit/__init__.py": """
        from .structure import define_import_structure
        _file = globals()["__file__"]
        lazy = define_import_structure(_file)
    """,
    "src/kit/net_plain.py": "__all__ = ['Plain']\nclass Plain: pass\n",
    "src/kit/net_lite.py": "class Lite: pass\n",
    "src/kit/image_slow.py": "class Slow(Base): pass\n",
    "src/kit/image_fast.py": "import x\nclass Fast(Base, Tensor): pass\n",
    "src/kit/convert_net_x.py": "x = 1\n",
    "src/kit/none.py": "x = 1\n",
    "src/kit/deep/__init__.py": "",
    "src/kit/deep/net_deep.py": "x = 1\n",
    "src/other/net_other.py": "x = 1\n",
}
EXPECTED = {
    "src/kit/net_plain.py": ("torch",),
    "src/kit/net_lite.py": (),
    "src/kit/image_slow.py": ("vision",),
    "src/kit/image_fast.py": ("torch", "vision"),
    "src/kit/none.py": (),
    "src/kit/deep/net_deep.py": ("torch",),
    "src/kit/structure.py": (),
}


def rules(structure: str, **files: str) -> FileRules:
    """Return the rules that `structure.py` applies to the files."""
    every = {**FILES, "src/kit/structure.py": structure, **files}
    return read_file_rules(library(every), lambda path: dedent(every[path]))


def test_every_file_that_is_listed_has_its_backends() -> None:
    """The first rule that fits counts; the filter decides which files are read; folders are entered."""
    found = rules(TABLE + LISTDIR)
    assert found.problems == {}
    assert {path: stated.backends for path, stated in found.files.items()} == EXPECTED


def test_a_rule_is_its_own_evidence() -> None:
    """The row, and the constants that it names."""
    source = TABLE + LISTDIR
    text = dedent(source)
    places = rules(source).files["src/kit/image_fast.py"].places
    said = [(place.role, text[place.span.start_byte : place.span.end_byte]) for place in places]
    assert [role for role, _ in said] == ["site", "constant", "definition"]
    assert said[0][1].startswith('lambda name, content: name.startswith("image_") and BASE.search(content):')
    assert said[1][1].startswith("BASE = re.compile(")
    assert said[2][1].startswith("def define_import_structure(")


def test_a_filter_that_scans() -> None:
    """`os.scandir` in a with statement; folders after the files are another matter."""
    found = rules(TABLE + SCANDIR)
    flat = {path: backends for path, backends in EXPECTED.items() if "/deep/" not in path}
    assert {path: stated.backends for path, stated in found.files.items() if "/deep/" not in path} == flat


@pytest.mark.parametrize(
    ("condition", "left_out"),
    [
        ('name.endswith("_lite.py")', {"src/kit/net_lite.py"}),
        (
            '"slow" in name and os.path.exists(os.path.join(folder, name.replace("slow", "fast")))',
            {"src/kit/image_slow.py"},
        ),
        ('any(part in name for part in ("slow", "fast"))', {"src/kit/image_slow.py", "src/kit/image_fast.py"}),
        ("not os.path.isfile(path)", set()),
        ('os.path.basename(path) == "none.py"', {"src/kit/none.py"}),
        ('name in ["none.py"]', {"src/kit/none.py"}),
    ],
)
def test_a_filter_of_another_shape(condition: str, left_out: set[str]) -> None:
    """Whatever it asks of the file's name and of what stands beside it."""
    source = (TABLE + LISTDIR).replace('name.startswith("convert_")', f'name.startswith("convert_") or {condition}')
    assert set(EXPECTED) - set(rules(source).files) == left_out


def test_rules_of_one_argument() -> None:
    """As releases before had them."""
    source = (
        (TABLE + LISTDIR)
        .replace("lambda name, content", "lambda name")
        .replace(" and BASE.search(content)", ' and "fast" in name')
        .replace("check(name, content)", "check(name)")
    )
    assert {path: stated.backends for path, stated in rules(source).files.items()} == EXPECTED


@pytest.mark.parametrize(
    ("structure", "problem"),
    [
        (TABLE, "file-rule: no function applies the table"),
        (LISTDIR, None),
        (TABLE.replace('"net_" in name', "re.split(name)") + LISTDIR, "file-rule: a filter with the name re"),
        (TABLE.replace('"net_" in name', "ask(name)") + LISTDIR, "file-rule: a filter with a call of ask"),
        (
            TABLE.replace("BASE_FILE_REQUIREMENTS = {", "BASE_FILE_REQUIREMENTS = made(")
            .replace("\n    }", "\n    )")
            .replace(": (", ", (")
            + LISTDIR,
            "file-rule: a table with a call of made",
        ),
        (TABLE + LISTDIR.replace("os.listdir(folder)", "walk(folder)"), "file-rule: a filter with a call of walk"),
        (TABLE + LISTDIR.replace("os.listdir(folder)", "5"), "file-rule: a filter with a TypeError in it"),
        (TABLE + LISTDIR.replace("structure = {}", "yield folder"), "file-rule: a filter with a call for its effect"),
        (
            TABLE + LISTDIR.replace("needed = backends", "needed, other = backends"),
            "file-rule: a filter with a loop over the rules that sets several names",
        ),
    ],
)
def test_what_is_not_understood_is_reported(structure: str, problem: str | None) -> None:
    """And never assumed."""
    assert list(rules(structure).problems) == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("use", "folder"),
    [
        ("define_import_structure(__file__)", "src/kit"),
        ('define_import_structure(globals()["__file__"])', "src/kit"),
        ("define_import_structure(os.path.dirname(__file__))", "src/kit"),
        ('define_import_structure(Path(__file__).parent / "deep")', "src/kit/deep"),
        ('define_import_structure(Path(__file__).resolve().parent / "deep" / "__init__.py")', "src/kit/deep"),
        ('define_import_structure(os.path.join(os.path.dirname(__file__), "deep"))', "src/kit/deep"),
        ("define_import_structure(str(Path(__file__).parent))", "src/kit"),
        ("define_import_structure(somewhere)", None),
        ("define_import_structure(5)", None),
    ],
)
def test_the_folder_that_a_use_names(use: str, folder: str | None) -> None:
    """Relative to the file it stands in."""
    source = f"import os\nfrom pathlib import Path\nlazy = {use}\n"
    found = rules(TABLE + LISTDIR, **{"src/kit/__init__.py": source})
    assert found.offered == ({"kit": folder} if folder else {})
    assert found.problems == ({} if folder else {"file-rule: a folder that is not understood": 1})


def test_a_filter_that_never_ends_is_given_up() -> None:
    """It enters the same folder again and again."""
    source = TABLE + LISTDIR.replace(
        "structure[name] = define_import_structure(path)", "define_import_structure(folder)"
    )
    found = rules(source.replace("structure = {}", "structure = {}\n        define_import_structure(folder)"))
    assert list(found.problems) in (
        ["file-rule: a filter with a walk that takes too long"],
        ["file-rule: a filter with a call for its effect"],
    )
