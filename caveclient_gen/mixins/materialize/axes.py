"""Three axes of a position as one array, shape (n, 3): numpy, cells of a frame, and Arrow's fixed-size lists.

The values of an axis come in pieces that follow each other: the chunks of an Arrow column, or one piece of a
frame. They are written straight to their place in one array, and multiplied on the way if they have to be.

A column of points in a frame is an object column. Its cells are views of the rows of such an array: making a
million small arrays is what took the time, and copying each of them is what took the memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.positions import AXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Points = npt.NDArray[Any]
    Mask = npt.NDArray[np.bool_]
    Column = tuple[npt.NDArray[Any], Mask | None]
    """Values along one axis, and where they are missing (None: nowhere)."""


def filled(
    length: int, axes: Iterable[Iterable[Column]], dtype: npt.DTypeLike, factors: Sequence[float] | None
) -> tuple[Points, Mask | None]:
    """
    Write the values of three axes into one array.

    Parameters
    ----------
    length : int
        Number of points.
    axes : iterable of iterables of Column
        x, y and z, each in one or more pieces that follow each other.
    dtype : numpy.dtype
        Type of the array; it holds all values.
    factors : sequence of float, optional
        What each axis is multiplied with.

    Returns
    -------
    points : numpy.ndarray
        Shape (length, 3). What stands at the place of a missing value means nothing.
    missing : numpy.ndarray or None
        bool, shape (length, 3); None if nothing is missing.
    """
    import numpy as np

    points = np.empty((length, len(AXES)), dtype=dtype)
    missing = None
    for axis, pieces in enumerate(axes):
        start = 0
        for values, gaps in pieces:
            target = points[start : start + len(values), axis]
            if factors is None:
                target[...] = values
            else:
                # Also of numbers that numpy would multiply in fewer bits.
                np.multiply(values, factors[axis], out=target, dtype=np.float64)
            if gaps is not None:
                missing = np.zeros(points.shape, dtype=np.bool_) if missing is None else missing
                missing[start : start + len(values), axis] = gaps
            start += len(values)
    return points, missing


def join_axes(
    length: int, axes: Iterable[Iterable[Column]], is_whole: bool, factors: Sequence[float] | None
) -> npt.NDArray[np.object_]:
    """
    Make a column of points of the columns of its axes.

    Parameters
    ----------
    length : int
        Number of rows.
    axes : iterable of iterables of Column
        x, y and z, each in one or more pieces that follow each other.
    is_whole : bool
        All axes hold integers: points are int64, else float64.
    factors : sequence of float, optional
        What each axis is multiplied with; points then are float64.

    Returns
    -------
    numpy.ndarray
        Object array, shape (length,). Each cell is an array of shape (3,), or None where no axis has a
        value. Where only some have, the others are NaN.
    """
    dtype = "int64" if is_whole and factors is None else "float64"
    return _cells(*filled(length, axes, dtype, factors))


def _cells(points: Points, missing: Mask | None) -> npt.NDArray[np.object_]:
    """Make one cell per row; None where nothing is known."""
    import numpy as np

    cells = point_cells(points)
    if missing is None:
        return cells
    nowhere = missing.all(axis=1)
    partly = missing.any(axis=1) & ~nowhere
    cells[nowhere] = None
    cells[partly] = point_cells(np.where(missing[partly], np.nan, points[partly]))
    return cells


def point_cells(points: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    """
    Return an object array whose cells are views of the rows of an array.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, 3).

    Returns
    -------
    numpy.ndarray
        Shape (n,).
    """
    import numpy as np

    return np.fromiter(iter(points), dtype=object, count=len(points))


def stack_points(cells: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """
    Undo `join_axes`: one array of all points that are known, and which they are.

    Parameters
    ----------
    cells : numpy.ndarray
        Object array of points, shape (n,); a missing point is None, NaN or NA.

    Returns
    -------
    points : numpy.ndarray
        float64, shape (k, 3).
    known : numpy.ndarray
        bool, shape (n,), with k times True.
    """
    import numpy as np
    import pandas as pd

    known = ~np.asarray(pd.isna(cells), dtype=np.bool_)
    try:
        points = np.array(cells[known].tolist(), dtype=np.float64)
        if len(points):
            return points.reshape(known.sum(), len(AXES)), known
    except (ValueError, TypeError) as error:
        msg = "Pass a column in which every cell is a point [x, y, z] or missing."
        raise InvalidArgumentError(msg) from error
    return np.empty((0, len(AXES))), known


def is_number(kind: Any) -> bool:
    """Whether a type of Arrow is one of numbers."""
    import pyarrow as pa

    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def is_points(kind: Any) -> bool:
    """Whether a type of Arrow is one of lists of three numbers."""
    import pyarrow as pa

    return pa.types.is_fixed_size_list(kind) and kind.list_size == len(AXES) and is_number(kind.value_type)


def pieces_of(column: pa.ChunkedArray[Any]) -> Iterator[Column]:
    """Yield the chunks of a column of numbers as numpy arrays, copied only where something is missing."""
    return map(_piece, column.chunks)  # which lets go of them at the end


def _piece(chunk: Any) -> Column:
    if not chunk.null_count:
        return chunk.to_numpy(zero_copy_only=False), None
    return chunk.fill_null(0).to_numpy(zero_copy_only=False), chunk.is_null().to_numpy(zero_copy_only=False)


def as_lists(points: Points, missing: Mask | None) -> pa.Array[Any]:
    """
    Return points as an Arrow array of fixed-size lists, without copying them.

    Parameters
    ----------
    points : numpy.ndarray
        Shape (n, 3), in one piece of memory.
    missing : numpy.ndarray or None
        bool, shape (n, 3): which values are missing.

    Returns
    -------
    pyarrow.FixedSizeListArray
        A point without any value is null; where only some are missing, these are.
    """
    import numpy as np
    import pyarrow as pa

    length, width = points.shape
    values = pa.array(points.reshape(-1), mask=None if missing is None else missing.reshape(-1))
    validity = None
    if missing is not None:
        # An array of booleans has them as bits, which is the form of a validity bitmap.
        is_known: Mask = ~np.asarray(missing.all(axis=1))
        validity = pa.array(is_known).buffers()[1]
    kind = pa.list_(values.type, width)
    return pa.Array.from_buffers(kind, length, [validity], children=[values])


def axes_of_lists(column: pa.ChunkedArray[Any]) -> list[list[Column]]:
    """Return the axes of a column of fixed-size lists, as views of its memory where nothing is missing."""
    pieces = [_axes_of_chunk(chunk) for chunk in column.chunks]
    return [[axes[axis] for axes in pieces] for axis in range(column.type.list_size)]


def _axes_of_chunk(chunk: Any) -> list[Column]:
    values, gaps = _piece(values_of(chunk))
    width = chunk.type.list_size
    points = values.reshape(-1, width)
    if chunk.null_count:
        nowhere = chunk.is_null().to_numpy(zero_copy_only=False)[:, None]
        gaps = nowhere.repeat(width, axis=1) if gaps is None else gaps.reshape(-1, width) | nowhere
    elif gaps is not None:
        gaps = gaps.reshape(-1, width)
    return [(points[:, axis], None if gaps is None else gaps[:, axis]) for axis in range(width)]


def values_of(chunk: Any) -> pa.Array[Any]:
    """Return the values of all lists of a chunk, of null ones too; `.values` has those before its begin."""
    width = chunk.type.list_size
    values: pa.Array[Any] = chunk.values.slice(chunk.offset * width, len(chunk) * width)
    return values
