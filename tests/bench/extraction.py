"""How a large table is extracted: rows per second, and the most memory, of `to_parquet` against ready bytes.

    python tests/bench/extraction.py                    20 million synapses in threads
    python tests/bench/extraction.py --rows 2000000     less of them
    python tests/bench/extraction.py --processes 2      in worker processes

The server is a process of its own, and makes all bytes before the first request. The client is one, too, so
that its peak of memory is that of the extraction; worker processes have theirs beside it. At the end the
dataset is read again, and its ids are counted and summed up.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyarrow as pa
from server import Ask, Reply, Server, document
from wire import QUERY, arrow, clients, framework, synapses

LONGEST = 3600
"""Seconds after which the server ends, whatever became of who started it."""
MOST = 200_000
"""Rows that the server sends at once, as real ones do."""


class Table:
    """A table of synapses whose ids are 1, 2, 3..., answered in ranges.

    Parameters
    ----------
    rows : int
        How many synapses.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.columns = synapses(MOST)
        self.ready: dict[tuple[int, int], Reply] = {}

    def prepare(self) -> None:
        """Make the bytes of the ranges that a client will ask for."""
        from caveclient_gen.mixins.materialize.extraction.extent import find_extent
        from caveclient_gen.mixins.materialize.extraction.partitions import Partition, by_ids, pieces_for

        extent = find_extent(self._some, self.rows)
        for partition in by_ids(Partition(()), extent, pieces_for(self.rows, MOST)):
            span = self._span(partition.first, partition.end)
            self.ready[span] = self._made(*span)

    def _some(self, first: int | None, end: int | None) -> int | None:
        low, beyond = self._span(first, end)
        return low if low < beyond else None

    def _span(self, first: int | None, end: int | None) -> tuple[int, int]:
        return max(first or 1, 1), min(self.rows + 1 if end is None else end, self.rows + 1)

    def _made(self, first: int, end: int) -> Reply:
        rows = min(end - first, MOST)
        ids = pa.array(range(first, first + rows), pa.int64())
        return arrow(self.columns.slice(0, rows).set_column(0, self.columns.schema.field(0), ids))

    def answer(self, ask: Ask) -> Reply:
        """Answer a query."""
        body = json.loads(ask.body or b"{}")
        bounds = [
            body.get(name, {}).get("synapses", {}).get("id")
            for name in ("filter_greater_equal_dict", "filter_less_dict")
        ]
        first, end = self._span(*bounds)
        if parse_qs(ask.query).get("count") == ["true"]:
            return arrow(pa.table({"count": pa.array([max(end - first, 0)], pa.int64())}))
        if "limit" in body:
            return arrow(pa.table({"id": pa.array(range(first, end)[: body["limit"]], pa.int64())}))
        return self.ready.get((first, end)) or self._made(first, end)


def serve(rows: int) -> None:
    """Answer until the standard input ends."""
    signal.alarm(LONGEST)
    table = Table(rows)
    table.prepare()
    count = {f"/materialize/api/v{api}{QUERY[19:-5]}count": document(rows) for api in (2, 3)}
    server = Server(framework() | count | {QUERY: table.answer})
    print(server.address, flush=True)
    threading.Thread(target=server.serve, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


def extract(url: str, folder: str, processes: int, workers: int) -> dict[str, Any]:
    """Extract the table, and return the figures."""
    import caveclient_gen

    os.environ["CAVE_TOKEN"] = "0" * 32  # for workers; the server asks for none
    tables = clients(caveclient_gen, url).materialize
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.monotonic()
    options: dict[str, Any] = {"materialization_version": 1, "workers": workers}
    if processes:
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as executor:
            extraction = tables.to_parquet("synapses", folder, executor=executor, **options)
    else:
        extraction = tables.to_parquet("synapses", folder, **options)
    seconds = time.monotonic() - began
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = _peak()
    return {
        "rows": extraction.rows,
        "files": len(extraction.files),
        "MB on disk": round(extraction.bytes / 1e6),
        "MB as a table in memory": round(extraction.rows * MOST_BYTES_OF_A_ROW / 1e6),
        "seconds": round(seconds, 3),
        "rows per second": round(extraction.rows / seconds),
        "CPU seconds": round(
            own.ru_utime
            + own.ru_stime
            - before.ru_utime
            - before.ru_stime
            + others.ru_utime
            + others.ru_stime,
            3,
        ),
        "peak MB of the process": round(peak / 1e3),
        "peak MB of a worker": round(others.ru_maxrss / 1e3) if processes else 0,
        "ids": _ids(folder),
    }


MOST_BYTES_OF_A_ROW = 5 * 8 + 9 * 4 + 4


def _peak() -> int:
    """Return the peak of this process in kB; nothing where the system does not tell it (all but Linux)."""
    if not Path("/proc/self/status").exists():
        return 0
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _ids(folder: str) -> list[int]:
    """Read the dataset again: how many ids there are, and their sum."""
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    batches = ds.dataset(folder, format="parquet").to_batches(columns=["id"])
    sums = [(len(batch), pc.sum(batch["id"]).as_py() or 0) for batch in batches]
    return [sum(one[0] for one in sums), sum(one[1] for one in sums)]


def extracted(rows: int, processes: int = 0, workers: int = 4) -> dict[str, Any]:
    """Start server and client, and return the figures.

    Parameters
    ----------
    rows : int
        Of the table.
    processes : int
        Worker processes; 0 for threads.
    workers : int
        Partitions under way at the same time.
    """
    own = [sys.executable, str(Path(__file__).resolve()), "--rows", str(rows)]
    server = subprocess.Popen(
        [*own, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0
    )
    folder = tempfile.mkdtemp(prefix="extraction-")
    try:
        url = server.stdout.readline().strip()
        options = ["--processes", str(processes), "--workers", str(workers)]
        client = subprocess.run(
            [*own, *options, "--extract", url, folder],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C is for who started it
        )
        figures: dict[str, Any] = json.loads(client.stdout)
    finally:
        server.kill()  # it keeps nothing
        server.wait()
        server.stdin.close()
        server.stdout.close()
        shutil.rmtree(folder)
    if figures.pop("ids") != [rows, rows * (rows + 1) // 2]:
        raise SystemExit("The dataset does not hold each id once.")
    return figures


def main() -> None:
    """Start server and client, and print the figures."""
    parser = argparse.ArgumentParser(description="Extract a large table, and tell time and memory.")
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--processes", type=int, default=0, help="worker processes; 0: threads")
    parser.add_argument("--workers", type=int, default=4, help="partitions under way at the same time")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--extract", nargs=2, metavar=("URL", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.rows)
    if given.extract:
        print(json.dumps(extract(*given.extract, given.processes, given.workers)))
        return
    figures = extracted(given.rows, given.processes, given.workers)
    for name, value in figures.items():
        print(f"{name:26s}{value:>16,}")


if __name__ == "__main__":
    main()
