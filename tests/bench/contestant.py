"""One contestant of one row, in a process of its own, so that nobody pays for what another has loaded.

    python contestant.py ROW WHO URL

It reads a word per line: `answer FILE` pickles the answer into the file, `run` does the work and writes its
figures, `peak` does it and writes how much memory it took. Everything else that the row's code may print
goes to standard error.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import pickle
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from row import Row
from rows import row_of

LOADED = ("numpy", "pandas", "pyarrow", "pyarrow.compute", "requests")
"""What some load when they are imported and others at the first call; here it counts for nobody."""


def run(work: Any) -> dict[str, float]:
    """Return seconds of the wall and of the CPU, threads included."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    answer = work()
    figures = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    del answer  # after the clocks have stopped: a script keeps its answer
    return figures


def peak(work: Any) -> dict[str, float]:
    """Return MB at the highest point above what was taken before, and MB that the answer keeps."""
    for name in LOADED:
        importlib.import_module(name)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
    before = _resident("VmRSS")
    answer = work()
    found = {"peak": _resident("VmHWM") - before, "kept": _resident("VmRSS") - before}
    del answer
    return found


def _resident(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def answer_to(path: str, row: Row, who: str, work: Any) -> dict[str, float]:
    Path(path).write_bytes(pickle.dumps(row.plain(work(), who)))
    return {}


def main() -> None:
    name, who, url = sys.argv[1:]
    out, sys.stdout = sys.stdout, sys.stderr
    warnings.simplefilter("ignore")
    logging.disable()
    row = row_of(name)
    work = row.work(who, url)
    print("{}", file=out, flush=True)  # ready: what was asked for until now is nobody's
    for line in sys.stdin:
        order, _, path = line.strip().partition(" ")
        if order == "answer":
            done = answer_to(path, row, who, work)
        else:
            done = {"run": run, "peak": peak}[order](work)
        print(json.dumps(done), file=out, flush=True)


if __name__ == "__main__":
    main()
