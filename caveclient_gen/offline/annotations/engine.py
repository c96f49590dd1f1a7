"""Annotation tables as services see them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.annotations import catalogue
from caveclient_gen.offline.annotations.answers import answered
from caveclient_gen.offline.annotations.frozen import frozen_rows
from caveclient_gen.offline.annotations.image import Image, ImageReader
from caveclient_gen.offline.annotations.incoming import (
    chosen_ids,
    columns_of_arrays,
    columns_of_rows,
    read_chosen_ids,
    read_row_ids,
)
from caveclient_gen.offline.annotations.lookup import fill_supervoxels, look_up_missing
from caveclient_gen.offline.annotations.rows import (
    check_retirable,
    check_targets,
    free_ids,
    insert,
    merged_rows,
    read,
    retire,
)
from caveclient_gen.offline.http.refusals import Refusal, aborted
from caveclient_gen.offline.store import Kept

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pyarrow as pa

    from caveclient_gen.offline.annotations.catalogue import Entry
    from caveclient_gen.offline.annotations.incoming import Columns
    from caveclient_gen.offline.facts import Facts
    from caveclient_gen.offline.segmentation.engine import Segmentation
    from caveclient_gen.offline.store import Store

__all__ = ["MOST_ROWS", "Annotations"]

MOST_ROWS = 10_000
"""Rows in one post or update, as on annotation servers."""
AT_ONCE = 100_000
"""Rows of columns that are turned into Python objects at a time."""


class Annotations:
    """The annotation tables of one dataset.

    Moments are microseconds since 1970. Whatever cannot be done raises
    `caveclient_gen.offline.http.refusals.Refusal`, in the words of annotation servers where they are known.
    """

    def __init__(self, store: Store, facts: Facts, segmentation: Segmentation) -> None:
        self._store = store
        self._facts = facts
        self._segmentation = segmentation
        self._images: dict[int, Kept[Image]] = {}
        self._lock = threading.Lock()

    # ---- tables

    def tables(self, *, at: int | None = None) -> list[str]:
        """Return the names of the tables that exist at a moment, in the order in which they were made."""
        entries = catalogue.all_entries(self._store.read())
        if at is None:
            return [entry.name for entry in entries if entry.deleted is None]
        return [entry.name for entry in entries if entry.exists(at)]

    def tables_ever(self, *, at: int | None = None) -> list[str]:
        """Return the names of the tables that were made by a moment, deleted ones too."""
        entries = catalogue.all_entries(self._store.read())
        return [entry.name for entry in entries if at is None or entry.created <= at]

    def record(self, table: str) -> dict[str, Any]:
        """Return a table's metadata, as the annotation service answers it. Refuses unknown names.

        Deleted tables have one too, with `valid` false: older versions still show them.
        """
        return catalogue.find(self._store.read(), table).record()

    def create_table(
        self,
        user_id: int,
        table: str,
        schema_type: str,
        metadata: Mapping[str, Any],
        *,
        at: int | None = None,
    ) -> str:
        """Make a table. Refuses bad names, unknown schemas, tables that exist, missing reference tables."""
        with self._store.write() as connection:
            created = self._store.clock.now() if at is None else at
            catalogue.add(connection, user_id, table, schema_type, metadata, created)
        return table

    def update_metadata(self, user_id: int, table: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Change description, notice, permissions, owner or flat segmentation of a table.

        What `metadata` does not say stays as it is; a notice of "" or "none" is removed.
        """
        with self._store.write() as connection:
            entry = self._existing(connection, table)
            return catalogue.change(connection, entry, metadata, self._store.clock.now()).record()

    def delete_table(self, user_id: int, table: str, *, at: int | None = None) -> None:
        """Hide a table from now on; its rows stay in older versions."""
        with self._store.write() as connection:
            entry = self._existing(connection, table)
            catalogue.hide(connection, entry, self._store.clock.now() if at is None else at)

    # ---- rows

    def count(self, table: str, *, at: int | None = None) -> int:
        """Return how many rows are valid at a moment."""
        connection = self._store.read()
        entry = self._existing(connection, table) if at is None else catalogue.find(connection, table)
        moment = self._store.clock.now() if at is None else at
        (found,) = connection.execute(entry.sql.count(), (moment, moment)).fetchone()
        return int(found)

    def get(self, table: str, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Return rows as the annotation service answers them, in the order of ids; unknown ids are left out.

        Rows that were replaced or deleted are among them, with `valid` false.
        """
        connection = self._store.read()
        entry = self._existing(connection, table)
        found = answered(entry, read(connection, entry, ids))
        if entry.tracks_targets and found:
            moment = self._store.clock.now()
            targets = self._current_targets(entry, np.array([row["target_id"] for row in found]), moment)
            for row, target in zip(found, targets.tolist(), strict=True):
                row["target_id"] = target
        return found

    def post(
        self, user_id: int, table: str, rows: Sequence[Mapping[str, Any]], *, at: int | None = None
    ) -> list[int]:
        """Add rows (nested, as the service takes them) and return their ids; all or none.

        Points get their supervoxels at once.
        """
        _check_number(rows)
        with self._store.write() as connection:
            entry = self._existing(connection, table)
            columns = columns_of_rows(entry.schema, rows, user_id=user_id)
            self._forget_given(entry, columns)
            return self._add(connection, entry, columns, read_chosen_ids(rows), self._moment(entry, at))

    def add_columns(
        self,
        user_id: int,
        table: str,
        columns: Mapping[str, npt.NDArray[Any]],
        *,
        at: int | None = None,
    ) -> npt.NDArray[np.int64]:
        """Add many rows by columns, for generators and imports.

        Positions are (n, 3) in the table's voxels under `pt_position`; `pt_supervoxel_id` if it is known;
        `id` if it is chosen. A float that is not a number is an empty cell.
        """
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) != 1:
            raise Refusal(422, f"Columns must be of one length, and these have {lengths}.")
        count = next(iter(lengths.values()))
        found: list[int] = []
        with self._store.write() as connection:
            entry = self._existing(connection, table)
            moment = self._moment(entry, at)
            for start in range(0, count, AT_ONCE):
                part = {name: values[start : start + AT_ONCE] for name, values in columns.items()}
                try:
                    read_in = columns_of_arrays(entry.schema, part, user_id=user_id)
                    chosen = chosen_ids(part.get("id"), min(AT_ONCE, count - start))
                    found += self._add(connection, entry, read_in, chosen, moment)
                except Refusal as refusal:
                    refusal.message += f" Its rows are counted from {start:,} on." if start else ""
                    raise
        return np.array(found, np.int64)

    def update(
        self, user_id: int, table: str, rows: Sequence[Mapping[str, Any]], *, at: int | None = None
    ) -> dict[int, int]:
        """Replace rows: old id to new id. All or none. What a row does not say stays as it was."""
        _check_number(rows)
        with self._store.write() as connection:
            entry = self._existing(connection, table)
            moment = self._moment(entry, at)
            old_ids = read_row_ids(rows)
            merged, supervoxels = merged_rows(connection, entry, rows, old_ids, moment)
            columns = columns_of_rows(entry.schema, merged, user_id=user_id)
            self._forget_given(entry, columns)
            columns |= supervoxels if self._segmentation.exists else {}
            new_ids = self._add(connection, entry, columns, [None] * len(merged), moment)
            successors: dict[int, int | None] = dict(zip(old_ids, new_ids, strict=True))
            changed = self._store.revision(entry.topic)
            retire(connection, entry, successors, deleted=moment, changed=changed)
        return dict(zip(old_ids, new_ids, strict=True))

    def delete(self, user_id: int, table: str, ids: Sequence[int], *, at: int | None = None) -> list[int]:
        """Delete rows and return which were deleted. All or none.

        Unknown ids and rows that were replaced or deleted before are left out.
        """
        with self._store.write() as connection:
            entry = self._existing(connection, table)
            moment = self._moment(entry, at)
            found = [row for row in read(connection, entry, ids) if row.deleted is None]
            check_retirable(entry, found, moment)
            if found:
                self._store.touch(entry.topic)
                changed = self._store.revision(entry.topic)
                retire(connection, entry, {row.id: None for row in found}, deleted=moment, changed=changed)
                catalogue.note_change(connection, entry, moment)
        return [row.id for row in found]

    def look_up(self, table: str, ids: Sequence[int] | None = None) -> int:
        """Look up supervoxels of rows that have none yet; return how many found one."""
        if not self._segmentation.exists:
            return 0
        with self._store.write() as connection:
            entry = self._existing(connection, table)
            self._store.touch(entry.topic)
            changed = self._store.revision(entry.topic)
            return look_up_missing(connection, entry, self._segmentation, ids, changed)

    def rows_at(self, table: str, at: int, *, with_roots: bool = True) -> pa.Table:
        """Return the rows of a table that are valid at a moment, as frozen tables hold them.

        Columns: `id` int64, `valid` bool, then the schema's fields in the order in which real servers answer
        them. A position is three int32 columns (`pt_position_x`, `_y`, `_z`, in the table's voxels), followed
        by `pt_supervoxel_id` and `pt_root_id` (int64, as of `at`; null without a supervoxel) where the schema
        binds the point to the segmentation. Floats are float32, text is string, references int64 `target_id`.
        """
        entry = catalogue.find(self._store.read(), table)
        if entry.deleted is not None and entry.deleted <= at:
            raise _gone(entry)
        import pyarrow as pa

        image = self._image(entry)
        found = image.rows.take(image.places(at))
        if entry.tracks_targets:
            place = found.schema.get_field_index("target_id")
            targets = self._current_targets(entry, found.column(place).to_numpy(), at)
            found = found.set_column(place, "target_id", pa.array(targets))
        return frozen_rows(entry.schema, found, self._segmentation if with_roots else None, at)

    # ---- inside

    def _existing(self, connection: sqlite3.Connection, table: str) -> Entry:
        entry = catalogue.find(connection, table)
        if entry.deleted is not None:
            raise _gone(entry)
        return entry

    def _moment(self, entry: Entry, at: int | None) -> int:
        if at is None:
            return self._store.clock.now()
        if at < entry.created:
            raise Refusal(400, f"Choose a later moment: {entry.name} did not exist yet.")
        return at

    def _add(
        self,
        connection: sqlite3.Connection,
        entry: Entry,
        columns: Columns,
        chosen: Sequence[int | None],
        moment: int,
    ) -> list[int]:
        check_targets(connection, entry, columns)
        ids = free_ids(connection, entry, chosen)
        fill_supervoxels(entry, columns, self._segmentation)
        self._store.touch(entry.topic)
        changed = self._store.revision(entry.topic)
        insert(connection, entry, ids, columns, created=moment, changed=changed)
        catalogue.note_change(connection, entry, moment)
        return ids

    def _forget_given(self, entry: Entry, columns: Columns) -> None:
        """Leave out the supervoxels that somebody sent, where they can be looked up: so do servers."""
        if self._segmentation.exists:
            for field in entry.schema.bound_points:
                columns[field.supervoxel] = [None] * len(columns[field.supervoxel])

    def _image(self, entry: Entry) -> Image:
        if self._store.read().in_transaction:  # it may be rolled back: nothing of it is kept
            return ImageReader(self._store, entry.sql)()
        with self._lock:
            kept = self._images.get(entry.number)
            if kept is None:
                reader = ImageReader(self._store, entry.sql)
                kept = self._images[entry.number] = Kept(self._store, entry.topic, reader)
        return kept.get()

    def _current_targets(
        self, entry: Entry, targets: npt.NDArray[np.int64], at: int
    ) -> npt.NDArray[np.int64]:
        """Return which rows the targets of a table had become by a moment."""
        if entry.reference_table is None:
            return targets
        return self._image(catalogue.find(self._store.read(), entry.reference_table)).successors(targets, at)


def _check_number(rows: Sequence[Any]) -> None:
    if len(rows) > MOST_ROWS:
        raise aborted(413, f"Send at most {MOST_ROWS:,} rows at once: these are {len(rows):,}.")


def _gone(entry: Entry) -> Refusal:
    return Refusal(404, f"{entry.name} was deleted: its rows are in older versions only.")
