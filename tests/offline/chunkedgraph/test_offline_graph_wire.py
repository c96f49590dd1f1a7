"""Recorded exchanges with a chunkedgraph server, asked again: the same form, byte for byte where it shows."""

import base64
import json

import numpy as np
import pytest
from edited_tubes import row
from tubes import SUPERVOXELS
from wire_form import ask, assert_same_form, body_of, recorded

GRAPH = "/segmentation/api/v1/table/testpcg"
OLD = "/segmentation/1.0/testpcg"
JSON, PAGE = "application/json", "text/html; charset=utf-8"

READS = [
    "chunkedgraph/001_get_root_id",
    "chunkedgraph/002_get_root_id_l2",
    "chunkedgraph/004_get_root_id_before_ingest",
    "chunkedgraph/005_get_roots",
    "chunkedgraph/006_get_roots_zero",
    "chunkedgraph/008_get_roots_ts",
    "chunkedgraph/009_get_leaves",
    "chunkedgraph/010_get_leaves_l2",
    "chunkedgraph/012_get_leaves_many",
    "chunkedgraph/013_get_children",
    "chunkedgraph/016_get_subgraph",
    "chunkedgraph/020_segmentation_info",
    "chunkedgraph/024_get_oldest_timestamp",
    "chunkedgraph/025_is_latest_roots",
    "chunkedgraph/026_is_valid_nodes",
    "chunkedgraph/028_get_root_timestamps_latest",
    "chunkedgraph/029_get_merge_log_empty",
    "chunkedgraph/030_get_change_log_empty",
    "chunkedgraph/032_do_merge_C",
    "chunkedgraph/033_preview_split_A",
    "chunkedgraph/034_execute_split_A",
    "chunkedgraph/036_is_latest_roots_past",
    "chunkedgraph/037_get_merge_log",
    "chunkedgraph/038_get_change_log",
    "chunkedgraph/040_get_tabular_change_log_unfiltered",
    "chunkedgraph/041_get_operation_details",
    "chunkedgraph/042_get_user_operations",
    "chunkedgraph/045_get_lineage_graph",
    "chunkedgraph/046_get_lineage_graph_nx",
    "chunkedgraph/052_get_delta_roots",
    "chunkedgraph/053_get_root_timestamps_many",
    "chunkedgraph/056_do_merge_bad_same",
    "chunkedgraph/058_get_root_id_bad",
    "chunkedgraph/060_remesh_level2_chunks",
    "routes/064_pcg_versions",
    "routes/065_pcg_version",
    "routes/066_pcg_roots_json",
    "routes/067_pcg_roots_json_str",
    "routes/068_pcg_root_lineage_get",
    "routes/069_pcg_root_tabular_change_log",
    "routes/070_pcg_tabular_change_log_recent",
    "routes/071_pcg_l2_chunk_children",
    "routes/072_pcg_leaves_many",
    "routes/074_pcg_merge_viewer_403",
    "routes/075_pcg_bad_root",
    "routes/076_pcg_is_latest",
    "routes/077_pcg_is_latest_zero",
    "routes/078_pcg_unknown_table",
    "routes/079_pcg_operation_details",
]
"""What changes nothing, in the order of the recordings."""
EDITS = [
    "chunkedgraph/054_undo_operation_split",
    "chunkedgraph/057_do_merge_far",
    "routes/080_pcg_undo",
    "routes/081_pcg_redo",
]
"""What changes the graph, in the order in which it was asked."""


def shape(value):
    """Return the names and types in a JSON value; numbers that are names, and lengths, differ."""
    if isinstance(value, dict):
        if value and all(name.isdigit() for name in value):
            return "by number", shape(next(iter(value.values())))
        # Where it failed is not told here: the list is there, and empty.
        return {name: shape(one) for name, one in value.items() if name != "traceback"}, list(value)
    if isinstance(value, list):
        return [shape(one) for one in value[:1]]
    if isinstance(value, str) and value.startswith("{"):
        return "JSON", shape(json.loads(value))
    return type(value).__name__


def ours(server):
    """Return recorded roots with those that are the same objects here."""
    seg = server.cave.segmentation
    names = {"288230376151712180": "A00", "288230376151712174": "C00", "288230376151712110": "B00"}
    names |= {"288230376151712144": "B00", "288230376151711751": "E00"}
    nodes = np.array([SUPERVOXELS[name] for name in names.values()])
    return dict(zip(names, map(str, seg.roots(nodes).tolist()), strict=True))


def asked_again(server, exchange):
    request = exchange["request"]
    path, body = request["url"], request.get("body", {})
    data = base64.b64decode(body["base64"]) if "base64" in body else body.get("text", "").encode()
    for before, now in ours(server).items():
        path, data = path.replace(before, now), data.replace(before.encode(), now.encode())
    person = "viewer" if exchange["response"]["status"] == 403 else "admin"
    return ask(server, path, method=request["method"], headers=request["headers"], data=data, person=person)


def assert_same_answer(exchange, answer):
    assert_same_form(exchange, answer)
    there = body_of(exchange["response"])
    if exchange["request"]["url"].startswith(f"{GRAPH}/roots_binary"):
        assert len(answer.content) == len(there)
    elif there:
        assert shape(answer.json()) == shape(json.loads(there))
        is_line = there.endswith(b"\n")
        assert answer.content.endswith(b"\n") == is_line or exchange["response"]["status"] == 403
        assert b'": ' not in answer.content or exchange["response"]["status"] >= 400
    else:
        assert answer.content == b""


@pytest.mark.parametrize("name", READS)
def test_answers_have_the_recorded_form(shared, name):
    exchange = recorded(name)
    assert_same_answer(exchange, asked_again(shared, exchange))


def test_edits_have_the_recorded_form(server):
    for name in EDITS:
        exchange = recorded(name)
        assert_same_answer(exchange, asked_again(server, exchange))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("chunkedgraph/017_find_path", "l2_path"),
        ("chunkedgraph/018_find_path_precision", "l2_path"),
    ],
)
def test_what_failed_by_accident_is_answered_here(shared, name, key):
    exchange = recorded(name)
    assert exchange["response"]["status"] == 500
    answer = asked_again(shared, exchange)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, JSON)
    assert set(answer.json()) == {"centroids_list", "failed_l2_ids", "l2_path"}
    assert answer.json()[key]


def test_covering_nodes_failed_by_accident_too(shared):
    exchange = recorded("chunkedgraph/014_get_minimal_covering_nodes")
    assert exchange["response"]["status"] == 500
    level2 = shared.cave.segmentation.roots(np.array([SUPERVOXELS["A00"]]), stop_layer=2).tolist()
    answer = ask(
        shared, f"{GRAPH}/minimal_covering_nodes?as_array=True", method="POST", json={"node_ids": level2}
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, PAGE)
    assert np.frombuffer(answer.content, "<u8").tolist() == level2
    plain = ask(shared, f"{GRAPH}/minimal_covering_nodes", method="POST", json={"node_ids": level2})
    assert (plain.headers["Content-Type"], plain.json()) == (JSON, level2)


# ---- forms that no recording has


def test_ids_as_text(shared):
    root = str(shared.cave.segmentation.roots(np.array([SUPERVOXELS["B00"]]))[0])
    for path, body in (
        (f"node/{root}/leaves", None),
        (f"node/{root}/children", None),
        (f"node/{SUPERVOXELS['B00']}/root", None),
        (f"node/{root}/lvl2_graph", None),
        (f"node/{root}/subgraph", None),
        ("l2_chunk_children/144115188075855872?as_array=true", None),
        ("node/leaves_many", {"node_ids": [root]}),
        ("minimal_covering_nodes", {"node_ids": [root]}),
        ("lineage_graph_multiple", {"root_ids": [root]}),
    ):
        sign = "&" if "?" in path else "?"
        asked = {"method": "GET" if body is None else "POST", "json": body}
        plain = ask(shared, f"{GRAPH}/{path}", **asked)
        text = ask(shared, f"{GRAPH}/{path}{sign}int64_as_str=true", **asked)
        assert text.status_code == plain.status_code == 200, text.text
        assert text.text != plain.text
        assert [int(one) for one in _strings(text.json())] == [
            one for one in _whole(plain.json()) if one > 2**53
        ]


def _leaves(value):
    if isinstance(value, dict):
        value = [value[name] for name in value]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [value]


def _strings(value):
    return [leaf for leaf in _leaves(value) if isinstance(leaf, str)]


def _whole(value):
    return [leaf for leaf in _leaves(value) if type(leaf) is int]


def test_edges_that_are_never_cut_have_infinity(shared):
    root = shared.cave.segmentation.roots(np.array([SUPERVOXELS["C00"]]))[0]
    answer = ask(shared, f"{GRAPH}/node/{root}/subgraph")
    assert "Infinity" in answer.text
    assert list(json.loads(answer.text)) == ["affinities", "areas", "nodes"]


@pytest.mark.parametrize(("query", "told"), [("", "False"), ("?bounds=0-64_0-256_0-64", "True")])
def test_whether_bounds_were_used(shared, query, told):
    root = shared.cave.segmentation.roots(np.array([SUPERVOXELS["C00"]]))[0]
    answer = ask(shared, f"{GRAPH}/node/{root}/lvl2_graph{query}")
    assert answer.headers["Used-Bounds"] == told
    assert answer.headers["Content-Encoding"] == "gzip"


def test_the_whole_log_as_csv(shared):
    answer = ask(shared, f"{GRAPH}/change_log")
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert ask(shared, f"{GRAPH}/change_log", person="editor").status_code == 403


def test_compression_is_for_those_who_take_it(shared):
    path = f"{GRAPH}/oldest_timestamp"
    plain = ask(shared, path, headers={"Accept-Encoding": "identity"})
    packed = ask(shared, path)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.content == packed.content
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


def test_binary_questions(shared):
    roots = shared.cave.segmentation.roots(np.array([SUPERVOXELS[name] for name in ("A00", "B00")]))
    data = roots.astype("<u8").tobytes()
    for method, path in (
        ("POST", "root_timestamps"),
        ("POST", "minimal_covering_nodes"),
        ("GET", "valid_nodes"),
    ):
        binary = ask(shared, f"{GRAPH}/{path}?is_binary=true", method=method, data=data)
        text = ask(shared, f"{GRAPH}/{path}", method=method, json={"node_ids": roots.tolist()})
        assert binary.status_code == 200
        assert binary.content == text.content


# ---- API 0


def test_api_0_answers_bytes(shared):
    node = SUPERVOXELS["B00"]
    root = int(shared.cave.segmentation.roots(np.array([node]))[0])
    for path, more, expected in (
        (f"graph/{node}/root", {}, [root]),
        ("graph/root", {"method": "POST", "json": [node]}, [root]),
        (f"segment/{root}/children", {}, shared.cave.segmentation.children(root).tolist()),
        (f"segment/{root}/leaves", {}, shared.cave.segmentation.leaves(np.array([root]))[0].tolist()),
        (f"segment/{root}/leaves?bounds=0-1_0-256_0-64", {}, [node, SUPERVOXELS["B01"]]),
    ):
        answer = ask(shared, f"{OLD}/{path}", **more)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, PAGE)
        assert np.frombuffer(answer.content, "<u8").tolist() == expected


def test_api_0_answers_json_as_api_1_does(shared):
    root = int(shared.cave.segmentation.roots(np.array([SUPERVOXELS["B00"]]))[0])
    for old, new in (
        ("info", "/segmentation/table/testpcg/info"),
        ("graph/oldest_timestamp", f"{GRAPH}/oldest_timestamp"),
        (f"segment/{root}/merge_log", f"{GRAPH}/root/{root}/merge_log"),
        (f"segment/{root}/change_log", f"{GRAPH}/root/{root}/change_log"),
    ):
        answer = ask(shared, f"{OLD}/{old}")
        assert answer.status_code == 200
        assert answer.content == ask(shared, new).content


def test_api_0_edits(server):
    merged = ask(server, f"{OLD}/graph/merge", method="POST", json=[row("E00"), row("F00")])
    (root,) = np.frombuffer(merged.content, "<u8").tolist()
    assert server.cave.segmentation.is_latest(np.array([root])).tolist() == [True]
    sides = {"sources": [row("G00")], "sinks": [row("G30")]}
    split = ask(server, f"{OLD}/graph/split", method="POST", json=sides)
    assert len(np.frombuffer(split.content, "<u8")) == 2
    far = ask(server, f"{OLD}/graph/merge", method="POST", json=[row("A00"), row("B00")], person="viewer")
    assert far.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/segmentation/api/v1/table/testpcg/node/288230376151711751/contact_sites",
        "/segmentation/1.0/testpcg/segment/288230376151711751/contact_sites",
        "/segmentation/api/v1/table/testpcg/node/contact_sites_pair/1/2",
        "/meshing/api/v1/table/testpcg/manifest/288230376151711751:0",
        "/meshing/1.0/testpcg/manifest/288230376151711751:0",
    ],
)
def test_what_is_not_here_says_so(shared, path):
    answer = ask(shared, path)
    assert answer.status_code == 501
    assert set(answer.json()) == {"code", "duration", "message", "timestamp", "traceback"}
    assert "Not in offline CAVE" in answer.json()["message"]
