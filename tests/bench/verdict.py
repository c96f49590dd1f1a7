"""What was measured against what is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from race import Figures, Result
from row import CAVECLIENT, FLOOR, OURS


@dataclass(frozen=True)
class Verdict:
    """One wish of a row, and what came of it."""

    wish: str
    found: float
    wanted: float
    unit: str = "x"
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the wish is fulfilled."""
        return self.found >= self.wanted if self.at_least else self.found <= self.wanted


def verdicts(result: Result, ours: str = OURS) -> list[Verdict]:
    """Return the wishes of a row, each with what was measured."""
    figures, target = result.figures, result.row.target
    mine = figures[ours]
    found: list[Verdict] = []
    if target.faster is not None:
        found.append(
            Verdict("faster", ratio(figures[CAVECLIENT], mine, "wall"), target.faster, at_least=True)
        )
    if target.memory is not None:
        found.append(Verdict("memory", ratio(mine, figures[CAVECLIENT], "peak"), target.memory))
    if target.floor is not None:
        found.append(Verdict("of the floor", ratio(mine, figures[FLOOR], "wall"), target.floor))
    if target.floor_memory is not None:
        found.append(
            Verdict("of the floor's memory", ratio(mine, figures[FLOOR], "peak"), target.floor_memory)
        )
    if target.seconds is not None:
        found.append(Verdict("seconds", mine.typical("wall"), target.seconds, "s"))
    if target.requests is not None and mine.asked is not None:
        found.append(Verdict("requests", mine.asked.requests, target.requests, ""))
    if target.round_trips is not None and mine.asked is not None:
        found.append(Verdict("round trips", mine.asked.round_trips, target.round_trips, ""))
    return found


def ratio(one: Figures, other: Figures, name: str) -> float:
    """Return how many times the second's figure the first's is."""
    return one.typical(name) / other.typical(name)
