"""A bar for calls that take a while because they go out as several requests.

It shows itself only to people: when standard error is a terminal or a notebook. Whoever wants it always or
never says so in the call (`progress=`), or once for the whole process (`set_session_defaults`).
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime import session_defaults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A call that is over at once would only make the screen flicker.
_DELAY = 0.5
_REDRAWN_AFTER = 0.1


@contextmanager
def bar(total: int, what: str, progress: bool | None) -> Iterator[Callable[[int], object]]:
    """
    Show how far something has come, if somebody watches.

    Parameters
    ----------
    total : int
        All there is to do.
    what : str
        What is counted: "root_ids".
    progress : bool or None
        Whether to show it; None leaves it to the process's default and, without one, to the output.

    Yields
    ------
    callable
        Takes how much more is done. Any thread may call it; after the end it does nothing.
    """
    if not _is_wanted(progress):
        yield _nothing
        return
    shown = _make(total, what, delay=0 if progress else _DELAY)
    lock = threading.Lock()

    def advance(count: int) -> None:
        with lock:
            shown.update(count)

    try:
        yield advance
    finally:
        with lock:
            shown.close()


def _nothing(count: int) -> None:
    """Show nothing."""


def _is_wanted(progress: bool | None) -> bool:
    wish = session_defaults.current().progress if progress is None else progress
    return bool(wish) if wish != "auto" else _in_notebook() or _in_terminal()


def _in_terminal() -> bool:
    # None where there is no console at all; what scripts put in its place may be closed,
    # or know only how to write.
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except (AttributeError, ValueError):
        return False


def _in_notebook() -> bool:
    # A shell that runs has imported IPython; importing it here would cost a second.
    module: Any = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def _make(total: int, what: str, *, delay: float) -> Any:
    kind: Any
    if _in_notebook() and find_spec("ipywidgets") is not None:
        from tqdm.auto import tqdm as kind
    else:
        from tqdm import tqdm as kind

    # Without a thread of its own that looks after bars which are not updated.
    quiet = type("Bar", (kind,), {"monitor_interval": 0})
    return quiet(
        total=total,
        unit=f" {what}",
        delay=delay,
        mininterval=_REDRAWN_AFTER,
        leave=False,
        miniters=1,
        file=sys.stderr,
        dynamic_ncols=True,
    )
