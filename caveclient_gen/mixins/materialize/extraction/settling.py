"""The end of an extraction: nothing is missing, and all files have one schema."""

from __future__ import annotations

import functools
import warnings
from typing import TYPE_CHECKING

from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import CAVEError, TruncatedResultError
from caveclient_gen.mixins.materialize.extraction.files import write_file
from caveclient_gen.mixins.materialize.extraction.journal import Done
from caveclient_gen.mixins.materialize.extraction.partitions import Partition
from caveclient_gen.mixins.materialize.extraction.schemas import fitted, is_same, joined

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa

    from caveclient_gen.mixins.materialize.extraction.journal import Journal


def settle(journal: Journal, no_rows: Callable[[], pa.Table]) -> None:
    """
    Check a dataset whose partitions are all done, and bring its files into one schema.

    Parameters
    ----------
    journal : Journal
        Its manifest.
    no_rows : callable
        Returns the columns of the query without rows, for a dataset that has none.

    Raises
    ------
    TruncatedResultError
        Less rows came than the server counts.
    CAVEError
        A file has other rows than were written.
    """
    import pyarrow.parquet as pq

    _check_count(journal)
    if not journal.files():
        empty = Partition((0,))
        size = write_file(journal.folder, empty.file, no_rows())
        journal.put_done(empty, Done(0, 0, size))
    schemas = _schemas(journal)
    common = functools.reduce(joined, schemas.values())
    for key, done in list(journal.done.items()):
        partition = journal.partition_of(key)
        path = journal.folder / partition.file
        if done.bytes and not is_same(schemas[path], common):
            table = fitted(pq.read_table(path, partitioning=None), common)
            size = write_file(journal.folder, partition.file, table)
            journal.put_done(partition, Done(done.rows, done.received, size))
    journal.put_finished()


def _schemas(journal: Journal) -> dict[Path, pa.Schema]:
    """Read the schemas of all files, and see that each has the rows that were written."""
    import pyarrow.parquet as pq

    schemas = {}
    for key, done in journal.done.items():
        path = journal.folder / journal.partition_of(key).file
        if done.bytes:
            with pq.ParquetFile(path) as file:
                schemas[path] = file.schema_arrow
                if file.metadata.num_rows != done.rows:
                    raise CAVEError(f"Remove {path} and call again: somebody changed it.")
    return schemas


def _check_count(journal: Journal) -> None:
    counted, recorded = journal.header["total"], journal.header["recorded"]
    received = sum(done.received for done in journal.done.values())
    if recorded not in (None, received):
        warnings.warn(
            f"The server's record of the table says {recorded:,} rows; in the partitions it counts "
            f"{received:,}, which are all here.",
            UserWarning,
            stacklevel=callers_level(),
        )
    if counted is not None and received < counted:
        raise TruncatedResultError(
            "Extract to another folder, and report this to the service's maintainers: in all partitions "
            f"together {received:,} rows came, and the server counts {counted:,}.",
            got=received,
        )
