"""Reads what requests carry, as strict servers would: by the types and encoders of the descriptors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from codegen import ir


class Unreadable(ValueError):
    """A request is not what its operation sends."""


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise ValueError(text)
    return int(text)


def _id(text: str) -> int:
    if not re.fullmatch(r"\d+", text):
        raise ValueError(text)
    return int(text)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


_ITEMS: Mapping[str, Callable[[str], Any]] = {
    "bool": _boolean,
    "int": _whole,
    "float": float,
    "id": _id,
    "id_array": _id,
    "int_array": _whole,
}


def _bounds(text: str) -> str:
    if not re.fullmatch(r"\d+-\d+_\d+-\d+_\d+-\d+", text):
        raise ValueError(text)
    return text


def read_text(param: ir.Param, texts: list[str]) -> Any:
    """Read a parameter of a path or a query."""
    item = _ITEMS.get(param.type, str)
    readers: dict[str, Callable[[str], Any]] = {
        "csv": lambda text: [item(part) for part in text.split(",")] if text else [],
        "json": json.loads,
        "json_list": json.loads,
        "epoch_seconds": float,
        "iso_utc_micros": _moment,
        "iso_utc_offset": _moment,
        "bounds_str": _bounds,
        "scalar": item,
    }
    try:
        if param.encode == "repeat":
            value: Any = [item(text) for text in texts]
        else:
            [text] = texts
            value = readers[param.encode](text)
    except ValueError as error:
        raise Unreadable(f"{param.name} cannot be read: {error}") from None
    if param.encode == "json_list" and not isinstance(value, list):
        raise Unreadable(f"{param.name} is no list")
    return _allowed(param, value)


def read_document(operation: ir.Operation, body: bytes) -> dict[str, Any]:
    """Read the body of a request."""
    fields = [param for param in operation.params if param.location == "body"]
    if operation.body is not None:
        [param] = [param for param in operation.params if param.name == operation.body.param]
        if operation.body.kind == "binary":
            if len(body) % int((operation.body.dtype or "<u8")[2:]):
                raise Unreadable("the body is no whole number of ids")
            return {}
        return {param.name: _field(param, _json(body))}
    if not fields or (not body and operation.method == "GET"):
        if body:
            raise Unreadable("there is a body")
        if any(param.required for param in fields):
            raise Unreadable("there is no body")
        return {}
    document = _json(body)
    if not isinstance(document, dict):
        raise Unreadable("the body is no object")
    by_name = {name: param for param in fields for name in param.wire_names}
    required = {name for name, param in by_name.items() if param.required or param.is_const}
    if missing := required - set(document):
        raise Unreadable(f"missing: {sorted(missing)}")
    return {
        by_name[name].name: _field(by_name[name], value)
        for name, value in document.items()
        if name in by_name
    }


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise Unreadable("the body is no JSON") from None


def _is_whole(value: Any) -> bool:
    # A whole number may be written with a point: JSON has one kind of number.
    return not isinstance(value, bool) and (
        isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _lists(item: Callable[[Any], bool], length: int | None = None) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, list) and all(map(item, value)) and (length is None or len(value) == length)
    )


def _is_moment(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


_IN_JSON: Mapping[str, Callable[[Any], bool]] = {
    "bool": lambda value: isinstance(value, bool),
    "int": _is_whole,
    "float": _is_number,
    "str": lambda value: isinstance(value, str),
    "datetime": _is_moment,
    "id": lambda value: _is_whole(value) and value >= 0,
    "id_array": _lists(lambda value: _is_whole(value) and value >= 0),
    "int_array": _lists(_is_whole),
    "str_array": _lists(lambda value: isinstance(value, str)),
    "bounds": _lists(_lists(_is_whole, 2), 3),
    "point": _lists(_is_number, 3),
    "point_array": _lists(_lists(_is_number, 3)),
    "resolution": _lists(lambda value: _is_number(value) and value > 0, 3),
    "mapping": lambda value: isinstance(value, dict),
    "json": lambda value: True,
    "any": lambda value: True,
}


def _field(param: ir.Param, value: Any) -> Any:
    if param.wrap is not None:
        if not isinstance(value, dict) or len(value) != 1:
            raise Unreadable(f"{param.name} is not one value under one key")
        [value] = value.values()
    if not _IN_JSON[param.type](value):
        raise Unreadable(f"{param.name} is no {param.type}")
    return _allowed(param, value)


def _allowed(param: ir.Param, value: Any) -> Any:
    """Hold a value against the bounds of its parameter."""
    if param.is_const and value != param.default:
        raise Unreadable(f"{param.name} is not {param.default!r}")
    items = value if isinstance(value, list) else [value]
    for item in items:
        if param.minimum is not None and item < param.minimum:
            raise Unreadable(f"{param.name} is too small")
        if param.maximum is not None and item > param.maximum:
            raise Unreadable(f"{param.name} is too large")
        if param.choices and item not in param.choices:
            raise Unreadable(f"{param.name} is none of its choices")
    if param.max_items is not None and len(items) > param.max_items:
        raise Unreadable(f"{param.name} has too many items")
    return value
