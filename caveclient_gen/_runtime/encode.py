"""How a value is written on the wire: as text in paths, queries and headers, or as JSON in bodies.

`ENCODERS` has one entry per encoder name of the descriptor language. Values come from `normalise`, so
ids are int64 arrays and moments are aware datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.browser_json import browser_json
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.jsonable import WrittenJSON, dump_json, jsonable
from caveclient_gen._runtime.times import epoch_seconds, iso_utc_micros, iso_utc_offset

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caveclient_gen._runtime.operation import Param

__all__ = ["ENCODERS", "Encoder", "dump_json", "encode_body", "encode_path", "encode_query"]


_MANY = 1000
"""Ids from which on it pays to write them in another way."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """One way to write a value: as texts (one per occurrence of the name), and as JSON."""

    texts: Callable[[Any, str], list[str]]
    body: Callable[[Any, str], Any]


def encode_path(param: Param, value: Any) -> str:
    """
    Write a value for a hole of the path.

    Parameters
    ----------
    param : Param
        What the descriptor says of it.
    value : Any
        The normalised value.

    Returns
    -------
    str
        Its text, not yet percent-encoded: `prepare` does that, after it has refused "" and "..".
    """
    texts = ENCODERS[param.encode].texts(value, param.name)
    if len(texts) != 1:
        msg = f"Pass exactly one value as {param.name}, not {len(texts)}: it is a part of the address."
        raise InvalidArgumentError(msg)
    return texts[0]


def encode_query(param: Param, value: Any) -> list[str]:
    """
    Write a value for the query; several texts mean that the name is sent several times.

    Parameters
    ----------
    param : Param
        What the descriptor says of it.
    value : Any
        The normalised value.

    Returns
    -------
    list of str
        Its texts, not yet percent-encoded.
    """
    return ENCODERS[param.encode].texts(value, param.name)


def encode_body(param: Param, value: Any) -> Any:
    """
    Write a value for a JSON body.

    Parameters
    ----------
    param : Param
        What the descriptor says of it.
    value : Any
        The normalised value.

    Returns
    -------
    Any
        What `dump_json` can write.

    Raises
    ------
    InvalidArgumentError
        If JSON cannot hold it; the message has the path to what it cannot.
    """
    if param.type == "id_array" and param.encode == "native" and param.wrap is None:
        return _written_ids(value)
    return ENCODERS[param.encode].body(value, param.name)


def _written_ids(ids: Any) -> Any:
    """Write an array of ids; many at once, without making Python's integers of them."""
    if len(ids) < _MANY:
        return ids.tolist()
    import orjson

    return WrittenJSON(orjson.dumps(ids, option=orjson.OPT_SERIALIZE_NUMPY))


def _scalar(value: Any, name: str) -> str:
    plain = jsonable(value, name)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, (str, int, float)):
        return str(plain)
    msg = f"Pass {name} as one text, number or bool, not as {type(value).__name__}."
    raise InvalidArgumentError(msg)


def _scalars(value: Any, name: str) -> list[str]:
    items = jsonable(value, name)
    if not isinstance(items, list):
        return [_scalar(items, name)]
    # All-integer and all-text lists are the long ones, and `str` writes both as they should be.
    if set(map(type, items)) <= {int} or set(map(type, items)) <= {str}:
        return list(map(str, items))
    return [_scalar(item, name) for item in items]


def _csv(value: Any, name: str) -> str:
    texts = _scalars(value, name)
    if any(map(_has_comma, texts)):
        msg = f"Pass {name} without commas inside of items: the server would read each as several."
        raise InvalidArgumentError(msg)
    return ",".join(texts)


def _has_comma(text: str) -> bool:
    return "," in text


def _json(value: Any, name: str) -> str:
    return dump_json(jsonable(value, name)).decode()


def _json_list(value: Any, name: str) -> str:
    items = jsonable(value, name)
    return dump_json(items if isinstance(items, list) else [items]).decode()


def _bounds(value: Any, name: str) -> str:
    # Plain integers, since the servers parse exactly this form: "0-256_0-256_0-64".
    return "_".join(f"{low}-{high}" for low, high in jsonable(value, name))


def _epoch(value: Any, name: str) -> str:
    return epoch_seconds(value)


def _iso(value: Any, name: str) -> str:
    return iso_utc_micros(value)


def _iso_offset(value: Any, name: str) -> str:
    return iso_utc_offset(value)


def _number_of_seconds(value: Any, name: str) -> float:
    return float(epoch_seconds(value))


def _text(write: Callable[[Any, str], str], body: Callable[[Any, str], Any] | None = None) -> Encoder:
    """Return an encoder that writes one text; in a body the same, unless said otherwise."""
    return Encoder(texts=lambda value, name: [write(value, name)], body=body or write)


ENCODERS: Mapping[str, Encoder] = {
    "scalar": _text(_scalar, jsonable),
    "epoch_seconds": _text(_epoch, _number_of_seconds),
    "iso_utc_micros": _text(_iso),
    "iso_utc_offset": _text(_iso_offset),
    "csv": _text(_csv),
    "repeat": Encoder(_scalars, jsonable),
    "json": _text(_json),
    "json_list": _text(_json_list),
    "bounds_str": _text(_bounds),
    # Written at once: a state may have a million numbers, and is gone through once only if possible.
    "browser_json": Encoder(lambda value, name: [browser_json(value, name).decode()], browser_json),
    "native": _text(_json, jsonable),
}
"""Encoder name -> how it writes texts and JSON."""
