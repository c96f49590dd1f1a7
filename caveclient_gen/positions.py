"""Positions as arrays, and what an Arrow table remembers of its query.

Frames of queries have `xyz` as `df.cave.xyz`, too; `import caveclient_gen.accessor` gives it to all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.mixins.materialize.point_columns import columns_of
from caveclient_gen.mixins.materialize.xyz import xyz

if TYPE_CHECKING:
    from caveclient_gen.mixins.materialize.xyz import FrameLike

__all__ = ["read_attrs", "xyz"]


def read_attrs(frame: FrameLike) -> dict[str, Any]:
    """
    Read what the rows of a frame or table are an answer to: what `df.attrs` has of a pandas frame.

    Parameters
    ----------
    frame : pandas.DataFrame, pyarrow.Table, pyarrow.RecordBatch or polars.DataFrame
        The rows. An Arrow table has it as JSON in the metadata of its schema, under the key `b"cave"`, which
        Parquet files keep; a polars frame has no place for it.

    Returns
    -------
    dict
        Table, version, resolution, filters and what else a query was. Empty if the frame does not tell.

    Raises
    ------
    InvalidArgumentError
        It is nothing of the kind.

    Examples
    --------
    >>> nm = [1, 1, 1]
    >>> table = client.materialize.query_table("synapses", limit=3, desired_resolution=nm, output="arrow")
    >>> read_attrs(table)["dataframe_resolution"]
    [1.0, 1.0, 1.0]
    """
    return dict(columns_of(frame).facts)
