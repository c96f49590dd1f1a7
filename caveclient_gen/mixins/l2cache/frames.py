"""Numbers of level 2 chunks as a frame: one row per id, one column per number.

The answer is walked attribute by attribute, and each attribute becomes one block of floats, so that what
is missing is NaN and nothing else. Columns and their types do not depend on what the cache happens to hold.
"""

from __future__ import annotations

from itertools import chain, compress, product, repeat
from operator import is_not, methodcaller
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.bulk import paused_gc
from caveclient_gen._runtime.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

_AXES = "xyz"
SHAPES: Mapping[str, tuple[int, ...]] = {
    "area_nm2": (),
    "chunk_intersect_count": (2, 3),
    "max_dt_nm": (),
    "mean_dt_nm": (),
    "pca": (3, 3),
    "pca_val": (3,),
    "rep_coord_nm": (3,),
    "size_nm3": (),
}
"""What the cache has of a chunk, and how many numbers each is."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "rep_coord_nm": tuple(f"rep_coord_nm_{axis}" for axis in _AXES),
    "pca": tuple(f"pca_{number}_{axis}" for number, axis in product(range(3), _AXES)),
    "pca_val": tuple(f"pca_val_{number}" for number in range(3)),
    "chunk_intersect_count": tuple(
        f"chunk_intersect_count_{axis}_{side}" for side, axis in product(("bottom", "top"), _AXES)
    ),
}
"""Columns that a vector becomes, in the order of its numbers; they follow the single numbers."""


def frame_of(
    ids: npt.NDArray[np.int64],
    rows: Sequence[Mapping[str, Any]],
    attributes: Sequence[str] | None,
    split_columns: bool,
) -> pd.DataFrame:
    """Make a frame of the numbers of chunks.

    Parameters
    ----------
    ids : ndarray of int64
        Ids of the chunks.
    rows : sequence of mapping
        The numbers of each, in the order of `ids`; empty where there are none.
    attributes : sequence of str or None
        What was asked for. None: everything.
    split_columns : bool
        One column per number; else vectors stay together, as arrays.

    Returns
    -------
    DataFrame
        Indexed by `l2_id`.
    """
    import pandas as pd

    with paused_gc():
        names = list(SHAPES) if attributes is None else list(dict.fromkeys(attributes))
        if attributes is None:
            names += sorted(set(chain.from_iterable(rows)) - set(SHAPES))
        cells = {name: list(map(methodcaller("get", name), rows)) for name in names}
        columns: dict[str, Any] = {
            name: _column(name, cells[name]) for name in names if not (split_columns and name in PARTS)
        }
        if split_columns:
            for name in filter(cells.__contains__, PARTS):
                columns.update(zip(PARTS[name], _block(name, cells[name]).T, strict=True))
    return pd.DataFrame(columns, index=pd.Index(ids, name="l2_id"), copy=False)


def _column(name: str, cells: list[Any]) -> Any:
    import numpy as np
    import pandas as pd

    shape = SHAPES.get(name)
    if shape is None:
        # Something that this client has not heard of: as the server sent it.
        return pd.Series(cells, dtype=object).array
    block = _block(name, cells)
    if not shape:
        return block[:, 0]
    vectors = np.empty(len(cells), dtype=object)
    # A loop: assigned at once, numpy would take the arrays apart. The vectors are views of one block.
    for position, vector in enumerate(block.reshape(-1, *shape)):
        vectors[position] = vector
    return vectors


def _block(name: str, cells: list[Any]) -> npt.NDArray[np.float64]:
    """Return cells as an array of one row each, NaN where there is none."""
    import numpy as np

    width = int(np.prod(SHAPES[name]))
    here = np.fromiter(map(is_not, cells, repeat(None)), dtype=bool, count=len(cells))
    block = np.full((len(cells), width), np.nan)
    try:
        block[here] = np.array(list(compress(cells, here)), dtype=np.float64).reshape(-1, width)
    except (TypeError, ValueError) as error:
        raise DecodeError(
            f"Leave out {name!r}, or use get_l2data: the cache has it in another form than usual."
        ) from error
    return block
