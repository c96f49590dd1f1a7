"""Neurons grow: somata are placed; then all neurites of all cells lengthen, turn and fork together.

Nodes of a neurite are `STEP` apart; each becomes one supervoxel. A branch is a walk that keeps its direction,
is pulled by its type's drift, turns back at the faces of the block, and ends when its length is used up.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.generator.cell_types import APICAL, AXON, BASAL, SOMA, TYPES

if TYPE_CHECKING:
    import numpy.typing as npt

    from caveclient_gen.offline.generator.volume import Volume

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

__all__ = ["STEP", "Cells", "Tree", "grow", "place_cells"]

STEP = 4.5
"""Micrometres from node to node."""
NEAREST_SOMATA = 10.0
WIGGLE = 0.35
LEFT_AFTER_FORK = 0.72
"""What part of the length that is left each branch has after a fork."""
ORPHANS_PER_NEURON = 0.3
"""Axons of cells that lie outside the block."""
ORPHAN_STEPS = 18
SOMA_RADIUS, AXON_RADIUS, DENDRITE_RADIUS = 5.2, 0.12, 0.55


@dataclass(frozen=True)
class Cells:
    """One row per neuron. `type` indexes `TYPES`; `soma` is (n, 3) in micrometres; `nucleus` a volume."""

    type: Ints
    soma: Floats
    nucleus: Floats


@dataclass(frozen=True)
class Tree:
    """One row per node, all cells together; parents stand before their children.

    Cells with numbers beyond the neurons are orphans: axons that come from outside. `parent` is -1 at the
    start; `depth` is how many nodes lie before one. `position` is (n, 3), like `radius` in micrometres.
    """

    cell: Ints
    parent: Ints
    depth: Ints
    position: Floats
    compartment: Ints
    radius: Floats


def place_cells(count: int, volume: Volume, random: np.random.Generator) -> Cells:
    """Decide types and places: of several places in a cell's layer the one farthest from all others."""
    shares = np.array([kind.share for kind in TYPES])
    # The first cells are one of each type, so that even a tiny dataset has all of them.
    kinds = np.concatenate([np.arange(len(TYPES)), random.choice(len(TYPES), count, p=shares / shares.sum())])
    kinds = random.permutation(kinds[:count])
    low, high = np.array([kind.depth for kind in TYPES])[kinds].T
    margin = SOMA_RADIUS / volume.size
    places = random.uniform(margin, 1 - margin, (count, 12, 3))
    places[:, :, 1] = low[:, None] + places[:, :, 1] * (high - low)[:, None]
    places *= volume.size
    soma = np.full((count, 3), np.inf)
    for cell in range(count):
        distances = np.linalg.norm(places[cell][:, None] - soma[None, :cell], axis=2)
        best = int(np.argmax(np.minimum(distances.min(axis=1, initial=np.inf), NEAREST_SOMATA * 2)))
        soma[cell] = places[cell, best]
    typical = np.array([kind.nucleus for kind in TYPES])[kinds]
    return Cells(kinds.astype(np.int64), soma, typical * random.lognormal(0, 0.12, count))


@dataclass
class _Tips:
    """The growing ends. `node` is the last node of each."""

    node: Ints
    cell: Ints
    compartment: Ints
    position: Floats
    direction: Floats
    drift: Floats
    branching: Floats
    left: Floats

    def take(self, which: npt.NDArray[np.bool_] | Ints) -> _Tips:
        return _Tips(*(getattr(self, item.name)[which] for item in fields(self)))

    def joined(self, other: _Tips) -> _Tips:
        return _Tips(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))


def grow(cells: Cells, volume: Volume, random: np.random.Generator) -> Tree:
    """Grow all neurites of the cells, and the axons that come from outside."""
    tips, starts = _first_tips(cells, volume, random)
    cell, parent, position, compartment = ([part] for part in starts)
    total = len(starts[0])
    while len(tips.node):
        tips = _advance(tips, volume, random)
        cell.append(tips.cell)
        parent.append(tips.node)
        position.append(tips.position)
        compartment.append(tips.compartment)
        tips.node = np.arange(total, total + len(tips.node))
        total += len(tips.node)
        tips = _fork(tips, volume, random)
        tips = tips.take(tips.left > 0)
    kinds: Ints = np.concatenate(compartment).astype(np.int64)
    return Tree(
        np.concatenate(cell),
        np.concatenate(parent),
        np.repeat(np.arange(len(cell)), np.array([len(part) for part in cell])),
        np.concatenate(position),
        kinds,
        _radius(kinds, random),
    )


def _radius(compartment: Ints, random: np.random.Generator) -> Floats:
    usual = np.array([SOMA_RADIUS, DENDRITE_RADIUS, DENDRITE_RADIUS * 1.3, AXON_RADIUS])[compartment]
    radius: Floats = usual * random.lognormal(0, np.where(compartment == SOMA, 0.05, 0.25))
    return radius


def _first_tips(
    cells: Cells, volume: Volume, random: np.random.Generator
) -> tuple[_Tips, tuple[Ints, Ints, Floats, Ints]]:
    """Return tips at all somata and at faces of the block, and the nodes that they start from."""
    count = len(cells.type)
    orphans = round(count * ORPHANS_PER_NEURON)
    entries = random.uniform(0, 1, (orphans, 3))
    entries[:, 0] = np.where(np.arange(orphans) % 2, 0.002, 0.998)
    nodes = (
        np.arange(count + orphans),
        np.full(count + orphans, -1),
        np.concatenate([cells.soma, entries * volume.size]),
        np.repeat(np.array([SOMA, AXON]), np.array([count, orphans])),
    )
    rows = np.concatenate([_neurites(kind, cells.type) for kind in (BASAL, APICAL, AXON)])
    cell, compartment = rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64)
    inward = np.stack([np.where(np.arange(orphans) % 2, 1.0, -1.0), *np.zeros((2, orphans))], axis=1)
    outside = np.arange(count, count + orphans)
    starts, drifts, steps = rows[:, 4:7], rows[:, 7:10], rows[:, 2]
    node = np.concatenate([cell, outside])
    tips = _Tips(
        node=node,
        cell=node.copy(),
        compartment=np.concatenate([compartment, np.full(orphans, AXON)]),
        position=nodes[2][node],
        direction=_unit(np.concatenate([starts * 2, inward * 2]) + random.normal(0, 0.6, (len(node), 3))),
        drift=np.concatenate([drifts, np.zeros((orphans, 3))]),
        branching=np.concatenate([rows[:, 3], np.full(orphans, 0.05)]),
        left=np.round(
            np.concatenate([steps, np.full(orphans, ORPHAN_STEPS)]) * random.uniform(0.75, 1.25, len(node))
        ),
    )
    return tips, nodes


def _neurites(compartment: int, kinds: Ints) -> Floats:
    """Return one row per neurite of a compartment: cell, compartment, steps, branching, start, drift."""
    names = {BASAL: "basal", APICAL: "apical", AXON: "axon"}
    of_type = [getattr(kind, names[compartment]) for kind in TYPES]
    table = np.array(
        [
            (n.count, n.steps, n.branching, *n.start, *n.drift) if n else np.zeros(9)
            for n in of_type
        ]
    )  # fmt: skip
    counts = table[kinds, 0].astype(np.int64)
    cell = np.repeat(np.arange(len(kinds)), counts)
    rows = np.column_stack([cell, np.full(len(cell), compartment), table[kinds[cell], 1:]])
    if compartment == BASAL:
        # A second dendrite of a bipolar cell goes the other way.
        nth = np.arange(len(cell)) - np.repeat(np.cumsum(counts) - counts, counts)
        rows[:, 4:10] *= np.where(nth % 2, -1.0, 1.0)[:, None]
    return rows


def _advance(tips: _Tips, volume: Volume, random: np.random.Generator) -> _Tips:
    direction = _unit(tips.direction + tips.drift + random.normal(0, WIGGLE, tips.direction.shape))
    position = tips.position + direction * STEP
    # What would leave the block turns back at its face.
    outside = (position < 0.1) | (position > volume.size - 0.1)
    direction = np.where(outside, -direction, direction)
    position = np.clip(np.where(outside, tips.position + direction * STEP, position), 0.1, volume.size - 0.1)
    return _Tips(
        tips.node, tips.cell, tips.compartment, position, direction, tips.drift, tips.branching, tips.left - 1
    )


def _fork(tips: _Tips, volume: Volume, random: np.random.Generator) -> _Tips:
    chance = tips.branching.copy()
    # Apical dendrites and the axons that climb make a tuft in layer 1.
    in_tuft = (tips.position[:, 1] < 0.14 * volume.size[1]) & (tips.drift[:, 1] < 0)
    chance[in_tuft] += 0.2
    forking = (random.random(len(chance)) < chance) & (tips.left > 1)
    tips.left = np.where(forking, np.ceil(tips.left * LEFT_AFTER_FORK), tips.left)
    tips.drift = np.where(in_tuft[:, None], tips.drift * 0.5, tips.drift)
    twins = tips.take(forking)
    twins.direction = _unit(twins.direction + random.normal(0, 0.8, twins.direction.shape))
    return tips.joined(twins)


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit
