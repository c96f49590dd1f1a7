"""Subgraphs, level 2 graphs and paths as arrays."""

import numpy as np
import pytest

from caveclient_gen.errors import ServerIncompatibilityError

ROOT = 288230376151712180
BOX = [[0, 256], [0, 256], [0, 64]]


def test_subgraph(graph, client):
    """Python's JSON reader takes the `Infinity` that servers write for edges that cannot be cut."""
    graph.answers["subgraph"] = (
        b'{"nodes":[[72057594037927937,2],[2,3]],"affinities":[0.5,Infinity],"areas":[120,1]}'
    )
    edges, affinities, areas = client.get_subgraph(ROOT, np.array(BOX))
    assert (edges.tolist(), edges.dtype) == ([[72057594037927937, 2], [2, 3]], np.int64)
    assert (affinities.tolist(), affinities.dtype) == ([0.5, np.inf], np.float64)
    assert (areas.tolist(), areas.dtype) == ([120, 1], np.int32)
    assert graph.seen[0].query == {"bounds": "0-256_0-256_0-64"}


def test_empty_subgraph(graph, client):
    graph.answers["subgraph"] = {"nodes": [], "affinities": [], "areas": []}
    edges, affinities, areas = client.get_subgraph(ROOT, BOX)
    assert (edges.shape, edges.dtype) == ((0, 2), np.int64)
    assert (affinities.dtype, areas.dtype) == (np.float64, np.int32)


@pytest.mark.parametrize(
    ("bounds", "headers", "is_honoured"),
    [
        (None, {}, True),
        (None, {"Used-Bounds": "False"}, True),
        (BOX, {"Used-Bounds": "True"}, True),
        (BOX, {"Used-Bounds": "true"}, True),
        (BOX, {"Used-Bounds": "False"}, False),
        (BOX, {}, False),
    ],
)
def test_a_box_that_was_ignored_is_an_error(graph, client, bounds, headers, is_honoured):
    graph.answers["lvl2_graph"] = (200, {"edge_graph": [[1, 2]]}, headers)
    if is_honoured:
        assert client.level2_chunk_graph(ROOT, bounds=bounds) == [[1, 2]]
    else:
        with pytest.raises(ServerIncompatibilityError, match="without bounds"):
            client.level2_chunk_graph(ROOT, bounds=bounds)


def test_a_path(graph, client):
    graph.answers["find_path"] = {"centroids_list": [[1.5, 2, 3]], "l2_path": [ROOT], "failed_l2_ids": []}
    centroids, path, failed = client.find_path(ROOT, np.array([1, 2, 3]), (4, 5, 6.5))
    assert (centroids.tolist(), centroids.dtype) == ([[1.5, 2, 3]], np.float64)
    assert (path.tolist(), path.dtype, failed.tolist(), failed.dtype) == ([ROOT], np.int64, [], np.int64)
    assert graph.seen[0].json == [[ROOT, 1, 2, 3], [ROOT, 4, 5, 6.5]]
    assert graph.seen[0].query == {"precision_mode": "false"}


def test_no_path(graph, client):
    graph.answers["find_path"] = {"centroids_list": [], "l2_path": [], "failed_l2_ids": []}
    assert client.find_path(ROOT, [1, 2, 3], [4, 5, 6])[0].shape == (0, 3)


@pytest.mark.parametrize("point", [[1, 2], [1, 2, np.nan], [[1, 2, 3], [4, 5, 6]], "abc"])
def test_malformed_points(graph, client, point):
    with pytest.raises(ValueError, match="src_pt"):
        client.find_path(ROOT, point, [1, 2, 3])
    assert graph.seen == []
