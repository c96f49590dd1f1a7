"""Graphs within a root: edges of supervoxels, the level-2 graph, ways through it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.json_forms import graph_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.chunkedgraph.points import read_points
from caveclient_gen.offline.services.chunkedgraph.registry import served, written

if TYPE_CHECKING:
    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.segmentation.records import Floats, Ids


@served("get_subgraph", needs="view")
def subgraph(call: Call) -> Reply:
    """Answer the edges between the supervoxels of a root."""
    if not call.flag("only_internal_edges", default=True):
        raise Refusal(400, "Leave out only_internal_edges=false: edges that lead out are not answered here.")
    found = call.cave.segmentation.subgraph(call.path_id("root_id"), bounds=call.bounds())
    document = {
        "affinities": found.affinities.astype(np.float64).tolist(),
        "areas": found.areas.tolist(),
        "nodes": written(call, found.edges.tolist()),
    }
    # An edge that is never cut has an infinite affinity, which only this writer writes as servers do.
    text = json.dumps(document, separators=(",", ":")) + "\n"
    return Reply(text.encode(), "application/json", compress=True)


@served("level2_chunk_graph", needs="view")
def level2_graph(call: Call) -> Reply:
    """Answer the edges between the level-2 nodes of a root, and whether bounds were looked at."""
    bounds = call.bounds()
    found = call.cave.segmentation.level2_graph(call.path_id("root_id"), bounds=bounds)
    edges = written(call, found.edges)
    return graph_json({"edge_graph": edges}, headers=(("Used-Bounds", str(bounds is not None)),))


@served("find_path", needs="view")
def find_path(call: Call) -> Reply:
    """Answer the level-2 nodes between two points, and where they are."""
    is_precise = call.flag("precision_mode", default=True)
    start, end = read_points("The body", call.document, exactly=2)
    path = call.cave.segmentation.find_path(start, end)
    return graph_json(
        {
            "centroids_list": call.cave.segmentation.positions(path) if is_precise else _middles(call, path),
            "failed_l2_ids": [],
            "l2_path": written(call, path),
        }
    )


def _middles(call: Call, nodes: Ids) -> Floats:
    """Return the middles of the chunks of nodes, in nm."""
    layout = call.cave.segmentation.layout
    chunk = np.array(layout.chunk_size) * np.array(layout.resolution)
    places: Floats = (layout.chunk_of(nodes) + 0.5) * chunk
    return places


@served("remesh_level2_chunks", needs="edit")
def remesh(call: Call) -> Reply:
    """Accept that chunks are meshed anew. There are no meshes, so nothing is left to do."""
    ids = call.ids("new_lvl2_ids")
    call.check_number("chunk_ids", len(ids))
    call.cave.segmentation.root_times(ids)  # refuses what is no node
    return Reply(b"", "text/html; charset=utf-8", status=202, compress=True)


NO_SURFACES = (
    "It needs the surfaces of supervoxels, and an offline dataset has only their positions and sizes."
)
served.not_here("get_contact_sites", "get_pairwise_contact_sites", reason=NO_SURFACES)
served.not_here("get_mesh_manifest", reason=f"It names meshes. {NO_SURFACES}")
