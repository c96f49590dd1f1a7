"""Filters of queries: from what people pass to what servers compare exactly.

A filter says, for a column of a table, which values to keep or to leave out. Queries of one table take
`{column: value}`, queries of several take `{table: {column: value}}`; inside, all are the second form.

Columns of ids take only what `as_ids` takes: an id that was a float once may name another cell. A list of
values may be empty: it keeps no row. Nothing is dropped silently.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.ids import as_id, as_ids
from caveclient_gen._runtime.jsonable import jsonable

Columns = Mapping[str, Any]
Tables = Mapping[str, Columns]

RANGES = ("filter_greater_dict", "filter_less_dict", "filter_greater_equal_dict", "filter_less_equal_dict")

# A join may put an ending after the name: `pt_root_id_ref`.
_ID_COLUMN = re.compile(r"(id|target_id|(.*_)?(root|supervoxel)_id)(_[A-Za-z0-9]+)?")
_ROOT_COLUMN = re.compile(r"(.*_)?root_id(_[A-Za-z0-9]+)?")

_VALUES_SHOWN = 10


def is_root_column(name: str) -> bool:
    """Whether a column holds root ids."""
    return _ROOT_COLUMN.fullmatch(name) is not None


def _is_id_column(name: str) -> bool:
    return _ID_COLUMN.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one query, checked: name of the argument -> table -> column -> value."""

    named: Mapping[str, Tables] = field(default_factory=dict)

    def of(self, name: str) -> Tables:
        """Return the filters of one argument."""
        return self.named.get(name, {})

    def put(self, name: str, tables: Tables) -> Filters:
        """Return these filters with those of one argument replaced."""
        kept = {table: columns for table, columns in tables.items() if columns}
        others = {other: value for other, value in self.named.items() if other != name}
        return replace(self, named={**others, name: kept} if kept else others)

    def for_join(self) -> dict[str, Any]:
        """Return the arguments of a query of several tables."""
        return dict(self.named)

    def for_table(self, table: str) -> dict[str, Any]:
        """Return the arguments of a query of one table."""
        return {name: tables[table] for name, tables in self.named.items() if table in tables}

    def columns(self, *names: str) -> dict[str, list[str]]:
        """Return the columns that these arguments filter by, by table."""
        found: dict[str, dict[str, None]] = {}
        for name in names:
            for table, columns in self.of(name).items():
                found.setdefault(table, {}).update(dict.fromkeys(columns))
        return {table: list(columns) for table, columns in found.items()}

    def moved(self, source: str, target: str, own_name: Callable[[str], str | None]) -> Filters:
        """
        Return the filters with some columns of one table put to another one.

        Parameters
        ----------
        source, target : str
            The tables.
        own_name : callable
            Column of `source` -> the name that it has in `target`; None if it stays.

        Returns
        -------
        Filters
            All filters.

        Raises
        ------
        InvalidArgumentError
            One column is filtered under two names.
        """
        filters = self
        for name, tables in self.named.items():
            kept: dict[str, Any] = {}
            there = dict(tables.get(target, {}))
            for column, value in tables.get(source, {}).items():
                own = own_name(column)
                if own in there:
                    _refuse(f"Pass one filter for {own!r} of {target}: {name} has {column!r} too.")
                (kept if own is None else there)[own or column] = value
            filters = filters.put(name, {**tables, source: kept, target: there})
        return filters

    def described(self) -> dict[str, Any]:
        """Return a short form: long lists of values are counted, not repeated."""
        return {
            name: {
                table: {column: _short(columns[column]) for column in columns}
                for table, columns in by.items()
            }
            for name, by in self.named.items()
        }


def _short(value: Any) -> Any:
    if isinstance(value, list) and len(value) > _VALUES_SHOWN:
        return f"{len(value)} values"
    return value


def table_filters(table: str, arguments: Mapping[str, Columns | None]) -> Filters:
    """
    Read the filters of a query of one table.

    Parameters
    ----------
    table : str
        The table.
    arguments : mapping
        Name of the argument ("filter_in_dict") -> column -> value; None where it was left out.

    Returns
    -------
    Filters
        The filters, values in their one form.

    Raises
    ------
    InvalidArgumentError
        A value cannot be compared exactly, or has another shape than its filter takes.
    """
    return join_filters({name: given and {table: given} for name, given in arguments.items()})


def join_filters(arguments: Mapping[str, Tables | None]) -> Filters:
    """
    Read the filters of a query of several tables.

    Parameters
    ----------
    arguments : mapping
        Name of the argument ("filter_in_dict") -> table -> column -> value; None where it was left out.

    Returns
    -------
    Filters
        The filters, values in their one form.

    Raises
    ------
    InvalidArgumentError
        A value cannot be compared exactly, or has another shape than its filter takes.
    """
    filters = Filters()
    for name, tables in arguments.items():
        if tables is not None:
            filters = filters.put(name, _read_tables(name, tables))
    return filters


def _read_tables(name: str, tables: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(tables, Mapping):
        _refuse(f"Pass {name} as a dict of tables, {{table: {{column: value}}}}, not as {_shown(tables)}.")
    return {str(table): _read_columns(name, table, columns) for table, columns in tables.items()}


def _read_columns(name: str, table: Any, columns: Any) -> dict[str, Any]:
    if not isinstance(columns, Mapping):
        _refuse(f"Pass {name} as a dict of columns, {{column: value}}, for {table!r}, not {_shown(columns)}.")
    read = READERS[name]
    named = ((str(column), value) for column, value in columns.items())
    return {column: read(value, column, f"{name}[{column!r}]") for column, value in named}


def _read_list(value: Any, column: str, name: str) -> Any:
    """Read the values of an IN or NOT IN filter; one value is a list of one."""
    if _is_id_column(column):
        return as_ids(value, name=name).tolist()
    if isinstance(value, Mapping):
        return jsonable(value, name)
    if isinstance(value, (str, bytes)):
        _refuse(f"Pass {name} as a list, [{value!r:.60}]: text by itself would be read letter by letter.")
    if not isinstance(value, Iterable) or (hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0):
        value = [value]
    return jsonable(value, name)


def _read_scalar(value: Any, column: str, name: str) -> Any:
    if _is_id_column(column):
        return as_id(value, name=name)
    plain = jsonable(value, name)
    if isinstance(plain, list):
        _refuse(f"Pass {name} as one value: for several, use filter_in_dict.")
    return plain


def _read_bound(value: Any, column: str, name: str) -> Any:
    plain = jsonable(value, name)
    if plain is None or isinstance(plain, (list, Mapping)):
        _refuse(f"Pass {name} as a number, a text or a moment: {_shown(value)} cannot be compared with.")
    return _read_scalar(plain, column, name)


def _read_box(value: Any, column: str, name: str) -> Any:
    import numpy as np

    form = "[[x0, y0, z0], [x1, y1, z1]]"
    try:
        box = np.asarray(jsonable(value, name))
    except ValueError:  # rows of different lengths
        box = np.array(None)
    if box.shape != (2, 3) or box.dtype.kind not in "if":
        _refuse(f"Pass {name} as {form}, the lower and the upper corner in voxels, not as {_shown(value)}.")
    if (box[0] >= box[1]).any():
        _refuse(
            f"Pass {name} with its lower corner below its upper one on each axis: {box.tolist()} is empty."
        )
    return box.tolist()


def _read_pattern(value: Any, column: str, name: str) -> str:
    if not isinstance(value, str):
        _refuse(f"Pass {name} as text, a pattern, not as {_shown(value)}.")
    return value


READERS: Mapping[str, Callable[[Any, str, str], Any]] = {
    "filter_in_dict": _read_list,
    "filter_out_dict": _read_list,
    "filter_equal_dict": _read_scalar,
    "filter_greater_dict": _read_bound,
    "filter_less_dict": _read_bound,
    "filter_greater_equal_dict": _read_bound,
    "filter_less_equal_dict": _read_bound,
    "filter_spatial_dict": _read_box,
    "filter_regex_dict": _read_pattern,
}
"""Argument -> function that brings a value of such a filter into its one form."""


def read_limit(value: Any, name: str, least: int) -> int | None:
    """Read `limit` or `offset`: a whole number of at least `least`, or None."""
    if value is None:
        return None
    try:
        number = operator.index(value)
    except TypeError:
        _refuse(f"Pass {name} as a whole number, not as {_shown(value)}.")
    if number < least or isinstance(value, bool):
        _refuse(f"Pass {name} as a whole number of at least {least}, not {value!r}.")
    return number


def _shown(value: Any) -> str:
    text = " ".join(repr(value).split())  # that of a frame has many lines
    return f"{type(value).__name__} {text:.60}"


def _refuse(message: str) -> NoReturn:
    raise InvalidArgumentError(message)
