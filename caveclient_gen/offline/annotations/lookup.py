"""Supervoxels of points: looked up in the segmentation where they are."""

from __future__ import annotations

import json
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.annotations.schemas import AXES
from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    import numpy.typing as npt

    from caveclient_gen.offline.annotations.catalogue import Entry
    from caveclient_gen.offline.annotations.incoming import Columns
    from caveclient_gen.offline.annotations.schemas import Field
    from caveclient_gen.offline.segmentation.engine import Segmentation

__all__ = ["fill_supervoxels", "look_up_missing"]


def fill_supervoxels(entry: Entry, columns: Columns, segmentation: Segmentation) -> None:
    """Put the supervoxels of new rows into their columns, where none is given; 0 is none.

    Parameters
    ----------
    entry : Entry
        The table; its resolution says where positions are.
    columns : dict of list
        The new rows.
    segmentation : Segmentation
        Where to look. Without one, supervoxels stay as they were given.
    """
    for field in entry.schema.bound_points:
        count = len(columns[field.supervoxel])
        given = np.array(columns[field.supervoxel], object)
        is_known = np.fromiter(map(bool, given), np.bool_, count)
        given[~is_known] = None
        if segmentation.exists and count:
            _check_known(field, given[is_known], segmentation)
            # an empty cell becomes what is no number
            positions = np.array([columns[f"{field.position}_{axis}"] for axis in AXES], np.float64).T
            places = np.flatnonzero(~is_known & ~np.isnan(positions[:, 0]))
            found = _supervoxels(entry, positions[places], segmentation)
            given[places[found > 0]] = found[found > 0]
        columns[field.supervoxel] = given.tolist()


def look_up_missing(
    connection: sqlite3.Connection,
    entry: Entry,
    segmentation: Segmentation,
    ids: Sequence[int] | None,
    changed: int,
) -> int:
    """Look up points without a supervoxel, of rows in force; return how many rows found one."""
    found: set[int] = set()
    for field in entry.schema.bound_points:
        sql = entry.sql.missing(field.position, field.supervoxel)
        if ids is None:
            cells = connection.execute(sql).fetchall()
        else:
            cells = connection.execute(entry.sql.among(sql), (json.dumps(list(ids)),)).fetchall()
        if not cells:
            continue
        array = np.array(cells, np.int64)
        supervoxels = _supervoxels(entry, array[:, 1:].astype(np.float64), segmentation)
        ids_found = array[supervoxels > 0, 0].tolist()
        pairs = zip(supervoxels[supervoxels > 0].tolist(), repeat(changed), ids_found, strict=False)
        connection.executemany(entry.sql.bind(field.supervoxel), pairs)
        found.update(ids_found)
    return len(found)


def _supervoxels(
    entry: Entry, positions: npt.NDArray[np.float64], segmentation: Segmentation
) -> npt.NDArray[np.int64]:
    """Return the supervoxels at positions in a table's voxels; 0 is none."""
    return segmentation.supervoxels_at(positions * np.array(entry.resolution))


def _check_known(field: Field, given: npt.NDArray[np.object_], segmentation: Segmentation) -> None:
    nodes = np.unique(given.astype(np.int64))
    if nodes.size and not (known := segmentation.exists_between(nodes)).all():
        raise Refusal(422, f"{field.supervoxel} must be of the segmentation, and {nodes[~known][0]} is not.")
