"""Merges and splits: points reach the server in nm, with exact ids, once, or not at all."""

import numpy as np
import pandas as pd
import pytest

from caveclient_gen.chunkedgraph import package_split_data
from caveclient_gen.errors import (
    BadRequestError,
    InvalidArgumentError,
    ServiceUnavailableError,
    UnknownOutcomeError,
)

ROOT, ONE, TWO = 288230376151712180, 72127962782105601, 72268700270460929
RESULT = {"operation_id": 2, "new_root_ids": [ROOT, ROOT + 1]}
COORDS = [[10, 20, 30], [11, 21, 31]]


def segmentation(*resolution):
    return {"scales": [{"resolution": list(resolution)}]}


@pytest.mark.parametrize(
    ("resolution", "expected"),
    [
        ((8, 8, 40), [[80, 160, 1200], [88, 168, 1240]]),
        ((1, 1, 1), COORDS),
        (np.array([4.5, 4, 40]), [[45, 80, 1200], [49.5, 84, 1240]]),
    ],
)
def test_a_merge_is_sent_in_nm(graph, client, resolution, expected):
    graph.answers["merge"] = RESULT
    assert client.do_merge(np.array([ONE, TWO], dtype=np.uint64), COORDS, resolution) == RESULT
    (seen,) = graph.seen
    assert seen.json == [[ONE, *expected[0]], [TWO, *expected[1]]]
    assert type(seen.json[0][0]) is int
    assert seen.query == {"priority": "false"}


def test_the_default_resolution_has_to_be_right(graph, client):
    """F014: a merge in the wrong place cannot be taken back unseen."""
    graph.answers |= {"merge": RESULT, "info": segmentation(8, 8, 40)}
    with pytest.raises(InvalidArgumentError, match=r"resolution=\(8, 8, 40\)"):
        client.do_merge([ONE, TWO], COORDS)
    assert graph.names == ["info"]


def test_the_default_resolution_where_it_is_right(graph, client):
    graph.answers |= {"merge": RESULT, "info": segmentation(4.0, 4.0, 40.0)}
    client.do_merge([ONE, TWO], COORDS)
    assert graph.calls("merge")[0].json == [[ONE, 40, 80, 1200], [TWO, 44, 84, 1240]]


def test_the_default_said_aloud_is_believed(graph, client):
    graph.answers |= {"merge": RESULT, "info": segmentation(8, 8, 40)}
    client.do_merge([ONE, TWO], COORDS, (4, 4, 40))
    assert graph.names == ["merge"]


@pytest.mark.parametrize(
    ("supervoxels", "coords", "resolution", "words"),
    [
        ([ONE], COORDS[:1], (1, 1, 1), "two supervoxels"),
        ([ONE, TWO, ROOT], [*COORDS, [1, 1, 1]], (1, 1, 1), "two supervoxels"),
        ([ONE, TWO], COORDS[:1], (1, 1, 1), "one id per point"),
        ([ONE, TWO], [[1, 2], [3, 4]], (1, 1, 1), "x, y, z"),
        ([ONE, TWO], [[1, 2, np.nan], [3, 4, 5]], (1, 1, 1), "finite"),
        ([ONE, TWO], COORDS, (0, 1, 1), "positive"),
        ([ONE, TWO], COORDS, (4, 40), "resolution"),
        ([float(ONE), TWO], COORDS, (1, 1, 1), "supervoxels"),
    ],
)
def test_a_malformed_merge_is_not_sent(graph, client, supervoxels, coords, resolution, words):
    with pytest.raises(InvalidArgumentError, match=words):
        client.do_merge(supervoxels, coords, resolution)
    assert graph.seen == []


def test_options_that_the_server_has(graph, client):
    graph.answers |= {"merge": RESULT, "merge_admin": RESULT, "split": RESULT}
    client.do_merge([ONE, TWO], COORDS, (1, 1, 1), priority=True, remesh=False, chebyshev_distance=5)
    client.do_merge_admin([ONE, TWO], COORDS, (1, 1, 1), allow_same_segment_merge=True)
    client.execute_split([[1, 2, 3]], [[4, 5, 6]], ROOT, mincut=False)
    assert [one.query for one in graph.seen] == [
        {"priority": "true", "remesh": "false", "chebyshev_distance": "5"},
        {"priority": "false", "allow_same_segment_merge": "true"},
        {"priority": "false", "mincut": "false"},
    ]


@pytest.mark.parametrize(
    ("write", "check"),
    [("merge", "get_roots"), ("split", "is_latest_roots"), ("undo", "get_tabular_change_log")],
)
@pytest.mark.parametrize(
    ("status", "error"),
    [(502, UnknownOutcomeError), (503, ServiceUnavailableError), (504, UnknownOutcomeError)],
)
def test_writes_happen_once(graph, make, write, check, status, error):
    """A write is not sent again, whatever the number of retries; a lost answer tells how to find out."""
    graph.answers[write] = (status, {"message": "busy"})
    client = make(max_retries=3)
    calls = {
        "merge": lambda: client.do_merge([ONE, TWO], COORDS, (1, 1, 1)),
        "split": lambda: client.execute_split([[1, 2, 3]], [[4, 5, 6]], ROOT),
        "undo": lambda: client.undo_operation(2),
    }
    with pytest.raises(error) as caught:
        calls[write]()
    assert graph.names == [write]
    assert (check in str(caught.value)) is (error is UnknownOutcomeError)


def test_a_refusal_says_why(graph, client):
    graph.answers["split"] = (
        400,
        {"code": 400, "message": "[400]: Supervoxels must belong to the same segment."},
    )
    with pytest.raises(BadRequestError, match="same segment"):
        client.execute_split([[1, 2, 3]], [[4, 5, 6]], ROOT)


@pytest.mark.parametrize(
    ("supervoxels", "ids"),
    [
        (None, [ROOT, ROOT]),
        ([ONE, None], [ONE, ROOT]),
        ([None, None], [ROOT, ROOT]),
        (np.array([ONE, TWO], dtype=np.uint64), [ONE, TWO]),
        (pd.Series([ONE, None], dtype="Int64"), [ONE, ROOT]),
        ((str(ONE), TWO), [ONE, TWO]),
    ],
)
def test_split_data(supervoxels, ids):
    data = package_split_data(ROOT, COORDS, np.array([[1, 2, 3]]), supervoxels, None)
    assert data == {"sources": [[ids[0], *COORDS[0]], [ids[1], *COORDS[1]]], "sinks": [[ROOT, 1, 2, 3]]}
    assert {type(row[0]) for row in data["sources"]} == {int}


@pytest.mark.parametrize(
    ("sources", "sinks", "supervoxels", "words"),
    [
        ([], [[1, 2, 3]], None, "at least one point as source_points"),
        ([[1, 2, 3]], [], None, "at least one point as sink_points"),
        ([[1, 2, 3]], [[1, 2, 3]], [ONE, TWO], "one id per point"),
        ([1, 2, 3], [[1, 2, 3]], None, "source_points"),
        ([[1, 2, 3]], [[1, 2, 3]], [float(ONE)], "source_supervoxels"),
    ],
)
def test_malformed_split_data(sources, sinks, supervoxels, words):
    with pytest.raises(InvalidArgumentError, match=words):
        package_split_data(ROOT, sources, sinks, supervoxels, None)


def test_a_split(graph, client):
    graph.answers["split"] = RESULT
    answer = client.execute_split([[560, 160, 640]], [[1520, 160, 640]], ROOT, [ONE], [TWO])
    assert answer == (2, [ROOT, ROOT + 1])
    assert graph.seen[0].json == {"sources": [[ONE, 560, 160, 640]], "sinks": [[TWO, 1520, 160, 640]]}


@pytest.mark.parametrize(
    ("parts", "is_illegal", "expected"),
    [
        ([[1], [2], [3], [4]], False, ([1], [2], True, [[3], [4]])),
        ([[1], [2]], False, ([1], [2], True, [])),
        ([[1, 2]], True, ([1, 2], [], False, [])),
        ([], True, ([], [], False, [])),
    ],
)
def test_a_preview(graph, client, parts, is_illegal, expected):
    graph.answers["split_preview"] = {"supervoxel_connected_components": parts, "illegal_split": is_illegal}
    points = ([[1, 2, 3]], [[4, 5, 6]], ROOT)
    assert client.preview_split(*points) == expected[:3]
    assert client.preview_split(*points, return_additional_ccs=True) == expected


def test_undo_and_redo(graph, client):
    graph.answers |= {"undo": RESULT, "redo": RESULT}
    assert client.undo_operation(2) == client.redo_operation(np.int64(2)) == RESULT
    assert [(one.json, one.query) for one in graph.seen] == [({"operation_id": 2}, {"priority": "false"})] * 2
