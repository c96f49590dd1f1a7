"""How cost grows with rows, ids, tables, cells and the size of the spec.

Each curve is ours alone; most are rows of the table at growing sizes. What is told is the exponent of the CPU
time over the last factor of ten: 1 is linear, less is better. What small sizes pay besides is flat, and seen
in the picture.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from contestant import CAN_WEIGH
from race import Entrant, race
from row import OURS, Row
from rows.graphs import GetLeaves, GetRoots, IsLatestRoots
from rows.many_cells import ManyCells
from rows.queries import QueryTable, QueryTableSplit, TablesFirst
from rows.uploads import PostFrame, Stage

ROUNDS = 5
SECONDS = 1.5
QUICK_SIZES = 2
WIDTH = 3
"""Curves beside each other in the picture."""
LINEAR = 1.1
"""An exponent up to which growth counts as linear: caches of the processor are left on the way."""

Point = dict[str, Any]


@dataclass(frozen=True)
class Curve:
    """A kind of work at several sizes."""

    name: str
    sizes: Sequence[int]
    points: Callable[[Sequence[int]], Iterator[Point]]
    """Measures some of the sizes."""


def of_rows(row_of: Callable[[int], Row]) -> Callable[[Sequence[int]], Iterator[Point]]:
    """Return what measures rows of the table, by their size."""

    def points(sizes: Sequence[int]) -> Iterator[Point]:
        for size in sizes:
            found = race(row_of(size), [Entrant(OURS, OURS)], ROUNDS, SECONDS, 1).figures[OURS]
            yield {
                "size": size,
                "wall": median(found.wall),
                "cpu": median(found.cpu),
                "peak": median(found.peak) if found.peak else None,
            }

    return points


def of_spec(copies: Sequence[int]) -> Iterator[Point]:
    """Generate everything of small descriptors that were copied so often."""
    from scale_spec import measured

    for one in measured(list(copies), checks=False):
        yield {"size": one.operations, "wall": one.wall[0], "cpu": one.generate, "peak": None}


def of_extraction(rows: Sequence[int]) -> Iterator[Point]:
    """Extract tables of so many rows."""
    from extraction import extracted

    for size in rows:
        found = extracted(size)
        peak = found["peak MB of the process"] if CAN_WEIGH else None
        yield {"size": size, "wall": found["seconds"], "cpu": found["CPU seconds"], "peak": peak}


TENS = (10, 100, 1_000, 10_000)
HUNDREDS = (100, 1_000, 10_000, 100_000)
THOUSANDS = (1_000, 10_000, 100_000, 1_000_000)
CURVES = [
    Curve("query_table, rows", THOUSANDS, of_rows(QueryTable)),
    Curve("query_table, rows, split positions", THOUSANDS, of_rows(QueryTableSplit)),
    Curve("synapse_query, cells", TENS, of_rows(ManyCells)),
    Curve("client.materialize.tables, tables", TENS, of_rows(TablesFirst)),
    Curve("get_roots, ids", THOUSANDS, of_rows(GetRoots)),
    Curve("is_latest_roots, ids", THOUSANDS, of_rows(IsLatestRoots)),
    Curve("get_leaves, leaves", THOUSANDS, of_rows(GetLeaves)),
    Curve("post_annotation_df, rows", HUNDREDS, of_rows(lambda rows: PostFrame(rows, "lists"))),
    Curve("StagedAnnotations, rows", HUNDREDS, of_rows(Stage)),
    Curve("generate, methods", (1, 10, 100, 1_000), of_spec),
]
EXTRACTION = Curve("to_parquet, rows", (20_000, 200_000, 2_000_000, 20_000_000), of_extraction)
"""By an order of its own: it takes as long as all others."""


def measured(words: Sequence[str], quick: bool, folder: Path) -> None:
    """Measure the curves whose names hold one of the words, print them, and keep them with their picture."""
    for word in words:
        if not any(word in curve.name for curve in CURVES):
            names = "\n  ".join(curve.name for curve in CURVES)
            raise SystemExit(f"No curve has {word!r} in its name. Curves:\n  {names}")
    chosen = [curve for curve in CURVES if not words or any(word in curve.name for word in words)]
    found = []
    for curve in chosen:
        found.append(_follow(curve, curve.sizes[:QUICK_SIZES] if quick else curve.sizes))
        print(_in_words(found[-1]), flush=True)
    _keep(found, folder / "quick" if quick else folder)


def measured_extraction(folder: Path) -> None:
    """Measure the curve of an extraction, and keep it beside the others."""
    found = _follow(EXTRACTION, EXTRACTION.sizes)
    print(_in_words(found))
    _keep([found], folder)


def _keep(curves: Sequence[dict[str, Any]], folder: Path) -> None:
    """Write curves into a folder, those that were measured there before among them."""
    file, found = folder / "scale.json", {}
    if file.exists():
        found = {one["curve"]: one for one in json.loads(file.read_text())}
    found |= {one["curve"]: one for one in curves}
    kept = [found[one.name] for one in (*CURVES, EXTRACTION) if one.name in found]
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept, indent=1) + "\n")
    draw(kept, folder / "scale.svg")


def _follow(curve: Curve, sizes: Sequence[int]) -> dict[str, Any]:
    points = list(curve.points(sizes))
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
    return f"{curve['curve']:36s} {points}   size^{power:.2f}, {verdict}"


def draw(curves: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw all curves, each beside a straight line, as an SVG."""
    from picture import pyplot

    plt = pyplot()
    height = max(1, math.ceil(len(curves) / WIDTH))
    size = (10, 2.5 * height)
    figure, grid = plt.subplots(height, WIDTH, figsize=size, layout="constrained", squeeze=False)
    for axes, curve in zip(grid.flat, curves, strict=False):
        _draw_curve(axes, curve)
    for axes in list(grid.flat)[len(curves) :]:
        axes.set_axis_off()
    for axes in grid[:, 0]:
        axes.set_ylabel("seconds", fontsize=8)
    grid.flat[0].legend(frameon=False, fontsize=7)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _draw_curve(axes: Any, curve: dict[str, Any]) -> None:
    name, _, unit = curve["curve"].partition(", ")
    sizes = [one["size"] for one in curve["points"]]
    for clock, colour in (("wall", "#12766b"), ("cpu", "#c0a03a")):
        times = [one[clock] for one in curve["points"]]
        label = {"wall": "wall", "cpu": "CPU"}[clock]
        axes.plot(sizes, times, "o-", color=colour, label=label, markersize=3, linewidth=1.2)
    last = curve["points"][-1]["wall"]
    axes.plot(
        sizes,
        [last * size / sizes[-1] for size in sizes],
        "--",
        color="#999999",
        linewidth=0.8,
        label="linear",
    )
    lowest = min(one[clock] for one in curve["points"] for clock in ("wall", "cpu"))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(lowest / 3, last * 3)
    axes.xaxis.set_major_formatter(_short)
    axes.yaxis.set_major_formatter(_short)
    axes.set_xticks(sizes)
    axes.minorticks_off()
    axes.set_title(f"{name}: size^{curve['exponent']:.2f} at the end", fontsize=8)
    axes.set_xlabel(unit, fontsize=7)
    axes.tick_params(labelsize=7)
    axes.grid(color="#eeeeee")
    axes.spines[["top", "right"]].set_visible(False)


def _short(value: float, _: int | None = None) -> str:
    for power, letter in ((1e6, "M"), (1e3, "k")):
        if value >= power:
            return f"{value / power:g}{letter}"
    return f"{value:g}"
