"""From what people pass for a column to filters: a value, several values, bounds or a box.

    cell_type="BC"                            the value to keep
    pt_root_id=[1, 2]                         values to keep; an empty list keeps no row
    volume={">": 3, "<=": 10}                 bounds, of numbers
    pt_position_bbox=[[0, 0, 0], [9, 9, 9]]   box, of positions
    cell_type=None                            no filter

Whatever is none of these is refused before anything is sent: a filter that is dropped means all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.filters import READERS, Filters
from caveclient_gen.mixins.materialize.table_manager.layout import NUMERIC_COLUMN_TYPES, POSITION

if TYPE_CHECKING:
    from caveclient_gen.mixins.materialize.table_manager.layout import Column, Layout

OPERATORS: Mapping[str, str] = {
    "<": "filter_less_dict",
    "<=": "filter_less_equal_dict",
    ">": "filter_greater_dict",
    ">=": "filter_greater_equal_dict",
}
"""Operator -> the argument of queries that has such bounds."""


class InvalidInequalityException(InvalidArgumentError):
    """Bounds were given for a column that holds no numbers; nothing was sent."""

    def __init__(self, message: str = "Pass bounds for columns of numbers only.") -> None:
        super().__init__(message)


def is_list_like(x: Any) -> bool:
    """Whether a value has a length and is no text."""
    return hasattr(x, "__len__") and not isinstance(x, (str, bytes))


def is_isin_like(x: Any) -> bool:
    """Whether a value stands for several values to keep."""
    if isinstance(x, (str, bytes, Mapping)) or getattr(x, "ndim", 1) == 0:
        return False
    return isinstance(x, Iterable) or is_list_like(x)


def is_equal_like(x: Any) -> bool:
    """Whether a value stands for itself; None stands for no filter."""
    return x is not None and not isinstance(x, Mapping) and not is_isin_like(x)


def read_conditions(layout: Layout, given: Mapping[str, Any]) -> tuple[Filters, dict[str, Any]]:
    """
    Read the filters of a query of one table or view.

    Parameters
    ----------
    layout : Layout
        The table or view.
    given : mapping
        Name of the filter -> what was passed; None is no filter.

    Returns
    -------
    Filters
        What to send, each filter under its column's own name.
    dict
        What was passed, in its one form, without what is no filter.

    Raises
    ------
    UnknownColumnError
        A filter has the name of no column.
    InvalidInequalityException
        Bounds for a column that holds no numbers.
    InvalidArgumentError
        A value that cannot be compared exactly, or an operator that there is not.
    """
    named: dict[str, dict[str, dict[str, Any]]] = {}
    kept: dict[str, Any] = {}
    for name, value in given.items():
        column = layout.filtered_by(name)
        if value is None:
            continue
        read = {key: READERS[key](one, column.own, name) for key, one in _arguments(column, name, value)}
        for argument, one in read.items():
            named.setdefault(argument, {}).setdefault(column.table, {})[column.own] = one
        kept[name] = _one_form(read)
    return Filters(named), kept


def _one_form(read: Mapping[str, Any]) -> Any:
    bounds = {operator: read[argument] for operator, argument in OPERATORS.items() if argument in read}
    return bounds or next(iter(read.values()))


def _arguments(column: Column, name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Find the arguments of a query that a filter becomes."""
    if column.kind == POSITION:
        yield "filter_spatial_dict", value
    elif isinstance(value, Mapping):
        yield from _bounds(column, name, value)
    else:
        yield "filter_in_dict" if is_isin_like(value) else "filter_equal_dict", value


def _bounds(column: Column, name: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    unknown = [operator for operator in value if operator not in OPERATORS]
    if unknown or not value:
        told = f"there is no operator {unknown[0]!r}" if unknown else "{} compares nothing"
        raise InvalidArgumentError(
            f"Pass {name} as a value, a list of values or bounds like {{'>': 3}} with any of "
            f"{', '.join(OPERATORS)}: {told}."
        )
    if column.kind not in NUMERIC_COLUMN_TYPES:
        raise InvalidInequalityException(
            f"Pass {name} as a value or a list of values: bounds are for columns of numbers, and this one is "
            f"{column.kind}."
        )
    for operator, bound in value.items():
        yield OPERATORS[operator], bound
