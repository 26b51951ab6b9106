"""How one name is made of another: `f"{name}Slow"`, `name[:-4]`."""

from __future__ import annotations

from dataclasses import dataclass

from miner.model import expression as ex


@dataclass(frozen=True)
class Naming:
    """How the name of the other object is made: `before` and `after` the one asked for, less its last `cut` letters."""

    before: str
    after: str
    cut: int

    def of(self, asked: str) -> str:
        """Return the name of the other object."""
        return f"{self.before}{asked[: len(asked) - self.cut]}{self.after}"

    def asked(self, name: str, ending: str) -> str | None:
        """Return the name with an ending for which the object `name` is given; None where there is none."""
        left = f"{ending[: len(ending) - self.cut]}{self.after}"
        if not (name.startswith(self.before) and name.endswith(left) and len(name) >= len(self.before) + len(left)):
            return None
        return f"{name[len(self.before) : len(name) - len(left)]}{ending}"


def naming(other: ex.Expression) -> Naming:
    """Return how a name is made that `detect.substitution.is_made` knows as made of another."""
    match other:
        case ex.Formatted(parts=parts):
            at = next(index for index, part in enumerate(parts) if not isinstance(part, str))
            return Naming("".join(map(str, parts[:at])), "".join(map(str, parts[at + 1 :])), 0)
        case ex.Subscript(index=ex.Slice(upper=ex.Constant(value=int(end)))):
            return Naming("", "", -end)
    raise AssertionError(other)
