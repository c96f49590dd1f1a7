"""A small materialization engine and chunkedgraph on loopback, with the servers' own faults.

It filters by IN and equality, accepts exclusions and ignores them, adds supervoxel columns that nobody
selected, caps answers with the servers' words, and answers 500 for what it refuses.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from caveclient_gen.chunkedgraph import ChunkedGraphClient
from caveclient_gen.materializationengine import MaterializationClient

# Cells. A was split into A1 and A2 after version 2; B and C were not touched. D is younger than version 2.
A, A1, A2, B, C = (864691136000000001 + n for n in range(5))
SPLIT_AT = 1704240000.0  # 2024-01-03
V1_AT, V2_AT, NOW = "2024-01-01T00:00:00", "2024-01-02T00:00:00.500000", "2024-01-05T00:00:00Z"

FROZEN_CAP = '201 - "Limited query to {cap} rows'
LIVE_CAP = (
    "result has {cap} entries, which is equal or more         than limit of {cap} there may be more "
    "results which are not shown"
)

SUPERVOXEL = {80000000000000001: A1, 80000000000000002: A2, 80000000000000003: B, 80000000000000004: C}
S1, S2, S3, S4 = SUPERVOXEL


def positions(name: str, xs: list[int | None]) -> dict[str, pa.Array]:
    return {f"{name}_{axis}": pa.array(xs, pa.int32()) for axis in "xyz"}


def synapses() -> pa.Table:
    """Six synapses as of version 2: one autapse (id 4), one to nothing (id 5), one without ids (id 6)."""
    return pa.table(
        {
            "id": pa.array([1, 2, 3, 4, 5, 6], pa.int64()),
            **positions("ctr_pt_position", [10, 20, 30, 40, 50, 60]),
            "pre_pt_supervoxel_id": pa.array([S1, S2, S3, S3, S3, None], pa.int64()),
            "pre_pt_root_id": pa.array([A, A, B, B, B, None], pa.int64()),
            "post_pt_supervoxel_id": pa.array([S3, S3, S4, S3, 0, S4], pa.int64()),
            "post_pt_root_id": pa.array([B, B, C, B, 0, C], pa.int64()),
            "size": pa.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], pa.float32()),
        }
    )


def nuclei() -> pa.Table:
    return pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            **positions("pt_position", [1, None]),
            "pt_supervoxel_id": pa.array([S1, S3], pa.int64()),
            "pt_root_id": pa.array([A, B], pa.int64()),
        }
    )


def cell_types() -> pa.Table:
    return pa.table(
        {
            "id": pa.array([11, 12], pa.int64()),
            "target_id": pa.array([1, 2], pa.int64()),
            "cell_type": pa.array(["23P", "BC"]),
        }
    )


def flat_table() -> pa.Table:
    return pa.table({"id": pa.array([1], pa.int64()), "pt_root_id": pa.array([B], pa.int64())})


def record(name: str, reference: str | None = None, size: float = 4.0) -> dict[str, Any]:
    return {
        "table_name": name,
        "schema_type": "synapse",
        "description": f"about {name}",
        "notice_text": None,
        "reference_table": reference,
        "voxel_resolution_x": size,
        "voxel_resolution_y": size,
        "voxel_resolution_z": 40.0,
    }


@dataclass
class Ask:
    method: str
    path: str
    query: dict[str, str]
    body: Any


@dataclass
class Bench:
    """What the servers hold, and what they were asked."""

    tables: dict[str, pa.Table] = field(
        default_factory=lambda: {
            "synapses": synapses(),
            "nuclei": nuclei(),
            "cell_types": cell_types(),
            "flat": flat_table(),
        }
    )
    records: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, dict[int, str]] = field(
        default_factory=lambda: {"ds": {1: V1_AT, 2: V2_AT}, "other": {7: V1_AT}}
    )
    expired: set[int] = field(default_factory=set)
    merged: bool = True
    """Else missing root and supervoxel ids are sent as 1."""
    cap: int = 200_000
    sends_resolution: bool = True
    software: str = "5.26.4"
    apis: tuple[int, ...] = (2, 3)
    past: dict[int, list[int]] = field(default_factory=lambda: {A1: [A], A2: [A], B: [B], C: [C]})
    asked: list[Ask] = field(default_factory=list)
    overrides: dict[str, Callable[[Ask], tuple[int, Any]]] = field(default_factory=dict)
    """End of a path -> what to answer instead."""
    address: str = ""

    def client(self, **kwargs: Any) -> Any:
        graph = ChunkedGraphClient(self.address, "tbl", _Token(), server_version="2.21.1")
        kwargs = {"cg_client": graph, "synapse_table": "synapses", **kwargs}
        return MaterializationClient(self.address, "ds", _Token(), **kwargs)

    def bodies(self, end: str) -> list[Any]:
        """Return the bodies of requests to paths that end so."""
        return [ask.body for ask in self.asked if ask.path.endswith(end)]

    def count(self, part: str) -> int:
        return sum(part in ask.path for ask in self.asked)

    def answer(self, ask: Ask) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(ask)
        for end, override in self.overrides.items():
            if ask.path.endswith(end):
                status, value = override(ask)
                return status, {"Content-Type": "application/json"}, json.dumps(value).encode()
        parts = ask.path.strip("/").split("/")
        try:
            value = self._graph(ask, parts) if parts[0] == "segmentation" else self._materialize(ask, parts)
        except UnknownColumnError as error:  # as servers refuse it: the words of a KeyError
            value = {"http": 500, "code": 500, "message": str(error), "traceback": ["Traceback ..."]}
        if isinstance(value, tuple):
            return value
        if isinstance(value, bytes):
            return 200, {"Content-Type": "text/html"}, value
        status = value.pop("http", 200) if isinstance(value, dict) else 200
        return status, {"Content-Type": "application/json"}, json.dumps(value).encode()

    def _graph(self, ask: Ask, parts: list[str]) -> Any:
        moment = float(ask.query.get("timestamp", 2e9))
        if parts[-1] == "is_latest_roots":
            assert 0 not in ask.body["node_ids"], "servers refuse 0"
            ended = {A: SPLIT_AT}
            begun = {A1: SPLIT_AT, A2: SPLIT_AT}
            return {
                "is_latest": [
                    moment < ended.get(one, 3e9) and moment >= begun.get(one, 0)
                    for one in ask.body["node_ids"]
                ]
            }
        if parts[-1] == "root_timestamps":
            return {"timestamp": [SPLIT_AT if one in (A1, A2) else 1e9 for one in ask.body["node_ids"]]}
        if parts[-1] == "past_id_mapping":
            roots = ask.body["root_ids"]
            return {
                "past_id_map": {str(one): self.past[one] for one in roots},
                "future_id_map": {str(B): B},
            }
        if parts[-1] == "roots_binary":
            return np.array([SUPERVOXEL[int(one)] for one in ask.body], dtype="<u8").tobytes()
        return [0, 1] if parts[-1] == "versions" else "2.21.1"

    def _materialize(self, ask: Ask, parts: list[str]) -> Any:
        if ask.path == "/materialize/api/versions":
            return list(self.apis)
        if ask.path == "/materialize/version":
            return self.software
        datastack = parts[parts.index("datastack") + 1]
        versions = self.versions[datastack]
        if parts[-1] == "versions":
            return [one for one in versions if one not in self.expired or ask.query.get("expired") == "true"]
        if parts[-1] == "metadata" and "table" not in parts and "views" not in parts:
            return [self._version(datastack, one) for one in versions if one not in self.expired]
        if "version" not in parts:
            return self._live(ask)
        version = int(parts[parts.index("version") + 1])
        if version not in versions:
            return {"http": 500, "code": 500, "message": f"404 Not Found: version {version} not found"}
        if parts[-2] == "version":
            return self._version(datastack, version)
        if parts[-1] == "views":
            return {"nucleus_types": {"description": "a view", "live_compatible": True}}
        return self._of_table(ask, parts, version)

    def _version(self, datastack: str, version: int) -> dict[str, Any]:
        moment = self.versions[datastack][version]
        return {
            "datastack": datastack, "id": version, "version": version, "valid": True, "status": "AVAILABLE",
            "is_merged": self.merged, "time_stamp": moment, "expires_on": "2126-11-28T11:46:55",
        }  # fmt: skip

    def _of_table(self, ask: Ask, parts: list[str], version: int) -> Any:
        if parts[-1] == "metadata":
            name = parts[-2]
            found = self.records.get((name, version)) or record(
                name, "nuclei" if name == "cell_types" else None
            )
            return found if name in self.tables else {"http": 404, "message": f"No table named {name}"}
        if parts[-1] == "query" and parts[-3] in ("table", "views"):
            return self._query(ask, parts[-2])
        return self._join(ask)

    def _query(self, ask: Ask, name: str) -> Any:
        table = filtered(self.tables[name], ask.body, name)
        select = ask.body.get("select_columns")
        if select is not None:
            select = [one for one in self.tables[name].column_names if one in select or one[:-2] in select
                      or one.replace("supervoxel", "root") in select]  # fmt: skip
            table = table.select(select)
        return self._reply(ask, table, {name: {one: one for one in _stems(table)}})

    def _join(self, ask: Ask) -> Any:
        (left, on), (right, to) = ask.body["tables"]
        suffixes = ask.body.get("suffix_map") or dict(
            zip((left, right), ask.body.get("suffixes", "xy"), strict=True)
        )
        tables = [filtered(self.tables[left], ask.body, left), filtered(self.tables[right], ask.body, right)]
        both = set(tables[0].column_names) & set(tables[1].column_names)
        names = {
            name: {one: one + suffixes[name] if one in both else one for one in table.column_names}
            for name, table in zip((left, right), tables, strict=True)
        }
        first, second = (
            t.rename_columns(list(names[n].values())) for n, t in zip((left, right), tables, strict=True)
        )
        key, other = names[left][on], names[right][to]
        joined = first.join(second, keys=key, right_keys=other, join_type="inner", coalesce_keys=False)
        columns = ask.body.get("select_column_map")
        if columns is not None:
            wanted = [names[n][c] for n, cs in columns.items() for c in names[n] if c in cs or c[:-2] in cs]
            joined = joined.select(wanted)
        return self._reply(ask, joined.sort_by(joined.column_names[0]), names)

    def _live(self, ask: Ask) -> Any:
        name = ask.body["table"]
        table = filtered(self.tables[name], ask.body, name)
        select = (ask.body.get("select_columns") or {}).get(name)
        table = (
            table.select([one for one in table.column_names if one in select or one[:-2] in select])
            if select
            else table
        )
        table = table.append_column("__index_level_0__", pa.array(range(table.num_rows), pa.int64()))
        return self._reply(ask, table, {name: {one: one for one in _stems(table)}}, live=True)

    def _reply(self, ask: Ask, table: pa.Table, names: Any, live: bool = False) -> Any:
        headers = {"column_names": repr(names)}
        if self.sends_resolution:
            size = ask.body.get("desired_resolution") or [4.0, 4.0, 40.0]
            headers["dataframe_resolution"] = ", ".join(str(float(one)) for one in size)
        table = table.slice(ask.body.get("offset") or 0)
        cap = min(ask.body.get("limit") or self.cap, self.cap)
        if table.num_rows >= cap:
            table = table.slice(0, cap)
            headers["Warning"] = (LIVE_CAP if live else FROZEN_CAP).format(cap=cap)
        if ask.query.get("count") == "true":
            table = pa.table({"count": pa.array([table.num_rows], pa.int64())})
        if ask.query["return_pyarrow"] == "false":
            return (
                200,
                {**headers, "Content-Type": "application/json"},
                json.dumps(table.to_pylist()).encode(),
            )
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(
            sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")
        ) as writer:
            writer.write_table(table)
        return 200, {**headers, "Content-Type": "data.arrow"}, sink.getvalue().to_pybytes()


class UnknownColumnError(KeyError):
    """A filter names a column that its table does not have."""


class _Token:
    token = "t" * 32

    @property
    def request_header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def _stems(table: pa.Table) -> list[str]:
    return list(dict.fromkeys(one[:-2] if "position" in one else one for one in table.column_names))


def filtered(table: pa.Table, body: dict[str, Any], name: str) -> pa.Table:
    for filters in (body.get(one, {}) for one in body if one.startswith("filter_")):
        for column in filters.get(name, {}):
            # one position stands for all three that synapses have
            is_position = column.endswith("_position") and any("_position_" in c for c in table.column_names)
            if column not in table.column_names and not is_position:
                raise UnknownColumnError(column)
    for column, values in body.get("filter_in_dict", {}).get(name, {}).items():
        table = table.filter(pc.is_in(table[column], pa.array(values, table[column].type)))
    for column, value in body.get("filter_equal_dict", {}).get(name, {}).items():
        table = table.filter(pc.equal(table[column], pa.scalar(value, table[column].type)))
    for kind, compare in (("greater_equal", pc.greater_equal), ("less", pc.less)):
        for column, bound in body.get(f"filter_{kind}_dict", {}).get(name, {}).items():
            table = table.filter(compare(table[column], bound))
    return table


def _handler(bench: Bench) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            body: Any = raw
            if parts.path.endswith("roots_binary"):
                body = np.frombuffer(raw, "<u8").tolist()
            elif raw:
                body = json.loads(raw)
            status, headers, content = bench.answer(
                Ask(self.command, parts.path, dict(parse_qsl(parts.query)), body)
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve  # noqa: N815  named by http.server

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  named by http.server
            """Keep the test output quiet."""

    return Handler


@contextmanager
def served() -> Iterator[Bench]:
    bench = Bench()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(bench))
    server.daemon_threads = True
    bench.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield bench
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
