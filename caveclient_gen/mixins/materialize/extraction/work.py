"""What an extraction has to do: how many rows there are, between which ids, and which partitions they make.

The rows of a whole table are not counted at once: that takes a server minutes, and its record of the table
says about how many they are. Each partition is counted in any case, and partitions leave no id out.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import (
    BadRequestError,
    DecodeError,
    NotFoundError,
    RequestTimeoutError,
    ServerError,
    ServiceUnavailableError,
)
from caveclient_gen.mixins.materialize.extraction.extent import find_extent
from caveclient_gen.mixins.materialize.extraction.job import Carried, Job
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

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    import pyarrow as pa

    from caveclient_gen.mixins.materialize.extraction.journal import Journal
    from caveclient_gen.mixins.materialize.plan import Query

_TAKES_TOO_LONG = (RequestTimeoutError, ServiceUnavailableError)
_DOES_NOT_COUNT = (BadRequestError, ServerError, DecodeError)

_MOST_BLIND = 1000
"""Partitions to begin with where nobody knows how many rows there are."""


@dataclass
class Work:
    """The work of one extraction."""

    client: Any
    query: Query
    """With the table that is joined."""
    version: int
    most: int
    """Most rows of a file."""

    @cached_property
    def listed(self) -> LongList | None:
        """The list of values that is divided."""
        return LongList.of(self.query)

    @cached_property
    def recorded(self) -> int | None:
        """How many rows the table has by the server's record; None if that does not say it."""
        try:
            count: int | None = self.client.get_annotation_count(
                self.query.tables[0], datastack_name=self.query.datastack_name, version=self.version
            )
        except (NotFoundError, ServerError):
            return None
        return count

    @property
    def is_whole_table(self) -> bool:
        """Whether all rows are wanted."""
        return not self.query.filters.named and len(self.query.tables) == 1

    @cached_property
    def counted(self) -> tuple[int | None, bool]:
        """How many rows the server counts, if it was asked and knew; and whether it counts at all."""
        if self.is_whole_table and self.recorded is not None and self.recorded > self.most:
            return None, True
        try:
            counts = [
                self.client._count_rows(narrowed(self.query, piece, self.listed), self.version)
                for piece in self._countable()
            ]
        except _TAKES_TOO_LONG:
            return None, True
        except _DOES_NOT_COUNT as error:
            self.client._try_out(self.query, self.version)
            warnings.warn(
                f"The rows of {self.query.tables[0]} are not checked against a count, which this server does "
                f"not tell ({str(error).splitlines()[0]}); its notices of answers that it cut are relied on.",
                UserWarning,
                stacklevel=callers_level(),
            )
            return None, False
        return sum(counts), True

    def known(self) -> dict[str, Any]:
        """Return what the manifest keeps of all this."""
        total, counts = self.counted
        recorded = self.recorded if self.is_whole_table and total is None else None
        facts = self.client._facts_to_extract(self.query, self.version, self.moment)
        return {"facts": facts, "total": total, "recorded": recorded, "counts": counts}

    def plan(self) -> list[Partition]:
        """Return the partitions to begin with. Those that are too long are divided when they are counted."""
        whole = Partition(())
        rows = self.counted[0]
        if rows is None and self.is_whole_table:
            rows = self.recorded
        if rows is not None and rows <= self.most and len(self._countable()) == 1:
            return [Partition((0,))]
        if self.listed is not None:
            return by_values(whole, 0, len(self.listed.values), pieces_for(rows or 0, self.most))
        extent = self.extent()
        if rows is None:
            rows = min(extent.end - extent.low, _MOST_BLIND * self.most // 2)
        return by_ids(whole, extent, pieces_for(rows, self.most))

    @cached_property
    def _extent(self) -> Extent:
        found = find_extent(
            lambda first, end: self.client._some_id(self.query, self.version, first, end),
            self.recorded or self.counted[0] or 1,
        )
        return found or Extent(0, 1)

    def extent(self) -> Extent:
        """Return between which ids rows of the table are; it is asked once."""
        return self._extent

    def job_maker(self, journal: Journal) -> Callable[[Partition, int, pa.Schema | None], Job]:
        """Return what makes the job of a partition."""
        carried = Carried(self.client)
        is_one = len(journal.header["plan"]) == 1

        def make(partition: Partition, most: int, schema: pa.Schema | None) -> Job:
            query = narrowed(self.query, partition, self.listed)
            return Job(
                carried=carried,
                query=replace(query, log_warning=False, progress=False),
                version=self.version,
                partition=partition,
                folder=str(journal.folder),
                most=most,
                expected=journal.header["total"] if is_one and len(partition.key) == 1 else None,
                counts=journal.header["counts"],
                schema=schema,
                facts=journal.header["facts"],
            )

        return make

    def no_rows(self, facts: Mapping[str, Any]) -> pa.Table:
        """Ask for the rows of a query that has none, for their columns."""
        table: pa.Table
        _, table = self.client._rows_of_partition(self.query, self.version, Partition((0,)), facts)
        return table

    @cached_property
    def moment(self) -> datetime:
        """When the version was frozen."""
        record = self.client.get_version_metadata(self.version, self.query.datastack_name)
        moment: datetime = record["time_stamp"]
        return moment

    def _countable(self) -> list[Partition]:
        """Return pieces of the query that one request can count."""
        whole = Partition(())
        if self.listed is None or len(self.listed.values) <= MOST_VALUES:
            return [whole]
        return by_values(whole, 0, len(self.listed.values), 1)
