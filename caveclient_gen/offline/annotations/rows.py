"""Rows in the database: added, replaced and deleted within one transaction; never removed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.annotations.answers import fields_of
from caveclient_gen.offline.annotations.catalogue import find
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.moments import iso

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from caveclient_gen.offline.annotations.catalogue import Entry
    from caveclient_gen.offline.annotations.incoming import Columns

__all__ = [
    "Stored",
    "check_retirable",
    "check_targets",
    "free_ids",
    "insert",
    "merged_rows",
    "read",
    "retire",
]


@dataclass(frozen=True)
class Stored:
    """A row as the database has it."""

    id: int
    created: int
    deleted: int | None
    superceded_id: int | None
    cells: dict[str, Any]
    """Column to value, of the schema's columns."""


def read(connection: sqlite3.Connection, entry: Entry, ids: Sequence[int]) -> list[Stored]:
    """Return rows by their ids, in the order of ids; unknown ids are left out."""
    names = [column.name for column in entry.schema.columns]
    return [
        Stored(one, created, deleted, successor, dict(zip(names, cells, strict=True)))
        for one, created, deleted, successor, *cells in connection.execute(
            entry.sql.some(), (json.dumps(list(ids)),)
        )
    ]


def free_ids(connection: sqlite3.Connection, entry: Entry, chosen: Sequence[int | None]) -> list[int]:
    """Return the ids of new rows: those that were chosen, which must be free, and the next ones."""
    taken = [one for one in chosen if one is not None]
    if len(set(taken)) < len(taken):
        raise Refusal(400, "Choose each id once: an id stands twice among the rows.")
    if taken:
        there = connection.execute(entry.sql.taken(), (json.dumps(taken),)).fetchone()
        if there:
            raise Refusal(409, f"Choose another id: {entry.name} has a row {there[0]}, or had one.")
    (last,) = connection.execute(entry.sql.last_id()).fetchone()
    following = max([last, *taken]) + 1
    if following + len(chosen) > 2**63:
        raise Refusal(400, f"Choose smaller ids: {entry.name} has none left above them.")
    if not taken:
        return list(range(following, following + len(chosen)))
    found = []
    for one in chosen:
        found.append(following if one is None else one)
        following += one is None
    return found


def insert(
    connection: sqlite3.Connection,
    entry: Entry,
    ids: Sequence[int],
    columns: Columns,
    *,
    created: int,
    changed: int,
) -> None:
    """Add rows."""
    cells = (columns[column.name] for column in entry.schema.columns)
    own = (ids, repeat(created, len(ids)), repeat(changed, len(ids)))
    connection.executemany(entry.sql.insert(), zip(*own, *cells, strict=True))


def retire(
    connection: sqlite3.Connection,
    entry: Entry,
    successors: dict[int, int | None],
    *,
    deleted: int,
    changed: int,
) -> None:
    """End rows at a moment; each gets the row that takes its place, if there is one."""
    connection.executemany(
        entry.sql.retire(), [(deleted, successor, changed, old) for old, successor in successors.items()]
    )


def check_retirable(entry: Entry, stored: Sequence[Stored], moment: int) -> None:
    """Refuse rows that are no longer in force, or not yet."""
    for row in stored:
        if row.superceded_id is not None:
            raise aborted(409, f"Update {row.superceded_id} instead: it took the place of row {row.id}.")
        if row.deleted is not None:
            raise aborted(409, f"Post it anew: row {row.id} of {entry.name} was deleted.")
        if row.created >= moment:
            raise Refusal(400, f"Choose a later moment: row {row.id} was made at {iso(row.created)}.")


def merged_rows(
    connection: sqlite3.Connection, entry: Entry, rows: Sequence[Any], ids: Sequence[int], moment: int
) -> tuple[list[dict[str, Any]], Columns]:
    """Return rows that replace others, with what they do not say taken from those.

    Returns
    -------
    merged : list of dict
        Whole rows.
    supervoxels : dict of list
        The supervoxels of points that stay where they were.
    """
    if len(set(ids)) < len(ids):
        raise Refusal(400, "Update each row once: an id stands twice among the rows.")
    stored = {row.id: row for row in read(connection, entry, ids)}
    if unknown := next((one for one in ids if one not in stored), None):
        raise Refusal(400, f"Update rows that exist: {entry.name} has no row {unknown}.")
    check_retirable(entry, list(stored.values()), moment)
    points = entry.schema.bound_points
    merged: list[dict[str, Any]] = []
    supervoxels: Columns = {field.supervoxel: [] for field in points}
    for row, one in zip(rows, ids, strict=True):
        before = fields_of(entry.schema.fields, stored[one])
        for field in points:
            stays = row.get(field.name) is None and row.get(field.position) is None
            before[field.supervoxel] = stored[one].cells[field.supervoxel] if stays else None
            supervoxels[field.supervoxel].append(before[field.supervoxel])
        merged.append({**before, **row})
    return merged, supervoxels


def check_targets(connection: sqlite3.Connection, entry: Entry, columns: Columns) -> None:
    """Refuse rows that are about rows which the table they refer to never had."""
    if entry.reference_table is None:
        return
    target_table = find(connection, entry.reference_table)
    for field in entry.schema.fields:
        if field.kind == "reference":
            targets = [target for target in set(columns[field.name]) if target is not None]
            unknown = connection.execute(target_table.sql.unknown(), (json.dumps(targets),)).fetchone()
            if unknown:
                raise Refusal(
                    422, f"{field.name} must be a row of {target_table.name}, and {unknown[0]} is none."
                )
