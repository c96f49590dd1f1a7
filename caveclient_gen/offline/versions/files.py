"""The folder of frozen tables.

Rule 1: a file or folder with its final name is whole: it was written under another name (`.making`), brought
        to the disk, and renamed.
Rule 2: what no record of the database names is a leftover of a process that died, and may be removed by
        whoever holds the database's write lock. Nothing else is ever removed or changed.
Rule 3: a path is made of a number and of a name that fits `NAME`: no text of a request reaches the disk.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import pyarrow as pa

__all__ = [
    "NAME",
    "ROWS_PER_GROUP",
    "FrozenFiles",
    "check_file",
    "check_rows",
    "read_rows",
    "reading",
    "write_rows",
]

NAME = re.compile(r"[a-z0-9_]{1,200}")
"""Names of tables, views and their columns, as a whole."""

ROWS_PER_GROUP = 32_768
"""Rows that are read together. A query by id skips the groups that cannot have it."""

VERSION_FOLDER = re.compile(r"[1-9][0-9]*(\.making)?")
TABLE_FILE = re.compile(r"([a-z0-9_]+)\.parquet(\.making)?")


class FrozenFiles:
    """The Parquet files below `versions/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, number: int, table: str) -> Path:
        """Return where a table of a version lies."""
        return self._folder / str(_number(number)) / f"{_name(table)}.parquet"

    def existing(self, number: int, table: str) -> Path:
        """Return where a table lies; refuse what is no file of this folder: it may be a stranger's."""
        try:
            path = self.path(number, table)
        except ValueError as error:
            raise Refusal(400, f"Get the dataset again: {error}.") from None
        if path.parent.is_symlink() or path.is_symlink() or not path.is_file():
            raise Refusal(
                400, f"Get the dataset again: versions/{number}/{path.name} is missing, a link or no file."
            )
        return path

    def start(self, number: int) -> Path:
        """Make the folder in which a version is written."""
        making = self._folder / f"{_number(number)}.making"
        making.mkdir(parents=True)
        return making

    def finish(self, number: int) -> None:
        """Give the folder of a version its final name, on the disk too."""
        making = self._folder / f"{_number(number)}.making"
        _sync_folder(making)
        making.rename(self._folder / str(number))
        _sync_folder(self._folder)

    def discard(self, number: int) -> None:
        """Remove a version's files: it has no record, and will get none."""
        for name in (f"{_number(number)}.making", str(number)):
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def add(self, number: int, table: str, rows: pa.Table | Path) -> None:
        """Write one more file into a version's folder, or move one there."""
        path = self.path(number, table)
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            _sync_folder(self._folder)
        making = path.with_name(f"{path.name}.making")
        if isinstance(rows, Path):
            shutil.move(rows, making)
            _sync_file(making)
        else:
            write_rows(making, rows)
        making.replace(path)
        _sync_folder(path.parent)

    def remove_leftovers(self, known: Mapping[int, Collection[str]]) -> None:
        """Remove what dead processes left behind. `known` is what has a record: version to tables."""
        if not self._folder.exists():
            return
        for folder in list(self._folder.iterdir()):
            if not VERSION_FOLDER.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
                continue  # somebody else's
            if folder.suffix or int(folder.name) not in known:
                shutil.rmtree(folder)
            else:
                _remove_unknown(folder, known[int(folder.name)])


def write_rows(path: Path, rows: pa.Table) -> None:
    """Write rows to a new file, sorted by their id, and bring it to the disk."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    ids = rows.column("id")
    if len(ids) > 1 and not pc.all(pc.less(ids[:-1], ids[1:])).as_py():
        rows = rows.take(pc.sort_indices(rows, sort_keys=[("id", "ascending")]))
    pq.write_table(rows, path, compression="zstd", row_group_size=ROWS_PER_GROUP, write_statistics=True)
    _sync_file(path)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Refuse a frozen file that cannot be read, and say which."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        number = getattr(error, "errno", None)
        why = os.strerror(number) if number else str(error)  # Arrow's own words name the whole path
        first = (why.splitlines() or ["no reason is known"])[0][:200]
        raise Refusal(
            400, f"Get the dataset again: {path.parent.name}/{path.name} cannot be read ({first})."
        ) from None


def read_rows(path: Path) -> pa.Table:
    """Return all rows of a frozen file, sorted by their id."""
    import pyarrow.parquet as pq

    with reading(path):
        return pq.read_table(path)


def check_rows(table: str, rows: pa.Table) -> list[str]:
    """Refuse rows that are no table, and return their columns."""
    import pyarrow.compute as pc

    names = _check_columns(table, rows.schema)
    ids = rows.column("id")
    if ids.null_count or pc.count_distinct(ids).as_py() != len(ids):
        raise Refusal(400, f"Each row of {table} must have an id of its own.")
    return names


def check_file(table: str, path: Path) -> list[str]:
    """Refuse a Parquet file that is no table in the order of its ids, and return its columns."""
    import numpy as np
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        names = _check_columns(table, file.schema_arrow)
        last = None
        for batch in file.iter_batches(columns=["id"]):
            column = batch.column(0)
            ids = column.to_numpy(zero_copy_only=False)
            rises = column.null_count == 0 and bool((np.diff(ids) > 0).all())
            if not rises or (last is not None and len(ids) and ids[0] <= last):
                raise Refusal(400, f"Rows of {table} must have ids of their own, in rising order.")
            last = ids[-1] if len(ids) else last
    return names


def _check_columns(table: str, schema: pa.Schema) -> list[str]:
    import pyarrow as pa

    names = list(schema.names)
    if len(set(names)) != len(names):
        raise Refusal(400, f"Two columns of {table} have the same name.")
    if "id" not in names or schema.field("id").type != pa.int64():
        raise Refusal(400, f"{table} must have a column id of 64-bit integers.")
    return names


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _remove_unknown(folder: Path, tables: Collection[str]) -> None:
    for file in list(folder.iterdir()):
        found = TABLE_FILE.fullmatch(file.name)
        if found and (found[2] or found[1] not in tables):
            file.unlink()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there; NTFS keeps a journal of names
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _number(number: int) -> int:
    if type(number) is not int or number < 1:
        raise ValueError(f"{number!r} is no version")
    return number


def _name(table: str) -> str:
    if not NAME.fullmatch(table):
        raise ValueError(f"{table!r} is no name of a table")
    return table
