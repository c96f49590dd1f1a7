"""One contestant of one row, in a process of its own, so that nobody pays for what another has loaded.

    python contestant.py ROW WHO URL

It reads a word per line: `peak` does the work and writes how much memory it took, `answer FILE` does so too
and pickles the answer into the file, `run` writes how long the work took. What fails is written instead of
figures. Everything else that the row's code may print goes to standard error.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import pickle
import signal
import sys
import time
import traceback
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from row import Row
from rows import row_of

LOADED = ("numpy", "pandas", "pyarrow", "pyarrow.compute", "requests")
"""What some load when they are imported and others at the first call; here it counts for nobody."""

CLEAR = Path("/proc/self/clear_refs")
CAN_WEIGH = os.access(CLEAR, os.W_OK)
"""Linux alone lets a process forget its high-water mark, so memory is measured there only."""


def run(work: Any) -> dict[str, float]:
    """Return seconds of the wall and of the CPU, threads included."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    answer = work()
    figures = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    del answer  # after the clocks have stopped: a script keeps its answer
    return figures


def peak(work: Any) -> tuple[dict[str, float], Any]:
    """Return MB at the highest point above what was taken before and MB that are kept; and the answer."""
    for name in LOADED:
        importlib.import_module(name)
    gc.collect()
    if not CAN_WEIGH:
        return {}, work()
    CLEAR.write_text("5")  # the high-water mark begins anew
    before = _resident("VmRSS")
    answer = work()
    return {"peak": _resident("VmHWM") - before, "kept": _resident("VmRSS") - before}, answer


def _resident(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def do(order: str, path: str, row: Row, who: str, work: Any) -> dict[str, Any]:
    """Follow an order; return what is written."""
    try:
        if order == "run":
            return run(work)
        figures, answer = peak(work)
        if path:
            Path(path).write_bytes(pickle.dumps(row.plain(answer, who)))
    except Exception as error:
        return failed(error)
    return figures


def failed(error: Exception) -> dict[str, str]:
    """Return what went wrong, and where."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    words = "".join(traceback.format_exception_only(error)).strip()
    return {"failed": f"{words} ({Path(place.filename).name}, line {place.lineno})"}


def main() -> None:
    name, who, url = sys.argv[1:]
    out, sys.stdout = sys.stdout, sys.stderr
    # Who is told to end does so at once, in silence, and takes its folders away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    warnings.simplefilter("ignore")
    logging.disable()
    row = row_of(name)
    try:
        work, told = row.work(who, url), {}
    except Exception as error:
        work, told = None, failed(error)
    print(json.dumps(told), file=out, flush=True)  # ready: what was asked for until now is nobody's
    for line in sys.stdin:
        order, _, path = line.strip().partition(" ")
        print(json.dumps(do(order, path, row, who, work)), file=out, flush=True)


if __name__ == "__main__":
    with suppress(BrokenPipeError):  # who asked is gone
        main()
