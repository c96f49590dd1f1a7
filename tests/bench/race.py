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

from contestant import CAN_WEIGH
from equality import differences
from row import FLOOR, ProcessRow, Row
from server import Asked, asked, served

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WEIGHINGS = 2
PATIENCE = 60
"""Seconds that a contestant has to end in when it is told to."""
LEAST_ROUNDS, LEAST_OF_SLOW = 3, 2
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
    """Who takes part: a contestant of the row, and the folder of our files that it works with."""

    label: str
    who: str
    root: Path = ROOT


@dataclass
class Figures:
    """What was measured of one entrant of one row."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    asked: Asked | None = None

    def weigh(self, found: Mapping[str, float]) -> None:
        """Keep what was found of memory; nothing where it cannot be measured."""
        for name in ("peak", "kept"):
            if name in found:
                getattr(self, name).append(found[name])

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
    """A contestant could not do its work."""


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
        In how many processes each is weighed; in one if the row is slow. One is for haste: then the work that
        is compared is all the warming up, too, and one round is enough.
    """
    with served(row.reference) as address, ExitStack() as stack:
        result = Result(row, {one.label: Figures() for one in entrants})
        start = _process if isinstance(row, ProcessRow) else _worker
        started = {one.label: stack.enter_context(start(row, one, address)) for one in entrants}
        runs = {label: await_ready() for label, await_ready in started.items()}
        _compare(row, runs, result, address)
        # What takes long needs no warming up, and its first call was that of the comparison.
        least = 1 if weighings == 1 else LEAST_OF_SLOW if row.slow else LEAST_ROUNDS
        _take_turns(runs, result, min(rounds, row.most_rounds), seconds, least)
        for one in entrants:
            _weigh(row, one, address, result.figures[one.label], weighings)
    return result


def _compare(row: Row, runs: Mapping[str, Any], result: Result, address: str) -> None:
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        for label, run in runs.items():
            path = Path(folder) / f"{len(answers)}.pickle"
            asked(address)
            result.figures[label].weigh(run(f"answer {path}" if len(runs) > 1 else "peak"))
            result.figures[label].asked = asked(address)
            answers[label] = pickle.loads(path.read_bytes()) if len(runs) > 1 else None
    if row.of_own_files and FLOOR not in answers:
        return
    first, *others = answers
    for label in others:
        found = differences(answers[first], answers[label])
        if found:
            raise Unequal(f"the answers of {first} and {label} differ: {found}")


def _take_turns(runs: Mapping[str, Any], result: Result, rounds: int, seconds: float, least: int) -> None:
    """Time all in turns: as often as there is time for, and `least` times. Turn 0 is to warm up."""
    begin = time.monotonic()
    labels = list(runs)
    for turn in range(0 if least == LEAST_ROUNDS else 1, rounds + 1):
        if turn > least and time.monotonic() - begin > seconds:
            break
        for label in labels[turn % len(labels) :] + labels[: turn % len(labels)]:
            found = runs[label]("run")
            if turn:
                figures = result.figures[label]
                figures.wall.append(found["wall"])
                figures.cpu.append(found["cpu"])
                figures.weigh(found)


def _weigh(row: Row, entrant: Entrant, address: str, figures: Figures, weighings: int) -> None:
    if isinstance(row, ProcessRow) or not CAN_WEIGH:
        return  # whole processes are weighed at each run
    for _ in range(0 if row.slow else weighings - 1):  # the answer that was compared was weighed, too
        with _worker(row, entrant, address) as await_ready:
            figures.weigh(await_ready()("peak"))


def _surroundings(entrant: Entrant) -> dict[str, str]:
    # Our files are those of the entrant's folder, whatever is installed. Bytecode is kept, as installers make
    # it for caveclient: without it, modules are compiled at each start.
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(entrant.root)}


@contextmanager
def _worker(row: Row, entrant: Entrant, address: str) -> Iterator[Any]:
    """Start a contestant; give a function that waits until it is ready.

    That returns a function that sends it an order and returns its figures.
    """
    process = subprocess.Popen(
        [sys.executable, str(HERE / "contestant.py"), row.reference, entrant.who, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tempfile.gettempdir(),
        env=_surroundings(entrant),
        process_group=0,  # Ctrl-C is for who started it
    )

    def await_figures(doing: str) -> dict[str, float]:
        line = process.stdout.readline()
        found = json.loads(line) if line else {"failed": "its process ended"}
        if "failed" in found:
            raise Ended(f"{entrant.label}, when it {doing}: {found['failed']}")
        return found

    def order(words: str) -> dict[str, float]:
        with suppress(BrokenPipeError):  # it has ended before it was told
            process.stdin.write(words + "\n")
            process.stdin.flush()
        return await_figures("worked")

    def await_ready() -> Any:
        await_figures("prepared its work")
        return order

    try:
        yield await_ready
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


@contextmanager
def _process(row: ProcessRow, entrant: Entrant, address: str) -> Iterator[Any]:
    """Do as `_worker`; each order runs the contestant's program from its start to its end."""
    try:
        program = row.script(entrant.who, address, entrant.root)
    except OSError as error:
        raise Ended(f"{entrant.label} has not the files for it: {error}") from error

    def order(words: str) -> dict[str, float]:
        _, _, path = words.partition(" ")
        code = program + (TAKE_ANSWER.format(path=path) if path else TELL_PEAK if CAN_WEIGH else "")
        wall, used, printed = _run_program(code, entrant)
        figures = {"wall": wall, "cpu": used.ru_utime + used.ru_stime}
        if path:
            file = Path(path)
            file.write_bytes(pickle.dumps(row.plain(pickle.loads(file.read_bytes()), entrant.who)))
        elif CAN_WEIGH:
            figures["peak"] = int(printed.split()[-1]) / 1024
        return figures

    yield lambda: order


def _run_program(code: str, entrant: Entrant) -> tuple[float, Any, str]:
    """Return the seconds that a program takes, what the system tells of it, and what it printed."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tempfile.gettempdir(),
        env=_surroundings(entrant),
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        printed = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        _end(process)
    if process.returncode:
        raise Ended(f"{entrant.label} failed; what it wrote about that stands above")
    return wall, used, printed
