"""From the data people hold (numpy, pandas, Arrow, datetimes, sets) to what JSON can carry, exactly.

Integers stay integers of any size, moments become ISO 8601 with their zone, sets become sorted lists.
What JSON cannot say (NaN, NA, infinity) is refused with the path to it: servers would read it as null,
as a text, or not at all. Lists of plain values and arrays are handled as a whole, never item by item.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import chain
from typing import Any, NoReturn

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.times import to_utc

_PLAIN = frozenset({str, int, bool, type(None)})
_OWN = frozenset({str, int, bool, float, dict, list})
_DEEPEST = 8
_MISSING = frozenset({"NAType", "NaTType"})
_UNPACK = ("tolist", "to_pylist", "to_list")
"""How numpy and pandas, Arrow, and polars hand out their items as Python values."""


class WrittenJSON(bytes):
    """JSON that is written already: as a body, or as one entry of its top level, it goes out as it stands.

    For long tables whose rows can be written column by column, many times faster than as dicts.
    """

    __slots__ = ()


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


def is_plain(values: list[Any]) -> bool:
    """
    Tell whether values are JSON already: Python's own dicts, lists, texts, numbers and bools, and no None.

    Goes through them level by level, which takes a small part of the time of `jsonable`. Where it says no,
    `jsonable` knows better: values of other types, and what is nested deeper than rows of tables are.

    Parameters
    ----------
    values : list
        The values.

    Returns
    -------
    bool
        Whether `jsonable` would return the same.
    """
    for _ in range(_DEEPEST):
        kinds = set(map(type, values))
        if not kinds <= _OWN or (float in kinds and not _are_finite(values)):
            return False
        dicts = [value for value in values if type(value) is dict] if dict in kinds else []
        lists = [value for value in values if type(value) is list] if list in kinds else []
        if not dicts and not lists:
            return True
        if not set(map(type, chain.from_iterable(dicts))) <= {str}:
            return False
        values = [*chain.from_iterable(map(dict.values, dicts)), *chain.from_iterable(lists)]
    return False


def _are_finite(values: list[Any]) -> bool:
    return all(map(math.isfinite, [value for value in values if type(value) is float]))


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
    if type(value) is WrittenJSON:
        return value
    if type(value) is dict and WrittenJSON in set(map(type, value.values())):
        entries = ((b",", json.dumps(key).encode(), b":", dump_json(item)) for key, item in value.items())
        _, *pieces = chain.from_iterable(entries)
        return b"".join((b"{", *pieces, b"}"))  # at once: what is written already may be long
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def _convert(value: Any, path: str) -> Any:
    if type(value) in _PLAIN or type(value) is WrittenJSON:
        return value
    for is_one_value in (_convert_text, _convert_number, _convert_moment):
        if (converted := is_one_value(value, path)) is not None:
            return converted
    if isinstance(value, Mapping):
        return {_key(key, path): _convert(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(_convert_items(list(value), path), key=_sort_key)
    return _convert_items(_items_of(value, path), path)


def _convert_text(value: Any, path: str) -> str | None:
    return str(value) if isinstance(value, str) else None


def _convert_number(value: Any, path: str) -> Any:
    if getattr(value, "ndim", 1) == 0 and hasattr(value, "dtype") and value.dtype.kind not in "mM":
        return _convert(value.item(), path)
    if hasattr(value, "as_py"):
        return _convert(value.as_py(), path)
    if isinstance(value, int):  # an IntEnum, say
        return operator.index(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            _refuse_missing(value, path)
        return float(value)
    return None


def _convert_moment(value: Any, path: str) -> str | None:
    if type(value).__name__ in _MISSING:
        _refuse_missing(value, path)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    is_numpy = getattr(value, "ndim", 1) == 0 and value.dtype.kind == "M"
    return to_utc(value, name=path).isoformat() if isinstance(value, datetime) or is_numpy else None


def _key(key: Any, path: str) -> str:
    if isinstance(key, str):
        return str(key)
    if type(key).__name__ in ("bool", "bool_") or not hasattr(key, "__index__"):
        msg = f"Use texts or integers as keys of {path}: {type(key).__name__} {key!r:.60} is neither."
        raise InvalidArgumentError(msg)
    return str(operator.index(key))


def _items_of(value: Any, path: str) -> list[Any]:
    # Bytes are no list of small numbers, and iterating over a table gives the names of its columns.
    is_refused = isinstance(value, (bytes, bytearray, memoryview)) or hasattr(value, "columns")
    if is_refused or not isinstance(value, Iterable):
        kind = type(value).__name__
        msg = f"Pass {path} as something JSON has (dict, list, text, number, bool): {kind} is none of them."
        raise InvalidArgumentError(msg)
    unpack = next((method for method in _UNPACK if hasattr(value, method)), None)
    # numpy's .tolist() makes bare integers of times, so they are taken one by one.
    if unpack is None or getattr(getattr(value, "dtype", None), "kind", "O") in "mM":
        return list(value)
    items: list[Any] = getattr(value, unpack)()
    return items


def _convert_items(items: list[Any], path: str) -> list[Any]:
    kinds = set(map(type, items))
    if kinds <= _PLAIN or (kinds <= {int, float} and all(map(math.isfinite, items))):
        return items
    return [_convert(item, f"{path}[{position}]") for position, item in enumerate(items)]


def _sort_key(item: Any) -> tuple[str, Any]:
    is_ordered = isinstance(item, (str, int, float))
    return (type(item).__name__, item if is_ordered else json.dumps(item))


def _refuse_missing(value: Any, path: str) -> NoReturn:
    msg = f"Pass no missing or infinite numbers: {path} is {value!r}, which JSON cannot say."
    raise InvalidArgumentError(msg)
