"""Taking edits back, and making them again.

An undo of an undo makes the edit again, and an undo of a redo takes it back: the log says so of the edit
itself, not of the undo in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.edits import Change
from caveclient_gen.offline.segmentation.state import OPERATION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from caveclient_gen.offline.segmentation.records import Ids, Operation
    from caveclient_gen.offline.segmentation.state import State

__all__ = ["edits_in_force", "redo", "undo"]


def undo(state: State, operation_id: int) -> Change:
    """Return the change that takes an edit back."""
    return _again(state, *_edit_of(state, operation_id, is_undo=True))


def redo(state: State, operation_id: int) -> Change:
    """Return the change that makes an undone edit again."""
    return _again(state, *_edit_of(state, operation_id, is_undo=False))


def edits_in_force(log: Iterable[Operation]) -> set[int]:
    """Return the merges and splits that were not undone, or made again since."""
    in_force: set[int] = set()
    for entry in log:
        if entry.kind == "undo" and entry.target is not None:
            in_force.discard(entry.target)
        else:
            in_force.add(entry.id if entry.target is None else entry.target)
    return in_force


def _edit_of(state: State, operation_id: int, *, is_undo: bool) -> tuple[Operation, bool]:
    """Return the merge or split that is meant, and whether it is to be taken back."""
    if not 1 <= operation_id <= state.newest:
        raise Refusal(404, f"There is no operation {operation_id}.")
    named = state.operations[operation_id - 1]
    if named.target is None:
        return named, is_undo
    return state.operations[named.target - 1], is_undo != (named.kind == "undo")


def _again(state: State, edit: Operation, is_undo: bool) -> Change:
    keys = state.edges.changes
    at = np.flatnonzero(keys & (2**OPERATION - 1) == edit.id)
    edges = keys[at] >> OPERATION
    becomes = state.edges.becomes[at] != is_undo
    _check(state, edit, edges, bool(becomes[0]), is_undo)
    restored, removed = edges[becomes], edges[~becomes]
    return Change("undo" if is_undo else "redo", restored=restored, removed=removed, target=edit.id)


def _check(state: State, edit: Operation, edges: Ids, becomes: bool, is_undo: bool) -> None:
    """Refuse what is in that state already, or was brought into it by another edit."""
    about = [entry for entry in state.operations if edit.id in (entry.id, entry.target)]
    is_undone = about[-1].kind == "undo"
    if is_undone and is_undo:
        raise Refusal(400, f"Operation {edit.id} is undone already, by operation {about[-1].id}.")
    if not is_undone and not is_undo:
        raise Refusal(400, f"Operation {edit.id} is in force: only what was undone can be made again.")
    there = edges[state.edges.active[edges] == becomes]
    if len(there):
        keys = state.edges.changes
        last = int((keys[keys >> OPERATION == there[0]] & (2**OPERATION - 1)).max())
        raise Refusal(
            400, f"Undo operation {last} first: it changed an edge that operation {edit.id} changed too."
        )
