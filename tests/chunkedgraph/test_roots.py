"""Roots and other nodes: what is asked, and what becomes of the answer."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from caveclient_gen.errors import InvalidArgumentError, ServerError, ServerIncompatibilityError

ROOT, OTHER = 288230376151712180, 288230376151712174
THEN = datetime(2026, 11, 22, 12, 48, 10, tzinfo=UTC)


def same(seen):
    """Echo: every node is its own root."""
    return seen.body


def covers(*roots):
    """Answer leaves and roots: `roots` are the roots of chunks 1, 2, 3, ..."""

    def roots_binary(seen):
        return np.array([roots[chunk - 1] for chunk in seen.ids], dtype="<u8").tobytes()

    return roots_binary


@pytest.mark.parametrize(("level2", "asked"), [(False, None), (True, "2")])
def test_root_of_one_supervoxel(graph, client, level2, asked):
    graph.answers["root"] = {"root_id": ROOT}
    found = client.get_root_id(np.uint64(7), timestamp=THEN, level2=level2)
    assert (found, type(found)) == (ROOT, np.int64)
    assert graph.seen[0].path == "/segmentation/api/v1/table/tbl/node/7/root"
    assert graph.seen[0].query.get("stop_layer") == asked


@pytest.mark.parametrize(
    "ids",
    [
        [ROOT, OTHER],
        (ROOT, str(OTHER)),
        np.array([ROOT, OTHER], dtype=np.uint64),
        np.array([ROOT, OTHER], dtype=np.int64),
        pd.Series([ROOT, OTHER], dtype="Int64"),
        pd.Series([ROOT, OTHER], dtype="Int64").unique(),  # an extension array (F055)
        pd.Index([ROOT, OTHER]),
        {ROOT: 0, OTHER: 0}.keys(),
    ],
)
def test_ids_in_any_form(graph, client, ids):
    graph.answers["roots_binary"] = same
    roots = client.get_roots(ids, timestamp=THEN)
    assert roots.tolist() == [ROOT, OTHER]
    assert graph.seen[0].ids == [ROOT, OTHER]
    assert roots.flags.writeable  # F059


@pytest.mark.parametrize("ids", [[float(ROOT)], np.array([ROOT], dtype=float), [ROOT, None], [True], [-1]])
@pytest.mark.parametrize(
    "method", ["get_roots", "is_latest_roots", "get_root_timestamps", "get_lineage_graph"]
)
def test_inexact_ids_are_refused_before_anything_is_sent(graph, client, method, ids):
    with pytest.raises(ValueError, match=r"Pass|Drop"):
        getattr(client, method)(ids)
    assert graph.seen == []


def test_integers_have_one_type(graph, client, as_bytes):
    """F059: joining answers of two methods must not pass through floats."""
    graph.answers |= {
        "roots_binary": as_bytes(ROOT),
        "leaves": {"leaf_ids": []},
        "children": {"children_ids": []},
        "delta_roots": {"old_roots": [], "new_roots": []},
        "minimal_covering_nodes": as_bytes(5),
    }
    arrays = [
        client.get_roots([1]),
        client.get_leaves(ROOT),
        client.get_children(ROOT),
        *client.get_delta_roots(THEN),
        client.get_minimal_covering_nodes([1]),
    ]
    assert {array.dtype for array in arrays} == {np.dtype(np.int64)}
    assert np.concatenate(arrays).tolist() == [ROOT, 5]


def test_an_error_page_is_never_ids(graph, client):
    """F008: the length of this body is a multiple of 8."""
    graph.answers["minimal_covering_nodes"] = (500, {"code": 500, "message": "need an array"})
    with pytest.raises(ServerError, match="need an array"):
        client.get_minimal_covering_nodes([1])


@pytest.mark.parametrize(
    ("version", "is_able"),
    [("2.17.9", False), ("2.18.0", True), ("3.0.4", False), ("3.0.5", True), ("4.0.0", True), ("9.1", True)],
)
def test_covering_nodes_by_server_version(graph, make, as_bytes, version, is_able):
    """F072: a lower bound for each line, and no end for the newest."""
    graph.answers["minimal_covering_nodes"] = as_bytes(5)
    client = make(server_version=version)
    if is_able:
        assert client.get_minimal_covering_nodes([1]).tolist() == [5]
    else:
        with pytest.raises(ServerIncompatibilityError, match=r"2\.18\.0"):
            client.get_minimal_covering_nodes([1])
        assert graph.seen == []


def test_leaves_of_many_by_int(graph, client):
    graph.answers["leaves_many"] = {str(ROOT): [1, 2], str(OTHER): []}
    leaves = client.get_leaves_many([ROOT, OTHER], bounds=[[0, 1], [0, 2], [0, 3]])
    assert {root: (found.tolist(), found.dtype) for root, found in leaves.items()} == {
        ROOT: ([1, 2], np.int64),
        OTHER: ([], np.int64),
    }
    assert graph.seen[0].query == {"bounds": "0-1_0-2_0-3"}


@pytest.mark.parametrize(
    ("ids", "sent", "expected"),
    [
        ([ROOT, 0, OTHER, ROOT], [ROOT, OTHER, ROOT], [True, False, False, True]),
        ([0, 0], None, [False, False]),
        ([], None, []),
        (ROOT, [ROOT], [True]),
    ],
)
def test_zeros_are_answered_here(graph, client, ids, sent, expected):
    graph.answers["is_latest_roots"] = lambda seen: {
        "is_latest": [node == ROOT for node in seen.json["node_ids"]]
    }
    answer = client.is_latest_roots(ids)
    assert (answer.tolist(), answer.dtype) == (expected, np.dtype(bool))
    assert [one.json["node_ids"] for one in graph.seen] == ([] if sent is None else [sent])
    assert all("timestamp" not in one.query for one in graph.seen)


def test_an_answer_of_another_length_is_refused(graph, client):
    graph.answers["is_latest_roots"] = {"is_latest": [True]}
    with pytest.raises(Exception, match="2"):
        client.is_latest_roots([ROOT, OTHER])


@pytest.mark.parametrize(
    ("ids", "sent", "expected"),
    [
        (np.array([ROOT, 0, OTHER, ROOT], dtype=np.uint64), [ROOT, OTHER, ROOT], [True, False, False, True]),
        ([-1, 0], None, [False, False]),
        ([], None, []),
    ],
)
def test_valid_nodes(graph, client, ids, sent, expected):
    """F105: without a start it is the year 2000; the body travels with a GET (F058)."""
    graph.answers["valid_nodes"] = {"valid_roots": [ROOT]}
    assert client.is_valid_nodes(ids).tolist() == expected
    if sent is None:
        assert graph.seen == []
    else:
        (seen,) = graph.seen
        assert (seen.method, seen.json, seen.query) == (
            "GET",
            {"node_ids": sent},
            {"start_timestamp": "946684800.0"},
        )


def test_valid_nodes_in_a_stretch_of_time(graph, client):
    graph.answers["valid_nodes"] = {"valid_roots": []}
    client.is_valid_nodes([ROOT], "2024-01-01", datetime(2024, 1, 2))
    assert graph.seen[0].query == {"start_timestamp": "1704067200.0", "end_timestamp": "1704153600.0"}


def test_creation_times(graph, make):
    """F072: an old server is asked in the form that it knows."""
    graph.answers["root_timestamps"] = {"timestamp": [1795351607.073, 1735689600.0]}
    times = make(server_version="1.0.0").get_root_timestamps([ROOT, OTHER])
    assert times.dtype == object
    assert times.tolist() == [
        datetime(2026, 11, 22, 12, 46, 47, 73000, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
    ]
    assert graph.seen[0].query == {}


def test_last_moments(graph, client):
    """The edit's own moment is one at which the root is gone, so the moment before it is returned."""
    graph.answers["root_timestamps"] = {"timestamp": [THEN.timestamp()]}
    times = client.get_root_timestamps([ROOT], latest=True, timestamp=THEN)
    assert times.tolist() == [THEN - timedelta(milliseconds=1)]
    assert graph.seen[0].query == {"latest": "true", "timestamp": "1795351690.0"}


@pytest.mark.parametrize(
    ("version", "is_able"),
    [
        ("1.24", False),
        ("1.25", True),
        ("2.16", False),
        ("2.17", True),
        ("3.0.3", False),
        ("3.0.4", True),
        ("4", True),
    ],
)
def test_last_moments_by_server_version(graph, make, version, is_able):
    graph.answers["root_timestamps"] = {"timestamp": [THEN.timestamp()]}
    client = make(server_version=version)
    if is_able:
        assert len(client.get_root_timestamps([ROOT], latest=True)) == 1
    else:
        with pytest.raises(ServerIncompatibilityError, match="latest"):
            client.get_root_timestamps([ROOT], latest=True)


def test_no_ids_no_request(graph, client):
    assert client.get_root_timestamps([]).tolist() == []
    assert graph.seen == []


def test_delta_roots_end_now(graph, client):
    graph.answers["delta_roots"] = {"old_roots": [ROOT, ROOT], "new_roots": [OTHER]}
    old, new = client.get_delta_roots("2024-01-01")
    assert (old.tolist(), new.tolist()) == ([ROOT, ROOT], [OTHER])
    asked = datetime.fromtimestamp(float(graph.seen[0].query["timestamp_future"]), UTC)
    assert abs(asked - datetime.now(UTC)) < timedelta(minutes=1)  # not the moment of the import


def test_pairs_of_a_chunk(graph, client, as_bytes):
    graph.answers["9"] = as_bytes(11, 1, 11, 2)
    pairs = client.get_l2_chunk_children(9)
    assert (pairs.tolist(), pairs.dtype) == ([[11, 1], [11, 2]], np.int64)
    assert graph.seen[0].query == {"as_array": "true"}  # without it the answer would be a pickle


def test_supervoxels_at_points(graph, client):
    graph.answers["supervoxel_lookup"] = [1, 2]
    found = client.supervoxel_lookup([ROOT, OTHER], [[1, 2, 3], [4.5, 5, 6]])
    assert found.tolist() == [1, 2]
    assert graph.seen[0].json == [[ROOT, 1.0, 2.0, 3.0], [OTHER, 4.5, 5.0, 6.0]]


# ---- suggestions

INFO = {"graph": {"n_layers": 7}, "scales": [{"resolution": [8, 8, 40]}]}


def suggest(graph, chunks_by_layer, latest, *roots):
    graph.answers |= {
        "info": INFO,
        "leaves": lambda seen: {"leaf_ids": chunks_by_layer[seen.query["stop_layer"]]},
        "roots_binary": covers(*roots),
        "is_latest_roots": lambda seen: {"is_latest": [node in latest for node in seen.json["node_ids"]]},
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 30),
        ({"return_all": True}, [30, 20]),
        ({"return_fraction_overlap": True}, (30, 0.5)),
        ({"return_all": True, "return_fraction_overlap": True}, ([30, 20], [0.5, 0.25])),
    ],
)
def test_suggestions_by_overlap(graph, client, options, expected):
    """The fourth chunk has no root any more: it counts for nobody."""
    suggest(graph, {"3": [1, 2, 3, 4]}, {20, 30}, 30, 20, 30, 0)
    found = client.suggest_latest_roots(ROOT, THEN, **options)
    plain = tuple(np.asarray(part).tolist() for part in found) if isinstance(found, tuple) else found
    assert (plain.tolist() if isinstance(plain, np.ndarray) else plain) == expected
    assert type(client.suggest_latest_roots(ROOT, THEN)) is int


def test_suggestions_are_roots(graph, client):
    """Chunks that were edited away still lead to the root of their time."""
    suggest(graph, {"3": [1, 2, 3]}, {20}, 10, 10, 20)
    assert client.suggest_latest_roots(ROOT, THEN) == 20
    assert graph.calls("is_latest_roots")[0].query == {"timestamp": "1795351690.0"}


@pytest.mark.parametrize(
    ("layers", "latest", "asked"),
    [
        ({"3": [], "2": [1]}, {20}, ["3", "2"]),  # F060: the object is smaller than the layer's chunks
        ({"3": [2], "2": [2], "1": [1]}, set(), ["3", "2", "1"]),  # every chunk was edited
    ],
)
def test_suggestions_step_down(graph, client, layers, latest, asked):
    suggest(graph, layers, latest, 20, 10)
    assert client.suggest_latest_roots(ROOT, THEN) == 20
    assert [one.query["stop_layer"] for one in graph.calls("leaves")] == asked


def test_supervoxels_need_no_check(graph, client):
    suggest(graph, {"1": [1, 2, 3]}, set(), 0, 20, 0)
    assert client.suggest_latest_roots(ROOT, THEN, stop_layer=0) == 20
    assert graph.names == ["leaves", "roots_binary"]


def test_nothing_to_suggest(graph, client):
    """F060: a sentence instead of an IndexError."""
    suggest(graph, {"3": [], "2": [], "1": []}, set())
    with pytest.raises(InvalidArgumentError, match="is_valid_nodes"):
        client.suggest_latest_roots(ROOT, THEN)


def test_suggestions_are_for_one_root(graph, client):
    with pytest.raises(InvalidArgumentError, match="one id"):
        client.suggest_latest_roots([ROOT, OTHER], THEN)
    assert graph.seen == []
