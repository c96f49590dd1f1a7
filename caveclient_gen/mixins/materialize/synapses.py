"""Queries of synapses by their cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast, overload

from caveclient_gen._runtime.errors import CAVEError, InvalidArgumentError
from caveclient_gen._runtime.ids import as_ids
from caveclient_gen.mixins.materialize.filters import table_filters
from caveclient_gen.mixins.materialize.plan import Query
from caveclient_gen.mixins.materialize.queries import QueriesMixin
from caveclient_gen.mixins.materialize.rows import without_autapses

if TYPE_CHECKING:
    from typing import Unpack

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import IdsLike, ResolutionLike, TimeLike
    from caveclient_gen.mixins.materialize.options import Frame, SynapseOptions

_SIDES = ("pre_pt_root_id", "post_pt_root_id")


class SynapsesMixin(QueriesMixin):
    """Queries of synapses by their cells."""

    _synapse_table: str | None

    @property
    def synapse_table(self) -> str | None:
        """Table that `synapse_query` asks; None if the datastack names none."""
        if self._synapse_table is None and self.fc is not None:
            self._synapse_table = self._named_synapse_table(None)
        return self._synapse_table

    @synapse_table.setter
    def synapse_table(self, value: str | None) -> None:
        self._synapse_table = value

    @overload
    def synapse_query(
        self,
        pre_ids: IdsLike | None = None,
        post_ids: IdsLike | None = None,
        bounding_box: Any = None,
        bounding_box_column: str = "post_pt_position",
        timestamp: TimeLike | None = None,
        remove_autapses: bool = True,
        include_zeros: bool = True,
        limit: int | None = None,
        offset: int | None = None,
        split_positions: bool = False,
        desired_resolution: ResolutionLike | None = None,
        materialization_version: int | None = None,
        synapse_table: str | None = None,
        datastack_name: str | None = None,
        metadata: bool = True,
        *,
        progress: bool | None = None,
        output: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
    def synapse_query(
        self,
        pre_ids: IdsLike | None = None,
        post_ids: IdsLike | None = None,
        bounding_box: Any = None,
        bounding_box_column: str = "post_pt_position",
        timestamp: TimeLike | None = None,
        *,
        output: Literal["arrow"],
        **options: Unpack[SynapseOptions],
    ) -> pa.Table: ...

    @overload
    def synapse_query(
        self,
        pre_ids: IdsLike | None = None,
        post_ids: IdsLike | None = None,
        bounding_box: Any = None,
        bounding_box_column: str = "post_pt_position",
        timestamp: TimeLike | None = None,
        *,
        output: Literal["polars"],
        **options: Unpack[SynapseOptions],
    ) -> pl.DataFrame: ...

    def synapse_query(
        self,
        pre_ids: IdsLike | None = None,
        post_ids: IdsLike | None = None,
        bounding_box: Any = None,
        bounding_box_column: str = "post_pt_position",
        timestamp: TimeLike | None = None,
        remove_autapses: bool = True,
        include_zeros: bool = True,
        limit: int | None = None,
        offset: int | None = None,
        split_positions: bool = False,
        desired_resolution: ResolutionLike | None = None,
        materialization_version: int | None = None,
        synapse_table: str | None = None,
        datastack_name: str | None = None,
        metadata: bool = True,
        *,
        progress: bool | None = None,
        output: Literal["pandas", "arrow", "polars"] = "pandas",
    ) -> Frame:
        """
        Query the synapses of cells.

        Made for the synapses of any number of cells, or of a box. The cells are divided until the server
        returns all synapses of each part; the table as a whole is too large to be returned.

        Parameters
        ----------
        pre_ids, post_ids : int or array of int, optional
            Root ids of the cells before and after the synapse. An empty list keeps no synapse.
        bounding_box : array of int, shape (2, 3), optional
            Box to keep, [[x0, y0, z0], [x1, y1, z1]], in the voxels in which the table is stored.
        bounding_box_column : str
            Position that must lie in the box.
        timestamp : datetime.datetime, str or float, optional
            The moment, for a live query; see `live_query`. Not with `materialization_version`.
        remove_autapses : bool
            Leave out synapses of a cell with itself. That is done on arrival, so the answer may be
            shorter than `limit`.
        include_zeros : bool
            Keep synapses with a side outside of the segmentation (id 0). Leaving them out is done on arrival.
        limit, offset : int, optional
            Most synapses to return; synapses to skip.
        split_positions : bool
            Return a position as three columns; else as one column of arrays, shape (3,).
        desired_resolution : sequence of 3 float, optional
            Size of a voxel in which positions are returned, in nm; the client's by default, else as stored.
        materialization_version : int, optional
            The version; the client's by default.
        synapse_table : str, optional
            The table; the datastack's by default.
        datastack_name : str, optional
            Name of the datastack; the client's by default.
        metadata : bool
            Describe the query and the table in `df.attrs`.
        progress : bool, optional
            Show a bar when the query goes out as several requests; by default in a terminal or notebook.
        output : {"pandas", "arrow", "polars"}
            Return a pandas frame, a pyarrow.Table or a polars frame. The latter two have points as fixed-size
            lists and what is missing as null. What `df.attrs` has, `positions.read_attrs` reads from the
            table; polars frames don't have it.

        Returns
        -------
        pandas.DataFrame, pyarrow.Table or polars.DataFrame
            The synapses, in no order.

        Raises
        ------
        TruncatedResultError
            The server has more synapses of one cell, or of the box, than it sends at once, and no `limit`
            was given.
        InvalidArgumentError
            The datastack names no synapse table, or a root id is not valid at `timestamp`.
        ServerIncompatibilityError
            The server is older than 5.13.0.

        Examples
        --------
        >>> synapses = client.materialize.synapse_query(pre_ids=288230376151711751)
        >>> synapses[["id", "post_pt_root_id", "size"]].head(2)
           id     post_pt_root_id   size
        0   6  288230376151711752  165.0
        1  16  288230376151711752  295.0
        """
        moment = self._moment(materialization_version, timestamp)
        table = synapse_table or self._default_table(datastack_name)
        filters = _sides(pre_ids, post_ids)
        if bounding_box is not None:
            filters["filter_spatial_dict"] = {bounding_box_column: bounding_box}
        if not include_zeros:
            filters["filter_out_dict"] = {side: [0] for side in _SIDES}
        query = Query(
            tables=(table,),
            filters=table_filters(table, filters),
            datastack_name=datastack_name,
            offset=offset,
            limit=limit,
            desired_resolution=self._resolution(desired_resolution),
            split_positions=split_positions,
            output=output,
            metadata=metadata,
            polish=without_autapses if remove_autapses else None,
            progress=progress,
        ).checked()
        if moment is not None:
            return self._live(query, moment, merge_reference=False)

        def run(version: int) -> Frame:
            return cast("Frame", self._frozen(query, version, merge_reference=False))

        return self._at_version(query, materialization_version, run)

    def _default_table(self, datastack_name: str | None) -> str:
        own = datastack_name in (None, self._datastack_name)
        table = self.synapse_table if own else self._named_synapse_table(datastack_name)
        if table is None:
            raise InvalidArgumentError(self._no_synapse_table(datastack_name))
        return table

    def _named_synapse_table(self, datastack_name: str | None) -> str | None:
        if self.fc is None:
            return None
        name = datastack_name or self._datastack_name
        return cast("str | None", self.fc.info.get_datastack_info(name).get("synapse_table"))

    def _no_synapse_table(self, datastack_name: str | None) -> str:
        name = datastack_name or self._datastack_name
        text = f"Pass synapse_table: the datastack {name} names no table of synapses."
        try:
            views = self.get_views(self._version_of(datastack_name, None), datastack_name)
        except CAVEError:
            # The list is a courtesy: without it the sentence above still says what to do.
            return text
        if not views:
            return text
        return f"{text} Some publish them as a view instead, for query_view: {', '.join(sorted(views))}."


def _sides(pre_ids: Any, post_ids: Any) -> dict[str, Mapping[str, Any]]:
    """Return the filters by cell: one id equals, several are a list."""
    equal: dict[str, Any] = {}
    among: dict[str, Any] = {}
    for column, ids in zip(_SIDES, (pre_ids, post_ids), strict=True):
        if ids is None:
            continue
        is_one = isinstance(ids, str) or not isinstance(ids, Iterable) or getattr(ids, "ndim", 1) == 0
        found = as_ids(ids, name=column)
        if is_one:
            equal[column] = int(found[0])
        else:
            among[column] = found
    return {"filter_in_dict": among, "filter_equal_dict": equal}
