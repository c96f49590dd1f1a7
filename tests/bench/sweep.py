"""The best fixed batch size and number of threads for the row of many cells, found by trying them all.

    python tests/bench/sweep.py [--mean 10|100] [--rounds N] [--through requests|ours]

A cell of the table is the least wall time of its runs, in ms; `cut` where the server cut an answer, so that
whoever chose that size would have got an error. `--through ours` makes the same calls through this
package's client instead of plain requests. The last line is the client's own choice, in one call.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rows.many_cells import ManyCells, by_hand, ids_of
from server import asked, served
from wire import clients

BATCHES = (100, 200, 350, 500, 700, 1000, 1250, 1600)
CELLS = 10_000
THREADS = (1, 2, 4, 8, 16)


def through_ours(url: str, ids: Any, batch: int, threads: int) -> Any:
    """Return the same work with calls of ours as small as that."""
    import pandas as pd

    import caveclient_gen

    tables, row = clients(caveclient_gen, url).materialize, ManyCells(len(ids))

    def run() -> Any:
        with ThreadPoolExecutor(threads) as pool:
            firsts = range(0, len(ids), batch)
            frames = list(pool.map(lambda first: row.query(tables, ids[first : first + batch]), firsts))
        return pd.concat(frames, ignore_index=True)

    return run


def least(work: Any, rounds: int) -> float | None:
    """Return the least ms of several runs; None if an answer is cut."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        try:
            work()
        except ValueError:
            return None
        found.append(1e3 * (time.perf_counter() - began))
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mean", type=int, default=100, choices=(10, 100), help="synapses of a cell")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--through", choices=("requests", "ours"), default="requests")
    wanted = parser.parse_args()
    make = by_hand if wanted.through == "requests" else through_ours
    ids = ids_of(CELLS)
    with served(ManyCells(CELLS, wanted.mean).name) as url:
        print("batch   " + "".join(f"{f'{threads} threads':>12s}" for threads in THREADS))
        for batch in BATCHES:
            line = f"{batch:5d}   "
            for threads in THREADS:
                ms = least(make(url, ids, batch, threads), wanted.rounds)
                line += f"{'cut' if ms is None else f'{ms:.0f}':>12s}"
                print(line, end="\r", file=sys.stderr)
            print(line, flush=True)
        import caveclient_gen

        own = ManyCells(CELLS, wanted.mean).ours(caveclient_gen, url)
        least(own, 1)
        asked(url)
        ms = least(own, wanted.rounds)
        print(
            f"the client's own choice: {ms:.0f} ms, {asked(url).requests / wanted.rounds:.0f} requests a call"
        )


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
