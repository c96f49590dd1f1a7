"""What people say of the generated cells: types, proofreading status, tags; and how that changes in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.generator.cell_types import AXON, SOMA, TYPES
from caveclient_gen.offline.generator.history import times

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from caveclient_gen.offline.generator.growth import Cells, Tree
    from caveclient_gen.offline.generator.history import PlannedEdit
    from caveclient_gen.offline.generator.pieces import Pieces

    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

__all__ = [
    "Changes",
    "Proofreading",
    "Tags",
    "Typing",
    "nucleus_ids",
    "plan_proofreading",
    "plan_tags",
    "plan_typing",
    "synapse_changes",
]

TYPED, TYPED_LATER, RETYPED = 0.97, 0.15, 0.04
"""Which part of the cells has a type; which of these got it late, and which had a wrong one at first."""
PROOFREAD, EXTENDED = 0.4, 0.35
"""Which part of the cells was proofread; of these, how many axons as well."""
FALSE_SYNAPSES, LATE_SYNAPSES = 0.004, 0.02
"""Synapses that were deleted again, and that were found later, as parts of all."""
TAGS_PER_NEURON = 0.6
DENDRITE_STRATEGIES = ("dendrite_extended", "dendrite_clean")
AXON_STRATEGIES = ("axon_fully_extended", "axon_partially_extended")
NO_AXON = "none"


@dataclass(frozen=True)
class Changes:
    """When rows appear and vanish, in microseconds after the base: 0 is from the start, -1 never."""

    since: Ints
    until: Ints


@dataclass(frozen=True)
class Typing:
    """One row per typed cell: `first` until `corrected` (0: from the start), then `kind`."""

    cell: Ints
    kind: tuple[str, ...]
    first: tuple[str, ...]
    since: Ints
    corrected: Ints


@dataclass(frozen=True)
class Proofreading:
    """One row per proofread cell; its axon was done at `axon_since` (-1: never)."""

    cell: Ints
    since: Ints
    dendrite: tuple[str, ...]
    axon: tuple[str, ...]
    axon_since: Ints


@dataclass(frozen=True)
class Tags:
    """One row per tag: the node it is on, its text, and since when."""

    node: Ints
    text: tuple[str, ...]
    since: Ints


def nucleus_ids(count: int, random: np.random.Generator) -> Ints:
    """Return ids of nuclei: six digits and with gaps, as detection leaves them."""
    ids: Ints = 200_000 + np.cumsum(random.integers(1, 900, count))
    return ids


def synapse_changes(count: int, false: int, random: np.random.Generator) -> Changes:
    """Return when synapses were found, and which were deleted: `false` of `count`, at random places."""
    since, until = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    order = random.permutation(count)
    wrong, late = order[:false], order[false : false + round(count * LATE_SYNAPSES)]
    until[wrong] = _in_batches(times(false, random))
    since[late] = _in_batches(times(len(late), random))
    return Changes(since, until)


def _in_batches(moments: Ints) -> Ints:
    """Round moments to weeks: found synapses come in batches."""
    week = 7 * 86_400_000_000
    batches: Ints = moments // week * week + week // 2
    return batches


def plan_typing(cells: Cells, random: np.random.Generator) -> Typing:
    """Return who gets a type when, and who got a wrong one first."""
    count = len(cells.type)
    cell = np.sort(random.permutation(count)[: max(1, round(count * TYPED))])
    since, corrected = np.zeros((2, len(cell)), np.int64)
    order = random.permutation(len(cell))
    late = order[: round(len(cell) * TYPED_LATER)]
    wrong = order[len(late) : len(late) + max(1, round(len(cell) * RETYPED))]
    since[late] = times(len(late), random)
    corrected[wrong] = times(len(wrong), random)
    names = np.array([kind.name for kind in TYPES])
    kinds = names[cells.type[cell]]
    first = kinds.copy()
    first[wrong] = names[[_mistaken_for(kind, random) for kind in cells.type[cell[wrong]].tolist()]]
    return Typing(cell, tuple(kinds.tolist()), tuple(first.tolist()), since, corrected)


def _mistaken_for(kind: int, random: np.random.Generator) -> int:
    """Return another type of the same system."""
    system = TYPES[kind].system
    others = [other for other in range(len(TYPES)) if other != kind and TYPES[other].system == system]
    return int(random.choice(others))


def plan_proofreading(cells: Cells, random: np.random.Generator) -> Proofreading:
    """Return who is proofread when."""
    count = len(cells.type)
    cell = np.sort(random.permutation(count)[: max(1, round(count * PROOFREAD))])
    since = times(len(cell), random)
    axon_since = np.where(random.random(len(cell)) < EXTENDED, times(len(cell), random), -1)
    axon_since = np.where((axon_since >= 0) & (axon_since < since), since, axon_since)
    dendrite = random.choice(DENDRITE_STRATEGIES, len(cell))
    axon = random.choice(AXON_STRATEGIES, len(cell))
    axon[axon_since < 0] = NO_AXON
    return Proofreading(cell, since, tuple(dendrite.tolist()), tuple(axon.tolist()), axon_since)


def plan_tags(tree: Tree, pieces: Pieces, edits: Sequence[PlannedEdit], random: np.random.Generator) -> Tags:
    """Return what people noted at places: ends of neurites, and mistakes before they mended them."""
    neurons = int((tree.compartment == SOMA).sum())
    ends = np.setdiff1d(np.arange(len(tree.parent)), tree.parent)
    ends = ends[(tree.cell[ends] < neurons) & ~np.isin(ends, pieces.gaps)]
    chosen = np.sort(random.permutation(ends)[: round(neurons * TAGS_PER_NEURON)])
    text = np.where(tree.compartment[chosen] == AXON, "axon end", "dendrite end")
    known = [edit for edit in edits if edit.kind in ("merge", "split")][::3]
    noted = [max(0, edit.moment - 3_600_000_000) for edit in known]
    words = {"merge": "gap?", "split": "merge error"}
    return Tags(
        np.concatenate([chosen, np.array([edit.sources[0] for edit in known], np.int64)]),
        (*text.tolist(), *(words[edit.kind] for edit in known)),
        np.concatenate([times(len(chosen), random), np.array(noted, np.int64)]),
    )


def systems() -> dict[str, str]:
    """Return the classification system of each type."""
    return {kind.name: kind.system for kind in TYPES}
