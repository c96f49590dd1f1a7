"""Names for what the generated signatures take and return.

The aliases are texts at run time, so importing them loads neither numpy nor pandas; type checkers see
the types behind them. Generated modules import them for type checking only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "JSON",
    "BoolArray",
    "BoundsLike",
    "FloatArray",
    "IdArray",
    "IdLike",
    "IdsLike",
    "IntsLike",
    "PointLike",
    "PointsLike",
    "ResolutionLike",
    "StrsLike",
    "TimeLike",
]

# What callers pass

IdLike: TypeAlias = "int | str | np.integer[Any]"
"""One exact id: an integer, or text of its digits. A float is refused, since it may have lost digits."""

IdsLike: TypeAlias = (
    "IdLike | Iterable[IdLike] | npt.NDArray[np.integer[Any]] | npt.NDArray[np.object_]"
    " | pd.Series[Any] | pd.Index[Any] | pa.Array[Any] | pa.ChunkedArray[Any]"
)
"""Ids in any container: list, tuple, set, range, generator, numpy, pandas, Arrow or polars data."""

IntsLike: TypeAlias = "IdsLike"
"""Integers in any container; unlike ids they may be negative."""

StrsLike: TypeAlias = "Iterable[str] | npt.NDArray[np.str_] | pd.Series[Any] | pd.Index[Any]"
"""Several texts. A single str is refused at run time: it would be read letter by letter."""

TimeLike: TypeAlias = "datetime | date | str | float | np.datetime64 | np.integer[Any] | np.floating[Any]"
"""A moment: datetime, date, ISO 8601 text, seconds since 1970, or "now". Without a zone it is UTC."""

_NumberLike: TypeAlias = "float | np.integer[Any] | np.floating[Any]"
_Numbers: TypeAlias = "Sequence[_NumberLike] | npt.NDArray[np.integer[Any]] | npt.NDArray[np.floating[Any]]"

BoundsLike: TypeAlias = (
    "Sequence[Sequence[_NumberLike]] | npt.NDArray[np.integer[Any]] | npt.NDArray[np.floating[Any]]"
)
"""A box in whole voxels, shape (3, 2): `[[x0, x1], [y0, y1], [z0, z1]]`, upper ends excluded."""

PointLike: TypeAlias = "_Numbers"
"""One point, three numbers."""

PointsLike: TypeAlias = (
    "Sequence[PointLike] | npt.NDArray[np.integer[Any]] | npt.NDArray[np.floating[Any]] | pd.DataFrame"
)
"""Points, shape (n, 3)."""

ResolutionLike: TypeAlias = "_Numbers"
"""Size of a voxel: three positive numbers, nm along x, y and z."""

JSON: TypeAlias = "Mapping[str, Any] | Sequence[Any] | str | float | bool | None"
"""Anything JSON can hold, numpy and pandas values within it included."""

# What callers get

IdArray: TypeAlias = "npt.NDArray[np.int64]"
"""Ids, exact: int64 whatever the wire used, so that joining two answers never passes through float."""

FloatArray: TypeAlias = "npt.NDArray[np.float64]"
"""Numbers, float64."""

BoolArray: TypeAlias = "npt.NDArray[np.bool_]"
"""Truth values, one per item asked for."""
