"""Nodes: roots, leaves, children, and when they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.json_forms import graph_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import as_datetime, as_seconds
from caveclient_gen.offline.services.chunkedgraph.points import read_points
from caveclient_gen.offline.services.chunkedgraph.registry import (
    moment,
    raw_ids,
    served,
    written,
)

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.services.chunkedgraph.registry import Ids


@served("get_root_id", needs="view", apis=("1",))
def root(call: Call) -> Reply:
    """Answer the root of one node."""
    node = np.array([call.path_id("supervoxel_id")])
    found = call.cave.segmentation.roots(
        node, at=moment(call, "timestamp"), stop_layer=call.integer("stop_layer")
    )
    (one,) = written(call, found.tolist())
    return graph_json({"root_id": one})


@served("get_roots", needs="view", apis=("1",))
def roots_binary(call: Call) -> Reply:
    """Answer the roots of many nodes, as bytes; 0 for what has none."""
    nodes = call.binary_ids()
    call.check_number("supervoxel_ids", len(nodes))
    return raw_ids(_roots(call, nodes, fail_to_zero=_said(call, "fail_to_zero", default=True)))


@served("get_roots_json", needs="view")
def roots(call: Call) -> Reply:
    """Answer the roots of many nodes, as JSON."""
    nodes = call.ids("node_ids")
    call.check_number("node_ids", len(nodes))
    found = _roots(call, nodes, fail_to_zero=_said(call, "fail_to_zero", default=False))
    return (
        raw_ids(found)
        if call.text("as_binary") == "root_ids"
        else graph_json({"root_ids": written(call, found)})
    )


def _roots(call: Call, nodes: Ids, *, fail_to_zero: bool) -> Ids:
    return call.cave.segmentation.roots(
        nodes,
        at=moment(call, "timestamp"),
        stop_layer=call.integer("stop_layer"),
        fail_to_zero=fail_to_zero and not _said(call, "assert_roots", default=False),
    )


def _said(call: Call, name: str, *, default: bool) -> bool:
    """Read a flag as these two routes do: any text is yes, "false" too; nothing after "=" is no."""
    text = call.text(name)
    return default if text is None else bool(text)


@served("get_children", needs="view", apis=("1",))
def children(call: Call) -> Reply:
    """Answer the nodes one layer below."""
    return graph_json(
        {"children_ids": written(call, call.cave.segmentation.children(call.path_id("root_id")))}
    )


@served("get_leaves", needs="view", apis=("1",))
def leaves(call: Call) -> Reply:
    """Answer what a node is made of."""
    (found,) = leaves_of(call, np.array([call.path_id("root_id")]))
    return graph_json({"leaf_ids": written(call, found)})


@served("get_leaves_many", needs="view")
def leaves_many(call: Call) -> Reply:
    """Answer what several nodes are made of."""
    nodes = call.ids("node_ids")
    call.check_number("root_ids", len(nodes))
    found = leaves_of(call, nodes)
    return graph_json(
        {str(node): written(call, ids) for node, ids in zip(nodes.tolist(), found, strict=True)}
    )


def leaves_of(call: Call, nodes: Ids) -> list[Ids]:
    """Return what each node is made of; nothing of what is no node, as on the server."""
    segmentation = call.cave.segmentation
    is_node = segmentation.exists_between(nodes)
    found = iter(
        segmentation.leaves(
            nodes[is_node], stop_layer=call.integer("stop_layer", 1) or 0, bounds=call.bounds()
        )
    )
    nothing = np.empty(0, np.int64)
    return [next(found) if known else nothing for known in is_node.tolist()]


@served("get_minimal_covering_nodes", needs="view")
def covering_nodes(call: Call) -> Reply:
    """Answer the fewest nodes that are made of just these."""
    nodes = call.binary_ids() if call.flag("is_binary") else call.ids("node_ids")
    found = call.cave.segmentation.covering_nodes(nodes, at=moment(call, "timestamp"))
    return raw_ids(found) if call.flag("as_array") else graph_json(written(call, found))


@served("get_l2_chunk_children", needs="view")
def chunk_children_binary(call: Call) -> Reply:
    """Answer level-2 nodes and supervoxels of a chunk in turns, as bytes."""
    return raw_ids(_chunk_children(call))


@served("get_l2_chunk_children_json", needs="view")
def chunk_children(call: Call) -> Reply:
    """Answer level-2 nodes and supervoxels of a chunk in turns, as JSON."""
    return graph_json({"l2_chunk_children": written(call, _chunk_children(call))})


def _chunk_children(call: Call) -> Ids:
    if not call.flag("as_array"):
        raise Refusal(400, "Ask with as_array=true: the other form is a Python pickle, or no JSON.")
    pairs = call.cave.segmentation.chunk_children(call.path_id("chunk_id"), at=moment(call, "timestamp"))
    return pairs.reshape(-1)


@served("supervoxel_lookup", needs="admin")
def lookup(call: Call) -> Reply:
    """Answer the supervoxels at points."""
    points = read_points("The body", call.document)
    call.check_number("nodes_and_points", len(points))
    return graph_json(written(call, call.cave.segmentation.supervoxels_of(points)))


@served("is_latest_roots", needs="view")
def is_latest(call: Call) -> Reply:
    """Answer whether each is a root that is current."""
    nodes = call.ids("node_ids")
    call.check_number("root_ids", len(nodes))
    return graph_json({"is_latest": call.cave.segmentation.is_latest(nodes, at=moment(call, "timestamp"))})


@served("is_valid_nodes", needs="view")
def valid_nodes(call: Call) -> Reply:
    """Answer those of the nodes that came to be in a period."""
    nodes = call.binary_ids() if call.flag("is_binary") else call.ids("node_ids")
    call.check_number("node_ids", len(nodes))
    start, end = moment(call, "start_timestamp"), moment(call, "end_timestamp")
    found = np.unique(nodes[call.cave.segmentation.exists_between(nodes, start=start, end=end)])
    return graph_json({"valid_roots": written(call, found)})


@served("get_root_timestamps", needs="view")
def root_timestamps(call: Call) -> Reply:
    """Answer since when roots are; with `latest` until when: the time asked about, or that of an edit."""
    nodes = call.binary_ids() if call.flag("is_binary") else call.ids("node_ids")
    call.check_number("root_ids", len(nodes))
    segmentation = call.cave.segmentation
    if call.flag("latest"):
        asked = moment(call, "timestamp")
        asked = call.cave.store.clock.now() if asked is None else asked
        ends = segmentation.root_ends(nodes)
        micros = np.where(ends < 0, asked, np.minimum(ends, asked))
    else:
        micros = segmentation.root_times(nodes)
    return graph_json({"timestamp": [as_seconds(one) for one in micros.tolist()]})


@served("get_oldest_timestamp", needs="view")
def oldest_timestamp(call: Call) -> Reply:
    """Answer since when there are roots."""
    delimiter = call.text("delimiter", " ") or " "
    if len(delimiter) != 1:
        raise Refusal(400, "delimiter must be one character.")
    return graph_json({"iso": as_datetime(call.cave.segmentation.oldest).isoformat(delimiter)})
