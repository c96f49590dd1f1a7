"""What was measured against what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from race import Figures, Result
from row import CAVECLIENT, FLOOR, OURS

STEP = 0.1
"""MB that are no difference."""


@dataclass(frozen=True)
class Verdict:
    """One wish of a row, and what came of it."""

    what: str
    found: float
    wanted: float
    unit: str = "x"
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the wish is fulfilled."""
        return self.found >= self.wanted if self.at_least else self.found <= self.wanted

    @property
    def wish(self) -> str:
        """The wish in words: "faster: at least 9x"."""
        return f"{self.what}: at {'least' if self.at_least else 'most'} {short(self.wanted)}{self.unit}"

    @property
    def outcome(self) -> str:
        """What was measured: "10.2x, met"."""
        return f"{short(self.found)}{self.unit}, {'met' if self.met else 'NOT MET'}"


def short(value: float) -> str:
    """Return a number with three digits that count: "0.0766", "1.92", "38.7", "1,230"."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def verdicts(result: Result) -> list[Verdict]:
    """Return the wishes of a row for which both sides took part, each with what was measured."""
    figures, target = result.figures, result.row.target
    mine, other, floor = (figures.get(who) for who in (OURS, CAVECLIENT, FLOOR))
    if mine is None:
        return []
    found: list[Verdict] = []
    if target.faster is not None and other is not None:
        found.append(
            Verdict("faster than caveclient", ratio(other, mine, "wall"), target.faster, at_least=True)
        )
    if target.memory is not None and other is not None and mine.peak and other.peak:
        found.append(Verdict("memory of caveclient's", ratio(mine, other, "peak"), target.memory))
    if target.floor is not None and floor is not None:
        found.append(Verdict("time of the floor's", ratio(mine, floor, "wall"), target.floor))
    if target.floor_memory is not None and floor is not None and mine.peak and floor.peak:
        found.append(Verdict("memory of the floor's", ratio(mine, floor, "peak"), target.floor_memory))
    if target.seconds is not None:
        found.append(Verdict("time", mine.typical("wall"), target.seconds, " s"))
    if target.requests is not None and mine.asked is not None:
        found.append(Verdict("requests", mine.asked.requests, target.requests, ""))
    if target.round_trips is not None and mine.asked is not None:
        found.append(Verdict("serial round trips", mine.asked.round_trips, target.round_trips, ""))
    return found


def ratio(one: Figures, other: Figures, name: str) -> float:
    """Return how many times the second's figure the first's is: the median over the rounds.

    Those of one round are compared with each other, because what else the machine does changes from round
    to round, and less within one. Memory is told in steps; what is too little to be seen counts as one.
    """
    least = STEP if name == "peak" else 0.0
    pairs = zip(getattr(one, name), getattr(other, name), strict=True)
    return median(max(first, least) / max(second, least) for first, second in pairs)
