"""Query classes: one per table or view, made when it is first used.

    client.materialize.tables.nuclei(pt_root_id=[1, 2], volume={">": 300}).query()

A class knows its columns, so a filter with a wrong name is refused before anything is sent. The queries are
those of the materialization client: `query_table`, `join_query`, `query_view`, `live_live_query`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, cast, overload

from caveclient_gen._runtime.errors import InvalidArgumentError, UnsupportedFeatureError
from caveclient_gen._runtime.times import to_utc
from caveclient_gen.mixins.materialize.plan import Query, read_selection
from caveclient_gen.mixins.materialize.table_manager import table_text
from caveclient_gen.mixins.materialize.table_manager.conditions import read_conditions
from caveclient_gen.mixins.materialize.table_manager.layout import POSITION, SUFFIXES, Layout
from caveclient_gen.mixins.materialize.table_manager.live_rows import LiveRows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import MethodType
    from typing import Unpack

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike
    from caveclient_gen.mixins.materialize.options import Frame, RowOptions, Select


class QueryClass(type):
    """Class of query classes: they show their columns."""

    _layout: Layout

    def __repr__(cls) -> str:
        if not hasattr(cls, "_layout"):
            return super().__repr__()
        return table_text.class_text(cls._layout)

    def _as_html(cls) -> str:
        return table_text.class_html(cls._layout)

    @property
    def _repr_html_(cls) -> MethodType:
        # A property, because notebooks would take the method for instances otherwise.
        return cast("MethodType", cls._as_html)


class RowQuery(LiveRows, metaclass=QueryClass):
    """What queries of tables and of views share.

    Parameters
    ----------
    **filters
        Column -> the value to keep, the values to keep, or bounds; `<position>_bbox` -> a box. None is no
        filter.
    """

    fields: ClassVar[list[str]]
    """Names of all filters."""
    numeric_fields: ClassVar[list[str]]
    """Those that take bounds: `{">": 3}`."""
    spatial_fields: ClassVar[list[str]]
    """Those that take a box."""

    def __init__(self, /, *values: Any, **filters: Any) -> None:
        if not hasattr(type(self), "_layout"):
            raise InvalidArgumentError(
                "Use a class of client.materialize.tables or .views: this one is of no table."
            )
        if values:
            name = next(iter(self._layout.parameters), "column")
            raise InvalidArgumentError(f"Pass filters by name, {name}={table_text.shown(values[0])}.")
        self._filters, self._given = read_conditions(self._layout, filters)

    @overload
    def query(
        self,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        split_positions: bool = False,
        materialization_version: int | None = None,
        timestamp: TimeLike | None = None,
        metadata: bool = True,
        desired_resolution: ResolutionLike | None = None,
        get_counts: bool = False,
        random_sample: int | None = None,
        *,
        log_warning: bool = True,
        progress: bool | None = None,
        output: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
    def query(
        self, select_columns: Select | None = None, *, output: Literal["arrow"], **options: Unpack[RowOptions]
    ) -> pa.Table: ...

    @overload
    def query(
        self,
        select_columns: Select | None = None,
        *,
        output: Literal["polars"],
        **options: Unpack[RowOptions],
    ) -> pl.DataFrame: ...

    def query(
        self,
        select_columns: Select | None = None,
        offset: int | None = None,
        limit: int | None = None,
        split_positions: bool = False,
        materialization_version: int | None = None,
        timestamp: TimeLike | None = None,
        metadata: bool = True,
        desired_resolution: ResolutionLike | None = None,
        get_counts: bool = False,
        random_sample: int | None = None,
        *,
        log_warning: bool = True,
        progress: bool | None = None,
        output: Literal["pandas", "arrow", "polars"] = "pandas",
    ) -> Frame:
        """Return the rows that match. Rows come in no order.

        Parameters
        ----------
        select_columns : list of str, optional
            Columns of the answer to return; all by default.
        offset, limit : int, optional
            Rows to skip; most rows to return.
        split_positions : bool
            Return a position as three columns; else as one column of arrays, shape (3,).
        materialization_version : int, optional
            The version; the client's by default.
        timestamp : datetime.datetime, str or float, optional
            The moment, for rows of the version before it with the root ids of the moment. Not for views.
        metadata : bool
            Describe the query and the tables in `df.attrs`.
        desired_resolution : sequence of 3 float, optional
            Size of a voxel in which positions are returned, in nm; the client's by default, else as stored.
        get_counts : bool
            Return the number of rows in a column `count`, of the table without the one it refers to.
        random_sample : int, optional
            About how many rows to draw at random before filters apply.
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
        TruncatedResultError
            The server has more rows than it sends at once, and no `limit` was given.
        InvalidArgumentError
            Arguments contradict each other.
        """
        shared: dict[str, Any] = {
            "offset": offset,
            "limit": limit,
            "split_positions": split_positions,
            "metadata": metadata,
            "desired_resolution": desired_resolution,
            "random_sample": random_sample,
            "log_warning": log_warning,
            "progress": progress,
            "output": output,
        }
        return self._rows(select_columns, materialization_version, timestamp, get_counts, shared)

    def _rows(
        self, select: Any, version: int | None, timestamp: Any, get_counts: bool, shared: Mapping[str, Any]
    ) -> Frame:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        # Reached for names that nothing else has. Private ones could be asked for before __init__ has run.
        if name.startswith("_"):
            raise AttributeError(name, name=name, obj=self)
        if name in self._layout.parameters:
            return self._given.get(name)
        near = table_text.one_line(name)
        raise AttributeError(f"{self._layout.name!r} has no column {near!r}", name=name, obj=self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RowQuery):
            return NotImplemented
        return self._layout.source == other._layout.source and self._filters == other._filters

    __hash__ = None  # type: ignore[assignment]  # filters hold lists

    def __repr__(self) -> str:
        return table_text.query_text(self._layout, self._given)

    def _repr_html_(self) -> str:
        return table_text.query_html(self._layout, self._given)

    def __reduce__(self) -> tuple[Any, ...]:
        # Its class was made here and cannot be imported elsewhere.
        return _made_again, (self._client, self._layout, self._given)


class TableQuery(RowQuery):
    """A query of one table, and of the one that it refers to."""

    def _rows(
        self, select: Any, version: int | None, timestamp: Any, get_counts: bool, shared: Mapping[str, Any]
    ) -> Frame:
        name, reference = self._layout.name, self._layout.reference
        if reference is None or get_counts:
            self._refuse_to_count_by(reference, get_counts)
            rows: Frame = self._client.query_table(
                name,
                **self._filters.for_table(name),
                select_columns=None if get_counts else self._selection(select, by_table=False),
                materialization_version=version,
                timestamp=timestamp,
                merge_reference=False,
                get_counts=get_counts,
                **shared,
            )
            return rows
        selected = self._selection(select, by_table=True)
        moment = self._client._moment(version, timestamp)
        if moment is not None:
            return self._live(selected, moment, shared)
        joined: Frame = self._client.join_query(
            [[name, "target_id"], [reference, "id"]],
            **self._filters.for_join(),
            select_columns=selected,
            suffixes=self._suffixes(),
            materialization_version=version,
            **shared,
        )
        return joined

    def _live(self, select: Any, moment: Any, shared: Mapping[str, Any]) -> Frame:
        """Query the table and the one that it refers to with the root ids of a moment."""
        resolution = self._client._resolution(shared["desired_resolution"])
        query = Query(
            tables=(self._layout.name,),
            filters=self._filters,
            select=read_selection(select),
            reference_suffixes=(SUFFIXES[1], SUFFIXES[0]),
            **{**shared, "desired_resolution": resolution},
        ).checked()
        return cast("Frame", self._client._live(query, to_utc(moment), merge_reference=True))

    def _refuse_to_count_by(self, reference: str | None, get_counts: bool) -> None:
        filters = self._filters.columns(*self._filters.named)
        if get_counts and reference is not None and reference in filters:
            raise InvalidArgumentError(
                f"Leave out get_counts, or the filters on columns of {reference!r} "
                f"({', '.join(filters[reference])}): servers count the rows of one table only."
            )


class ViewQuery(RowQuery):
    """A query of one view."""

    def _rows(
        self, select: Any, version: int | None, timestamp: Any, get_counts: bool, shared: Mapping[str, Any]
    ) -> Frame:
        if timestamp is not None:
            raise InvalidArgumentError(
                "Leave out timestamp: a view is queried at a version, or with live_query at a moment."
            )
        name = self._layout.name
        rows: Frame = self._client.query_view(
            name,
            **self._filters.for_table(name),
            select_columns=self._selection(select, by_table=False),
            materialization_version=version,
            get_counts=get_counts,
            **shared,
        )
        return rows


class FrozenViewQuery(ViewQuery):
    """A query of a view that servers cannot answer live."""

    def live_query(self, *arguments: Any, **options: Any) -> NoReturn:
        """Refuse: this view has no live form.

        Parameters
        ----------
        *arguments, **options
            As `RowQuery.live_query` takes them.

        Raises
        ------
        UnsupportedFeatureError
            Always.
        """
        raise UnsupportedFeatureError(
            f"Use query() for {self._layout.name!r}: this view cannot be queried live."
        )


def base_for(layout: Layout) -> type[RowQuery]:
    """Return the class that has the queries which a table or view can answer."""
    if not layout.is_view:
        return TableQuery
    return ViewQuery if layout.record.get("live_compatible", True) else FrozenViewQuery


def make_query_class(client: Any, layout: Layout, base: type[RowQuery] | None = None) -> type[RowQuery]:
    """
    Make the query class of a table or view.

    Parameters
    ----------
    client : MaterializationClient
        What sends its queries.
    layout : Layout
        The table or view.
    base : type, optional
        Class that has the queries; by default the one that fits.

    Returns
    -------
    type
        Call it with filters, and the result's `query()`.
    """
    filters = layout.parameters
    members = {
        "fields": list(filters),
        "numeric_fields": [name for name, column in filters.items() if column.is_numeric],
        "spatial_fields": [name for name, column in filters.items() if column.kind == POSITION],
        "_layout": layout,
        "_client": client,
        "__doc__": table_text.docstring_of(layout),
        "__signature__": table_text.signature_of(layout),
        "__module__": __name__,
    }
    return cast("type[RowQuery]", QueryClass(layout.name, (base or base_for(layout),), members))


def _made_again(client: Any, layout: Layout, given: Mapping[str, Any]) -> RowQuery:
    return make_query_class(client, layout)(**given)
