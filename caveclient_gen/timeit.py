"""Wall-clock timing of a block, for a quick look at where the time goes.

>>> with MyTimeIt("roots", rows=10) as timer:
...     pass
>>> timer.seconds >= 0
True
"""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

logger = logging.getLogger(__name__)

# Per context, so that blocks in other threads do not indent each other's lines.
_depth: ContextVar[int] = ContextVar("timing_depth", default=0)


class MyTimeIt:
    """Time a `with` block and log how long it took, at level DEBUG; blocks inside it are indented.

    Parameters
    ----------
    message : str, optional
        What is timed.
    *args
        More words for the line.
    **kwargs
        More words for the line, like `rows=10`.

    Attributes
    ----------
    seconds : float
        How long the block took; 0 until it ends.
    """

    def __init__(self, message: str = "", *args: Any, **kwargs: Any) -> None:
        self.message = message
        self.seconds = 0.0
        self._words = [message, *map(str, args), *(f"{key}={value}" for key, value in kwargs.items())]
        self._start = 0.0

    def __enter__(self) -> MyTimeIt:
        _depth.set(_depth.get() + 1)
        self._start = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds = time.perf_counter() - self._start
        depth = _depth.get() - 1
        _depth.set(depth)
        logger.debug("%s%s: %.3f s", "  " * depth, " ".join(filter(None, self._words)), self.seconds)

    def __repr__(self) -> str:
        return f"MyTimeIt({self.message!r}, seconds={self.seconds:.3f})"
