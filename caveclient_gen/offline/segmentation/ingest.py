"""Fills an empty segmentation."""

from __future__ import annotations

import dataclasses
import secrets
from typing import TYPE_CHECKING

import numpy as np
import orjson

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.hierarchy import grow
from caveclient_gen.offline.segmentation.nodes import NOTHING, Nodes

if TYPE_CHECKING:
    import sqlite3

    from caveclient_gen.offline.segmentation.layout import Layout
    from caveclient_gen.offline.segmentation.records import Edges, Floats, Ids, Supervoxels

__all__ = ["ingest"]


def ingest(
    db: sqlite3.Connection,
    layout: Layout,
    supervoxels: Supervoxels,
    edges: Edges,
    *,
    at: int,
    reach_nm: float | None,
) -> None:
    """Write supervoxels, edges, and the nodes that they make. All or nothing: within a change of the store.

    Raises
    ------
    Refusal
        400: ids that do not fit the layout, edges that are none. 409: there is a segmentation already.
    """
    if db.execute("SELECT 1 FROM segmentation").fetchone():
        raise Refusal(409, "Choose an empty dataset: this one has a segmentation already.")
    _check_whole_numbers(supervoxels, edges)
    if reach_nm is not None and not 0 < reach_nm < float("inf"):
        raise Refusal(400, f"reach_nm must be a positive number, and is {reach_nm}.")
    _check_supervoxels(layout, supervoxels)
    order = np.argsort(supervoxels.ids)
    ids = supervoxels.ids[order].astype(np.int64)
    position, size = supervoxels.position[order], supervoxels.size[order]
    a, b = _check_edges(ids, edges)
    nodes = Nodes().grown(ids, np.zeros(len(ids), np.int64), NOTHING, NOTHING)
    growth = grow(nodes, layout, np.arange(len(ids)), a, b)
    reach = _reach(layout, position) if reach_nm is None else float(reach_nm)
    db.execute(
        "INSERT INTO segmentation VALUES (1, ?, ?, ?, ?)",
        (orjson.dumps(_plain(layout)).decode(), at, reach, secrets.randbits(62)),
    )
    all_ids = np.concatenate((ids, growth.ids))
    db.executemany("INSERT INTO node VALUES (?, ?, 0)", enumerate(all_ids.tolist()))
    x, y, z = position.T.tolist()
    db.executemany(
        "INSERT INTO supervoxel VALUES (?, ?, ?, ?, ?)",
        zip(range(len(ids)), x, y, z, size.tolist(), strict=True),
    )
    db.executemany(
        "INSERT INTO link VALUES (?, ?)", zip(growth.parents.tolist(), growth.children.tolist(), strict=True)
    )
    db.executemany(
        "INSERT INTO edge VALUES (?, ?, ?, ?, ?, 0)",
        zip(
            range(len(a)),
            a.tolist(),
            b.tolist(),
            np.asarray(edges.affinity, np.float32).tolist(),
            edges.area.tolist(),
            strict=True,
        ),
    )


def _plain(layout: Layout) -> dict[str, object]:
    """Return sizes as JSON has them; numbers of numpy are numbers."""
    kinds = {"resolution": float, "chunk_size": int, "volume": int}
    found: dict[str, object] = {
        name: [kind(size) for size in getattr(layout, name)] for name, kind in kinds.items()
    }
    return {**dataclasses.asdict(layout), **found}


def _check_whole_numbers(supervoxels: Supervoxels, edges: Edges) -> None:
    columns = {
        "ids": supervoxels.ids,
        "position": supervoxels.position,
        "size": supervoxels.size,
        "a": edges.a,
        "b": edges.b,
        "area": edges.area,
    }
    for name, values in columns.items():
        if values.dtype.kind not in "iu":
            raise Refusal(400, f"{name} must be whole numbers, and is an array of {values.dtype}.")


def _check_supervoxels(layout: Layout, supervoxels: Supervoxels) -> None:
    ids, position, size = supervoxels.ids, supervoxels.position, supervoxels.size
    if not len(ids):
        raise Refusal(400, "Give at least one supervoxel: an empty segmentation has nothing to look up.")
    if position.shape != (len(ids), 3) or size.shape != ids.shape:
        raise Refusal(400, "Give as many positions (n, 3) and sizes (n) as there are supervoxels.")
    if len(np.unique(ids)) != len(ids):
        raise Refusal(400, "Give each supervoxel once: some ids stand twice.")
    if (size <= 0).any():
        raise Refusal(400, "A supervoxel has at least one voxel: some sizes are not positive.")
    wrong = (position < 0).any(axis=1) | (position >= np.array(layout.volume)).any(axis=1)
    if wrong.any():
        raise Refusal(
            400, f"Supervoxel {ids[wrong][0]} is at {position[wrong][0].tolist()}, outside the volume."
        )
    wrong = (layout.layer_of(ids) != 1) | (layout.number_of(ids) < 1)
    if wrong.any():
        raise Refusal(400, f"{ids[wrong][0]} is no supervoxel: its layer is not 1, or its number is 0.")
    wrong = (layout.chunk_of(ids) != layout.chunk_at(position)).any(axis=1)
    if wrong.any():
        raise Refusal(400, f"Supervoxel {ids[wrong][0]} is not in the chunk that its id says.")


def _check_edges(ids: Ids, edges: Edges) -> tuple[Ids, Ids]:
    if not len(edges.a) == len(edges.b) == len(edges.affinity) == len(edges.area):
        raise Refusal(400, "Give as many affinities and areas as there are edges.")
    found = []
    for ends in (edges.a, edges.b):
        places = np.minimum(np.searchsorted(ids, ends), len(ids) - 1)
        unknown = ids[places] != ends
        if unknown.any():
            raise Refusal(400, f"An edge ends at {ends[unknown][0]}, which is none of the supervoxels.")
        found.append(places.astype(np.int64))
    if (found[0] == found[1]).any():
        raise Refusal(400, "An edge joins two supervoxels: some edges begin and end at the same one.")
    if np.isnan(edges.affinity).any() or (edges.affinity < 0).any() or (edges.area < 0).any():
        raise Refusal(400, "Affinities and areas must not be negative, and some are, or are no numbers.")
    return found[0], found[1]


def _reach(layout: Layout, position: Ids) -> float:
    """Return how far from the middle of a supervoxel a position may be and still be in it, in nm.

    Supervoxels fill what they are part of, so a position in one is about as near to its middle as the next
    middle is: the distance from which 19 of 20 supervoxels have a neighbour. Half a chunk at most.
    """
    from scipy.spatial import cKDTree

    resolution = np.array(layout.resolution)
    half = float(np.linalg.norm(np.array(layout.chunk_size) * resolution)) / 2
    if len(position) == 1:
        return half
    places: Floats = position * resolution
    nearest = np.asarray(cKDTree(places).query(places, k=2)[0])[:, 1]
    usual = float(np.quantile(nearest, 0.95))
    return min(half, usual) if usual > 0 else half
