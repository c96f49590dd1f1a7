"""All that a seed decides, before anything is written: arrays, edits and annotations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.generator.annotations import (
    FALSE_SYNAPSES,
    Changes,
    Proofreading,
    Tags,
    Typing,
    nucleus_ids,
    plan_proofreading,
    plan_tags,
    plan_typing,
    synapse_changes,
)
from caveclient_gen.offline.generator.growth import Cells, Tree, grow, place_cells
from caveclient_gen.offline.generator.history import PlannedEdit, plan_edits
from caveclient_gen.offline.generator.pieces import Pieces, cut
from caveclient_gen.offline.generator.synapses import Synapses, place
from caveclient_gen.offline.generator.volume import Volume, volume_for

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["MOST_NEURONS", "MOST_SYNAPSES", "Plan", "make_plan"]

FEWEST_NEURONS, MOST_NEURONS = 10, 3_000
MOST_SYNAPSES = 2_000_000


@dataclass(frozen=True)
class Plan:
    """A dataset to be written. Rows of `tree` and of the supervoxels are the same nodes."""

    volume: Volume
    cells: Cells
    tree: Tree
    pieces: Pieces
    synapses: Synapses
    synapse_changes: Changes
    edits: tuple[PlannedEdit, ...]
    nucleus_ids: npt.NDArray[np.int64]
    typing: Typing
    proofreading: Proofreading
    tags: Tags


def make_plan(neurons: int, synapses: int, seed: int) -> Plan:
    """Decide everything.

    Each part draws from a stream of its own, so that asking for more synapses moves no neuron.

    Raises
    ------
    CAVEError
        A number makes no dataset.
    """
    _check("neurons", neurons, FEWEST_NEURONS, MOST_NEURONS)
    _check("synapses", synapses, 1, MOST_SYNAPSES)
    _check("seed", seed, 0, 2**63 - 1)
    draw = [np.random.default_rng([seed, part]) for part in range(10)]
    volume = volume_for(neurons)
    cells = place_cells(neurons, volume, draw[0])
    tree = grow(cells, volume, draw[1])
    pieces = cut(tree, volume, draw[2])
    false = round(synapses * FALSE_SYNAPSES)
    edits = plan_edits(tree, pieces, draw[5])
    return Plan(
        volume=volume,
        cells=cells,
        tree=tree,
        pieces=pieces,
        synapses=place(cells, tree, pieces, synapses + false, draw[3]),
        synapse_changes=synapse_changes(synapses + false, false, draw[4]),
        edits=tuple(edits),
        nucleus_ids=nucleus_ids(neurons, draw[6]),
        typing=plan_typing(cells, draw[7]),
        proofreading=plan_proofreading(cells, draw[8]),
        tags=plan_tags(tree, pieces, edits, draw[9]),
    )


def _check(name: str, value: int, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise CAVEError(f"Give {name} between {least} and {most}, a whole number: {value!r} is none.")
