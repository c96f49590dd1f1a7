"""Lineage graphs: as servers tell them, cut at a moment, and as networkx graphs."""

from __future__ import annotations

from collections import deque
from itertools import compress
from operator import itemgetter, setitem
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.bulk import paused_gc

if TYPE_CHECKING:
    from datetime import datetime

    import networkx as nx

    from caveclient_gen._generated.types_chunkedgraph import LineageGraph
    from caveclient_gen._runtime.typing import IdArray


def without_links_across(
    graph: LineageGraph, *, past: datetime | None = None, future: datetime | None = None
) -> LineageGraph:
    """
    Cut a lineage graph at two moments.

    Parameters
    ----------
    graph : dict
        A lineage graph; it is not changed.
    past : datetime.datetime, optional
        Roots that began before this moment go, and the links that touch them.
    future : datetime.datetime, optional
        Roots that began after this moment go, and the links that touch them.

    Returns
    -------
    dict
        A graph of what is left.
    """
    import numpy as np

    nodes, links = graph["nodes"], graph["links"]
    began = np.fromiter(map(itemgetter("timestamp"), nodes), dtype=np.float64, count=len(nodes))
    stays = np.ones(len(nodes), dtype=bool)
    if past is not None:
        stays &= began >= past.timestamp()
    if future is not None:
        stays &= began <= future.timestamp()
    left = ids_of(nodes, "id")[stays]
    joined = np.isin(ids_of(links, "source"), left) & np.isin(ids_of(links, "target"), left)
    return {**graph, "nodes": list(compress(nodes, stays)), "links": list(compress(links, joined))}


def to_networkx(graph: LineageGraph) -> nx.DiGraph[int]:
    """
    Turn a lineage graph into a networkx graph.

    Parameters
    ----------
    graph : dict
        A lineage graph.

    Returns
    -------
    networkx.DiGraph
        Root ids as nodes, with `timestamp` (unix seconds) and, on ended roots, `operation_id`.
    """
    import networkx as nx

    # Not nx.node_link_graph: its name for the list of links changed from version to version.
    result: nx.DiGraph[int] = nx.DiGraph(**graph["graph"])
    records, links = graph["nodes"], graph["links"]
    with paused_gc():
        nodes = dict(zip(map(itemgetter("id"), records), map(_attributes, records), strict=True))
        sources, targets = (list(map(itemgetter(side), links)) for side in ("source", "target"))
        if len(nodes) == len(records) and nodes.keys() >= {*sources, *targets}:
            _fill(result, nodes, sources, targets)
        else:  # networkx joins nodes that come twice, and adds those that only links know
            result.add_nodes_from((node["id"], _attributes(node)) for node in records)
            result.add_edges_from(zip(sources, targets, strict=True))
    return result


def _fill(graph: Any, nodes: dict[int, dict[str, Any]], sources: list[int], targets: list[int]) -> None:
    """Put nodes and links into an empty graph, in less than half the time of its methods."""
    # The dicts of networkx are as its documentation of the class describes them; only their names begin
    # with an underscore, and it uses these in all its modules.
    successors: dict[int, dict[int, Any]] = {node: {} for node in nodes}
    predecessors: dict[int, dict[int, Any]] = {node: {} for node in nodes}
    links: list[dict[str, Any]] = [{} for _ in sources]  # each is in both dicts
    for near, ends, far in ((successors, sources, targets), (predecessors, targets, sources)):
        deque(map(setitem, map(near.__getitem__, ends), far, links), maxlen=0)
    graph._node.update(nodes)
    graph._succ.update(successors)
    graph._pred.update(predecessors)


def _attributes(node: Any) -> dict[str, Any]:
    attributes = dict(node)
    del attributes["id"]
    return attributes


def ids_of(records: Any, key: str) -> IdArray:
    """
    Return one id of each of many records.

    Parameters
    ----------
    records : list of dict
        Nodes or links.
    key : str
        Where the id stands: "id", "source" or "target".

    Returns
    -------
    numpy.ndarray
        The ids, as int64, in order.
    """
    import numpy as np

    return np.fromiter(map(int, map(itemgetter(key), records)), dtype=np.int64, count=len(records))
