"""One reader for every id that enters the client: exact 64-bit integers, or a refusal that says why.

A root id has 18 digits and a float keeps 15 to 17 of them: an id that was a float once may name *another*
neuron. So floats are refused even when they look whole, and nothing here passes through float. Order and
duplicates are kept, because answers are matched to ids by position.

Two readers do the work: `_from_array` for numpy and `_from_items` for Python objects. Each other library
has a short one that unpacks its container and passes it on. Items are walked by `map` and `set`, at C
speed; only a refusal looks at them one by one.
"""

from __future__ import annotations

import math
import operator
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from caveclient_gen._runtime.plain_errors import InvalidIdError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

LARGEST = 2**63 - 1

_FLOAT = (
    "Pass {name} as integers, not as floats: ids have more digits than a float holds, so they lost precision "
    "upstream and may name other objects. Reload the data with dtype='Int64' or str."
)
_BOOL = "Pass {name} as integers, not as bools: a mask selects ids, so index with it first."
_MISSING = "Drop missing values from {name} first, for example with .dropna(): {what} is not an id."
_NEGATIVE = "Pass {name} that are not negative: {what} usually stands for a missing id, so drop it first."
_LARGE = "Pass {name} within 64 bits, signed: {what} is too large to be an id."
_NESTED = "Pass {name} as one flat sequence, not nested: select one column, or use .ravel()."
_OTHER = "Pass {name} as integers, or as text that holds only digits: {what} is neither."

_DIGITS = re.compile(r"[+-]?[0-9]{1,40}")


def as_ids(values: Any, *, name: str = "ids") -> Integers:
    """
    Read ids in any of the forms that people keep them in.

    Parameters
    ----------
    values : int, str, iterable, or numpy, pandas, pyarrow or polars data
        One id or a flat sequence of ids; text must be digits.
    name : str
        What an error calls them.

    Returns
    -------
    numpy.ndarray
        A fresh int64 array of shape (n,): the same ids in the same order, duplicates kept.

    Raises
    ------
    InvalidIdError
        For floats, bools, missing values, nested data, and numbers that are negative or beyond 2**63 - 1.
    """
    import numpy as np

    ids = as_integers(values, name=name)
    if ids.size and (lowest := int(np.min(ids))) < 0:
        _refuse(_NEGATIVE, name, lowest)
    return ids


def as_id(value: Any, *, name: str = "id") -> int:
    """
    Read one id.

    Parameters
    ----------
    value : int, numpy integer, or str of digits
        The id.
    name : str
        What an error calls it.

    Returns
    -------
    int
        The id, exact.

    Raises
    ------
    InvalidIdError
        For anything else, a sequence that holds one id included.
    """
    if type(value) is int and 0 <= value <= LARGEST:
        return value
    is_box = not isinstance(value, str) and isinstance(value, Iterable) and getattr(value, "ndim", 1) != 0
    if is_box:
        msg = f"Pass one id as {name}, not a {type(value).__name__}: take one of its items."
        raise InvalidIdError(msg)
    return int(as_ids(value, name=name)[0])


def as_integers(values: Any, *, name: str = "values") -> Integers:
    """
    Read exact integers of either sign; apart from the sign, as `as_ids`.

    Parameters
    ----------
    values : int, str, iterable, or numpy, pandas, pyarrow or polars data
        One integer or a flat sequence of them.
    name : str
        What an error calls them.

    Returns
    -------
    numpy.ndarray
        A fresh int64 array of shape (n,).

    Raises
    ------
    InvalidIdError
        For whatever is not an exact 64-bit integer.
    """
    for package, read in _READERS:
        # Data of a library that nobody has imported cannot exist, so nothing is loaded for the question.
        if package in sys.modules and (integers := read(values, name)) is not None:
            return integers
    if hasattr(values, "__array__"):
        import numpy as np

        return _from_array(np.asarray(values), name)
    if isinstance(values, Mapping):
        msg = f"Pass {name} as a sequence, not a mapping: use its .keys() or .values()."
        raise InvalidIdError(msg)
    if isinstance(values, (str, bytes, bytearray)) or not isinstance(values, Iterable):
        return _from_items([values], name)
    return _from_items(list(values), name)


def _from_items(items: list[Any], name: str) -> Integers:
    import numpy as np

    kinds = set(map(type, items))
    if any(hasattr(kind, "as_py") for kind in kinds):  # Arrow scalars: numbers in a box
        items = [item.as_py() if hasattr(item, "as_py") else item for item in items]
        kinds = set(map(type, items))
    if not all(map(_is_readable, kinds)):
        _blame(items, name)
    try:
        if any(issubclass(kind, str) for kind in kinds):
            texts = list(map(str.strip, map(str, items)))
            if not all(map(_DIGITS.fullmatch, texts)):
                _blame(items, name)
            return np.fromiter(map(int, texts), dtype=np.int64, count=len(texts))
        return np.fromiter(map(operator.index, items), dtype=np.int64, count=len(items))
    except OverflowError:
        _refuse(_LARGE, name, max(map(int, items), key=abs))


def _is_readable(kind: type) -> bool:
    if issubclass(kind, (str, int)):
        return not issubclass(kind, bool)
    # numpy's integers have __index__, its floats do not. Arrays have it too, but a length as well, and bools
    # had it before numpy 2.
    return hasattr(kind, "__index__") and not hasattr(kind, "__len__") and kind.__name__ != "bool_"


def _from_array(array: np.ndarray[Any, Any], name: str) -> Integers:
    """Read a numpy array, masked arrays included."""
    import numpy as np

    if isinstance(array, np.ma.MaskedArray):
        if array.mask.any():
            _refuse(_MISSING, name, "a masked item")
        array = array.data
    if array.ndim > 1:
        _refuse(_NESTED, name, array.shape)
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    if array.dtype.kind in "mM":  # .tolist() would make plain integers of times
        _refuse(_OTHER, name, array.dtype)
    if array.dtype.kind not in "iu":
        return _from_items(np.atleast_1d(array).tolist(), name)
    if array.dtype.kind == "u" and array.max() > LARGEST:
        _refuse(_LARGE, name, int(array.max()))
    return np.array(array, dtype=np.int64, order="C", ndmin=1)


def _from_numpy(values: Any, name: str) -> Integers | None:
    import numpy as np

    if isinstance(values, np.ndarray):
        return _from_array(values, name)
    return None


def _from_pandas(values: Any, name: str) -> Integers | None:
    import pandas as pd

    if isinstance(values, (pd.DataFrame, pd.MultiIndex)):
        _refuse(_NESTED, name, type(values).__name__)
    if not isinstance(values, (pd.Series, pd.Index, pd.api.extensions.ExtensionArray)):
        return None
    kind = getattr(values.dtype, "kind", "O")
    if len(values) and kind in "iu":
        # A nullable column turns into floats when it is converted with its gaps, hence first this.
        if values.isna().any():
            _refuse(_MISSING, name, "<NA>")
        return _from_array(values.to_numpy(dtype="int64" if kind == "i" else "uint64"), name)
    return _from_items(list(values), name)


def _from_arrow(values: Any, name: str) -> Integers | None:
    import pyarrow as pa

    if isinstance(values, (pa.Table, pa.RecordBatch)):
        _refuse(_NESTED, name, type(values).__name__)
    if not isinstance(values, (pa.Array, pa.ChunkedArray)):
        return None
    if pa.types.is_integer(values.type) and not values.null_count:
        if isinstance(values, pa.ChunkedArray):
            return _from_array(values.to_numpy(), name)
        return _from_array(values.to_numpy(zero_copy_only=False), name)
    return _from_items(values.to_pylist(), name)


def _from_polars(values: Any, name: str) -> Integers | None:
    import polars as pl

    if isinstance(values, pl.DataFrame):
        _refuse(_NESTED, name, type(values).__name__)
    if not isinstance(values, pl.Series):
        return None
    if values.dtype.is_integer() and not values.null_count():
        return _from_array(values.to_numpy(), name)
    return _from_items(values.to_list(), name)


_READERS: tuple[tuple[str, Callable[[Any, str], Integers | None]], ...] = (
    ("numpy", _from_numpy),
    ("pandas", _from_pandas),
    ("pyarrow", _from_arrow),
    ("polars", _from_polars),
)


def _refuse(template: str, name: str, what: object) -> NoReturn:
    raise InvalidIdError(template.format(name=name, what=what))


def _blame(items: list[Any], name: str) -> NoReturn:
    """Find the first item that is no integer, and say what is wrong with it."""
    for position, item in enumerate(items):
        if _is_readable(type(item)) and (not isinstance(item, str) or _DIGITS.fullmatch(item.strip())):
            continue
        what = f"item {position} ({item!r:.60})" if len(items) > 1 else f"{item!r:.60}"
        _refuse(_complaint(item), name, what)
    raise AssertionError(name)  # _blame is called only when an item is unreadable


def _complaint(item: Any) -> str:
    kind = type(item).__name__
    if item is None or kind in ("NAType", "NaTType"):
        return _MISSING
    if kind in ("bool", "bool_"):
        return _BOOL
    if hasattr(item, "dtype") and getattr(item, "ndim", 0) == 0:
        item = item.item()
    if isinstance(item, float):
        return _MISSING if math.isnan(item) else _FLOAT
    if isinstance(item, Iterable) and not isinstance(item, (str, bytes, bytearray)):
        return _NESTED
    return _OTHER
