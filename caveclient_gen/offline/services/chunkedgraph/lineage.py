"""What became of roots, and what they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.json_forms import graph_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import as_seconds
from caveclient_gen.offline.services.chunkedgraph.registry import (
    moment,
    served,
    written,
)

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call


@served("get_lineage_graph", needs="view")
def lineage_of_many(call: Call) -> Reply:
    """Answer the lineage of several roots."""
    roots = call.ids("root_ids").tolist()
    call.check_number("root_ids", len(roots))
    return _lineage(call, roots)


@served("get_root_lineage_graph", needs="view")
def lineage_of_one(call: Call) -> Reply:
    """Answer the lineage of one root."""
    return _lineage(call, [call.path_id("root_id")])


def _lineage(call: Call, roots: list[int]) -> Reply:
    past, future = moment(call, "timestamp_past"), moment(call, "timestamp_future")
    graph = call.cave.segmentation.lineage(roots, past=past, future=future)
    # Keys in the order in which the server sorts them.
    nodes = []
    for node, facts in graph.nodes(data=True):
        (number,) = written(call, [node])
        entry: dict[str, Any] = {"id": number, "timestamp": as_seconds(facts["timestamp"])}
        if facts.get("operation_id") is not None:
            entry["operation_id"] = facts["operation_id"]
        nodes.append(entry)
    links = [
        dict(zip(("source", "target"), written(call, [old, new]), strict=True)) for old, new in graph.edges()
    ]
    return graph_json({"directed": True, "graph": {}, "links": links, "multigraph": False, "nodes": nodes})


@served("get_past_ids", needs="view")
def past_ids(call: Call) -> Reply:
    """Answer the roots that were parts of each root, and the one root that each of those became."""
    roots = call.ids("root_ids").tolist()
    call.check_number("root_ids", len(roots))
    segmentation = call.cave.segmentation
    now = call.cave.store.clock.now()
    past = moment(call, "timestamp_past", segmentation.oldest)
    future = moment(call, "timestamp_future", now)
    past = max(past, segmentation.oldest)  # nothing was earlier: from 1970 on means from the beginning on
    before = segmentation.ids_at(roots, past)
    olds = sorted({old for ids in before.values() for old in ids})
    after = segmentation.ids_at(olds, future)
    whole = {str(old): written(call, news)[0] for old, news in after.items() if len(news) == 1}
    return graph_json(
        {
            "future_id_map": whole,
            "past_id_map": {str(root): written(call, olds) for root, olds in before.items()},
        }
    )


@served("get_delta_roots", needs="view")
def delta_roots(call: Call) -> Reply:
    """Answer which roots ended and which began in a period."""
    past = moment(call, "timestamp_past")
    if past is None:
        raise Refusal(400, "Timestamp parameter timestamp_past is not a valid unix timestamp")
    future = moment(call, "timestamp_future", call.cave.store.clock.now())
    old, new = call.cave.segmentation.delta_roots(past, future)
    return graph_json({"new_roots": written(call, new), "old_roots": written(call, old)})
