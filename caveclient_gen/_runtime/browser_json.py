"""JSON for programs whose numbers are floats: Neuroglancer reads states in a browser.

A browser keeps 53 bits of a number, and ids have more. So integers beyond 2^53 are written as text, which
Neuroglancer takes wherever it takes an id; so are numpy's own integers, as they always have been.
States may hold a million values, and going through them in Python takes ten times as long as writing
them. So orjson writes them first; it refuses integers beyond 2^53 - 1, and only then they are walked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.jsonable import dump_json, jsonable

__all__ = ["LARGEST_NUMBER", "browser_json", "browser_value"]

LARGEST_NUMBER = 2**53
"""Beyond this, two integers next to each other are one number to a browser."""


def browser_json(value: Any, name: str = "value") -> bytes:
    """Write a value as JSON that loses nothing in a browser.

    Parameters
    ----------
    value : Any
        Nested data, as `jsonable` takes it.
    name : str
        What the path in an error starts with.

    Returns
    -------
    bytes
        Compact JSON.

    Raises
    ------
    InvalidArgumentError
        For values that JSON cannot hold; the message has their path.
    """
    text = _at_once(value)
    if text is None or b"null" in text:  # as which orjson also writes NaN
        text = None
        with suppress(RecursionError, InvalidArgumentError):  # `jsonable` says what that means, and where
            value = _exact(value)
            text = _at_once(value)
    # Once more: only now sets and other iterables are lists.
    return dump_json(_exact(jsonable(value, name))) if text is None else text


def browser_value(value: Any) -> Any:
    """Return what the writers do not know as what they do: `default` of `json.dumps`."""
    if _is_numpy_integer(value):  # first: of these there may be a million
        return str(int(value))
    return _exact(value if hasattr(value, "dtype") else jsonable(value))


def _at_once(value: Any) -> bytes | None:
    """Write a value as it is, NaN as null; None if that cannot be done, or not without loss."""
    import orjson

    own_forms = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    try:
        return orjson.dumps(value, browser_value, own_forms | orjson.OPT_STRICT_INTEGER)
    except (TypeError, ValueError, RecursionError):
        # Whatever it was, going through the value finds it, and either mends or names it.
        return None


def _exact(value: Any) -> Any:
    """Return a value with long integers and numpy's as text, and all else as it was; refuse NaN."""
    if type(value) is int:
        return str(value) if abs(value) > LARGEST_NUMBER else value
    if isinstance(value, str):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else jsonable(value)
    if isinstance(value, Mapping):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return _exact_items(value)
    if _is_numpy_integer(value):
        return str(int(value))
    if hasattr(value, "dtype"):
        return _exact_array(value)
    return value


def _exact_array(value: Any) -> Any:
    """Return a numpy or pandas array or scalar as lists; whole arrays of numbers at once."""
    import numpy as np

    kind = getattr(value.dtype, "kind", "O")
    # Not pandas: the types of its columns may hold NA.
    if type(value) is not np.ndarray or kind not in "iufb" or not value.size:
        return _exact(jsonable(value))
    if kind == "f" and not np.isfinite(value).all():
        return jsonable(value)  # which says where
    is_long = kind in "iu" and (value.max() > LARGEST_NUMBER or value.min() < -LARGEST_NUMBER)
    return (value.astype(str) if is_long else value).tolist()


def _exact_items(items: list[Any] | tuple[Any, ...]) -> list[Any]:
    kinds = set(map(type, items))
    if kinds <= {str}:
        return list(items)
    if kinds == {float} and all(map(math.isfinite, items)):
        return list(items)
    if kinds == {int}:
        # All or none, so that a list of ids stays of one kind.
        is_long = max(items) > LARGEST_NUMBER or min(items) < -LARGEST_NUMBER
        return list(map(str, items)) if is_long else list(items)
    return [_exact(item) for item in items]


def _is_numpy_integer(value: Any) -> bool:
    kind: str = getattr(getattr(value, "dtype", None), "kind", "O")
    return kind in "iu" and getattr(value, "ndim", 1) == 0
