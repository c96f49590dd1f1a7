"""Answers that outlive the process, in a folder that the user names; without one there are none.

The descriptor says which answers may (`lasting`) and for how long: those that cannot change, as what is known
of the tables of a frozen version, or whose old form harms nobody. One small JSON file each.

Rules
-----
1. What was answered to one token is given to that token only: its fingerprint is a part of the key. Neither
   the token nor anything else that is secret is in a file or its name.
2. Files are written and read by their owner alone. What anybody else could have written is not read: the
   record of a datastack says where the token goes. Nor is anything written in a folder where others may
   write: one of them could have put a link there, to a file of ours that would be replaced.
3. A file is written beside its place and moved there, so processes that write at once do not meet. One that
   is damaged, too old or of another question counts as none, and is written anew.
4. A folder that cannot be read or written costs nothing but the time that it would have saved.
5. At most `MOST` files; beyond that the oldest go. Files of other names are never touched.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from caveclient_gen._runtime.private_files import DamagedFileError, expand, read_object, write_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from caveclient_gen._runtime.credentials import TokenProvider

logger = logging.getLogger(__name__)

MOST = 500
LARGEST = 4_000_000
"""Bytes; a larger answer is not kept."""
NOTHING: Final = object()
"""What `get` returns when nothing is kept; None may be an answer."""

_LARGEST_FILE = 8 * LARGEST
"""Files are indented, which makes one of short items a few times as long."""
_FORMAT = 1
_PREFIX, _SUFFIX = "cave-answer-", ".json"

_anew: ContextVar[bool] = ContextVar("cave_anew", default=False)


@contextmanager
def anew() -> Iterator[None]:
    """Let calls in this block ask the server, whatever is kept in memory or in a folder."""
    token = _anew.set(True)
    try:
        yield
    finally:
        _anew.reset(token)


def is_anew() -> bool:
    """Whether kept answers are to be passed over."""
    return _anew.get()


class LastingAnswers:
    """The answers in one folder; may be shared between threads and pickled.

    Parameters
    ----------
    folder : str or Path
        Where they lie; made when the first is kept.
    provider : TokenProvider
        Whose answers these are: those of its token as of now.
    clock : callable
        Seconds since 1970.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        provider: TokenProvider,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder = expand(folder)
        self._provider = provider
        self._clock = clock

    def get(self, question: Mapping[str, Any]) -> Any:
        """Return the answer to a question, or NOTHING.

        Parameters
        ----------
        question : mapping
            What tells it apart: server, API, operation, arguments. Whatever JSON can hold.
        """
        if is_anew() or (key := self._key(question)) is None:
            return NOTHING
        try:
            path = self._path(key)
            content = read_object(path) if _is_readable(path) else None
        except (OSError, DamagedFileError):
            return NOTHING
        if content is None or content.get("key") != key or not isinstance(content.get("until"), (int, float)):
            return NOTHING
        return content.get("answer", NOTHING) if self._clock() < content["until"] else NOTHING

    def put(self, question: Mapping[str, Any], answer: Any, seconds: float) -> None:
        """Keep an answer for so many seconds, if it can be kept."""
        if (key := self._key(question)) is None or not self._is_writable():
            return
        content = {"key": key, "until": self._clock() + seconds, "answer": answer}
        try:
            if not _is_kept_whole(content):
                return
            path = self._path(key)
            if path.is_symlink():  # from when others might write here: what it leads to is no answer of ours
                path.unlink()
            write_object(path, content)
            self._bound()
        except (OSError, TypeError, ValueError) as error:
            logger.info("%s keeps no answers: %s", self.folder, type(error).__name__)

    def _is_writable(self) -> bool:
        try:
            is_ours = _is_ours_alone(self.folder.stat())
        except FileNotFoundError:
            return True  # made with the first file, for the owner alone
        except OSError:
            return False
        if not is_ours:
            logger.info("%s keeps no answers: others may write there", self.folder)
        return is_ours

    def _key(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the question with who asks it, as JSON has it; None if that cannot be told."""
        from caveclient_gen._runtime.errors import CAVEError

        try:
            token = self._provider.token
            whole = {"format": _FORMAT, "identity": _fingerprint(token), **question}
            key: dict[str, Any] = json.loads(json.dumps(whole))
        except (CAVEError, TypeError, ValueError):
            return None
        return key

    def _path(self, key: Mapping[str, Any]) -> Path:
        text = json.dumps(key, sort_keys=True)
        return self.folder / f"{_PREFIX}{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}{_SUFFIX}"

    def _bound(self) -> None:
        files = kept_files(self.folder)
        if len(files) <= MOST:
            return
        # Another process may be at the same.
        with suppress(OSError):
            for path in sorted(files, key=lambda path: path.stat().st_mtime)[: len(files) - MOST]:
                path.unlink(missing_ok=True)

    def __repr__(self) -> str:
        return f"LastingAnswers({str(self.folder)!r})"


def _is_kept_whole(content: Mapping[str, Any]) -> bool:
    """Whether it comes back the same: keys of JSON objects are texts, and there are no tuples."""
    text = json.dumps(content)
    return len(text) <= LARGEST and bool(json.loads(text) == content)


def kept_files(folder: Path) -> list[Path]:
    """Return the files of kept answers in a folder; others do not count."""
    return list(folder.glob(f"{_PREFIX}*{_SUFFIX}"))


def _fingerprint(token: str | None) -> str | None:
    # A token is 128 random bits: nobody finds it by its fingerprint.
    return None if token is None else hashlib.blake2b(token.encode(), digest_size=16).hexdigest()


def _is_readable(path: Path) -> bool:
    """Whether nobody else can have written a file, and it can be one of ours."""
    found = path.stat()
    is_plain = stat.S_ISREG(found.st_mode) and found.st_size <= _LARGEST_FILE
    return is_plain and _is_ours_alone(found) and _is_ours_alone(path.parent.stat())


def _is_ours_alone(found: os.stat_result) -> bool:
    """Whether a file or folder belongs to us, and only we may write there."""
    if not hasattr(os, "geteuid"):  # Windows, where folders of users are private
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
