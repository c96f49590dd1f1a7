"""A progress bar for calls that go out as several requests."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bar(total: int, what: str, progress: bool | None) -> Iterator[Callable[[int], object]]:
    """Show a bar, and hand out what moves it on; None shows it where a person can see it."""
    from tqdm.auto import tqdm

    hidden = not (sys.stderr.isatty() if progress is None else progress)
    with tqdm(total=total, unit=what, disable=hidden) as shown:
        yield shown.update
