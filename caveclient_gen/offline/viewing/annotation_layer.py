"""Annotation layers: a table as points or lines in Neuroglancer's precomputed format.

The format: github.com/google/neuroglancer, `src/datasource/precomputed/annotations.md`.

Geometry is in nm. A table with one point per row is a layer of points, one with two a layer of lines; of more
points those count that are bound to segments (of a synapse: its two sides).

The spatial index has levels with ever smaller cells. Each annotation stands in one level only, in each cell
that one of its ends lies in. A level takes a random part of what the levels above left over, so that no cell
holds more than about `LIMIT`; the last level takes the rest. What is random follows from the ids alone, so
that all requests find the same.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.viewing.rows import (
    POSITION_ENDINGS,
    geometries,
    is_plain,
    pc,
    root_columns,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["LIMIT", "AnnotationLayer"]

LIMIT = 5_000
"""About how many annotations a cell of the spatial index holds."""

MOST_LEVELS = 8
MOST_LABELS = 4_096
"""Different words of a column up to which it is a property: viewers know text as numbered labels only."""

SALT = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class _Level:
    """Which rows stand in a level, and how many cells it has along each axis."""

    key: str
    cells: int
    rows: npt.NDArray[np.int64]
    limit: int


class AnnotationLayer:
    """One table as a layer.

    Parameters
    ----------
    rows : pa.Table
        As `Annotations.rows_at` gives them, with the columns of a table that they refer to, sorted by id.
    resolution : sequence of float
        Size of the voxels that positions are in, in nm.

    Raises
    ------
    Refusal
        Rows have no point, or more than two that could be meant.
    """

    def __init__(self, rows: pa.Table, resolution: Sequence[float]) -> None:

        self._points = _points(rows)
        self._sizes = np.array([*resolution] * len(self._points))
        self._rows = _placed(rows, self._points)
        self._relations = root_columns(rows)

    # ---- what there is

    def info(self) -> dict[str, Any]:
        """Return the layer's description."""
        lower, upper = self._bounds
        return {
            "@type": "neuroglancer_annotations_v1",
            "dimensions": {axis: [1e-9, "m"] for axis in "xyz"},
            "lower_bound": lower.tolist(),
            "upper_bound": upper.tolist(),
            "annotation_type": "point" if len(self._points) == 1 else "line",
            "properties": [description for description, _ in self._properties],
            "relationships": [{"id": column, "key": column} for column in self._relations],
            "by_id": {"key": "by_id"},
            "spatial": [
                {
                    "key": level.key,
                    "grid_shape": [level.cells] * 3,
                    "chunk_size": ((upper - lower) / level.cells).tolist(),
                    "limit": level.limit,
                }
                for level in self._levels
            ],
        }

    @cached_property
    def _ids(self) -> npt.NDArray[np.int64]:
        found: npt.NDArray[np.int64] = self._rows.column("id").to_numpy()
        return found

    @cached_property
    def _geometry(self) -> npt.NDArray[np.float64]:
        """Positions in nm: (n, 3) of points, (n, 6) of lines."""
        columns = [self._rows.column(f"{point}{end}") for point in self._points for end in POSITION_ENDINGS]
        voxels = np.stack([column.to_numpy() for column in columns], axis=1)
        found: npt.NDArray[np.float64] = voxels * self._sizes
        return found

    @cached_property
    def _bounds(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The box of all positions: they lie inside, and none on its upper faces."""
        ends = self._geometry.reshape(-1, 3)
        if not len(ends):
            return np.zeros(3), np.ones(3)
        return np.floor(ends.min(axis=0)), np.floor(ends.max(axis=0)) + 1

    # ---- properties

    @cached_property
    def _properties(self) -> list[tuple[dict[str, Any], npt.NDArray[Any]]]:
        """What viewers are told of each property, and its values: four bytes each."""
        found = [
            _property(_property_id(field.name), self._rows.column(field.name))
            for field in self._rows.schema
            if is_plain(field.name)
        ]
        return [one for one in found if one is not None]

    @cached_property
    def _records(self) -> npt.NDArray[Any]:
        """All annotations as they go on the wire, geometry and properties, one record of bytes each."""
        parts: list[tuple[str, str, tuple[int, ...]]] = [("geometry", "<f4", (self._geometry.shape[1],))]
        for number, (description, _) in enumerate(self._properties):
            code = {"uint32": "<u4", "int32": "<i4", "float32": "<f4"}[description["type"]]
            parts.append((f"p{number}", code, ()))
        records = np.zeros(len(self._ids), np.dtype(parts))
        records["geometry"] = self._geometry
        for number, (_, values) in enumerate(self._properties):
            records[f"p{number}"] = values
        return records

    # ---- answers

    def one(self, annotation_id: int) -> bytes | None:
        """Return one annotation with the segments it lies on; None if there is none of that id."""
        (found,) = np.nonzero(self._ids == annotation_id)
        if not found.size:
            return None
        parts = [self._records[found].tobytes()]
        for column in self._relations:
            root = self._rows.column(column)[int(found[0])].as_py()
            related = np.array([root] if root else [], "<u8")
            parts += [np.uint32(related.size).astype("<u4").tobytes(), related.tobytes()]
        return b"".join(parts)

    def related(self, column: str, root: int) -> bytes | None:
        """Return all annotations on a segment; None if the layer has no such relation."""
        if column not in self._relations:
            return None
        roots = pc.fill_null(self._rows.column(column), 0).to_numpy()
        (found,) = np.nonzero(roots == root)
        return self._many(found)

    def cell(self, key: str, place: tuple[int, int, int]) -> bytes | None:
        """Return all annotations of one cell of a level; None if there is no such cell."""
        level = next((one for one in self._levels if one.key == key), None)
        if level is None or not all(0 <= part < level.cells for part in place):
            return None
        cells = self._cells(level.rows, level.cells)
        (found,) = np.nonzero((cells == np.array(place)).all(axis=2).any(axis=1))
        return self._many(level.rows[found])

    def _many(self, places: npt.NDArray[np.int64]) -> bytes:

        count = np.array([len(places)], "<u8")
        return b"".join(
            (count.tobytes(), self._records[places].tobytes(), self._ids[places].astype("<u8").tobytes())
        )

    # ---- the spatial index

    def _cells(self, rows: npt.NDArray[np.int64], cells: int) -> npt.NDArray[np.int64]:
        """Return in which cell each end of rows lies: (n, ends, 3)."""
        lower, upper = self._bounds
        ends = self._geometry[rows].reshape(len(rows), len(self._points), 3)
        found = np.floor((ends - lower) / ((upper - lower) / cells)).astype(np.int64)
        return np.clip(found, 0, cells - 1)

    @cached_property
    def _levels(self) -> list[_Level]:
        """Share all rows out among levels."""
        rest = np.arange(len(self._ids))
        chance = _chance(self._ids)
        levels: list[_Level] = []
        while not levels or rest.size:
            number = len(levels)
            cells = 2**number
            fullest = _fullest(self._cells(rest, cells), cells)
            is_last = fullest <= LIMIT or number + 1 == MOST_LEVELS
            # What is left has chances spread evenly over what the levels above did not take.
            share = 1.0 if is_last else LIMIT / fullest
            border = np.quantile(chance[rest], share) if not is_last else 1.0
            taken = rest[chance[rest] <= border]
            key = "spatial_overview" if number == 0 else f"spatial_level_{number}"
            most = _fullest(self._cells(taken, cells), cells)
            levels.append(_Level(key, cells, taken, max(most, 1)))
            rest = rest[chance[rest] > border]
        return levels


def _points(rows: pa.Table) -> list[str]:
    """Return which points make up the geometry."""
    points = geometries(rows.column_names)
    bound = [point for point in points if f"{point}_root_id" in rows.column_names]
    chosen = points if len(points) <= 2 and len(bound) != 1 else bound
    if not points:
        raise Refusal(400, "Choose a table with positions: a viewer could not show this one.")
    if not 1 <= len(chosen) <= 2:
        raise Refusal(400, "Choose a table with one or two points per row: viewers know points and lines.")
    return chosen


def _placed(rows: pa.Table, points: Sequence[str]) -> pa.Table:
    """Return the rows that have a place: a row that refers to nothing has none."""
    columns = [rows.column(f"{point}{end}") for point in points for end in POSITION_ENDINGS]
    known = [pc.fill_null(pc.is_finite(column), False) for column in columns]
    return rows.filter(functools.reduce(pc.and_, known))


def _property_id(column: str) -> str:
    """Return a column's name as viewers take it: they want a small letter first."""
    return column if column[0].isascii() and column[0].islower() else f"column_{column}"


def _property(name: str, column: pa.ChunkedArray[Any]) -> tuple[dict[str, Any], npt.NDArray[Any]] | None:
    """Return a column as a property; None for text of more different words than labels can be."""
    kind = column.type
    if pa.types.is_boolean(kind):
        values = pc.fill_null(column, False).cast(pa.uint32()).to_numpy()
        return {"id": name, "type": "uint32", "enum_values": [0, 1], "enum_labels": ["no", "yes"]}, values
    if pa.types.is_integer(kind):
        least, most = (end.as_py() for end in pc.min_max(column).values())
        if not column.null_count and (least is None or (least >= -(2**31) and most < 2**31)):
            return {"id": name, "type": "int32"}, column.to_numpy()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return {"id": name, "type": "float32"}, column.cast(pa.float32(), safe=False).to_numpy()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _labels(name, pc.fill_null(column, ""))
    return None


def _labels(name: str, column: pa.ChunkedArray[Any]) -> tuple[dict[str, Any], npt.NDArray[Any]] | None:

    words = pc.unique(column)
    if len(words) > MOST_LABELS:
        return None
    words = words.take(pc.sort_indices(words))
    values = pc.index_in(column, value_set=words).cast(pa.uint32()).to_numpy()
    numbers = list(range(len(words)))
    return {
        "id": name,
        "type": "uint32",
        "enum_values": numbers,
        "enum_labels": words.to_pylist(),
    }, values


def _chance(ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return a number from 0 to 1 for each id, as if it were random and always the same."""
    mixed = ids.astype(np.uint64)
    with np.errstate(over="ignore"):
        for shift in (30, 27, 31):  # splitmix64
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(SALT)
    return mixed.astype(np.float64) / 2.0**64


def _fullest(cells: npt.NDArray[np.int64], along: int) -> int:
    """Return how many rows the fullest cell holds; a row with both ends in one cell counts once there."""
    if not len(cells):
        return 0
    flat = (cells[..., 0] * along + cells[..., 1]) * along + cells[..., 2]
    once = flat[:, :1] if flat.shape[1] == 1 else flat
    same = once[:, 0] == once[:, -1]
    counted = np.concatenate([once[:, 0], once[~same, -1]])
    return int(np.unique(counted, return_counts=True)[1].max())
