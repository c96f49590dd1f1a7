"""Libraries that an answer will need, imported while a query is under way.

pandas and pyarrow take half a second to load, about as long as the first requests of a script take to be
answered. So they are loaded in a thread of their own while the call waits, and only then: importing this
package loads none of them, and neither does making a client.

Rules
-----
1. The thread ends before the call that began it does, so it meets neither the end of the interpreter nor what
   the script does next. Only an interrupt is not kept waiting.
2. A fork waits for it: a lock of an import that is under way would stay locked in the child for ever.
3. What goes wrong is not told here. The import that is written where the library is used fails in the same
   way, in the caller's thread.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAMES = ("pyarrow", "pandas")
"""What a frame is made with."""

_LONGEST = 60.0
"""Seconds that anybody waits; an import that takes longer has come to a halt."""

_lock = threading.RLock()  # reentrant: a signal's handler may fork while it is held
_loading: threading.Thread | None = None


@contextmanager
def loading(modules: tuple[str, ...]) -> Iterator[None]:
    """Load modules while the block runs. It ends when they are loaded, or failed to load.

    Parameters
    ----------
    modules : tuple of str
        Their names. Nothing happens if all are loaded.
    """
    thread = _begin(modules)
    try:
        yield
    except Exception:  # whatever the call ends with; but an interrupt is not kept waiting, see rule 1
        _wait_for(thread)
        raise
    _wait_for(thread)


def _begin(modules: tuple[str, ...]) -> threading.Thread | None:
    global _loading
    if all(name in sys.modules for name in modules):
        return None
    with _lock:
        if _loading is None or not _loading.is_alive():
            thread = threading.Thread(target=_load, args=(modules,), name="cave-loading")
            try:
                thread.start()
            except RuntimeError:  # the interpreter is ending, or there are too many threads
                return None
            _loading = thread
        return _loading


def _load(modules: tuple[str, ...]) -> None:
    for name in modules:
        try:
            importlib.import_module(name)
        except BaseException:  # noqa: S112  nothing is lost: the caller's own import fails alike, see rule 3
            continue


def _wait_for(thread: threading.Thread | None) -> None:
    if thread is not None and thread is not threading.current_thread():
        thread.join(_LONGEST)


def _wait_before_fork() -> None:
    _lock.acquire()  # none begins now: a child would find this lock held for ever, or that of an import
    _wait_for(_loading)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_wait_before_fork, after_in_parent=_lock.release, after_in_child=_lock.release)
