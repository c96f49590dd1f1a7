"""Nodes of the chunkedgraph: roots, leaves, lineage, edits."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from row import Row, Target
from server import Answer, Ask, Reply
from wire import FIRST_ROOT, SECONDS, clients, framework, gzipped, packed

TABLE = "/segmentation/api/v1/table/tbl"
ROOT = FIRST_ROOT
CUT = 0.95
"""Where a lineage is cut: the last twentieth of its edits is later."""


def by_list(answer: Callable[[Any], Reply], read: Callable[[bytes], Any] = json.loads) -> Answer:
    """Answer requests that have lists as bodies, whole or in parts: each is packed when it first comes,
    which is before the clocks run.
    """
    made: dict[tuple[int, bytes], Reply] = {}

    def reply(ask: Ask) -> Reply:
        key = len(ask.body), ask.body[:64]
        if key not in made:
            made[key] = answer(read(ask.body))
        return made[key]

    return reply


class Graph(Row):
    """A row that asks the chunkedgraph."""

    def routes(self):
        return framework() | self.answers()

    def answers(self) -> dict[str, Answer]:
        raise NotImplementedError

    def call(self, package: Any, url: str):
        return self.asking(clients(package, url).graph)

    def asking(self, graph: Any):
        """Prepare the call of a client."""
        raise NotImplementedError


def nodes(count: int) -> Any:
    """Return ids, in no order."""
    import numpy as np

    return FIRST_ROOT + np.random.default_rng(1).permutation(count)


@dataclass
class IsLatestRoots(Graph):
    """A bool for each of many roots."""

    ids: int

    title: ClassVar[str] = "is_latest_roots, {ids:,} ids"
    floor_is: ClassVar[str] = "Ids written and answers read by orjson, one request with requests, `np.array`."
    target: ClassVar[Target] = Target(faster=3)

    def answers(self):
        def latest(body: Any) -> Reply:
            return gzipped({"is_latest": [one % 3 != 0 for one in body["node_ids"]]})

        return {f"{TABLE}/is_latest_roots": by_list(latest)}

    def asking(self, graph: Any):
        ids = nodes(self.ids)
        return lambda: graph.is_latest_roots(ids)

    def floor(self, url: str):
        import numpy as np
        import orjson

        ask = posting(url + f"{TABLE}/is_latest_roots", nodes(self.ids))
        return lambda: np.array(orjson.loads(ask())["is_latest"], bool)


@dataclass
class RootTimestamps(Graph):
    """A moment for each of many roots."""

    ids: int

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "get_root_timestamps, {ids:,} ids"
    floor_is: ClassVar[str] = (
        "Ids written and answers read by orjson, one request with requests, and numpy's timedeltas added to "
        "1970: half the time of `pandas.to_datetime(...).to_pydatetime()`."
    )
    target: ClassVar[Target] = Target(faster=3)

    def answers(self):
        def moments(body: Any) -> Reply:
            return gzipped({"timestamp": [SECONDS + (one % 10**7) / 1000 for one in body["node_ids"]]})

        return {f"{TABLE}/root_timestamps": by_list(moments)}

    def asking(self, graph: Any):
        ids = nodes(self.ids)
        return lambda: graph.get_root_timestamps(ids)

    def floor(self, url: str):
        import numpy as np
        import orjson

        ask = posting(url + f"{TABLE}/root_timestamps", nodes(self.ids))
        epoch = datetime(1970, 1, 1, tzinfo=UTC)

        def moments():
            milliseconds = np.rint(np.array(orjson.loads(ask())["timestamp"]) * 1e3)
            return epoch + milliseconds.astype("timedelta64[ms]").astype(object)

        return moments


def posting(url: str, ids: Any, name: str = "node_ids"):
    """Return a function that sends a list of ids as JSON and returns the body of the answer."""
    import orjson
    import requests

    session = requests.Session()

    def ask() -> bytes:
        body = orjson.dumps({name: ids}, option=orjson.OPT_SERIALIZE_NUMPY)
        return session.post(url, data=body).content

    return ask


@dataclass
class GetRoots(Graph):
    """The root of each of many supervoxels."""

    ids: int

    title: ClassVar[str] = "get_roots, {ids:,} ids"
    floor_is: ClassVar[str] = "The same bytes in one request with requests, and `np.frombuffer`."
    target: ClassVar[Target] = Target(floor=1.1)
    differs: ClassVar[str] = "Our ids are int64 everywhere, caveclient's are uint64 here."

    def answers(self):
        import numpy as np

        def roots(ids: Any) -> Reply:
            return packed(
                (FIRST_ROOT + ids * np.uint64(2654435761) % np.uint64(10**8)).tobytes(),
                "text/html; charset=utf-8",
            )

        return {f"{TABLE}/roots_binary": by_list(roots, lambda body: np.frombuffer(body, np.uint64))}

    def asking(self, graph: Any):
        ids = nodes(self.ids)
        return lambda: graph.get_roots(ids)

    def floor(self, url: str):
        import numpy as np
        import requests

        session, ids = requests.Session(), nodes(self.ids)
        url += f"{TABLE}/roots_binary"
        return lambda: np.frombuffer(session.post(url, data=ids.tobytes()).content, np.int64)

    def plain(self, answer: Any, who: str):
        return answer.astype("int64")


@dataclass
class GetLeaves(Graph):
    """The supervoxels of a large object."""

    ids: int

    title: ClassVar[str] = "get_leaves, {ids:,} leaves"
    floor_is: ClassVar[str] = (
        "The same bytes by requests, and `np.fromstring` on what stands between the brackets: four times "
        "faster than orjson and `np.array`."
    )
    target: ClassVar[Target] = Target(faster=2, floor=1.2)

    def answers(self):
        return {f"{TABLE}/node/{ROOT}/leaves": gzipped({"leaf_ids": supervoxels(self.ids).tolist()})}

    def asking(self, graph: Any):
        return lambda: graph.get_leaves(ROOT)

    def floor(self, url: str):
        import numpy as np
        import requests

        session = requests.Session()
        url += f"{TABLE}/node/{ROOT}/leaves"

        def leaves():
            body = session.get(url).content
            return np.fromstring(body[body.index(b"[") + 1 : body.index(b"]")], np.int64, sep=",")

        return leaves


def supervoxels(count: int) -> Any:
    """Return ids of layer 1, sorted as servers answer them."""
    import numpy as np

    return np.sort(np.random.default_rng(2).integers(1 << 56, (1 << 56) + (1 << 52), count))


@dataclass
class Level2Graph(Graph):
    """The edges between the level 2 nodes of a large object."""

    edges: int

    title: ClassVar[str] = "level2_chunk_graph, {edges:,} edges"
    floor_is: ClassVar[str] = "The same bytes by requests, and orjson with Python's collector off."
    target: ClassVar[Target] = Target(faster=2, floor=1.2)

    def answers(self):
        import numpy as np

        ends = np.random.default_rng(3).integers(2 << 56, (2 << 56) + (1 << 52), self.edges)
        edges = np.stack([ends, np.roll(ends, 1)], axis=1)
        return {f"{TABLE}/node/{ROOT}/lvl2_graph": gzipped({"edge_graph": edges.tolist()})}

    def asking(self, graph: Any):
        return lambda: graph.level2_chunk_graph(ROOT)

    def floor(self, url: str):
        import requests

        session = requests.Session()
        url += f"{TABLE}/node/{ROOT}/lvl2_graph"
        return lambda: read_at_once(session.get(url).content)["edge_graph"]


def read_at_once(body: bytes) -> Any:
    """Read JSON by orjson with Python's collector off."""
    import orjson

    gc.disable()
    try:
        return orjson.loads(body)
    finally:
        gc.enable()


def lineage(count: int) -> dict[str, Any]:
    """Return the lineage of an object: merges and splits by turns, ten seconds apart."""
    import numpy as np

    ids = (FIRST_ROOT + np.random.default_rng(4).permutation(count)).tolist()
    links = []
    for made in range(2, count):
        links.append({"source": ids[made - 2], "target": ids[made]})
        if made % 3 == 0:
            links.append({"source": ids[made - 1], "target": ids[made]})
    records = [
        {"id": one, "operation_id": made, "timestamp": SECONDS + 10 * made + 0.073}
        for made, one in enumerate(ids)
    ]
    for record in records[-2:]:
        del record["operation_id"]  # nothing was made of them
    return {"directed": True, "graph": {}, "links": links, "multigraph": False, "nodes": records}


@dataclass
class Lineage(Graph):
    """The history of an object without what came after a moment."""

    nodes: int

    title: ClassVar[str] = "get_lineage_graph, {nodes:,} nodes, cut at a moment"
    floor_is: ClassVar[str] = (
        "The same bytes by requests, orjson with Python's collector off, and one pass over nodes and links "
        "with a set of the ids that go."
    )
    target: ClassVar[Target] = Target(faster=30)
    slow: ClassVar[bool] = True
    most_rounds: ClassVar[int] = 7

    @property
    def cut(self) -> datetime:
        return datetime.fromtimestamp(SECONDS + 10 * int(self.nodes * CUT) + 5, UTC)

    def answers(self):
        return {f"{TABLE}/lineage_graph_multiple": gzipped(lineage(self.nodes))}

    def asking(self, graph: Any):
        return lambda: graph.get_lineage_graph(ROOT, timestamp_future=self.cut, exclude_links_to_future=True)

    def floor(self, url: str):
        import numpy as np

        ask = posting(url + f"{TABLE}/lineage_graph_multiple", np.array([ROOT]), "root_ids")
        latest = self.cut.timestamp()

        def graph():
            found = read_at_once(ask())
            gone = {node["id"] for node in found["nodes"] if node["timestamp"] > latest}
            found["nodes"] = [node for node in found["nodes"] if node["id"] not in gone]
            found["links"] = [
                link for link in found["links"] if link["source"] not in gone and link["target"] not in gone
            ]
            return found

        return graph


@dataclass
class LineageNetworkx(Lineage):
    """The whole history of an object as a networkx graph."""

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "get_lineage_graph, {nodes:,} nodes, as networkx"
    floor_is: ClassVar[str] = (
        "The same bytes by requests, orjson with Python's collector off, and `networkx.node_link_graph`."
    )
    target: ClassVar[Target] = Target(faster=1.8)
    slow: ClassVar[bool] = False
    most_rounds: ClassVar[int] = 15

    def asking(self, graph: Any):
        return lambda: graph.get_lineage_graph(ROOT, timestamp_future=self.cut, as_nx_graph=True)

    def floor(self, url: str):
        import networkx as nx
        import numpy as np

        ask = posting(url + f"{TABLE}/lineage_graph_multiple", np.array([ROOT]), "root_ids")
        return lambda: nx.node_link_graph(read_at_once(ask()), edges="links")

    def plain(self, answer: Any, who: str):
        kind = type(answer).__name__
        return [kind, answer.graph, list(answer.nodes(data=True)), list(answer.edges(data=True))]


@dataclass
class PastIds(Graph):
    """Earlier and present ids of many roots."""

    ids: int

    title: ClassVar[str] = "get_past_ids, {ids:,} ids"
    floor_is: ClassVar[str] = "One request with requests, orjson, and integer keys."
    differs: ClassVar[str] = "The order of the map's keys: ours keep that of the ids."

    def answers(self):
        def maps(body: Any) -> Reply:
            ids = body["root_ids"]
            past = {str(one): [one - 10**9, one - 2 * 10**9] for one in ids}
            future = {str(one - 10**9): [one] for one in ids}
            return gzipped({"future_id_map": future, "past_id_map": past})

        return {f"{TABLE}/past_id_mapping": by_list(maps)}

    def asking(self, graph: Any):
        ids, then = nodes(self.ids), datetime(2024, 1, 1, tzinfo=UTC)
        return lambda: graph.get_past_ids(ids, timestamp_past=then)

    def floor(self, url: str):
        import orjson
        import requests

        session, ids = requests.Session(), nodes(self.ids)
        url += f"{TABLE}/past_id_mapping"

        def maps():
            body = orjson.dumps({"root_ids": ids}, option=orjson.OPT_SERIALIZE_NUMPY)
            found = orjson.loads(session.get(url, data=body).content)
            return {name: {int(key): value for key, value in found[name].items()} for name in found}

        return maps


@dataclass
class ChangeLog(Graph):
    """The table of the edits of one object."""

    edits: int

    title: ClassVar[str] = "get_tabular_change_log, {edits:,} edits of a cell"
    floor_is: ClassVar[str] = (
        "The same bytes by requests, orjson for both layers of JSON, and a frame of lists."
    )
    differs: ClassVar[str] = (
        "Our moments are moments and our user ids integers; caveclient has milliseconds and texts."
    )

    def answers(self):
        rows = range(self.edits)
        columns = {
            "operation_id": rows,
            "timestamp": [1000 * SECONDS + 977 * row for row in rows],
            "user_id": [str(row % 50) for row in rows],
            "before_root_ids": [[FIRST_ROOT + row, FIRST_ROOT - row] for row in rows],
            "after_root_ids": [[FIRST_ROOT + row + 1] for row in rows],
            "is_merge": [row % 3 != 0 for row in rows],
            "user_name": [f"Person {row % 50}" for row in rows],
            "user_affiliation": [f"Lab {row % 7}" for row in rows],
        }
        log = {
            name: {str(row): value for row, value in enumerate(column)} for name, column in columns.items()
        }
        text = json.dumps(log, separators=(",", ":"))
        return {f"{TABLE}/tabular_change_log_many": gzipped({str(ROOT): text})}

    def asking(self, graph: Any):
        return lambda: graph.get_tabular_change_log(ROOT)

    def floor(self, url: str):
        import orjson
        import pandas as pd
        import requests

        session = requests.Session()
        url += f"{TABLE}/tabular_change_log_many"
        body = orjson.dumps({"root_ids": [ROOT]})

        def logs():
            texts = orjson.loads(session.get(url, data=body).content)
            return {
                int(root): pd.DataFrame(
                    {name: list(column.values()) for name, column in orjson.loads(text).items()}
                )
                for root, text in texts.items()
            }

        return logs

    def plain(self, answer: Any, who: str):
        log = answer[ROOT].reset_index(drop=True)
        if str(log["timestamp"].dtype) != "int64":
            log["timestamp"] = log["timestamp"].astype("int64") // 10**6
        return log.assign(user_id=log["user_id"].astype("int64"))


@dataclass
class SuggestLatestRoots(Graph):
    """Which object an old root is now, by its pieces."""

    ids: int

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "suggest_latest_roots, {ids:,} pieces"
    floor_is: ClassVar[str] = (
        "Leaves and their roots by requests, `np.fromstring`, `np.frombuffer`, and `np.unique`."
    )
    differs: ClassVar[str] = "Ours also asks whether what it suggests is a root, and answers in int64."

    def answers(self):
        import numpy as np

        def roots(ids: Any) -> Reply:
            return packed(
                (FIRST_ROOT + 7 + (ids * np.uint64(2654435761) >> np.uint64(16)) % np.uint64(100)).tobytes()
            )

        def latest(body: Any) -> Reply:
            return gzipped({"is_latest": [True] * len(body["node_ids"])})

        return {
            "/segmentation/table/tbl/info": gzipped({"graph": {"n_layers": 12}}),
            f"{TABLE}/node/{ROOT}/leaves": gzipped({"leaf_ids": supervoxels(self.ids).tolist()}),
            f"{TABLE}/roots_binary": by_list(roots, lambda body: np.frombuffer(body, np.uint64)),
            f"{TABLE}/is_latest_roots": by_list(latest),
        }

    def asking(self, graph: Any):
        now = datetime(2024, 1, 1, tzinfo=UTC)
        return lambda: graph.suggest_latest_roots(
            ROOT, timestamp=now, return_all=True, return_fraction_overlap=True
        )

    def floor(self, url: str):
        import numpy as np
        import requests

        session = requests.Session()
        url += TABLE

        def suggest():
            body = session.get(f"{url}/node/{ROOT}/leaves").content
            leaves = np.fromstring(body[body.index(b"[") + 1 : body.index(b"]")], np.int64, sep=",")
            roots = session.post(f"{url}/roots_binary", data=leaves.tobytes()).content
            found, counts = np.unique(np.frombuffer(roots, np.int64), return_counts=True)
            return found, counts / len(leaves)

        return suggest

    def plain(self, answer: Any, who: str):
        roots, fractions = answer
        order = roots.argsort()
        return [roots[order].astype("int64").tolist(), fractions[order].tolist()]


ROWS = [
    IsLatestRoots(100_000),
    RootTimestamps(100_000),
    GetRoots(100_000),
    GetRoots(1_000_000),
    GetLeaves(1_000_000),
    Level2Graph(500_000),
    Lineage(50_000),
    LineageNetworkx(50_000),
    PastIds(10_000),
    ChangeLog(5_000),
    SuggestLatestRoots(100_000),
]
