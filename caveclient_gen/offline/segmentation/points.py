"""Where nodes are, and which node is where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.records import as_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caveclient_gen.offline.segmentation.records import Floats, Ids, Point
    from caveclient_gen.offline.segmentation.state import State

__all__ = ["FARTHEST", "positions", "positions_in_voxels", "sizes", "supervoxels_at", "supervoxels_of"]

FARTHEST = 1e12
"""In nm: a position beyond a kilometre is a mistake."""


def positions(state: State, numbers: Ids) -> Floats:
    """Return where nodes are, (n, 3) in nm: the supervoxel that is nearest to the middle of each."""
    leaves, owners = state.leaves(numbers)
    places = state.ground.position_nm[leaves]
    weight = state.ground.size[leaves].astype(np.float64)
    total = np.bincount(owners, weight, len(numbers))
    middle = np.stack(
        [np.bincount(owners, weight * places[:, axis], len(numbers)) / total for axis in range(3)], axis=1
    )
    distance = ((places - middle[owners]) ** 2).sum(axis=1)
    order = np.lexsort((distance, owners))
    _, first = np.unique(owners[order], return_index=True)
    found: Floats = places[order[first]]
    return found


def sizes(state: State, numbers: Ids) -> Ids:
    """Return how many voxels nodes have."""
    leaves, owners = state.leaves(numbers)
    return np.bincount(owners, state.ground.size[leaves].astype(np.float64), len(numbers)).astype(np.int64)


def supervoxels_at(state: State, positions_nm: Floats) -> Ids:
    """Return the id of the nearest supervoxel within reach of each position; 0 without one."""
    places = np.asarray(positions_nm, np.float64).reshape(-1, 3)
    if not np.isfinite(places).all():
        raise Refusal(400, "A position is three numbers in nm, and some are infinite or no numbers.")
    distance, number = state.ground.tree.query(
        places, distance_upper_bound=state.ground.reach_nm * (1 + 1e-9)
    )
    number = np.where(np.isfinite(distance), number, 0)
    found: Ids = np.where(np.isfinite(distance), state.nodes.ids[number], 0)
    return found


def supervoxels_of(state: State, points: Sequence[Point]) -> Ids:
    """Return the supervoxel of each point, by number: itself, or the nearest one of its node.

    Raises
    ------
    Refusal
        400: a node that is none, or a position that is none.
    """
    numbers = state.nodes.numbers(as_ids([point.node for point in points]))
    if (numbers < 0).any():
        raise Refusal(400, f"There is no node {points[int(np.argmin(numbers))].node}.")
    places = np.array([point.position_nm for point in points], np.float64)
    if not (np.abs(places) < FARTHEST).all():
        raise Refusal(400, "A position is three numbers in nm, and some are too large or no numbers.")
    leaves, owners = state.leaves(numbers)
    distance = ((state.ground.position_nm[leaves] - places[owners]) ** 2).sum(axis=1)
    order = np.lexsort((distance, owners))
    _, first = np.unique(owners[order], return_index=True)
    found: Ids = leaves[order[first]]
    return found


def positions_in_voxels(state: State, points: Sequence[Point]) -> list[list[int]]:
    """Return the voxel of each point."""
    places = np.array([point.position_nm for point in points], np.float64).reshape(-1, 3)
    voxels: list[list[int]] = np.floor(places / np.array(state.layout.resolution)).astype(np.int64).tolist()
    return voxels
