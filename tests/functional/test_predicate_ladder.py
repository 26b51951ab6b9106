"""Predicates of every shape that libraries write, over a ladder of versions: they flip where the code does."""

from __future__ import annotations

from textwrap import dedent

import pytest
from packaging.version import Version

from miner.detect.idiom import load_idioms
from miner.formula.atom import Device, Environment, Module, Package
from miner.formula.canonical import canonical
from miner.formula.evaluate import evaluate
from miner.link.meaning import Meanings, Program
from miner.syntax.freeze import freeze
from miner.syntax.index import read_outline
from miner.syntax.snippet import SnippetReader

IMPORTS = """
import functools
import importlib.metadata
import importlib.util
import operator as op
import os
from functools import lru_cache
from packaging import version
from packaging.version import parse
"""

TUPLE_HELPER = """
@functools.cache
def _mapping():
    return importlib.metadata.packages_distributions()

def _is_package_available(pkg_name, return_version=False):
    package_exists = importlib.util.find_spec(pkg_name) is not None
    package_version = "N/A"
    if package_exists and return_version:
        try:
            package_version = importlib.metadata.version(pkg_name)
        except importlib.metadata.PackageNotFoundError:
            for name in [*_mapping().get(pkg_name, []), pkg_name.replace("_", "-")]:
                try:
                    package_version = importlib.metadata.version(name)
                    break
                except importlib.metadata.PackageNotFoundError:
                    continue
            else:
                package = importlib.import_module(pkg_name)
                package_version = getattr(package, "__version__", "N/A")
        logger.debug(f"found {package_version}")
    if return_version:
        return package_exists, package_version
    else:
        return package_exists, None
"""

OLD_HELPER = """
def _is_package_available(pkg_name, return_version=False):
    package_exists = importlib.util.find_spec(pkg_name) is not None
    package_version = "N/A"
    if package_exists:
        try:
            package_version = importlib.metadata.version(pkg_name)
        except importlib.metadata.PackageNotFoundError:
            if pkg_name == "torch":
                package = importlib.import_module(pkg_name)
                temp_version = getattr(package, "__version__", "N/A")
                if "dev" in temp_version:
                    package_version = temp_version
                else:
                    package_exists = False
            else:
                package_exists = False
    if return_version:
        return package_exists, package_version
    else:
        return package_exists
"""

NONE_HELPER = """
def _is_package_available(pkg_name, metadata_name=None):
    if importlib.util.find_spec(pkg_name) is not None:
        try:
            _ = importlib.metadata.metadata(pkg_name if metadata_name is None else metadata_name)
            return True
        except importlib.metadata.PackageNotFoundError:
            return False
"""

OPERATORS = """
STR_OPERATION_TO_FUNC = {">": op.gt, ">=": op.ge, "==": op.eq, "!=": op.ne, "<=": op.le, "<": op.lt}

def compare_versions(library_or_version, operation, requirement_version):
    if operation not in STR_OPERATION_TO_FUNC.keys():
        raise ValueError(f"unknown {operation}")
    operation = STR_OPERATION_TO_FUNC[operation]
    if isinstance(library_or_version, str):
        library_or_version = parse(importlib.metadata.version(library_or_version))
    return operation(library_or_version, parse(requirement_version))
"""

CASES = {
    "a literal in the body": (
        TUPLE_HELPER,
        """
        def is_x_available():
            is_available, x_version = _is_package_available("x", return_version=True)
            return is_available and version.parse(x_version) >= version.parse("0.4.1")
        """,
        [("0.4.1", True)],
    ),
    "a constant through a default": (
        TUPLE_HELPER,
        """
        X_MIN = "1.5"
        @lru_cache
        def is_x_available(min_version: str = X_MIN) -> bool:
            is_available, x_version = _is_package_available("x", return_version=True)
            return is_available and version.parse(x_version) >= version.parse(min_version)
        """,
        [("1.5", True)],
    ),
    "a range": (
        TUPLE_HELPER,
        """
        def is_x_available(low="0.4.1", high="2.0.0"):
            is_available, x_version = _is_package_available("x", return_version=True)
            viable = False
            if x_version != "N/A":
                viable = version.parse(x_version) >= version.parse(low) and version.parse(x_version) < parse(high)
            return is_available and viable
        """,
        [("0.4.1", True), ("2.0.0", False)],
    ),
    "an invalid version caught": (
        TUPLE_HELPER,
        """
        def is_x_available():
            try:
                is_available, x_version = _is_package_available("x", return_version=True)
                parsed = version.parse(x_version)
                if is_available and parsed < version.parse("1.5"):
                    logger.warning_once("too old")
                return is_available and parsed >= version.parse("1.5")
            except packaging.version.InvalidVersion:
                return False
        """,
        [("1.5", True)],
    ),
    "absent or below": (
        TUPLE_HELPER,
        """
        def is_x_available():
            available, x_version = _is_package_available("x", return_version=True)
            return not available or version.parse(x_version) < version.parse("2.0.0")
        """,
        [("2.0.0", False)],
    ),
    "a flag set under conditions": (
        OLD_HELPER,
        """
        ENV_VARS_TRUE_VALUES = {"1", "ON", "YES", "TRUE"}
        ENV_VARS_TRUE_AND_AUTO_VALUES = ENV_VARS_TRUE_VALUES.union({"AUTO"})
        USE_X = os.environ.get("USE_X", "AUTO").upper()
        _x_version = "N/A"
        _x_available = False
        if USE_X in ENV_VARS_TRUE_AND_AUTO_VALUES:
            _x_available, _x_version = _is_package_available("x", return_version=True)
            if _x_available:
                _x_available = version.parse(_x_version) >= version.parse("1.5")
        else:
            logger.info("disabled")
            _x_available = False

        def is_x_available():
            return _x_available
        """,
        [("1.5", True)],
    ),
    "an operator as text": (
        NONE_HELPER + OPERATORS,
        """
        def is_x_available():
            if _is_package_available("x"):
                return compare_versions(version.parse(importlib.metadata.version("x")), "<", "2.0.0")
            return False
        """,
        [("2.0.0", False)],
    ),
    "a name and an operator as text": (
        OPERATORS,
        """
        def is_x_available():
            return compare_versions("x", ">=", "0.4.1")
        """,
        [("0.4.1", True)],
    ),
    "delegation with an argument": (
        TUPLE_HELPER,
        """
        def get_x_version():
            _, x_version = _is_package_available("x", return_version=True)
            return x_version

        def is_x_available():
            return is_x_greater_or_equal("1.5")

        def is_x_greater_or_equal(library_version, accept_dev=False):
            if not _is_package_available("x")[0]:
                return False
            if accept_dev:
                return version.parse(version.parse(get_x_version()).base_version) >= version.parse(library_version)
            else:
                return version.parse(get_x_version()) >= version.parse(library_version)
        """,
        [("1.5", True)],
    ),
    "major and minor numbers": (
        "",
        """
        import x
        def is_x_available():
            parsed = version.parse(x.__version__)
            if parsed.major == 1 and parsed.minor < 5:
                return False
            return True
        """,
        [("1.0.0", False), ("1.5", True)],
    ),
    "a chained comparison": (
        "",
        """
        import x
        def is_x_available():
            return version.parse("0.4.1") <= version.parse(x.__version__) < version.parse("1.5")
        """,
        [("0.4.1", True), ("1.5", False)],
    ),
    "membership in a list of versions": (
        "",
        """
        import x
        def is_x_available():
            return version.parse(x.__version__) in [version.parse("0.4.1"), version.parse("1.5")]
        """,
        [("0.4.1", True), ("1.0.0", False), ("1.5", True), ("1.6", False)],
    ),
    "a raise instead of False": (
        "",
        """
        def is_x_available():
            if importlib.util.find_spec("x") is None:
                return False
            if version.parse("1.5") <= version.parse(importlib.metadata.version("x")):
                return True
            raise ImportError("too old")
        """,
        [("1.5", True)],
    ),
    "a version tried under several names": (
        "",
        """
        x_version = None
        for name in ("x", "x-cpu"):
            try:
                x_version = importlib.metadata.version(name)
                break
            except importlib.metadata.PackageNotFoundError:
                pass
        x_available = x_version is not None and version.parse(x_version) >= version.parse("1.5")

        def is_x_available():
            return x_available
        """,
        [("1.5", True)],
    ),
}

LADDER = ["0.0.1", "0.4.0", "0.4.1", "1.0.0", "1.4.99", "1.5", "1.6", "2.0.0", "9999"]


class Computer:
    """A machine on which every package has the version that is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self, subject: object) -> str | bool | None:
        if isinstance(subject, Package | Module):
            return self._text if (subject.package if isinstance(subject, Package) else subject.module) == "x" else False
        return False if isinstance(subject, Environment | Device) else None


def read(source: str) -> Meanings:
    outline = read_outline((IMPORTS + source).encode(), SnippetReader())
    statements = freeze(outline.items, outline, keep=lambda item: True)
    return Meanings({"m": Program("m", "m.py", False, statements)}, load_idioms(), lambda module, name: None)


@pytest.mark.parametrize("shape", CASES)
def test_a_predicate_flips_where_its_code_does(shape):
    """The mined meaning changes its value at exactly the versions at which the function would."""
    helper, source, expected = CASES[shape]
    meaning = read(helper + dedent(source)).meaning("m", "is_x_available")
    assert meaning is not None
    for formula in (meaning.formula, canonical(meaning.formula)):
        assert flips(formula) == expected


def flips(formula: object) -> list[tuple[str, bool | None]]:
    found, previous = [], evaluate(formula, Computer(LADDER[0]))
    for text in sorted(LADDER[1:], key=Version):
        now = evaluate(formula, Computer(text))
        if now != previous:
            found.append((text, now))
        previous = now
    return found


@pytest.mark.parametrize("helper", [TUPLE_HELPER, OLD_HELPER])
def test_a_helper_is_understood_by_its_body(helper):
    """What a flag unpacked from a helper's answer means follows from the helper, whatever it is called."""
    source = helper.replace("_is_package_available", "_probe_of_our_own") + dedent(
        """
        _x_available, _x_version = _probe_of_our_own("x", return_version=True)

        def is_x_available():
            return _x_available and version.parse(_x_version) >= version.parse("1.5")
        """
    )
    assert read(source).meaning("m", "is_x_available").formula == Module(module="x", version=((">=", "1.5"),))
