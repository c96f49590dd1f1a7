"""Positions of a frame or table as one array, shape (n, 3), in the unit that is asked for."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Literal, overload

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.point_columns import columns_of
from caveclient_gen.mixins.materialize.positions import checked_resolution

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from caveclient_gen._runtime.typing import ResolutionLike
    from caveclient_gen.mixins.materialize.point_columns import Places, PointColumns

    FrameLike = pd.DataFrame | pa.Table | pa.RecordBatch | pl.DataFrame

_UNITS = {"nm": 1.0, "um": 1000.0, "voxel": None}
"""nm in a unit; None: positions as they stand."""
_PART = "_position"
_SHOWN = 12


@overload
def xyz(
    frame: FrameLike,
    position: str,
    unit: Literal["nm", "um"] = "nm",
    *,
    resolution: ResolutionLike | None = None,
) -> npt.NDArray[np.float64]: ...


@overload
def xyz(
    frame: FrameLike, position: str, unit: Literal["voxel"], *, resolution: ResolutionLike | None = None
) -> npt.NDArray[np.int64] | npt.NDArray[np.float64]: ...


def xyz(
    frame: FrameLike,
    position: str,
    unit: Literal["nm", "um", "voxel"] = "nm",
    *,
    resolution: ResolutionLike | None = None,
) -> npt.NDArray[np.int64] | npt.NDArray[np.float64]:
    """
    Return a position of all rows as one array.

    Parameters
    ----------
    frame : pandas.DataFrame, pyarrow.Table, pyarrow.RecordBatch or polars.DataFrame
        The rows, with positions in three columns or in one column of points.
    position : str
        Name of the position, with or without "_position", with the ending that a join gave it: "pre_pt",
        "pre_pt_position", "pt_ref".
    unit : {"nm", "um", "voxel"}
        Unit of the array. "voxel" gives the numbers that stand in the frame, whatever their resolution.
    resolution : sequence of 3 float, optional
        nm along x, y and z for which a 1 in the frame stands. Left out: what the frame remembers of its
        query. Polars frames remember nothing.

    Returns
    -------
    numpy.ndarray
        Shape (n, 3), in the order of the rows. float64; a missing point is a row of NaN. In voxels, whole
        numbers are int64 if no point is missing. In voxels the array may be the memory of an Arrow table or
        polars frame itself, and then cannot be written to.

    Raises
    ------
    InvalidArgumentError
        There is no such position, the resolution is not known, or a cell is no point.

    Examples
    --------
    >>> synapses = client.materialize.query_table("synapses", limit=3, desired_resolution=[1, 1, 1])
    >>> xyz(synapses, "ctr_pt", unit="um")
    array([[1.504, 1.72 , 1.92 ],
           [0.168, 1.4  , 1.28 ],
           [0.464, 1.72 , 1.92 ]])
    """
    columns = columns_of(frame)
    if unit not in _UNITS:
        raise InvalidArgumentError(f"Pass unit as one of {', '.join(map(repr, _UNITS))}, not {unit!r:.40}.")
    places = _find(columns, position)
    size = _UNITS[unit]
    if size is None:
        return columns.array(places, None)
    return columns.array(places, [axis / size for axis in _resolution(columns.facts, resolution)])


def resolution_of(facts: Mapping[str, Any]) -> list[float] | None:
    """Return the resolution of positions among the facts of a frame; None if it is not there."""
    known = facts.get("dataframe_resolution")
    try:
        return None if known is None else list(checked_resolution(known, "resolution"))
    except InvalidArgumentError:
        return None


def _resolution(facts: Mapping[str, Any], given: ResolutionLike | None) -> tuple[float, ...]:
    known: Any = resolution_of(facts) if given is None else given
    if known is None:
        raise InvalidArgumentError(
            "Pass resolution, the nm along x, y and z that a 1 stands for, or unit='voxel': this frame does "
            "not tell. Frames and tables of queries do, but not with metadata=False, not in polars, and not "
            "after some ways to join them with others."
        )
    return checked_resolution(known, "resolution")


def _find(columns: PointColumns, position: str) -> Places:
    """Find a position by its full name, or by that without "_position"."""
    places = columns.find(position)
    if places is not None:
        return places
    known = columns.positions()
    meant = [name for name in known if short(name) == position]
    if len(meant) == 1:
        return known[meant[0]]
    if meant:
        raise InvalidArgumentError(f"Pass the whole name: {position!r} may be {' or '.join(meant)}.")
    raise InvalidArgumentError(_no_such_position(position, list(known)))


def short(name: str) -> str:
    """Return the name of a position without "_position"."""
    return name.replace(_PART, "", 1)


def _no_such_position(position: str, known: list[str]) -> str:
    if not known:
        return (
            f"Query a position, with all of its axes: this frame has none, so there is no {position!r:.60}."
        )
    near = difflib.get_close_matches(str(position), [*map(short, known), *known], n=2)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    listed = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    return f"Pass one of this frame's positions: {listed}. There is no {position!r:.60}.{hint}"
