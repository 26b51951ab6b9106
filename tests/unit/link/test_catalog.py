"""Catalogs: miner's own are whole, and what is wrong with a user's is said in one line."""

from __future__ import annotations

import pytest

from miner.errors import UsageError
from miner.link.catalog import FOLDER, alternatives, authored_files, catalogs_digest, load_catalog

OWN = sorted(file.stem for file in FOLDER.glob("*.toml"))
STEP = '[[workflows.steps]]\nname = "A"\ntitle = "A"\npage = "a"\n'
WORKFLOW = 'library = "x"\n[[workflows]]\nname = "W"\ntitle = "W"\nenvironment = "E"\n'


@pytest.mark.parametrize("library", OWN)
def test_a_catalog_of_miner_is_about_its_library(library):
    loaded = load_catalog(("unknown", library))
    assert loaded is not None
    assert loaded.catalog.library == library
    assert loaded.path == f"miner/data/catalogs/{library}.toml"
    assert dict(authored_files())[loaded.path] == loaded.data
    symbols = [each for workflow in loaded.catalog.workflows for step in workflow.steps for each in step.symbols]
    assert symbols
    roots = {name.partition(".")[0] for symbol in symbols for name in alternatives(symbol)}
    assert roots <= {library, "examples"}


def test_a_library_without_a_catalog_has_none():
    assert load_catalog(("unknown",)) is None


def test_the_catalog_of_the_user_comes_first(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(f'{WORKFLOW}{STEP}symbols = ["x.a | x.b"]\n')
    loaded = load_catalog(("transformers",), file)
    assert loaded is not None
    assert (loaded.catalog.library, loaded.path) == ("x", "mine.toml")
    assert alternatives(loaded.catalog.workflows[0].steps[0].symbols[0]) == ("x.a", "x.b")
    assert catalogs_digest(file) != catalogs_digest()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("library = ", "catalog mine.toml: not TOML: "),
        ("", "catalog mine.toml: Object missing required field `library`"),
        ('library = "x"\nsteps = 1', "unknown field `steps`"),
        (WORKFLOW + STEP + STEP, "catalog mine.toml: step 'A' is there twice"),
        (WORKFLOW + STEP + 'heuristics = ["T"]', "catalog mine.toml: 'T' is not one of its topics"),
    ],
)
def test_what_is_wrong_with_a_catalog(text, said, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as problem:
        load_catalog((), file)
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_catalog_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"catalog none\.toml: cannot be read: No such file"):
        load_catalog((), tmp_path / "none.toml")
