"""From the data people hold (numpy, pandas, Arrow, datetimes, sets) to what JSON can carry, exactly.

Integers stay integers of any size, moments become ISO 8601 with their zone, sets become sorted lists.
What JSON cannot say (NaN, NA, infinity) is refused with the path to it: servers would read it as null,
as a text, or not at all. Lists of plain values and arrays are handled as a whole, never item by item.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.times import to_utc

_PLAIN = frozenset({str, int, bool, type(None)})
_MISSING = frozenset({"NAType", "NaTType"})


def jsonable(value: Any, name: str = "value") -> Any:
    """
    Return a value as dicts, lists, texts, numbers, bools and None.

    Parameters
    ----------
    value : Any
        Nested data: mappings, iterables, numpy, pandas, pyarrow or polars data, moments.
    name : str
        What the path in an error starts with.

    Returns
    -------
    Any
        A new structure that `dump_json` can write; nothing in it is shared with `value`.

    Raises
    ------
    InvalidArgumentError
        For values that JSON cannot hold; the message has their path, "filters.size[3]".
    """
    try:
        return _convert(value, name)
    except RecursionError:
        msg = f"Pass {name} without a part that contains itself: it is nested without end."
        raise InvalidArgumentError(msg) from None


def dump_json(value: Any) -> bytes:
    """
    Write JSON, compact, in one fixed form.

    Parameters
    ----------
    value : Any
        What `jsonable` returns.

    Returns
    -------
    bytes
        ASCII text without blanks; keys in the order they have.
    """
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def _convert(value: Any, path: str) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, str):
        return str(value)
    if hasattr(value, "dtype") and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return _number_or_moment(value, path)
    if isinstance(value, (int, float)):
        return _finite(value, path)
    if isinstance(value, (date, time, timedelta)) or type(value).__name__ in _MISSING:
        return _moment(value, path)
    if isinstance(value, Mapping):
        return {_key(key, path): _convert(item, f"{path}.{key}") for key, item in value.items()}
    return _convert_many(value, path)


def _finite(value: float, path: str) -> float:
    if isinstance(value, int):  # an IntEnum, say
        return operator.index(value)
    if not math.isfinite(value):
        _refuse_missing(path, value)
    return float(value)


def _number_or_moment(value: Any, path: str) -> Any:
    """Convert one numpy value."""
    if value.dtype.kind in "mM":
        return _moment(value, path)
    return _convert(value.item(), path)


def _moment(value: Any, path: str) -> str:
    if type(value).__name__ in _MISSING or value != value:
        _refuse_missing(path, value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, datetime) or getattr(getattr(value, "dtype", None), "kind", "") == "M":
        return to_utc(value, name=path).isoformat()
    _refuse_type(path, value)


def _key(key: Any, path: str) -> str:
    if isinstance(key, str):
        return str(key)
    if isinstance(key, bool) or not hasattr(key, "__index__") or hasattr(key, "__len__"):
        msg = f"Use texts or integers as keys of {path}: {type(key).__name__} {key!r:.60} is neither."
        raise InvalidArgumentError(msg)
    return str(operator.index(key))


def _convert_many(value: Any, path: str) -> list[Any]:
    if isinstance(value, (bytes, bytearray, memoryview)) or getattr(value, "ndim", 1) not in (0, 1) and not hasattr(
        value, "dtype"
    ):
        _refuse_type(path, value)  # bytes, and tables: which orientation of JSON is meant is the caller's to say
    if isinstance(value, (set, frozenset)):
        return sorted(_convert_items(list(value), path), key=_sort_key)
    for unpack in _UNPACKERS:
        if (items := unpack(value)) is not None:
            return _convert_items(items, path)
    if not isinstance(value, Iterable):
        _refuse_type(path, value)
    return _convert_items(list(value), path)


def _sort_key(item: Any) -> tuple[str, Any]:
    return (type(item).__name__, item if isinstance(item, (str, int, float)) else json.dumps(item))


def _convert_items(items: list[Any], path: str) -> list[Any]:
    kinds = set(map(type, items))
    if kinds <= _PLAIN:
        return items
    if kinds <= {float, int} and all(map(math.isfinite, items)):
        return items
    return [_convert(item, f"{path}[{position}]") for position, item in enumerate(items)]


# How a container of another library gives its items as Python values; None: it is not of this kind.


def _from_numpy(value: Any) -> list[Any] | None:
    if not hasattr(value, "dtype") or not hasattr(value, "tobytes"):
        return None
    return list(value) if value.dtype.kind in "mM" else value.tolist()  # type: ignore[no-any-return]
