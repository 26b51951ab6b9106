"""At which versions the `is_*_available` of transformers 5 change their answer: `version_flips.py SRC/TRANSFORMERS`.

Every package is claimed to be there at version 9999 but one, which climbs a ladder: all versions that the module
mentions, and for each one just below it. Prints a JSON object: `ladder`; `flips`, a list of
[predicate, package, [[version, answer], ...]] for every package that a predicate asks for, also where nothing flips;
`left_out`, the predicates that need an argument, fail under the claim (most of them want to see a device), or do not
answer with a truth value.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from lone_module import import_utils
from packaging.version import Version

TOP = "9999"
Predicate = Callable[[], object]


class Claim:
    """Stands for the library's `_is_package_available`; `asked` notes what it was asked for.

    Without a version asked for some releases answer with a pair all the same, some with a truth value: so does this.
    """

    def __init__(self, original: Callable[[str], object]) -> None:
        self.is_pair = isinstance(original("json"), tuple)
        self.versions: dict[str, str] = {}
        self.asked: dict[str, None] = {}

    def __call__(self, name: str, return_version: bool = False) -> tuple[bool, str | None] | bool:
        self.asked[name] = None
        if return_version:
            return True, self.versions.get(name, TOP)
        return (True, None) if self.is_pair else True

    def version(self, name: str) -> str:
        """Stand for `importlib.metadata.version`, which some predicates ask on their own."""
        self.asked[name] = None
        return self.versions.get(name, TOP)


def ladder(source: str) -> list[str]:
    """Return every version between quotes, one just below each, and the two ends."""
    mentioned = set(re.findall(r"""["'](\d+(?:\.\d+){1,2})["']""", source))
    return sorted({*mentioned, *map(just_below, mentioned), "0.0.1", TOP}, key=Version)


def just_below(version: str) -> str:
    """Return a version less than this one and, among real releases, next to it."""
    numbers = [int(part) for part in version.split(".")]
    last = max((at for at, number in enumerate(numbers) if number), default=0)
    lower = [*numbers[:last], max(numbers[last] - 1, 0), *[99] * (len(numbers) - last - 1)]
    return ".".join(map(str, lower))


def predicates(module: ModuleType) -> Iterator[tuple[str, Predicate]]:
    """Yield the module's predicates in order of their names."""
    for name, function in sorted(vars(module).items()):
        if re.fullmatch(r"is_\w+_available", name) and callable(function):
            yield name, function


def wants_arguments(function: Predicate) -> bool:
    """Say whether the function cannot be called with nothing."""
    listed = inspect.signature(inspect.unwrap(function)).parameters.values()
    return any(p.default is p.empty and p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD} for p in listed)


def main(package: Path) -> None:
    """Try every predicate on every version of every package that it asks for."""
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    module = import_utils(package)
    claim = Claim(module._is_package_available)
    module._is_package_available = claim  # type: ignore[attr-defined]
    importlib.metadata.version = claim.version
    for name in ("PIL", "PIL.Image"):  # one predicate imports it after asking
        sys.modules[name] = ModuleType(name)
    sys.modules["PIL"].Image = sys.modules["PIL.Image"]  # type: ignore[attr-defined]
    caches = [each for each in vars(module).values() if hasattr(each, "cache_clear")]

    def answer(function: Predicate, **versions: str) -> bool | None:
        claim.versions = versions
        for cached in caches:
            cached.cache_clear()
        try:
            result = function()
        except BaseException:  # noqa: BLE001  whatever the library does under a false claim
            return None
        return result if isinstance(result, bool) else None

    steps = ladder((package / "utils" / "import_utils.py").read_text(encoding="utf-8"))
    flips: list[tuple[str, str, list[tuple[str, bool | None]]]] = []
    left_out: set[str] = set()
    for name, function in predicates(module):
        claim.asked.clear()
        if wants_arguments(function) or answer(function) is None:
            left_out.add(name)
            continue
        for asked in tuple(claim.asked):
            answers = [(step, answer(function, **{asked: step})) for step in steps]
            if any(value is None for _, value in answers):
                left_out.add(name)
                continue
            flips.append((name, asked, [now for before, now in pairwise(answers) if before[1] is not now[1]]))
    json.dump({"ladder": steps, "flips": flips, "left_out": sorted(left_out)}, sys.stdout)


main(Path(sys.argv[1]).resolve())
