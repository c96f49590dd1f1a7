"""How cost grows with rows, ids, tables, cells and the size of the spec.

Each curve is a row of the table at growing sizes, ours alone. What is told is the exponent of the last step:
1 is linear, less is better. What small sizes pay besides is flat, and seen in the picture.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from race import Entrant, race
from row import OURS, Row
from rows.queries import QueryTable, QueryTableSplit

ROUNDS = 5
SECONDS = 20.0
QUICK_SIZES = 2
WIDTH = 3
"""Curves beside each other in the picture."""
LINEAR = 1.1
"""An exponent up to which growth counts as linear: caches of the processor are left on the way."""


@dataclass(frozen=True)
class Curve:
    """A kind of work at several sizes."""

    name: str
    sizes: Sequence[int]
    row_of: Callable[[int], Row]


DECADES = (1_000, 10_000, 100_000, 1_000_000)
CURVES = [
    Curve("query_table: rows, points", DECADES, QueryTable),
    Curve("query_table: rows, split positions", DECADES, QueryTableSplit),
]


def measured(words: Sequence[str], quick: bool, folder: Path) -> None:
    """Measure the curves whose names hold one of the words, print them, and keep them with their picture."""
    found = []
    for curve in CURVES:
        if words and not any(word in curve.name for word in words):
            continue
        found.append(_follow(curve, curve.sizes[:QUICK_SIZES] if quick else curve.sizes))
        print(_in_words(found[-1]), flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scale.json").write_text(json.dumps(found, indent=1) + "\n")
    draw(found, folder / "scale.svg")


def _follow(curve: Curve, sizes: Sequence[int]) -> dict[str, Any]:
    points = []
    for size in sizes:
        figures = race(curve.row_of(size), [Entrant(OURS, OURS)], ROUNDS, SECONDS).figures[OURS]
        points.append(
            {
                "size": size,
                "wall": median(figures.wall),
                "cpu": median(figures.cpu),
                "peak": median(figures.peak),
            }
        )
    return {"curve": curve.name, "points": points, "exponent": exponent(points, "cpu")}


def exponent(points: Sequence[dict[str, Any]], name: str) -> float:
    """Return how steep the last step is, of a factor of ten at least: cost grows as size to this power."""
    last = points[-1]
    before = next((one for one in reversed(points) if 10 * one["size"] <= last["size"]), points[0])
    if before is last or not before[name]:
        return float("nan")
    return math.log(last[name] / before[name]) / math.log(last["size"] / before["size"])


def _in_words(curve: dict[str, Any]) -> str:
    points = "   ".join(f"{one['size']:,}: {1e3 * one['wall']:.1f} ms" for one in curve["points"])
    power = curve["exponent"]
    verdict = "linear" if power <= LINEAR else "MORE THAN LINEAR"
    return f"{curve['curve']:40s} {points}   size^{power:.2f}, {verdict}"


def draw(curves: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw all curves, each beside a straight line, as an SVG."""
    from picture import pyplot

    plt = pyplot()
    height = max(1, math.ceil(len(curves) / WIDTH))
    size = (10, 2.6 * height)
    figure, grid = plt.subplots(height, WIDTH, figsize=size, layout="constrained", squeeze=False)
    for axes, curve in zip(grid.flat, curves, strict=False):
        sizes = [one["size"] for one in curve["points"]]
        for name, colour in (("wall", "#12766b"), ("cpu", "#c0a03a")):
            times = [1e3 * one[name] for one in curve["points"]]
            axes.plot(sizes, times, "o-", color=colour, label=name, markersize=3, linewidth=1)
        last = 1e3 * curve["points"][-1]["wall"]
        line = [last * size / sizes[-1] for size in sizes]
        axes.plot(sizes, line, "--", color="#999999", linewidth=0.8, label="linear")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_title(curve["curve"], fontsize=8)
        axes.tick_params(labelsize=7)
        axes.grid(color="#eeeeee")
    for axes in list(grid.flat)[len(curves) :]:
        axes.set_axis_off()
    grid.flat[0].legend(frameon=False, fontsize=7)
    grid.flat[0].set_ylabel("ms", fontsize=8)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
