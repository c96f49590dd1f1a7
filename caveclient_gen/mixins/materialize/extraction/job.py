"""One partition, from the question to the file: what runs in a thread, another process, another machine."""

from __future__ import annotations

import functools
import pickle
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.batch import undivided
from caveclient_gen._runtime.errors import CAVEError, TruncatedResultError
from caveclient_gen.mixins.materialize.extraction.files import write_file
from caveclient_gen.mixins.materialize.extraction.schemas import fitted, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from caveclient_gen.mixins.materialize.extraction.partitions import Partition
    from caveclient_gen.mixins.materialize.plan import Query

_ALWAYS_OPEN = nullcontext()


class Carried:
    """
    A client on its way to workers.

    In the same process it is the client itself; in another one there is one copy for all jobs, which keeps
    its connections and what it has found out.

    Parameters
    ----------
    client : MaterializationClient
        The client.
    """

    def __init__(self, client: Any) -> None:
        self.client = client

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrived, (self._bytes,)

    @functools.cached_property
    def _bytes(self) -> bytes:
        return pickle.dumps(self.client)


@functools.lru_cache(maxsize=8)
def _arrived(content: bytes) -> Carried:
    return Carried(pickle.loads(content))  # noqa: S301  what a process of the same user sent


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to know of one partition."""

    carried: Carried
    query: Query
    """Narrowed to the partition."""
    version: int
    partition: Partition
    folder: str
    most: int
    """Most rows that a partition may have."""
    expected: int | None
    """Rows that it has, if that is known; else the server is asked."""
    counts: bool
    """Whether the server counts at all."""
    schema: pa.Schema | None
    """What is known of the schema so far."""
    facts: Mapping[str, Any]
    """What the rows are an answer to, as far as it was known before."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: a file; or no file, because the partition has to be divided."""

    rows: int = 0
    received: int = 0
    bytes: int = 0
    schema: pa.Schema | None = None
    too_many: int | None = None
    """Rows of the partition, as far as known, if it has to be divided."""
    limit: int | None = None
    """Most rows that the server sends at once, if it cut an answer."""


def run(job: Job, gate: AbstractContextManager[None] = _ALWAYS_OPEN) -> Outcome:
    """
    Extract a partition to its file.

    Parameters
    ----------
    job : Job
        The partition.
    gate : context manager
        Entered to write the file.

    Returns
    -------
    Outcome
        What became of it.

    Raises
    ------
    CAVEError
        A request failed, or the folder is not there.
    TruncatedResultError
        The server sent another number of rows than it counts.
    OSError
        The file could not be written.
    """
    folder = Path(job.folder)
    if not folder.is_dir():
        raise CAVEError(
            f"Choose a folder that all workers share: there is no {folder} where this partition is extracted."
        )
    client = job.carried.client
    count = job.expected
    if count is None and job.counts:
        count = client._count_rows(job.query, job.version)
    if count == 0:
        return Outcome()
    if count is not None and count > job.most:
        return Outcome(too_many=count)
    try:
        with undivided():
            received, table = client._rows_of_partition(job.query, job.version, job.partition, job.facts)
    except TruncatedResultError as error:
        # Even if as many rows came as were counted: what counts up to a cap would look the same.
        got = error.got or job.most
        return Outcome(too_many=max(count or 0, got + 1), limit=error.limit or got)
    if count is not None and received != count:
        raise TruncatedResultError(
            f"Call again: the server sent {received} rows of a partition in which it counts {count}.",
            got=received,
        )
    schema = joined(job.schema, table.schema)
    with gate:
        size = write_file(folder, job.partition.file, fitted(table, schema))
    return Outcome(table.num_rows, received, size, schema)
