"""What stands beside a dump: a schema file of ours, or the header file that comes with published dumps."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.importing.plan import KINDS, Column

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["UNITS", "Header", "TableSchema", "read_header", "read_schema_file", "three_sizes"]

KEYS = ("columns", "resolution", "units", "schema_type", "description", "reference_table", "notice")
UNITS = ("voxels", "nm")
LARGEST_FILE = 1_000_000
"""Bytes of a schema or header file; more is a mistake (the dump itself)."""


@dataclass(frozen=True)
class TableSchema:
    """What a schema file says. Empty where it is silent."""

    columns: Mapping[str, Column | None] = field(default_factory=dict)
    resolution: tuple[float, float, float] | None = None
    units: str | None = None
    schema_type: str | None = None
    description: str | None = None
    reference_table: str | None = None
    notice: str | None = None


@dataclass(frozen=True)
class Header:
    """What a header file says: names of columns in order, and the types that it has for them."""

    names: tuple[str, ...]
    types: Mapping[str, str]


def three_sizes(value: Any, what: str) -> tuple[float, float, float]:
    """Read a resolution: three sizes in nm."""
    try:
        x, y, z = (float(size) for size in value)
    except (TypeError, ValueError):
        raise CAVEError(f"Give {what} as three sizes in nm, such as 4 4 40: {value!r} is none.") from None
    if not all(0 < size < math.inf for size in (x, y, z)):
        raise CAVEError(f"Give {what} as three sizes above 0: {value!r} has another.")
    return x, y, z


def read_schema_file(path: Path) -> TableSchema:
    """Read a schema file.

    {"columns": {"root": {"name": "pt_root_id", "kind": "id"}, "note": null}, "resolution": [4, 4, 40],
     "units": "voxels", "schema_type": "nucleus_detection", "description": "Nuclei of ..."}

    A column that is `null` is left out; one that is not named is recognised by its name.
    """
    try:
        data = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise CAVEError(f"Mend the schema file {path}: it is no JSON ({error}).") from None
    if not isinstance(data, dict):
        raise CAVEError(f"Mend the schema file {path}: it must be one JSON object.")
    unknown = sorted(set(data) - set(KEYS))
    if unknown:
        raise CAVEError(f"Mend the schema file {path}: {unknown[0][:80]!r} is none of {', '.join(KEYS)}.")
    columns = data.get("columns", {})
    if not isinstance(columns, dict):
        raise CAVEError(f"Mend the schema file {path}: `columns` must be an object.")
    if data.get("units") not in (None, *UNITS):
        raise CAVEError(f"Mend the schema file {path}: `units` is voxels or nm.")
    texts = {name: _optional_text(path, data, name) for name in KEYS[2:]}
    resolution = data.get("resolution")
    return TableSchema(
        columns={source: _column(path, source, told) for source, told in columns.items()},
        resolution=None if resolution is None else three_sizes(resolution, "`resolution`"),
        **texts,
    )


def _optional_text(path: Path, data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise CAVEError(f"Mend the schema file {path}: `{name}` must be text.")
    return value


def _column(path: Path, source: str, told: Any) -> Column | None:
    if told is None:
        return None
    where = f"Mend the schema file {path}, column {source[:80]!r}"
    if not isinstance(told, dict) or set(told) - {"name", "kind"}:
        raise CAVEError(f'{where}: write {{"name": ..., "kind": ...}}, or null to leave it out.')
    name, kind = told.get("name", source), told.get("kind")
    if not isinstance(name, str):
        raise CAVEError(f"{where}: `name` must be text.")
    if kind is not None and kind not in KINDS:
        raise CAVEError(f"{where}: `kind` is one of {', '.join(KINDS)}.")
    return Column(name, kind, (source,))


def read_header(path: Path) -> Header:
    """Read a header file: one line with all names, or one line per column with its name and type."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(_text(path).splitlines()) if row]
    if not rows:
        raise CAVEError(f"Mend the header file: {path} is empty.")
    has_title = [cell.lower() for cell in rows[0][:2]] == ["column_name", "data_type"]
    rows = rows[has_title:]
    if len(rows) == 1 and not has_title:
        return Header(tuple(rows[0]), {})
    if all(len(row) <= 2 for row in rows):
        names = tuple(row[0] for row in rows)
        return Header(names, {row[0]: row[1] for row in rows if len(row) == 2})
    raise CAVEError(f"Mend the header file {path}: write all names in one line, or `name,type` lines.")


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():  # a pipe never ends, /dev/zero neither
            raise CAVEError(f"Give a file: {path} is none.")
        if path.stat().st_size > LARGEST_FILE:
            raise CAVEError(f"Give the file with the names of columns: {path} is too large to be one.")
        return path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise CAVEError(f"Give a file that can be read as text: {path} ({error}).") from None
