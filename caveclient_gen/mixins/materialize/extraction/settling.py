"""The end of an extraction: nothing is missing, and all files have one schema."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import CAVEError, TruncatedResultError
from caveclient_gen.mixins.materialize.extraction.files import write_file
from caveclient_gen.mixins.materialize.extraction.journal import Done
from caveclient_gen.mixins.materialize.extraction.partitions import Partition
from caveclient_gen.mixins.materialize.extraction.schemas import described, fitted, joined

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa

    from caveclient_gen.mixins.materialize.extraction.journal import Journal


def settle(journal: Journal, provenance: str, no_rows: Callable[[], pa.Table]) -> None:
    """
    Check a dataset whose partitions are all done, and bring its files into one schema.

    Parameters
    ----------
    journal : Journal
        Its manifest.
    provenance : str
        Where the rows come from, in JSON.
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
        table = no_rows()
        schema = described(table.schema, provenance)
        empty = Partition((0,))
        size = write_file(journal.folder, empty.file, table, schema)
        journal.put_done(empty, Done(0, 0, size))
    schemas = _schemas(journal)
    common: pa.Schema | None = None
    for schema in schemas.values():
        common = joined(common, schema.remove_metadata())
    if common is None:
        return
    wanted = described(common, provenance)
    for key, done in list(journal.done.items()):
        partition = journal.partition_of(key)
        path = journal.folder / partition.file
        if done.bytes and not schemas[path].equals(wanted, check_metadata=True):
            table = fitted(pq.read_table(path, partitioning=None).replace_schema_metadata(None), common)
            size = write_file(journal.folder, partition.file, table, wanted)
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
