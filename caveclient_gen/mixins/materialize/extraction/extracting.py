"""One extraction, from its query to its dataset: plan, or read the plan; run; check; say what is there."""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import (
    BadRequestError,
    DecodeError,
    InvalidArgumentError,
    RequestTimeoutError,
    ServerError,
)
from caveclient_gen._runtime.progress import bar
from caveclient_gen._runtime.times import iso_utc_micros
from caveclient_gen.mixins.materialize.extraction.crew import Hired, Threads
from caveclient_gen.mixins.materialize.extraction.driver import Driver
from caveclient_gen.mixins.materialize.extraction.extent import find_extent
from caveclient_gen.mixins.materialize.extraction.files import remove_leftovers
from caveclient_gen.mixins.materialize.extraction.folder_lock import LOCK, locked
from caveclient_gen.mixins.materialize.extraction.job import Carried, Job
from caveclient_gen.mixins.materialize.extraction.journal import JOURNAL, Journal
from caveclient_gen.mixins.materialize.extraction.partitions import (
    MOST_VALUES,
    Extent,
    LongList,
    Partition,
    by_ids,
    by_values,
    narrowed,
    pieces_for,
)
from caveclient_gen.mixins.materialize.extraction.result import Extraction
from caveclient_gen.mixins.materialize.extraction.settling import settle
from caveclient_gen.mixins.materialize.positions import scale_factors

if TYPE_CHECKING:
    import os
    from concurrent.futures import Executor

    import pyarrow as pa

    from caveclient_gen.mixins.materialize.plan import Query

_DOES_NOT_COUNT = (BadRequestError, ServerError, RequestTimeoutError, DecodeError)


def extract(
    client: Any,
    query: Query,
    version: int,
    folder: str | os.PathLike[str],
    *,
    merge_reference: bool,
    most: int,
    executor: Executor | None,
    workers: int,
    progress: bool | None,
) -> Extraction:
    """
    Extract the rows of a query, or go on with it; see `to_parquet`.

    Parameters
    ----------
    client : MaterializationClient
        Who asks.
    query : Query
        Which rows.
    version : int
        Of which version.
    folder : str or path
        Where to.
    merge_reference : bool
        Join the table that this one refers to.
    most : int
        Most rows of a file.
    executor : concurrent.futures.Executor or None
        Who extracts partitions.
    workers : int
        Partitions under way at the same time.
    progress : bool or None
        Whether to show a bar.

    Returns
    -------
    Extraction
        What is there.
    """
    place = _folder(folder)
    asked = _identity(client, query, version, merge_reference=merge_reference)
    with locked(place):
        journal = Journal.read(place)
        if journal is not None:
            journal.check(asked)
            if journal.finished:
                return _result(journal)
        else:
            _check_empty(place)
        remove_leftovers(place)
        query = client._query_to_extract(query, version, merge_reference=merge_reference)
        work = _Work(client, query, version, most)
        if journal is None:
            journal = work.begin(place, asked)
        else:
            work.check_moment(journal)
        crew = Threads(workers) if executor is None else Hired(executor)
        with bar(journal.header["total"] or 0, "rows", progress) as advance:
            advance(sum(done.received for done in journal.done.values()))
            driver = Driver(journal, crew, work.job_maker(journal), work.extent, advance, workers, most)
            driver.go()
        settle(journal, work.provenance(journal), work.no_rows)
        return _result(journal)


def _folder(folder: str | os.PathLike[str]) -> Path:
    place = Path(folder).expanduser().absolute()
    place.mkdir(parents=True, exist_ok=True)
    return place


def _check_empty(folder: Path) -> None:
    found = sorted(path.name for path in folder.iterdir() if path.name[0] != "." and path.name != LOCK)
    if found:
        raise InvalidArgumentError(
            f"Choose a new or empty folder: {folder} holds {', '.join(found[:3])} and no {JOURNAL}."
        )


def _identity(client: Any, query: Query, version: int, *, merge_reference: bool) -> dict[str, Any]:
    """Return what makes an extraction the same as another one; the manifest keeps it."""
    resolution = query.desired_resolution
    if resolution is not None:
        scale_factors(resolution, resolution)  # else it could not be kept
        resolution = [float(size) for size in resolution]
    filters = json.dumps(dict(query.filters.named), sort_keys=True, default=str)
    return {
        "server": client.server_address,
        "datastack_name": query.datastack_name or client.datastack_name,
        "table": query.tables[0],
        "materialization_version": version,
        "filters": query.filters.described(),
        "filters_sha256": hashlib.sha256(filters.encode()).hexdigest(),
        "select_columns": query.select.described(),
        "desired_resolution": resolution,
        "split_positions": query.split_positions,
        "merge_reference": merge_reference,
    }


def _result(journal: Journal) -> Extraction:
    return Extraction(
        folder=journal.folder,
        files=tuple(journal.files()),
        rows=sum(done.rows for done in journal.done.values()),
        counted=sum(done.received for done in journal.done.values()) if journal.header["counts"] else None,
        bytes=sum(done.bytes for done in journal.done.values()),
        query=journal.header["query"],
    )


@dataclass
class _Work:
    """What is asked of whom."""

    client: Any
    query: Query
    """With the table that is joined."""
    version: int
    most: int

    @cached_property
    def listed(self) -> LongList | None:
        return LongList.of(self.query)

    @cached_property
    def rows(self) -> int | None:
        """Return how many rows the server counts; None if it does not."""
        try:
            counts: list[int] = [
                self.client._count_rows(narrowed(self.query, piece, self.listed), self.version)
                for piece in self._countable()
            ]
            return sum(counts)
        except _DOES_NOT_COUNT as error:
            self.client._try_out(narrowed(self.query, self._countable()[0], self.listed), self.version)
            warnings.warn(
                f"The rows of {self.query.tables[0]} are not checked against a count, which this server does "
                f"not tell ({str(error).splitlines()[0]}); its notices of answers that it cut are relied on.",
                UserWarning,
                stacklevel=callers_level(),
            )
            return None

    @cached_property
    def bounds(self) -> Extent | None:
        """Ask between which ids rows of the table are."""
        rows = self.client.get_annotation_count(
            self.query.tables[0], datastack_name=self.query.datastack_name, version=self.version
        )
        query, version = self.query, self.version
        return find_extent(
            lambda first, end: self.client._some_id(query, version, first, end), rows or self.rows or 1
        )

    def extent(self) -> Extent:
        """Return between which ids rows of the table are."""
        return self.bounds or Extent(0, 1)

    def begin(self, folder: Path, asked: dict[str, Any]) -> Journal:
        """Plan the partitions, and write the manifest."""
        header = {
            "query": asked,
            "timestamp": self._moment(),
            "total": self.rows,
            "counts": self.rows is not None,
        }
        return Journal.begin(folder, header, self._plan())

    def check_moment(self, journal: Journal) -> None:
        """Refuse to go on with a version that is another one of the same number."""
        if self._moment() != journal.header["timestamp"]:
            raise InvalidArgumentError(
                f"Choose another folder: version {self.version} was made again since {journal.folder} was."
            )

    def job_maker(self, journal: Journal) -> Any:
        """Return what makes the job of a partition."""
        carried = Carried(self.client)
        provenance = self.provenance(journal)
        is_whole = len(journal.header["plan"]) == 1

        def make(partition: Partition, most: int, schema: pa.Schema | None) -> Job:
            return Job(
                carried=carried,
                query=replace(
                    narrowed(self.query, partition, self.listed), log_warning=False, progress=False
                ),
                version=self.version,
                partition=partition,
                folder=str(journal.folder),
                most=most,
                expected=journal.header["total"] if is_whole and len(partition.key) == 1 else None,
                counts=journal.header["counts"],
                schema=schema,
                provenance=provenance,
            )

        return make

    def provenance(self, journal: Journal) -> str:
        """Say where the rows come from, for the metadata of the files."""
        return json.dumps({**journal.header["query"], "timestamp": journal.header["timestamp"]})

    def no_rows(self) -> pa.Table:
        """Ask for the rows of a query that has none, for their columns."""
        table: pa.Table
        _, table = self.client._rows_of_partition(self.query, self.version, Partition((0,)))
        return table

    def _moment(self) -> str:
        record = self.client.get_version_metadata(self.version, self.query.datastack_name)
        return iso_utc_micros(record["time_stamp"])

    def _countable(self) -> list[Partition]:
        whole = Partition(())
        if self.listed is None or len(self.listed.values) <= MOST_VALUES:
            return [whole]
        return by_values(whole, 0, len(self.listed.values), 1)

    def _plan(self) -> list[Partition]:
        whole = Partition(())
        if self.listed is not None and (self.rows is None or self.rows > self.most):
            return by_values(whole, 0, len(self.listed.values), pieces_for(self.rows or 0, self.most))
        if self.listed is not None and len(self.listed.values) > MOST_VALUES:
            return by_values(whole, 0, len(self.listed.values), 1)
        if self.rows is not None and self.rows <= self.most:
            return [Partition((0,))]
        if self.bounds is None:
            return [Partition((0,))]
        rows = self.bounds.end - self.bounds.low if self.rows is None else self.rows
        return by_ids(whole, self.bounds, pieces_for(rows, self.most))
