"""Queries of tables as they are at a moment.

A live query starts from the newest version that was frozen before, and its root ids are brought up to date
here. `materialize_live_live` has the other kind, which leaves all of it to the server.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal, cast, overload

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.ids import as_ids
from caveclient_gen._runtime.times import to_utc
from caveclient_gen.mixins.materialize.answers import AnswersMixin
from caveclient_gen.mixins.materialize.filters import Filters, is_root_column, table_filters
from caveclient_gen.mixins.materialize.plan import Query, read_selection
from caveclient_gen.mixins.materialize.roots import (
    PastRoots,
    find_past_roots,
    past_filters,
    root_ids_in,
    roots_only,
    with_current_roots,
)
from caveclient_gen.mixins.materialize.rows import keep_matching
from caveclient_gen.mixins.materialize.versions import At

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Unpack

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import IdArray, ResolutionLike, TimeLike
    from caveclient_gen.mixins.materialize.options import Filter, Frame, LiveOptions, Select
    from caveclient_gen.mixins.materialize.rows import ColumnNames


class LiveQueriesMixin(AnswersMixin):
    """Queries of tables as they are at a moment."""

    _cg_client: Any

    @property
    def cg_client(self) -> Any:
        """Client of the chunkedgraph that root ids are of."""
        if self._cg_client is None and self.fc is not None:
            self._cg_client = self.fc.chunkedgraph
        if self._cg_client is None:
            raise InvalidArgumentError(
                "Make the client with cg_client, or use CAVEclient: live queries need a chunkedgraph client."
            )
        return self._cg_client

    @overload
    def live_query(
        self,
        table: str,
        timestamp: TimeLike,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        split_positions: bool = False,
        post_filter: bool = True,
        metadata: bool = True,
        merge_reference: bool = True,
        desired_resolution: ResolutionLike | None = None,
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
    def live_query(
        self,
        table: str,
        timestamp: TimeLike,
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
        output: Literal["arrow"],
        **options: Unpack[LiveOptions],
    ) -> pa.Table: ...

    @overload
    def live_query(
        self,
        table: str,
        timestamp: TimeLike,
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
        output: Literal["polars"],
        **options: Unpack[LiveOptions],
    ) -> pl.DataFrame: ...

    def live_query(
        self,
        table: str,
        timestamp: TimeLike,
        filter_in_dict: Filter | None = None,
        filter_out_dict: Filter | None = None,
        filter_equal_dict: Filter | None = None,
        filter_spatial_dict: Filter | None = None,
        filter_regex_dict: Filter | None = None,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        split_positions: bool = False,
        post_filter: bool = True,
        metadata: bool = True,
        merge_reference: bool = True,
        desired_resolution: ResolutionLike | None = None,
        random_sample: int | None = None,
        *,
        filter_greater_dict: Filter | None = None,
        filter_less_dict: Filter | None = None,
        filter_greater_equal_dict: Filter | None = None,
        filter_less_equal_dict: Filter | None = None,
        log_warning: bool = True,
        progress: bool | None = None,
        output: Literal["pandas", "arrow", "polars"] = "pandas",
    ) -> Frame:
        """
        Query a table with the root ids of a moment. Rows come in no order.

        The rows are those of the newest version that was frozen at the moment or before; annotations made
        since are missing. Their root ids, and those in filters, are those of the moment.

        Parameters
        ----------
        table : str
            The table.
        timestamp : datetime.datetime, str or float
            The moment; "now" for the present.
        filter_in_dict, filter_out_dict : dict, optional
            Column -> values to keep, to leave out. A row without a value is not left out.
        filter_equal_dict : dict, optional
            Column -> the value to keep.
        filter_spatial_dict : dict, optional
            Position column -> box to keep, [[x0, y0, z0], [x1, y1, z1]], in the voxels in which the
            table is stored.
        filter_regex_dict : dict, optional
            Column -> pattern that a text must match.
        select_columns : list of str, optional
            Columns to return; all by default.
        offset, limit : int, optional
            Rows of the version to skip, and most rows of it to look at. Filters by root id apply once more
            after that, so the answer may be shorter than `limit` though there are more rows.
        datastack_name : str, optional
            Name of the client's datastack; root ids of another one cannot be looked up.
        split_positions : bool
            Return a position as three columns; else as one column of arrays, shape (3,).
        post_filter : bool
            Filter by root id once more after the root ids were brought up to date. Without it, parts of
            a cell that were split off since the version are kept too.
        metadata : bool
            Describe the query and the tables in `df.attrs`.
        merge_reference : bool
            If the table refers to another one, join that; its columns end in "_ref" where names clash.
        desired_resolution : sequence of 3 float, optional
            Size of a voxel in which positions are returned, in nm; the client's by default, else as stored.
        random_sample : int, optional
            About how many rows to draw at random before filters apply.
        filter_greater_dict, filter_less_dict : dict, optional
            Column -> bound that a value must be above, below. Not for root ids.
        filter_greater_equal_dict, filter_less_equal_dict : dict, optional
            Column -> least, greatest value. Not for root ids.
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
        InvalidArgumentError
            A root id in a filter is not valid at the moment, or no version was frozen before it.
        TruncatedResultError
            The server has more rows than it sends at once, no `limit` was given, and no list in
            `filter_in_dict` is left to divide.
        ServerIncompatibilityError
            The server is older than 5.13.0.

        Examples
        --------
        >>> synapses = client.materialize.live_query(
        ...     "synapses",
        ...     "2026-11-22T12:47:57.054708Z",
        ...     filter_equal_dict={"pre_pt_root_id": 288230376151712180},
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
            output=output,
            metadata=metadata,
            log_warning=log_warning,
            progress=progress,
        ).checked()
        return self._live(query, to_utc(timestamp), merge_reference=merge_reference, post_filter=post_filter)

    def _live(
        self, query: Query, moment: datetime, *, merge_reference: bool, post_filter: bool = True
    ) -> Frame:
        """Ask a version, and bring its root ids up to date."""
        self._refuse_other_datastack(query.datastack_name)
        base = self._base_of(moment)
        version, table = base["version"], query.tables[0]
        reference = self._reference_of(table, query.datastack_name, version) if merge_reference else None
        if reference is not None:
            query = query.with_reference(reference)

        def ask(query: Query) -> Frame:
            past = self._past_roots(root_ids_in(query.filters), moment, base["time_stamp"])
            asked = past_filters(query.filters, past)
            kept = roots_only(query.filters) if post_filter else Filters()

            def refine(rows: pa.Table, names: ColumnNames) -> pa.Table:
                return keep_matching(with_current_roots(rows, lambda: self.cg_client, moment), kept, names)

            send = functools.partial(self._ask_version, query, version, query.columns_to_renew(), asked)
            at = At(version=version, moment=moment)
            return cast("Frame", self._answered(query, at, send, refine=refine))

        return self._found_in_reference(query, ask)

    def _past_roots(self, roots: list[IdArray], moment: datetime, earlier: datetime) -> PastRoots:
        if not any(ids.any() for ids in roots):
            return PastRoots({}, {})
        return find_past_roots(self.cg_client, roots, moment, earlier)

    def _refuse_other_datastack(self, datastack_name: str | None) -> None:
        if datastack_name not in (None, self._datastack_name):
            raise InvalidArgumentError(
                f"Make a client for {datastack_name} to query it live: this one's chunkedgraph is that of "
                f"{self._datastack_name}, and knows other root ids."
            )

    def map_filters(
        self, filters: Sequence[Filter | None], timestamp: TimeLike, timestamp_past: TimeLike
    ) -> tuple[list[dict[str, Any] | None], dict[int, int]]:
        """
        Translate the root ids in filters of a moment to those of an earlier moment.

        Parameters
        ----------
        filters : list of dict
            Filters, column -> value or values; None is passed through.
        timestamp : datetime.datetime, str or float
            The moment at which the root ids are valid.
        timestamp_past : datetime.datetime, str or float
            The earlier moment.

        Returns
        -------
        list of dict
            The filters; each root id, or list of them, is now the list of all root ids that its cells
            were made of.
        dict
            What became of those earlier root ids, by earlier root id; those that were split are left out.

        Raises
        ------
        InvalidArgumentError
            A root id is not valid at `timestamp`.
        """
        given = [filter_ for filter_ in filters if filter_ is not None]
        roots = [
            as_ids(value, name=name) for one in given for name, value in one.items() if is_root_column(name)
        ]
        past = self._past_roots(roots, to_utc(timestamp), to_utc(timestamp_past))
        return [None if one is None else _mapped(one, past) for one in filters], past.future


def _mapped(given: Filter, past: PastRoots) -> dict[str, Any]:
    return {
        name: past.of(as_ids(value, name=name).tolist()) if is_root_column(name) else value
        for name, value in given.items()
    }
