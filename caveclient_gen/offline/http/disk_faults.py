"""What a disk can do to a request: be full, be read-only, be held by another process."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["disk_faults"]

FULL = "Make room and ask again: the disk with the dataset is full. Nothing was changed."
READ_ONLY = "Let the folder of the dataset be written: it is read-only. Nothing was changed."
BUSY = "Ask again: another process is changing the dataset. Nothing was changed."

OF_SQLITE = {
    sqlite3.SQLITE_FULL: (507, FULL),
    sqlite3.SQLITE_READONLY: (403, READ_ONLY),
    sqlite3.SQLITE_BUSY: (503, BUSY),
}
OF_FILES = {
    errno.ENOSPC: (507, FULL),
    errno.EDQUOT: (507, FULL),
    errno.EFBIG: (507, FULL),
    errno.EROFS: (403, READ_ONLY),
    errno.EACCES: (403, READ_ONLY),
}
FILE_TOO_LONG = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE)
"""How SQLite names a file that may not become longer."""


@contextmanager
def disk_faults() -> Iterator[None]:
    """Refuse, in words that say what to do, what a disk refused.

    Each change is one transaction, which such a fault rolls back: "nothing was changed" is true.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        found = (507, FULL) if code in FILE_TOO_LONG else OF_SQLITE.get(code & 0xFF)
        if found is None:
            raise
        raise Refusal(*found) from error
    except OSError as error:
        if error.errno not in OF_FILES:
            raise
        raise Refusal(*OF_FILES[error.errno]) from error
