"""The rows of a table in memory, by columns, kept up to date by what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from caveclient_gen.offline.annotations.database import RowsSql
    from caveclient_gen.offline.annotations.schemas import Sort
    from caveclient_gen.offline.store import Store

__all__ = ["Image", "ImageReader"]

FOREVER = 2**63 - 1
AT_ONCE = 50_000
"""Rows that are read into Python objects at a time."""


class Image:
    """All rows that a table ever had, by id.

    Attributes
    ----------
    rows : pyarrow.Table
        `id`, `created`, `deleted`, `superceded_id` (int64), then the columns of the schema.
    ids, created, deleted : ndarray of int64
        The same as arrays; `deleted` is beyond all moments for rows that are in force.
    """

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows
        self.ids = _integers(rows, "id")
        self.created = _integers(rows, "created")
        self.deleted = _integers(rows, "deleted", empty=FOREVER)

    def places(self, at: int) -> npt.NDArray[np.int64]:
        """Return where the rows stand that are valid at a moment."""
        return np.flatnonzero((self.created <= at) & (self.deleted > at))

    def successors(self, ids: npt.NDArray[np.int64], at: int) -> npt.NDArray[np.int64]:
        """Return which rows had taken the place of rows by a moment: the rows themselves, if none had."""
        if not self.ids.size:
            return ids
        following = _integers(self.rows, "superceded_id", empty=0)
        following = np.where((following > 0) & (self.deleted <= at), following, self.ids)
        if (following < self.ids).any():  # a row gets its id after those before it: so a chain ends
            raise Refusal(400, "Get the dataset again: it has a row whose place an older one took.")
        while True:
            place = np.minimum(np.searchsorted(self.ids, ids), self.ids.size - 1)
            found = np.where(self.ids[place] == ids, following[place], ids)
            if np.array_equal(found, ids):
                return found
            ids = found


class ImageReader:
    """Reads the image of a table; after the first time only the rows that changed.

    Parameters
    ----------
    store : Store
        The database.
    sql : RowsSql
        The statements about the table's rows.
    """

    def __init__(self, store: Store, sql: RowsSql) -> None:
        self._store = store
        self._sql = sql
        self._image: Image | None = None
        self._newest = 0

    def __call__(self) -> Image:
        """Return the image as of now."""
        connection = self._store.read()
        before = self._image
        if before is None:
            cursor = connection.execute(self._sql.everything())
        else:
            cursor = connection.execute(self._sql.changes(), (self._newest,))
        parts, newest = [], self._newest
        while cells := cursor.fetchmany(AT_ONCE):
            newest = max(newest, max(row[0] for row in cells))
            parts.append(self._arrow(cells))
        if before is None:
            image = Image(_joined(parts or [self._arrow([])]))
        else:
            image = Image(_renewed(before, _joined(parts))) if parts else before
        self._image, self._newest = image, newest  # together, and only when all is read
        return image

    def _arrow(self, cells: list[Any]) -> pa.Table:
        import pyarrow as pa

        fields: list[pa.Field[Any]] = [
            pa.field(name, pa.int64()) for name in ("id", "created", "deleted", "superceded_id")
        ]
        fields += [pa.field(column.name, _arrow_type(column.sort)) for column in self._sql.columns]
        columns = list(zip(*cells, strict=True))[1:] if cells else [()] * len(fields)
        arrays = [_array(values, field.type) for values, field in zip(columns, fields, strict=True)]
        return pa.table(arrays, schema=pa.schema(fields))


def _joined(parts: list[pa.Table]) -> pa.Table:
    import pyarrow as pa

    return parts[0] if len(parts) == 1 else pa.concat_tables(parts)


def _renewed(image: Image, changed: pa.Table) -> pa.Table:
    """Return the rows with changed ones in their place and new ones added, by id."""
    import pyarrow as pa

    ids = _integers(changed, "id")
    stay = np.isin(image.ids, ids, invert=True)
    kept = image.rows if stay.all() else image.rows.take(np.flatnonzero(stay))
    rows = pa.concat_tables([kept, changed])
    if kept.num_rows and stay.all() and ids[0] > image.ids[-1]:
        return rows if rows.column(0).num_chunks < 64 else rows.combine_chunks()
    order = np.argsort(_integers(rows, "id"), kind="stable")
    return rows.take(order).combine_chunks()


def _arrow_type(sort: Sort) -> Any:
    import pyarrow as pa

    return {
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float": pa.float32(),
        "text": pa.string(),
        "bool": pa.bool_(),
    }[sort]


def _array(values: Any, kind: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)


def _integers(rows: pa.Table, name: str, empty: int | None = None) -> npt.NDArray[np.int64]:
    column: Any = rows.column(name)
    if empty is not None:
        column = column.fill_null(empty)
    found: npt.NDArray[np.int64] = column.to_numpy()
    return found
