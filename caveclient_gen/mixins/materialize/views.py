"""Queries of views."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal, overload

from caveclient_gen.mixins.materialize.answers import AnswersMixin
from caveclient_gen.mixins.materialize.filters import table_filters
from caveclient_gen.mixins.materialize.plan import Query, read_selection
from caveclient_gen.mixins.materialize.versions import At
from caveclient_gen.mixins.resolutions import with_resolution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Unpack

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import ResolutionLike
    from caveclient_gen.mixins.materialize.options import Filter, Frame, Records, ViewOptions


class ViewsMixin(AnswersMixin):
    """Queries of views."""

    @overload
    def query_view(
        self,
        view_name: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Iterable[str] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        return_df: Literal[True] = True,
        split_positions: bool = False,
        materialization_version: int | None = None,
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
    def query_view(
        self,
        view_name: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Iterable[str] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        return_df: Literal[True] = True,
        output: Literal["arrow"],
        **options: Unpack[ViewOptions],
    ) -> pa.Table: ...

    @overload
    def query_view(
        self,
        view_name: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Iterable[str] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        return_df: Literal[True] = True,
        output: Literal["polars"],
        **options: Unpack[ViewOptions],
    ) -> pl.DataFrame: ...

    @overload
    def query_view(
        self,
        view_name: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Iterable[str] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        return_df: Literal[False],
        **options: Unpack[ViewOptions],
    ) -> Records: ...

    @overload
    def query_view(
        self,
        view_name: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Iterable[str] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        return_df: bool,
        **options: Unpack[ViewOptions],
    ) -> pd.DataFrame | Records: ...

    def query_view(
        self,
        view_name: str,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Iterable[str] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        return_df: bool = True,
        split_positions: bool = False,
        materialization_version: int | None = None,
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
        Query a view at a version. Rows come in no order.

        Parameters
        ----------
        view_name : str
            The view.
        filter_in_dict, filter_out_dict : dict, optional
            Column -> values to keep, to leave out. Servers do not leave rows out, so this is done on
            arrival; a row without a value stays.
        filter_equal_dict : dict, optional
            Column -> the value to keep.
        filter_spatial_dict : dict, optional
            Position column -> box to keep, [[x0, y0, z0], [x1, y1, z1]], in the view's voxels.
        filter_regex_dict : dict, optional
            Column -> pattern that a text must match.
        select_columns : list of str, optional
            Columns to return; all by default.
        offset, limit : int, optional
            Rows to skip; most rows to return. The server counts them before `filter_out_dict` applies.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        return_df : bool
            Return a frame; else JSON records, positions split.
        split_positions : bool
            Return a position as three columns; else as one column of arrays, shape (3,).
        materialization_version : int, optional
            The version, 0 for the live view; the client's by default.
        metadata : bool
            Describe the query and the view in `df.attrs`.
        merge_reference : bool
            Without effect: a view refers to no table.
        desired_resolution : sequence of 3 float, optional
            Size of a voxel in which positions are returned, in nm; the client's by default, else the
            view's. Positions are whole numbers.
        get_counts : bool
            Return the number of rows in a column `count`.
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
            `filter_in_dict` is left to divide.
        NotFoundError
            There is no such view or version.
        UnsupportedFeatureError
            The server speaks API 2 only.
        ServerIncompatibilityError
            The server is older than 5.13.0.

        Examples
        --------
        >>> client.materialize.query_view(
        ...     "nucleus_types",
        ...     filter_equal_dict={"cell_type": "BC"},
        ...     select_columns=["id", "pt_root_id", "cell_type"],
        ... )
           id          pt_root_id cell_type
        0   4  288230376151711750        BC
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
        query = Query(
            tables=(view_name,),
            filters=table_filters(view_name, filters),
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
        return self._at_version(query, materialization_version, functools.partial(self._ask_view, query))

    def _ask_view(self, query: Query, version: int) -> Frame | Records:
        view_name, datastack_name = query.tables[0], query.datastack_name
        select = query.select.to_send(query.columns_to_exclude_by())
        send = functools.partial(
            self._query_view,
            view_name,
            **query.filters.for_table(view_name),
            **query.page(),
            select_columns=select.for_table(view_name),
            count=True if query.count else None,
            as_arrow=query.return_df,
            version=version,
        )

        def lookup(view: str) -> Mapping[str, Any]:
            record = self.get_view_metadata(view, version, datastack_name, log_warning=False)
            return with_resolution(record)

        with self._asking_ahead() as begin:
            if query.metadata and query.return_df:
                place = {"materialization_version": version, "datastack_name": datastack_name}
                begin("get_view_metadata", view_name=view_name, log_warning=False, **place)
            return self._answered(query, At(version=version), send, lookup=lookup)
