"""What must be refused: with a clear 4xx in chunkedgraph's form, and without changing anything."""

import gzip
import json
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from edited_tubes import fingerprint, row
from hypothesis import given, settings
from hypothesis import strategies as st
from tubes import SUPERVOXELS
from wire_form import ask

GRAPH = "/segmentation/api/v1/table/testpcg"
OLD = "/segmentation/1.0/testpcg"
REMESHING = "/meshing/api/v1/table/testpcg/remeshing"
NODE = SUPERVOXELS["A00"]
SQL = "1); DROP TABLE node; --"
HUGE = 2**63


@pytest.fixture(scope="module", autouse=True)
def same_content(shared):
    """The whole content of the database is the same after all tests here."""
    before = fingerprint(shared)
    yield
    assert fingerprint(shared) == before


@pytest.fixture(scope="module")
def onlooker(shared, same_content):
    """A connection of its own, which sees whether anybody changed anything."""
    with closing(sqlite3.connect(shared.dataset.path / "cave.sqlite")) as db:
        yield db


@pytest.fixture(autouse=True)
def unchanged(onlooker):
    """Nobody changes anything in a test."""
    before = onlooker.execute("PRAGMA data_version").fetchone()
    yield
    assert onlooker.execute("PRAGMA data_version").fetchone() == before


def assert_refused(answer):
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert set(body) == {"code", "duration", "message", "timestamp"}
    assert body["code"] == answer.status_code
    assert body["message"].startswith(f"[{answer.status_code}]: ")
    assert len(answer.content) < 1000


BAD_IDS = [
    None,
    "1",
    7,
    {},
    [1.5],
    [True],
    [None],
    [-1],
    ["-1"],
    [HUGE],
    [10**30],
    [[1]],
    [SQL],
    ["0x10"],
    ["１"],  # a digit elsewhere
    [""],
    [1, "a"],
]
ID_LISTS = [
    ("POST", "roots", "node_ids"),
    ("POST", "node/leaves_many", "node_ids"),
    ("POST", "minimal_covering_nodes", "node_ids"),
    ("GET", "tabular_change_log_many", "root_ids"),
    ("POST", "lineage_graph_multiple", "root_ids"),
    ("GET", "past_id_mapping", "root_ids"),
    ("POST", "is_latest_roots", "node_ids"),
    ("GET", "valid_nodes", "node_ids"),
    ("POST", "root_timestamps", "node_ids"),
]


@pytest.mark.parametrize(("method", "path", "name"), ID_LISTS)
def test_lists_that_are_no_ids(shared, method, path, name):
    for bad in BAD_IDS:
        assert_refused(ask(shared, f"{GRAPH}/{path}", method=method, json={name: bad}))
    assert_refused(ask(shared, f"{GRAPH}/{path}", method=method, json={"other": [1]}))
    assert_refused(ask(shared, f"{GRAPH}/{path}", method=method, json=[1]))


BAD_BODIES = [
    b"",
    b"{",
    b"[",
    b"\xff\xfe",
    b"nonsense",
    b"null",
    b"[" * 100_000,
    b'{"node_ids": ' + b"9" * 5000,
]


@pytest.mark.parametrize(("method", "path", "name"), [*ID_LISTS, ("POST", "merge", ""), ("POST", "undo", "")])
def test_bodies_that_are_no_json(shared, method, path, name):
    for bad in BAD_BODIES:
        assert_refused(ask(shared, f"{GRAPH}/{path}", method=method, data=bad))


def test_binary_bodies(shared):
    for path in ("roots_binary", "root_timestamps?is_binary=true", "minimal_covering_nodes?is_binary=true"):
        for bad in (b"1234567", b"123456789", np.array([HUGE], np.uint64).tobytes(), b"\xff" * 8):
            assert_refused(ask(shared, f"{GRAPH}/{path}", method="POST", data=bad))


def test_packed_bodies(shared):
    packed = {"Content-Encoding": "gzip"}
    bomb = gzip.compress(b"\0" * 2**26)
    assert_refused(ask(shared, f"{GRAPH}/roots_binary", method="POST", data=bomb, headers=packed))
    assert_refused(ask(shared, f"{GRAPH}/roots_binary", method="POST", data=b"12345678", headers=packed))
    half = gzip.compress(b"\1" * 800)[:-9]
    assert_refused(ask(shared, f"{GRAPH}/roots_binary", method="POST", data=half, headers=packed))
    good = gzip.compress(np.array([NODE], "<u8").tobytes())
    answer = ask(shared, f"{GRAPH}/roots_binary", method="POST", data=good, headers=packed)
    assert (answer.status_code, len(answer.content)) == (200, 8)


@pytest.mark.parametrize(
    "bad", ["abc", "-1", "1.5", str(HUGE), "9" * 5000, "1%27%20OR%201", "%00", "１", "1e3"]
)
def test_ids_in_paths(shared, bad):
    for path in (
        f"{GRAPH}/node/{bad}/root",
        f"{GRAPH}/node/{bad}/children",
        f"{GRAPH}/node/{bad}/leaves",
        f"{GRAPH}/node/{bad}/subgraph",
        f"{GRAPH}/node/{bad}/lvl2_graph",
        f"{GRAPH}/root/{bad}/change_log",
        f"{GRAPH}/root/{bad}/merge_log",
        f"{GRAPH}/root/{bad}/tabular_change_log",
        f"{GRAPH}/root/{bad}/lineage_graph",
        f"{GRAPH}/l2_chunk_children/{bad}?as_array=true",
        f"{OLD}/graph/{bad}/root",
        f"{OLD}/segment/{bad}/leaves",
        f"{OLD}/segment/{bad}/children",
    ):
        assert_refused(ask(shared, path))


@pytest.mark.parametrize("node", [0, 123, NODE, 2**62, 288230376151799999])
def test_ids_that_are_no_roots(shared, node):
    for path in ("change_log", "merge_log", "tabular_change_log", "lineage_graph"):
        assert_refused(ask(shared, f"{GRAPH}/root/{node}/{path}"))
    for method, path, name in ID_LISTS[3:6]:
        assert_refused(ask(shared, f"{GRAPH}/{path}", method=method, json={name: [node]}))


@pytest.mark.parametrize(
    "bad", ["nan", "inf", "-inf", "1e300", "2026-11-22", "now", "", SQL, "1e12", "0x1", "12:00"]
)
def test_moments(shared, bad):
    for path in (
        f"node/{NODE}/root?timestamp=",
        "l2_chunk_children/144115188075855872?as_array=true&timestamp=",
        "tabular_change_log_recent?timestamp=",
        "user_operations?user_id=1&start_time=0&end_time=",
        "user_operations?user_id=1&end_time=1&start_time=",
        "delta_roots?timestamp_past=",
        "delta_roots?timestamp_past=0&timestamp_future=",
        "change_log?timestamp=",
    ):
        answer = ask(shared, f"{GRAPH}/{path}{bad}")
        assert_refused(answer)
        assert "not a valid unix timestamp" in answer.json()["message"]


@pytest.mark.parametrize("far", ["-99999999999", "99999999999", "-1", "0", "1e10"])
def test_moments_long_ago_and_far_ahead(shared, far):
    root = int(shared.cave.segmentation.roots(np.array([NODE]))[0])
    for path, asked in (
        ("delta_roots?timestamp_past=0&timestamp_future=", {}),
        ("delta_roots?timestamp_past=", {}),
        (f"root/{root}/lineage_graph?timestamp_past=", {}),
        (f"root/{root}/lineage_graph?timestamp_future=", {}),
        ("past_id_mapping?timestamp_past=", {"json": {"root_ids": [root]}}),
        ("past_id_mapping?timestamp_future=", {"json": {"root_ids": [root]}}),
        ("valid_nodes?start_timestamp=", {"json": {"node_ids": [root]}}),
        ("valid_nodes?end_timestamp=", {"json": {"node_ids": [root]}}),
        ("root_timestamps?latest=true&timestamp=", {"json": {"node_ids": [root]}, "method": "POST"}),
        ("is_latest_roots?timestamp=", {"json": {"node_ids": [root]}, "method": "POST"}),
        ("roots_binary?timestamp=", {"data": np.array([root]).tobytes(), "method": "POST"}),
        ("tabular_change_log_recent?timestamp=", {}),
    ):
        assert ask(shared, f"{GRAPH}/{path}{far}", **asked).status_code == 200


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "1",
        "0-1_0-1",
        "0-1_0-1_1-0",
        "a-b_c-d_e-f",
        "0-1_0-1_0-1_0-1",
        f"0-{10**30}_0-1_0-1",
        "-5-5_0-1_0-1",
    ],
)
def test_bounds(shared, bad):
    root = int(shared.cave.segmentation.roots(np.array([NODE]))[0])
    for path in (f"node/{root}/leaves", f"node/{root}/subgraph", f"node/{root}/lvl2_graph"):
        assert_refused(ask(shared, f"{GRAPH}/{path}?bounds={bad}"))
    many = {"json": {"node_ids": [root]}, "method": "POST"}
    assert_refused(ask(shared, f"{GRAPH}/node/leaves_many?bounds={bad}", **many))


@pytest.mark.parametrize("bad", ["0", "-1", "5", "99", str(HUGE), "two", "1.0", ""])
def test_layers(shared, bad):
    assert_refused(ask(shared, f"{GRAPH}/node/{NODE}/root?stop_layer={bad}"))
    assert_refused(ask(shared, f"{GRAPH}/node/{NODE}/leaves?stop_layer={bad}"))


@pytest.mark.parametrize(
    "bad", ["", "1", "{}", "[", "[1.5]", "[-1]", "[true]", '["a"]', "[[1]]", f"[{HUGE}]", "[99]", "[0]", SQL]
)
def test_operation_ids(shared, bad):
    assert_refused(ask(shared, f"{GRAPH}/operation_details", params={"operation_ids": bad}))


GOOD = row("E00")
BAD_POINTS = [
    None,
    {},
    [],
    [GOOD],
    [GOOD] * 3,
    [GOOD, GOOD[:3]],
    [GOOD, [*GOOD, 1]],
    [GOOD, "abcd"],
    [GOOD, [1.5, 0, 0, 0]],
    [GOOD, [-1, 0, 0, 0]],
    [GOOD, [HUGE, 0, 0, 0]],
    [GOOD, [123, 0, 0, 0]],
    [GOOD, [0, 0, 0, 0]],
    [GOOD, [SQL, 0, 0, 0]],
    [GOOD, [SUPERVOXELS["F00"], float("nan"), 0, 0]],
    [GOOD, [SUPERVOXELS["F00"], float("inf"), 0, 0]],
    [GOOD, [SUPERVOXELS["F00"], 1e300, 0, 0]],
    [GOOD, [SUPERVOXELS["F00"], 10**400, 0, 0]],
    [GOOD, [SUPERVOXELS["F00"], "1", 0, 0]],
    [GOOD, [SUPERVOXELS["F00"], True, 0, 0]],
    [GOOD, [SUPERVOXELS["F00"], None, 0, 0]],
    [GOOD, GOOD],
]


@pytest.mark.parametrize("bad", BAD_POINTS, ids=range(len(BAD_POINTS)))
def test_points_of_merges(shared, bad):
    body = json.dumps(bad)
    for path in (f"{GRAPH}/merge", f"{GRAPH}/merge_admin", f"{OLD}/graph/merge"):
        assert_refused(ask(shared, path, method="POST", data=body))
    if bad != [GOOD, GOOD]:  # a way from a point to itself there is
        assert_refused(ask(shared, f"{GRAPH}/graph/find_path", method="POST", data=body))


@pytest.mark.parametrize("bad", BAD_POINTS, ids=range(len(BAD_POINTS)))
def test_points_of_splits(shared, bad):
    if bad in ([GOOD], [GOOD] * 3, [GOOD, GOOD]):
        bad = [GOOD, row("E30")]  # the same supervoxel on both sides
    for body in (
        {"sources": bad, "sinks": [row("E30")]},
        {"sources": [row("E30")], "sinks": bad},
        {"sources": bad},
        bad,
    ):
        for path in (f"{GRAPH}/split", f"{GRAPH}/graph/split_preview", f"{OLD}/graph/split"):
            assert_refused(ask(shared, path, method="POST", data=json.dumps(body)))


@pytest.mark.parametrize("bad", [None, "two", 2.0, -1, HUGE, 10**30, True, [2], SQL, 0, 99])
def test_operations_to_undo(shared, bad):
    for path in ("undo", "redo"):
        assert_refused(ask(shared, f"{GRAPH}/{path}", method="POST", json={"operation_id": bad}))


@pytest.mark.parametrize(
    "query",
    [
        "priority=maybe",
        "remesh=2",
        "int64_as_str=perhaps",
        "chebyshev_distance=0",
        "chebyshev_distance=-3",
        "chebyshev_distance=1e9",
        f"chebyshev_distance={HUGE}",
    ],
)
def test_options_are_read_before_anything_is_edited(shared, query):
    body = [row("E00"), row("F00")]
    assert_refused(ask(shared, f"{GRAPH}/merge?{query}", method="POST", json=body))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "user_id=a",
        f"user_id={SQL}",
        "user_id=1&start_time=x",
        "user_id=1&end_time=nan",
        "user_id=1&skip_operation_ids=[a]",
        "user_id=1&skip_operation_ids=1",
        "user_id=1&skip_operation_ids=[1.5]",
        f"user_id=1&skip_operation_ids=[{HUGE}]",
    ],
)
def test_rollbacks(shared, query):
    assert_refused(ask(shared, f"{GRAPH}/rollback_user?{query}", method="POST"))


def test_more_than_a_request_may_carry(shared):
    for path, name, most in (
        ("roots", "node_ids", 10_000),
        ("node/leaves_many", "node_ids", 50),
        ("is_latest_roots", "node_ids", 50_000),
        ("root_timestamps", "node_ids", 50_000),
        ("lineage_graph_multiple", "root_ids", 100),
    ):
        answer = ask(shared, f"{GRAPH}/{path}", method="POST", json={name: [NODE] * (most + 1)})
        assert_refused(answer)
        assert f"{most:,}" in answer.json()["message"]
    for path, name, most in (
        ("valid_nodes", "node_ids", 10_000),
        ("tabular_change_log_many", "root_ids", 20),
        ("past_id_mapping", "root_ids", 500),
    ):
        assert_refused(ask(shared, f"{GRAPH}/{path}", json={name: [NODE] * (most + 1)}))
    data = np.full(100_001, NODE).tobytes()
    assert_refused(ask(shared, f"{GRAPH}/roots_binary", method="POST", data=data))
    assert ask(shared, f"{GRAPH}/roots_binary", method="POST", data=data[8:]).status_code == 200
    numbers = json.dumps(list(range(201)), separators=(",", ":"))
    assert_refused(ask(shared, f"{GRAPH}/operation_details?operation_ids={numbers}"))
    assert_refused(ask(shared, f"{GRAPH}/roots_binary", method="POST", data=b"\0" * (2**23 + 8)))
    remeshed = {"new_lvl2_ids": [144115188075855873] * 1001}
    assert_refused(ask(shared, REMESHING, method="POST", json=remeshed))


def test_what_is_no_node_is_not_meshed(shared):
    for node in (0, 123, 144115188075855872):
        answer = ask(shared, REMESHING, method="POST", json={"new_lvl2_ids": [144115188075855873, node]})
        assert_refused(answer)
        assert f"no node {node}" in answer.json()["message"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
NAMES = ("node_ids", "root_ids", "sources", "sinks", "operation_id")


@settings(max_examples=40, deadline=None)
@given(
    body=VALUES | st.dictionaries(st.sampled_from(NAMES), VALUES),
    path=st.sampled_from(
        [path for _, path, _ in ID_LISTS] + ["merge", "split", "graph/split_preview", "undo", "redo"]
    ),
)
def test_any_other_document(shared, body, path):
    method = next((method for method, other, _ in ID_LISTS if other == path), "POST")
    answer = ask(shared, f"{GRAPH}/{path}", method=method, data=json.dumps(body).encode())
    assert answer.status_code < 500 or "Cannot find root id" in answer.text


def test_no_table_but_ours(shared):
    for table in ("nope", SQL, "..%2Ftestpcg", "%00"):
        answer = ask(shared, f"/segmentation/table/{table}/info")
        assert answer.status_code in (400, 404)
