"""Synapses: where axons come near somata and dendrites, as often as the two types like each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.generator.cell_types import AXON, EXCITATORY, TYPES, preferences
from caveclient_gen.offline.generator.pieces import close_pairs
from caveclient_gen.offline.generator.volume import RESOLUTION

if TYPE_CHECKING:
    import numpy.typing as npt

    from caveclient_gen.offline.generator.growth import Cells, Tree
    from caveclient_gen.offline.generator.pieces import Pieces

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

__all__ = ["VOXEL", "Synapses", "place"]

VOXEL = (4.0, 4.0, 40.0)
"""Voxels of the table, in nm."""
REACH = 7.0
"""Micrometres between the middles of an axon's and a dendrite's piece that may have a synapse."""
FALLS_OFF = 3.5
STRENGTHS = 0.7
"""Spread (of the logarithm) of how strongly a pair of cells is connected."""
SIZE = {True: (6.9, 0.85), False: (6.6, 0.7)}
"""Mean and spread of the logarithm of sizes: on excitatory cells, on inhibitory ones."""


@dataclass(frozen=True)
class Synapses:
    """One row per synapse: nodes of the tree, positions (n, 3) in voxels of `VOXEL`, and sizes."""

    pre: Ints
    post: Ints
    pre_position: Ints
    post_position: Ints
    center: Ints
    size: Floats


def place(cells: Cells, tree: Tree, pieces: Pieces, count: int, random: np.random.Generator) -> Synapses:
    """Draw synapses from all places where one could be.

    A place is an axon's piece and a piece of another cell within reach. Its weight is what the types prefer
    (partner and compartment), how near it is, and how strongly these two cells are connected at all.
    """
    nanometres = pieces.supervoxels.position * np.array(RESOLUTION)
    pre, post, weight = _places(cells, tree, nanometres / 1000, random)
    if not len(weight):
        raise CAVEError("Ask for more neurons: no axon comes near another cell.")
    total = np.cumsum(weight)
    drawn = np.sort(np.searchsorted(total, random.uniform(0, total[-1], count), side="right"))
    pre, post = pre[drawn], post[drawn]
    at_pre, at_post = _facing(nanometres, pre, post, random)
    excitatory = np.array([kind.system == EXCITATORY for kind in TYPES])[cells.type[tree.cell[post]]]
    mean, spread = np.where(excitatory[:, None], SIZE[True], SIZE[False]).T
    size = np.ceil(random.lognormal(mean, spread))
    return Synapses(pre, post, at_pre, at_post, (at_pre + at_post) // 2, size)


def _places(
    cells: Cells, tree: Tree, position: Floats, random: np.random.Generator
) -> tuple[Ints, Ints, Floats]:
    pairs = close_pairs(position, REACH)
    pairs = np.concatenate([pairs, pairs[:, ::-1]])
    from_axon = (tree.compartment[pairs[:, 0]] == AXON) & (tree.compartment[pairs[:, 1]] != AXON)
    pairs = pairs[from_axon & (tree.cell[pairs[:, 0]] != tree.cell[pairs[:, 1]])]
    pre, post = pairs.T
    # Axons from outside are those of excitatory cells of the upper layers.
    kinds = np.concatenate([cells.type, np.zeros(int(tree.cell.max()) + 1 - len(cells.type), np.int64)])
    liked = np.array(preferences())[kinds[tree.cell[pre]], kinds[tree.cell[post]]]
    places = np.array([kind.places for kind in TYPES])[kinds[tree.cell[pre]], tree.compartment[post]]
    near = np.exp(-np.linalg.norm(position[pre] - position[post], axis=1) / FALLS_OFF)
    couple = tree.cell[pre] * (int(tree.cell.max()) + 1) + tree.cell[post]
    couples, which = np.unique(couple, return_inverse=True)
    strength = random.lognormal(0, STRENGTHS, len(couples))[which]
    return pre, post, liked * places * near * strength


def _facing(nanometres: Floats, pre: Ints, post: Ints, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return points on both sides that face each other, in voxels, each nearest to its own supervoxel."""
    from scipy.spatial import cKDTree

    pieces = cKDTree(nanometres)
    to_next = np.asarray(pieces.query(nanometres, k=2)[0])[:, 1]
    answer = []
    for here, there in ((pre, post), (post, pre)):
        way = nanometres[there] - nanometres[here]
        far = np.linalg.norm(way, axis=1)
        direction = way / far[:, None] + random.normal(0, 0.35, way.shape)
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        length = np.minimum(to_next[here], far) * random.uniform(0.25, 0.47, len(far))
        point = np.round((nanometres[here] + direction * length[:, None]) / VOXEL).astype(np.int64)
        point = np.maximum(point, 0)
        # Rounding may have carried it over to another piece.
        astray = pieces.query(point * np.array(VOXEL))[1] != here
        point[astray] = np.round(nanometres[here][astray] / VOXEL).astype(np.int64)
        answer.append(point)
    return answer[0], answer[1]
