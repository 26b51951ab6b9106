"""A program that uses the sample library; docs/check.md and docs/impact.md show what miner says of it."""

from tinyml import Trainer
from tinyml.studio import DrumBooth


def main() -> None:
    """Train, then record with drums."""
    model = Trainer(None, steps=10).run()
    DrumBooth().record(model, loud=True)


if __name__ == "__main__":
    main()
