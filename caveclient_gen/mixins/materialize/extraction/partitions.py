"""Partitions of a table: a range of ids, or a piece of the query's longest list of values.

Rows come in no order, so pages by offset would overlap and miss rows. Ids do not change in a frozen
version: the partitions of a plan leave no id out, because the first and the last are open, and none is in
two. A row has one value in a column, so the pieces of a list of values share no row either.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caveclient_gen.mixins.materialize.filters import Filters
    from caveclient_gen.mixins.materialize.plan import Query

LEAST, BEYOND = -(2**63), 2**63
"""The least id that a column can hold, and the first that it cannot."""

MOST_VALUES = 5000
"""Values that one request takes in a list."""

_FILL = 0.75
"""How full a partition should be: ids are not spread so evenly that all could be as long as the longest."""


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of the rows of a query."""

    key: tuple[int, ...]
    """Its place in the plan; parts of a divided partition have its key and one number more."""
    first: int | None = None
    """The least id; None: all that are lower."""
    end: int | None = None
    """The id after the greatest; None: all that are higher."""
    values: tuple[int, int] | None = None
    """Which values of the longest list, from and to; None: all."""

    @property
    def file(self) -> str:
        """Name of its file. Files in the order of their names are in the order of the plan."""
        return f"part-{'-'.join(f'{place:06d}' for place in self.key)}.parquet"

    def as_json(self) -> dict[str, Any]:
        """Return what a manifest keeps."""
        return {"key": self.key, "first": self.first, "end": self.end, "values": self.values}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Partition:
        """Read what a manifest kept."""
        values = record["values"]
        return cls(tuple(record["key"]), record["first"], record["end"], tuple(values) if values else None)

    def holds(self, least: int, greatest: int) -> bool:
        """Whether ids between these two, both included, are of this partition."""
        return (self.first is None or self.first <= least) and (self.end is None or greatest < self.end)


@dataclass(frozen=True, slots=True)
class LongList:
    """The longest list of values that a query filters by."""

    table: str
    column: str
    values: list[Any]

    @classmethod
    def of(cls, query: Query) -> LongList | None:
        """Find the longest list; None if no list has two different values."""
        found = [
            cls(table, column, list(dict.fromkeys(values)))
            for table, columns in query.filters.of("filter_in_dict").items()
            for column, values in columns.items()
            if isinstance(values, list)
        ]
        longest = max(found, key=lambda one: len(one.values), default=None)
        return longest if longest is not None and len(longest.values) > 1 else None

    def put(self, filters: Filters, start: int, stop: int) -> Filters:
        """Return the filters with a piece of the list in place of all of it."""
        tables = filters.of("filter_in_dict")
        columns = {**tables[self.table], self.column: self.values[start:stop]}
        return filters.put("filter_in_dict", {**tables, self.table: columns})


@dataclass(frozen=True, slots=True)
class Extent:
    """Between which ids all rows of a table are: from `low`, to below `end`."""

    low: int
    end: int


def narrowed(query: Query, partition: Partition, listed: LongList | None) -> Query:
    """Return the query of the rows of a partition."""
    filters = query.filters
    if partition.values is not None and listed is not None:
        filters = listed.put(filters, *partition.values)
    table = query.tables[0]
    filters = _bounded(filters, "filter_greater_equal_dict", table, partition.first, max)
    filters = _bounded(filters, "filter_less_dict", table, partition.end, min)
    return replace(query, filters=filters)


def shortened(query: Query) -> Query:
    """Return the query with no more values in its longest list than one request takes."""
    return narrowed(query, Partition((), values=(0, MOST_VALUES)), LongList.of(query))


def _bounded(
    filters: Filters, name: str, table: str, bound: int | None, nearer: Callable[[int, int], int]
) -> Filters:
    if bound is None:
        return filters
    tables = filters.of(name)
    columns = dict(tables.get(table, {}))
    columns["id"] = nearer(columns.get("id", bound), bound)
    return filters.put(name, {**tables, table: columns})


def pieces_for(rows: int, most: int) -> int:
    """Return into how many partitions so many rows are divided."""
    return max(1, math.ceil(rows / (_FILL * most)))


def by_values(parent: Partition, start: int, stop: int, pieces: int) -> list[Partition]:
    """Divide the values from `start` to `stop` among partitions."""
    pieces = min(stop - start, max(pieces, math.ceil((stop - start) / MOST_VALUES)))
    cuts = [start + (stop - start) * place // pieces for place in range(pieces + 1)]
    spans = itertools.pairwise(cuts)
    return [
        replace(parent, key=(*parent.key, place), values=(begin, end))
        for place, (begin, end) in enumerate(spans)
    ]


def by_ids(parent: Partition, extent: Extent, pieces: int) -> list[Partition]:
    """
    Divide the ids of a partition. What is open stays open.

    Parameters
    ----------
    parent : Partition
        What is divided.
    extent : Extent
        Between which ids rows are.
    pieces : int
        Among how many partitions; less if there are less ids.

    Returns
    -------
    list of Partition
        One if the partition cannot be divided.
    """
    low = extent.low if parent.first is None else parent.first
    end = extent.end if parent.end is None else parent.end
    cuts = sorted({low + (end - low) * place // pieces for place in range(1, pieces)} - {low, end})
    bounds = [parent.first, *cuts, parent.end]
    spans = itertools.pairwise(bounds)
    return [
        replace(parent, key=(*parent.key, place), first=first, end=last)
        for place, (first, last) in enumerate(spans)
    ]


def divided(partition: Partition, rows: int, most: int, extent: Callable[[], Extent]) -> list[Partition]:
    """
    Divide a partition that has too many rows.

    Parameters
    ----------
    partition : Partition
        The partition.
    rows : int
        How many it has, as far as that is known.
    most : int
        How many a partition may have.
    extent : callable
        Finds out between which ids rows are.

    Returns
    -------
    list of Partition
        Its parts; one if it cannot be divided.
    """
    pieces = max(2, pieces_for(rows, most))
    if partition.values is not None and partition.values[1] - partition.values[0] > 1:
        return by_values(partition, *partition.values, pieces)
    return by_ids(partition, extent(), pieces)
