"""Version ranges in words: `("<3,>=2.18.0", ">=3.0.5")` is "from 2.18.0, below 3; or from 3.0.5"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOUNDS = {
    ">=": "from {}",
    ">": "after {}",
    "==": "only {}",
    "~=": "from {} in the same line",
    "!=": "not {}",
    "<=": "up to {}",
    "<": "below {}",
}
"""How each bound reads, in the order in which they are told."""


def range_in_words(ranges: Sequence[str]) -> str:
    """Tell which versions are meant; any version when there is no range."""
    return "; or ".join(map(_branch, ranges))


def _branch(written: str) -> str:
    bounds = [re.match(r"\s*([<>=!~]=?)\s*(.+?)\s*$", bound) for bound in written.split(",")]
    order = list(_BOUNDS)
    told = sorted((order.index(found[1]), _BOUNDS[found[1]].format(found[2])) for found in bounds if found)
    return ", ".join(words for _, words in told)
