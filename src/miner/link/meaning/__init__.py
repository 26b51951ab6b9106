"""What predicates and flags mean: an abstract interpreter over the statements of the modules that define them."""

from miner.link.meaning.meanings import Meanings
from miner.link.meaning.record import Arguments, Found, Meaning, Place, Program, Resolve, Scalar
from miner.link.meaning.wording import render

__all__ = ["Arguments", "Found", "Meaning", "Meanings", "Place", "Program", "Resolve", "Scalar", "render"]
