"""What `client.materialize.tables` costs with 300 tables: time with and without distance, requests, CPU.

Run it by hand: `python tests/benchmarks/bench_tables.py [tables]`. Everything is fetched from servers on this
machine; each answer waits for the latency that is shown. Medians of several runs, each with a new client.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "materialize"))

from tables_bench import table, tables_served

RUNS = 7
LATENCIES = (0.0, 0.05)


def measured(servers, latency):
    """Return seconds, CPU seconds and requests until the first query class is there."""
    for end in ("/tables/metadata", "/types_all"):
        answer = servers.bench.overrides[end]
        servers.bench.overrides[end] = lambda ask, answer=answer: (time.sleep(latency), answer(ask))[1]
    client = servers.framework().materialize
    began, cpu = time.perf_counter(), time.thread_time()
    assert client.tables["table_000"].__doc__
    return time.perf_counter() - began, time.thread_time() - cpu, len(servers.paths)


def main(tables):
    records = [table(f"table_{number:03}", "synapse", description="x" * 200) for number in range(tables)]
    print(f"{tables} tables     first use   CPU of this thread   requests   again")
    for latency in LATENCIES:
        found, again = [], []
        for _ in range(RUNS):
            with tables_served() as servers:
                servers.records = records
                found.append(measured(servers, latency))
                client = servers.framework().materialize
                client.tables  # noqa: B018  the second use is what is measured
                began = time.perf_counter()
                client.tables["table_001"]
                again.append(time.perf_counter() - began)
        seconds, cpu, requests = (statistics.median(column) for column in zip(*found, strict=True))
        print(
            f"{1e3 * latency:4.0f} ms away {1e3 * seconds:8.1f} ms {1e3 * cpu:14.1f} ms {requests:12.0f} "
            f"{1e3 * statistics.median(again):9.2f} ms"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
