"""The operation log, and what became of roots."""

import json
from collections import Counter
from pathlib import Path

import networkx
from tube_names import SECOND, ids, point, refused, root
from tubes import INGESTED, SUPERVOXELS

RECORDED = Path(__file__).parents[2] / "recordings" / "routes" / "068_pcg_root_lineage_get.json"


def test_operations_by_what_they_are(edited):
    moments = [entry.moment for entry in edited.operations()]
    assert moments == [INGESTED + number * SECOND for number in (1, 2, 3, 4)]
    assert [entry.id for entry in edited.operations([4, 2, 99, 10**30])] == [2, 4]
    assert edited.operations([]) == []
    assert [entry.id for entry in edited.operations(user_id=2)] == [4]
    assert [entry.id for entry in edited.operations(start=moments[1], end=moments[2])] == [2, 3]
    assert [entry.id for entry in edited.operations(start=moments[1] + 1, end=moments[2] - 1)] == []


def test_history(edited):
    assert [entry.id for entry in edited.history(root(edited, "B00"))] == [2, 3]
    assert [entry.id for entry in edited.history(root(edited, "A00"))] == [2]
    assert edited.history(root(edited, "B00", INGESTED)) == []
    with refused(400, "is no root"):
        edited.history(SUPERVOXELS["A00"])


def test_lineage(edited):
    a, b, c = (root(edited, name, INGESTED) for name in ("A00", "B00", "C00"))
    lower, upper = edited.roots(ids("A00", "A31"), at=INGESTED + 2 * SECOND).tolist()
    joined = root(edited, "B00")
    graph = edited.lineage([joined])
    assert set(graph.edges) == {(a, upper), (upper, joined), (b, joined)}
    assert next(iter(graph)) == joined
    assert graph.nodes[joined] == {"timestamp": INGESTED + 3 * SECOND}
    assert graph.nodes[a] == {"timestamp": INGESTED, "operation_id": 2}
    assert graph.nodes[upper] == {"timestamp": INGESTED + 2 * SECOND, "operation_id": 3}
    forwards = edited.lineage([a])
    assert set(forwards.edges) == {(a, lower), (a, upper), (upper, joined)}
    assert set(edited.lineage([joined, c])) >= {c, root(edited, "C00"), joined}
    assert set(edited.lineage([root(edited, "E00")])) == {root(edited, "E00")}
    with refused(404, "There is no node 99"):
        edited.lineage([99])
    with refused(400, "is no root"):
        edited.lineage([SUPERVOXELS["A00"]])


def test_lineage_between_moments(edited):
    """Edits at either end count, as the recordings show; a link that crosses the later moment is there."""
    a = root(edited, "A00", INGESTED)
    joined = root(edited, "B00")
    upper = int(edited.roots(ids("A31"), at=INGESTED + 2 * SECOND)[0])
    assert a not in edited.lineage([joined], past=INGESTED + 2 * SECOND + 1)
    assert a in edited.lineage([joined], past=INGESTED + 2 * SECOND)
    assert joined in edited.lineage([upper], future=INGESTED + 3 * SECOND - 1)
    assert joined not in edited.lineage([a], future=INGESTED + SECOND)
    assert joined in edited.lineage([upper], future=INGESTED + 3 * SECOND)


def test_past_and_future_ids(edited):
    a, b = root(edited, "A00", INGESTED), root(edited, "B00", INGESTED)
    lower, joined = root(edited, "A00"), root(edited, "B00")
    now = INGESTED + 10 * SECOND
    assert edited.ids_at([joined, a], INGESTED) == {joined: [a, b], a: [a]}
    assert edited.ids_at([joined, a], now) == {joined: [joined], a: [lower, joined]}
    assert edited.ids_at([joined], INGESTED - 1) == {joined: []}


def test_delta_roots(edited):
    old, new = edited.delta_roots(INGESTED, INGESTED + 10 * SECOND)
    assert set(old.tolist()) == set(edited.roots(ids("A", "B", "C", "D"), at=INGESTED).tolist())
    assert set(new.tolist()) == set(edited.roots(ids("A", "B", "C", "D")).tolist())
    short = int(edited.roots(ids("A31"), at=INGESTED + 2 * SECOND)[0])
    assert short not in (*old, *new)  # came and went in between
    old, new = edited.delta_roots(INGESTED + 2 * SECOND, INGESTED + 3 * SECOND)
    assert set(old.tolist()) == {short, root(edited, "B00", INGESTED)}
    assert new.tolist() == [root(edited, "B00")]
    empty = edited.delta_roots(INGESTED + 3 * SECOND, INGESTED + 3 * SECOND)
    assert [part.tolist() for part in empty] == [[], []]
    everything = edited.delta_roots(INGESTED - 1, INGESTED)
    assert everything[0].tolist() == []
    assert len(everything[1]) == 9


def test_the_lineage_of_the_recorded_edits_has_the_recorded_shape(edited):
    """The same edits as in the deployment: undo of the split, then a merge with a far tube."""
    edited.undo(1, 2)
    (last,) = edited.merge(1, point("B00"), point("F31")).new_roots
    recorded = json.loads(json.loads(RECORDED.read_text())["exchanges"][0]["response"]["body"]["text"])
    expected = networkx.DiGraph((link["source"], link["target"]) for link in recorded["links"])
    found = edited.lineage([last])
    assert networkx.is_isomorphic(found, expected)
    assert [node for node, followers in found.out_degree() if not followers] == [last]
    numbers = {8: 6, 6: 5, None: None}  # two edits that failed have numbers there
    ended = [numbers.get(node.get("operation_id"), node.get("operation_id")) for node in recorded["nodes"]]
    assert Counter(node.get("operation_id") for _, node in found.nodes(data=True)) == Counter(ended)
