"""Filters on columns that the filtered table does not have.

A table may refer to another one, and a query then joins both. Its filters name columns of the answer, and
some of these are of the other table: those that end in "_ref", and those that only the other table has.
Which these are, no route tells at once; but a server refuses a column that it does not know by its name
alone (Python's KeyError: `'pt_root_id'`, under status 500). So that refusal is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import BadRequestError, HTTPStatusError
from caveclient_gen.mixins.materialize.filters import RANGES

if TYPE_CHECKING:
    from caveclient_gen.mixins.materialize.filters import Filters

_KEY_ERROR = re.compile(r"'(.+?)'(?:: there is no such column .+)?")
_FACTS = ("status", "url", "method", "operation", "server_message", "request_id", "data", "response")
_FILTERS = (
    *("filter_in_dict", "filter_out_dict", "filter_equal_dict", "filter_spatial_dict", "filter_regex_dict"),
    *RANGES,
)


def unknown_column(error: HTTPStatusError, filters: Filters) -> tuple[str, str] | None:
    """
    Read from a refusal which column of a filter no table has.

    Parameters
    ----------
    error : HTTPStatusError
        The refusal.
    filters : Filters
        What was asked.

    Returns
    -------
    (str, str) or None
        The table and its column; None if the refusal is about something else.
    """
    told = _KEY_ERROR.fullmatch(error.server_message)
    if told is None:
        return None
    filtered = filters.columns(*_FILTERS)
    return next(((table, told[1]) for table, columns in filtered.items() if told[1] in columns), None)


def can_be_of_another_table(filters: Filters, table: str, column: str) -> bool:
    """Whether these are filters of a column; `{other table: {column: value}}` is a slip of the caller."""
    given = (filters.of(name).get(table, {}).get(column) for name in _FILTERS)
    return not any(isinstance(value, dict) for value in given)


def no_such_column(error: HTTPStatusError, column: str, tables: tuple[str, ...]) -> BadRequestError:
    """
    Return what a refusal means that names a column.

    Parameters
    ----------
    error : HTTPStatusError
        The refusal, which looks like a failure of the server.
    column : str
        The column.
    tables : tuple of str
        The tables that were queried.

    Returns
    -------
    BadRequestError
        The same facts, with the remedy first.
    """
    facts: dict[str, Any] = {name: getattr(error, name) for name in _FACTS}
    asked = str(error).partition("\n")[2]
    return BadRequestError(
        f"Filter by a column that there is: there is no {column!r} in {' or '.join(tables)}.\n{asked}",
        intended_status=400,
        **facts,
    )
