"""Which annotation tables there are: their names, metadata and rules."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.annotations.database import rows_sql, topic_of
from caveclient_gen.offline.annotations.schemas import Schema, schema_names, schema_of
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.moments import iso

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

__all__ = ["Entry", "add", "all_entries", "change", "find", "hide", "touch_rows"]

PERMISSIONS = ("PRIVATE", "GROUP", "PUBLIC")
RESOLUTION = ("voxel_resolution_x", "voxel_resolution_y", "voxel_resolution_z")
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
LONGEST_NAME = 63
"""In bytes, of names in the databases of servers."""
LONGEST_TEXT = 100_000
COLUMNS = (
    "number, name, schema_type, user_id, created, deleted, last_modified, description, notice_text, "
    "reference_table, tracks_targets, flat_segmentation_source, voxel_resolution_x, voxel_resolution_y, "
    "voxel_resolution_z, write_permission, read_permission"
)


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
            **dict(zip(RESOLUTION, self.resolution, strict=True)),
            "write_permission": self.write_permission,
            "read_permission": self.read_permission,
            "last_modified": iso(self.last_modified),
        }


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry(*row[:10], bool(row[10]), row[11], row[12:15], *row[15:])


def all_entries(connection: sqlite3.Connection) -> list[Entry]:
    """Return all tables, deleted ones too, in the order in which they were made."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM annotation_table ORDER BY created, number")
    return [_entry(row) for row in rows]


def find(connection: sqlite3.Connection, table: str) -> Entry:
    """Return a table by its name, a deleted one too. Refuses (404) unknown names."""
    row = None
    if _is_text(table):
        row = connection.execute(
            f"SELECT {COLUMNS} FROM annotation_table WHERE name = ?", (table,)
        ).fetchone()
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
    _check_fields(metadata, OF_CREATION, "metadata")
    description = _text(metadata, "description")
    if not description:
        raise aborted(404, "Table description required")
    reference, tracks = _read_reference(connection, table, schema, metadata.get("table_metadata"))
    if tracks:
        description += (
            f" [Note: This table '{table}' will update the 'target_id' foreign_key "
            f"when updates are made to the '{reference}' table] "
        )
    cursor = connection.execute(
        f"INSERT INTO annotation_table ({COLUMNS}) VALUES ({', '.join('?' * 17)})",
        (
            None,
            table,
            schema_type,
            _text(metadata, "user_id") or str(user_id),
            created,
            None,
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
    number = int(cursor.lastrowid or 0)
    for statement in rows_sql(number, schema):
        connection.execute(statement)
    return find(connection, table)


def change(connection: sqlite3.Connection, entry: Entry, metadata: Mapping[str, Any], moment: int) -> Entry:
    """Change what may be changed of a table; what is not said, or None, stays."""
    _check_fields(metadata, CHANGEABLE, "metadata")
    changes: dict[str, Any] = {
        name: _text(metadata, name) for name in ("description", "user_id", "flat_segmentation_source")
    }
    if changes["description"] == "":
        raise aborted(404, "Table description required")
    changes |= {name: _permission(metadata, name, None) for name in ("read_permission", "write_permission")}
    changes = {name: value for name, value in changes.items() if value is not None}
    notice = _text(metadata, "notice_text")
    if notice is not None:
        changes["notice_text"] = None if notice.lower() in ("", "none") else notice
    changes["last_modified"] = max(moment, entry.last_modified)
    settings = ", ".join(f"{name} = ?" for name in changes)  # names of ours: CHANGEABLE
    connection.execute(
        f"UPDATE annotation_table SET {settings} WHERE number = ?", (*changes.values(), entry.number)
    )
    return find(connection, entry.name)


def hide(connection: sqlite3.Connection, entry: Entry, moment: int) -> None:
    """Delete a table from a moment on."""
    if moment <= entry.created:
        raise Refusal(400, f"Choose a later moment: {entry.name} was made at {iso(entry.created)}.")
    connection.execute("UPDATE annotation_table SET deleted = ? WHERE number = ?", (moment, entry.number))


def touch_rows(connection: sqlite3.Connection, entry: Entry, moment: int) -> None:
    """Note when rows of a table changed last."""
    connection.execute(
        "UPDATE annotation_table SET last_modified = max(last_modified, ?) WHERE number = ?",
        (moment, entry.number),
    )


# ---- rules


def _is_text(value: object) -> bool:
    """Whether it is text that a database takes: half a surrogate pair is none."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def _check_name(table: str) -> None:
    if not (_is_text(table) and re.fullmatch(r"[a-z_][a-z0-9_]*", table) and re.search(r"[a-z]", table)):
        raise aborted(
            400,
            "Table name error: Invalid table name. Table name must include at least one letter, and can "
            "only contain lowercase letters, numbers, and underscores (_).",
        )
    if len(table) > LONGEST_NAME:
        raise aborted(400, f"Choose a shorter name: a table's name has at most {LONGEST_NAME} letters.")


def _check_fields(metadata: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(metadata) - known):
        raise Refusal(400, f"Leave out {unknown[0][:40]!r}: {where} may have {', '.join(sorted(known))}.")


def _text(metadata: Mapping[str, Any], name: str) -> str | None:
    value = metadata.get(name)
    if value is None:
        return None
    if name == "user_id" and type(value) is int:
        value = str(value)
    if not _is_text(value) or len(value) > LONGEST_TEXT:
        raise Refusal(400, f"{name} must be text of at most {LONGEST_TEXT:,} letters.")
    return str(value)


def _resolution(metadata: Mapping[str, Any], name: str) -> float:
    value = metadata.get(name)
    if type(value) not in (int, float) or not 0 < float(value) < math.inf:
        raise Refusal(400, f"{name} must be the size of a voxel in nm, a number above 0.")
    return float(value)


def _permission(metadata: Mapping[str, Any], name: str, default: str | None) -> str | None:
    value = metadata.get(name)
    if value is None:
        return default
    if value not in PERMISSIONS:
        raise Refusal(400, f"{name} must be one of {', '.join(PERMISSIONS)}.")
    return str(value)


def _read_reference(
    connection: sqlite3.Connection, table: str, schema: Schema, more: Any
) -> tuple[str | None, bool]:
    """Return which table this one is about, and whether its targets follow the updates there."""
    more = {} if more is None else more
    if not isinstance(more, dict):
        raise Refusal(400, "table_metadata must be an object with reference_table.")
    _check_fields(more, {"reference_table", "track_target_id_updates"}, "table_metadata")
    target = more.get("reference_table")
    tracks = more.get("track_target_id_updates") or False
    if not isinstance(tracks, bool):
        raise Refusal(400, "track_target_id_updates must be true or false.")
    if target is None:
        if schema.is_reference:
            raise aborted(400, f"Say reference_table: rows of {schema.name} are about rows of another table.")
        return None, False
    if not schema.is_reference:
        raise aborted(400, "Reference table must be a ReferenceAnnotation schema type")
    if target == table:
        raise aborted(400, f"{table} must target a different table not {table}")
    row = None
    if _is_text(target):
        row = connection.execute("SELECT deleted FROM annotation_table WHERE name = ?", (target,)).fetchone()
    if row is None or row[0] is not None:
        raise aborted(400, f"No table named '{str(target)[:80]}' exists.")
    return target, tracks
