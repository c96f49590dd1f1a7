"""The table as a picture: how many times the floor each row costs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from row import CAVECLIENT, FLOOR, OURS

COLOURS = {CAVECLIENT: "#c0603a", OURS: "#12766b"}


def pyplot() -> Any:
    """Return matplotlib, told to write SVGs that are the same for the same figures."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "caveclient-gen"
    mpl.rcParams["svg.fonttype"] = "none"
    import matplotlib.pyplot as plt

    return plt


def draw(records: Iterable[dict[str, Any]], path: Path) -> None:
    """Draw all rows that have a floor, as an SVG."""
    plt = pyplot()
    rows = [record for record in records if FLOOR in record["figures"]][::-1]
    figure, axes = plt.subplots(figsize=(9, 0.9 + 0.3 * len(rows)), layout="constrained")
    for place, record in enumerate(rows):
        _draw_row(axes, place, record["figures"])
    axes.axvline(1, color="#888888", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), [record["row"] for record in rows], fontsize=8)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}x")
    axes.set_xlabel("time in multiples of the floor (left is faster)")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    marks = [axes.plot([], [], "o", color=colour, label=label)[0] for label, colour in COLOURS.items()]
    axes.legend(handles=marks, loc="lower right", frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _draw_row(axes: Any, place: int, figures: dict[str, Any]) -> None:
    floor = median(figures[FLOOR]["wall"])
    at = {who: median(figures[who]["wall"]) / floor for who in COLOURS if who in figures}
    if len(at) > 1:
        axes.plot(list(at.values()), [place, place], color="#bbbbbb", linewidth=1.5, zorder=1)
    for who, ratio in at.items():
        axes.plot(ratio, place, "o", color=COLOURS[who], zorder=2)
