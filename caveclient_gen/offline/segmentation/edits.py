"""Merges, splits, and what takes them back: checks, and the rows of one edit."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import orjson

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.cutting import least_cut
from caveclient_gen.offline.segmentation.hierarchy import Growth, grow
from caveclient_gen.offline.segmentation.nodes import NOTHING
from caveclient_gen.offline.segmentation.points import positions_in_voxels, supervoxels_of
from caveclient_gen.offline.segmentation.records import Edit, Ids, Point, SplitParts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from caveclient_gen.offline.segmentation.cutting import Cut
    from caveclient_gen.offline.segmentation.state import State

__all__ = ["Change", "merge", "preview_split", "split", "write"]

SEVERAL = (
    "This cut leaves the sources, or the sinks, in several pieces. Move the points, or use fewer of them."
)


@dataclass(frozen=True)
class Change:
    """What one edit changes, and what the log says of it."""

    kind: str
    restored: Ids = field(default_factory=NOTHING.copy)
    """Edges that are active again."""
    removed: Ids = field(default_factory=NOTHING.copy)
    joined: tuple[int, int] | None = None
    """Two supervoxels that get a new edge."""
    leading: Ids = field(default_factory=NOTHING.copy)
    """Supervoxels whose roots stand first in the answer."""
    points: tuple[Sequence[Point], Sequence[Point]] = ((), ())
    nodes: tuple[Ids, Ids] = field(default_factory=lambda: (NOTHING, NOTHING))
    """The supervoxels of the points."""
    target: int | None = None


def merge(state: State, a: Point, b: Point) -> Change:
    """Return the change that joins two objects."""
    one, other = supervoxels_of(state, [a]), supervoxels_of(state, [b])
    if len(np.unique(state.roots(np.concatenate((one, other)), state.newest))) == 1:
        raise Refusal(400, "Supervoxels must belong to different objects.")
    return Change(
        "merge",
        joined=(int(one[0]), int(other[0])),
        leading=one,
        points=([a], [b]),
        nodes=(one, other),
    )


def split(state: State, sources: Sequence[Point], sinks: Sequence[Point]) -> Change:
    """Return the change that cuts an object."""
    near, far, _, edges, cut = _cut(state, sources, sinks, "Supervoxels must belong to the same segment.")
    if not cut.is_legal:
        raise Refusal(400, SEVERAL)
    return Change(
        "split",
        removed=edges[cut.is_cut],
        leading=np.concatenate((near[:1], far[:1])),
        points=(sources, sinks),
        nodes=(near, far),
    )


def preview_split(state: State, sources: Sequence[Point], sinks: Sequence[Point]) -> SplitParts:
    """Return the pieces that a split would make."""
    _, _, object_, _, cut = _cut(state, sources, sinks, "Supervoxels must belong to the same object.")
    order = np.argsort(cut.pieces, kind="stable")
    starts = np.searchsorted(cut.pieces[order], np.arange(1, int(cut.pieces.max()) + 1))
    components = tuple(np.split(state.nodes.ids[object_[order]], starts))
    return SplitParts(components, not cut.is_legal, "" if cut.is_legal else SEVERAL)


def _cut(
    state: State, sources: Sequence[Point], sinks: Sequence[Point], different: str
) -> tuple[Ids, Ids, Ids, Ids, Cut]:
    if not sources or not sinks:
        raise Refusal(400, "Give at least one source and one sink.")
    near, far = supervoxels_of(state, sources), supervoxels_of(state, sinks)
    roots = np.unique(state.roots(np.concatenate((near, far)), state.newest))
    if len(roots) != 1:
        raise Refusal(400, different)
    object_ = np.sort(state.supervoxels(int(roots[0])))
    edges = state.edges.touching(object_)
    edges = edges[state.edges.active[edges]]
    cut = least_cut(
        len(object_),
        np.searchsorted(object_, state.edges.a[edges]),
        np.searchsorted(object_, state.edges.b[edges]),
        state.edges.affinity[edges],
        np.searchsorted(object_, near),
        np.searchsorted(object_, far),
    )
    return near, far, object_, edges, cut


# ---- writing


def write(db: sqlite3.Connection, state: State, change: Change, *, user_id: int, moment: int) -> Edit:
    """Write one edit: new nodes, links, edges, and its entry in the log. Within a change of the store.

    Raises
    ------
    Refusal
        400: the objects would be the same as before.
    """
    number = state.newest + 1
    changed = np.concatenate((change.removed, change.restored))
    ends = np.unique(
        np.concatenate(
            (state.edges.a[changed], state.edges.b[changed], np.array(change.joined or (), np.int64))
        )
    )
    old = np.unique(state.roots(ends, state.newest))
    supervoxels = np.sort(state.leaves(old)[0])
    growth = _growth(state, change, supervoxels, ends)
    old_roots = state.roots(supervoxels, state.newest)
    descent = np.unique(np.stack((old_roots, growth.roots), axis=1), axis=0)
    if len(old) == len(np.unique(growth.roots)):  # an edit only joins or only cuts: so many are the same
        raise Refusal(400, "Nothing would change: all objects would be the same as before.")
    created = growth.first + np.arange(len(growth.ids))
    new_roots = _roots_in_order(growth, supervoxels, change.leading)
    new_ids = growth.ids[new_roots - growth.first]
    db.execute(
        "INSERT INTO operation VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            change.kind,
            user_id,
            moment,
            change.target,
            _points(state, change),
            orjson.dumps(new_ids.tolist()).decode(),
            secrets.randbits(62),
        ),
    )
    db.executemany(
        "INSERT INTO node VALUES (?, ?, ?)",
        [(at, node, number) for at, node in zip(created.tolist(), growth.ids.tolist(), strict=True)],
    )
    links = zip(growth.parents.tolist(), growth.children.tolist(), strict=True)
    db.executemany("INSERT INTO link VALUES (?, ?)", links)
    _write_edges(db, state, change, number)
    db.executemany(
        "INSERT INTO descent VALUES (?, ?, ?)",
        [(number, before, after) for before, after in descent.tolist()],
    )
    level2 = growth.ids[state.layout.layer_of(growth.ids) == 2]
    return Edit(number, tuple(new_ids.tolist()), tuple(level2.tolist()))


def _growth(state: State, change: Change, supervoxels: Ids, ends: Ids) -> Growth:
    edges = state.edges.touching(supervoxels)
    active = state.edges.active.copy()
    active[change.removed] = False
    active[change.restored] = True
    edges = edges[active[edges]]
    a, b = state.edges.a[edges], state.edges.b[edges]
    if change.joined is not None:
        a, b = np.append(a, change.joined[0]), np.append(b, change.joined[1])
    return grow(
        state.nodes,
        state.layout,
        supervoxels,
        np.searchsorted(supervoxels, a),
        np.searchsorted(supervoxels, b),
        np.isin(supervoxels, ends),
    )


def _roots_in_order(growth: Growth, supervoxels: Ids, leading: Ids) -> Ids:
    first = growth.roots[np.searchsorted(supervoxels, leading)]
    roots = np.concatenate((first, np.unique(growth.roots)))
    _, places = np.unique(roots, return_index=True)
    found: Ids = roots[np.sort(places)]
    return found


def _points(state: State, change: Change) -> str:
    document = {}
    for name, points, nodes in zip(("source", "sink"), change.points, change.nodes, strict=True):
        document[f"{name}_nodes"] = state.nodes.ids[nodes].tolist()
        document[f"{name}_positions"] = positions_in_voxels(state, points)
    return orjson.dumps(document).decode()


def _write_edges(db: sqlite3.Connection, state: State, change: Change, number: int) -> None:
    becomes = [(number, edge, 0) for edge in change.removed.tolist()]
    becomes += [(number, edge, 1) for edge in change.restored.tolist()]
    if change.joined is not None:
        edge = len(state.edges.a)
        db.execute("INSERT INTO edge VALUES (?, ?, ?, ?, 0, ?)", (edge, *change.joined, float("inf"), number))
        becomes.append((number, edge, 1))
    db.executemany("INSERT INTO edge_change VALUES (?, ?, ?)", becomes)
