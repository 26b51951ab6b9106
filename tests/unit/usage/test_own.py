"""What a program declares itself, and the lowest version that it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from miner.usage.own import floors, lowest


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [(">=1.2,<2", "1.2"), ("~=1.4", "1.4"), ("==1.*", "1"), (">1,>=3", "3"), ("<2", None), ("", None), ("x", None)],
)
def test_the_lowest_version_that_is_named(specifier: str, expected: str | None) -> None:
    """Only bounds from below name one."""
    assert lowest(specifier) == (Version(expected) if expected is not None else None)


def test_floors_of_a_folder(tmp_path: Path) -> None:
    """The highest of all declarations counts; extras, markers, scripts and what cannot be read do not."""
    (tmp_path / "x-1.dist-info").mkdir()
    (tmp_path / "x-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: x\nRequires-Python: >=3.11\nRequires-Dist: Kit_Lib>=2\n"
        'Requires-Dist: other>=9; extra == "all"\nRequires-Dist: third>=9; sys_platform == "win32"\n'
    )
    (tmp_path / "requirements.txt").write_text("kit-lib>=1\nfourth\n")
    (tmp_path / "pyproject.toml").write_text("not [ TOML")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "requirements.txt").write_text("kit-lib>=7\n")
    script = tmp_path / "script.py"
    script.write_text("import x\n")
    assert floors([tmp_path, script]) == {"python": Version("3.11"), "kit-lib": Version("2")}
