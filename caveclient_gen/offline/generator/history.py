"""What proofreaders will do: mend gaps and false mergers, make some mistakes, and take those back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.generator.cell_types import SOMA
from caveclient_gen.offline.generator.pieces import close_pairs, disjoint
from caveclient_gen.offline.generator.schedule import ANNOTATED, END, HISTORY, VERSIONS

if TYPE_CHECKING:
    import numpy.typing as npt

    from caveclient_gen.offline.generator.growth import Tree
    from caveclient_gen.offline.generator.pieces import Pieces

    Ints = npt.NDArray[np.int64]

__all__ = ["PROOFREADERS", "PlannedEdit", "plan_edits", "times"]

PROOFREADERS = 4
"""How many people edit; the first ones more than the others."""
SHARES = (0.45, 0.3, 0.15, 0.1)
MENDED = 0.85
"""Which part of the gaps and false mergers has been found by the end."""
WRONG_MERGES, WRONG_SPLITS, SECOND_THOUGHTS = 0.08, 0.05, 0.03
"""Mistakes per neuron; good merges per neuron that somebody undid and somebody else made again."""
DAY = 86_400_000_000
LATER = (DAY // 24, 12 * DAY)
"""How long a mistake stands, in microseconds."""


@dataclass(frozen=True)
class PlannedEdit:
    """One edit.

    Parameters
    ----------
    kind : str
        "merge", "split", "undo" or "redo".
    moment : int
        Microseconds after the base; whole milliseconds, no two the same.
    person : int
        Which proofreader.
    sources, sinks : tuple of int
        Nodes of the tree; none for undo and redo.
    target : int or None
        Of undo and redo: which edit of the plan (its place in it).
    """

    kind: str
    moment: int
    person: int
    sources: tuple[int, ...] = ()
    sinks: tuple[int, ...] = ()
    target: int | None = None


def times(count: int, random: np.random.Generator) -> Ints:
    """Return moments in microseconds after the base: on working days, from 8 to 18 o'clock."""
    day_of = [int(moment.days) for moment in (ANNOTATED, *VERSIONS, END)]
    # Shares, not chances: even few moments lie in all periods.
    phase = np.searchsorted(np.cumsum(HISTORY)[:-1], (random.permutation(count) + 0.5) / max(count, 1))
    first = np.array(day_of[:-1])[phase] + 1
    last = np.array(day_of[1:])[phase] - 1
    day = random.integers(first, last)
    # Day 0 is a Monday.
    day -= np.maximum(0, day % 7 - 4)
    moments: Ints = (
        np.maximum(day, first) * DAY + random.integers(8 * 3_600_000, 18 * 3_600_000, count) * 1000
    )
    return moments


def plan_edits(tree: Tree, pieces: Pieces, random: np.random.Generator) -> list[PlannedEdit]:
    """Return all edits in the order in which they happen."""
    neurons = int((tree.compartment == SOMA).sum())
    good = _mending(pieces, random)
    wrong = _mistakes(tree, pieces, neurons, random)
    edits = [*good, *wrong]
    edits += [_undo(edits, place, random) for place in range(len(good), len(edits))]
    doubted = [int(place) for place in random.permutation(len(good)) if good[place].kind == "merge"]
    for place in doubted[: round(neurons * SECOND_THOUGHTS)]:
        undo = _undo(edits, place, random)
        edits += [undo, replace(_after(undo, random), kind="redo", person=good[place].person)]
    return _in_order(edits)


def _mending(pieces: Pieces, random: np.random.Generator) -> list[PlannedEdit]:
    edits = []
    for kind, pairs in (("merge", pieces.gaps), ("split", pieces.contacts)):
        found = pairs[np.sort(random.permutation(len(pairs))[: round(len(pairs) * MENDED)])]
        people, moments = _people(len(found), random), times(len(found), random)
        edits += _edits(kind, found, people, moments)
    return edits


def _mistakes(tree: Tree, pieces: Pieces, neurons: int, random: np.random.Generator) -> list[PlannedEdit]:
    """Return merges of two cells and splits of one, all of which will be undone."""
    thin = np.flatnonzero(tree.compartment != SOMA)
    pairs = thin[close_pairs(tree.position[thin], 2.5)]
    pairs = pairs[tree.cell[pairs[:, 0]] != tree.cell[pairs[:, 1]]]
    # Cells that a false merger joins may be one object already, which cannot be merged.
    taken = set(tree.cell[pieces.contacts].ravel().tolist())
    merged = disjoint(pairs[random.permutation(len(pairs))], tree.cell, round(neurons * WRONG_MERGES), taken)
    steps = np.column_stack([tree.parent, np.arange(len(tree.parent))])[tree.depth > 3]
    steps = steps[~np.isin(steps[:, 1], pieces.gaps[:, 1])]
    severed = _one_per_cell(steps[random.permutation(len(steps))], tree.cell, round(neurons * WRONG_SPLITS))
    edits = []
    for kind, where in (("merge", merged), ("split", severed)):
        edits += _edits(kind, where, _people(len(where), random), times(len(where), random))
    return edits


def _one_per_cell(steps: Ints, cell: Ints, count: int) -> Ints:
    _, first = np.unique(cell[steps[:, 1]], return_index=True)
    return steps[np.sort(first)[:count]]


def _edits(kind: str, pairs: Ints, people: Ints, moments: Ints) -> list[PlannedEdit]:
    rows = zip(pairs.tolist(), people.tolist(), moments.tolist(), strict=True)
    return [PlannedEdit(kind, moment, person, (a,), (b,)) for (a, b), person, moment in rows]


def _people(count: int, random: np.random.Generator) -> Ints:
    people: Ints = random.choice(PROOFREADERS, count, p=SHARES)
    return people


def _undo(edits: list[PlannedEdit], place: int, random: np.random.Generator) -> PlannedEdit:
    """Return the undo of an edit, some time later and by somebody else."""
    edit = edits[place]
    other = (edit.person + int(random.integers(1, PROOFREADERS))) % PROOFREADERS
    return replace(_after(edit, random), kind="undo", person=other, sources=(), sinks=(), target=place)


def _after(edit: PlannedEdit, random: np.random.Generator) -> PlannedEdit:
    return replace(edit, moment=edit.moment + int(random.integers(*LATER)) // 1000 * 1000)


def _in_order(edits: list[PlannedEdit]) -> list[PlannedEdit]:
    """Sort edits by their moments, no two at the same millisecond, and let targets follow."""
    order = sorted(range(len(edits)), key=lambda place: (edits[place].moment, place))
    new_place = {old: new for new, old in enumerate(order)}
    answer: list[PlannedEdit] = []
    for old in order:
        edit = edits[old]
        earliest = answer[-1].moment + 1000 if answer else 0
        target = None if edit.target is None else new_place[edit.target]
        answer.append(replace(edit, moment=max(edit.moment, earliest), target=target))
    return answer
