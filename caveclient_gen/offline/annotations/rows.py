"""Rows in the database: added, replaced and deleted within one transaction; never removed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.annotations.answers import fields_of
from caveclient_gen.offline.annotations.database import OWN_COLUMNS, rows_table
from caveclient_gen.offline.annotations.incoming import read_row_ids
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.moments import iso

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from caveclient_gen.offline.annotations.catalogue import Entry
    from caveclient_gen.offline.annotations.incoming import Columns

__all__ = ["Stored", "check_retirable", "check_targets", "free_ids", "insert", "merged_rows", "read", "retire"]

AMONG = "(SELECT value FROM json_each(?))"
"""Ids as one bound parameter, so that there may be any number of them."""


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
    columns = ", ".join(["id", "created", "deleted", "superceded_id", *(f'"{name}"' for name in names)])
    sql = f"SELECT {columns} FROM {rows_table(entry.number)} WHERE id IN {AMONG} ORDER BY id"
    return [
        Stored(*row[:4], dict(zip(names, row[4:], strict=True)))
        for row in connection.execute(sql, (json.dumps(list(ids)),))
    ]


def free_ids(connection: sqlite3.Connection, entry: Entry, chosen: Sequence[int | None]) -> list[int]:
    """Return the ids of new rows: those that were chosen, which must be free, and the next ones."""
    taken = [one for one in chosen if one is not None]
    if len(set(taken)) < len(taken):
        raise Refusal(400, "Choose each id once: an id stands twice among the rows.")
    table = rows_table(entry.number)
    if taken:
        sql = f"SELECT id FROM {table} WHERE id IN {AMONG} LIMIT 1"
        there = connection.execute(sql, (json.dumps(taken),)).fetchone()
        if there:
            raise Refusal(409, f"Choose another id: {entry.name} has a row {there[0]}, or had one.")
    (last,) = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
    following = max([last, *taken]) + 1
    if following + len(chosen) > 2**63:
        raise Refusal(400, f"Choose smaller ids: {entry.name} has none left above them.")
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
    names = [column.name for column in entry.schema.columns]
    own = ", ".join(OWN_COLUMNS)
    listed = "".join(f', "{name}"' for name in names)
    marks = ", ".join("?" * (len(names) + 1))
    sql = (
        f"INSERT INTO {rows_table(entry.number)} ({own}{listed}) "
        f"VALUES (?, {created:d}, NULL, NULL, {changed:d}{marks[1:]})"
    )
    connection.executemany(sql, zip(ids, *(columns[name] for name in names), strict=True))


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
        f"UPDATE {rows_table(entry.number)} SET deleted = ?, superceded_id = ?, changed = ? WHERE id = ?",
        [(deleted, successor, changed, old) for old, successor in successors.items()],
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
    connection: sqlite3.Connection, entry: Entry, rows: Sequence[Any], moment: int
) -> tuple[list[dict[str, Any]], list[int]]:
    """Return rows that replace others, with what they do not say taken from those; and the ids of those."""
    ids = [one for one in read_row_ids(rows, required=True) if one is not None]
    if len(set(ids)) < len(ids):
        raise Refusal(400, "Update each row once: an id stands twice among the rows.")
    stored = {row.id: row for row in read(connection, entry, ids)}
    if unknown := next((one for one in ids if one not in stored), None):
        raise Refusal(400, f"Update rows that exist: {entry.name} has no row {unknown}.")
    check_retirable(entry, list(stored.values()), moment)
    merged = []
    for row, one in zip(rows, ids, strict=True):
        before = fields_of(entry.schema.fields, stored[one])
        for field in entry.schema.bound_points:
            before[field.supervoxel] = stored[one].cells[field.supervoxel]
        merged.append({**before, **row})
    return merged, ids


def check_targets(connection: sqlite3.Connection, entry: Entry, columns: Columns) -> None:
    """Refuse rows that are about rows which the table they refer to never had."""
    if entry.reference_table is None:
        return
    (number,) = connection.execute(
        "SELECT number FROM annotation_table WHERE name = ?", (entry.reference_table,)
    ).fetchone()
    for field in entry.schema.fields:
        if field.kind == "reference":
            sql = f"SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM {rows_table(number)}) LIMIT 1"
            targets = [target for target in set(columns[field.name]) if target is not None]
            unknown = connection.execute(sql, (json.dumps(targets),)).fetchone()
            if unknown:
                raise Refusal(
                    422, f"{field.name} must be a row of {entry.reference_table}, and {unknown[0]} is none."
                )
