"""Queries of joined tables."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.answers import AnswersMixin
from caveclient_gen.mixins.materialize.filters import join_filters
from caveclient_gen.mixins.materialize.plan import Query, read_selection
from caveclient_gen.mixins.materialize.versions import At

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import ResolutionLike
    from caveclient_gen.mixins.materialize.options import Frame, JoinOptions, Records, Select, TableFilter


class JoinsMixin(AnswersMixin):
    """Queries of joined tables."""

    @overload
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
        return_df: Literal[True] = True,
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
        progress: bool | None = None,
        output: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
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
        *,
        return_df: Literal[True] = True,
        output: Literal["arrow"],
        **options: Unpack[JoinOptions],
    ) -> pa.Table: ...

    @overload
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
        *,
        return_df: Literal[True] = True,
        output: Literal["polars"],
        **options: Unpack[JoinOptions],
    ) -> pl.DataFrame: ...

    @overload
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
        *,
        return_df: Literal[False],
        **options: Unpack[JoinOptions],
    ) -> Records: ...

    @overload
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
        *,
        return_df: bool,
        **options: Unpack[JoinOptions],
    ) -> pd.DataFrame | Records: ...

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
        progress: bool | None = None,
        output: Literal["pandas", "arrow", "polars"] = "pandas",
    ) -> Frame | Records:
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
        InvalidArgumentError
            `tables` is not two pairs, or a filter cannot be compared exactly.
        ServerIncompatibilityError
            The server is older than 5.13.0.

        Examples
        --------
        >>> client.materialize.join_query(
        ...     [["cell_types", "target_id"], ["nuclei", "id"]],
        ...     select_columns={"cell_types": ["cell_type"], "nuclei": ["id", "pt_root_id", "pt_position"]},
        ... ).head(2)
          cell_type  id          pt_root_id   pt_position
        0       23P   1  288230376151712180  [40, 40, 16]
        1        4P   2  288230376151712110  [40, 88, 16]
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
            output=output,
            metadata=metadata,
            log_warning=log_warning,
            progress=progress,
            suffixes=_read_suffixes(suffixes),
        ).checked()
        select = query.select.to_send(query.columns_to_exclude_by())

        def run(version: int) -> Frame | Records:
            self._begin_records(query, version)
            send = functools.partial(self._ask_join, joined, query, select, query.filters, version)
            return self._answered(query, At(version=version), send)

        return self._at_version(query, materialization_version, run)


def _read_joined(tables: Any) -> list[list[str]]:
    """Read two tables with the columns they are joined by; servers leave out a third without a word."""
    pairs = [list(pair) for pair in tables if not isinstance(pair, str)]
    if len(pairs) != 2 or any(len(pair) != 2 or not all(isinstance(n, str) for n in pair) for pair in pairs):
        raise InvalidArgumentError(
            f"Pass two tables, [[table, column], [table, column]], not {tables!r:.80}: servers join two. For "
            "more, use live_live_query."
        )
    return pairs


def _read_suffixes(suffixes: Any) -> dict[str, str] | list[str] | None:
    if suffixes is None:
        return None
    return dict(suffixes) if isinstance(suffixes, Mapping) else list(suffixes)
