"""Files of a dataset: written under another name and moved into place, so that what is there is whole."""

from __future__ import annotations

import errno
import functools
import os
import threading
import uuid
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import CAVEError, InvalidArgumentError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

_HANGS_AFTER = 30.0
"""Seconds; a file takes less than one."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Gate:
    """
    Who may write to a folder: everybody, until it is closed.

    Threads go on after the end of their extraction. By then somebody may use the folder for another one.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._writing = 0
        self._is_closed = False

    def __enter__(self) -> None:
        with self._changed:
            if self._is_closed:
                raise CAVEError("Call again: the extraction had ended before this partition was there.")
            self._writing += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._writing -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let nobody begin to write any more, and wait for those who do, but not for a disk that hangs."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: not self._writing, _HANGS_AFTER)


def write_file(folder: Path, name: str, table: pa.Table) -> int:
    """
    Write a table to a file of the dataset.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    name : str
        Name of the file; one that is there is replaced in one step.
    table : pyarrow.Table
        The rows. The metadata of their schema is kept.

    Returns
    -------
    int
        Size of the file, in bytes.

    Raises
    ------
    OSError
        It could not be written; nothing is left of it.
    InvalidArgumentError
        Points are missing, and this version of pyarrow would not write them so that they can be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if any(pa.types.is_fixed_size_list(one.type) and one.null_count for one in table.columns):
        _check_missing_points()
    # Ids and positions hardly repeat: a dictionary would make files larger, and writing four times as long.
    texts: Any = [
        field.name
        for field in table.schema
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    temporary = folder / f".{name}.{uuid.uuid4().hex}.tmp"  # datasets leave out what begins with a dot
    try:
        with temporary.open("xb") as sink:
            with pq.ParquetWriter(sink, table.schema, compression="zstd", use_dictionary=texts) as writer:
                writer.write_table(table)
            sink.flush()
            os.fsync(sink.fileno())
            size = sink.tell()
        os.replace(temporary, folder / name)
    except BaseException:  # whatever happened, also an interrupt: leave nothing behind
        temporary.unlink(missing_ok=True)
        raise
    return size


@functools.cache
def _check_missing_points() -> None:
    """Refuse missing points where pyarrow cannot write them, or not read them again: 15 to 18 at least."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"point": pa.array([[1, 2, 3], None], pa.list_(pa.int32(), 3))})
    sink = pa.BufferOutputStream()
    try:
        pq.write_table(table, sink)
        pq.read_table(pa.BufferReader(sink.getvalue()))
    except pa.ArrowException:
        raise InvalidArgumentError(
            "Update pyarrow, or leave out split_positions=False: this version cannot write missing points."
        ) from None


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes were writing."""
    for path in folder.glob(".part-*.tmp"):
        path.unlink(missing_ok=True)


def size_of(path: Path) -> int | None:
    """Return the size of a file in bytes; None if there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def disk_error(error: OSError, folder: str | os.PathLike[str]) -> CAVEError:
    """Return what an error of the disk means to people."""
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return CAVEError(
            f"Free space on the disk of {folder} and call again: a file could not be written ({reason})."
        )
    return CAVEError(f"Choose a folder that can be written: {folder} cannot ({reason}).")
