"""From a query to a frame: ask the server, put its answer right, and say where the rows come from.

    send -> make missing what a 1 stands for -> (bring root ids up to date) -> leave out what is excluded
    -> keep the columns asked for -> frame

What came before an error goes the same way, and then into the error: rows that the server cut, and the
parts of a query in several requests that were answered.
"""

from __future__ import annotations

import functools
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from caveclient_gen._runtime.answer import Answer
from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import (
    BadRequestError,
    CAVEError,
    InvalidArgumentError,
    NotFoundError,
    ServerError,
)
from caveclient_gen.mixins.materialize.arrays import LooseColumns
from caveclient_gen.mixins.materialize.columns import can_be_of_another_table, no_such_column, unknown_column
from caveclient_gen.mixins.materialize.early import EarlyMixin
from caveclient_gen.mixins.materialize.outputs import make_output
from caveclient_gen.mixins.materialize.provenance import in_resolution, provenance, table_facts
from caveclient_gen.mixins.materialize.rows import (
    column_names,
    drop_index,
    keep_selected,
    leave_out,
    records_left,
    records_with_missing,
    suspected_in_records,
    suspected_missing,
    with_missing,
)
from caveclient_gen.mixins.materialize.versions import At

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pyarrow as pa

    from caveclient_gen._runtime.typing import ResolutionLike
    from caveclient_gen.mixins.materialize.filters import Filters
    from caveclient_gen.mixins.materialize.options import Frame, Records
    from caveclient_gen.mixins.materialize.plan import Columns, Query, Selection
    from caveclient_gen.mixins.materialize.rows import ColumnNames

    Refine = Callable[[pa.Table, ColumnNames], pa.Table]
    Lookup = Callable[[str], Mapping[str, Any]]


T = TypeVar("T")


class AnswersMixin(EarlyMixin):
    """What all queries share."""

    _desired_resolution: list[float] | None

    @property
    def desired_resolution(self) -> list[float] | None:
        """Size of a voxel in which queries return positions, [x, y, z] in nm; None: as they are stored."""
        if self._desired_resolution is None:
            held = getattr(self.fc, "desired_resolution", None)
            return None if held is None else [float(size) for size in held]
        return list(self._desired_resolution)

    @desired_resolution.setter
    def desired_resolution(self, value: Iterable[float] | None) -> None:
        self._desired_resolution = None if value is None else [float(size) for size in value]

    def _frozen(self, query: Query, version: int, *, merge_reference: bool) -> Frame | Records:
        """Query a table of a version, with the table it refers to if that is wanted."""
        table = query.tables[0]
        reference = None
        merge_reference = merge_reference and not query.count
        needed = query.columns_to_exclude_by()
        alone = functools.partial(self._table_arguments, query, version, needed, query.filters)
        self._begin_records(query, version, alone, merge_reference=merge_reference)
        if merge_reference:
            reference = self._reference_of(table, query.datastack_name, version)
        if reference is not None:
            query = query.with_reference(reference)

        def ask(query: Query) -> Frame | Records:
            send = functools.partial(self._ask_version, query, version, query.columns_to_exclude_by())
            return self._answered(query, At(version=version), send)

        return self._found_in_reference(query, ask)

    def _found_in_reference(self, query: Query, ask: Callable[[Query], T]) -> T:
        """Ask; filters on columns that the table lacks go to the one it refers to, and it is asked again."""
        while True:
            try:
                return ask(query)
            except BadRequestError as error:
                found = unknown_column(error, query.filters)
                if found is None or len(query.tables) == 1 or found[0] != query.tables[0]:
                    raise
                if not can_be_of_another_table(query.filters, *found):
                    raise
                # Ends: each time one column less is asked of the first table.
                query = query.filtering_reference_by(found[1])

    def _ask_version(
        self, query: Query, version: int, needed: Columns, filters: Filters | None = None
    ) -> Answer[Any]:
        """Send the query of one table, or of a table and the one it refers to."""
        filters = query.filters if filters is None else filters
        if len(query.tables) == 1:
            return self._query_table(**self._table_arguments(query, version, needed, filters))
        select = query.select.to_send(needed)
        joined = [[query.tables[0], "target_id"], [query.tables[1], "id"]]
        return self._ask_join(joined, query, select, filters, version)

    def _table_arguments(
        self, query: Query, version: int, needed: Columns, filters: Filters
    ) -> dict[str, Any]:
        table = query.tables[0]
        return {
            "table": table,
            **filters.for_table(table),
            **query.page(),
            "select_columns": query.select.to_send(needed).for_table(table),
            "count": True if query.count else None,
            "as_arrow": query.return_df,
            "version": version,
        }

    def _ask_join(
        self, tables: Any, query: Query, select: Selection, filters: Filters, version: int
    ) -> Answer[Any]:
        by_table = isinstance(query.suffixes, dict)
        return self._join_query(
            tables,
            **filters.for_join(),
            **query.page(),
            select_columns=select.flat,
            select_column_map=select.by_table,
            suffixes=None if by_table else query.suffixes,
            suffix_map=query.suffixes if by_table else None,
            count=True if query.count else None,
            as_arrow=query.return_df,
            version=version,
        )

    def _answered(
        self,
        query: Query,
        at: At,
        send: Callable[[], Answer[Any]],
        *,
        refine: Refine | None = None,
        lookup: Lookup | None = None,
    ) -> Frame | Records:
        """Send a query and make of its answer what the caller wants; of a part too, if it was cut short."""
        lookup = lookup or functools.partial(self._table_record, query, at)
        finish = functools.partial(self._finished, query, at, refine, lookup)
        try:
            # In a box, out of which it is taken: a name here would keep it in memory beside its frame.
            box = [send()]
        except CAVEError as error:
            if isinstance(error, (ServerError, BadRequestError)):
                found = unknown_column(error, query.filters)
                if found is not None:
                    raise no_such_column(error, found[1], query.tables) from None
            if isinstance(error.partial, Answer):
                _finish_partial(error, finish)
            raise
        return finish(box)

    def _finished(
        self, query: Query, at: At, refine: Refine | None, lookup: Lookup, box: list[Answer[Any]]
    ) -> Frame | Records:
        """Make of the answer in a box what the caller wants; the box is empty then."""
        answer = box.pop()
        names = column_names(answer.headers)
        if not query.return_df:
            rows = answer.value
            if suspects := self._missing_ids(query, at, suspected_in_records(rows)):
                rows = records_with_missing(rows, suspects)
            return records_left(rows, query.excluded, names)
        table = drop_index(answer.value)
        answer = replace(answer, value=None)
        if not query.count:
            rows_box = [table]
            del table  # out of a box it goes as it is read, so that no two whole tables are held
            table = self._put_right(query, at, refine, names, rows_box)
        columns = LooseColumns(table)
        del table  # so that a column's memory is free as soon as the frame has it
        told = answer.headers.get("dataframe_resolution")
        is_cut = answer.truncated is not None
        facts = self._provenance(query, at, lookup, truncated=is_cut) if query.metadata else {}
        return self._frame(query, columns, names, told, lookup, in_resolution(facts, query, told))

    def _provenance(self, query: Query, at: At, lookup: Lookup, *, truncated: bool = False) -> dict[str, Any]:
        return provenance(
            query,
            at,
            _facts_of(query.tables, lookup),
            server=self.server_address,
            datastack_name=query.datastack_name or self._datastack_name,
            truncated=truncated,
        )

    def _put_right(
        self, query: Query, at: At, refine: Refine | None, names: ColumnNames, box: list[pa.Table]
    ) -> pa.Table:
        """Take the rows that a server sent out of a box, and make of them those that the query means."""
        table = box.pop()
        table = with_missing(table, self._missing_ids(query, at, suspected_missing(table)))
        table = leave_out(refine(table, names) if refine else table, query.excluded, names)
        if query.polish:
            box.append(table)
            del table
            table = query.polish(box)
        return table if query.select.is_all else keep_selected(table, query.select.wanted(names))

    def _missing_ids(self, query: Query, at: At, suspects: list[str]) -> list[str]:
        """Return those columns in which a 1 means a missing id: none in a version with merged tables."""
        if not suspects or at.version is None:
            return []
        record = self.get_version_metadata(at.version, query.datastack_name)
        return [] if record["is_merged"] else suspects

    def _frame(
        self,
        query: Query,
        columns: LooseColumns,
        names: ColumnNames,
        given: Any,
        lookup: Lookup,
        facts: Mapping[str, Any],
    ) -> Frame:
        if query.count:
            return make_output(query.output, columns, facts, split_positions=True)
        return make_output(
            query.output,
            columns,
            facts,
            split_positions=query.split_positions,
            column_map=names.named or None,
            given_resolution=given_resolution(query, given, lookup),
            desired_resolution=query.desired_resolution,
        )

    def _table_record(self, query: Query, at: At, table: str) -> Mapping[str, Any]:
        return self.get_table_metadata(table, query.datastack_name, at.version, log_warning=False)

    def _resolution(self, desired: ResolutionLike | None) -> Any:
        return self.desired_resolution if desired is None else desired


def _finish_partial(error: CAVEError, finish: Callable[[list[Answer[Any]]], Any]) -> None:
    """Make of the rows in an error what the caller wanted of all rows."""
    answer = error.partial
    try:
        error.partial = finish([answer])
    except CAVEError as another:
        # The same trouble may keep us from asking what the frame needs. The rows are here already.
        error.partial = answer.value
        error.add_note(f"`partial` holds the rows as the server sent them: {str(another).splitlines()[0]}")


def _facts_of(tables: Iterable[str], lookup: Lookup) -> dict[str, Any]:
    """Look up what a frame keeps of its tables. The rows are here already: a failure must not lose them."""
    facts = {}
    for table in tables:
        try:
            facts[table] = table_facts(lookup(table))
        except NotFoundError:
            # A table that is newer than the version has no record there.
            facts[table] = {}
        except CAVEError as error:
            text = f"df.attrs tells nothing of {table}: {str(error).splitlines()[0]}"
            warnings.warn(text, UserWarning, stacklevel=callers_level())
            facts[table] = {}
    return facts


def given_resolution(query: Query, told: Any, lookup: Lookup) -> Any:
    """Return the resolution of positions in an answer: as the server tells, else that of the tables."""
    if told is None and query.desired_resolution is not None:
        return _common_resolution(query.tables, lookup)
    return told


def _common_resolution(tables: Iterable[str], lookup: Lookup) -> Any:
    """Return the resolution of positions that the server did not scale: that of all tables."""
    found = [lookup(table).get("voxel_resolution") for table in tables]
    if None in found or any(one != found[0] for one in found):
        raise InvalidArgumentError(
            "Leave out desired_resolution: this server does not scale positions, and its tables have "
            f"resolutions that cannot be told apart ({found})."
        )
    return found[0]
