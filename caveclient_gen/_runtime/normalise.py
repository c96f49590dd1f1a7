"""From what callers pass to one form per type, checked, before anything is sent.

`NORMALISERS` has one function per descriptor type. Each takes the value and the argument's name and
returns the value in its one form (ids as int64 arrays, moments as aware datetimes, ...) or raises
`InvalidArgumentError` with the remedy. The limits that a descriptor sets are checked on that form.
"""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from caveclient_gen._runtime.ids import LARGEST, as_id, as_ids, as_integers
from caveclient_gen._runtime.plain_errors import InvalidArgumentError
from caveclient_gen._runtime.times import to_utc

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from caveclient_gen._runtime.operation import Param

    Numbers = npt.NDArray[np.int64] | npt.NDArray[np.float64]

Normaliser = Callable[[Any, str], Any]


def normalise(param: Param, value: Any) -> Any:
    """
    Bring an argument into the one form of its type and check its limits.

    Parameters
    ----------
    param : Param
        What the descriptor says of the argument.
    value : Any
        What the caller passed, or the default. None means "left out".

    Returns
    -------
    Any
        The value to encode; None if it was left out.

    Raises
    ------
    InvalidArgumentError
        If the value is of another type, or outside the limits. Nothing has been sent.
    """
    if value is None:
        if param.required:
            _refuse(f"Pass {param.name}: it is required and was None.")
        return None
    normal = NORMALISERS[param.type](value, param.name)
    _check_range(param, normal)
    _check_length(param, normal)
    _check_choices(param, normal)
    return normal


def _refuse(message: str) -> NoReturn:
    raise InvalidArgumentError(message)


def _shown(value: Any) -> str:
    return f"{type(value).__name__} {value!r:.60}"


def _unboxed(value: Any) -> Any:
    """Return the Python value that a numpy scalar or 0-d array holds."""
    return value.item() if hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0 else value


# One function per type, in the order of the table in spec/README.md.


def _bool(value: Any, name: str) -> bool:
    value = _unboxed(value)
    if not isinstance(value, bool):
        _refuse(f"Pass {name} as True or False, not as {_shown(value)}.")
    return value


def _int(value: Any, name: str) -> int:
    value = _unboxed(value)
    if isinstance(value, bool) or not hasattr(value, "__index__") or hasattr(value, "dtype"):
        _refuse(f"Pass {name} as an int, not as {_shown(value)}.")
    return operator.index(value)


def _float(value: Any, name: str) -> float:
    value = _unboxed(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        _refuse(f"Pass {name} as a number, not as {_shown(value)}.")
    if not math.isfinite(value):
        _refuse(f"Pass {name} as a finite number, not {value!r}.")
    return float(value)


def _str(value: Any, name: str) -> str:
    if not isinstance(value, str):
        _refuse(f"Pass {name} as text, not as {_shown(value)}.")
    return str(value)


def _datetime(value: Any, name: str) -> Any:
    return to_utc(value, name=name)


def _id(value: Any, name: str) -> int:
    return as_id(value, name=name)


def _id_array(value: Any, name: str) -> npt.NDArray[np.int64]:
    return as_ids(value, name=name)


def _int_array(value: Any, name: str) -> npt.NDArray[np.int64]:
    return as_integers(value, name=name)


def _str_array(value: Any, name: str) -> list[str]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        _refuse(f"Pass {name} as a list of texts, not as one {_shown(value)}: write [{value!r:.60}].")
    # Sets have no order of their own: sorted, the same call always makes the same request.
    items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else list(value)
    if any(hasattr(item, "as_py") for item in items[:1]):
        items = [item.as_py() for item in items]
    if not all(issubclass(kind, str) for kind in set(map(type, items))):
        odd = next(item for item in items if not isinstance(item, str))
        _refuse(f"Pass {name} as a list of texts: it holds {_shown(odd)}.")
    return list(map(str, items))


def _numbers(value: Any, name: str, form: str) -> Numbers:
    """Read finite numbers, nested as they are: int64 if all are integers, else float64."""
    import numpy as np

    if isinstance(value, (str, bytes, Mapping)) or not (
        isinstance(value, Iterable) or hasattr(value, "__array__")
    ):
        _refuse(f"Pass {name} as {form}, not as {_shown(value)}.")
    if not hasattr(value, "__array__") and not isinstance(value, (list, tuple)):
        value = list(value)
    try:
        array = np.asarray(value)
        if array.dtype == object:  # a pandas column of points, or nullable numbers
            array = np.array(array.tolist())
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iuf":
        _refuse(f"Pass {name} as {form}: it holds something else than numbers, or rows of different lengths.")
    if not np.isfinite(array).all():
        _refuse(f"Pass {name} as {form} of finite numbers: drop rows with missing values first.")
    if array.dtype.kind == "f":
        return array.astype(np.float64)
    if array.max() > LARGEST:
        _refuse(f"Pass {name} within 64 bits, signed: {array.max()} is too large.")
    return array.astype(np.int64)


def _bounds(value: Any, name: str) -> npt.NDArray[np.int64]:
    import numpy as np

    form = "[[x0, x1], [y0, y1], [z0, z1]]"
    bounds = _numbers(value, name, form)
    if bounds.shape == (2, 3):
        _refuse(
            f"Pass {name} as {form}: this is [lower corner, upper corner], so pass numpy.transpose of it."
        )
    if bounds.shape != (3, 2):
        _refuse(f"Pass {name} as {form}: this has the shape {bounds.shape}.")
    if (bounds != np.floor(bounds)).any():
        _refuse(f"Pass {name} in whole voxels: {bounds.tolist()} has fractions.")
    if (bounds < 0).any():
        _refuse(f"Pass {name} that are not negative: {bounds.tolist()} lies outside of the volume.")
    if (bounds[:, 0] >= bounds[:, 1]).any():
        _refuse(
            f"Pass {name} with each lower end below its upper end: {bounds.tolist()} is empty along an axis."
        )
    return bounds.astype(np.int64)


def _point(value: Any, name: str) -> Numbers:
    point = _numbers(value, name, "three numbers [x, y, z]")
    if point.shape != (3,):
        _refuse(f"Pass {name} as three numbers [x, y, z]: this has the shape {point.shape}.")
    return point


def _point_array(value: Any, name: str) -> Numbers:
    points = _numbers(value, name, "a list of points [[x, y, z], ...]")
    if points.size == 0:
        return points.reshape(0, 3)
    if points.ndim != 2 or points.shape[1] != 3:
        hint = f" For a single point write [{points.tolist()}]." if points.shape == (3,) else ""
        _refuse(f"Pass {name} as a list of points [[x, y, z], ...]: this has the shape {points.shape}.{hint}")
    return points


def _resolution(value: Any, name: str) -> Numbers:
    resolution = _numbers(value, name, "three numbers, nm per voxel along x, y and z")
    if resolution.shape != (3,) or (resolution <= 0).any():
        _refuse(f"Pass {name} as three positive numbers, nm per voxel (x, y, z), not {resolution.tolist()}.")
    return resolution


def _mapping(value: Any, name: str) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        _refuse(f"Pass {name} as a dict, not as {_shown(value)}.")
    return dict(value)


def _as_is(value: Any, name: str) -> Any:
    return value


NORMALISERS: Mapping[str, Normaliser] = {
    "bool": _bool,
    "int": _int,
    "float": _float,
    "str": _str,
    "datetime": _datetime,
    "id": _id,
    "id_array": _id_array,
    "int_array": _int_array,
    "str_array": _str_array,
    "bounds": _bounds,
    "point": _point,
    "point_array": _point_array,
    "resolution": _resolution,
    "mapping": _mapping,
    # Whether JSON can hold it shows when it is encoded, with the path of what it cannot.
    "json": _as_is,
    "any": _as_is,
}
"""Descriptor type -> function that brings a value of that type into its one form."""


def _check_range(param: Param, value: Any) -> None:
    if param.minimum is None and param.maximum is None:
        return
    is_array = hasattr(value, "size")
    if is_array and not value.size:
        return
    smallest, largest = (value.min(), value.max()) if is_array else (value, value)
    if param.minimum is not None and smallest < param.minimum:
        _refuse(f"Pass {param.name} of at least {param.minimum:g}: {smallest} is too small.")
    if param.maximum is not None and largest > param.maximum:
        _refuse(f"Pass {param.name} of at most {param.maximum:g}: {largest} is too large.")


def _check_length(param: Param, value: Any) -> None:
    if param.max_items is not None and len(value) > param.max_items:
        _refuse(
            f"Pass at most {param.max_items} {param.name} at once: this is {len(value)}. Call in batches."
        )


def _check_choices(param: Param, value: Any) -> None:
    if not param.choices:
        return
    chosen = value.tolist() if hasattr(value, "tolist") else value
    for item in chosen if isinstance(chosen, list) else [chosen]:
        if item not in param.choices:
            known = ", ".join(map(repr, param.choices))
            near = difflib.get_close_matches(str(item), list(map(str, param.choices)), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            _refuse(f"Pass one of {known} as {param.name}, not {item!r:.60}.{hint}")
