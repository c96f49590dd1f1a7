"""Five paths that most scripts run through, as calls that send nothing: the answer is there already.

    python hot_paths.py PATH CALLS

`instructions.py` runs it under callgrind. It prints "ready" when all is loaded and warm, waits for a line,
makes the calls, prints "done" and waits for another.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from server import Reply
from wire import QUERY, arrow, framework, synapses

ROWS, IDS, EDGES = 10_000, 10_000, 10_000


def transport(replies: Mapping[str, Reply]) -> Any:
    """Return what answers in place of the network."""
    from caveclient_gen._runtime.request import Headers, Response

    class Ready:
        """Answers from memory."""

        def send(self, request: Any) -> Any:
            path = request.url.removeprefix("http://here").partition("?")[0]
            reply = replies[path]
            headers = Headers([*reply.headers, ("Content-Type", reply.media_type)])
            return Response(reply.status, headers, reply.body, request.url, request)

    return Ready()


def small_call() -> Callable[[], Any]:
    """A request without much in it: what every call pays."""
    from caveclient_gen.chunkedgraph import ChunkedGraphClient

    path = "/segmentation/api/v1/table/tbl/node/1/root"
    graph = ChunkedGraphClient("http://here", "tbl", transport=transport({path: Reply(b'{"root_id": 2}')}))
    return lambda: graph.get_root_id(1)


def frame() -> Callable[[], Any]:
    """A query whose positions become points."""
    from caveclient_gen.materializationengine import MaterializationClient

    replies: Any = framework() | {QUERY: arrow(synapses(ROWS))}
    tables = MaterializationClient("http://here", "ds", transport=transport(replies))
    return lambda: tables.query_table("synapses", materialization_version=1)


def roots() -> Callable[[], Any]:
    """Many supervoxel ids."""
    from caveclient_gen.chunkedgraph import ChunkedGraphClient

    ids = np.arange(1, IDS + 1)
    reply = Reply(ids.astype("<u8").tobytes(), media_type="application/octet-stream")
    path = "/segmentation/api/v1/table/tbl/roots_binary"
    graph = ChunkedGraphClient("http://here", "tbl", transport=transport({path: reply}))
    return lambda: graph.get_roots(ids.tolist(), timestamp=1_700_000_000)


def edges() -> Callable[[], Any]:
    """A long JSON answer of ids."""
    from caveclient_gen.chunkedgraph import ChunkedGraphClient

    pairs = np.arange(2 * EDGES).reshape(-1, 2) + 160_000_000_000_000_000
    body = b'{"edge_graph": ' + str(pairs.tolist()).encode() + b"}"
    path = "/segmentation/api/v1/table/tbl/node/1/lvl2_graph"
    graph = ChunkedGraphClient("http://here", "tbl", transport=transport({path: Reply(body)}))
    return lambda: graph.level2_chunk_graph(1)


def upload() -> Callable[[], Any]:
    """Annotations of a frame."""
    import pandas as pd

    from caveclient_gen.annotationengine import AnnotationClient

    points = np.arange(3 * ROWS).reshape(-1, 3)
    frame = pd.DataFrame({"tag": ["a tag"] * ROWS, "pt_position": points.tolist()})
    record = {
        "schema_type": "bound_tag",
        "voxel_resolution_x": 4,
        "voxel_resolution_y": 4,
        "voxel_resolution_z": 40,
    }
    base = "/annotation/api/v2/aligned_volume/vol/table/tags"
    replies = {
        base: Reply(str(record).replace("'", '"').encode()),
        f"{base}/annotations": Reply(str(list(range(ROWS))).encode()),
    }
    client = AnnotationClient("http://here", aligned_volume_name="vol", transport=transport(replies))
    return lambda: client.post_annotation_df("tags", frame, ["pt_position"])


PATHS: Mapping[str, Callable[[], Callable[[], Any]]] = {
    "a small call": small_call,
    f"query_table, {ROWS:,} rows": frame,
    f"get_roots, {IDS:,} ids": roots,
    f"level2_chunk_graph, {EDGES:,} edges": edges,
    f"post_annotation_df, {ROWS:,} rows": upload,
}


def main() -> None:
    name, calls = sys.argv[1], int(sys.argv[2])
    call = PATHS[name]()
    for _ in range(3):
        call()
    gc.collect()
    gc.disable()
    for word in ("ready", "done"):
        print(word, flush=True)
        sys.stdin.readline()
        if word == "ready":
            for _ in range(calls):
                call()


if __name__ == "__main__":
    main()
