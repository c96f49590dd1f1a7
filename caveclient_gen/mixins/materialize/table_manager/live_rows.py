"""Live queries of query classes, and what they share with frozen ones: selection and endings of names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from caveclient_gen.mixins.materialize.plan import read_selection
from caveclient_gen.mixins.materialize.table_manager.layout import SUFFIXES

if TYPE_CHECKING:
    from typing import Unpack

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike
    from caveclient_gen.mixins.materialize.filters import Filters
    from caveclient_gen.mixins.materialize.options import Frame, LiveRowOptions, Select
    from caveclient_gen.mixins.materialize.table_manager.layout import Layout


class LiveRows:
    """Rows of a table or view as they are at a moment."""

    _layout: ClassVar[Layout]
    _client: ClassVar[Any]
    _filters: Filters

    @overload
    def live_query(
        self,
        timestamp: TimeLike,
        offset: int | None = None,
        limit: int | None = None,
        split_positions: bool = False,
        metadata: bool = True,
        desired_resolution: ResolutionLike | None = None,
        allow_missing_lookups: bool = False,
        random_sample: int | None = None,
        *,
        select_columns: Select | None = None,
        allow_invalid_root_ids: bool = False,
        log_warning: bool = True,
        progress: bool | None = None,
        output: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
    def live_query(
        self, timestamp: TimeLike, *, output: Literal["arrow"], **options: Unpack[LiveRowOptions]
    ) -> pa.Table: ...

    @overload
    def live_query(
        self, timestamp: TimeLike, *, output: Literal["polars"], **options: Unpack[LiveRowOptions]
    ) -> pl.DataFrame: ...

    def live_query(
        self,
        timestamp: TimeLike,
        offset: int | None = None,
        limit: int | None = None,
        split_positions: bool = False,
        metadata: bool = True,
        desired_resolution: ResolutionLike | None = None,
        allow_missing_lookups: bool = False,
        random_sample: int | None = None,
        *,
        select_columns: Select | None = None,
        allow_invalid_root_ids: bool = False,
        log_warning: bool = True,
        progress: bool | None = None,
        output: Literal["pandas", "arrow", "polars"] = "pandas",
    ) -> Frame:
        """Return the rows as they are at a moment, annotations made since the last version included.

        Parameters
        ----------
        timestamp : datetime.datetime, str or float
            The moment; "now" for the present.
        offset, limit : int, optional
            Rows to skip; most rows to return. A few more may come.
        split_positions : bool
            Return a position as three columns; else as one column of arrays, shape (3,).
        metadata : bool
            Describe the query and the tables in `df.attrs`.
        desired_resolution : sequence of 3 float, optional
            Size of a voxel in which positions are returned, in nm; the client's by default, else as stored.
        allow_missing_lookups : bool
            Return rows whose root ids the server has not looked up yet; else it refuses.
        random_sample : int, optional
            About how many rows to draw at random before filters apply.
        select_columns : list of str, optional
            Columns of the answer to return; all by default.
        allow_invalid_root_ids : bool
            Accept root ids in filters that are not valid at the moment; else the server refuses.
        log_warning : bool
            Log the notices that the server sends with the answer.
        progress : bool, optional
            Show a bar when the query goes out as several requests, because a filter is a long list. By
            default in a terminal or notebook.
        output : {"pandas", "arrow", "polars"}
            Return a pandas frame, a pyarrow.Table or a polars frame; see `query_table`.

        Returns
        -------
        pandas.DataFrame, pyarrow.Table or polars.DataFrame
            The rows.

        Raises
        ------
        BadRequestError
            A root id in a filter is not valid at the moment, or the moment is that of a version.
        TruncatedResultError
            The server has more rows than it sends at once, and no `limit` was given.
        """
        layout = self._layout
        joins = [[layout.name, "target_id", layout.reference, "id"]] if layout.reference else None
        rows: Frame = self._client.live_live_query(
            layout.name,
            timestamp,
            joins=joins,
            **self._filters.for_join(),
            select_columns=self._selection(select_columns, by_table=True),
            offset=offset,
            limit=limit,
            split_positions=split_positions,
            metadata=metadata,
            suffixes=self._suffixes(),
            desired_resolution=desired_resolution,
            allow_missing_lookups=allow_missing_lookups,
            random_sample=random_sample,
            allow_invalid_root_ids=allow_invalid_root_ids,
            log_warning=log_warning,
            progress=progress,
            output=output,
        )
        return rows

    def _suffixes(self) -> dict[str, str] | None:
        reference = self._layout.reference
        return {self._layout.name: SUFFIXES[1], reference: SUFFIXES[0]} if reference else None

    def _selection(self, select: Any, *, by_table: bool) -> Any:
        """Return the selected columns, of each table where a query asks for that."""
        read = read_selection(select)
        if not by_table or read.flat is None:
            return select if read.flat is None else read.flat
        return self._layout.selected(read.flat)
