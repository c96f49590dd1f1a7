"""Supervoxels of points: looked up in the segmentation where they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen.offline.annotations.schemas import AXES
from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

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
        given = columns[field.supervoxel] = [value or None for value in columns[field.supervoxel]]
        if not segmentation.exists:
            continue
        _check_known(field, given, segmentation)
        places = [
            place
            for place, (known, x) in enumerate(zip(given, columns[f"{field.position}_x"], strict=True))
            if known is None and x is not None
        ]
        if places:
            cells = [columns[f"{field.position}_{axis}"] for axis in AXES]
            positions = np.array([[column[place] for column in cells] for place in places], np.float64)
            for place, found in zip(places, _supervoxels(entry, positions, segmentation), strict=True):
                given[place] = found or None


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
        pairs = [
            (supervoxel, changed, row)
            for supervoxel, row in zip(supervoxels, array[:, 0].tolist(), strict=True)
            if supervoxel
        ]
        connection.executemany(entry.sql.bind(field.supervoxel), pairs)
        found.update(row for _, _, row in pairs)
    return len(found)


def _supervoxels(entry: Entry, positions: Any, segmentation: Segmentation) -> list[int]:
    found: list[int] = segmentation.supervoxels_at(positions * np.array(entry.resolution)).tolist()
    return found


def _check_known(field: Field, given: Sequence[int | None], segmentation: Segmentation) -> None:
    nodes = np.unique(np.array([node for node in given if node is not None], np.int64))
    if nodes.size and not (known := segmentation.exists_between(nodes)).all():
        raise Refusal(422, f"{field.supervoxel} must be of the segmentation, and {nodes[~known][0]} is not.")
