"""Results as text."""

from __future__ import annotations

from race import Result
from verdict import verdicts


def as_text(result: Result) -> str:
    """Return the figures of a row and what came of its wishes."""
    lines = [result.row.name]
    for label, figures in result.figures.items():
        asked = figures.asked
        lines.append(
            f"  {label:12s} {1e3 * figures.typical('wall'):9.1f} ms"
            f"  ({1e3 * min(figures.wall):.1f} to {1e3 * max(figures.wall):.1f}, {len(figures.wall)} runs)"
            f"  CPU {1e3 * figures.typical('cpu'):9.1f} ms  peak {figures.typical('peak'):7.1f} MB"
            f"  {asked.requests} requests, {asked.round_trips} round trips at first"
        )
    for one in verdicts(result) if {"ours", "caveclient", "floor"} <= set(result.figures) else []:
        mark = "met" if one.met else "NOT MET"
        sign = ">=" if one.at_least else "<="
        lines.append(
            f"  {one.wish}: {one.found:.2f}{one.unit}, wanted {sign} {one.wanted:g}{one.unit}: {mark}"
        )
    return "\n".join(lines)
