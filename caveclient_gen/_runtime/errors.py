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

from typing import Any

import requests

from caveclient_gen._runtime.plain_errors import (
    AuthException as AuthException,
)
from caveclient_gen._runtime.plain_errors import (
    CAVEError as CAVEError,
)
from caveclient_gen._runtime.plain_errors import (
    DecodeError as DecodeError,
)
from caveclient_gen._runtime.plain_errors import (
    GlobalClientError as GlobalClientError,
)
from caveclient_gen._runtime.plain_errors import (
    InvalidArgumentError as InvalidArgumentError,
)
from caveclient_gen._runtime.plain_errors import (
    InvalidIdError as InvalidIdError,
)
from caveclient_gen._runtime.plain_errors import (
    NotReadyError as NotReadyError,
)
from caveclient_gen._runtime.plain_errors import (
    PartFailure as PartFailure,
)
from caveclient_gen._runtime.plain_errors import (
    PartialUploadError as PartialUploadError,
)
from caveclient_gen._runtime.plain_errors import (
    RedirectError as RedirectError,
)
from caveclient_gen._runtime.plain_errors import (
    ServerIncompatibilityError as ServerIncompatibilityError,
)
from caveclient_gen._runtime.plain_errors import (
    TruncatedResultError as TruncatedResultError,
)
from caveclient_gen._runtime.plain_errors import (
    UnknownOutcomeError as UnknownOutcomeError,
)
from caveclient_gen._runtime.plain_errors import (
    UnknownUploadError as UnknownUploadError,
)
from caveclient_gen._runtime.plain_errors import (
    UnsupportedFeatureError as UnsupportedFeatureError,
)
from caveclient_gen._runtime.plain_errors import (
    show_as_public,
)


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


show_as_public(globals())
