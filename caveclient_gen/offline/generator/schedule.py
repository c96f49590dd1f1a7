"""When things happen in a generated dataset, counted from its base moment.

The base is fixed unless somebody gives another one, so that a seed always makes the same dataset. All of its
history is in the past. The first version has expired by its end, the others have not for years.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["ANNOTATED", "BASE", "END", "EXPIRIES", "HISTORY", "OVER", "VERSIONS"]

BASE = datetime(2024, 1, 1, tzinfo=UTC)
"""When the segmentation was ingested."""

ANNOTATED = timedelta(days=2)
"""When the first annotations were made."""
VERSIONS = (timedelta(days=60), timedelta(days=150), timedelta(days=270))
"""What the versions 1, 2 and 3 are pictures of."""
EXPIRIES = (timedelta(days=240), timedelta(days=365 * 30), timedelta(days=365 * 30 + 120))
END = timedelta(days=345)
"""When the last mistake may happen; it is undone within two weeks."""
OVER = timedelta(days=361)
"""When nothing happens any more."""

HISTORY = (0.25, 0.30, 0.30, 0.15)
"""Which part of the edits happens before, between and after the versions."""
