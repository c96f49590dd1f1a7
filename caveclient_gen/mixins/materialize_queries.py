"""Queries of a table, of joined tables, of a view."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize_filters import join_filters, table_filters
from caveclient_gen.mixins.materialize_live import LiveQueriesMixin
from caveclient_gen.mixins.materialize_plan import Query, read_selection
from caveclient_gen.mixins.materialize_versions import At

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike

    Filter = Mapping[str, Any]
    TableFilter = Mapping[str, Mapping[str, Any]]
    Select = Iterable[str] | Mapping[str, Iterable[str]]


class QueriesMixin(LiveQueriesMixin):
    """Queries of a table, of joined tables, of a view."""

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
    ) -> Any:
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

        Returns
        -------
        pandas.DataFrame or list of dict
            The rows.

        Raises
        ------
        TruncatedResultError
            The server has more rows than it sends at once, and no `limit` was given; `partial` has
            those that came.
        NotFoundError
            There is no such table or version.
        InvalidArgumentError
            Arguments contradict each other, or a filter cannot be compared exactly.
        ServerIncompatibilityError
            The server is older than 5.13.0.
        """
        at = self._at_checked(datastack_name, materialization_version, timestamp)
        if at.moment is not None and (get_counts or not return_df):
            raise InvalidArgumentError(
                "Leave out get_counts and return_df=False with timestamp: live rows are made here, as a frame."
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
            metadata=metadata,
            count=get_counts,
            log_warning=log_warning,
        ).checked()
        if at.moment is not None:
            return self._live(query, at.moment, merge_reference=merge_reference)
        version = self._version_of(datastack_name, at.version)
        return self._frozen(query, version, merge_reference=merge_reference)

    def join_query(
        self,
        tables: Sequence[Sequence[str]],
        filter_in_dict: TableFilter | None = None,
        filter_out_dict: TableFilter | None = None,
        filter_equal_dict: TableFilter | None = None,
        filter_spatial_dict: TableFilter | None = None,
        filter_regex_dict: TableFilter | None = None,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        suffixes: Iterable[str] | Mapping[str, str] | None = None,
        datastack_name: str | None = None,
        return_df: bool = True,
        split_positions: bool = False,
        materialization_version: int | None = None,
        metadata: bool = True,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: TableFilter | None = None,
        filter_less_dict: TableFilter | None = None,
        filter_greater_equal_dict: TableFilter | None = None,
        filter_less_equal_dict: TableFilter | None = None,
        log_warning: bool = True,
    ) -> Any:
        """
        Query two joined tables at a version. Rows come in no order.

        Parameters
        ----------
        tables : list of [str, str]
            Two tables, each with the column it is joined by: [[table, column], [table, column]].
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
            Table -> columns to return; all by default. A list is ambiguous, and accepted.
        offset, limit : int, optional
            Rows to skip; most rows to return. The server counts them before `filter_out_dict` applies.
        suffixes : dict of str, optional
            Table -> ending of column names that both have. A list, in the order of the tables, is accepted.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        return_df : bool
            Return a frame; else JSON records, positions split.
        split_positions : bool
            Return a position as three columns; else as one column of arrays, shape (3,).
        materialization_version : int, optional
            The version; the client's by default.
        metadata : bool
            Describe the query and the tables in `df.attrs`.
        desired_resolution : sequence of 3 float, optional
            Size of a voxel in which positions are returned, in nm; the client's by default, else that of
            the last table. Positions are whole numbers.
        random_sample : int, optional
            About how many rows to draw at random before filters apply.
        filter_greater_dict, filter_less_dict : dict, optional
            Table -> column -> bound that a value must be above, below.
        filter_greater_equal_dict, filter_less_equal_dict : dict, optional
            Table -> column -> least, greatest value.
        log_warning : bool
            Log the notices that the server sends with the answer.

        Returns
        -------
        pandas.DataFrame or list of dict
            The rows.

        Raises
        ------
        TruncatedResultError
            The server has more rows than it sends at once, and no `limit` was given.
        InvalidArgumentError
            `tables` is not two pairs, or a filter cannot be compared exactly.
        ServerIncompatibilityError
            The server is older than 5.13.0.
        """
        joined = _read_joined(tables)
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
            tables=tuple(table for table, _ in joined),
            filters=join_filters(filters),
            select=read_selection(select_columns),
            datastack_name=datastack_name,
            offset=offset,
            limit=limit,
            random_sample=random_sample,
            desired_resolution=self._resolution(desired_resolution),
            split_positions=split_positions,
            return_df=return_df,
            metadata=metadata,
            log_warning=log_warning,
            suffixes=None if suffixes is None else dict(suffixes) if hasattr(suffixes, "keys") else list(suffixes),
        ).checked()
        version = self._version_of(datastack_name, materialization_version)
        select = query.select.to_send(query.columns_to_exclude_by())
        send = functools.partial(self._ask_join, joined, query, select, query.filters, version)
        return self._answered(query, At(version=version), send)

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
    ) -> Any:
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

        Returns
        -------
        pandas.DataFrame or list of dict
            The rows.

        Raises
        ------
        TruncatedResultError
            The server has more rows than it sends at once, and no `limit` was given.
        NotFoundError
            There is no such view or version.
        UnsupportedFeatureError
            The server speaks API 2 only.
        ServerIncompatibilityError
            The server is older than 5.13.0.
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
            metadata=metadata,
            count=get_counts,
            log_warning=log_warning,
        ).checked()
        version = self._version_of(datastack_name, materialization_version)
        return self._of_view(query, version)
