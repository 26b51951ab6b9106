"""What transformers itself says each object under `models/` needs: `object_backends.py SRC/TRANSFORMERS`.

Prints a JSON list of [module, object, backends]; the library's own `define_import_structure` (4.50 and later) is run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lone_module import import_utils


def main(package: Path) -> None:
    """Print every object that the library would offer lazily, with what it would be refused without."""
    structure = import_utils(package).define_import_structure(str(package / "models" / "__init__.py"), prefix="models")
    rows = [
        [module, name, sorted(backends)]
        for backends, modules in structure.items()
        for module, names in modules.items()
        for name in names
    ]
    json.dump(sorted(rows), sys.stdout)


main(Path(sys.argv[1]).resolve())
