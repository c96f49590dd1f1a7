"""Results as records that JSON can hold, and records as text and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median, quantiles
from typing import Any

from race import Figures, Result
from row import CAVECLIENT, FLOOR, OURS
from verdict import ratio, short, verdicts

Record = Mapping[str, Any]


def as_record(result: Result) -> dict[str, Any]:
    """Return all that is known of a row, raw figures included: seconds and MB."""
    row, figures = result.row, result.figures
    return {
        "row": row.name,
        "floor": row.floor_is,
        "differs": row.differs,
        "latency": row.latency,
        "figures": {label: _figures(one) for label, one in figures.items()},
        "ratios": {
            f"{name} {one} / {other}": round(ratio(figures[one], figures[other], name), 4)
            for one, other in ((CAVECLIENT, OURS), (OURS, FLOOR))
            if one in figures and other in figures
            for name in ("wall", "cpu", "peak")
            if getattr(figures[one], name) and getattr(figures[other], name)
        },
        "wishes": [
            {"wish": one.wish, "found": one.found, "outcome": one.outcome, "met": one.met}
            for one in verdicts(result)
        ],
    }


def _figures(one: Figures) -> dict[str, Any]:
    asked = one.asked
    return {
        "wall": one.wall,
        "cpu": one.cpu,
        "peak": one.peak,
        "kept": one.kept,
        "requests": asked.requests if asked else None,
        "round_trips": asked.round_trips if asked else None,
    }


def as_text(record: Record) -> str:
    """Return the figures of a row and what came of its wishes, some lines each."""
    lines = [record["row"]]
    for label, one in record["figures"].items():
        low, high = spread(one["wall"])
        lines.append(
            f"  {label:12s} {_ms(one['wall'])} ms ({1e3 * low:.1f} to {1e3 * high:.1f},"
            f" {len(one['wall'])} runs)"
            f"   CPU {_ms(one['cpu'])} ms   peak {_mb(one['peak'])} MB"
            f"   {one['requests']} requests in {one['round_trips']} trips at first"
        )
    lines += [f"  {one['wish']}; {one['outcome']}" for one in record["wishes"]]
    return "\n".join(lines)


def _ms(seconds: list[float]) -> str:
    return f"{1e3 * median(seconds):9.1f}"


def _mb(values: list[float]) -> str:
    return f"{median(values):7.1f}" if values else "      –"


def spread(values: list[float]) -> tuple[float, float]:
    """Return between which values the middle half lies."""
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = quantiles(values, n=4, method="inclusive")
    return low, high


COLUMNS = (
    "row",
    "floor",
    "caveclient",
    "ours",
    "CPU",
    "peak MB",
    "faster",
    "of the floor",
    "wanted",
    "found",
)


def as_markdown(records: Iterable[Record]) -> str:
    """Return the table: milliseconds with the spread of the middle half, ratios, wishes.

    CPU and peak are those of caveclient and ours.
    """
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    return "\n".join([*lines, *map(_markdown_row, records)])


def _markdown_row(record: Record) -> str:
    figures, ratios = record["figures"], record["ratios"]
    both = [figures.get(who) for who in (CAVECLIENT, OURS)]
    cells = [
        record["row"],
        *(_time(figures.get(who)) for who in (FLOOR, CAVECLIENT, OURS)),
        _pair(both, "cpu", 1e3),
        _pair(both, "peak", 1),
        _ratio(ratios.get(f"wall {CAVECLIENT} / {OURS}")),
        _ratio(ratios.get(f"wall {OURS} / {FLOOR}")),
        "<br>".join(one["wish"] for one in record["wishes"]) or "–",
        "<br>".join(one["outcome"] for one in record["wishes"]) or "–",
    ]
    return "| " + " | ".join(cells) + " |"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def _time(one: Mapping[str, Any] | None) -> str:
    if one is None:
        return "–"
    low, high = spread(one["wall"])
    return f"{_short(1e3 * median(one['wall']))} ({_short(1e3 * low)}–{_short(1e3 * high)})"


def _pair(both: list[Any], name: str, scale: float) -> str:
    return " / ".join(_short(scale * median(one[name])) if one and one[name] else "–" for one in both)


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{short(value)}x"
