"""How long frames take, against the floor of reading the same bytes with pandas alone.

Run it by hand: `python tests/benchmarks/bench_positions.py [rows]`. Each time is the median of several runs
that take turns. The goal: positions as points within four times the floor.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
import pandas as pd
import pyarrow as pa

from caveclient_gen._runtime.arrow import read_stream
from caveclient_gen.mixins.frames import table_to_frame

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


def contestants(body):
    return {
        "floor: open_stream().read_pandas()": lambda: pa.ipc.open_stream(body).read_pandas(),
        "points": lambda: table_to_frame(read_stream(body)),
        "points, converted": lambda: table_to_frame(
            read_stream(body), given_resolution=(4, 4, 40), desired_resolution=(1, 1, 1)
        ),
        "split": lambda: table_to_frame(read_stream(body), split_positions=True),
        "split, converted": lambda: table_to_frame(
            read_stream(body), split_positions=True, given_resolution=(4, 4, 40), desired_resolution=(1, 1, 1)
        ),
    }


def measure(body):
    times = {name: [] for name in contestants(body)}
    for _ in range(RUNS):
        for name, run in contestants(body).items():
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1e3)
    return {name: statistics.median(runs) for name, runs in times.items()}


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    body = synapses(rows)
    print(f"{rows} rows, 3 positions, {len(body) / 1e6:.1f} MB")
    medians = measure(body)
    floor = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"{median:8.1f} ms {median / floor:5.2f} x  {name}")


if __name__ == "__main__":
    main()
