"""The frozen versions of a dataset: making, reading, and finding their files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.annotations.resolution import resolution_fields
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import MICROSECOND, as_micros, iso
from caveclient_gen.offline.store import Kept
from caveclient_gen.offline.versions.files import (
    NAME,
    FrozenFiles,
    check_file,
    check_rows,
    read_rows,
    reading,
    write_rows,
)
from caveclient_gen.offline.versions.views import View, check_view, keep_view, read_views

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import pyarrow as pa

    from caveclient_gen.offline.annotations.engine import Annotations
    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.store import Store

__all__ = ["Version", "Versions"]

LIFETIME = timedelta(days=36_525) // MICROSECOND
"""How long a version is offered if nobody says: a hundred years, as servers do for long-lived ones."""

LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Version:
    """One frozen version.

    Parameters
    ----------
    number : int
        As clients write it.
    moment : int
        What it is a picture of, in microseconds since 1970.
    made : int
        When it was made, the same.
    expires : int
        When servers stop to offer it, the same.
    tables : dict
        Name to the record that servers give of the table (`.../table/<name>/metadata`), as of then.
    """

    number: int
    moment: int
    made: int
    expires: int
    tables: Mapping[str, Mapping[str, Any]]

    def __repr__(self) -> str:
        names = ", ".join(self.tables)
        return f"Version({self.number}, of {iso(self.moment)}, expires {iso(self.expires)}, tables: {names})"

    def has_expired(self, now: int) -> bool:
        """Whether it is offered no more."""
        return self.expires <= now


class Versions:
    """The frozen versions and views of a dataset.

    Parameters
    ----------
    store : Store
        Has the records.
    folder : Path
        Has the files.
    annotations : Annotations
        What is frozen.
    facts : Facts
        Names that stand in records.
    """

    def __init__(self, store: Store, folder: Path, annotations: Annotations, facts: Facts) -> None:
        self._store = store
        self._files = FrozenFiles(folder)
        self._annotations = annotations
        self._facts = facts
        self._kept = Kept(store, "versions", lambda: _read_versions(store.read()))
        self._kept_views = Kept(store, "views", lambda: read_views(store.read()))

    def all(self) -> list[Version]:
        """Return all versions, oldest first, expired ones too."""
        return list(self._kept.get().values())

    def get(self, number: int) -> Version | None:
        """Return one version, expired or not; None if there is none of that number."""
        return self._kept.get().get(number)

    def file(self, number: int, table: str) -> Path:
        """Return where a frozen table lies. `table` must be one of the version's."""
        version = self.get(number)
        if version is None or table not in version.tables:
            raise Refusal(404, f"Version {number} has no table {table[:60]!r}.")
        return self._files.existing(version.number, table)

    def length(self, number: int, table: str) -> int:
        """Return how many rows a frozen table has, as its file says."""
        import pyarrow.parquet as pq

        file = self.file(number, table)
        with reading(file):
            return int(pq.read_metadata(file).num_rows)

    def columns(self, number: int, table: str) -> list[str]:
        """Return the names of the columns of a frozen table, as its file says."""
        import pyarrow.parquet as pq

        file = self.file(number, table)
        with reading(file):
            return list(pq.read_schema(file).names)

    def rows(self, number: int, table: str) -> pa.Table:
        """Return all rows of a frozen table, sorted by their id."""
        return read_rows(self.file(number, table))

    def materialize(
        self, *, at: datetime | None = None, expires: datetime | None = None, number: int | None = None
    ) -> Version:
        """Freeze all tables as of a moment into a new version; the files first, then its record.

        Nobody can edit while it is made, so it is a picture of one moment. A process that dies in between
        leaves no version, and files that the next one removes.

        Parameters
        ----------
        at : datetime, optional
            What it is a picture of; by default now. A naive one is UTC.
        expires : datetime, optional
            When it is offered no more; by default in a hundred years. Its files stay.
        number : int, optional
            By default one more than the greatest there is.

        Raises
        ------
        Refusal
            The moment is still to come, or the number is taken.
        """
        with self._store.write() as database:
            known = _read_versions(database)
            self._files.remove_leftovers({one.number: one.tables for one in known.values()})
            made = self._store.clock.now()
            moment = made if at is None else as_micros(at)
            if moment > made:
                raise Refusal(400, f"Choose now or a moment before it: {iso(moment)} is to come.")
            chosen = _choose_number(known, number)
            ends = made + LIFETIME if expires is None else as_micros(expires)
            version = Version(chosen, moment, made, ends, {})
            try:
                self._freeze(database, version)
                self._store.touch("versions")
            except BaseException:
                self._files.discard(chosen)
                raise
            return _read_versions(database)[chosen]

    def _freeze(self, database: sqlite3.Connection, version: Version) -> None:
        making = self._files.start(version.number)
        records = {}
        for table in self._annotations.tables(at=version.moment):
            if not NAME.fullmatch(table):
                raise Refusal(400, f"Tables that are frozen are named [a-z0-9_]+, and {table[:60]!r} is not.")
            rows = self._annotations.rows_at(table, version.moment)
            write_rows(making / f"{table}.parquet", rows)
            records[table] = self._record(table, self._annotations.record(table), rows.column_names, version)
        self._files.finish(version.number)
        _insert_version(database, version)
        for table, record in records.items():
            _insert_table(database, version.number, table, record)

    def add_frozen(
        self,
        number: int,
        table: str,
        rows: pa.Table | Path,
        record: Mapping[str, Any],
        *,
        at: datetime | None = None,
        expires: datetime | None = None,
    ) -> None:
        """Add a table that exists in one version only (an imported dump); the version is made if need be.

        Parameters
        ----------
        number : int
            The version.
        table : str
            A name that the version does not have yet.
        rows : pa.Table or Path
            Columns as `Annotations.rows_at` gives them; `id` must be unique. Or a Parquet file of such rows,
            in the order of their ids, which is moved away.
        record : dict
            What the annotation service would answer of the table: `schema_type`, `description`,
            `voxel_resolution_x`...; what is left out gets the usual value.
        at, expires : datetime, optional
            Of a version that is made: what it is a picture of (now), and when it expires.
        """
        if not NAME.fullmatch(table):
            raise Refusal(400, f"Name a table in lower-case letters, digits and _: {table[:60]!r} is not.")
        columns = check_file(table, rows) if isinstance(rows, Path) else check_rows(table, rows)
        with self._store.write() as database:
            known = _read_versions(database)
            self._files.remove_leftovers({one.number: one.tables for one in known.values()})
            version = known.get(number)
            if version is None:
                made = self._store.clock.now()
                moment = made if at is None else as_micros(at)
                ends = made + LIFETIME if expires is None else as_micros(expires)
                version = Version(_choose_number(known, number), moment, made, ends, {})
                _insert_version(database, version)
            if table in version.tables:
                raise Refusal(409, f"Version {number} has a table {table} already; frozen tables stay.")
            self._files.add(number, table, rows)
            _insert_table(database, number, table, self._record(table, record, columns, version))
            self._store.touch("versions")

    def _record(
        self, table: str, known: Mapping[str, Any], columns: Sequence[str], version: Version
    ) -> dict[str, Any]:
        """Return the record of a frozen table in the order in which servers write it, without its id."""
        made = iso(version.made)
        schema = known.get("schema_type") or "unknown"
        usual = {
            "schema_type": schema,
            "user_id": "1",
            "description": "",
            "notice_text": None,
            "reference_table": None,
            "flat_segmentation_source": None,
            **resolution_fields(self._facts.viewer_resolution),
            "write_permission": "PRIVATE",
            "read_permission": "PUBLIC",
            "last_modified": known.get("created", made),
        }
        record = {
            "created": known.get("created", made),
            "id": 0,
            "aligned_volume": self._facts.aligned_volume,
            "schema": schema,
            "table_name": table,
            "valid": True,
            **{name: known.get(name, value) for name, value in usual.items()},
        }
        if any(column.endswith("_root_id") for column in columns):
            record |= {
                "segmentation_source": None,
                "pcg_table_name": self._facts.segmentation_table,
                "last_updated": iso(version.moment),
            }
        return record

    def views(self) -> dict[str, View]:
        """Return the views by name, in the order in which they were defined."""
        return dict(self._kept_views.get())

    def define_view(self, view: View) -> None:
        """Add or replace a view. Refuses bad names and kinds, and SQL that is not one SELECT."""
        check_view(view)
        with self._store.write() as database:
            keep_view(database, view)
            self._store.touch("views")


def _choose_number(known: Mapping[int, Version], number: int | None) -> int:
    if number is None:
        return max(known, default=0) + 1
    if number in known:
        raise Refusal(409, f"Choose another number: there is a version {number}, and versions stay.")
    if not 0 < number <= LARGEST_NUMBER:
        raise Refusal(400, f"Choose a number from 1 to {LARGEST_NUMBER:,}: {number} is none.")
    return number


def _insert_version(database: sqlite3.Connection, version: Version) -> None:
    database.execute(
        "INSERT INTO version (number, moment, made, expires) VALUES (?, ?, ?, ?)",
        (version.number, version.moment, version.made, version.expires),
    )


def _insert_table(database: sqlite3.Connection, number: int, table: str, record: Mapping[str, Any]) -> None:
    database.execute(
        "INSERT INTO frozen_table (version, name, record) VALUES (?, ?, ?)",
        (number, table, json.dumps(record)),
    )


def _read_versions(database: sqlite3.Connection) -> dict[int, Version]:
    """Read all versions, oldest first."""
    tables: dict[int, dict[str, Mapping[str, Any]]] = {}
    for row, number, name, record in database.execute(
        "SELECT id, version, name, record FROM frozen_table ORDER BY id"
    ):
        tables.setdefault(number, {})[name] = {**json.loads(record), "id": row}
    rows = database.execute("SELECT number, moment, made, expires FROM version ORDER BY moment, number")
    return {
        number: Version(number, moment, made, expires, tables.get(number, {}))
        for number, moment, made, expires in rows
    }
