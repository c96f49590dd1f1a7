"""Let the contestants of a row take turns, and keep the figures."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from equality import differences
from row import ProcessRow, Row
from server import Asked, asked, served

HERE = Path(__file__).resolve().parent
WEIGHINGS = 3
TAKE_ANSWER = """
import pickle
pickle.dump(globals().get("answer"), open({path!r}, "wb"))
"""
TELL_PEAK = """
print([line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1])
"""
# Not what `wait4` tells of memory: that has the size of the process that forked in it.


@dataclass(frozen=True)
class Entrant:
    """Who takes part: a contestant of the row, and the environment of its process."""

    label: str
    who: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Figures:
    """What was measured of one entrant of one row."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    asked: Asked | None = None

    def typical(self, name: str) -> float:
        """Return the median of one of the lists."""
        return median(getattr(self, name))


@dataclass
class Result:
    """A row, and the figures of its entrants."""

    row: Row
    figures: dict[str, Figures]


class Unequal(Exception):
    """Answers differ, so times would compare different work."""


class Ended(Exception):
    """A contestant could not do its work; what it wrote about that is on standard error."""


def race(
    row: Row, entrants: Sequence[Entrant], rounds: int, seconds: float, weighings: int = WEIGHINGS
) -> Result:
    """Compare the answers of all entrants, then time them in turns.

    Parameters
    ----------
    row : Row
        The work.
    entrants : sequence of Entrant
        Who does it.
    rounds : int
        How often each does it; fewer, but three at least, where that would take longer than `seconds`.
    seconds : float
        Time for the row.
    weighings : int
        In how many processes each is weighed; in one if the row is slow.
    """
    with served(row.reference) as address, ExitStack() as stack:
        result = Result(row, {one.label: Figures() for one in entrants})
        start = _process if isinstance(row, ProcessRow) else _worker
        runs = {one.label: stack.enter_context(start(row, one, address)) for one in entrants}
        _compare(row, runs, result, address)
        _take_turns(runs, result, min(rounds, row.most_rounds), seconds)
        for one in entrants:
            _weigh(row, one, address, result.figures[one.label], weighings)
    return result


def _compare(row: Row, runs: Mapping[str, Any], result: Result, address: str) -> None:
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        for label, run in runs.items():
            path = Path(folder) / f"{len(answers)}.pickle"
            asked(address)
            run(f"answer {path}")
            result.figures[label].asked = asked(address)
            answers[label] = pickle.loads(path.read_bytes())
    first, *others = answers
    for label in others:
        found = differences(answers[first], answers[label])
        if found:
            raise Unequal(f"the answers of {first} and {label} differ: {found}")


def _take_turns(runs: Mapping[str, Any], result: Result, rounds: int, seconds: float) -> None:
    begin = time.monotonic()
    labels = list(runs)
    for turn in range(rounds + 1):  # the first to warm up
        if turn > 3 and time.monotonic() - begin > seconds:
            break
        for label in labels[turn % len(labels) :] + labels[: turn % len(labels)]:
            found = runs[label]("run")
            if turn:
                figures = result.figures[label]
                figures.wall.append(found["wall"])
                figures.cpu.append(found["cpu"])
                if "peak" in found:
                    figures.peak.append(found["peak"])


def _weigh(row: Row, entrant: Entrant, address: str, figures: Figures, weighings: int) -> None:
    if isinstance(row, ProcessRow):
        return  # whole processes are weighed at each run
    for _ in range(1 if row.slow else weighings):
        with _worker(row, entrant, address) as run:
            found = run("peak")
            figures.peak.append(found["peak"])
            figures.kept.append(found["kept"])


def _surroundings(entrant: Entrant) -> dict[str, str]:
    # Bytecode is kept, as installers make it for caveclient: without it, modules are compiled at each start.
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **entrant.environment}


@contextmanager
def _worker(row: Row, entrant: Entrant, address: str) -> Iterator[Any]:
    """Start a contestant; give a function that sends it an order and returns its figures."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "contestant.py"), row.reference, entrant.who, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tempfile.gettempdir(),
        env=_surroundings(entrant),
    )

    def order(words: str) -> dict[str, float]:
        line = ""
        with suppress(BrokenPipeError):  # it has ended before it was told
            process.stdin.write(words + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        if not line:
            raise Ended(f"{entrant.label} ended when it was told {words.partition(' ')[0]!r}")
        return json.loads(line)

    process.stdout.readline()  # until it is ready
    try:
        yield order
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


@contextmanager
def _process(row: ProcessRow, entrant: Entrant, address: str) -> Iterator[Any]:
    """Give a function that runs the contestant's program from its start to its end."""
    program = row.script(entrant.who, address)

    def order(words: str) -> dict[str, float]:
        _, _, path = words.partition(" ")
        code = program + (TAKE_ANSWER.format(path=path) if path else TELL_PEAK)
        begin = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code],
            cwd=tempfile.gettempdir(),
            env=_surroundings(entrant),
            stdout=subprocess.PIPE,
            text=True,
        )
        printed = process.stdout.read()
        process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise Ended(f"{entrant.label} failed")
        if path:
            file = Path(path)
            file.write_bytes(pickle.dumps(row.plain(pickle.loads(file.read_bytes()), entrant.who)))
        return {
            "wall": wall,
            "cpu": used.ru_utime + used.ru_stime,
            "peak": 0 if path else int(printed.split()[-1]) / 1024,
        }

    yield order
