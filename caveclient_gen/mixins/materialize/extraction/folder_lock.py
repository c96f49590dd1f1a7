"""One process per folder: a lock that the system lets go with the process, however that ends."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from caveclient_gen._runtime.errors import CAVEError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = "_lock"

_held: set[str] = set()
_guard = threading.Lock()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """
    Hold a folder, against other processes and other threads of this one.

    Parameters
    ----------
    folder : Path
        The folder; it exists.

    Raises
    ------
    CAVEError
        Somebody else holds it.
    OSError
        The file of the lock cannot be written.
    """
    place = os.path.realpath(folder)
    with _guard:
        if place in _held:
            raise _busy(folder)
        _held.add(place)
    try:
        with (folder / LOCK).open("ab") as file:
            try:
                _take(file.fileno())
            except (BlockingIOError, PermissionError):
                raise _busy(folder) from None
            yield
    finally:
        with _guard:
            _held.discard(place)


def _busy(folder: Path) -> CAVEError:
    return CAVEError(f"Wait for the other extraction to {folder}, or choose another folder: it is under way.")


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        # The kind that forked processes do not inherit: workers may outlive who holds the folder.
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
