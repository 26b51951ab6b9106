"""Files that declare requirements: which they are, and what they say."""

from __future__ import annotations

import pytest

from miner.link.declared import DeclarationError, is_declaration, read_declaration


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("PKG-INFO", True),
        ("pyproject.toml", True),
        ("setup.cfg", True),
        ("requirements.txt", True),
        ("requirements-dev.txt", True),
        ("kit-1.0.dist-info/METADATA", True),
        ("src/kit.egg-info/PKG-INFO", False),
        ("examples/one/requirements.txt", False),
        ("setup.py", False),
        ("README.md", False),
    ],
)
def test_which_files_declare(path, expected):
    """Those of the whole project."""
    assert is_declaration(path) is expected


def said(path: str, text: str) -> list[tuple[str, str, str, str, str, int]]:
    """Return package, specifier, extra, marker, place and line of each row."""
    rows = read_declaration(path, text.encode())
    return [
        (row.package, row.specifier, row.extra, row.marker, row.place, row.evidence.span.start_line) for row in rows
    ]


def test_metadata():
    """Extras and markers are taken apart."""
    text = (
        "Metadata-Version: 2.4\nName: kit\nRequires-Python: >=3.10\nRequires-Dist: Torch>=2.6\n"
        'Requires-Dist: ray[tune]>=2; python_version < "3.14" and extra == "Ray"\n\nRequires-Dist: prose\n'
    )
    assert said("PKG-INFO", text) == [
        ("python", ">=3.10", "", "", "metadata", 3),
        ("torch", ">=2.6", "", "", "metadata", 4),
        ("ray", ">=2", "ray", 'python_version < "3.14"', "metadata", 5),
    ]


def test_pyproject():
    """The project's own table, and nothing of the build system or of tools."""
    text = """
[build-system]
requires = ["hatchling"]
[project]
name = "kit"
requires-python = ">=3.11"
dependencies = [
    "torch>=2.6",
]
[project.optional-dependencies]
fast = ["slate"]
[tool.other]
dependencies = ["no"]
"""
    assert said("pyproject.toml", text) == [
        ("python", ">=3.11", "", "", "build-script", 6),
        ("torch", ">=2.6", "", "", "build-script", 8),
        ("slate", "", "fast", "", "build-script", 11),
    ]


def test_configuration_and_requirements():
    """setup.cfg and requirements files; options, comments and paths are no requirements."""
    text = (
        "[options]\npython_requires = >=3.9\ninstall_requires =\n    torch>=2\n[options.extras_require]\nfast = slate\n"
    )
    assert said("setup.cfg", text) == [
        ("python", ">=3.9", "", "", "build-script", 2),
        ("torch", ">=2", "", "", "build-script", 4),
        ("slate", "", "fast", "", "build-script", 6),
    ]
    text = "# all\n-r other.txt\ntorch>=2  # why\n./local\n"
    assert said("requirements-dev.txt", text) == [("torch", ">=2", "dev", "", "requirements-file", 3)]


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("pyproject.toml", b"[project\n", "not TOML"),
        ("pyproject.toml", b"\xff", "not UTF-8 at byte 0"),
        ("setup.cfg", b"no section\n", "not a configuration file"),
        ("requirements.txt", b"a\n" * 600_000, "larger than"),
        ("pyproject.toml", b"a = " + b"[" * 100_000, "nested too deep"),
    ],
)
def test_a_file_that_is_not_what_it_seems_is_refused_by_name(path, data, reason):
    """One line that says why."""
    with pytest.raises(DeclarationError, match=reason):
        read_declaration(path, data)


def test_odd_values_are_no_rows():
    """Whatever the types in the document are."""
    text = '[project]\nrequires-python = 3\ndependencies = "torch"\n'
    text += '[project.optional-dependencies]\na = 1\nb = [1, "@", "c"]\n'
    assert said("pyproject.toml", text) == [("c", "", "b", "", "build-script", 6)]
