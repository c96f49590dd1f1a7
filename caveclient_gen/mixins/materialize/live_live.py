"""Queries of tables as they are at a moment, worked out by the server, annotations made since included."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Literal, cast, overload

from caveclient_gen._runtime.errors import BadRequestError, InvalidArgumentError
from caveclient_gen._runtime.times import to_utc
from caveclient_gen.mixins.materialize.answers import AnswersMixin
from caveclient_gen.mixins.materialize.filters import join_filters
from caveclient_gen.mixins.materialize.plan import Query, read_selection
from caveclient_gen.mixins.materialize.versions import At

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Unpack

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike
    from caveclient_gen.mixins.materialize.options import Frame, LiveLiveOptions, TableFilter


class LiveLiveQueriesMixin(AnswersMixin):
    """Queries of tables as they are at a moment, worked out by the server."""

    @overload
    def live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: Sequence[Sequence[str]] | None = None,
        filter_in_dict: TableFilter | None = None,
        filter_out_dict: TableFilter | None = None,
        filter_equal_dict: TableFilter | None = None,
        filter_spatial_dict: TableFilter | None = None,
        filter_regex_dict: TableFilter | None = None,
        select_columns: Mapping[str, Iterable[str]] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        split_positions: bool = False,
        metadata: bool = True,
        suffixes: Mapping[str, str] | None = None,
        desired_resolution: ResolutionLike | None = None,
        allow_missing_lookups: bool = False,
        allow_invalid_root_ids: bool = False,
        random_sample: int | None = None,
        *,
        filter_greater_dict: TableFilter | None = None,
        filter_less_dict: TableFilter | None = None,
        filter_greater_equal_dict: TableFilter | None = None,
        filter_less_equal_dict: TableFilter | None = None,
        log_warning: bool = True,
        progress: bool | None = None,
        output: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
    def live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: Sequence[Sequence[str]] | None = None,
        filter_in_dict: TableFilter | None = None,
        filter_out_dict: TableFilter | None = None,
        filter_equal_dict: TableFilter | None = None,
        filter_spatial_dict: TableFilter | None = None,
        filter_regex_dict: TableFilter | None = None,
        select_columns: Mapping[str, Iterable[str]] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        output: Literal["arrow"],
        **options: Unpack[LiveLiveOptions],
    ) -> pa.Table: ...

    @overload
    def live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: Sequence[Sequence[str]] | None = None,
        filter_in_dict: TableFilter | None = None,
        filter_out_dict: TableFilter | None = None,
        filter_equal_dict: TableFilter | None = None,
        filter_spatial_dict: TableFilter | None = None,
        filter_regex_dict: TableFilter | None = None,
        select_columns: Mapping[str, Iterable[str]] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        output: Literal["polars"],
        **options: Unpack[LiveLiveOptions],
    ) -> pl.DataFrame: ...

    def live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: Sequence[Sequence[str]] | None = None,
        filter_in_dict: TableFilter | None = None,
        filter_out_dict: TableFilter | None = None,
        filter_equal_dict: TableFilter | None = None,
        filter_spatial_dict: TableFilter | None = None,
        filter_regex_dict: TableFilter | None = None,
        select_columns: Mapping[str, Iterable[str]] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        split_positions: bool = False,
        metadata: bool = True,
        suffixes: Mapping[str, str] | None = None,
        desired_resolution: ResolutionLike | None = None,
        allow_missing_lookups: bool = False,
        allow_invalid_root_ids: bool = False,
        random_sample: int | None = None,
        *,
        filter_greater_dict: TableFilter | None = None,
        filter_less_dict: TableFilter | None = None,
        filter_greater_equal_dict: TableFilter | None = None,
        filter_less_equal_dict: TableFilter | None = None,
        log_warning: bool = True,
        progress: bool | None = None,
        output: Literal["pandas", "arrow", "polars"] = "pandas",
    ) -> Frame:
        """
        Query tables as they are at a moment, annotations made since the last version included.

        The server does the work. It refuses moments at which a version was frozen: query that version.
        Rows come in no order, and a few more than `limit` may come.

        Parameters
        ----------
        table : str
            The table to start from.
        timestamp : datetime.datetime, str or float
            The moment; "now" for the present.
        joins : list of [str, str, str, str], optional
            Tables to join: [[table, column, other table, its column], ...].
        filter_in_dict, filter_out_dict : dict, optional
            Table -> column -> values to keep, to leave out. Servers do not leave rows out, so this is
            done on arrival; a row without a value stays.
        filter_equal_dict : dict, optional
            Table -> column -> the value to keep.
        filter_spatial_dict : dict, optional
            Table -> position column -> box to keep, [[x0, y0, z0], [x1, y1, z1]], in the voxels in which
            that table is stored.
        filter_regex_dict : dict, optional
            Table -> column -> pattern that a text must match.
        select_columns : dict of list of str, optional
            Table -> columns to return; all by default.
        offset, limit : int, optional
            Rows to skip; most rows to return. The server counts them before `filter_out_dict` applies.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        split_positions : bool
            Return a position as three columns; else as one column of arrays, shape (3,).
        metadata : bool
            Describe the query and the tables in `df.attrs`.
        suffixes : dict of str, optional
            Table -> ending of column names that several tables have.
        desired_resolution : sequence of 3 float, optional
            Size of a voxel in which positions are returned, in nm; the client's by default, else as stored.
        allow_missing_lookups : bool
            Return rows whose root ids the server has not looked up yet; else it refuses.
        allow_invalid_root_ids : bool
            Accept root ids in filters that are not valid at the moment; else the server refuses.
        random_sample : int, optional
            About how many rows to draw at random before filters apply.
        filter_greater_dict, filter_less_dict : dict, optional
            Table -> column -> bound that a value must be above, below.
        filter_greater_equal_dict, filter_less_equal_dict : dict, optional
            Table -> column -> least, greatest value.
        log_warning : bool
            Log the notices that the server sends with the answer.
        progress : bool, optional
            Show a bar when the query goes out as several requests: a list of values in `filter_in_dict` may
            be of any length. By default in a terminal or notebook.
        output : {"pandas", "arrow", "polars"}
            Return a pandas frame, a pyarrow.Table or a polars frame. The latter two have points as fixed-size
            lists and what is missing as null. What `df.attrs` has, `positions.read_attrs` reads from the
            table; polars frames don't have it.

        Returns
        -------
        pandas.DataFrame, pyarrow.Table or polars.DataFrame
            The rows.

        Raises
        ------
        BadRequestError
            A root id in a filter is not valid at the moment, or the moment is that of a version.
        TruncatedResultError
            The server has more rows than it sends at once, no `limit` was given, and no list in
            `filter_in_dict` is left to divide.
        ServerIncompatibilityError
            The server is older than 5.13.0.

        Examples
        --------
        >>> synapses = client.materialize.live_live_query(
        ...     "synapses",
        ...     "2026-11-22T12:47:53.816934Z",
        ...     filter_equal_dict={"synapses": {"pre_pt_root_id": 288230376151712180}},
        ... )
        >>> synapses[["id", "pre_pt_root_id", "post_pt_root_id"]].head(2)
           id      pre_pt_root_id     post_pt_root_id
        0   1  288230376151712180  288230376151712110
        1   2  288230376151712180  288230376151712110
        """
        filters = {
            "filter_in_dict": filter_in_dict,
            "filter_out_dict": filter_out_dict,
            "filter_equal_dict": filter_equal_dict,
            "filter_spatial_dict": filter_spatial_dict,
            "filter_regex_dict": filter_regex_dict,
            "filter_greater_dict": filter_greater_dict,
            "filter_less_dict": filter_less_dict,
            "filter_greater_equal_dict": filter_greater_equal_dict,
            "filter_less_equal_dict": filter_less_equal_dict,
        }
        moment = to_utc(timestamp)
        query = Query(
            tables=_tables_of(table, joins),
            filters=join_filters(filters),
            select=read_selection(select_columns),
            datastack_name=datastack_name,
            offset=offset,
            limit=limit,
            random_sample=random_sample,
            desired_resolution=self._resolution(desired_resolution),
            split_positions=split_positions,
            output=output,
            metadata=metadata,
            log_warning=log_warning,
            progress=progress,
            suffixes=None if suffixes is None else dict(suffixes),
        ).checked()
        if query.select.flat is not None:
            raise InvalidArgumentError("Pass select_columns as {table: columns} to live_live_query.")
        send = functools.partial(
            self._live_live_query,
            table,
            moment,
            joins,
            **query.filters.for_join(),
            **query.page(),
            select_columns=query.select.to_send(query.columns_to_exclude_by()).by_table,
            suffixes=query.suffixes,
            allow_missing_lookups=allow_missing_lookups,
            allow_invalid_root_ids=allow_invalid_root_ids,
        )
        try:
            return cast("Frame", self._answered(query, At(moment=moment), send))
        except BadRequestError as error:
            if "materialized timestamp" in error.server_message:
                error.add_note(
                    "A version was frozen at this very moment: query_table(..., materialization_version=...) "
                    "has its rows."
                )
            elif "no results" in error.server_message.lower():
                error.add_note("No row matches: servers refuse some such queries instead of sending no rows.")
            raise


def _tables_of(table: str, joins: Sequence[Sequence[str]] | None) -> tuple[str, ...]:
    """Return the tables of a query, each once, the one to start from first."""
    for join in joins or ():
        if isinstance(join, str) or len(join) != 4:
            raise InvalidArgumentError(
                f"Pass joins as [[table, column, other table, its column], ...]: {join!r:.80} has not four."
            )
    return tuple(dict.fromkeys([table, *(name for join in joins or () for name in (join[0], join[2]))]))
