"""How long whole calls take: the floor, this client and, where it is at hand, caveclient.

    python tests/benchmarks/bench_clients.py [--rows 500000] [--ids 100000] [--runs 7] [--other PYTHON]

A server on this machine answers as the services do. Every run is a call through a public client over real
HTTP; the contestants take turns, and the median of their runs counts. `--other` names the Python of an
environment that has caveclient; without it that column is left out. Each client lives in a process of its
own, so that neither pays for what the other has loaded.
"""

from __future__ import annotations

import argparse
import functools
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIRST_ID = 864691135000000000
VERSION = {
    "datastack": "ds", "id": 1, "version": 1, "valid": True, "status": "AVAILABLE", "is_merged": True,
    "time_stamp": "2024-01-01T00:00:00.5", "expires_on": "2126-01-01T00:00:00.5",
}  # fmt: skip
TABLE = {
    "table_name": "synapses", "schema_type": "synapse", "description": "", "notice_text": None,
    "reference_table": None, "voxel_resolution_x": 4.0, "voxel_resolution_y": 4.0, "voxel_resolution_z": 40.0,
}  # fmt: skip
DOCUMENTS = {
    "/materialize/api/versions": [2, 3],
    "/materialize/version": "5.26.4",
    "/materialize/api/v3/datastack/ds/versions": [1],
    "/materialize/api/v3/datastack/ds/version/1": VERSION,
    "/materialize/api/v3/datastack/ds/version/1/table/synapses/metadata": TABLE,
    "/segmentation/api/versions": [0, 1],
    "/segmentation/api/version": "2.21.1",
}
QUERY = "/materialize/api/v3/datastack/ds/version/1/table/synapses/query"
ROOTS = "/segmentation/api/v1/table/tbl/roots_binary"


# What runs in a process of its own. It reads the name of a contest per line, and writes its milliseconds.

CLIENTS = {
    "caveclient_gen": """
from caveclient_gen.auth import AuthClient
from caveclient_gen.chunkedgraph import ChunkedGraphClient
from caveclient_gen.materializationengine import MaterializationClient
""",
    "caveclient": """
import logging
logging.disable()
from caveclient.auth import AuthClient
from caveclient.chunkedgraph import ChunkedGraphClient
from caveclient.materializationengine import MaterializationClient
""",
}
CALLS = """
import numpy
auth = AuthClient(token="0" * 32, server_address=URL)
tables = MaterializationClient(URL, "ds", auth)
graph = ChunkedGraphClient(URL, "tbl", auth)
ids = numpy.arange(IDS, dtype="int64") + 72057594037927937
query = lambda **options: tables.query_table("synapses", materialization_version=1, **options)
CONTESTS = {
    "query_table": lambda: query(),
    "query_table, converted here": lambda: query(desired_resolution=[1, 1, 1]),
    "query_table, split positions": lambda: query(split_positions=True),
    "get_roots": lambda: graph.get_roots(ids, timestamp=None),
}
"""
FLOOR = """
import numpy, pyarrow, requests
session = requests.Session()
ids = numpy.arange(IDS, dtype="uint64") + 72057594037927937
def read():
    return pyarrow.ipc.open_stream(session.post(URL + QUERY, json={}).content).read_pandas()
def roots():
    return numpy.frombuffer(session.post(URL + ROOTS, data=ids.tobytes()).content, "<u8")
CONTESTS = {"query_table": read, "query_table, converted here": read, "query_table, split positions": read,
            "get_roots": roots}
"""
LOOP = """
import sys, time
for line in sys.stdin:
    call = CONTESTS[line.strip()]
    start = time.perf_counter()
    result = call()
    taken = time.perf_counter() - start
    assert len(result) == (IDS if line.startswith("get_roots") else ROWS), len(result)
    del result
    print(taken * 1e3, flush=True)
"""
CONTESTS = ("query_table", "query_table, converted here", "query_table, split positions", "get_roots")


@contextmanager
def served(rows, ids):
    import numpy as np
    from bench_positions import synapses

    bodies = {QUERY: synapses(rows), ROOTS: (np.arange(ids, dtype="<u8") + FIRST_ID).tobytes()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else head and body wait for each other, 40 ms, at random

        def _serve(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.partition("?")[0]
            body = bodies.get(path)
            if body is None:
                body = json.dumps(DOCUMENTS.get(path)).encode()
            self.send_response(200 if path in DOCUMENTS or path in bodies else 404)
            self.send_header("Content-Type", "data.arrow" if path == QUERY else "application/json")
            if path == QUERY:
                for size in ("4.0", "4.0", "40.0"):
                    self.send_header("dataframe_resolution", size)
                self.send_header("column_names", "{}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _serve  # noqa: N815  named by http.server

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def contestant(python, setup, facts):
    """Start a process that runs contests; give a function that runs one and returns its milliseconds."""
    head = "\n".join(f"{name} = {value!r}" for name, value in facts.items())
    process = subprocess.Popen(
        [python, "-c", head + setup + LOOP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tempfile.gettempdir(),
    )

    def run(contest):
        process.stdin.write(contest + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{python} ended at {contest!r}")
        return float(line)

    try:
        yield run
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


def process_time(python, code):
    """Milliseconds of a fresh process that runs this code."""
    start = time.perf_counter()
    subprocess.run([python, "-c", code], check=True, cwd=tempfile.gettempdir(), capture_output=True)
    return (time.perf_counter() - start) * 1e3


def medians(runs, number):
    """Let all run in turns, once to warm up and then `number` times."""
    times = {name: [] for name in runs}
    for turn in range(number + 1):
        for name, run in runs.items():
            taken = run()
            if turn:
                times[name].append(taken)
    return {name: statistics.median(each) for name, each in times.items()}


def show(what, found):
    floor = found["floor"]
    cells = [f"{name} {ms:8.1f} ms ({ms / floor:5.1f} x)" for name, ms in found.items()]
    print(f"{what:32s} " + "   ".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--ids", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--other", help="Python of an environment with caveclient")
    wanted = parser.parse_args()
    pythons = {"caveclient_gen": sys.executable}
    if wanted.other:
        pythons["caveclient"] = wanted.other

    print(f"{wanted.rows} rows, {wanted.ids} ids; medians of {wanted.runs} interleaved runs")
    floor = {"floor": lambda: process_time(sys.executable, "")}
    for code in ("import {}", "from {} import CAVEclient"):
        runs = {
            name: functools.partial(process_time, python, code.format(name))
            for name, python in pythons.items()
        }
        show(code.format("..."), medians({**floor, **runs}, wanted.runs))
    with served(wanted.rows, wanted.ids) as url:
        facts = {"URL": url, "QUERY": QUERY, "ROOTS": ROOTS, "IDS": wanted.ids, "ROWS": wanted.rows}
        setups = {"floor": (sys.executable, FLOOR)}
        setups |= {name: (python, CLIENTS[name] + CALLS) for name, python in pythons.items()}
        for contest in CONTESTS:
            with ExitStack() as stack:
                runs = {}
                for name, setup in setups.items():
                    run = stack.enter_context(contestant(*setup, facts))
                    runs[name] = functools.partial(run, contest)
                show(contest, medians(runs, wanted.runs))


if __name__ == "__main__":
    main()
