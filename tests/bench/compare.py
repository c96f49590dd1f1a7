"""Two revisions of ours on the same rows, in turns."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from race import Entrant, race
from report import spread
from row import OURS, Row

SAME = 1.05
"""Up to so many times is no difference: two runs of one revision differ as much."""


@contextmanager
def checked_out(root: Path, revision: str) -> Iterator[tuple[Entrant, Entrant]]:
    """Put the files of a revision into a folder; give it and the working tree as entrants."""
    made = subprocess.run(["git", "archive", revision], cwd=root, capture_output=True)
    if made.returncode:
        raise SystemExit(f"Name a revision that git knows: {made.stderr.decode().strip()}")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Entrant(revision, OURS, Path(folder)), Entrant("this", OURS, root)


def compared(row: Row, entrants: Sequence[Entrant], rounds: int, seconds: float, weighings: int) -> str:
    """Return in words how a row's cost differs between the two."""
    result = race(row, entrants, rounds, seconds, weighings)
    (old, before), (new, after) = result.figures.items()
    lines = [row.name]
    for name, scale, unit in (("wall", 1e3, "ms"), ("cpu", 1e3, "ms"), ("peak", 1, "MB")):
        one, other = getattr(before, name), getattr(after, name)
        if not (one and other):
            continue  # memory, where it cannot be measured
        ratios = [b / a for a, b in zip(one, other, strict=True) if a]
        low, high = spread(ratios) if ratios else (1.0, 1.0)
        lines.append(
            f"  {name:5s} {old} {scale * median(one):9.1f} {unit}   {new} {scale * median(other):9.1f} {unit}"
            f"   {median(ratios or [1.0]):5.2f}x ({low:.2f} to {high:.2f})   {_in_words(low, high)}"
        )
    if before.asked and after.asked and before.asked.requests != after.asked.requests:
        lines.append(f"  requests at first: {before.asked.requests}, now {after.asked.requests}")
    return "\n".join(lines)


def _in_words(low: float, high: float) -> str:
    if low > SAME:
        return "MORE than before"
    return "less than before" if high < 1 / SAME else "as before"
