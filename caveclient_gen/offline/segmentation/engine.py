"""The segmentation as services see it: lookups at any moment, edits, and the record of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import as_datetime, as_micros
from caveclient_gen.offline.segmentation import edits, graphs, points, undoing
from caveclient_gen.offline.segmentation import lineage as lineages
from caveclient_gen.offline.segmentation.ingest import ingest
from caveclient_gen.offline.segmentation.reading import Reader
from caveclient_gen.offline.segmentation.records import (
    Bools,
    Edges,
    Edit,
    Floats,
    Ids,
    Operation,
    Point,
    SplitParts,
    Subgraph,
    Supervoxels,
    as_ids,
)
from caveclient_gen.offline.store import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import networkx as nx

    from caveclient_gen.offline.segmentation.layout import Layout
    from caveclient_gen.offline.segmentation.state import State
    from caveclient_gen.offline.store import Store

__all__ = ["Edges", "Edit", "Operation", "Point", "Segmentation", "SplitParts", "Subgraph", "Supervoxels"]

TOPIC = "segmentation"
MILLISECOND = 1000
FIRST_MOMENT, LAST_MOMENT = (as_micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (1, 9999))
"""What can be written as a date."""


class Segmentation:
    """The segmentation of one dataset.

    All moments are microseconds since 1970 (`moments.py`); `at=None` is the present. Edits happen at whole
    milliseconds, as on real servers. Ids of answers are int64. Whatever cannot be done raises
    `caveclient_gen.offline.http.refusals.Refusal`, in the words of chunkedgraph where they are known.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept = Kept(store, TOPIC, Reader(store).read)

    # ---- making it

    def ingest(
        self,
        layout: Layout,
        supervoxels: Supervoxels,
        edges: Edges,
        *,
        at: int,
        reach_nm: float | None = None,
    ) -> None:
        """Fill an empty segmentation: pieces, roots and all layers between, valid from `at` on.

        `reach_nm` is how far from the middle of a supervoxel a position may be and still be in it; without it
        the spacing of supervoxels says (`ingest.py`).
        """
        with self._store.write() as db:
            ingest(db, layout, supervoxels, edges, at=at, reach_nm=reach_nm)
            self._store.touch(TOPIC)

    @property
    def exists(self) -> bool:
        """Whether anything was ingested."""
        return self._kept.get() is not None

    @property
    def layout(self) -> Layout:
        """Sizes of chunks and voxels. Refuses if there is no segmentation."""
        return self._state().layout

    @property
    def oldest(self) -> int:
        """The moment of the ingest."""
        return self._state().ground.ingested

    def _state(self) -> State:
        state = self._kept.get()
        if state is None:
            raise Refusal(404, "This dataset has no segmentation: ingest one first.")
        return state

    def counts(self) -> dict[str, int]:
        """Return how many supervoxels, edges, level-2 nodes and roots there are now."""
        state = self._state()
        supervoxels = state.nodes.ids[: len(state.ground.size)]
        layers = {"level2_nodes": 2, "roots": state.layout.layers}
        nodes = {
            name: len(np.unique(self.roots(supervoxels, stop_layer=layer))) for name, layer in layers.items()
        }
        return {"supervoxels": len(supervoxels), "edges": int(state.edges.active.sum()), **nodes}

    # ---- nodes

    def roots(
        self,
        nodes: Ids,
        *,
        at: int | None = None,
        stop_layer: int | None = None,
        fail_to_zero: bool = False,
    ) -> Ids:
        """Return the root (or the node of `stop_layer`) of each node at a moment; 0 of 0. No loop over ids.

        A node that was replaced before that moment has the root it had last. Refuses ids that are no node,
        and nodes that were not there yet, as chunkedgraph does; with `fail_to_zero` they are 0.
        """
        state = self._state()
        top = state.layout.layers if stop_layer is None else stop_layer
        if not 1 <= top <= state.layout.layers:
            raise Refusal(400, f"stop_layer must be 1 to {state.layout.layers}, and is {top}.")
        asked = as_ids(nodes)
        numbers = state.nodes.numbers(asked)
        operation = state.operation_at(at)
        known = np.flatnonzero(numbers >= 0)
        found = np.full(len(asked), -1, np.int64)
        found[known] = state.roots(numbers[known], operation, top)
        missing = (found < 0) & (asked != 0)
        if missing.any() and not fail_to_zero:
            raise self._no_root(int(asked[missing][0]), top, at)
        return np.where(found < 0, 0, state.nodes.ids[found])

    def _no_root(self, node: int, layer: int, at: int | None) -> Refusal:
        moment = self._store.clock.now() if at is None else min(max(at, FIRST_MOMENT), LAST_MOMENT)
        when = as_datetime(moment // MILLISECOND * MILLISECOND)
        return Refusal(404, f"Cannot find root id {node}, {layer}, {when}", wire_status=500)

    def _numbers(self, state: State, nodes: Ids | Sequence[int]) -> Ids:
        """Return numbers of nodes; refuse what is none."""
        asked = as_ids(nodes)
        numbers = state.nodes.numbers(asked)
        if (numbers < 0).any():
            raise Refusal(404, f"There is no node {asked[numbers < 0][0]}.")
        return numbers

    def _root_numbers(self, state: State, roots: Ids | Sequence[int]) -> Ids:
        numbers = self._numbers(state, roots)
        lower = state.layers(numbers) != state.layout.layers
        if lower.any():
            raise Refusal(
                400, f"{np.asarray(roots).reshape(-1)[lower][0]} is no root: look up its root first."
            )
        return numbers

    def root_times(self, roots: Ids) -> Ids:
        """Return when each root (or other node) came to be."""
        state = self._state()
        return state.moment_of(state.nodes.created[self._numbers(state, roots)])

    def root_ends(self, roots: Ids) -> Ids:
        """Return when each root was replaced; -1 for those that are current."""
        state = self._state()
        ended = state.ended[self._root_numbers(state, roots)]
        is_current = ended > state.newest
        return np.where(is_current, -1, state.moment_of(np.where(is_current, 0, ended)))

    def is_latest(self, roots: Ids, *, at: int | None = None) -> Bools:
        """Whether each is a root that is current at a moment; no for what is no root."""
        state = self._state()
        numbers = state.nodes.numbers(as_ids(roots))
        known = numbers >= 0
        operation = state.operation_at(at)
        ended = state.ended[numbers]
        is_root = state.layers(numbers) == state.layout.layers
        found: Bools = known & is_root & (state.nodes.created[numbers] <= operation) & (ended > operation)
        return found

    def exists_between(self, nodes: Ids, *, start: int | None = None, end: int | None = None) -> Bools:
        """Whether each is a node that came to be in the period (`valid_nodes`)."""
        state = self._state()
        numbers = state.nodes.numbers(as_ids(nodes))
        found: Bools = numbers >= 0
        moments = state.moment_of(state.nodes.created[numbers])
        if start is not None:
            found &= moments >= start
        if end is not None:
            found &= moments <= end
        return found

    def is_node(self, nodes: Ids, *, layer: int) -> Bools:
        """Whether each is a node of a layer that is or was."""
        state = self._state()
        numbers = state.nodes.numbers(as_ids(nodes))
        found: Bools = (numbers >= 0) & (state.layers(numbers) == layer)
        return found

    def children(self, node: int) -> Ids:
        """Return the nodes one layer below; none for a supervoxel."""
        state = self._state()
        found, _ = state.nodes.below(self._numbers(state, [node]))
        return np.sort(state.nodes.ids[found])

    def leaves(self, nodes: Ids, *, stop_layer: int = 1, bounds: Ids | None = None) -> list[Ids]:
        """Return what each node is made of, down to `stop_layer`.

        `bounds` is (3, 2) in voxels: only nodes whose chunk touches it.
        """
        state = self._state()
        numbers = self._numbers(state, nodes)
        if not 1 <= stop_layer <= state.layout.layers:
            raise Refusal(400, f"stop_layer must be 1 to {state.layout.layers}, and is {stop_layer}.")
        found, owners = state.leaves(numbers, stop_layer, _checked(bounds))
        starts = np.searchsorted(owners, np.arange(1, len(numbers)))
        return np.split(state.nodes.ids[found], starts) if len(numbers) else []

    def parts(self, nodes: Ids) -> tuple[Ids, Ids]:
        """Return the supervoxels of all nodes in one array, and for each the place of its node in `nodes`."""
        state = self._state()
        found, owners = state.leaves(self._numbers(state, nodes))
        return state.nodes.ids[found], owners

    def covering_nodes(self, nodes: Ids, *, at: int | None = None) -> Ids:
        """Return the fewest nodes that have exactly these level-2 nodes (or supervoxels) below them."""
        state = self._state()
        count = state.nodes.count_at(state.operation_at(at))
        return np.sort(state.nodes.ids[graphs.covering_nodes(state, self._numbers(state, nodes), count)])

    def chunk_children(self, chunk: int, *, at: int | None = None) -> Ids:
        """Return (n, 2): level-2 node and supervoxel, of one chunk (the id of any node of it)."""
        state = self._state()
        asked = as_ids([chunk])
        if state.layout.layer_of(asked)[0] not in (1, 2):
            raise Refusal(400, f"{chunk} is no chunk of layer 2: give the id of one, or of a node in it.")
        first = state.layout.pack(1, state.layout.chunk_of(asked))[0]
        last = first + (1 << state.layout.number_bits(1))
        numbers = state.nodes.by_id[slice(*np.searchsorted(state.nodes.sorted_ids, [first, last]))]
        parents = state.nodes.parents_at(numbers, state.nodes.count_at(state.operation_at(at)))
        there = parents >= 0
        pairs = state.nodes.ids[np.stack((parents[there], numbers[there]), axis=1)]
        return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]

    def positions(self, nodes: Ids) -> Floats:
        """Return where each node is, (n, 3) in nm: a supervoxel near its middle."""
        state = self._state()
        return points.positions(state, self._numbers(state, nodes))

    def sizes(self, nodes: Ids) -> Ids:
        """Return how many voxels each node has."""
        state = self._state()
        return points.sizes(state, self._numbers(state, nodes))

    def supervoxels_at(self, positions_nm: Floats) -> Ids:
        """Return the supervoxel at each position (n, 3): the nearest one within reach, else 0. Vectorised."""
        return points.supervoxels_at(self._state(), positions_nm)

    def supervoxels_of(self, given: Sequence[Point]) -> Ids:
        """Return the supervoxel of each point: itself, or the nearest one of the node that it names."""
        state = self._state()
        return state.nodes.ids[points.supervoxels_of(state, given)]

    # ---- graphs

    def subgraph(self, root: int, *, bounds: Ids | None = None) -> Subgraph:
        """Return the supervoxel graph of a root as of its own time. `bounds` in voxels, (3, 2)."""
        state = self._state()
        return graphs.subgraph(state, int(self._numbers(state, [root])[0]), _checked(bounds))

    def contacts(self, supervoxels: Ids) -> tuple[Ids, Ids]:
        """Return the edges that were ever at supervoxels, (n, 2), and their areas in voxels."""
        state = self._state()
        return graphs.contacts(state, self._numbers(state, supervoxels))

    def level2_graph(self, root: int, *, bounds: Ids | None = None) -> Subgraph:
        """Return the graph of a root's level-2 nodes; edges between the same two are joined."""
        state = self._state()
        (number,) = self._numbers(state, [root])
        if state.layers(np.array([number]))[0] == 1:
            raise Refusal(400, f"{root} is a supervoxel, which has no level-2 nodes: look up its root first.")
        return graphs.level2_graph(state, int(number), _checked(bounds))

    def find_path(self, start: Point, end: Point) -> Ids:
        """Return the level-2 nodes on the shortest way between two points of one root, both ends included."""
        return graphs.find_path(self._state(), start, end)

    # ---- edits

    def merge(self, user_id: int, a: Point, b: Point, *, at: int | None = None) -> Edit:
        """Join two objects by an edge that is never cut. Refuses (400) two points of one object."""
        return self._edit(user_id, at, lambda state: edits.merge(state, a, b))

    def split(
        self, user_id: int, sources: Sequence[Point], sinks: Sequence[Point], *, at: int | None = None
    ) -> Edit:
        """Cut an object between sources and sinks where the affinities are least."""
        return self._edit(user_id, at, lambda state: edits.split(state, sources, sinks))

    def preview_split(self, sources: Sequence[Point], sinks: Sequence[Point]) -> SplitParts:
        """Return what `split` would do. Changes nothing."""
        return edits.preview_split(self._state(), sources, sinks)

    def undo(self, user_id: int, operation_id: int, *, at: int | None = None) -> Edit:
        """Take back an edit that is in force."""
        return self._edit(user_id, at, lambda state: undoing.undo(state, operation_id))

    def redo(self, user_id: int, operation_id: int, *, at: int | None = None) -> Edit:
        """Make an edit again that was undone."""
        return self._edit(user_id, at, lambda state: undoing.redo(state, operation_id))

    def _edit(self, user_id: int, at: int | None, decide: Callable[[State], edits.Change]) -> Edit:
        """Make one edit. What it is is decided within the change, so that nothing is decided on old state."""
        with self._store.write() as db:
            state = self._state()
            change = decide(state)
            moment = self._moment(state, at)
            edit = edits.write(db, state, change, user_id=user_id, moment=moment)
            self._store.touch(TOPIC)
        return edit

    def _moment(self, state: State, at: int | None) -> int:
        if at is None:
            return self._store.clock.now(after=state.last_moment, step=MILLISECOND)
        moment = at // MILLISECOND * MILLISECOND
        if not state.last_moment < moment <= LAST_MOMENT:
            raise Refusal(400, f"Choose a later moment: the last edit was {as_datetime(state.last_moment)}.")
        return moment

    # ---- history

    def operations(
        self,
        ids: Sequence[int] | None = None,
        *,
        user_id: int | None = None,
        start: int | None = None,
        end: int | None = None,
    ) -> list[Operation]:
        """Return entries of the operation log, oldest first; unknown ids are left out.

        `start` and `end` are moments, both included.
        """
        state = self._state()
        found = state.operations
        if ids is not None:
            wanted = set(ids)
            found = tuple(entry for entry in found if entry.id in wanted)
        return [
            entry
            for entry in found
            if (user_id is None or entry.user_id == user_id)
            and (start is None or entry.moment >= start)
            and (end is None or entry.moment <= end)
        ]

    def history(self, root: int) -> list[Operation]:
        """Return the operations that led to a root: of it and of all roots it descends from, oldest first."""
        state = self._state()
        return lineages.history(state, int(self._root_numbers(state, [root])[0]))

    def lineage(
        self, roots: Sequence[int], *, past: int | None = None, future: int | None = None
    ) -> nx.DiGraph[int]:
        """Return ancestors since a moment and descendants up to another one (both included), old to new.

        Links across them stay. Nodes have `timestamp` and, if an operation ended them, `operation_id`.
        """
        state = self._state()
        return lineages.lineage(state, self._root_numbers(state, roots), past, future)

    def ids_at(self, roots: Sequence[int], at: int) -> dict[int, list[int]]:
        """Return for each root what it was, or became, at a moment: itself, its ancestors or descendants."""
        state = self._state()
        numbers = self._root_numbers(state, roots).tolist()
        return {
            root: state.nodes.ids[lineages.roots_at(state, number, at)].tolist()
            for root, number in zip(map(int, roots), numbers, strict=True)
        }

    def delta_roots(self, past: int, future: int) -> tuple[Ids, Ids]:
        """Return roots that ceased and roots that came to be between two moments; none that did both."""
        state = self._state()
        old, new = lineages.delta_roots(state, past, future)
        return np.sort(state.nodes.ids[old]), np.sort(state.nodes.ids[new])


def _checked(bounds: Ids | None) -> Ids | None:
    """Refuse bounds that are none."""
    if bounds is None:
        return None
    checked = np.asarray(bounds, np.int64)
    if checked.shape != (3, 2):
        raise Refusal(400, "Bounds are a first and a last voxel along each of three axes.")
    return checked
