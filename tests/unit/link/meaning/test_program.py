"""Functions that look for a program in files: what their names say of them, and where that is not believed."""

from __future__ import annotations

import pytest

from miner.formula.atom import Binary, Environment
from miner.formula.canonical import canonical

READS = """
import os, re, shutil

def find_cuda_home():
    if os.environ.get("CUDA_HOME"):
        return os.environ.get("CUDA_HOME")
    if os.path.isdir("/opt/cuda"):
        return "/opt/cuda"
    return None

def read_nvcc_version():
    home = find_cuda_home()
    if home is None:
        return None
    try:
        with open(os.path.join(home, "version.txt")) as file:
            found = re.search("([0-9]+)[.]([0-9]+)", file.read())
    except OSError:
        return None
    if found:
        return int(found.group(1)), int(found.group(2))
    return None
"""


def at_least(version: str) -> Binary:
    return Binary(binary="nvcc", version=((">=", version),))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return find_cuda_home() is not None", Binary(binary="nvcc")),
        ("return read_nvcc_version() is not None", Binary(binary="nvcc")),
        (
            'home = find_cuda_home()\n    return bool(home) and os.path.isfile(os.path.join(home, "bin", "nvcc"))',
            Binary(binary="nvcc"),
        ),
        ("found = read_nvcc_version()\n    return found is not None and found >= (12, 3)", at_least("12.3")),
    ],
)
def test_what_reads_files_is_known_by_its_name(mine, body, expected):
    """The folder and the version of the program that the vocabulary says it looks for."""
    meaning = mine(m=f"{READS}\ndef is_x():\n    {body}\n").meaning("m", "is_x")
    assert canonical(meaning.formula) == expected
    assert meaning.exact


def test_another_file_of_its_folder_is_not_the_program(mine):
    """Nothing is guessed of what else lies there."""
    source = f'{READS}\ndef is_x():\n    return os.path.isfile(os.path.join(find_cuda_home(), "lib", "libcupti.so"))\n'
    assert not mine(m=source).meaning("m", "is_x").exact


def test_what_is_understood_is_what_it_says(mine):
    """Whatever the name of the function."""
    source = """
        import os
        def find_cuda_home():
            return os.environ.get("CUDA_HOME")
        def is_x():
            return find_cuda_home() is not None
    """
    assert mine(m=source).meaning("m", "is_x").formula == Environment(env="CUDA_HOME")


def test_what_gives_no_tuple_is_no_version(mine):
    """A text that is read somewhere is not compared as numbers."""
    source = """
        def read_nvcc_version():
            with open("version.txt") as file:
                return file.read()
        def is_x():
            return read_nvcc_version() >= (12, 3)
    """
    assert not mine(m=source).meaning("m", "is_x").exact
