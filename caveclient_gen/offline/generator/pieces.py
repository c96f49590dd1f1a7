"""From trees to supervoxels and edges, with the mistakes that an automatic segmentation makes.

Each node of a tree becomes a supervoxel, each step an edge: strong within a chunk, weaker across a border.
Some steps are missing (gaps: a fragment that proofreading has to merge), and some neurites that touch are
joined by a weak edge (contacts: a false merger that it has to split). All of these together form no circle,
so that each mistake can be mended by one edit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.generator.cell_types import AXON, SOMA
from caveclient_gen.offline.generator.growth import STEP
from caveclient_gen.offline.segmentation.engine import Edges, Supervoxels

if TYPE_CHECKING:
    import numpy.typing as npt

    from caveclient_gen.offline.generator.growth import Tree
    from caveclient_gen.offline.generator.volume import Volume

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

__all__ = ["Pieces", "close_pairs", "cut"]

GAPS_PER_NEURON, CONTACTS_PER_NEURON = 0.65, 0.2
SPREAD_OF_GAPS = 1.2
"""Of the logarithm of how many gaps a cell has."""
FRAGMENT_NODES = (2, 25)
"""How large fragments are."""
TOUCHING = 3.0
"""Micrometres between neurites that may be taken for one."""
WITHIN, ACROSS, CONTACT = (0.85, 0.99), (0.65, 0.84), (0.25, 0.45)
"""Affinities of edges: within a chunk, across a border, of a false merger."""


@dataclass(frozen=True)
class Pieces:
    """The segmentation before any edit. Rows of supervoxels are nodes of the tree.

    `gaps` are (n, 2) nodes, parent and child, that should be joined; `contacts` (n, 2) that should not.
    `fragment` numbers what is connected by steps alone.
    """

    supervoxels: Supervoxels
    edges: Edges
    fragment: Ints
    gaps: Ints
    contacts: Ints


def cut(tree: Tree, volume: Volume, random: np.random.Generator) -> Pieces:
    """Make supervoxels and edges of a tree."""
    supervoxels = _supervoxels(tree, volume)
    neurons = int((tree.compartment == SOMA).sum())
    gaps = _gaps(tree, round(neurons * GAPS_PER_NEURON), random)
    contacts = _contacts(tree, round(neurons * CONTACTS_PER_NEURON), random)
    chunks = supervoxels.position // np.array(volume.layout.chunk_size)
    steps = np.column_stack([tree.parent, np.arange(len(tree.parent))])
    steps = steps[(tree.parent >= 0) & ~np.isin(steps[:, 1], gaps[:, 1])]
    crossing = (chunks[steps[:, 0]] != chunks[steps[:, 1]]).any(axis=1)
    low, high = np.where(crossing[:, None], ACROSS, WITHIN).T
    thinner = np.minimum(tree.radius[steps[:, 0]], tree.radius[steps[:, 1]])
    pairs = np.concatenate([steps, contacts])
    affinity = np.concatenate([random.uniform(low, high), random.uniform(*CONTACT, len(contacts))])
    area = np.concatenate([_voxels_of_disc(thinner, volume), random.integers(8, 90, len(contacts))])
    ids = supervoxels.ids
    edges = Edges(ids[pairs[:, 0]], ids[pairs[:, 1]], affinity.astype(np.float32), area.astype(np.int64))
    return Pieces(supervoxels, edges, _fragments(tree, gaps), gaps, contacts)


def close_pairs(position: Floats, reach: float) -> Ints:
    """Return all pairs of points within `reach`, (n, 2), sorted."""
    from scipy.spatial import cKDTree

    pairs: Ints = cKDTree(position).query_pairs(reach, output_type="ndarray").astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _supervoxels(tree: Tree, volume: Volume) -> Supervoxels:
    layout = volume.layout
    resolution = np.array(layout.resolution)
    position = np.clip((tree.position * 1000 // resolution).astype(np.int64), 0, np.array(layout.volume) - 1)
    position = _apart(position, layout.volume[0])
    chunk = position // np.array(layout.chunk_size)
    order = np.lexsort((np.arange(len(chunk)), chunk[:, 2], chunk[:, 1], chunk[:, 0]))
    first = np.ones(len(order), bool)
    first[1:] = (chunk[order][1:] != chunk[order][:-1]).any(axis=1)
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order)) - start + 1
    solid = np.where(tree.compartment == SOMA, tree.radius**3 * 4 / 3, tree.radius**2 * STEP) * np.pi
    size = np.maximum(1, solid * 1e9 // resolution.prod()).astype(np.int64)
    return Supervoxels(layout.pack(1, chunk, number), position, size)


def _apart(position: Ints, width: int) -> Ints:
    """Move what shares its voxel with another one by a voxel, until nothing does."""
    while True:
        order = np.lexsort((np.arange(len(position)), position[:, 2], position[:, 1], position[:, 0]))
        same = (position[order][1:] == position[order][:-1]).all(axis=1)
        if not same.any():
            return position
        moved = order[1:][same]
        position[moved, 0] += np.where(position[moved, 0] + 1 < width, 1, -3)


def _voxels_of_disc(radius: Floats, volume: Volume) -> Ints:
    x, y, _ = volume.layout.resolution
    return np.maximum(1, np.pi * radius**2 * 1e6 // (x * y)).astype(np.int64)


def _below(tree: Tree) -> Ints:
    """Return how many nodes hang on each node, itself included."""
    size = np.ones(len(tree.parent), np.int64)
    for depth in range(int(tree.depth.max()), 0, -1):
        nodes = np.flatnonzero(tree.depth == depth)
        np.add.at(size, tree.parent[nodes], size[nodes])
    return size


def _fragments(tree: Tree, gaps: Ints) -> Ints:
    begins = tree.parent < 0
    begins[gaps[:, 1]] = True
    fragment = np.where(begins, np.cumsum(begins) - 1, -1)
    for depth in range(1, int(tree.depth.max()) + 1):
        nodes = np.flatnonzero((tree.depth == depth) & ~begins)
        fragment[nodes] = fragment[tree.parent[nodes]]
    return fragment


def _gaps(tree: Tree, count: int, random: np.random.Generator) -> Ints:
    """Choose steps of neurons that are missing, so that what hangs on them is a fragment."""
    below = _below(tree)
    small = (below >= FRAGMENT_NODES[0]) & (below <= FRAGMENT_NODES[1]) & (tree.depth > 2)
    of_neurons = np.isin(tree.cell, tree.cell[tree.compartment == SOMA])
    possible = np.flatnonzero(small & of_neurons)
    # Some cells are in many pieces, most in one or two.
    torn = random.lognormal(0, SPREAD_OF_GAPS, int(tree.cell.max()) + 1)[tree.cell[possible]]
    count = min(count, len(possible))
    chosen = np.sort(random.choice(possible, count, replace=False, p=torn / torn.sum()))
    return np.column_stack([tree.parent[chosen], chosen])


def _contacts(tree: Tree, count: int, random: np.random.Generator) -> Ints:
    """Choose neurites that touch; no cell twice, so that false mergers join no more than two."""
    thin = tree.compartment != SOMA
    pairs = np.flatnonzero(thin)[close_pairs(tree.position[thin], TOUCHING)]
    axonal = (tree.compartment[pairs] == AXON).any(axis=1)
    pairs = pairs[(tree.cell[pairs[:, 0]] != tree.cell[pairs[:, 1]]) & axonal]
    return disjoint(pairs[random.permutation(len(pairs))], tree.cell, count)


def disjoint(pairs: Ints, cell: Ints, count: int, taken: set[int] | None = None) -> Ints:
    """Return the first `count` pairs of which no cell is in an earlier one or in `taken`."""
    seen = set(taken or ())
    chosen: list[tuple[int, int]] = []
    for a, b in pairs.tolist():
        if len(chosen) == count:
            break
        cells = {int(cell[a]), int(cell[b])}
        if not cells & seen:
            seen |= cells
            chosen.append((a, b))
    return np.array(chosen, np.int64).reshape(-1, 2)
