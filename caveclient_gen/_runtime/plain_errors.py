"""The errors that need nothing of `requests`; `errors` has the whole tree.

Apart, so that what is imported at the first line of a script does not load the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


def _rebuild(cls: type[CAVEError], args: tuple[Any, ...]) -> CAVEError:
    # Not through __init__: its keyword arguments come with the state, and subclasses may want others.
    error = cls.__new__(cls)
    error.args = args
    return error


@dataclass(frozen=True, slots=True)
class PartFailure:
    """Items of a call in several requests that have no answer, and why."""

    param: str
    """The argument that they are of: "root_ids", or "filter_in_dict['pt_root_id']"."""
    first: int
    """Position of the first of them. Of a filter's values, each counts once."""
    last: int
    """Position of the last."""
    items: Any
    """The items themselves."""
    error: CAVEError | None
    """What went wrong with their request; None if it was not sent, or not waited for, because of another."""


class CAVEError(Exception):
    """Base of every error this package raises.

    A call with a long list goes out as several requests. If one of them fails, the others are not lost:

    Attributes
    ----------
    partial : Any
        The answers of the requests that went well, put together in the order of the items. None if
        nothing came, or the call was one request.
    answered : Any
        The items that `partial` is about.
    failed : tuple of PartFailure
        The items that have no answer, and why: everything else in the list.
    """

    partial: Any = None
    answered: Any = None
    failed: tuple[PartFailure, ...] = ()

    def __init__(self, message: str = "") -> None:
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        # The state apart from what makes the copy: `failed` leads back to this very error.
        return _rebuild, (type(self), self.args), dict(self.__dict__)


class InvalidArgumentError(CAVEError, ValueError):
    """An argument cannot be used; nothing was sent."""


class InvalidIdError(InvalidArgumentError):
    """A value is not an exact 64-bit id; nothing was sent."""


class ServerIncompatibilityError(CAVEError):
    """The server's version, or the API version in use, cannot do what was asked; nothing was sent."""


class UnsupportedFeatureError(ServerIncompatibilityError):
    """What was asked for does not exist on this datastack or API version; nothing was sent."""


class AuthException(CAVEError):
    """The token is missing or not accepted."""


class GlobalClientError(CAVEError, AttributeError):
    """A client that was made without a datastack cannot do what was asked; `hasattr()` says so, too."""


class UnknownOutcomeError(CAVEError):
    """A write was sent once and its answer was lost: it may have happened or not.

    Attributes
    ----------
    check : str or None
        How to find out whether it happened.
    cause : Exception or None
        What went wrong with the answer.
    operation : str
        The write: "chunkedgraph.do_merge".
    """

    def __init__(
        self,
        message: str = "",
        *,
        check: str | None = None,
        cause: Exception | None = None,
        operation: str = "",
    ) -> None:
        super().__init__(message)
        self.check = check
        self.cause = cause
        self.operation = operation


class PartialUploadError(CAVEError):
    """An upload in several requests ended midway. Rows are counted from 0, in the order they were given.

    Attributes
    ----------
    uploaded : dict of int to int
        Rows that are in the table, with the ids that they have there.
    unknown : list of int
        Rows that were sent, and whose answer was lost: they may be in or not.
    pending : list of int
        Rows that are not in.
    cause : BaseException or None
        What ended the upload.
    """

    def __init__(
        self,
        message: str = "",
        *,
        uploaded: dict[int, int] | None = None,
        unknown: list[int] | None = None,
        pending: list[int] | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(message)
        self.uploaded = uploaded or {}
        self.unknown = unknown or []
        self.pending = pending or []
        self.cause: Any = cause


class UnknownUploadError(PartialUploadError, UnknownOutcomeError):
    """An upload ended midway, and of some of its rows it is not known whether they are in.

    It has the attributes of `PartialUploadError`, and those of `UnknownOutcomeError`: `check` says how to
    find out.
    """

    def __init__(
        self,
        message: str = "",
        *,
        check: str | None = None,
        operation: str = "",
        **rows: Any,
    ) -> None:
        PartialUploadError.__init__(self, message, **rows)
        self.check = check
        self.operation = operation


class TruncatedResultError(CAVEError):
    """The server cut the answer short: there is more than what came.

    Attributes
    ----------
    got : int or None
        Rows that came.
    limit : int or None
        Most rows that the server sends at once, if it says so.
    partial : Any
        What came, decoded.
    """

    def __init__(
        self, message: str = "", *, got: int | None = None, limit: int | None = None, partial: Any = None
    ) -> None:
        super().__init__(message)
        self.got = got
        self.limit = limit
        self.partial = partial


class NotReadyError(CAVEError):
    """The service took the request and has no result: it is being made, or making it failed."""


class DecodeError(CAVEError):
    """An answer came, but is not what the operation promises.

    Attributes
    ----------
    url, operation : str
        What was asked; the address is without secrets.
    """

    def __init__(self, message: str = "", *, url: str = "", operation: str = "") -> None:
        super().__init__(message)
        self.url = url
        self.operation = operation


class RedirectError(CAVEError):
    """The server sent the request elsewhere, to where it must not follow.

    Attributes
    ----------
    url, operation : str
        What was asked; the address is without secrets.
    location : str
        Where the server sent it.
    """

    def __init__(self, message: str = "", *, url: str = "", location: str = "", operation: str = "") -> None:
        super().__init__(message)
        self.url = url
        self.location = location
        self.operation = operation


def show_as_public(kinds: dict[str, Any]) -> None:
    """Make tracebacks name the module that people import from; many copy their `except` clause out of it.

    Parameters
    ----------
    kinds : dict
        Names and classes of a module: its `globals()`.
    """
    for kind in kinds.values():
        if isinstance(kind, type) and issubclass(kind, CAVEError):
            kind.__module__ = "caveclient_gen.errors"


show_as_public(globals())
PartFailure.__module__ = "caveclient_gen.errors"
