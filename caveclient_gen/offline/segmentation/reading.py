"""Reads the tables into memory: all at first, then only what was added since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from caveclient_gen.offline.segmentation.layout import Layout
from caveclient_gen.offline.segmentation.nodes import Nodes
from caveclient_gen.offline.segmentation.records import Ids, Operation
from caveclient_gen.offline.segmentation.state import OPERATION, EdgeTable, Ground, State

if TYPE_CHECKING:
    import sqlite3

    from caveclient_gen.offline.store import Store

__all__ = ["Reader"]


class Reader:
    """Keeps the newest state that it read, and reads on from there.

    Rows are only added, so a state is old, not wrong, as long as the database still has its newest operation
    with the same mark. It has not if that was read within a change that failed.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._state: State | None = None

    def read(self) -> State | None:
        """Return the state of the database; None if nothing was ingested."""
        with self._store.view() as db:
            known = self._state
            if known is None or not _has(db, known):
                known = _ground(db)
            self._state = None if known is None else _grown(db, known)
        return self._state


def columns(db: sqlite3.Connection, sql: str, values: tuple[int, ...], count: int) -> list[Ids]:
    """Return the columns of a query of whole numbers."""
    rows = db.execute(sql, values).fetchall()
    table = np.array(rows, np.int64).reshape(len(rows), count)
    return [np.ascontiguousarray(table[:, place]) for place in range(count)]


def _has(db: sqlite3.Connection, state: State) -> bool:
    row = db.execute("SELECT mark FROM segmentation").fetchone()
    if row is None or row[0] != state.ground.mark:
        return False
    if not state.newest:
        return True
    row = db.execute("SELECT mark FROM operation WHERE id = ?", (state.newest,)).fetchone()
    return row is not None and bool(row[0] == state.mark)


def _ground(db: sqlite3.Connection) -> State | None:
    row = db.execute("SELECT layout, ingested, mark, reach_nm FROM segmentation").fetchone()
    if row is None:
        return None
    x, y, z, size = columns(db, "SELECT x, y, z, size FROM supervoxel ORDER BY number", (), 4)
    sizes = orjson.loads(row[0])
    layout = Layout(
        tuple(sizes["resolution"]), tuple(sizes["chunk_size"]), tuple(sizes["volume"]), sizes["layers"]
    )
    ground = Ground(layout, row[1], row[2], row[3], np.stack((x, y, z), axis=1), size)
    return State(ground, Nodes(), EdgeTable.empty())


def _grown(db: sqlite3.Connection, state: State) -> State:
    number, after = len(state.nodes), state.newest
    ids, created = columns(
        db, "SELECT id, operation FROM node WHERE number >= ? ORDER BY number", (number,), 2
    )
    parents, children = columns(
        db, "SELECT parent, child FROM link WHERE parent >= ? ORDER BY parent, child", (number,), 2
    )
    nodes = state.nodes.grown(ids, created, parents, children) if len(ids) else state.nodes
    changes = columns(
        db,
        "SELECT operation, edge, is_active FROM edge_change WHERE operation > ? ORDER BY operation, edge",
        (after,),
        3,
    )
    edges = _edges(db, state, changes)
    descent = columns(
        db,
        "SELECT operation, old, new FROM descent WHERE operation > ? ORDER BY operation, old, new",
        (after,),
        3,
    )
    new = _operations(db, after, changes, descent, nodes, edges)
    last = db.execute("SELECT mark FROM operation ORDER BY id DESC LIMIT 1").fetchone()
    return replace(
        state,
        nodes=nodes,
        edges=edges,
        operations=state.operations + new,
        moments=np.append(state.moments, np.array([entry.moment for entry in new], np.int64)),
        descent=np.concatenate((state.descent, np.stack(descent, axis=1))),
        mark=last[0] if last else 0,
    )


def _edges(db: sqlite3.Connection, state: State, changes: list[Ids]) -> EdgeTable:
    rows = db.execute(
        "SELECT a, b, area, operation, affinity FROM edge WHERE number >= ? ORDER BY number",
        (len(state.edges.a),),
    ).fetchall()
    table = np.array([row[:4] for row in rows], np.int64).reshape(len(rows), 4)
    affinity = np.array([row[4] for row in rows], np.float32)
    operation, edge, is_active = changes
    a, b, area, created = (np.ascontiguousarray(table[:, place]) for place in range(4))
    return state.edges.grown(
        (a, b, affinity, area, created),
        edge << OPERATION | operation,
        is_active.astype(np.bool_),
        len(state.ground.size),
    )


def _operations(
    db: sqlite3.Connection,
    after: int,
    changes: list[Ids],
    descent: list[Ids],
    nodes: Nodes,
    edges: EdgeTable,
) -> tuple[Operation, ...]:
    changed: dict[int, tuple[list[int], list[int]]] = {}
    for operation, edge, is_active in zip(*(column.tolist() for column in changes), strict=True):
        changed.setdefault(operation, ([], []))[is_active].append(edge)
    old: dict[int, dict[int, None]] = {}
    for operation, root in zip(descent[0].tolist(), nodes.ids[descent[1]].tolist(), strict=True):
        old.setdefault(operation, {})[root] = None
    rows = db.execute(
        "SELECT id, kind, user_id, moment, target, points, new_roots FROM operation WHERE id > ? ORDER BY id",
        (after,),
    ).fetchall()
    return tuple(
        _operation(row, changed.get(row[0], ([], [])), tuple(old[row[0]]), nodes, edges) for row in rows
    )


def _operation(
    row: tuple[Any, ...],
    changed: tuple[list[int], list[int]],
    old_roots: tuple[int, ...],
    nodes: Nodes,
    edges: EdgeTable,
) -> Operation:
    number, kind, user_id, moment, target, points, new_roots = row
    ends = [
        np.stack((nodes.ids[edges.a[part]], nodes.ids[edges.b[part]]), axis=1)
        for part in (np.array(numbers, np.int64) for numbers in changed)
    ]
    said = orjson.loads(points)
    return Operation(
        id=number,
        kind=kind,
        user_id=user_id,
        moment=moment,
        removed_edges=ends[0],
        added_edges=ends[1],
        source_nodes=tuple(said["source_nodes"]),
        sink_nodes=tuple(said["sink_nodes"]),
        source_positions=tuple(tuple(position) for position in said["source_positions"]),
        sink_positions=tuple(tuple(position) for position in said["sink_positions"]),
        old_roots=old_roots,
        new_roots=tuple(orjson.loads(new_roots)),
        target=target,
    )
