"""Bodies of queries: which fields there are, and what each must be.

Servers name all wrong fields at once, under HTTP 500:
`{"schema_errors": {"limit": ["Not a valid integer."]}}`.
What stands inside a filter is held against the tables by the query engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.refusals import Refusal, aborted, wrong_fields
from caveclient_gen.offline.moments import from_iso
from caveclient_gen.offline.tables.query import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.tables.query import FilterKind

__all__ = ["JOIN", "LIVE", "SIMPLE", "read_body", "read_filters"]

MALFORMED = "The browser (or proxy) sent a request that this server could not understand."

FILTERS: dict[str, FilterKind] = {
    "filter_in_dict": "in",
    "filter_notin_dict": "notin",
    "filter_equal_dict": "equal",
    "filter_greater_dict": "greater",
    "filter_less_dict": "less",
    "filter_greater_equal_dict": "greater_equal",
    "filter_less_equal_dict": "less_equal",
    "filter_spatial_dict": "spatial",
    "filter_regex_dict": "regex",
}
"""Field of a body to the kind of its conditions."""


class Wrong(ValueError):
    """A field is not what it must be."""

    def __init__(self, *said: Any) -> None:
        self.said: Any = list(said)


def integer(value: Any) -> int:
    """Read a whole number; its text is one, too."""
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) < 40:
        return int(value)
    if type(value) is not int:
        raise Wrong("Not a valid integer.")
    return value


def text(value: Any) -> str:
    """Read text."""
    if not isinstance(value, str):
        raise Wrong("Not a valid string.")
    return value


def texts(value: Any) -> list[str]:
    """Read a list of text."""
    if not isinstance(value, list):
        raise Wrong("Not a valid list.")
    if not all(isinstance(one, str) for one in value):
        raise Wrong("Not a valid string.")
    return value


def rows_of_text(value: Any) -> list[list[str]]:
    """Read a list of lists of text."""
    if not isinstance(value, list):
        raise Wrong("Not a valid list.")
    return [texts(one) for one in value]


def mapping(value: Any) -> dict[str, Any]:
    """Read a mapping."""
    if not isinstance(value, dict):
        raise Wrong("Not a valid mapping type.")
    return value


def map_of_text(value: Any) -> dict[str, str]:
    """Read names and a text for each."""
    return {name: text(one) for name, one in mapping(value).items()}


def map_of_texts(value: Any) -> dict[str, list[str]]:
    """Read names and a list of text for each."""
    return {name: texts(one) for name, one in mapping(value).items()}


def sizes(value: Any) -> tuple[float, float, float]:
    """Read the size of a voxel, three numbers in nm."""
    if not isinstance(value, list):
        raise Wrong("Not a valid list.")
    if len(value) != 3:
        raise Wrong("Length must be 3.")
    if not all(type(size) in (int, float) and 0 < size < math.inf for size in value):
        raise Wrong("Not a valid number.")
    x, y, z = map(float, value)
    return x, y, z


def moment(value: Any) -> int:
    """Read an ISO time as microseconds since 1970; without a zone it is UTC. A number is refused."""
    try:
        return from_iso(value)
    except (TypeError, ValueError):
        raise Wrong("Not a valid datetime.") from None


Schema = dict[str, Callable[[Any], Any]]

COMMON: Schema = {
    **dict.fromkeys(FILTERS, mapping),
    "offset": integer,
    "limit": integer,
    "desired_resolution": sizes,
}
SIMPLE: Schema = {**COMMON, "select_columns": texts}
"""Of one table, or of a view."""
JOIN: Schema = {
    **SIMPLE,
    "tables": rows_of_text,
    "select_column_map": map_of_texts,
    "suffixes": texts,
    "suffix_map": map_of_text,
}
"""Of joined tables."""
LIVE: Schema = {
    **COMMON,
    "table": text,
    "timestamp": moment,
    "join_tables": rows_of_text,
    "select_columns": map_of_texts,
    "suffixes": map_of_text,
}
"""Of tables at a moment."""


def read_body(call: Call, schema: Schema, *required: str) -> dict[str, Any]:
    """Read the body of a query, or refuse it with all that is wrong.

    Parameters
    ----------
    call : Call
        The request.
    schema : dict
        `SIMPLE`, `JOIN` or `LIVE`.
    *required : str
        Fields that must be there.
    """
    try:
        document = call.document
    except Refusal:
        raise aborted(400, MALFORMED) from None
    if not isinstance(document, dict):
        raise wrong_fields({"_schema": ["Invalid input type."]})
    errors: dict[str, Any] = {
        name: ["Missing data for required field."] for name in required if name not in document
    }
    found = {}
    for name, value in document.items():
        try:
            found[name] = _read(schema, name, value)
        except Wrong as wrong:
            errors[name] = wrong.said
    if errors:
        raise wrong_fields(errors)
    return found


def read_filters(body: Mapping[str, Any]) -> tuple[Filter, ...]:
    """Return the conditions of a body: `{"filter_in_dict": {table: {column: values}}}`."""
    found = []
    for name, kind in FILTERS.items():
        for table, columns in body.get(name, {}).items():
            if not isinstance(columns, dict):
                raise Refusal(
                    400, f"{name} must be {{table: {{column: value}}}}; {table[:80]!r} has no columns."
                )
            found += [Filter(kind, table, column, value) for column, value in columns.items()]
    return tuple(found)


def _read(schema: Schema, name: str, value: Any) -> Any:
    if name not in schema:
        raise Wrong("Unknown field.")
    if value is None:
        raise Wrong("Field may not be null.")
    return schema[name](value)
