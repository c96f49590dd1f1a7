"""A small deployment on loopback for what packages do with a client.

Records, versions and tables are the recorded ones. The cell is made up, because none was recorded with its
level 2 graph: a trunk of 60 chunks along x, with a branch of 20 along y at chunk 30. What is asked for and
is neither is answered with status 599 and kept in `unknown`, so that a test can fail on it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from replay_server import RECORDED_ADDRESS, Recording, Reply

ROOT = 288230376151712110
FIRST_CHUNK = 2 << 56
TRUNK, BRANCH, BRANCHES_AT = 60, 20, 30
STEP = 2000.0
"""Distance of neighbouring chunks, in nm."""
RESOLUTION = (4.0, 4.0, 40.0)
"""Of the synapses as they are stored."""

FROZEN = "materialize/017_query_table_synapses"
LIVE = "materialize/064_live_live_query"
MADE_UP = {"size_nm3": 3.0e7, "area_nm2": 9.0e5, "mean_dt_nm": 40.0, "max_dt_nm": 90.0}
"""Attributes that are the same for every chunk."""

RECORDED = (
    "frame/001_CAVEclient_global",
    "frame/002_CAVEclient_testds",
    "l2cache/001_has_cache",
    "materialize/001_get_versions",
    "materialize/005_get_versions_metadata",
    "materialize/008_get_timestamp",
    "materialize/009_get_tables",
    "materialize/017_query_table_synapses",
    "routes/027_schema_versions",
    "routes/029_mat_versions_api",
    "routes/030_mat_version",
    "routes/064_pcg_versions",
    "routes/065_pcg_version",
    "routes/086_state_version",
    "skeleton/001_get_version",
    "skeleton/010_get_skeleton_branched",
    "state/012_build_neuroglancer_url_auto",
)


def chunk_ids() -> np.ndarray:
    """Return the level 2 ids: the trunk, then the branch."""
    return FIRST_CHUNK + 1 + np.arange(TRUNK + BRANCH, dtype=np.int64)


def chunk_positions() -> np.ndarray:
    """Return the place of each chunk, in nm, a little bent so that no two distances are the same."""
    along = np.arange(TRUNK + BRANCH, dtype=float)
    places = np.zeros((TRUNK + BRANCH, 3))
    places[:TRUNK, 0] = STEP * along[:TRUNK]
    places[TRUNK:, 0] = STEP * BRANCHES_AT
    places[TRUNK:, 1] = STEP * (1 + along[:BRANCH])
    places[:, 2] = along
    return places


def chunk_edges() -> np.ndarray:
    """Return the pairs of neighbouring level 2 ids."""
    ids = chunk_ids()
    trunk = np.column_stack([ids[: TRUNK - 1], ids[1:TRUNK]])
    branch = np.column_stack([ids[TRUNK:-1], ids[TRUNK + 1 :]])
    return np.vstack([trunk, branch, [[ids[BRANCHES_AT], ids[TRUNK]]]])


def chunk_of(supervoxel_ids: np.ndarray) -> np.ndarray:
    """Return the chunk that the deployment says each supervoxel lies in."""
    return chunk_ids()[np.asarray(supervoxel_ids, dtype=np.int64) % (TRUNK + BRANCH)]


def recorded_table(name: str) -> pa.Table:
    """Read the table of a recorded query."""
    answer = next(one for one in Recording.load(name).exchanges if one.ask.path.endswith("/query"))
    return pa.ipc.open_stream(answer.reply.body).read_all()


def synapses(body: dict[str, Any], *, live: bool) -> tuple[pa.Table, tuple[float, ...]]:
    """Answer a query: filters of equality and membership, and the resolution that was asked for."""
    table = recorded_table(
        "materialize/064_live_live_query" if live else "materialize/017_query_table_synapses"
    )
    for column, value in body.get("filter_equal_dict", {}).get("synapses", {}).items():
        table = table.filter(pc.equal(table[column], value))
    for column, values in body.get("filter_in_dict", {}).get("synapses", {}).items():
        table = table.filter(pc.is_in(table[column], pa.array(values, table.schema.field(column).type)))
    wanted = tuple(body.get("desired_resolution") or RESOLUTION)
    for axis, stored, asked in zip("xyz", RESOLUTION, wanted, strict=True):
        for place, column in enumerate(table.column_names):
            if column.endswith(f"_position_{axis}") and stored != asked:
                scaled = pc.multiply(pc.cast(table[column], pa.float64()), stored / asked)
                # Whole numbers, as the recorded servers send them whatever was asked for.
                table = table.set_column(place, column, pc.cast(scaled, pa.int32()))
    return table, wanted


@dataclass
class Deployment:
    """A running deployment: where it is, what it was asked, what was left with it."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    states: list[Any] = field(default_factory=list)
    static: dict[tuple[str, str], Reply] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in RECORDED:
            for exchange in Recording.load(name).exchanges:
                self.static.setdefault((exchange.ask.method, exchange.ask.path), exchange.reply)

    def answer(self, method: str, url: str, body: bytes) -> Reply:
        """Answer one request."""
        parts = urlsplit(url)
        self.asked.append(f"{method} {url} {body[:200]!r}")
        for pattern, responder in ROUTES.items():
            if found := re.fullmatch(pattern, f"{method} {parts.path}"):
                return responder(self, found, parse_qs(parts.query), body)
        if (known := self.static.get((method, parts.path))) is not None:
            return Reply(
                known.status, known.headers, known.body.replace(RECORDED_ADDRESS, self.address.encode())
            )
        self.unknown.append(f"{method} {url}")
        return Reply(599, (), b"nothing like this was recorded")


def as_json(value: Any) -> Reply:
    return Reply(200, (("Content-Type", "application/json"),), json.dumps(value).encode())


def graph(_: Deployment, found: re.Match[str], query: Any, body: bytes) -> Reply:
    return as_json({"edge_graph": chunk_edges().tolist() if int(found[1]) == ROOT else []})


def attributes(_: Deployment, found: re.Match[str], query: Any, body: bytes) -> Reply:
    places = dict(zip(chunk_ids().tolist(), chunk_positions().tolist(), strict=True))
    names = query["attribute_names"][0].split(",")
    return as_json(
        {
            str(int(one)): {
                name: places[int(one)] if name == "rep_coord_nm" else MADE_UP[name] for name in names
            }
            if int(one) in places
            else {}
            for one in json.loads(body)["l2_ids"]
        }
    )


def roots(_: Deployment, found: re.Match[str], query: Any, body: bytes) -> Reply:
    ids = np.frombuffer(body, "<u8").astype(np.int64)
    answer = chunk_of(ids) if query.get("stop_layer") == ["2"] else np.full(len(ids), ROOT)
    return Reply(200, (("Content-Type", "text/html"),), answer.astype("<u8").tobytes())


def root_timestamps(_: Deployment, found: re.Match[str], query: Any, body: bytes) -> Reply:
    return as_json({"timestamp": [1795351690.25] * len(json.loads(body)["node_ids"])})


def rows(_: Deployment, found: re.Match[str], query: Any, body: bytes) -> Reply:
    table, resolution = synapses(json.loads(body), live="version" not in found[0])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    headers = tuple(("dataframe_resolution", str(value)) for value in resolution)
    names = {"synapses": {name: name for name in table.column_names}}
    return Reply(
        200,
        (("Content-Type", "data.arrow"), ("column_names", repr(names)), *headers),
        sink.getvalue().to_pybytes(),
    )


def keep_state(here: Deployment, found: re.Match[str], query: Any, body: bytes) -> Reply:
    here.states.append(json.loads(body))
    return as_json(f"{here.address}/nglstate/api/v1/{found[1] or ''}{len(here.states)}")


def get_state(here: Deployment, found: re.Match[str], query: Any, body: bytes) -> Reply:
    return as_json(here.states[int(found[1]) - 1])


ROUTES = {
    r"GET /segmentation/api/v1/table/testpcg/node/(\d+)/lvl2_graph": graph,
    r"POST /l2cache/api/v1/table/testpcg/attributes": attributes,
    r"POST /segmentation/api/v1/table/testpcg/roots_binary": roots,
    r"POST /segmentation/api/v1/table/testpcg/root_timestamps": root_timestamps,
    r"POST /materialize/api/v3/datastack/testds/(?:version/\d+/table/synapses/)?query": rows,
    r"POST /nglstate/api/v1/(property/)?post": keep_state,
    r"GET /nglstate/api/v1/(?:property/|raw/)?(\d+)": get_state,
}


@contextmanager
def serve_deployment() -> Iterator[Deployment]:
    """Serve a fresh deployment on a free loopback port until the block ends."""
    here = Deployment()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = here.answer(self.command, self.path, body)
            self.send_response(reply.status)
            for name, value in reply.headers:
                if name.lower() not in ("content-length", "transfer-encoding", "content-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = _serve  # noqa: N815  (names given by http.server)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  named by http.server
            """Keep the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
