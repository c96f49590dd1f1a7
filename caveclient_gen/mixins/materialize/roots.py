"""Root ids between a version and a later moment.

Root ids change with every edit; supervoxel ids never do. So a query about a moment

1. translates the root ids in its filters to those that their cells were made of at the version's moment,
2. asks the version,
3. looks up anew, from their supervoxels, the root ids in the answer that are no longer valid,
4. filters again: a cell of then may have been split since, and only a part is what was asked for.

0 is no cell but the outside of the segmentation; it is the same at all moments and never looked up.
A missing id stays missing. Nothing here passes through float.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.ids import as_ids
from caveclient_gen._runtime.pool import at_once
from caveclient_gen.mixins.materialize.filters import RANGES, Filters, is_root_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from caveclient_gen._runtime.typing import IdArray

    Column = pa.ChunkedArray[Any]

_ROOT_NAME = re.compile(r"(.*?)root_id(.*)")
_SHOWN = 5


class Graph(Protocol):
    """What is needed of a chunkedgraph client."""

    def is_latest_roots(self, root_ids: Any, timestamp: Any = None) -> Any:
        """Tell of each root whether it was valid."""

    def get_root_timestamps(self, root_ids: Any) -> Any:
        """Tell when each root came to be."""

    def get_past_ids(self, root_ids: Any, timestamp_past: Any = None) -> Any:
        """Map roots to their earlier ones."""

    def get_roots(self, supervoxel_ids: Any, timestamp: Any = None) -> Any:
        """Look up the roots of supervoxels."""


@dataclass(frozen=True, slots=True)
class PastRoots:
    """Root ids of a moment, and what their cells were made of before."""

    past: Mapping[int, Any]
    """By root id of the moment: the earlier ones of its cell."""
    future: dict[int, int]
    """By earlier root id: the one of the moment, where the cell was not split."""

    def of(self, root_ids: list[int]) -> list[int]:
        """Return the earlier root ids of all these cells, each once. 0 stays 0."""
        import numpy as np

        found = (self.past.get(root, [root]) for root in dict.fromkeys(root_ids))
        ids: list[int] = np.unique(as_ids(list(chain.from_iterable(found)))).tolist()
        return ids


def find_past_roots(graph: Graph, root_ids: list[IdArray], moment: datetime, past: datetime) -> PastRoots:
    """
    Look up what cells were made of at an earlier moment.

    Parameters
    ----------
    graph : ChunkedGraphClient
        The graph that they are of.
    root_ids : list of numpy.ndarray
        int64, shape (n,); 0 and repetitions are allowed.
    moment : datetime.datetime
        When they are valid.
    past : datetime.datetime
        The earlier moment.

    Returns
    -------
    PastRoots
        Their earlier root ids.

    Raises
    ------
    InvalidArgumentError
        Some were not valid at `moment`.
    """
    import numpy as np

    cells = np.unique(np.concatenate(root_ids))
    cells = cells[cells != 0]
    latest, began, maps = at_once(
        lambda: graph.is_latest_roots(cells, timestamp=moment),
        lambda: graph.get_root_timestamps(cells),
        lambda: graph.get_past_ids(cells, timestamp_past=past),
    )
    # Judged one after the other: roots that were not valid may be what the last question was refused for.
    _check_valid(cells, moment, latest(), began())
    found = maps()
    return PastRoots(found["past_id_map"], dict(found["future_id_map"]))


def _check_valid(cells: IdArray, moment: datetime, latest: Any, timestamps: Any) -> None:
    import numpy as np

    ended = ~np.asarray(latest, dtype=bool)
    began = np.asarray(timestamps, dtype=object) <= moment
    wrong = cells[ended | ~began.astype(bool)]
    if len(wrong):
        shown = ", ".join(map(str, wrong[:_SHOWN].tolist())) + (", ..." if len(wrong) > _SHOWN else "")
        raise InvalidArgumentError(
            f"Filter by root ids valid at {moment.isoformat()}: {len(wrong)} of {len(cells)} are not "
            f"({shown}). Find those that are with chunkedgraph.suggest_latest_roots or get_roots."
        )


def roots_only(filters: Filters) -> Filters:
    """Return the filters that keep rows by root id."""
    kept = Filters()
    for name in ("filter_in_dict", "filter_equal_dict"):
        for table, column, value in _roots_in(filters.of(name)):
            tables = {each: dict(columns) for each, columns in kept.of(name).items()}
            tables.setdefault(table, {})[column] = value
            kept = kept.put(name, tables)
    return kept


def root_ids_in(filters: Filters) -> list[IdArray]:
    """Return all root ids that filters keep rows by."""
    return [
        as_ids(value, name=column)
        for name in ("filter_in_dict", "filter_equal_dict")
        for columns in filters.of(name).values()
        for column, value in columns.items()
        if is_root_column(column)
    ]


def past_filters(filters: Filters, past: PastRoots) -> Filters:
    """
    Translate filters to those that the version has to be asked with.

    Parameters
    ----------
    filters : Filters
        Filters as of a moment.
    past : PastRoots
        Knows the root ids in them.

    Returns
    -------
    Filters
        Filters that keep every row that the given ones keep, and maybe more. Where a column has values
        and one value to equal, both hold. Exclusions by root id are gone: they can be told only from the
        root ids of the moment.
    """
    for name in RANGES:
        for columns in filters.of(name).values():
            for column in filter(is_root_column, columns):
                raise InvalidArgumentError(
                    f"Filter {column} by values: root ids have no order to compare by."
                )
    wanted: dict[str, dict[str, Any]] = {
        table: dict(columns) for table, columns in filters.of("filter_in_dict").items()
    }
    for table, column, root in _roots_in(filters.of("filter_equal_dict")):
        columns = wanted.setdefault(table, {})
        columns[column] = [one for one in columns.get(column, [root]) if one == root]
    for table, column, roots in list(_roots_in(wanted)):
        wanted[table][column] = past.of(roots)
    return (
        filters.put("filter_in_dict", wanted)
        .put("filter_equal_dict", _without_roots(filters, "filter_equal_dict"))
        .put("filter_out_dict", _without_roots(filters, "filter_out_dict"))
    )


def _roots_in(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Any]]:
    for table, columns in tables.items():
        for column, value in columns.items():
            if is_root_column(column):
                yield table, column, value


def _without_roots(filters: Filters, name: str) -> dict[str, dict[str, Any]]:
    return {
        table: {column: value for column, value in columns.items() if not is_root_column(column)}
        for table, columns in filters.of(name).items()
    }


def supervoxel_column(root_column: str) -> str:
    """Return the name of the column with the supervoxels of a column of root ids."""
    return _ROOT_NAME.sub(r"\1supervoxel_id\2", root_column, count=1)


def with_current_roots(table: pa.Table, graph: Callable[[], Graph], moment: datetime) -> pa.Table:
    """
    Replace the root ids that are no longer valid by those of a moment.

    Parameters
    ----------
    table : pyarrow.Table
        Rows of a version.
    graph : callable
        Returns the graph; called only if there are root ids.
    moment : datetime.datetime
        The moment.

    Returns
    -------
    pyarrow.Table
        The same rows, in order.

    Warns
    -----
    UserWarning
        A column of root ids has no supervoxels beside it, so it stays as it is in the version.
    """
    import pyarrow.compute as pc

    columns = list(_looked_up(table))
    roots = _distinct([table.column(column) for column, _ in columns])
    if not len(roots):
        return table
    stale = _stale(graph(), roots, moment)
    masks: list[Any] = [pc.is_in(table.column(column), value_set=stale) for column, _ in columns]
    found = _roots_of_rows(table, columns, masks, graph, moment)
    for (column, _), mask, ids in zip(columns, masks, found, strict=True):
        position = table.column_names.index(column)
        renewed = pc.replace_with_mask(table.column(column).combine_chunks(), mask.combine_chunks(), ids)
        table = table.set_column(position, table.field(column), renewed)
    return table


def _looked_up(table: pa.Table) -> Iterator[tuple[str, str]]:
    """Yield the columns of root ids with their columns of supervoxels."""
    for column in filter(is_root_column, table.column_names):
        supervoxels = supervoxel_column(column)
        if supervoxels in table.column_names:
            yield column, supervoxels
        else:
            warnings.warn(
                f"{column} holds the root ids of the version, not of the moment: the table has no "
                f"{supervoxels} to look them up by.",
                UserWarning,
                stacklevel=callers_level(),
            )


def _distinct(columns: Iterable[Column]) -> IdArray:
    """Return the different ids of all columns, sorted, without 0 and missing ones."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = [pc.unique(column).drop_null().to_numpy(zero_copy_only=False) for column in columns]
    ids = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
    if len(parts) > 1:
        # Not by numpy's `unique`, whose hash table is ten times slower than this for ids.
        ids = pc.unique(pa.array(ids)).to_numpy(zero_copy_only=False)
    cells: IdArray = np.sort(ids[ids != 0]).astype(np.int64, copy=False)
    return cells


def _stale(graph: Graph, roots: IdArray, moment: datetime) -> Any:
    import numpy as np
    import pyarrow as pa

    latest: npt.NDArray[np.bool_] = np.asarray(graph.is_latest_roots(roots, timestamp=moment), dtype=bool)
    return pa.array(roots[~latest], type=pa.int64())


def _roots_of_rows(
    table: pa.Table,
    columns: list[tuple[str, str]],
    masks: list[Any],
    graph: Callable[[], Graph],
    moment: datetime,
) -> list[Any]:
    """Look up the roots of the masked rows of all columns with one request."""
    import numpy as np

    supervoxels = [
        table.column(name).filter(mask).combine_chunks()
        for (_, name), mask in zip(columns, masks, strict=True)
    ]
    asked = [column.drop_null().to_numpy(zero_copy_only=False) for column in supervoxels]
    everything = np.concatenate(asked)
    found = np.asarray(graph().get_roots(everything, timestamp=moment)) if len(everything) else everything
    ends = np.cumsum([len(part) for part in asked])[:-1]
    return [
        _in_place(column, roots) for column, roots in zip(supervoxels, np.split(found, ends), strict=True)
    ]


def _in_place(supervoxels: Any, roots: IdArray) -> Any:
    """Put the roots beside their supervoxels. What became of a stale root without one is unknown."""
    import numpy as np
    import pyarrow as pa

    known = supervoxels.is_valid().to_numpy(zero_copy_only=False)
    placed = np.zeros(len(supervoxels), dtype=np.int64)
    placed[known] = roots
    return pa.array(placed, mask=~known)
