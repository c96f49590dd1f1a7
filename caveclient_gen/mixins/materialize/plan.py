"""What a query asks for, checked and in one form, before anything is sent."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.filters import Filters, is_root_column, read_limit
from caveclient_gen.mixins.materialize.outputs import check_output
from caveclient_gen.mixins.materialize.roots import supervoxel_column

if TYPE_CHECKING:
    import pyarrow as pa

    from caveclient_gen.mixins.materialize.rows import ColumnNames

Columns = dict[str, list[str]]

REFERENCE_SUFFIX = "_ref"
"""Ending of names that a table and the table it refers to both have, in the columns of the latter."""


@dataclass(frozen=True, slots=True)
class Selection:
    """
    The columns that a caller wants.

    Both None: all. `by_table` says of which table each is; `flat` does not, but names columns of the
    result.
    """

    by_table: Mapping[str, list[str]] | None = None
    flat: list[str] | None = None

    @property
    def is_all(self) -> bool:
        """Whether all columns are wanted."""
        return self.by_table is None and self.flat is None

    def to_send(self, needed: Columns) -> Selection:
        """Return the columns to ask for: those wanted, and those needed to filter the answer."""
        if self.by_table is not None:
            tables = [*self.by_table, *(table for table in needed if table not in self.by_table)]
            return Selection({t: _merged(self.by_table.get(t, []), needed.get(t, [])) for t in tables})
        if self.flat is not None:
            return Selection(flat=_merged(self.flat, [name for names in needed.values() for name in names]))
        return self

    def wanted(self, names: ColumnNames) -> set[str]:
        """Return the names in the answer of the wanted columns."""
        if self.by_table is not None:
            return {
                names.find(table, column) for table, columns in self.by_table.items() for column in columns
            }
        return {name for column in self.flat or [] for name in names.find_in_result(column)}

    def for_table(self, table: str) -> list[str] | None:
        """Return the columns of a query of one table; None: all."""
        if self.by_table is None:
            return self.flat
        others = sorted(set(self.by_table) - {table})
        if others:
            raise InvalidArgumentError(
                f"Select columns of {table!r} only: {', '.join(others)} is not part of this query."
            )
        return self.by_table.get(table)

    def roots(self, table: str) -> list[str]:
        """Return the wanted columns of root ids."""
        columns = self.by_table.get(table, []) if self.by_table is not None else self.flat or []
        return list(filter(is_root_column, columns))

    def described(self) -> Any:
        """Return what the caller passed."""
        return dict(self.by_table) if self.by_table is not None else self.flat


def _merged(first: Iterable[str], second: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))


def _name_in_reference(column: str) -> str | None:
    own = column.removesuffix(REFERENCE_SUFFIX)
    return own if own != column and own else None


def read_selection(select: Any) -> Selection:
    """Read `select_columns`: a list of names, or `{table: names}`."""
    if select is None:
        return Selection()
    if isinstance(select, Mapping):
        return Selection({str(table): _names(columns) for table, columns in select.items()})
    return Selection(flat=_names(select))


def _names(select: Any) -> list[str]:
    if isinstance(select, (str, bytes)) or not isinstance(select, Iterable):
        raise InvalidArgumentError(f"Pass select_columns as a list of names, [{select!r:.60}].")
    names = list(select)
    if not all(isinstance(name, str) for name in names):
        raise InvalidArgumentError(
            f"Pass select_columns as a list of names: {names!r:.80} holds other things."
        )
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query: which rows and columns of which tables, and in which form."""

    tables: tuple[str, ...]
    """The first is the one that the query is about."""
    filters: Filters = field(default_factory=Filters)
    select: Selection = field(default_factory=Selection)
    datastack_name: str | None = None
    offset: int | None = None
    limit: int | None = None
    random_sample: int | None = None
    desired_resolution: Any = None
    split_positions: bool = False
    return_df: bool = True
    output: str = "pandas"
    metadata: bool = True
    count: bool = False
    log_warning: bool = True
    progress: bool | None = None
    suffixes: Any = None
    reference_suffixes: tuple[str, str] | None = None
    """Endings for a table and the one it refers to, if filters are told apart by table already."""
    polish: Callable[[list[pa.Table]], pa.Table] | None = None
    """What else is to be left out of the answer."""

    @property
    def excluded(self) -> Mapping[str, Mapping[str, Any]]:
        """What is left out of the answer here, because servers do not."""
        return self.filters.of("filter_out_dict")

    def page(self) -> dict[str, Any]:
        """Return the arguments that every query takes."""
        return {
            "offset": self.offset,
            "limit": self.limit,
            "random_sample": self.random_sample,
            "desired_resolution": self.desired_resolution,
            "datastack_name": self.datastack_name,
            "log_warning": self.log_warning,
            "progress": self.progress,
        }

    def with_reference(self, reference: str) -> Query:
        """Return the query of this table joined with the one it refers to."""
        table = self.tables[0]
        own, other = self.reference_suffixes or ("", REFERENCE_SUFFIX)
        filters = self.filters
        if self.reference_suffixes is None:
            # Filters name columns of the answer; the server wants them under their own names.
            filters = filters.moved(table, reference, _name_in_reference)
        return replace(
            self, tables=(table, reference), suffixes={table: own, reference: other}, filters=filters
        )

    def filtering_reference_by(self, column: str) -> Query:
        """Return the query with the filters on a column put to the table that this one refers to."""
        table, reference = self.tables
        moved = self.filters.moved(table, reference, lambda name: name if name == column else None)
        return replace(self, filters=moved)

    def checked(self) -> Query:
        """Refuse what servers would answer wrongly, and tell of what they do before we filter."""
        check_output(self.output, return_df=self.return_df)
        read_limit(self.limit, "limit", 1)
        read_limit(self.offset, "offset", 0)
        read_limit(self.random_sample, "random_sample", 1)
        if self.count and self.excluded:
            raise InvalidArgumentError(
                "Leave out filter_out_dict with get_counts: servers count the excluded rows too. Count twice "
                "instead, without filter_out_dict and with its values as filter_in_dict, and subtract."
            )
        if self.excluded and (self.limit is not None or self.offset is not None):
            warnings.warn(
                "filter_out_dict leaves rows out after the server has applied limit and offset: the answer "
                "may be shorter than the limit though there are more rows.",
                UserWarning,
                stacklevel=callers_level(),
            )
        return self

    def columns_to_exclude_by(self) -> Columns:
        """Return the columns that the answer must have to leave rows out of it."""
        return self.filters.columns("filter_out_dict")

    def columns_to_renew(self) -> Columns:
        """Return the columns that the answer must have to renew its root ids and filter by them."""
        needed = self.filters.columns("filter_in_dict", "filter_equal_dict")
        needed = {table: list(filter(is_root_column, columns)) for table, columns in needed.items()}
        for table, columns in self.columns_to_exclude_by().items():
            needed[table] = _merged(needed.get(table, []), columns)
        for table in dict.fromkeys([*self.tables, *needed]):
            roots = _merged(self.select.roots(table), filter(is_root_column, needed.get(table, [])))
            if self.select.by_table is None and table != self.tables[0]:
                roots = []  # a flat list names each column once, whichever table it is of
            needed[table] = _merged(needed.get(table, []), [*roots, *map(supervoxel_column, roots)])
        return {table: columns for table, columns in needed.items() if columns}
