"""Folders that vanish: in which something is made before it is moved to its place, or served for a while.

Rule 1: a workplace vanishes with the block that works in it, whatever happens there.
Rule 2: of a process that was killed it stays, until the next one works at the same place and clears it away.
Rule 3: nothing else is ever removed: no folder of a process that lives, of another user, or
        without our mark.

The mark is a small database that whoever works there keeps locked: the system opens that lock when a process
ends, however it ends, and SQLite knows how to lock on every system.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["workplace"]

MARK = "offline-cave-is-working-here"
YOUNG = 60.0
"""Seconds in which a folder is left alone: its maker may be about to lock it."""


@contextmanager
def workplace(parent: Path, prefix: str) -> Iterator[Path]:
    """Make a folder that vanishes after the block; clear away what killed processes left of such.

    Parameters
    ----------
    parent : Path
        Where it is made: on the disk on which its contents shall be moved to their place.
    prefix : str
        How its name begins. Only folders that begin so are cleared away.
    """
    _clear_away(parent, prefix)
    with tempfile.TemporaryDirectory(dir=parent, prefix=prefix, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # Whoever ends a server may be another thread than who began it.
        with closing(sqlite3.connect(folder / MARK, isolation_level=None, check_same_thread=False)) as mark:
            mark.execute("BEGIN EXCLUSIVE")
            yield folder


def _clear_away(parent: Path, prefix: str) -> None:
    name = re.compile(re.escape(prefix) + r"[a-z0-9_]{8}")  # as `tempfile` makes them
    for folder in list(parent.iterdir()):
        if name.fullmatch(folder.name) and not folder.is_symlink() and _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Whether it is a workplace of this user, and nobody works there any more."""
    mark = folder / MARK
    try:
        facts = mark.lstat()
        is_ours = not hasattr(os, "getuid") or facts.st_uid == folder.lstat().st_uid == os.getuid()
        # Empty, as we make it: a database of somebody else is not even opened.
        if not stat.S_ISREG(facts.st_mode) or facts.st_size or not is_ours:
            return False
        if time.time() - facts.st_mtime < YOUNG:
            return False
        with closing(sqlite3.connect(mark, timeout=0, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
    except (OSError, sqlite3.Error):  # there is none, or it is locked
        return False
    return True
