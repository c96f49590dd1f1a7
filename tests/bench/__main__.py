"""Ours, caveclient 8.2.1 and the floor, on the same work, in turns.

    python tests/bench [run] [WORDS ...]        the table, or the rows whose names hold one of the words
    python tests/bench compare REV [WORDS ...]  the working tree against a git revision of it
    python tests/bench instructions [REV]       instructions of hot paths, which load does not move
    python tests/bench scale [WORDS ...]        how cost grows
    python tests/bench page                     put the last table and curves into docs/performance.md

Run it with the Python of the environment that `make bench` makes. Results go to build/bench/.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from row import OURS, Row
from rows import all_rows

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench"
QUICK_ROUNDS, QUICK_SECONDS = 3, 4.0


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python tests/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    orders = parser.add_subparsers(dest="order")
    for name, call in (("run", run), ("compare", compare), ("instructions", instructions), ("scale", scale)):
        order = orders.add_parser(name)
        order.set_defaults(call=call)
        if name == "compare":
            order.add_argument("revision")
        if name == "instructions":
            order.add_argument("revision", nargs="?")
            continue
        order.add_argument("words", nargs="*", help="parts of names of rows; all by default")
        order.add_argument("--quick", action="store_true", help="few rounds, and no slow rows")
        order.add_argument("--rounds", type=int, default=9, help="turns of each contestant")
        order.add_argument("--seconds", type=float, default=45.0, help="about how long a row may take")
        order.add_argument("--without", nargs="*", default=[], help="contestants to leave out")
    orders.add_parser("page").set_defaults(call=page)
    arguments = sys.argv[1:]
    if not arguments or (arguments[0] not in orders.choices and arguments[0] not in ("-h", "--help")):
        arguments = ["run", *arguments]
    wanted = parser.parse_args(arguments)
    if getattr(wanted, "quick", False):
        wanted.rounds, wanted.seconds = min(wanted.rounds, QUICK_ROUNDS), min(wanted.seconds, QUICK_SECONDS)
    return int(wanted.call(wanted))


def chosen(wanted: argparse.Namespace) -> list[Row]:
    """Return the rows that were asked for."""
    rows = [row for row in all_rows() if not wanted.words or any(word in row.name for word in wanted.words)]
    rows = [row for row in rows if not (wanted.quick and row.slow)]
    if not rows:
        raise SystemExit("No row has such a name. Rows:\n  " + "\n  ".join(row.name for row in all_rows()))
    return rows


def run(wanted: argparse.Namespace) -> int:
    """Measure rows; write build/bench/results.json, table.txt, table.md and table.svg."""
    from machine import machine
    from picture import draw
    from race import Ended, Entrant, Unequal, race
    from report import as_markdown, as_record, as_text

    begin, facts = time.monotonic(), machine()
    records, broken = [], []
    for row in chosen(wanted):
        entrants = [Entrant(who, who) for who in row.contestants if who not in wanted.without]
        try:
            records.append(as_record(race(row, entrants, wanted.rounds, wanted.seconds)))
        except (Ended, Unequal) as error:
            broken.append(str(error))
            print(f"{row.name}\n  NO FIGURES: {error}", flush=True)
            continue
        print(as_text(records[-1]), flush=True)
    BUILD.mkdir(parents=True, exist_ok=True)
    took = time.monotonic() - begin
    document = {"machine": facts, "seconds": round(took), "rows": records, "without figures": broken}
    (BUILD / "results.json").write_text(json.dumps(document, indent=1) + "\n")
    (BUILD / "table.txt").write_text("\n".join(map(as_text, records)) + "\n")
    (BUILD / "table.md").write_text(as_markdown(records) + "\n")
    draw(records, BUILD / "table.svg")
    wishes = [one for record in records for one in record["wishes"]]
    met = sum(one["met"] for one in wishes)
    print(f"{len(records)} rows in {took:.0f} s; {met} of {len(wishes)} wishes met.")
    return 1 if broken else 0


def compare(wanted: argparse.Namespace) -> int:
    """Let two revisions of ours take turns."""
    from compare import checked_out, compared
    from race import Ended, Unequal

    rows = [row for row in chosen(wanted) if OURS in row.contestants]
    with checked_out(ROOT, wanted.revision) as entrants:
        for row in rows:
            try:
                print(compared(row, entrants, wanted.rounds, wanted.seconds), flush=True)
            except (Ended, Unequal) as error:
                print(f"{row.name}\n  NO FIGURES: {error}", flush=True)
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
        counted({one.label: Path(one.environment["PYTHONPATH"]) for one in entrants})
    return 0


def scale(wanted: argparse.Namespace) -> int:
    """Measure how cost grows; write build/bench/scale.json and scale.svg."""
    from scale import measured

    measured(wanted.words, wanted.quick, BUILD)
    return 0


def page(wanted: argparse.Namespace) -> int:
    """Put the last results into the documentation."""
    from page import write_page

    write_page(BUILD, ROOT / "docs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
