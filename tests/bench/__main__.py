"""Ours, caveclient 8.2.1 and the floor, on the same work, in turns.

    python tests/bench [run] [WORDS ...]        the table, or the rows whose names hold one of the words
    python tests/bench compare REV [WORDS ...]  the working tree against a git revision of it
    python tests/bench instructions [REV]       instructions of hot paths, which load does not move
    python tests/bench scale [WORDS ...]        how cost grows
    python tests/bench extraction               how time and memory of an extraction grow
    python tests/bench page                     put the last table and curves into docs/performance.md

Run it with the Python of the environment that `make bench` makes. Results go to build/bench/. Rows that were
measured by name take their places in the last whole table; quick figures are kept apart.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from row import OURS, Row
from rows import all_rows, quick_rows

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench"
QUICK_ROUNDS, QUICK_SECONDS, QUICK_WEIGHINGS = 3, 0.5, 1
NO_MEMORY = "Memory is measured on Linux only (by /proc/self/clear_refs): the rest follows without it."


def main() -> int:
    wanted = _parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all is ended and taken away
    try:
        return int(wanted.call(wanted))
    except KeyboardInterrupt:
        print("Interrupted: all processes were ended; rows that were measured are kept.", file=sys.stderr)
        return 130


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python tests/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    orders = parser.add_subparsers(dest="order")
    for name, call in (("run", run), ("compare", compare), ("scale", scale)):
        order = orders.add_parser(name, help=call.__doc__)
        order.set_defaults(call=call)
        if name == "compare":
            order.add_argument("revision")
        of_what = "curves" if name == "scale" else "rows"
        order.add_argument("words", nargs="*", help=f"parts of names of {of_what}; all by default")
        order.add_argument("--quick", action="store_true", help="few rounds, and nothing slow")
        if name != "scale":
            order.add_argument("--rounds", type=int, default=7, help="turns of each contestant (7)")
            order.add_argument(
                "--seconds", type=float, default=4.0, help="about how long a row's turns take (4)"
            )
        if name == "run":
            order.add_argument("--without", nargs="*", default=[], help="contestants to leave out")
    order = orders.add_parser("instructions", help=instructions.__doc__)
    order.add_argument("revision", nargs="?")
    order.set_defaults(call=instructions)
    for name, call in (("extraction", extraction), ("page", page)):
        orders.add_parser(name, help=call.__doc__).set_defaults(call=call)
    if not arguments or (arguments[0] not in orders.choices and arguments[0] not in ("-h", "--help")):
        arguments = ["run", *arguments]
    return parser.parse_args(arguments)


def chosen(wanted: argparse.Namespace) -> list[Row]:
    """Return the rows that were asked for; by name even if they are slow."""
    rows = all_rows()
    for word in wanted.words:
        if not any(word in row.name for row in rows):
            names = "\n  ".join(row.name for row in rows)
            raise SystemExit(f"No row has {word!r} in its name. Rows:\n  {names}")
    if wanted.words:
        return [row for row in rows if any(word in row.name for word in wanted.words)]
    return quick_rows() if wanted.quick else rows


def effort(wanted: argparse.Namespace) -> tuple[int, float, int]:
    """Return the rounds, the seconds of a row, and in how many processes a contestant is weighed."""
    from contestant import CAN_WEIGH
    from race import WEIGHINGS

    if not CAN_WEIGH:
        print(NO_MEMORY)
    if wanted.quick:
        return min(wanted.rounds, QUICK_ROUNDS), min(wanted.seconds, QUICK_SECONDS), QUICK_WEIGHINGS
    return wanted.rounds, wanted.seconds, WEIGHINGS


def run(wanted: argparse.Namespace) -> int:
    """Measure rows; write build/bench/results.json, table.txt, table.md and table.svg."""
    from machine import machine
    from race import Ended, Entrant, Unequal, race
    from report import Record, as_record, as_text
    from results import keep

    begin, facts, how = time.monotonic(), machine(), effort(wanted)
    records: list[Record] = []
    broken: list[str] = []
    try:
        for row in chosen(wanted):
            entrants = [Entrant(who, who) for who in row.contestants if who not in wanted.without]
            try:
                records.append(as_record(race(row, entrants, *how)))
            except (Ended, Unequal) as error:
                broken.append(f"{row.name}: {error}")
                print(f"{row.name}\n  NO FIGURES: {error}", flush=True)
                continue
            print(as_text(records[-1]), flush=True)
    finally:  # what was measured before an interrupt is kept, too
        if records:
            folder = BUILD / "quick" if wanted.quick else BUILD
            keep({"machine": facts, "rows": records, "without figures": broken}, folder)
    took = time.monotonic() - begin
    wishes = [one for record in records for one in record["wishes"]]
    met = sum(one["met"] for one in wishes)
    print(f"{len(records)} rows in {took:.0f} s; {met} of {len(wishes)} wishes met.")
    return 1 if broken else 0


def compare(wanted: argparse.Namespace) -> int:
    """Let the working tree and a revision take turns."""
    from compare import checked_out, compared
    from race import Ended, Unequal

    rows, how = [row for row in chosen(wanted) if OURS in row.contestants], effort(wanted)
    with checked_out(ROOT, wanted.revision) as entrants:
        for row in rows:
            try:
                print(compared(row, entrants, *how), flush=True)
            except (Ended, Unequal) as error:
                print(f"{row.name}\n  NOT COMPARED: {error}", flush=True)
    return 0


def instructions(wanted: argparse.Namespace) -> int:
    """Count the instructions of hot paths, in the working tree and, if one is named, in a revision."""
    from compare import checked_out
    from instructions import counted

    if wanted.revision is None:
        counts = counted({"this": ROOT})
        BUILD.mkdir(parents=True, exist_ok=True)
        (BUILD / "instructions.json").write_text(json.dumps(counts, indent=1) + "\n")
        return 0
    with checked_out(ROOT, wanted.revision) as entrants:
        counted({one.label: one.root for one in entrants})
    return 0


def scale(wanted: argparse.Namespace) -> int:
    """Measure how cost grows; write build/bench/scale.json and scale.svg."""
    from scale import measured

    measured(wanted.words, wanted.quick, BUILD)
    return 0


def extraction(wanted: argparse.Namespace) -> int:
    """Measure how time and memory of an extraction grow; put the curve beside those of `scale`."""
    from scale import measured_extraction

    measured_extraction(BUILD)
    return 0


def page(wanted: argparse.Namespace) -> int:
    """Put the last results into the documentation."""
    from page import write_page

    write_page(BUILD, ROOT / "docs")
    text = (ROOT / "docs" / "performance.md").read_text()
    missing = [row.name for row in all_rows() if f"| {row.name} |" not in text]
    if missing:
        print("These rows have not been measured:\n  " + "\n  ".join(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
