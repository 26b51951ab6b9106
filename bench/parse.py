"""The bare parse: every Python file of a folder is read and parsed with tree-sitter, in one process."""

from __future__ import annotations

import sys
from pathlib import Path

import tree_sitter
import tree_sitter_python


def main(folder: str) -> None:
    """Print the number of files and of bytes parsed."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
    files = size = 0
    for path in sorted(Path(folder).rglob("*.py")):
        text = path.read_bytes()
        parser.parse(text)
        files, size = files + 1, size + len(text)
    print(files, size)


if __name__ == "__main__":
    main(sys.argv[1])
