"""What an extraction asks: how many rows, some row's id, the rows of a partition.

The rows of a partition go through the same steps as those of a query, so that both are the same.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import DecodeError, InvalidArgumentError, NotFoundError
from caveclient_gen.mixins.materialize.answers import AnswersMixin, given_resolution
from caveclient_gen.mixins.materialize.filters import Filters
from caveclient_gen.mixins.materialize.plan import Query, Selection
from caveclient_gen.mixins.materialize.provenance import in_resolution
from caveclient_gen.mixins.materialize.rows import column_names, drop_index
from caveclient_gen.mixins.materialize.versions import At

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pyarrow as pa

    from caveclient_gen.mixins.materialize.extraction.partitions import Partition
    from caveclient_gen.mixins.materialize.rows import ColumnNames

_REPORT = "Report this to the service's maintainers: "


class AskingMixin(AnswersMixin):
    """What an extraction asks."""

    def _query_to_extract(self, query: Query, version: int, *, merge_reference: bool) -> Query:
        """Return the query joined with the table that its table refers to, each filter where it belongs."""
        table = query.tables[0]
        try:
            reference = self._reference_of(table, query.datastack_name, version)
        except NotFoundError as error:
            if self._is_view(table, query.datastack_name, version):
                raise InvalidArgumentError(
                    f"Ask for the view {table!r} in parts, with query_view: the rows of views have no ids of "
                    "their own, by which an extraction could be divided."
                ) from error
            raise
        if reference is None or not merge_reference:
            return query
        return self._found_in_reference(
            query.with_reference(reference), lambda query: self._try_out(query, version)
        )

    def _try_out(self, query: Query, version: int) -> Query:
        """Ask for one row: what is wrong with a query is told so, before there are many requests."""
        from caveclient_gen.mixins.materialize.extraction.partitions import shortened

        # With a limit, a list of values goes out whole: here it must fit into one request.
        one = replace(shortened(query), limit=1, metadata=False, output="arrow")
        send = functools.partial(self._ask_version, one, version, one.columns_to_exclude_by())
        self._answered(one, At(version=version), send)
        return query

    def _is_view(self, name: str, datastack_name: str | None, version: int) -> bool:
        return str(self.api_version) != "2" and name in self.get_views(version, datastack_name)

    def _facts_to_extract(self, query: Query, version: int, moment: datetime) -> dict[str, Any]:
        """Return what the rows will be an answer to, but for the resolution that only an answer tells."""
        at = At(version=version, moment=moment)
        return self._provenance(query, at, functools.partial(self._table_record, query, at))

    def _count_rows(self, query: Query, version: int) -> int:
        """Ask how many rows a query has on the server, which does not leave out any."""
        filters = query.filters.put("filter_out_dict", {})
        counting = replace(
            query, filters=filters, select=Selection(), count=True, metadata=False, output="arrow"
        )
        send = functools.partial(self._ask_version, counting, version, {})
        told: Any = self._answered(counting, At(version=version), send)
        if "count" not in told.column_names or told.num_rows != 1:
            raise DecodeError(f"{_REPORT}asked for a count, it sent {', '.join(told.column_names):.200}.")
        return int(told["count"][0].as_py())

    def _some_id(self, query: Query, version: int, first: int | None, end: int | None) -> int | None:
        """Ask for the id of some row of the table between two ids; None if there is no row."""
        table = query.tables[0]
        filters = Filters()
        if first is not None:
            filters = filters.put("filter_greater_equal_dict", {table: {"id": first}})
        if end is not None:
            filters = filters.put("filter_less_dict", {table: {"id": end}})
        probe = Query(
            tables=(table,),
            filters=filters,
            select=Selection(flat=["id"]),
            datastack_name=query.datastack_name,
            limit=1,
            log_warning=False,
        )
        ids = self._ask_version(probe, version, {}).value.column("id")
        if not len(ids):
            return None
        found = int(ids[0].as_py())
        if (first is not None and found < first) or (end is not None and found >= end):
            raise DecodeError(f"{_REPORT}asked for ids from {first} to {end}, it sent {found}.")
        return found

    def _rows_of_partition(
        self, query: Query, version: int, partition: Partition, facts: Mapping[str, Any]
    ) -> tuple[int, pa.Table]:
        """
        Ask for the rows of a partition.

        Returns
        -------
        (int, pyarrow.Table)
            How many the server sent, and those that the query means, in the order of their ids, with what
            they are an answer to in the metadata of their schema.

        Raises
        ------
        TruncatedResultError
            The server cut the answer.
        DecodeError
            Rows are not of this partition, or come twice.
        """
        from caveclient_gen.mixins.materialize.outputs import make_output

        at = At(version=version)
        table = query.tables[0]
        needed = query.columns_to_exclude_by()
        needed = {**needed, table: [*needed.get(table, []), "id"]}
        # Rows are left out here alone: what came is held against a count, and most servers leave out none.
        answer = self._ask_version(query, version, needed, query.filters.put("filter_out_dict", {}))
        names = column_names(answer.headers)
        rows = _in_order(drop_index(answer.value), names.find(table, "id"), partition)
        lookup = functools.partial(self._table_record, query, at)
        told = answer.headers.get("dataframe_resolution")
        kept: Any = make_output(
            "arrow",
            _named_as_asked(query, names, self._put_right(query, at, None, names, [rows])),
            in_resolution(facts, query, told),
            split_positions=query.split_positions,
            column_map=names.named or None,
            given_resolution=given_resolution(query, told, lookup),
            desired_resolution=query.desired_resolution,
        )
        return rows.num_rows, kept


def _named_as_asked(query: Query, names: ColumnNames, kept: pa.Table) -> pa.Table:
    """Undo that the ids of the other table got an ending, if there are no others but those asked for here."""
    if query.select.by_table is None or len(query.tables) == 1:
        return kept
    table, reference = query.tables
    if "id" in [*query.select.by_table.get(table, []), *query.columns_to_exclude_by().get(table, [])]:
        return kept
    other = names.find(reference, "id")
    return kept.rename_columns(["id" if name == other else name for name in kept.column_names])


def _in_order(rows: pa.Table, name: str, partition: Partition) -> pa.Table:
    """Put rows into the order of their ids, and see that they are of this partition, each once."""
    import numpy as np

    if name not in rows.column_names or rows.column(name).null_count:
        raise DecodeError(f"{_REPORT}rows came without ids ({', '.join(rows.column_names):.200}).")
    if not rows.num_rows:
        return rows
    ids = rows.column(name).to_numpy()
    if (ids[1:] <= ids[:-1]).any():
        order = np.argsort(ids)
        rows, ids = rows.take(order), ids[order]
        if (ids[1:] == ids[:-1]).any():
            raise DecodeError(f"{_REPORT}rows of one id came twice.")
    if not partition.holds(int(ids[0]), int(ids[-1])):
        raise DecodeError(
            f"{_REPORT}asked for ids from {partition.first} to {partition.end}, it sent other ones."
        )
    return rows
