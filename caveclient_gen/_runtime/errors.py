"""Every error this package raises, in one tree.

    CAVEError
    ├─ InvalidArgumentError            a bad argument; nothing was sent (also ValueError)
    │   └─ InvalidIdError              a value that is not an exact 64-bit id
    ├─ ServerIncompatibilityError      the server or API version cannot do it
    │   └─ UnsupportedFeatureError     this datastack or API version lacks it
    ├─ HTTPStatusError                 the server refused (also requests.HTTPError)
    │   ├─ BadRequestError             400, 405, 409, 413, 422, ...
    │   ├─ AuthError                   401: the token is missing or not accepted (also AuthException)
    │   ├─ PermissionDeniedError       403
    │   │   └─ TermsNotAcceptedError   terms of service wait to be accepted
    │   ├─ NotFoundError               404
    │   │   └─ UnknownDatastackError   no datastack, aligned volume or table of that name
    │   ├─ ExpiredVersionError         410: a materialization that is gone
    │   ├─ RateLimitError              429
    │   └─ ServerError                 5xx
    │       └─ ServiceUnavailableError 502, 503, 504
    ├─ RequestTimeoutError             no answer in time (also requests.Timeout)
    ├─ ServiceConnectionError          no connection, or it broke (also requests.ConnectionError)
    ├─ UnknownOutcomeError             a write whose answer was lost: it may have happened
    ├─ PartialUploadError              some rows of an upload are in, others are not
    │   └─ UnknownUploadError          and of some it is not known (also UnknownOutcomeError)
    ├─ TruncatedResultError            the server cut the answer short
    ├─ NotReadyError                   the service has no result yet, or failed to make one
    ├─ DecodeError                     the answer is not what the operation promises
    ├─ RedirectError                   a redirect that must not be followed
    ├─ AuthException                   base of AuthError; the name older scripts catch
    └─ GlobalClientError               this needs a client with a datastack

The classes and their attributes are public API; the wording of their messages is not. The first line of
every message says what to do. All of them survive pickling with their attributes, because scripts run
clients in process pools.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests


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


class HTTPStatusError(CAVEError, requests.HTTPError):
    """A server refused a request.

    Attributes
    ----------
    status : int
        HTTP status as sent; 0 when nothing was sent.
    intended_status : int
        What the server meant: several answer 500 and name the true status in their text.
    url, method, operation : str
        What was asked. The address is without secrets; the operation reads "chunkedgraph.get_roots".
    server_message : str
        What the server says, in one line.
    request_id : str or None
        The server's name for this request, which its operators can look up.
    retry_after : float or None
        Seconds after which the server wants to be asked again.
    data : Any
        The parsed JSON body, with a traceback if the server sent one. None if the body is not JSON.
    response : requests.Response or None
        The answer in the form that scripts written for `requests` expect.
    """

    def __init__(
        self,
        message: str = "",
        *,
        status: int = 0,
        intended_status: int | None = None,
        url: str = "",
        method: str = "",
        operation: str = "",
        server_message: str = "",
        request_id: str | None = None,
        retry_after: float | None = None,
        data: Any = None,
        response: requests.Response | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.intended_status = status if intended_status is None else intended_status
        self.url = url
        self.method = method
        self.operation = operation
        self.server_message = server_message
        self.request_id = request_id
        self.retry_after = retry_after
        self.data = data
        # requests declares both as never None, but makes them None itself when they are not given.
        self.response: Any = response
        self.request: Any = None if response is None else response.request


class BadRequestError(HTTPStatusError):
    """The server cannot do this request as it stands: an argument is wrong."""


class AuthError(HTTPStatusError, AuthException):
    """The token is missing, malformed, expired or unknown."""


class PermissionDeniedError(HTTPStatusError):
    """The token is good, but its user may not do this."""


class TermsNotAcceptedError(PermissionDeniedError):
    """The user has not yet accepted the terms of service of this dataset.

    Attributes
    ----------
    tos_url : str or None
        Page on which to accept them.
    tos_name : str or None
        Their name.
    tos_id : int or None
        Their id on the auth server.
    """

    def __init__(
        self,
        message: str = "",
        *,
        tos_url: str | None = None,
        tos_name: str | None = None,
        tos_id: int | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message, **facts)
        self.tos_url = tos_url
        self.tos_name = tos_name
        self.tos_id = tos_id


class NotFoundError(HTTPStatusError):
    """The server has nothing of that name, id or version."""


class UnknownDatastackError(NotFoundError):
    """The server knows no datastack, aligned volume or segmentation table of that name.

    Attributes
    ----------
    name : str or None
        The name that was asked for.
    namespace : str or None
        What kind of name: "datastack", "aligned_volume" or "pychunkedgraph".
    """

    def __init__(
        self, message: str = "", *, name: str | None = None, namespace: str | None = None, **facts: Any
    ) -> None:
        super().__init__(message, **facts)
        self.name = name
        self.namespace = namespace


class ExpiredVersionError(HTTPStatusError):
    """The materialization version existed, but has been removed."""


class RateLimitError(HTTPStatusError):
    """Too many requests in a short time; `retry_after` says how long to wait, if the server does."""


class ServerError(HTTPStatusError):
    """The server failed while working on the request."""


class ServiceUnavailableError(ServerError):
    """The service is down, restarting or overloaded."""


class RequestTimeoutError(CAVEError, requests.Timeout):
    """No answer came in time.

    Attributes
    ----------
    phase : str
        "connect": nothing was sent. "send": the server stopped taking the request midway. "read": the request
        was sent, its answer stayed away or stopped midway.
    seconds : float or None
        How long was waited.
    url, operation : str
        What was asked; the address is without secrets.
    """

    def __init__(
        self,
        message: str = "",
        *,
        phase: str = "read",
        seconds: float | None = None,
        url: str = "",
        operation: str = "",
    ) -> None:
        super().__init__(message)
        self.phase = phase
        self.seconds = seconds
        self.url = url
        self.operation = operation


class ServiceConnectionError(CAVEError, requests.ConnectionError):
    """The service could not be reached, or the connection broke.

    Attributes
    ----------
    reason : str
        What the network layer says.
    url, operation : str
        What was asked; the address is without secrets.
    """

    def __init__(self, message: str = "", *, reason: str = "", url: str = "", operation: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.url = url
        self.operation = operation


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


def _show_as_public() -> None:
    # A traceback names the module that people import from; many copy their `except` clause out of it.
    for kind in globals().values():
        if isinstance(kind, type) and issubclass(kind, CAVEError):
            kind.__module__ = "caveclient_gen.errors"
    PartFailure.__module__ = "caveclient_gen.errors"


_show_as_public()
