"""Which annotation tables there are: their names, metadata and rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.annotations.database import ADD_ENTRY, ENTRIES, RowsSql, topic_of
from caveclient_gen.offline.annotations.misfits import check_fields, misfit
from caveclient_gen.offline.annotations.resolution import RESOLUTION, resolution_fields
from caveclient_gen.offline.annotations.schemas import Schema, schema_names, schema_of
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.moments import iso
from caveclient_gen.offline.store import is_storable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

__all__ = ["Entry", "add", "all_entries", "change", "find", "hide", "note_change"]

PERMISSIONS = ("PRIVATE", "GROUP", "PUBLIC")
OF_CREATION = {
    "description",
    "user_id",
    "table_metadata",
    "flat_segmentation_source",
    "write_permission",
    "read_permission",
    "notice_text",
    *RESOLUTION,
}
CHANGEABLE = {
    "description",
    "user_id",
    "flat_segmentation_source",
    "read_permission",
    "write_permission",
    "notice_text",
}
SET = {name: f"UPDATE annotation_table SET {name} = ? WHERE number = ?" for name in CHANGEABLE}  # noqa: S608  as above
LONGEST_NAME = 63
"""In bytes, of names in the databases of servers."""
LONGEST_TEXT = 100_000
HUGE = 1e12
"""Beyond any voxel, in nm."""


@dataclass(frozen=True)
class Entry:
    """One annotation table, as the catalogue has it. Moments are microseconds since 1970."""

    number: int
    name: str
    schema_type: str
    user_id: str
    created: int
    deleted: int | None
    last_modified: int
    description: str
    notice_text: str | None
    reference_table: str | None
    tracks_targets: bool
    flat_segmentation_source: str | None
    resolution: tuple[float, float, float]
    write_permission: str
    read_permission: str

    @property
    def schema(self) -> Schema:
        """What its rows are."""
        return schema_of(self.schema_type)

    @property
    def sql(self) -> RowsSql:
        """The statements about its rows."""
        return RowsSql(self.number, self.schema.columns)

    @property
    def topic(self) -> str:
        """What is touched when its rows change."""
        return topic_of(self.number)

    def exists(self, at: int) -> bool:
        """Whether it exists at a moment."""
        return self.created <= at and (self.deleted is None or self.deleted > at)

    def record(self) -> dict[str, Any]:
        """Return its metadata, as the annotation service answers it."""
        return {
            "id": self.number,
            "schema_type": self.schema_type,
            "table_name": self.name,
            "valid": self.deleted is None,
            "created": iso(self.created),
            "deleted": None if self.deleted is None else iso(self.deleted),
            "user_id": self.user_id,
            "description": self.description,
            "notice_text": self.notice_text,
            "reference_table": self.reference_table,
            "flat_segmentation_source": self.flat_segmentation_source,
            **resolution_fields(self.resolution),
            "write_permission": self.write_permission,
            "read_permission": self.read_permission,
            "last_modified": iso(self.last_modified),
        }


def _entry(row: tuple[Any, ...]) -> Entry:
    cells = (*row[:10], bool(row[10]), row[11], row[12:15], *row[15:])
    return Entry(**dict(zip(Entry.__match_args__, cells, strict=True)))


def all_entries(connection: sqlite3.Connection) -> list[Entry]:
    """Return all tables, deleted ones too, in the order in which they were made."""
    rows = connection.execute(ENTRIES + "ORDER BY created, number")
    return [_entry(row) for row in rows]


def find(connection: sqlite3.Connection, table: str) -> Entry:
    """Return a table by its name, a deleted one too. Refuses (404) unknown names."""
    row = None
    if _is_text(table):
        row = connection.execute(ENTRIES + "WHERE name = ?", (table,)).fetchone()
    if row is None:
        raise Refusal(404, f"There is no annotation table {table[:80]!r}: get_tables lists those that exist.")
    return _entry(row)


def add(
    connection: sqlite3.Connection,
    user_id: int,
    table: str,
    schema_type: str,
    metadata: Mapping[str, Any],
    created: int,
) -> Entry:
    """Make a table: its line in the catalogue and its table of rows."""
    _check_name(table)
    if connection.execute("SELECT 1 FROM annotation_table WHERE name = ?", (table,)).fetchone():
        raise aborted(400, f"Choose another name: {table} exists, or existed and was deleted.")
    if schema_type not in schema_names():
        raise aborted(400, f"Schema type: {schema_type[:80]} is not a known annotation type")
    schema = schema_of(schema_type)
    if not schema.is_table:
        raise aborted(400, f"Choose another schema: {schema_type} is a point, not a row of a table.")
    check_fields(metadata, OF_CREATION)
    description = _text(metadata, "description")
    if not description:
        raise aborted(404, "Table description required")
    reference, tracks = _read_reference(connection, table, schema, metadata.get("table_metadata"))
    if tracks:
        description += (
            f" [Note: This table '{table}' will update the 'target_id' foreign_key "
            f"when updates are made to the '{reference}' table] "
        )
    connection.execute(
        ADD_ENTRY,
        (
            table,
            schema_type,
            _owner(metadata) or str(user_id),
            created,
            created,
            description,
            _text(metadata, "notice_text") or None,
            reference,
            tracks,
            _text(metadata, "flat_segmentation_source"),
            *(_resolution(metadata, axis) for axis in RESOLUTION),
            _permission(metadata, "write_permission", "PRIVATE"),
            _permission(metadata, "read_permission", "PUBLIC"),
        ),
    )
    entry = find(connection, table)
    for statement in entry.sql.make():
        connection.execute(statement)
    return entry


def change(connection: sqlite3.Connection, entry: Entry, metadata: Mapping[str, Any], moment: int) -> Entry:
    """Change what may be changed of a table; what is not said, or None, stays."""
    check_fields(metadata, CHANGEABLE)
    if metadata.get("description") == "":
        raise aborted(404, "Table description required")
    changes: dict[str, Any] = {
        "description": _text(metadata, "description"),
        "user_id": _owner(metadata),
        "flat_segmentation_source": _text(metadata, "flat_segmentation_source"),
        "read_permission": _permission(metadata, "read_permission", None),
        "write_permission": _permission(metadata, "write_permission", None),
    }
    changes = {name: value for name, value in changes.items() if value is not None}
    notice = _text(metadata, "notice_text")
    if notice is not None:
        changes["notice_text"] = None if notice.lower() in ("", "none") else notice
    for name, value in changes.items():
        connection.execute(SET[name], (value, entry.number))
    note_change(connection, entry, moment)
    return find(connection, entry.name)


def hide(connection: sqlite3.Connection, entry: Entry, moment: int) -> None:
    """Delete a table from a moment on."""
    if moment <= entry.created:
        raise Refusal(400, f"Choose a later moment: {entry.name} was made at {iso(entry.created)}.")
    connection.execute("UPDATE annotation_table SET deleted = ? WHERE number = ?", (moment, entry.number))


def note_change(connection: sqlite3.Connection, entry: Entry, moment: int) -> None:
    """Note when a table or its rows changed last."""
    connection.execute(
        "UPDATE annotation_table SET last_modified = max(last_modified, ?) WHERE number = ?",
        (moment, entry.number),
    )


# ---- rules


def _is_text(value: object) -> bool:
    return isinstance(value, str) and is_storable(value)


def _check_name(table: str) -> None:
    if not (_is_text(table) and re.fullmatch(r"[a-z_][a-z0-9_]*", table) and re.search(r"[a-z]", table)):
        raise aborted(
            400,
            "Table name error: Invalid table name. Table name must include at least one letter, and can "
            "only contain lowercase letters, numbers, and underscores (_).",
        )
    if len(table) > LONGEST_NAME:
        raise aborted(400, f"Choose a shorter name: a table's name has at most {LONGEST_NAME} letters.")


def _text(metadata: Mapping[str, Any], name: str) -> str | None:
    value = metadata.get(name)
    if value is None:
        return None
    if not _is_text(value) or len(value) > LONGEST_TEXT:
        raise misfit(name, f"It must be text of at most {LONGEST_TEXT:,} letters.")
    return str(value)


def _owner(metadata: Mapping[str, Any]) -> str | None:
    value = metadata.get("user_id")
    if value is None:
        return None
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,18}", text):
        raise misfit("user_id", "It must be the number of a person.")
    return text


def _resolution(metadata: Mapping[str, Any], name: str) -> float:
    value = metadata.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < HUGE:
        raise misfit(name, "It must be the size of a voxel in nm, a number above 0.")
    return float(value)


def _permission(metadata: Mapping[str, Any], name: str, default: str | None) -> str | None:
    value = metadata.get(name)
    if value is None:
        return default
    if value not in PERMISSIONS:
        raise misfit(name, f"It must be one of {', '.join(PERMISSIONS)}.")
    return str(value)


def _read_reference(
    connection: sqlite3.Connection, table: str, schema: Schema, more: Any
) -> tuple[str | None, bool]:
    """Return which table this one is about, and whether its targets follow the updates there."""
    more = {} if more is None else more
    if not isinstance(more, dict):
        raise misfit("table_metadata", "It must be an object with reference_table.")
    check_fields(more, {"reference_table", "track_target_id_updates"})
    target = more.get("reference_table")
    tracks = more.get("track_target_id_updates") or False
    if not isinstance(tracks, bool):
        raise misfit("track_target_id_updates", "It must be true or false.")
    if target is None:
        if schema.is_reference:
            raise aborted(400, f"Say reference_table: rows of {schema.name} are about rows of another table.")
        return None, False
    if not schema.is_reference:
        raise aborted(400, f"Leave out reference_table: rows of {schema.name} are about no other table.")
    if target == table:
        raise aborted(400, f"Choose another reference_table: {table} cannot be about itself.")
    row = None
    if _is_text(target):
        row = connection.execute("SELECT deleted FROM annotation_table WHERE name = ?", (target,)).fetchone()
    if row is None or row[0] is not None:
        raise aborted(400, f"Choose a reference_table that exists: {str(target)[:80]!r} does not.")
    return target, tracks
