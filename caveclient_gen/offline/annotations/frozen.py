"""Rows as frozen tables hold them: with the roots of their points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from caveclient_gen.offline.annotations.schemas import Schema
    from caveclient_gen.offline.segmentation.engine import Segmentation

__all__ = ["frozen_rows"]


def frozen_rows(schema: Schema, rows: pa.Table, segmentation: Segmentation | None, at: int) -> pa.Table:
    """Return rows of an image with `valid` and, after each supervoxel, its root at a moment.

    Without a segmentation, and before it began, no point has a root; `None` leaves the root columns out.
    """
    import pyarrow as pa

    names = ["id", "valid"]
    columns: list[Any] = [rows.column("id"), pa.array(np.ones(rows.num_rows, np.bool_))]
    looked_up = segmentation is not None and segmentation.exists and at >= segmentation.oldest
    supervoxels = {field.supervoxel: field for field in schema.bound_points}
    for column in schema.columns:
        names.append(column.name)
        columns.append(rows.column(column.name))
        if column.name in supervoxels and segmentation is not None:
            names.append(f"{supervoxels[column.name].name}_root_id")
            if looked_up:
                columns.append(_roots(rows.column(column.name), segmentation, at))
            else:
                columns.append(pa.nulls(rows.num_rows, pa.int64()))
    return pa.table(columns, names=names)


def _roots(supervoxels: Any, segmentation: Segmentation, at: int) -> Any:
    import pyarrow as pa

    missing = supervoxels.is_null().to_numpy()
    nodes = supervoxels.fill_null(0).to_numpy()
    return pa.array(segmentation.roots(nodes, at=at), mask=missing)
