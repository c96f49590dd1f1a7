"""Forms in which the chunkedgraph takes values, for scripts that build its requests themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen._runtime.encode import ENCODERS
from caveclient_gen._runtime.ids import as_ids
from caveclient_gen._runtime.normalise import NORMALISERS
from caveclient_gen._runtime.times import epoch_seconds, to_utc

if TYPE_CHECKING:
    from caveclient_gen._runtime.typing import BoundsLike, IdArray, IdsLike, TimeLike


def package_bounds(bounds: BoundsLike) -> str:
    """
    Write a box as the chunkedgraph reads it.

    Parameters
    ----------
    bounds : array of int
        Box of shape (3, 2), x, y, z by lower and upper bound, in voxels of the base resolution.

    Returns
    -------
    str
        "x0-x1_y0-y1_z0-z1".

    Raises
    ------
    InvalidArgumentError
        The box has another shape, fractions or negative numbers, or is empty.
    """
    box = NORMALISERS["bounds"](bounds, "bounds")
    return ENCODERS["bounds_str"].texts(box, "bounds")[0]


def package_timestamp(timestamp: TimeLike | None, name: str = "timestamp") -> dict[str, float]:
    """
    Write a moment as the chunkedgraph's query parameter.

    Parameters
    ----------
    timestamp : datetime.datetime, optional
        The moment. Without a zone it is UTC.
    name : str
        Name of the parameter.

    Returns
    -------
    dict of str to float
        The parameter, in unix seconds; empty for None.
    """
    if timestamp is None:
        return {}
    return {name: float(epoch_seconds(to_utc(timestamp, name=name)))}


def root_id_int_list_check(root_id: IdsLike, make_unique: bool = False) -> IdArray:
    """
    Read root ids in any of the forms that people keep them in.

    Parameters
    ----------
    root_id : int, str, or array of int
        One id, or a flat sequence of ids.
    make_unique : bool
        Sort the ids and drop duplicates.

    Returns
    -------
    numpy.ndarray
        The ids, as int64 of shape (n,).

    Raises
    ------
    InvalidIdError
        A value is a float, missing, or no exact 64-bit id.
    """
    import numpy as np

    ids = as_ids(root_id, name="root_id")
    return np.unique(ids) if make_unique else ids
