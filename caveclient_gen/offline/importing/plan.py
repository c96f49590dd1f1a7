"""Which columns of a file become which columns of a table, by the naming rules of CAVE or by a schema file.

What names say: `pt_position_x`, `_y`, `_z` (or `pt_position` as text, or `pre_x`, `pre_y`, `pre_z` as FlyWire
writes them) are a position; `id` and what ends in `_id` are 64-bit integers; `valid` is yes or no; `created`
and the like are moments. Anything else is what its header file says, or what its first values look like.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from caveclient_gen.errors import CAVEError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["KINDS", "Column", "plan_columns", "recognise"]

KINDS = ("id", "integer", "float", "string", "boolean", "position", "time")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
AXES = ("x", "y", "z")
ROW_NUMBERS = ("", "Unnamed: 0", "__index_level_0__", "index")
"""How pandas calls the numbers of rows when it writes them."""
MOMENTS = ("created", "deleted", "last_modified", "last_updated")
BOOLEANS = ("valid", "proofread", "status_axon", "status_dendrite")
DECLARED = {
    "bigint": "id",
    "integer": "integer",
    "smallint": "integer",
    "double precision": "float",
    "real": "float",
    "numeric": "float",
    "boolean": "boolean",
    "character varying": "string",
    "text": "string",
    "timestamp without time zone": "time",
    "timestamp with time zone": "time",
    "user-defined": "position",
    "geometry": "position",
}
"""Types that databases name in header files, as kinds."""


@dataclass(frozen=True)
class Column:
    """One column of the table.

    Parameters
    ----------
    name : str
        As it is asked for; a position without its `_x`, `_y`, `_z`.
    kind : str or None
        One of `KINDS`; None until its first values were seen.
    sources : tuple of str
        Columns of the file: three for a position that is split, else one.
    """

    name: str
    kind: str | None
    sources: tuple[str, ...]


def plan_columns(
    names: Sequence[str],
    declared: Mapping[str, str],
    chosen: Mapping[str, Column | None],
) -> tuple[list[Column], list[str]]:
    """Return the columns of the table, and the columns of the file that are left out.

    Parameters
    ----------
    names : sequence of str
        The columns of the file.
    declared : dict
        What a header file says of their types.
    chosen : dict
        What a schema file says: column of the file to column of the table, None to leave it out.
    """
    _check_file(names, chosen)
    left_out = [name for name in names if name in chosen and chosen[name] is None]
    left_out += [name for name in names if name in ROW_NUMBERS and name not in chosen]
    left = [name for name in names if name not in left_out]
    by_name = recognise([name for name in left if name not in chosen], declared)
    columns: dict[str, Column] = {}
    for source in left:
        told = chosen.get(source)
        column = by_name[source] if told is None else _renamed(told, declared.get(source, ""))
        known = columns.get(column.name)
        if known is not None and known.sources != column.sources:
            raise CAVEError(f"Rename one in a schema file: two columns would be called {column.name!r}.")
        columns[column.name] = column
    found = _joined(list(columns.values()))
    for column in found:
        if column.name == "id" and column.kind != "id":
            raise CAVEError(f"Mend the schema file: ids are 64-bit integers, and no {column.kind}.")
        if not NAME.fullmatch(column.name):
            remedy = {"columns": {column.sources[0][:80]: {"name": _proposal(column.name)}}}
            raise CAVEError(
                f"Rename it in a schema file, {json.dumps(remedy, ensure_ascii=False)}: "
                f"{column.name[:80]!r} is no column's name (letters, digits, _)."
            )
    return found, left_out


def _renamed(told: Column, declared: str) -> Column:
    """Give a column of a schema file that says no kind the one that its new name says."""
    if told.kind is not None or re.fullmatch(r"(.+_)?position_[xyz]", told.name):  # a part: see `_joined`
        return told
    return replace(told, kind=_kind(told.name, {told.name: declared}))


def _proposal(name: str) -> str:
    """Return what a column could be called instead."""
    plain = re.sub(r"\W+", "_", name.lower(), flags=re.ASCII).strip("_")[:80]
    return plain if NAME.fullmatch(plain) else f"column_{plain}".rstrip("_")


def _check_file(names: Sequence[str], chosen: Mapping[str, Column | None]) -> None:
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise CAVEError(f"Rename one: the file has several columns {twice[0][:80]!r}.")
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        raise CAVEError(
            f"Mend the schema file: it speaks of a column {unknown[0][:80]!r}, and the file has "
            f"{', '.join(names)[:300]}."
        )


def recognise(names: Sequence[str], declared: Mapping[str, str]) -> dict[str, Column]:
    """Return what each column of a file is by its name."""
    known = set(names)
    found: dict[str, Column] = {}
    for name in names:
        if name in found:
            continue
        split = _split_position(name, known)
        if split is not None:
            found |= dict.fromkeys(split.sources, split)
        else:
            found[name] = Column(_usual_name(name, known), _kind(name, declared), (name,))
    return found


def _split_position(name: str, known: set[str]) -> Column | None:
    """Return the position of which a column is one of three parts."""
    if not re.fullmatch(r"(.+_)?[xyz]", name):
        return None
    stem = name[:-1]
    parts = tuple(stem + axis for axis in AXES)
    if not known.issuperset(parts):
        return None
    base = stem.rstrip("_")
    if base.endswith("position"):
        return Column(base, "position", parts)
    # FlyWire's dumps: pre_x for pre_pt_position_x, x for pt_position_x.
    point = base if base == "pt" or base.endswith("_pt") else f"{base}_pt" if base else "pt"
    return Column(f"{point}_position", "position", parts)


def _usual_name(name: str, known: set[str]) -> str:
    """Return `pre_pt_root_id` for `pre_root_id`: a dump may have a short form of what queries use."""
    short = re.fullmatch(r"(pre|post)_(root_id|supervoxel_id)", name)
    full = f"{short[1]}_pt_{short[2]}" if short else name
    if name in ("root_id", "supervoxel_id", "position"):
        full = f"pt_{name}"
    return name if full in known else full


def _kind(name: str, declared: Mapping[str, str]) -> str | None:
    if name == "id" or name.endswith("_id"):
        return "id"
    if name == "position" or name.endswith("_position"):
        return "position"
    if name in BOOLEANS:
        return "boolean"
    if name in MOMENTS:
        return "time"
    return DECLARED.get(declared.get(name, "").lower())


def _joined(columns: list[Column]) -> list[Column]:
    """Return columns with three chosen parts of one position as one: by their kinds, or by their names."""
    found = {column.name: column for column in columns}
    for name in [column.name for column in columns if column.name.endswith("_x")]:
        base = name[:-2]
        kinds = ("position", None) if base.endswith("position") else ("position",)
        parts = [found.get(f"{base}_{axis}") for axis in AXES]
        if all(part is not None and part.kind in kinds and len(part.sources) == 1 for part in parts):
            sources = tuple(part.sources[0] for part in parts if part is not None)
            for axis in AXES:
                del found[f"{base}_{axis}"]
            found[base] = Column(base, "position", sources)
    return list(found.values())
