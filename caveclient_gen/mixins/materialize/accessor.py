"""`df.cave`: the positions of a pandas frame, and of what query it is an answer.

pandas is loaded when the first frame is made, so the accessor is registered then.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Literal, overload

from caveclient_gen.mixins.materialize.point_columns import PandasColumns
from caveclient_gen.mixins.materialize.xyz import resolution_of, short, xyz

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from caveclient_gen._runtime.typing import ResolutionLike

NAME = "cave"
_REGISTERING = threading.Lock()


class CaveAccessor:
    """
    Positions of a pandas frame, and of what query it is an answer: `df.cave`.

    Parameters
    ----------
    frame : pandas.DataFrame
        The frame. What its `attrs` tell is looked up at each use.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    @property
    def positions(self) -> list[str]:
        """Names of the positions, in the order of the columns; `xyz` takes them without "_position", too."""
        return list(PandasColumns(self._frame).positions())

    @property
    def resolution(self) -> list[float] | None:
        """What a 1 in a position stands for along x, y and z, in nm; None if the frame does not tell."""
        return resolution_of(PandasColumns(self._frame).facts)

    @overload
    def xyz(
        self, position: str, unit: Literal["nm", "um"] = "nm", *, resolution: ResolutionLike | None = None
    ) -> npt.NDArray[np.float64]: ...

    @overload
    def xyz(
        self, position: str, unit: Literal["voxel"], *, resolution: ResolutionLike | None = None
    ) -> npt.NDArray[np.int64] | npt.NDArray[np.float64]: ...

    def xyz(
        self,
        position: str,
        unit: Literal["nm", "um", "voxel"] = "nm",
        *,
        resolution: ResolutionLike | None = None,
    ) -> npt.NDArray[np.int64] | npt.NDArray[np.float64]:
        """
        Return a position of all rows as one array.

        Parameters
        ----------
        position : str
            Name of the position, with or without "_position", with the ending that a join gave it.
        unit : {"nm", "um", "voxel"}
            Unit of the array. "voxel" gives the numbers that stand in the frame, whatever their resolution.
        resolution : sequence of 3 float, optional
            nm along x, y and z for which a 1 in the frame stands; that of `df.attrs` by default.

        Returns
        -------
        numpy.ndarray
            Shape (n, 3), in the order of the rows. float64; a missing point is a row of NaN. In voxels, whole
            numbers are int64 if no point is missing.

        Raises
        ------
        InvalidArgumentError
            There is no such position, the resolution is not known, or a cell is no point.
        """
        return xyz(self._frame, position, unit, resolution=resolution)

    def __repr__(self) -> str:
        positions = ", ".join(map(short, self.positions)) or "none"
        resolution = self.resolution
        voxel = " x ".join(f"{size:g}" for size in resolution) + " nm" if resolution else "unknown"
        lines = {"positions": positions, "resolution": voxel, **_origin(PandasColumns(self._frame).facts)}
        return "\n".join(f"{name + ':':12}{text}" for name, text in lines.items())


def _origin(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return of which table, version and datastack rows are, as far as it is known."""
    names = {
        "table": "table_name",
        "version": "materialization_version",
        "moment": "timestamp",
        "datastack": "datastack_name",
    }
    return {title: str(facts[name]) for title, name in names.items() if facts.get(name) is not None}


def register_accessor(*, replace: bool = False) -> None:
    """
    Give all pandas frames `df.cave`, once per process.

    Parameters
    ----------
    replace : bool
        If another package has taken the name, take it over; pandas then warns. Else it is left alone.
    """
    import pandas as pd

    with _REGISTERING:
        taken = getattr(pd.DataFrame, NAME, None)
        if taken is CaveAccessor or (taken is not None and not replace):
            return
        pd.api.extensions.register_dataframe_accessor(NAME)(CaveAccessor)
        setattr(pd.DataFrame, NAME, _MadeAtEachUse())


class _MadeAtEachUse:
    """What `df.cave` is: pandas before 3 keeps an accessor in its frame, which then lives on in a circle."""

    def __get__(self, frame: pd.DataFrame | None, owner: type) -> CaveAccessor | type[CaveAccessor]:
        return CaveAccessor if frame is None else CaveAccessor(frame)
