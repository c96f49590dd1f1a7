"""What is looked at before a dataset is opened: it may be from a stranger.

Rule 1: a dataset is a folder of its own. A link in it could make us read, serve or remove what is elsewhere.
Rule 2: its database has the tables that this package makes, word for word, and nothing else: no trigger and
        no view, which would run SQL of whoever made it as soon as something is changed.
"""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache
from typing import TYPE_CHECKING

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.annotations.database import SQL_TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from caveclient_gen.offline.store import Store

__all__ = ["refuse_links", "refuse_strange_tables"]

PARTS = ("dataset.json", "cave.sqlite", "cave.sqlite-wal", "cave.sqlite-journal", "versions")

COLUMN = rf'"[A-Za-z0-9_]+" ({"|".join(sorted(set(SQL_TYPES.values())))})( NOT NULL)?'
OF_ANNOTATIONS = {
    "table": re.compile(
        r'CREATE TABLE "annotation_rows_[0-9]+" \(id INTEGER PRIMARY KEY, created INTEGER NOT NULL, '
        rf"deleted INTEGER, superceded_id INTEGER, changed INTEGER NOT NULL(, {COLUMN})*(, )?\) STRICT"
    ),
    "index": re.compile(r'CREATE INDEX "annotation_changes_([0-9]+)" ON "annotation_rows_\1" \(changed\)'),
}
"""What the annotations make of each of their tables: `annotations.database.RowsSql.make`."""

MADE_BY_SQLITE = re.compile(r"sqlite_(sequence|stat[1-4])")

Object = tuple[str, str, str]
"""Type, name and SQL, with single blanks."""


def refuse_links(folder: Path) -> None:
    """Refuse a dataset whose parts are links, or no files.

    Raises
    ------
    CAVEError
        They are.
    """
    for name in PARTS:
        part = folder / name
        if part.is_symlink():
            raise CAVEError(f"Put {name} itself into {folder}: it is a link, which may lead anywhere.")
        if part.exists() and not (part.is_dir() if name == "versions" else part.is_file()):
            raise CAVEError(f"Get the dataset {folder} again: {name} is not what it should be.")


def refuse_strange_tables(store: Store) -> None:
    """Refuse a database that this package did not make so.

    Raises
    ------
    CAVEError
        It has something else, lacks something, or is no database.
    """
    try:
        found = _objects(store.read())
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and store.path.is_file():
            raise  # it cannot be opened at all: that is no matter of what is in it
        raise CAVEError(f"Get the dataset again: {store.path} cannot be read ({error}).") from error
    expected = _expected()
    missing = expected - found
    if missing:
        kind, name, _ = min(missing)
        raise CAVEError(
            f"Make the dataset anew, or use the version of this package that made it: {store.path} lacks "
            f"the {kind} {name}, or has another."
        )
    for kind, name, sql in sorted(found - expected):
        made = OF_ANNOTATIONS.get(kind)
        if made is None or not made.fullmatch(sql):
            raise CAVEError(
                f"Do not use this dataset, unless you know who made it: {store.path} has a {kind} "
                f"{name[:60]!r}, which datasets do not have."
            )


@lru_cache(maxsize=1)
def _expected() -> frozenset[Object]:
    from caveclient_gen.offline.database import SCHEMAS
    from caveclient_gen.offline.store import REVISIONS

    connection = sqlite3.connect(":memory:")
    try:
        for schema in (REVISIONS, *SCHEMAS):
            connection.executescript(schema)
        return _objects(connection)
    finally:
        connection.close()


def _objects(connection: sqlite3.Connection) -> frozenset[Object]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return frozenset(
        (str(kind), str(name), " ".join(str(sql).split()))
        for kind, name, sql in rows
        if not (kind == "table" and MADE_BY_SQLITE.fullmatch(str(name)))
    )
