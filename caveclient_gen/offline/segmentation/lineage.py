"""What became of roots, and what they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.segmentation.nodes import NEVER

if TYPE_CHECKING:
    import networkx as nx

    from caveclient_gen.offline.segmentation.records import Bools, Ids, Operation
    from caveclient_gen.offline.segmentation.state import State

__all__ = ["delta_roots", "family", "history", "lineage", "roots_at"]


def family(state: State, roots: Ids, operations: Bools, *, backwards: bool) -> tuple[Ids, Ids]:
    """Return all ancestors or descendants of roots with the roots themselves, and the rows of descent used.

    Parameters
    ----------
    state : State
        The segmentation.
    roots : array
        Numbers.
    operations : array of bool
        Which rows of descent may be followed.
    backwards : bool
        Whether to follow them from new to old.
    """
    rows_of = state.rows_by_new if backwards else state.rows_by_old
    ends = state.descent[:, 1 if backwards else 2].tolist()
    found = dict.fromkeys(roots.tolist())
    waiting, used = list(found), []
    for root in waiting:  # grows while it is walked: one look-up per step, however long a history is
        rows = [row for row in rows_of.get(root, ()) if operations[row]]
        used += rows
        fresh = [end for end in map(ends.__getitem__, rows) if end not in found]
        found.update(dict.fromkeys(fresh))
        waiting += dict.fromkeys(fresh)
    return np.array(waiting, np.int64), np.array(sorted(used), np.int64)


def lineage(state: State, roots: Ids, past: int | None, future: int | None) -> nx.DiGraph[int]:
    """Return the graph of ancestors back to one moment and of descendants up to another one.

    As servers have it, a link that crosses one of the moments is still there.
    """
    import networkx as nx

    edits, old = state.descent[:, 0], state.descent[:, 1]
    since = np.ones(len(edits), np.bool_) if past is None else state.moment_of(edits) >= past
    until = np.ones(len(edits), np.bool_)
    if future is not None:
        until = state.moment_of(state.nodes.created[old]) <= future
    before, rows_before = family(state, roots, since, backwards=True)
    after, rows_after = family(state, roots, until, backwards=False)
    _, first = np.unique(members := np.concatenate((roots, before, after)), return_index=True)
    nodes = members[np.sort(first)]
    moment = state.moment_of(state.nodes.created[nodes]).tolist()
    graph: nx.DiGraph[int] = nx.DiGraph()
    for node, made, ended in zip(
        state.nodes.ids[nodes].tolist(), moment, state.ended[nodes].tolist(), strict=True
    ):
        graph.add_node(node, timestamp=made, **({} if ended == NEVER else {"operation_id": ended}))
    pairs = state.descent[np.union1d(rows_before, rows_after)][:, 1:]
    graph.add_edges_from(state.nodes.ids[pairs].tolist())
    return graph


def history(state: State, root: int) -> list[Operation]:
    """Return the operations that led to a root (its number), oldest first."""
    found, _ = family(state, np.array([root]), np.ones(len(state.descent), np.bool_), backwards=True)
    made = np.unique(state.nodes.created[found])
    return [state.operations[number - 1] for number in made[made > 0].tolist()]


def roots_at(state: State, root: int, moment: int) -> Ids:
    """Return the ancestors, or the descendants, of a root that were there at a moment: their numbers."""
    operation = state.operation_at(moment)
    if state.nodes.created[root] <= operation < state.ended[root]:
        return np.array([root])
    is_later = int(state.nodes.created[root]) > operation
    found, _ = family(state, np.array([root]), np.ones(len(state.descent), np.bool_), backwards=is_later)
    found = np.sort(found)
    alive = (state.nodes.created[found] <= operation) & (state.ended[found] > operation)
    there: Ids = found[alive]
    return there


def delta_roots(state: State, past: int, future: int) -> tuple[Ids, Ids]:
    """Return the numbers of roots that ceased and of roots that came to be after `past`, up to `future`."""
    first, last = state.operation_at(past), state.operation_at(future)
    roots = np.flatnonzero(state.layout.layer_of(state.nodes.ids) == state.layout.layers)
    created, ended = state.nodes.created[roots], state.ended[roots]
    there_before = (created <= first) & (ended > first)
    there_after = (created <= last) & (ended > last)
    return roots[there_before & ~there_after], roots[there_after & ~there_before]
