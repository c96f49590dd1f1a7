"""The results in docs/performance.md: what stands between its markers is written from build/bench/."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from report import as_markdown

PAGE = "performance.md"
PICTURES = {"table.svg": "performance-table.svg", "scale.svg": "performance-scale.svg"}


def write_page(build: Path, docs: Path) -> None:
    """Write what was measured last into the page; parts that were not measured stay as they are.

    Parameters
    ----------
    build : pathlib.Path
        Where the results are.
    docs : pathlib.Path
        Where the page is.
    """
    page = docs / PAGE
    text = page.read_text()
    for name, write in PARTS.items():
        source, _, part = name.partition(" ")
        if (build / f"{source}.json").exists():
            text = _put(text, part, write(json.loads((build / f"{source}.json").read_text())))
    page.write_text(text)
    for source, target in PICTURES.items():
        if (build / source).exists():
            shutil.copyfile(build / source, docs / target)


def _put(text: str, part: str, content: str) -> str:
    begin, end = f"<!-- {part} -->", f"<!-- end of {part} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise SystemExit(f"Put {begin} and {end} into docs/{PAGE}, once each.")
    return re.sub(
        f"{re.escape(begin)}.*{re.escape(end)}", lambda _: f"{begin}\n{content}\n{end}", text, flags=re.DOTALL
    )


def _machine(results: Any) -> str:
    facts = (f"| {name} | {value} |" for name, value in results["machine"].items())
    return "\n".join(["| | |", "|---|---|", *facts])


def _table(results: Any) -> str:
    return as_markdown(results["rows"])


def _summary(results: Any) -> str:
    wishes = [(record["row"], one) for record in results["rows"] for one in record["wishes"]]
    missed = [(row, one) for row, one in wishes if not one["met"]]
    lines = [f"{len(wishes) - len(missed)} of {len(wishes)} wishes are met."]
    if missed:
        lines[0] += " Not met ([why](#what-falls-short-and-why)):"
        lines += ["", *(f"- {row}: {one['wish']}; {one['outcome']}." for row, one in missed)]
    return "\n".join(lines)


def _floors(results: Any) -> str:
    return "\n".join(f"- **{record['row']}**: {record['floor']}" for record in results["rows"])


def _differences(results: Any) -> str:
    told = {record["row"]: record["differs"] for record in results["rows"] if record["differs"]}
    return "\n".join(f"- **{row}**: {differs}" for row, differs in told.items()) or "None."


def _curves(curves: Any) -> str:
    lines = [
        "| what grows | smallest | largest | peak memory, MB | exponent of CPU time at the end |",
        "|---|---|---|---|---|",
    ]
    for curve in curves:
        first, last = curve["points"][0], curve["points"][-1]
        ends = " | ".join(f"{one['size']:,}: {_seconds(one['wall'])}" for one in (first, last))
        peaks = (first["peak"], last["peak"])
        memory = "–" if None in peaks else " to ".join(f"{peak:,.0f}" for peak in peaks)
        lines.append(f"| {curve['curve']} | {ends} | {memory} | {curve['exponent']:.2f} |")
    return "\n".join(lines)


def _seconds(value: float) -> str:
    return f"{value:.3g} s" if value >= 1 else f"{1e3 * value:.3g} ms"


def _instructions(counts: Any) -> str:
    lines = ["| path | million instructions |", "|---|---|"]
    return "\n".join([*lines, *(f"| {path} | {count['this']:.2f} |" for path, count in counts.items())])


PARTS = {
    "results machine": _machine,
    "results summary": _summary,
    "results table": _table,
    "results floors": _floors,
    "results differences": _differences,
    "scale curves": _curves,
    "instructions instructions": _instructions,
}
"""The file that a part is made of, and the name of the part."""
