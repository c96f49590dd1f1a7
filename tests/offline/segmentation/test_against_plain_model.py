"""Random edits: the engine and a plain model of the rules agree on everything, at every moment there was."""

import math
import random
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import tubes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_model import Model, Refused
from whole_file import File

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.database import SCHEMA
from caveclient_gen.offline.segmentation.engine import Edges, Point, Segmentation, Supervoxels
from caveclient_gen.offline.segmentation.layout import Layout
from caveclient_gen.offline.store import Store

START = 1_700_000_000_000_000
MASKS = {3: {1: 10, 2: 10, 3: 1}, 4: {1: 10, 2: 10, 3: 1, 4: 1}, 5: {1: 10, 2: 10, 3: 2, 4: 1, 5: 1}}
"""Layers to bits per layer, as the information of real servers has them."""
LAYOUTS = [
    Layout((8.0, 8.0, 40.0), (4, 4, 4), (8, 8, 4), 3),
    Layout((4.0, 4.0, 4.0), (4, 4, 4), (16, 8, 8), 4),
    Layout((1.5, 2.0, 3.0), (2, 2, 2), (16, 4, 4), 5),
]


def encoded(layer, chunk, number, masks):
    """Pack an id, by arithmetic alone."""
    value = layer
    for part in chunk:
        value = value * 2 ** masks[layer] + part
    return value * 2 ** (56 - 3 * masks[layer]) + number


def decoded(node, masks):
    layer, rest = divmod(node, 2**56)
    number_bits = 56 - 3 * masks[layer]
    chunk, number = divmod(rest, 2**number_bits)
    x, rest = divmod(chunk, 4 ** masks[layer])
    return layer, (x, *divmod(rest, 2 ** masks[layer])), number


def random_world(seed):
    """Make a small volume with supervoxels anywhere and edges mostly between neighbours."""
    choose = random.Random(seed)
    layout = choose.choice(LAYOUTS)
    masks = MASKS[layout.layers]
    count = choose.randint(4, 22)
    places = set()
    while len(places) < count:
        places.add(tuple(choose.randrange(size) for size in layout.volume))
    used, positions = Counter(), {}
    for place in sorted(places):
        chunk = tuple(part // size for part, size in zip(place, layout.chunk_size, strict=True))
        used[chunk] += 1
        positions[encoded(1, chunk, used[chunk], masks)] = place
    svs = sorted(positions)
    edges = []
    for _ in range(choose.randint(count // 2, 2 * count)):
        a = choose.choice(svs)
        b = min(
            (sv for sv in svs if sv != a),
            key=lambda sv: math.dist(positions[sv], positions[a]) * choose.uniform(1, 3),
        )
        edges.append((a, b, choose.choice([0.0, 0.25, 0.5, 0.5, 0.75, 1.0, 1.0, 3.5, math.inf])))
    return layout, positions, [edge for edge in edges if edge[2] < math.inf or choose.random() < 0.3]


def tube_world():
    columns, edges = tubes.supervoxels(), tubes.edges()
    positions = dict(zip(columns.ids.tolist(), map(tuple, columns.position.tolist()), strict=True))
    ends = zip(edges.a.tolist(), edges.b.tolist(), edges.affinity.tolist(), strict=True)  # float32's values
    return tubes.LAYOUT, positions, list(ends)


class Both:
    """The engine and the model, edited alike."""

    def __init__(self, world, folder):
        self.layout, self.positions, edges = world
        self.svs = np.array(sorted(self.positions))
        self.masks = MASKS[self.layout.layers]
        chunks = {sv: decoded(sv, self.masks)[1] for sv in self.svs.tolist()}
        self.model = Model(chunks, self.layout.layers, edges, START)
        self.path = folder / "cave.sqlite"
        self.engine = Segmentation(Store.create(self.path, [SCHEMA]))
        self.engine.ingest(
            self.layout,
            Supervoxels(
                self.svs,
                np.array([self.positions[sv] for sv in self.svs.tolist()]),
                np.full(len(self.svs), 7),
            ),
            Edges(
                np.array([a for a, _, _ in edges], np.int64),
                np.array([b for _, b, _ in edges], np.int64),
                np.array([w for _, _, w in edges], np.float32),
                np.full(len(edges), 3),
            ),
            at=START,
        )
        self.names = {}
        """Nodes of the model to ids of the engine, as they turned up."""
        self.partitions = [self.partition()]

    def partition(self):
        return {node[2] for node in self.model.states[-1][self.layout.layers].values()}

    def point(self, sv):
        return Point(sv, tuple(np.array(self.positions[sv]) * self.layout.resolution))

    # ---- editing

    def do(self, kind, picks):
        moment = self.model.moments[-1] + 1000 * (1 + picks[0] % 5)
        entry = {"moment": moment, "user_id": 1 + picks[1] % 3}
        svs = [int(self.svs[pick % len(self.svs)]) for pick in picks]
        if kind == "merge" and picks[5] % 6:
            root = self.model.root(svs[0])
            others = [sv for sv in self.svs.tolist() if self.model.root(sv) != root]
            svs[1:] = others[picks[2] % 5 :] or svs[1:]
        if kind == "merge":
            self.both(
                lambda: self.model.merge(svs[0], svs[1], **entry),
                self.engine.merge,
                map(self.point, svs[:2]),
                entry,
            )
        elif kind == "split":
            self.split(svs, picks, entry)
        else:
            target = 1 + picks[2] % (len(self.model.log) + 1)
            edit = self.engine.undo if kind == "undo" else self.engine.redo
            self.both(
                lambda: self.model.again(target, is_undo=kind == "undo", **entry), edit, [target], entry
            )

    def both(self, model, engine, arguments, entry):
        """Do it in the model and in the engine: both do it, or both refuse."""
        before = self.engine.operations()
        try:
            expected = model()
        except Refused:
            with pytest.raises(Refusal):
                engine(entry["user_id"], *arguments, at=entry["moment"])
            assert len(self.engine.operations()) == len(before)
            return
        edit = engine(entry["user_id"], *arguments, at=entry["moment"])
        assert edit.operation_id == expected["id"]
        assert len(set(edit.new_roots)) == len(expected["new"])
        self.partitions.append(self.partition())

    def split(self, svs, picks, entry):
        root = self.model.root(svs[0])
        inside = sorted(root[2])
        places = [inside[pick % len(inside)] for pick in picks]
        sources, sinks = places[: 1 + picks[3] % 2], places[2 : 3 + picks[4] % 2]
        if picks[5] % 6 == 0:
            sinks = [svs[1]]  # of any object
        elif picks[5] % 6 < 5:
            sinks = [sv for sv in inside if sv not in sources][picks[2] % 3 :][: len(sinks)] or sinks
        arguments = [self.point(sv) for sv in sources], [self.point(sv) for sv in sinks]
        try:
            if set(sources) & set(sinks) or self.model.root(sinks[0]) != root:
                raise Refused
            weight = self.model.least_cut(root, sources, sinks)
        except Refused:
            for edit in (self.engine.preview_split, lambda *points: self.engine.split(1, *points)):
                with pytest.raises(Refusal):
                    edit(*arguments)
            return
        parts = self.engine.preview_split(*arguments)
        piece = {sv: place for place, part in enumerate(parts.components) for sv in part.tolist()}
        assert sorted(piece) == inside
        assert sum(map(len, parts.components)) == len(inside)
        cut = [e for e in self.model.object_edges(root) if piece[e["ends"][0]] != piece[e["ends"][1]]]
        assert sum(edge["affinity"] for edge in cut) == pytest.approx(weight, abs=1e-5)
        assert not {piece[sv] for sv in sources} & {piece[sv] for sv in sinks}
        assert (piece[sources[0]], piece[sinks[0]]) == (0, 1)
        together = len({piece[sv] for sv in sources}) == len({piece[sv] for sv in sinks}) == 1
        assert parts.illegal == (not together) == bool(parts.message)
        if parts.illegal:
            with pytest.raises(Refusal):
                self.engine.split(1, *arguments)
            return
        assert len(parts.components) == 2
        self.both(lambda: self.model.split(cut, **entry), self.engine.split, arguments, entry)
        assert self.engine.operations()[-1].source_nodes == tuple(sources)
        new = self.engine.operations()[-1].new_roots
        assert [leaves.tolist() for leaves in self.engine.leaves(np.array(new))] == [
            sorted(part.tolist()) for part in parts.components
        ]

    # ---- comparing

    def compare(self):
        self.compare_nodes()
        self.compare_log()
        self.compare_lineage()

    def compare_nodes(self):
        """Compare every node of every layer at every moment: its supervoxels, and its id."""
        top = self.layout.layers
        for moment, state in zip(self.model.moments, self.model.states, strict=True):
            for layer in range(2, top + 1):
                found = self.engine.roots(self.svs, at=moment, stop_layer=layer).tolist()
                expected = [state[layer][sv] for sv in self.svs.tolist()]
                for node, name in zip(found, expected, strict=True):
                    assert self.names.setdefault(name, node) == node
            roots = sorted(set(found))
            assert [set(part.tolist()) for part in self.engine.leaves(np.array(roots))] == [
                set(next(name for name in state[top].values() if self.names[name] == root)[2])
                for root in roots
            ]
            current = [name in state[top].values() for name in self.names if name[1] == top]
            asked = np.array([node for name, node in self.names.items() if name[1] == top])
            assert self.engine.is_latest(asked, at=moment).tolist() == current
        assert len(set(self.names.values())) == len(self.names)
        for (_, layer, piece), node in self.names.items():
            chunk = tuple(part >> (layer - 2) for part in self.model.chunks[min(piece)])
            assert decoded(node, self.masks)[:2] == (layer, chunk)
            assert node < 2**63
        everything = np.array(list(self.names.values()))
        assert self.engine.root_times(everything).tolist() == [
            self.model.moments[name[0]] for name in self.names
        ]
        assert [set(part.tolist()) for part in self.engine.leaves(everything)] == [
            set(name[2]) for name in self.names
        ]
        below = zip(self.names, self.engine.leaves(everything, stop_layer=2), strict=True)
        for (number, layer, piece), part in below:
            state = self.model.states[number][2]
            assert part.tolist() == sorted({self.names[state[sv]] for sv in piece}), layer

    def compare_log(self):
        found = self.engine.operations()
        assert len(found) == len(self.model.log)
        for entry, expected in zip(found, self.model.log, strict=True):
            for name in ("id", "kind", "target", "moment", "user_id"):
                assert getattr(entry, name) == expected[name]
            for pairs, name in ((entry.added_edges, "added"), (entry.removed_edges, "removed")):
                wanted = Counter(frozenset(edge["ends"]) for edge in expected[name])
                assert Counter(map(frozenset, pairs.tolist())) == wanted
            assert set(entry.old_roots) == {self.names[name] for name in expected["old"]}
            assert set(entry.new_roots) == {self.names[name] for name in expected["new"]}
            assert entry.is_merge == bool(expected["added"])

    def compare_lineage(self):
        came_from, ended_by = self.model.parents()
        top = self.layout.layers
        roots = {name for name in self.names if name[1] == top}
        graph = self.engine.lineage([self.names[name] for name in roots])
        assert set(graph.edges) == {
            (self.names[old], self.names[new]) for new in came_from for old in came_from[new]
        }
        assert dict(graph.nodes(data=True)) == {
            self.names[name]: {"timestamp": self.model.moments[name[0]]}
            | ({"operation_id": ended_by[name]} if name in ended_by else {})
            for name in roots
        }
        families = {}
        for name in set(self.model.states[-1][top].values()):
            ancestors = families[name] = [name]
            for one in ancestors:
                ancestors += [old for old in came_from.get(one, ()) if old not in ancestors]
            history = self.engine.history(self.names[name])
            assert [entry.id for entry in history] == sorted({one[0] for one in ancestors} - {0})
            assert set(self.engine.lineage([self.names[name]])) == {self.names[one] for one in ancestors}
        for moment, state in zip(self.model.moments, self.model.states, strict=True):
            there = set(state[top].values())
            found = self.engine.ids_at([self.names[name] for name in families], moment)
            assert {root: set(ids) for root, ids in found.items()} == {
                self.names[name]: {self.names[one] for one in there.intersection(ancestors)}
                for name, ancestors in families.items()
            }
        first, last = self.model.states[0][top].values(), self.model.states[-1][top].values()
        old, new = self.engine.delta_roots(self.model.moments[0], self.model.moments[-1])
        assert set(old.tolist()) == {self.names[name] for name in set(first) - set(last)}
        assert set(new.tolist()) == {self.names[name] for name in set(last) - set(first)}

    def compare_graphs(self):
        """Compare the graphs of every root that ever was, of supervoxels and of level-2 nodes."""
        for (number, layer, piece), root in self.names.items():
            if layer != self.layout.layers:
                continue
            edges = [edge for edge in self.model.graphs[number] if edge[0] in piece]
            found = self.engine.subgraph(root)
            assert found.nodes.tolist() == sorted(piece)
            rows = zip(found.edges.tolist(), found.affinities.tolist(), strict=True)
            assert Counter((frozenset(ends), weight) for ends, weight in rows) == Counter(
                (frozenset(edge[:2]), edge[2]) for edge in edges
            )
            level2 = self.model.states[number][2]
            joined = Counter()
            for a, b, weight in edges:
                if level2[a] != level2[b]:
                    joined[frozenset((self.names[level2[a]], self.names[level2[b]]))] += weight
            found = self.engine.level2_graph(root)
            rows = zip(found.edges.tolist(), found.affinities.tolist(), strict=True)
            assert {frozenset(ends): weight for ends, weight in rows} == joined
            assert found.nodes.tolist() == sorted({self.names[level2[sv]] for sv in piece})

    def there_and_back(self, picks):
        """Undo the newest edit, make it again, and undo it: objects are what they were, each time."""
        if not self.model.log:
            return
        edit = self.model.log[-1]["target"] or self.model.log[-1]["id"]
        after, before = self.partitions[-1], self.partitions[-2]
        kinds = ["redo", "undo"] if self.model.log[-1]["kind"] == "undo" else ["undo", "redo"]
        for kind, expected in zip((*kinds, kinds[0]), (before, after, before), strict=True):
            entry = {"moment": self.model.moments[-1] + 1000, "user_id": picks[0]}
            again = self.engine.undo if kind == "undo" else self.engine.redo
            again(entry["user_id"], edit, at=entry["moment"])
            self.model.again(edit, is_undo=kind == "undo", **entry)
            self.partitions.append(self.partition())
            groups = {}
            for sv, root in zip(self.svs.tolist(), self.engine.roots(self.svs).tolist(), strict=True):
                groups.setdefault(root, set()).add(sv)
            assert set(map(frozenset, groups.values())) == expected == self.partition()

    def compare_with_a_fresh_look(self):
        """What was read edit by edit is what is read at once."""
        store = Store(self.path)
        fresh, grown = Segmentation(store)._state(), self.engine._state()
        store.close()
        for part in ("nodes", "edges"):
            for name, values in vars(getattr(fresh, part)).items():
                if name not in ("first", "at", "indexed", "_hashed"):  # how edges are looked up may differ
                    assert np.array_equal(values, getattr(getattr(grown, part), name)), name
        assert np.array_equal(fresh.descent, grown.descent)
        assert np.array_equal(fresh.moments, grown.moments)
        assert (fresh.mark, len(fresh.operations)) == (grown.mark, len(grown.operations))
        several = np.arange(len(self.svs))[::2]
        assert np.array_equal(fresh.edges.touching(several), grown.edges.touching(several))


STEP = st.tuples(
    st.sampled_from(["merge", "merge", "split", "split", "split", "undo", "redo"]),
    st.lists(st.integers(0, 1000), min_size=6, max_size=6),
)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10_000), steps=st.lists(STEP, min_size=4, max_size=9))
def test_random_edits_agree_with_the_plain_model(seed, steps):
    with tempfile.TemporaryDirectory() as folder:
        both = Both(tube_world() if seed % 10 == 0 else random_world(seed), Path(folder))
        both.compare()
        for kind, picks in steps:
            both.do(kind, picks)
            both.compare()
        both.there_and_back(steps[0][1])
        both.compare()
        both.compare_graphs()
        both.compare_with_a_fresh_look()
        both.engine._store.close()
        File(both.path).check()
