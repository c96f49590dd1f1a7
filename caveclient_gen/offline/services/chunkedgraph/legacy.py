"""API 0: the same questions, answered as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.call import read_ids
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.chunkedgraph.edits import cut, merged
from caveclient_gen.offline.services.chunkedgraph.nodes import leaves_of
from caveclient_gen.offline.services.chunkedgraph.registry import moment, raw_ids, served

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call


@served("get_roots", needs="view", apis=("0",))
def roots(call: Call) -> Reply:
    """Answer the root of the first of the supervoxels: the route never looked at the others."""
    nodes = read_ids("The body", call.document)
    if not len(nodes):
        raise Refusal(400, "The body must be a list with at least one supervoxel id.")
    return raw_ids(call.cave.segmentation.roots(nodes[:1], at=moment(call, "timestamp")))


@served("get_root_id", needs="view", apis=("0",))
def root(call: Call) -> Reply:
    """Answer the root of a supervoxel."""
    node = np.array([call.path_id("atomic_id")])
    return raw_ids(call.cave.segmentation.roots(node, at=moment(call, "timestamp")))


@served("get_children", needs="view", apis=("0",))
def children(call: Call) -> Reply:
    """Answer the nodes one layer below."""
    return raw_ids(call.cave.segmentation.children(call.path_id("node_id")))


@served("get_leaves", needs="view", apis=("0",))
def leaves(call: Call) -> Reply:
    """Answer the supervoxels of a root."""
    (found,) = leaves_of(call, np.array([call.path_id("root_id")]))
    return raw_ids(found)


@served("do_merge", needs="edit", apis=("0",))
def merge(call: Call) -> Reply:
    """Join two objects."""
    return raw_ids(np.array(merged(call).new_roots))


@served("execute_split", needs="edit", apis=("0",))
def split(call: Call) -> Reply:
    """Cut an object."""
    return raw_ids(np.array(cut(call).new_roots))
