"""From an open file to one sorted Parquet file, a piece at a time: memory does not grow with the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.importing.plan import AXES, Column
from caveclient_gen.offline.importing.positions import as_position
from caveclient_gen.offline.importing.values import as_kind, guess_kind
from caveclient_gen.offline.versions.files import ROWS_PER_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyarrow as pa

__all__ = ["Written", "with_kinds", "write_sorted"]

SORTING_MEMORY = "512MB"
"""What sorting may take of it; the rest of a large table is on the disk meanwhile."""


@dataclass(frozen=True)
class Written:
    """What was written: rows, the columns of the table, and whether ids were made up (1, 2, 3...)."""

    rows: int
    columns: tuple[str, ...]
    numbered: bool


def with_kinds(columns: list[Column], batches: Iterator[pa.RecordBatch]) -> list[Column]:
    """Give columns whose kind is not known the one that their first values look like.

    No more of the file is read than it takes until each has a value. One that has none anywhere is text.
    """
    known = {column.name: column.kind for column in columns}
    for batch in batches:
        waiting = [column for column in columns if known[column.name] is None]
        if not waiting:
            break
        for column in waiting:
            values = batch.column(column.sources[0])
            if values.null_count < len(values):
                known[column.name] = guess_kind(column.name, values)
    return [Column(column.name, known[column.name] or "string", column.sources) for column in columns]


def write_sorted(
    batches: Iterator[pa.RecordBatch],
    columns: list[Column],
    voxel: tuple[float, float, float] | None,
    target: Path,
    advance: Callable[[int], object],
) -> Written:
    """Convert all rows and write them in the order of their ids.

    Parameters
    ----------
    batches : iterator of pa.RecordBatch
        The rows of the file.
    columns : list of Column
        What they become, with their kinds.
    voxel : tuple of float or None
        As `as_position` takes it.
    target : Path
        The file to write. Another one beside it is used meanwhile.
    advance : callable
        Is told how many rows are done.

    Raises
    ------
    CAVEError
        A value is not what it should be, or an id comes twice.
    """
    import pyarrow.parquet as pq

    numbered = all(column.name != "id" for column in columns)
    done, last, in_order = 0, None, True
    writer: pq.ParquetWriter | None = None
    unsorted = target.with_name(f"{target.name}.unsorted")
    try:
        for batch in batches:
            if batch.num_rows == 0 and writer is not None:
                continue
            rows = _rows(batch, columns, voxel, done, numbered)
            writer = writer or pq.ParquetWriter(unsorted, rows.schema, compression="zstd")
            writer.write_table(rows, row_group_size=ROWS_PER_GROUP)
            in_order, last = in_order and _goes_on(rows.column("id"), last), _last(rows.column("id"), last)
            done += rows.num_rows
            advance(rows.num_rows)
        if writer is None:
            raise CAVEError("Give a file with rows: this one has none.")
        names = tuple(rows.column_names)
    finally:
        if writer is not None:
            writer.close()
    if done == 0:
        raise CAVEError("Give a file with rows: this one has none.")
    if in_order:
        unsorted.replace(target)
    else:
        _sort(unsorted, target)
        unsorted.unlink()
        _refuse_repeated(target)
    return Written(done, names, numbered)


def _rows(
    batch: pa.RecordBatch,
    columns: list[Column],
    voxel: tuple[float, float, float] | None,
    before: int,
    numbered: bool,
) -> pa.Table:
    """Convert one piece: `id`, `valid`, then the other columns in the order of the file."""
    import pyarrow as pa

    found: dict[str, Any] = {}
    for column in columns:
        parts = [batch.column(source) for source in column.sources]
        if column.kind == "position":
            split = as_position(column.name, parts, before + 1, voxel)
            found |= {f"{column.name}_{axis}": part for axis, part in zip(AXES, split, strict=True)}
        else:
            found[column.name] = as_kind(column.name, column.kind or "string", parts[0], before + 1)
    if numbered:
        found["id"] = pa.array(np.arange(before + 1, before + 1 + batch.num_rows, dtype=np.int64))
    if "valid" not in found:
        found["valid"] = pa.array(np.ones(batch.num_rows, bool))
    if found["id"].null_count:
        raise CAVEError(
            f"Give each row an id: one between rows {before + 1} and {before + batch.num_rows} has none."
        )
    first = {name: found.pop(name) for name in ("id", "valid")}
    return pa.table(first | found)


def _goes_on(ids: Any, last: int | None) -> bool:
    """Whether ids rise, from the last one of the piece before on."""
    import pyarrow.compute as pc

    if len(ids) == 0:
        return True
    rises = len(ids) < 2 or pc.all(pc.less(ids[:-1], ids[1:])).as_py()
    return bool(rises) and (last is None or ids[0].as_py() > last)


def _last(ids: Any, last: int | None) -> int | None:
    return ids[-1].as_py() if len(ids) else last


def _sort(source: Path, target: Path) -> None:
    """Sort by id; what does not fit into memory is put on the disk meanwhile."""
    import duckdb

    with duckdb.connect(config={"threads": 2, "memory_limit": SORTING_MEMORY}) as database:
        database.execute("SET temp_directory = ?", [str(target.parent)])
        rows = database.read_parquet(str(source))
        try:
            rows.order("id").write_parquet(str(target), compression="zstd", row_group_size=ROWS_PER_GROUP)
        except (
            duckdb.IOException,
            duckdb.OutOfMemoryException,
        ) as error:  # the disk, or the room for sorting
            raise OSError(str(error)[:300]) from error


def _refuse_repeated(path: Path) -> None:
    import pyarrow.parquet as pq

    last: int | None = None
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["id"]):
            ids = batch.column(0).to_numpy()
            before = np.concatenate([ids[:1] - 1 if last is None else np.array([last]), ids[:-1]])
            repeated = ids[ids == before]
            if len(repeated):
                raise CAVEError(f"Give each row an id of its own: {int(repeated[0])} comes twice.")
            last = int(ids[-1]) if len(ids) else last
