"""What a test asks to go wrong: refusals, delays, cut answers, dropped connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply

__all__ = ["Faults"]


class Faults:
    """Faults that are waiting to happen. Nothing is wrong unless somebody asks for it."""

    @property
    def row_cap(self) -> int | None:
        """Most rows of one query answer, if a test lowered it."""
        return None

    async def meet(self, service: str, operation: str) -> Reply | None:
        """Let happen what waits for a request: return its answer, delay it, or break its connection."""
        return None
