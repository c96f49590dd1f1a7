"""From parsed JSON to the values that callers get: exact ids, aware moments, arrays.

`CASTS` has one function per cast of the descriptor language. Servers write 64-bit integers as numbers or
as texts (`int64_as_str`), so both are read everywhere. Whatever does not fit is a `DecodeError`; a null
where a value is promised is one too, never a 0 or a NaN in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, NoReturn

from caveclient_gen._runtime.errors import DecodeError, InvalidIdError
from caveclient_gen._runtime.ids import as_id, as_integers
from caveclient_gen._runtime.times import many_from_epoch_seconds, read_time

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    import numpy.typing as npt

Cast = Callable[[Any, str | None], Any]


def map_int_keys(value: Any) -> dict[int, Any]:
    """
    Turn the keys of a JSON object, which are always texts, into integers.

    Parameters
    ----------
    value : Any
        The parsed object.

    Returns
    -------
    dict
        The same values by integer key.

    Raises
    ------
    DecodeError
        If it is no object, or a key is no integer.
    """
    if not isinstance(value, dict):
        _unexpected("an object", value)
    return dict(zip(_integers(list(value)).tolist(), value.values(), strict=True))


def _unexpected(promised: str, value: Any) -> NoReturn:
    found = f"{value!r:.80}"
    msg = f"Report this answer to the service's maintainers: it should hold {promised}, and holds {found}."
    raise DecodeError(msg)


def _list(value: Any, promised: str) -> list[Any]:
    if not isinstance(value, list):
        _unexpected(promised, value)
    return value


def _integers(items: list[Any]) -> npt.NDArray[np.int64]:
    try:
        return as_integers(items, name="ids")
    except InvalidIdError as error:
        msg = f"Report this answer to the service's maintainers: it should hold ids. {error}"
        raise DecodeError(msg) from None


def _id(value: Any, dtype: str | None) -> int:
    try:
        return as_id(value)
    except InvalidIdError:
        _unexpected("one id", value)


def _id_array(value: Any, dtype: str | None) -> npt.NDArray[np.int64]:
    return _integers(_list(value, "a list of ids"))


def _id_array_map(value: Any, dtype: str | None) -> dict[int, npt.NDArray[np.int64]]:
    """Read all lists as one and cut it up again: one pass, however many lists there are."""
    import numpy as np

    by_key = map_int_keys(value)
    lists = [_list(items, "a list of ids under each key") for items in by_key.values()]
    everything = _integers(list(chain.from_iterable(lists)))
    ends = np.cumsum(np.fromiter(map(len, lists), dtype=np.int64, count=len(lists)))
    return dict(zip(by_key, np.split(everything, ends[:-1]), strict=True)) if lists else {}


def _array(value: Any, dtype: str | None) -> npt.NDArray[Any]:
    """Read nested lists of numbers. Integers come as int64; a null is NaN where the array holds floats."""
    import numpy as np

    wanted = np.dtype(dtype or "float64")
    items = _list(value, f"an array of {wanted}")
    try:
        if wanted.kind not in "iu":
            return np.array(items, dtype=wanted)
        array = np.array(items)
    except (ValueError, TypeError, OverflowError):
        _unexpected(f"an array of {wanted}", value)
    if array.size and array.dtype.kind not in "iuU":  # floats would lose digits, and objects are nulls
        _unexpected(f"an array of {wanted}", value)
    return _integers(array.ravel().tolist()).reshape(array.shape)


def _bool_array(value: Any, dtype: str | None) -> npt.NDArray[np.bool_]:
    import numpy as np

    try:
        # A byte each: nothing but integers from 0 to 255 can be one.
        flags = np.array(np.frombuffer(bytes(_list(value, "a list of bools")), dtype=np.uint8))
    except (TypeError, ValueError):
        _unexpected("a list of bools", value)
    if flags.size and flags.max() > 1:
        _unexpected("a list of bools", value)
    return flags.view(np.bool_)


def _datetime(value: Any, dtype: str | None) -> datetime:
    return read_time(value)


def _datetime_array(value: Any, dtype: str | None) -> list[datetime]:
    import numpy as np

    items = _list(value, "a list of times")
    moments = None
    if set(map(type, items)) <= {int, float}:
        with suppress(OverflowError):  # an integer beyond all floats
            moments = many_from_epoch_seconds(np.array(items, dtype=np.float64))
    # Texts; or one of them is NaN or no time at all, and this reader says which.
    return list(map(read_time, items)) if moments is None else moments


CASTS: Mapping[str, Cast] = {
    "id": _id,
    "id_array": _id_array,
    "id_array_map": _id_array_map,
    "array": _array,
    "bool_array": _bool_array,
    "datetime": _datetime,
    "datetime_array": _datetime_array,
}
"""Cast name -> function of the parsed value and the arm's `dtype`."""
