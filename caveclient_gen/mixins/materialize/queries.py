"""Queries of one table, frozen or live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.filters import table_filters
from caveclient_gen.mixins.materialize.live import LiveQueriesMixin
from caveclient_gen.mixins.materialize.plan import Query, read_selection

if TYPE_CHECKING:
    from typing import Unpack

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike
    from caveclient_gen.mixins.materialize.options import Filter, Frame, Records, Select, TableOptions


class QueriesMixin(LiveQueriesMixin):
    """Queries of one table, frozen or live."""

    @overload
    def query_table(
        self,
        table: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        return_df: Literal[True] = True,
        split_positions: bool = False,
        materialization_version: int | None = None,
        timestamp: TimeLike | None = None,
        metadata: bool = True,
        merge_reference: bool = True,
        desired_resolution: ResolutionLike | None = None,
        get_counts: bool = False,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Filter | None = None,
        filter_less_dict: Filter | None = None,
        filter_greater_equal_dict: Filter | None = None,
        filter_less_equal_dict: Filter | None = None,
        log_warning: bool = True,
        progress: bool | None = None,
        output: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
    def query_table(
        self,
        table: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        return_df: Literal[True] = True,
        output: Literal["arrow"],
        **options: Unpack[TableOptions],
    ) -> pa.Table: ...

    @overload
    def query_table(
        self,
        table: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        return_df: Literal[True] = True,
        output: Literal["polars"],
        **options: Unpack[TableOptions],
    ) -> pl.DataFrame: ...

    @overload
    def query_table(
        self,
        table: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        return_df: Literal[False],
        **options: Unpack[TableOptions],
    ) -> Records: ...

    @overload
    def query_table(
        self,
        table: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        return_df: bool,
        **options: Unpack[TableOptions],
    ) -> pd.DataFrame | Records: ...

    def query_table(
        self,
        table: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        return_df: bool = True,
        split_positions: bool = False,
        materialization_version: int | None = None,
        timestamp: TimeLike | None = None,
        metadata: bool = True,
        merge_reference: bool = True,
        desired_resolution: ResolutionLike | None = None,
        get_counts: bool = False,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Filter | None = None,
        filter_less_dict: Filter | None = None,
        filter_greater_equal_dict: Filter | None = None,
        filter_less_equal_dict: Filter | None = None,
        log_warning: bool = True,
        progress: bool | None = None,
        output: Literal["pandas", "arrow", "polars"] = "pandas",
    ) -> Frame | Records:
        """
        Query a table at a version, or live at a moment. Rows come in no order.

        Parameters
        ----------
        table : str
            The table.
        filter_in_dict, filter_out_dict : dict, optional
            Column -> values to keep, to leave out. Servers do not leave rows out, so this is done on
            arrival; a row without a value stays.
        filter_equal_dict : dict, optional
            Column -> the value to keep.
        filter_spatial_dict : dict, optional
            Position column -> box to keep, [[x0, y0, z0], [x1, y1, z1]], in the voxels in which the
            table is stored.
        filter_regex_dict : dict, optional
            Column -> pattern that a text must match.
        select_columns : list of str, optional
            Columns to return; all by default. `{table: columns}` where the table refers to another.
        offset, limit : int, optional
            Rows to skip; most rows to return. The server counts them before `filter_out_dict` applies.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        return_df : bool
            Return a frame; else JSON records, positions split.
        split_positions : bool
            Return a position as three columns; else as one column of arrays, shape (3,).
        materialization_version : int, optional
            The version; the client's by default.
        timestamp : datetime.datetime, str or float, optional
            The moment, for a live query; see `live_query`. Not with `materialization_version`.
        metadata : bool
            Describe the query and the tables in `df.attrs`.
        merge_reference : bool
            If the table refers to another one, join that; its columns end in "_ref" where names clash.
        desired_resolution : sequence of 3 float, optional
            Size of a voxel in which positions are returned, in nm; the client's by default, else as stored.
            Positions are whole numbers.
        get_counts : bool
            Return the number of rows in a column `count`, of the table by itself.
        random_sample : int, optional
            About how many rows to draw at random before filters apply.
        filter_greater_dict, filter_less_dict : dict, optional
            Column -> bound that a value must be above, below.
        filter_greater_equal_dict, filter_less_equal_dict : dict, optional
            Column -> least, greatest value.
        log_warning : bool
            Log the notices that the server sends with the answer.
        progress : bool, optional
            Show a bar when the query goes out as several requests: a list of values in `filter_in_dict` may
            be of any length. By default in a terminal or notebook.
        output : {"pandas", "arrow", "polars"}
            Return a pandas frame, a pyarrow.Table or a polars frame. The latter two have points as fixed-size
            lists and what is missing as null. What `df.attrs` has, `positions.read_attrs` reads from the
            table; polars frames don't have it. Not with `return_df=False`.

        Returns
        -------
        pandas.DataFrame, pyarrow.Table, polars.DataFrame or list of dict
            The rows.

        Raises
        ------
        TruncatedResultError
            The server has more rows than it sends at once, no `limit` was given, and no list in
            `filter_in_dict` is left to divide; `partial` has
            those that came.
        NotFoundError
            There is no such table or version.
        InvalidArgumentError
            Arguments contradict each other, or a filter cannot be compared exactly.
        ServerIncompatibilityError
            The server is older than 5.13.0.

        Examples
        --------
        >>> synapses = client.materialize.query_table("synapses", limit=3, desired_resolution=[1, 1, 1])
        >>> synapses[["id", "ctr_pt_position", "size"]]
           id     ctr_pt_position   size
        0   6  [1504, 1720, 1920]  165.0
        1  15   [168, 1400, 1280]  282.0
        2  16   [464, 1720, 1920]  295.0
        >>> synapses.attrs["materialization_version"]
        2
        """
        moment = self._moment(materialization_version, timestamp)
        if moment is not None and (get_counts or not return_df):
            raise InvalidArgumentError(
                "Leave out get_counts and return_df=False with timestamp: live rows are made as a frame."
            )
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
        query = Query(
            tables=(table,),
            filters=table_filters(table, filters),
            select=read_selection(select_columns),
            datastack_name=datastack_name,
            offset=offset,
            limit=limit,
            random_sample=random_sample,
            desired_resolution=self._resolution(desired_resolution),
            split_positions=split_positions,
            return_df=return_df,
            output=output,
            metadata=metadata,
            count=get_counts,
            log_warning=log_warning,
            progress=progress,
        ).checked()
        if moment is not None:
            return self._live(query, moment, merge_reference=merge_reference)

        def run(version: int) -> Frame | Records:
            return self._frozen(query, version, merge_reference=merge_reference)

        return self._at_version(query, materialization_version, run)
