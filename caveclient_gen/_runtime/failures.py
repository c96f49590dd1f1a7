"""What went wrong when no whole answer came, and whether the server may have seen the request.

For a write this second question is the one that matters: a connection that was never made is a plain
failure, a connection that broke afterwards leaves the outcome unknown. Where the network layer does not
say, "it may have been sent" is assumed.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import requests
from urllib3 import exceptions as network

from caveclient_gen._runtime.errors import (
    CAVEError,
    DecodeError,
    InvalidArgumentError,
    RequestTimeoutError,
    ServiceConnectionError,
)
from caveclient_gen._runtime.request import Request, scrub, without_secrets


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that brought no answer."""

    error: CAVEError
    sent: bool
    """The server may have seen the request."""
    again: bool
    """A second attempt may well succeed."""


def failure_of(error: Exception, request: Request, url: str) -> Failure:
    """Return what an exception of the network layer means.

    Parameters
    ----------
    error : Exception
        From `requests` or `urllib3`.
    request : Request
        What was being sent.
    url : str
        Where to, after redirects.

    Returns
    -------
    Failure
        The error to raise, and what is known of the request's fate.
    """
    if isinstance(error, ValueError) and isinstance(error, requests.RequestException | network.HTTPError):
        return Failure(_unsendable(error, request, url), sent=False, again=False)
    root = _root(error)
    if isinstance(root, network.NewConnectionError):
        return Failure(_unreachable(root, request, url), sent=False, again=True)
    if isinstance(root, network.ConnectTimeoutError):
        return Failure(_timeout("connect", request, url), sent=False, again=True)
    # A silent server stays silent under the same request: see the theory in `retry`.
    if _holds(root, TimeoutError) and isinstance(root, network.ProtocolError):
        return Failure(_timeout("send", request, url), sent=True, again=False)
    if isinstance(root, network.ReadTimeoutError):
        return Failure(_timeout("read", request, url), sent=True, again=False)
    if isinstance(root, network.ProxyError):
        return Failure(
            _unreachable(root, request, url, "Check HTTP_PROXY and HTTPS_PROXY"), sent=False, again=True
        )
    if _holds(root, ssl.SSLCertVerificationError):
        remedy = "Name the right certificates in REQUESTS_CA_BUNDLE or verify="
        return Failure(_unreachable(root, request, url, remedy), sent=False, again=False)
    if isinstance(root, network.DecodeError):
        return Failure(_unreadable(request, url), sent=True, again=False)
    return Failure(_broken(root, request, url), sent=True, again=True)


def _root(error: BaseException) -> BaseException:
    """Return what is under the wrappings of `requests` and of retry counting."""
    for _ in range(5):
        if isinstance(error, network.MaxRetryError) and error.reason is not None:
            error = error.reason
        elif isinstance(error, requests.RequestException) and error.args:
            inner = error.args[0]
            if not isinstance(inner, BaseException):
                break
            error = inner
        else:
            break
    return error


def _chain(error: BaseException) -> list[BaseException]:
    """Return an exception and those it holds or was raised from, outermost first."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 20:
        item = waiting.pop(0)
        if isinstance(item, BaseException) and item not in found:
            found.append(item)
            waiting += [*item.args, item.__cause__, item.__context__]
    return found


def _holds(error: BaseException, kind: type[BaseException]) -> bool:
    return any(isinstance(item, kind) for item in _chain(error))


def _reason(error: BaseException) -> str:
    """Return the operating system's words, which hold no address, or else the innermost text."""
    chain = _chain(error)
    for item in chain:
        if isinstance(item, OSError) and item.strerror:
            return item.strerror
    # The texts of urllib3 quote the path, and with it what may be secret; so only those of others.
    texts = [str(item) for item in chain if str(item) and not isinstance(item, network.HTTPError)]
    return scrub(texts[0])[:200] if texts else type(error).__name__


def _host(url: str) -> str:
    return without_secrets(url).partition("://")[2].partition("/")[0].partition("?")[0] or "the server"


def _asked(request: Request) -> str:
    return f"{request.operation or 'request'}: {request.method} {request.shown_url}"


def _unsendable(error: Exception, request: Request, url: str) -> InvalidArgumentError:
    if isinstance(error, requests.exceptions.InvalidHeader):
        first = "Take line breaks and blanks at the ends out of the header values."
    elif isinstance(error, requests.exceptions.InvalidProxyURL):
        first = "Correct the proxy's address in HTTP_PROXY or HTTPS_PROXY."
    else:
        first = f"Give the server address as https://host: {without_secrets(url)!r} is none."
    return InvalidArgumentError(f"{first}\n{_asked(request)}")


def _timeout(phase: str, request: Request, url: str) -> RequestTimeoutError:
    # While sending, urllib3 allows each block as long as it allows a connection.
    seconds = request.read_timeout if phase == "read" else request.connect_timeout
    first = {
        "connect": f"Check the network and the server address: {_host(url)} took no connection",
        "send": f"Check the network: {_host(url)} stopped taking the request",
        "read": f"Ask for less at once, or allow more time: {_host(url)} was silent",
    }[phase]
    return RequestTimeoutError(
        f"{first} for {seconds:g} s.\n{_asked(request)}",
        phase=phase,
        seconds=seconds,
        url=request.shown_url,
        operation=request.operation,
    )


def _unreachable(
    error: BaseException,
    request: Request,
    url: str,
    remedy: str = "Check the network and the server address",
) -> ServiceConnectionError:
    reason = _reason(error)
    return ServiceConnectionError(
        f"{remedy}: no connection to {_host(url)} ({reason}). Nothing was sent.\n{_asked(request)}",
        reason=reason,
        url=request.shown_url,
        operation=request.operation,
    )


def _broken(error: BaseException, request: Request, url: str) -> ServiceConnectionError:
    reason = _reason(error)
    return ServiceConnectionError(
        f"Try again: the connection to {_host(url)} broke before the whole answer came ({reason}).\n"
        f"{_asked(request)}",
        reason=reason,
        url=request.shown_url,
        operation=request.operation,
    )


def _unreadable(request: Request, url: str) -> DecodeError:
    return DecodeError(
        f"Report this to the maintainers of {_host(url)}: the answer is not compressed as its header says.\n"
        f"{_asked(request)}",
        url=request.shown_url,
        operation=request.operation,
    )
