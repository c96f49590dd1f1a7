"""The tables of the annotations: a catalogue, and one table of rows per annotation table.

Tables of rows are named by number; no text of a user is ever part of SQL. Rows are never removed: `created`
and `deleted` say when they were in force, `changed` is the revision of the table's topic that touched them
last, so that what is kept in memory can be brought up to date by reading only what changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caveclient_gen.offline.annotations.schemas import Schema, Sort

__all__ = ["OWN_COLUMNS", "SCHEMA", "rows_sql", "rows_table", "topic_of"]

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

OWN_COLUMNS = ("id", "created", "deleted", "superceded_id", "changed")
"""What every table of rows has before the columns of its schema."""

SQL_TYPES: dict[Sort, str] = {
    "int32": "INTEGER",
    "int64": "INTEGER",
    "float": "REAL",
    "text": "TEXT",
    "bool": "INTEGER",
}


def rows_table(number: int) -> str:
    """Return the quoted name of the table that holds the rows of an annotation table."""
    return f'"annotation_rows_{number:d}"'


def topic_of(number: int) -> str:
    """Return the topic under which a table's rows are kept in memory."""
    return f"annotation:{number:d}"


def rows_sql(number: int, schema: Schema) -> tuple[str, ...]:
    """Return the statements that make a table of rows."""
    columns = "".join(
        f', "{column.name}" {SQL_TYPES[column.sort]}{" NOT NULL" if column.required else ""}'
        for column in schema.columns
    )
    table = rows_table(number)
    return (
        f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, created INTEGER NOT NULL, deleted INTEGER, "
        f"superceded_id INTEGER, changed INTEGER NOT NULL{columns}) STRICT",
        f'CREATE INDEX "annotation_changes_{number:d}" ON {table} (changed)',
    )
