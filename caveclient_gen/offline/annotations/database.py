"""The tables of the annotations: a catalogue, and one table of rows per annotation table.

Tables of rows are named by number; no text of a user is ever part of SQL. Rows are never removed: `created`
and `deleted` say when they were in force, `changed` is the revision of the table's topic that touched them
last, so that what is kept in memory can be brought up to date by reading only what changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caveclient_gen.offline.annotations.schemas import Column, Sort

__all__ = ["ADD_ENTRY", "ENTRIES", "SCHEMA", "RowsSql", "topic_of"]

SCHEMA = """
CREATE TABLE annotation_table (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    schema_type TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created INTEGER NOT NULL,
    deleted INTEGER,
    last_modified INTEGER NOT NULL,
    description TEXT NOT NULL,
    notice_text TEXT,
    reference_table TEXT REFERENCES annotation_table (name),
    tracks_targets INTEGER NOT NULL,
    flat_segmentation_source TEXT,
    voxel_resolution_x REAL NOT NULL,
    voxel_resolution_y REAL NOT NULL,
    voxel_resolution_z REAL NOT NULL,
    write_permission TEXT NOT NULL,
    read_permission TEXT NOT NULL
) STRICT;
"""

ENTRIES = """
SELECT number, name, schema_type, user_id, created, deleted, last_modified, description, notice_text,
    reference_table, tracks_targets, flat_segmentation_source, voxel_resolution_x, voxel_resolution_y,
    voxel_resolution_z, write_permission, read_permission
FROM annotation_table
"""
ADD_ENTRY = """
INSERT INTO annotation_table (name, schema_type, user_id, created, last_modified, description, notice_text,
    reference_table, tracks_targets, flat_segmentation_source, voxel_resolution_x, voxel_resolution_y,
    voxel_resolution_z, write_permission, read_permission)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

SQL_TYPES: dict[Sort, str] = {
    "int32": "INTEGER",
    "int64": "INTEGER",
    "float": "REAL",
    "text": "TEXT",
    "bool": "INTEGER",
}
AMONG = "(SELECT value FROM json_each(?))"
"""Ids as one bound parameter, so that there may be any number of them."""


def topic_of(number: int) -> str:
    """Return the topic under which a table's rows are kept in memory."""
    return f"annotation:{number:d}"


class RowsSql:
    """The statements about the rows of one table.

    All names in them are ours: a number, and columns of `schemas.json`.

    Parameters
    ----------
    number : int
        The table's number.
    columns : sequence of Column
        Of its schema.
    """

    def __init__(self, number: int, columns: Sequence[Column]) -> None:
        self.table = f'"annotation_rows_{number:d}"'
        self.index = f'"annotation_changes_{number:d}"'
        self.columns = columns

    @property
    def listed(self) -> str:
        """The columns of the schema, for a list of names."""
        return ", ".join(f'"{column.name}"' for column in self.columns)

    def make(self) -> tuple[str, str]:
        """Make the table and its index."""
        columns = ", ".join(
            f'"{column.name}" {SQL_TYPES[column.sort]}{" NOT NULL" if column.required else ""}'
            for column in self.columns
        )
        return (
            f"CREATE TABLE {self.table} (id INTEGER PRIMARY KEY, created INTEGER NOT NULL, "
            f"deleted INTEGER, superceded_id INTEGER, changed INTEGER NOT NULL, {columns}) STRICT",
            f"CREATE INDEX {self.index} ON {self.table} (changed)",
        )

    def insert(self) -> str:
        """Add a row: id, created, changed, the columns of the schema."""
        marks = ", ".join("?" * (3 + len(self.columns)))
        return f"INSERT INTO {self.table} (id, created, changed, {self.listed}) VALUES ({marks})"  # noqa: S608  names are ours

    def retire(self) -> str:
        """End a row: deleted, superceded_id, changed, id."""
        return f"UPDATE {self.table} SET deleted = ?, superceded_id = ?, changed = ? WHERE id = ?"  # noqa: S608  names are ours

    def some(self) -> str:
        """Find rows by id: id, created, deleted, superceded_id, the columns of the schema."""
        return (
            f"SELECT id, created, deleted, superceded_id, {self.listed} FROM {self.table} "  # noqa: S608  names are ours
            f"WHERE id IN {AMONG} ORDER BY id"
        )

    def changes(self) -> str:
        """Find rows that changed since a revision: changed, and as `some` says."""
        return (
            f"SELECT changed, id, created, deleted, superceded_id, {self.listed} FROM {self.table} "  # noqa: S608  names are ours
            "WHERE changed > ? ORDER BY id"
        )

    def everything(self) -> str:
        """Find all rows: as `changes` says."""
        return self.changes().replace("WHERE changed > ?", "")

    def taken(self) -> str:
        """Find a row that has one of some ids."""
        return f"SELECT id FROM {self.table} WHERE id IN {AMONG} LIMIT 1"  # noqa: S608  names are ours

    def unknown(self) -> str:
        """Find one of some ids that no row has."""
        return (
            f"SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM {self.table}) "  # noqa: S608  names are ours
            "LIMIT 1"
        )

    def last_id(self) -> str:
        """Find the largest id."""
        return f"SELECT coalesce(max(id), 0) FROM {self.table}"  # noqa: S608  names are ours

    def count(self) -> str:
        """Count rows in force at a moment, which is said twice."""
        return (
            f"SELECT count(*) FROM {self.table} "  # noqa: S608  names are ours
            "WHERE created <= ? AND (deleted IS NULL OR deleted > ?)"
        )

    def missing(self, position: str, supervoxel: str) -> str:
        """Find rows in force that have a position and no supervoxel: id, x, y, z."""
        axes = ", ".join(f'"{position}_{axis}"' for axis in "xyz")
        return (
            f'SELECT id, {axes} FROM {self.table} WHERE "{supervoxel}" IS NULL AND deleted IS NULL '  # noqa: S608  names are ours
            f'AND "{position}_x" IS NOT NULL'
        )

    def among(self, sql: str) -> str:
        """Restrict a statement that ends in conditions to some ids."""
        return f"{sql} AND id IN {AMONG}"

    def bind(self, supervoxel: str) -> str:
        """Give a row its supervoxel: supervoxel, changed, id."""
        return f'UPDATE {self.table} SET "{supervoxel}" = ?, changed = ? WHERE id = ?'  # noqa: S608  names are ours
