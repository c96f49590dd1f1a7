"""The L2 cache of offline CAVE: through the client, in the servers' form, and against hostile requests."""

import json

import numpy as np
import pytest
from edited_tubes import fingerprint, ids, place
from tubes import FACTS, LAYOUT, SUPERVOXELS
from wire_form import ask, assert_same_form, body_of, form, recorded

from caveclient_gen import errors
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.segmentation.engine import Edges, Supervoxels
from caveclient_gen.offline.segmentation.level2 import ATTRIBUTES, attributes_of
from caveclient_gen.offline.serving import serve

PATH = "/l2cache/api/v1/table/testpcg/attributes"
VOXEL = 8 * 8 * 40
NO_NODE = 160032475051983415


@pytest.fixture
def cache(level2_server):
    return level2_server.client().l2cache


@pytest.fixture
def level2(level2_server):
    """The level-2 nodes of tube E, by chunk."""
    nodes = np.array(ids("E00", "E10", "E20", "E30"))
    return level2_server.cave.segmentation.roots(nodes, stop_layer=2).tolist()


# ---- through the client


def test_what_the_cache_has(level2_server, cache):
    assert cache.has_cache()
    path = f"graphene://{level2_server.address}/segmentation/table/testpcg"
    assert cache.table_mapping() == {"testpcg": {"cv_path": path, "l2cache_id": "l2cache_testpcg"}}
    assert cache.table_name == "testpcg"
    assert cache.api_version == 1
    assert cache.server_version is None
    assert set(cache.attributes) == set(ATTRIBUTES) == set(cache.cache_metadata())


def test_sizes_and_places(cache, level2):
    found = cache.get_l2data(level2)
    assert list(found) == [str(node) for node in sorted(level2)]
    for chunk, node in enumerate(level2):
        one = found[str(node)]
        assert one["size_nm3"] == 2 * 32 * 12 * 10 * VOXEL
        assert one["rep_coord_nm"] in (place(f"E{chunk}0"), place(f"E{chunk}1"))
        assert np.abs(one["pca"][0]).tolist() == [1, 0, 0]  # the tube runs along x
        assert one["pca_val"] == sorted(one["pca_val"], reverse=True)
        assert 0 < one["mean_dt_nm"] < one["max_dt_nm"]
        axes = np.array(one["pca"])
        assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-2)
        # 100 voxels lead to the next chunk, where there is one.
        assert one["chunk_intersect_count"] == [[100 * (chunk > 0), 0, 0], [100 * (chunk < 3), 0, 0]]


def test_choosing_attributes(cache, level2):
    found = cache.get_l2data([*level2, NO_NODE], ["size_nm3", "rep_coord_nm"], update_cache=False)
    assert found[str(NO_NODE)] == {}
    assert set(found[str(level2[0])]) == {"size_nm3", "rep_coord_nm"}
    with pytest.raises(errors.CAVEError, match="nope"):
        cache.get_l2data(level2, ["nope"])


def test_a_table(cache, level2):
    frame = cache.get_l2data_table(level2, ["size_nm3", "rep_coord_nm", "pca"])
    assert frame.index.tolist() == level2
    assert {"rep_coord_nm_x", "rep_coord_nm_y", "rep_coord_nm_z"} <= set(frame)
    whole = cache.get_l2data_table(level2, ["rep_coord_nm"], split_columns=False)
    assert list(whole) == ["rep_coord_nm"]


def test_a_node_that_was_replaced_is_known_still(level2_server, cache):
    seg = level2_server.cave.segmentation
    node = np.array([SUPERVOXELS["D21"]])
    old = int(seg.roots(node, at=seg.oldest, stop_layer=2)[0])
    new = int(seg.roots(node, stop_layer=2)[0])
    assert new != old
    both = cache.get_l2data([old, new])
    assert both[str(old)] == both[str(new)]  # merged elsewhere, and the same supervoxels
    assert both[str(old)]["size_nm3"] == 2 * 32 * 12 * 10 * VOXEL
    # Nothing is known between D21 and D30: the merge only says that they are one object.
    assert both[str(old)]["chunk_intersect_count"] == [[100, 0, 0], [0, 0, 0]]


def test_a_dataset_without_segmentation(tmp_path):
    with serve(Dataset.create(tmp_path / "empty.cave", FACTS)) as server:
        assert ask(server, "/l2cache/api/v1/table_mapping").json() == {}
        answer = ask(server, PATH, method="POST", json={"l2_ids": [1]})
        assert answer.status_code == 404


# ---- what the numbers are


@pytest.fixture
def one_box(tmp_path):
    """A dataset of lone supervoxels: one in a corner of its chunk, one in a middle, of different sizes."""
    dataset = Dataset.create(tmp_path / "boxes.cave", FACTS)
    chunks = np.array([[0, 0, 0], [1, 1, 1]])
    nodes = LAYOUT.pack(1, chunks, np.array([1, 1]))
    boxes = Supervoxels(nodes, np.array([[2, 2, 2], [96, 96, 48]]), np.array([1000, 8000]))
    none = np.empty(0, np.int64)
    with dataset.open() as cave:
        edges = Edges(none, none, none.astype(np.float32), none)
        cave.segmentation.ingest(LAYOUT, boxes, edges, at=0)
        yield cave.segmentation


def test_numbers_grow_with_size(one_box):
    level2 = one_box.roots(LAYOUT.pack(1, np.array([[0, 0, 0], [1, 1, 1]]), 1), stop_layer=2)
    found = attributes_of(one_box, level2, [*ATTRIBUTES])
    small, large = (found[node] for node in level2.tolist())
    assert (small["size_nm3"], large["size_nm3"]) == (1000 * VOXEL, 8000 * VOXEL)
    assert large["max_dt_nm"] == pytest.approx(2 * small["max_dt_nm"], abs=1)  # twice as wide
    assert large["area_nm2"] == pytest.approx(4 * small["area_nm2"], abs=2)
    assert large["pca_val"][0] == pytest.approx(4 * small["pca_val"][0])
    assert large["mean_dt_nm"] == pytest.approx(large["max_dt_nm"] / 3, rel=0.05)
    assert large["chunk_intersect_count"] == small["chunk_intersect_count"] == [[0, 0, 0], [0, 0, 0]]
    assert large["rep_coord_nm"] == [768.0, 768.0, 1920.0]


def test_types_are_those_that_are_told(cache, level2):
    told = cache.cache_metadata()
    for name, value in cache.get_l2data(level2[:1])[str(level2[0])].items():
        kind = np.dtype(told[name].removeprefix("<class 'numpy.").removesuffix("'>"))
        assert np.array_equal(np.array(value, kind), np.array(value))


# ---- in the servers' form


@pytest.mark.parametrize(
    "name",
    [
        "l2cache/001_has_cache",
        "l2cache/006_get_l2data",
        "l2cache/008_get_l2data_table",
        "l2cache/009_get_l2data_table_split",
        "l2cache/010_get_l2data_missing",
        "routes/082_l2_mapping",
    ],
)
def test_answers_have_the_recorded_form(level2_server, level2, name):
    exchange = recorded(name)
    request = exchange["request"]
    body = json.loads(request.get("body", {}).get("text", "{}"))
    if body:
        body["l2_ids"] = [node for node in body["l2_ids"] if node == NO_NODE] + level2
    answer = ask(
        level2_server,
        request["url"],
        method=request["method"],
        headers=request["headers"],
        data=json.dumps(body) if body else None,
    )
    assert_same_form(exchange, answer)
    there = body_of(exchange["response"])
    assert answer.content.endswith(b"\n")
    documents = [json.loads(text) for text in (answer.content, there)]
    for document in documents:
        assert document.pop(str(NO_NODE), {}) == {}
    ours, theirs = ([form(one) for one in document.values()] for document in documents)
    assert ours[0] == theirs[0]


def test_metadata_has_the_recorded_types(level2_server):
    exchange = recorded("l2cache/004_cache_metadata")
    answer = ask(level2_server, exchange["request"]["url"], headers=exchange["request"]["headers"])
    assert_same_form(exchange, answer)
    theirs = json.loads(body_of(exchange["response"]))
    assert answer.json() == {name: theirs[name] for name in sorted(ATTRIBUTES)}


@pytest.mark.parametrize("path", ["table_mapping", "attribute_metadata"])
def test_routes_without_a_token(level2_server, path):
    answer = ask(level2_server, f"/l2cache/api/v1/{path}", headers={"Authorization": ""})
    assert answer.status_code == 200


def test_strangers_see_nothing(level2_server, level2):
    with pytest.raises(errors.PermissionDeniedError):
        level2_server.client("stranger").l2cache.get_l2data(level2)


# ---- hostile requests

BAD_BODIES = [
    b"",
    b"{",
    b"\xff",
    b"[1]",
    b"null",
    b'{"l2_ids": 1}',
    b'{"l2_ids": [1.5]}',
    b'{"l2_ids": [-1]}',
    b'{"l2_ids": [true]}',
    b'{"l2_ids": [NaN]}',
    b'{"l2_ids": ["1; DROP TABLE node"]}',
    b'{"l2_ids": [9223372036854775808]}',
    b'{"l2_ids": [[1]]}',
    b'{"l2_ids": [' + b"9" * 5000 + b"]}",
    json.dumps({"l2_ids": [1] * 10_001}).encode(),
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_bodies_that_are_refused(level2_server, body):
    level2_server.token()
    before = fingerprint(level2_server)
    answer = ask(level2_server, PATH, method="POST", data=body)
    assert 400 <= answer.status_code < 500
    assert set(answer.json()) == {"code", "duration", "message", "timestamp"}
    assert fingerprint(level2_server) == before


@pytest.mark.parametrize(
    "query", ["attribute_names=nope", "attribute_names=size_nm3,'", "int64_as_str=x", "update_cache=2"]
)
def test_queries_that_are_refused(level2_server, level2, query):
    answer = ask(level2_server, f"{PATH}?{query}", method="POST", json={"l2_ids": level2})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/json"


def test_what_is_no_level_2_node_has_no_numbers(level2_server, level2):
    others = [0, 1, SUPERVOXELS["A00"], 288230376151711745, 2**63 - 1]
    answer = ask(level2_server, PATH, method="POST", json={"l2_ids": [*others, level2[0], level2[0]]})
    assert {name for name, value in answer.json().items() if value} == {str(level2[0])}
    assert len(answer.json()) == len(others) + 1
    nothing = ask(level2_server, PATH, method="POST", json={"l2_ids": []})
    assert (nothing.status_code, nothing.json()) == (200, {})
