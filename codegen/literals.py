"""Whether a literal in a descriptor is a value of a parameter type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any


def conforms(type_name: str, value: Any) -> bool:
    """Whether a literal, as YAML gives it, is a value of the type."""
    return LITERALS[type_name](value)


def article(type_name: str) -> str:
    """Return the type with its article: "an int"."""
    return f"an {type_name}" if type_name[0] in "aeio" else f"a {type_name}"


def _is_int(value: Any) -> bool:
    return type(value) is int


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _is_id(value: Any) -> bool:
    return (_is_int(value) and 0 <= value < 2**63) or (isinstance(value, str) and value.isdecimal())


def _is_list(value: Any, item: Callable[[Any], bool], length: int | None = None) -> bool:
    is_list = isinstance(value, list | tuple) and all(map(item, value))
    return is_list and (length is None or len(value) == length)


def _is_point(value: Any) -> bool:
    return _is_list(value, _is_number, 3)


def _is_bounds(value: Any) -> bool:
    def is_side(side: Any) -> bool:
        return _is_list(side, _is_int, 2) and bool(0 <= side[0] < side[1])

    return _is_list(value, is_side, 3)


def _is_moment(value: Any) -> bool:
    if _is_number(value) or value == "now":
        return True
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_json(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_json(item) for key, item in value.items())
    return _is_list(value, _is_json) or value is None or isinstance(value, str | bool | int | float)


LITERALS: Mapping[str, Callable[[Any], bool]] = {
    "bool": lambda value: isinstance(value, bool),
    "int": _is_int,
    "float": _is_number,
    "str": lambda value: isinstance(value, str),
    "datetime": _is_moment,
    "id": _is_id,
    "id_array": lambda value: _is_list(value, _is_id),
    "int_array": lambda value: _is_list(value, _is_int),
    "str_array": lambda value: _is_list(value, lambda item: isinstance(item, str)),
    "bounds": _is_bounds,
    "point": _is_point,
    "point_array": lambda value: _is_list(value, _is_point),
    "resolution": lambda value: _is_point(value) and all(item > 0 for item in value),
    "mapping": lambda value: isinstance(value, Mapping) and _is_json(value),
    "json": _is_json,
    "any": _is_json,
}
"""Parameter type -> whether a literal is a value of it."""
