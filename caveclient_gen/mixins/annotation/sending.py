"""What a failed write of rows means: surely not taken, refused, or perhaps in the table."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from caveclient_gen._runtime.errors import (
    AuthError,
    CAVEError,
    HTTPStatusError,
    InvalidArgumentError,
    PartialUploadError,
    PermissionDeniedError,
    RateLimitError,
    RedirectError,
    RequestTimeoutError,
    ServerIncompatibilityError,
    ServiceConnectionError,
    UnknownOutcomeError,
    UnknownUploadError,
)
from caveclient_gen._runtime.progress import bar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

LONGEST_PAUSE = 30.0
SHORTEST_PATIENCE = 25.0
MOST_ROWS = 10_000
"""Most rows that servers take at once."""


def was_not_taken(error: BaseException) -> bool:
    """
    Tell whether the server surely did not look at a write, so that it can be sent again.

    The runtime makes an `UnknownOutcomeError` of every failure after which the server may have seen the
    write.
    What is left is a connection that was never made, and a server or proxy that says "not now".
    """
    if isinstance(error, UnknownOutcomeError):
        return False
    if isinstance(error, HTTPStatusError):
        return isinstance(error, RateLimitError) or error.status == 503
    return isinstance(error, (ServiceConnectionError, RequestTimeoutError))


def may_be_in(error: BaseException, *, update: bool) -> bool:
    """
    Tell whether rows may be in the table though the write failed.

    Inserting is one transaction; but after it the server starts a look-up, and a failure of that is a 500
    without a status of its own in the message. Updates are made row by row: whatever is refused, the rows
    before it are done.
    """
    if was_not_taken(error) or isinstance(
        error, (InvalidArgumentError, ServerIncompatibilityError, RedirectError)
    ):
        return False
    if isinstance(error, HTTPStatusError):
        if isinstance(error, (AuthError, PermissionDeniedError)):
            return False
        # The server passes a broken connection to its database on as a refusal; the commit may be through.
        is_refused = error.intended_status < 500 and "OperationalError" not in error.server_message
        return update or not is_refused
    return True  # a lost answer, one that makes no sense, an interrupt


def is_over(error: BaseException, seconds: float) -> bool:
    """
    Tell whether the server is surely done with a write that failed: it, or its proxy, said so.

    A proxy whose patience ended says 504, and some say 502; none has so little patience as half a minute.
    """
    cause = error.cause if isinstance(error, UnknownOutcomeError) else error
    if not isinstance(cause, HTTPStatusError) or cause.status == 504:
        return False
    return cause.status != 502 or seconds < SHORTEST_PATIENCE


def attempt(send: Callable[[], T], retries: int, has_come: Callable[[], bool]) -> T:
    """
    Send, and send again as long as the server did not take it.

    Parameters
    ----------
    send : callable
        Makes the request.
    retries : int
        How often it is sent again; 0 sends once.
    has_come : callable
        Tells whether the table looks as if the rows had come, though the answer was "not now": some proxies
        say so when a server broke off, too.

    Returns
    -------
    Any
        What `send` returns.
    """
    again = 0
    while True:
        try:
            return send()
        except CAVEError as error:
            if not was_not_taken(error):
                raise
            if again < retries:
                time.sleep(min(2.0**again, LONGEST_PAUSE))
            if isinstance(error, HTTPStatusError) and has_come():
                raise UnknownOutcomeError(
                    "Look into the table before you send these rows again: it has grown, though the server "
                    "said that it took nothing.",
                    cause=error,
                    operation=error.operation,
                ) from error
            if again == retries:
                raise
            again += 1


def partial_upload(
    error: BaseException,
    remedy: str,
    uploaded: dict[int, int],
    unknown: Sequence[int],
    pending: Sequence[int],
) -> CAVEError | None:
    """
    Return the error that says what became of all rows; None if nothing is in and nothing unknown.

    Parameters
    ----------
    error : Exception
        What ended the upload.
    remedy : str
        What to do: the first line.
    uploaded : dict of int to int
        Rows that are in, with their ids.
    unknown, pending : sequence of int
        Rows that may be in, and rows that are not.

    Returns
    -------
    PartialUploadError or None
        To raise from `error`.
    """
    if not uploaded and not unknown:
        return None
    found: dict[str, Any] = {"uploaded": uploaded, "unknown": list(unknown), "pending": list(pending)}
    counts = f"{len(uploaded)} rows are in, {len(unknown)} may be in or not{span(unknown)}"
    text = f"{remedy}\n{counts}, {len(pending)} are not.\nWhat ended it: {_reason(error)}"
    if not unknown:
        return PartialUploadError(text, cause=error, **found)
    check = getattr(error, "check", None)
    operation = getattr(error, "operation", "")
    return UnknownUploadError(text, check=check, operation=operation, cause=error, **found)


def _reason(error: BaseException) -> str:
    """Return what happened, without the remedy that the error has for a single request."""
    cause = error.cause if isinstance(error, UnknownOutcomeError) and error.cause else error
    if isinstance(cause, HTTPStatusError):
        meant = f", which means {cause.intended_status}" if cause.intended_status != cause.status else ""
        said = f": {cause.server_message}" if cause.server_message else "."
        return f"the server answered {cause.status}{meant}{said}"
    if isinstance(cause, ServiceConnectionError) and cause.reason:
        return f"the connection broke or could not be made ({cause.reason})."
    if isinstance(cause, RequestTimeoutError):
        return "no answer came in time."
    return str(cause).partition("\n")[0] or type(cause).__name__


def span(rows: Sequence[int]) -> str:
    """Return " (rows 3 to 7)"; nothing for no rows."""
    return f" (rows {rows[0]} to {rows[-1]})" if len(rows) else ""


def in_batches(
    send: Callable[[int, int], None],
    count: int,
    progress: bool | None,
    done: Callable[[], dict[int, int]],
    *,
    update: bool,
) -> None:
    """
    Send rows, one batch after another; writes are never parallel.

    Parameters
    ----------
    send : callable
        Sends the rows from one number to another.
    count : int
        All rows.
    progress : bool or None
        Whether to show a bar.
    done : callable
        Returns the rows that are in, with their ids.
    update : bool
        The rows replace others.

    Raises
    ------
    PartialUploadError
        A batch failed after others were sent. A single batch fails with the error itself.
    """
    if count <= MOST_ROWS:
        if count:
            _send_all(send, count, update=update)
        return
    with bar(count, "annotations", progress) as advance:
        for first in range(0, count, MOST_ROWS):
            last = min(first + MOST_ROWS, count)
            try:
                send(first, last)
            except Exception as error:  # whatever it is: the ids that came so far must not be lost
                raise _told(error, first, last, count, done(), update) from error
            except BaseException as error:  # an interrupt stays one, and says what was done by then
                ids = list(done().values())
                before = f" Those before are, with the ids {ids[0]} to {ids[-1]}." if ids else ""
                error.add_note(f"Rows {first} to {last - 1} may be in.{before}")
                raise
            advance(last - first)


def _send_all(send: Callable[[int, int], None], count: int, *, update: bool) -> None:
    try:
        send(0, count)
    except HTTPStatusError as error:
        if may_be_in(error, update=update):
            which = "those before the refused one" if update else "all of them, if what failed came after"
            error.add_note(f"Look before you send these rows again: the table may have {which}.")
        raise


def _told(
    error: Exception, first: int, last: int, count: int, done: dict[int, int], update: bool
) -> Exception:
    unsure = may_be_in(error, update=update)
    unknown = range(first, last) if unsure else range(0)
    pending = range(last if unsure else first, count)
    if unsure:
        remedy = (
            f"Find out whether rows {first} to {last - 1} are in before you send them again: their answer "
            "was lost, or came after the server had begun."
        )
    else:
        remedy = f"Send only the rows from {first} on again: those before are in."
    return partial_upload(error, remedy, done, unknown, pending) or error
