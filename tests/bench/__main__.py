"""Ours, caveclient 8.2.1 and the floor, on the same work, in turns.

    python tests/bench [WORDS ...] [--quick] [--rounds N] [--seconds S]

WORDS choose rows by parts of their names. Run it with the Python of the environment that `make bench` makes.
"""

from __future__ import annotations

import argparse

from race import Entrant, race
from report import as_text
from rows import all_rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python tests/bench", description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="parts of names of rows; all rows by default")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and no slow rows")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=60.0, help="about how long a row may take")
    parser.add_argument("--without", nargs="*", default=[], help="contestants to leave out")
    wanted = parser.parse_args()
    for row in all_rows():
        if wanted.words and not any(word in row.name for word in wanted.words):
            continue
        if wanted.quick and row.slow:
            continue
        entrants = [Entrant(who, who) for who in row.contestants if who not in wanted.without]
        print(as_text(race(row, entrants, wanted.rounds, wanted.seconds)), flush=True)


if __name__ == "__main__":
    main()
