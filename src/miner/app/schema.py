"""The JSON Schemas (draft 2020-12) of records, changes and catalogs, made from their structs, and their validators.

`python -m miner.app.schema --write FOLDER` writes them for readers; miner itself never reads those files.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from miner.errors import InternalError, UsageError
from miner.formula.notation import schema as formula_schema
from miner.link.catalog import Catalog
from miner.machine.record import Machine
from miner.model.answer import Answer
from miner.model.change import Change
from miner.model.impact import Impact
from miner.model.node import RECORDS
from miner.verify.record import Verification

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FORMULA = "formula"
_OTHERS: dict[str, Any] = {
    "answer": Answer,
    "catalog": Catalog,
    "change": Change,
    "impact": Impact,
    "machine": Machine,
    "verification": Verification,
}
"""Schemas of what is not a row of a graph: data files that users write, and what other commands say; by name."""

Check = Callable[[str, Any], None]
"""Takes a schema's name and a row as plain JSON values; raises `InternalError` that names the row when it is wrong."""


def names() -> tuple[str, ...]:
    """Return the names of all schemas, sorted."""
    return tuple(sorted((*RECORDS, *_OTHERS, FORMULA)))


def file_name(name: str) -> str:
    """Return the `$id` of a schema, which is also its file's name."""
    return f"{name}.schema.json"


@cache
def document(name: str) -> dict[str, Any]:
    """Return the schema called `name`; raises `UsageError` with the nearest name when there is none."""
    head = {"$schema": DIALECT, "$id": file_name(name)}
    if name == FORMULA:
        return _cleaned({**head, **formula_schema()})
    if name not in RECORDS and name not in _OTHERS:
        near = difflib.get_close_matches(name.lower(), names(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names())}"
        raise UsageError(f"no schema is called {name!r}; {hint}")
    (top,), parts = msgspec.json.schema_components([RECORDS.get(name) or _OTHERS[name]], ref_template="#/$defs/{name}")
    own = parts.pop(top["$ref"].rsplit("/", 1)[-1])
    return _cleaned({**head, **own, **({"$defs": dict(sorted(parts.items()))} if parts else {})})


def text(name: str) -> str:
    """Return the schema called `name` as the text of its file."""
    return json.dumps(document(name), indent=2, ensure_ascii=True) + "\n"


def write(folder: Path) -> tuple[Path, ...]:
    """Write every schema into `folder`, remove schemas that no longer exist, and return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / file_name(name): text(name) for name in names()}
    for stale in set(folder.glob("*.schema.json")) - set(files):
        stale.unlink()
    for path, content in files.items():
        path.write_text(content, encoding="utf-8", newline="\n")
    return tuple(files)


def validator() -> Check:
    """Return the fast check of `jsonschema_rs`, under which every row goes before it is written."""
    import jsonschema_rs  # noqa: PLC0415  (a native library; not for those who only print a schema)

    registry = jsonschema_rs.Registry([(file_name(name), document(name)) for name in names()])
    checks = {
        name: jsonschema_rs.Draft202012Validator(document(name), registry=registry, offline=True) for name in names()
    }

    def check(name: str, row: Any) -> None:
        found = next(checks[name].iter_errors(row), None)
        if found is not None:
            raise _invalid(name, row, tuple(found.instance_path), found.message)

    return check


def slow_validator() -> Check:
    """Return the check of `jsonschema`, another hand's implementation of the same standard; for the audit."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  (only the audit needs it)
    from referencing import Registry, Resource  # noqa: PLC0415

    registry: Registry[Any] = Registry().with_resources(
        (file_name(name), Resource.from_contents(document(name))) for name in names()
    )
    checks = {name: Draft202012Validator(document(name), registry=registry) for name in names()}

    def check(name: str, row: Any) -> None:
        found = next(checks[name].iter_errors(row), None)
        if found is not None:
            raise _invalid(name, row, tuple(found.absolute_path), found.message)

    return check


def _invalid(name: str, row: Any, where: tuple[Any, ...], message: str) -> InternalError:
    fields = row if isinstance(row, dict) else {}
    if "relation" in fields:
        row_id = f"{fields.get('source')} {fields['relation']} {fields.get('target')}"
    else:
        row_id = str(fields.get("id") or fields.get("path") or name)
    place = "/".join(map(str, where)) or "the row"
    short = message if len(message) <= 300 else message[:300] + "..."
    return InternalError(f"{row_id}: {place} does not match {file_name(name)}: {short}")


def _cleaned(part: dict[str, Any]) -> dict[str, Any]:
    """Return `part` with every description as one line: docstrings carry the indentation of their source."""
    return {key: _one_line(value) if key == "description" else _inner(value) for key, value in part.items()}


def _inner(value: Any) -> Any:
    match value:
        case dict():
            return _cleaned(value)
        case list():
            return [_inner(each) for each in value]
        case _:
            return value


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else _inner(value)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--write", target]:
            write(Path(target))
        case _:
            sys.exit("usage: python -m miner.app.schema --write FOLDER")
