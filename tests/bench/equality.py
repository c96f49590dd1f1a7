"""Whether two answers are the same, and where they differ if not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa


def differences(one: Any, other: Any, where: str = "answer") -> str:
    """Return the first difference in words; nothing if there is none. Types count, widths do not."""
    if isinstance(one, pd.DataFrame) and isinstance(other, pd.DataFrame):
        return _of_frames(one, other, where)
    if isinstance(one, (pa.Table, np.ndarray)) or isinstance(other, (pa.Table, np.ndarray)):
        return _of_arrays(one, other, where)
    if type(one) is not type(other):
        return f"{where}: {type(one).__name__} and {type(other).__name__}"
    if isinstance(one, dict):
        if one.keys() != other.keys():
            return f"{where}: keys {sorted(map(str, one.keys() ^ other.keys()))[:5]} are in one of them"
        return next(filter(None, (differences(one[key], other[key], f"{where}[{key!r}]") for key in one)), "")
    if isinstance(one, (list, tuple)) and len(one) != len(other):
        return f"{where}: {len(one)} and {len(other)} items"
    if isinstance(one, (list, tuple)) and (place := _first_of_another_type(one, other)) is not None:
        return differences(one[place], other[place], f"{where}[{place}]")
    return "" if one == other else f"{where}: {one!r:.60} and {other!r:.60}"


def _first_of_another_type(one: Any, other: Any) -> int | None:
    # 1 == 1.0, in lists too.
    pairs = enumerate(zip(map(type, one), map(type, other), strict=True))
    return next((place for place, (left, right) in pairs if left is not right), None)


def _of_frames(one: pd.DataFrame, other: pd.DataFrame, where: str) -> str:
    if list(one.columns) != list(other.columns):
        return f"{where}: columns {list(one.columns)} and {list(other.columns)}"
    if len(one) != len(other):
        return f"{where}: {len(one)} and {len(other)} rows"
    for name in one.columns:
        left, right = one[name], other[name]
        if left.dtype != right.dtype:
            return f"{where}[{name!r}]: {left.dtype} and {right.dtype}"
        if found := _of_columns(left, right, f"{where}[{name!r}]"):
            return found
    return ""


def _of_columns(left: pd.Series, right: pd.Series, where: str) -> str:
    is_points = left.dtype == object and isinstance(left.iloc[0] if len(left) else None, np.ndarray)
    if is_points:
        if left.iloc[0].dtype != right.iloc[0].dtype:
            return f"{where}: cells of {left.iloc[0].dtype} and {right.iloc[0].dtype}"
        return _of_arrays(np.stack(left.to_numpy()), np.stack(right.to_numpy()), where)
    return "" if left.equals(right) else f"{where}: values differ"


def _of_arrays(one: Any, other: Any, where: str) -> str:
    if type(one) is not type(other):
        return f"{where}: {type(one).__name__} and {type(other).__name__}"
    if isinstance(one, pa.Table):
        return "" if one.equals(other) else f"{where}: tables differ"
    if one.shape != other.shape:
        return f"{where}: shapes {one.shape} and {other.shape}"
    if one.dtype.kind != other.dtype.kind:
        return f"{where}: {one.dtype} and {other.dtype}"
    same = np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return "" if same else f"{where}: values differ"
