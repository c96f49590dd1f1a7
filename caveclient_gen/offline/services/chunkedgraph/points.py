"""Points of edits: `[node id, x, y, z]` in nm."""

from __future__ import annotations

from typing import Any

from caveclient_gen.offline.http.call import read_ids
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.engine import Point
from caveclient_gen.offline.segmentation.points import FARTHEST

__all__ = ["read_points", "read_sides"]

MOST_POINTS = 1000


def read_points(name: str, value: Any, *, exactly: int | None = None) -> list[Point]:
    """Read a list of points.

    Raises
    ------
    Refusal
        400: it is no such list, or has another number of points than `exactly`.
    """
    if not isinstance(value, list) or not value:
        raise Refusal(400, f"{name} must be a list of points: [[node id, x, y, z in nm], ...].")
    if exactly is not None and len(value) != exactly:
        raise Refusal(400, f"{name} must have {exactly} points, and has {len(value)}.")
    if len(value) > MOST_POINTS:
        raise Refusal(400, f"{name} must have at most {MOST_POINTS} points, and has {len(value)}.")
    return [_read_point(name, row) for row in value]


def read_sides(body: Any) -> tuple[list[Point], list[Point]]:
    """Read the points of a split: those that stay together on one side, and those on the other."""
    if not isinstance(body, dict) or not {"sources", "sinks"} <= set(body):
        raise Refusal(400, "The body must be an object with the lists of points sources and sinks.")
    return read_points("sources", body["sources"]), read_points("sinks", body["sinks"])


def _read_point(name: str, row: Any) -> Point:
    if not isinstance(row, list) or len(row) != 4:
        raise Refusal(400, f"A point of {name} must be [node id, x, y, z].")
    (node,) = read_ids(f"The node id of a point of {name}", row[:1]).tolist()
    x, y, z = (_coordinate(name, one) for one in row[1:])
    return Point(node, (x, y, z))


def _coordinate(name: str, value: Any) -> float:
    # Compared before it is converted: a whole number of hundreds of digits is no float at all.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < FARTHEST:
        raise Refusal(400, f"Coordinates of {name} must be numbers, in nm.")
    return float(value)
