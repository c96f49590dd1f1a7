"""JSON for programs whose numbers are floats: Neuroglancer reads states in a browser.

A browser keeps 53 bits of a number, and ids have more. So integers beyond 2^53 are written as text, which
Neuroglancer takes wherever it takes an id; so are numpy's own integers, as they always have been.
States may hold a million values, and going through them in Python takes ten times as long as writing
them. So orjson writes them: long lists of ids first, as a whole, then all else. It refuses integers beyond
2^53 - 1 and writes NaN as null; where one of the two stands, that part of the state is walked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.bulk import LONG, paused_gc
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.jsonable import dump_json, jsonable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LARGEST_NUMBER", "browser_json", "browser_value"]

LARGEST_NUMBER = 2**53
"""Beyond this, two integers next to each other are one number to a browser."""

_LEVELS = 4
"""State, layers, one layer, what it holds: as deep as a state is taken apart."""
_MOST_PARTS = 100
"""As many parts as it is taken apart into; what is longer is data."""
_SMALL = 64


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
    # Neither `_with_ids_written` nor `_written` says what is wrong, and where. `jsonable` does.
    with suppress(RecursionError, InvalidArgumentError), paused_gc():
        text = _written(_with_ids_written(value, _LEVELS), _LEVELS)
        if text is not None:
            return text
    # Once more: only now sets and other iterables are lists.
    return dump_json(_exact(jsonable(value, name)))


def browser_value(value: Any) -> Any:
    """Return what the writers do not know as what they do: `default` of `json.dumps`."""
    if _is_numpy_integer(value):  # first: of these there may be a million
        return str(int(value))
    return _exact(value if hasattr(value, "dtype") else jsonable(value))


def _written(value: Any, levels: int) -> bytes | None:
    """Write a value without loss; one that cannot be written at once in parts. None if a part resists."""
    text = _at_once(value)
    if text is not None and not _has_null(text):
        return text
    if not levels or not _has_parts(value):
        return _at_once(_exact(value))
    parts = [_written(part, levels - 1) for part in (value.values() if type(value) is dict else value)]
    if None in parts:
        return None
    fragments = [_fragment(part) for part in parts if part is not None]
    return _at_once(dict(zip(value, fragments, strict=True)) if type(value) is dict else fragments)


def _has_null(text: bytes) -> bool:
    """Tell whether "null" stands in a text."""
    if len(text) > LONG:
        import numpy as np

        # Two letters of it, wherever they may begin: most states have them nowhere.
        letters = np.frombuffer(b"ul", "u2")[0]
        halves = (np.frombuffer(text, "u2", (len(text) - begin) // 2, begin) for begin in (0, 1))
        if not any((half == letters).any() for half in halves):
            return False
    return text.rfind(b"null") >= 0  # from the end, because that search is twice as fast


def _has_parts(value: Any) -> bool:
    """Tell whether a value can be written part by part: not a list of numbers, which are of one kind."""
    if type(value) not in (dict, list) or not 0 < len(value) <= _MOST_PARTS:
        return False
    return type(value) is dict or set(map(type, value)) <= {dict, list}


def _at_once(value: Any) -> bytes | None:
    """Write a value as it is, NaN as null; None if that cannot be done, or not without loss."""
    import orjson

    own_forms = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    try:
        return orjson.dumps(value, _known_value, own_forms | orjson.OPT_STRICT_INTEGER)
    except (TypeError, ValueError, RecursionError):
        # Whatever it was, going through the value finds it, and either mends or names it.
        return None


def _fragment(text: bytes) -> Any:
    import orjson

    return orjson.Fragment(text)


def _known_value(value: Any) -> Any:
    """Return what orjson does not know as what it does. Of such values there may be a million."""
    return _way_of(type(value))(value)  # type: ignore[arg-type]  # types can be hashed


@cache
def _way_of(kind: type) -> Callable[[Any], Any]:
    import numpy as np

    # numpy counts durations to them.
    if issubclass(kind, np.integer) and kind.__name__ != "timedelta64":
        return str
    return _small_array if kind is np.ndarray else browser_value


def _small_array(array: Any) -> Any:
    # Points: NaN among them becomes null, which is looked for.
    return array.tolist() if array.size <= _SMALL and array.dtype.kind == "f" else browser_value(array)


def _with_ids_written(value: Any, levels: int) -> Any:
    """Return a value whose long lists of ids are written, as far as they stand near the top."""
    if _is_array(value) or (type(value) is list and len(value) > _MOST_PARTS):
        text = _ids_as_texts(value) if _may_be_ids(value) else None
        return value if text is None else _fragment(text)
    if levels and type(value) is dict and len(value) <= _MOST_PARTS:
        return {key: _with_ids_written(part, levels - 1) for key, part in value.items()}
    if levels and type(value) is list:
        return [_with_ids_written(part, levels - 1) for part in value]
    return value


def _is_array(value: Any) -> bool:
    # By its name: a state without arrays needs no numpy.
    return type(value).__name__ == "ndarray" and hasattr(value, "dtype")


def _may_be_ids(values: Any) -> bool:
    """Tell whether values may be ids, by a look at the first."""
    if type(values) is list:
        return type(values[0]) is int or _is_numpy_integer(values[0])
    return bool(values.ndim == 1 and values.dtype.kind in "iu" and len(values))


def _ids_as_texts(values: Any) -> bytes | None:
    """Write integers as a list of texts; None if not all are integers, or if they may stay numbers."""
    import orjson

    kinds = set(map(type, values)) if type(values) is list else set()
    if kinds <= {int}:
        is_long = _has_long(values)
    else:
        import numpy as np

        is_long = all(issubclass(kind, np.integer) for kind in kinds)
    if not is_long:
        return None
    try:
        text = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:  # beyond 64 bits, or an array with gaps
        return None
    return b'["' + text[1:-1].replace(b",", b'","') + b'"]'


def _has_long(values: Any) -> bool:
    """Tell whether any of many integers is beyond what a browser keeps."""
    high, low = (max(values), min(values)) if type(values) is list else (values.max(), values.min())
    return bool(high > LARGEST_NUMBER or low < -LARGEST_NUMBER)


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
    is_long = kind in "iu" and _has_long(value)
    return (value.astype(str) if is_long else value).tolist()


def _exact_items(items: list[Any] | tuple[Any, ...]) -> list[Any]:
    kinds = set(map(type, items))
    if kinds <= {str}:
        return list(items)
    if kinds == {float} and all(map(math.isfinite, items)):
        return list(items)
    if kinds == {int}:
        # All or none, so that a list of ids stays of one kind.
        return list(map(str, items)) if _has_long(list(items)) else list(items)
    return [_exact(item) for item in items]


def _is_numpy_integer(value: Any) -> bool:
    kind: str = getattr(getattr(value, "dtype", None), "kind", "O")
    return kind in "iu" and getattr(value, "ndim", 1) == 0
