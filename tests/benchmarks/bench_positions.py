"""How long frames take, against the floor of fetching the same bytes and reading them with pandas alone.

Run it by hand: `python tests/benchmarks/bench_positions.py [rows]`. Each time is the median of several runs
that take turns; everything is fetched from a server on this machine. The goal: positions as points within
four times the floor. Most of the time goes into making an object per point.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pyarrow as pa
import requests

from caveclient_gen._runtime.arrow import read_stream
from caveclient_gen._runtime.credentials import Credentials
from caveclient_gen._runtime.request import Request
from caveclient_gen._runtime.transport import HTTPTransport
from caveclient_gen.mixins.materialize.frames import table_to_frame

RUNS = 7


def synapses(rows):
    """Bytes of a synapse table as the servers send it: nullable types in the metadata, zstd inside."""
    random = np.random.default_rng(0)
    columns = {"id": pd.array(np.arange(rows), dtype="Int64")}
    for name in ("pre_pt", "post_pt", "ctr_pt"):
        for axis in "xyz":
            columns[f"{name}_position_{axis}"] = pd.array(random.integers(0, 500_000, rows), dtype="Int32")
    for name in ("pre_pt", "post_pt"):
        for kind in ("supervoxel_id", "root_id"):
            columns[f"{name}_{kind}"] = pd.array(
                864691135000000000 + random.integers(0, 10**8, rows), dtype="Int64"
            )
    columns["size"] = pd.array(random.random(rows), dtype="Float32")
    table = pa.Table.from_pandas(pd.DataFrame(columns))
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


@contextmanager
def served(body):
    """Serve the bytes on the loopback; give a function that fetches them."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "data.arrow")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/"
    transport = HTTPTransport(Credentials())
    try:
        yield url, lambda: transport.send(Request("GET", url, auth=False)).body
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def contestants(url, fetch):
    scales = {"given_resolution": (4, 4, 40), "desired_resolution": (1, 1, 1)}
    return {
        "floor: requests, pandas": lambda: pa.ipc.open_stream(requests.get(url).content).read_pandas(),
        "points": lambda: table_to_frame(read_stream(fetch())),
        "points, converted": lambda: table_to_frame(read_stream(fetch()), **scales),
        "split": lambda: table_to_frame(read_stream(fetch()), split_positions=True),
        "split, converted": lambda: table_to_frame(read_stream(fetch()), split_positions=True, **scales),
        "bytes only": fetch,
    }


def measure(runs):
    times = {name: [] for name in runs}
    for _ in range(RUNS):
        for name, run in runs.items():
            start = time.perf_counter()
            frame = run()
            times[name].append((time.perf_counter() - start) * 1e3)
            del frame  # after the clock has stopped: a script keeps its frame
    return {name: statistics.median(each) for name, each in times.items()}


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    body = synapses(rows)
    print(f"{rows} rows, 3 positions, {len(body) / 1e6:.1f} MB")
    with served(body) as (url, fetch):
        medians = measure(contestants(url, fetch))
    floor = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"{median:8.1f} ms {median / floor:5.2f} x  {name}")


if __name__ == "__main__":
    main()
