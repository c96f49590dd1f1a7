"""Where a redirect may lead, and what goes along: one pure function.

Rules
-----
1. A redirect to a login page means that the token was not accepted.
2. A write is never redirected: it may have been carried out already, or the next server may do it twice.
3. Never from https to http, never to anything but http and https, never more than five in a row.
4. The token goes along to the same origin and from http to https of the same host. A chain that has left
   the origin stays without token, even if it comes back.
5. To another host goes a plain GET at most: no body, no headers but those about the answer's form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urljoin, urlsplit

from caveclient_gen._runtime.credentials import Origin, origin_of, upgraded
from caveclient_gen._runtime.errors import AuthError, RedirectError
from caveclient_gen._runtime.request import Request, Response, scrub, without_secrets
from caveclient_gen._runtime.server_errors import LOGIN_ELSEWHERE

MAX_REDIRECTS = 5
_STATUSES = frozenset({301, 302, 303, 307, 308})
_LOGIN_PATHS = ("/authorize", "/oauth2/auth", "/oauth2/v2/auth")
_ABOUT_THE_ANSWER = frozenset({"accept", "accept-encoding"})
_ABOUT_THE_BODY = frozenset({"content-type", "content-encoding"})


@dataclass(frozen=True, slots=True)
class Hop:
    """One station of a request: what is sent where."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    with_token: bool


def first_hop(request: Request) -> Hop:
    """Return the station that the request itself names."""
    return Hop(request.method, request.full_url, request.headers, request.body, request.auth)


def next_hop(request: Request, hop: Hop, response: Response) -> Hop | None:
    """Return the station to which an answer redirects; None if the answer is the final one.

    Parameters
    ----------
    request : Request
        What is being sent.
    hop : Hop
        The station that gave the answer.
    response : Response
        Its answer.

    Returns
    -------
    Hop or None
        Where to go on.

    Raises
    ------
    AuthError
        It leads to a login page.
    RedirectError
        It must not be followed.
    """
    location = next(iter(response.headers.get_all("Location")), None)
    if response.status not in _STATUSES or location is None:
        return None
    target = _target(request, hop, location)
    if urlsplit(target).path.rstrip("/").endswith(_LOGIN_PATHS):
        raise _login_error(request, response)
    if not request.safe:
        raise _write_error(request, target)
    here, there = origin_of(hop.url), origin_of(target)
    if there is None or here is None or (here[0], there[0]) == ("https", "http"):
        raise _error(
            request, target, "Use an address that needs no such redirect", "http(s) goes to http(s) only"
        )
    if response.status == 303 and hop.method != "HEAD":
        hop = replace(hop, method="GET", body=None, headers=_without(hop.headers, _ABOUT_THE_BODY))
    if there in (here, upgraded(here)):
        return replace(hop, url=target)
    return _abroad(request, hop, target)


def too_many(request: Request, last: str) -> RedirectError:
    """Return the error for a chain that does not end."""
    return _error(request, last, "Check the server address", f"more than {MAX_REDIRECTS} redirects in a row")


def _target(request: Request, hop: Hop, location: str) -> str:
    try:
        target = urldefrag(urljoin(hop.url, location)).url
        urlsplit(target)
    except ValueError:
        raise _error(request, "an unreadable address", "Check the server address", "it is no URL") from None
    return target


def _abroad(request: Request, hop: Hop, target: str) -> Hop:
    if hop.body is not None or hop.method not in ("GET", "HEAD"):
        raise _error(
            request,
            target,
            f"Set the server address to {_show_origin(origin_of(target))} if that is the right one",
            "data goes to no host that was not asked",
        )
    kept = tuple(pair for pair in hop.headers if pair[0].lower() in _ABOUT_THE_ANSWER)
    return replace(hop, url=target, headers=kept, with_token=False)


def _without(headers: tuple[tuple[str, str], ...], names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in headers if pair[0].lower() not in names)


def _show_origin(origin: Origin | None) -> str:
    return f"{origin[0]}://{origin[1]}:{origin[2]}" if origin else "another one"


def _login_error(request: Request, response: Response) -> AuthError:
    first = "Get a token with client.auth.setup_token(), or put one into CAVE_TOKEN: the server wants a login"
    if not request.auth:
        first = LOGIN_ELSEWHERE.format(host=urlsplit(request.shown_url).netloc)
    return AuthError(
        f"{first}.\n"
        f"{request.operation or 'request'}: {request.method} {request.shown_url} "
        f"answered {response.status} with its login page",
        status=response.status,
        intended_status=401,
        url=request.shown_url,
        method=request.method,
        operation=request.operation,
    )


def _write_error(request: Request, target: str) -> RedirectError:
    check = f" {request.check}" if request.check else ""
    return _error(
        request,
        target,
        f"Set the server address to {_show_origin(origin_of(target))} if that is the right one",
        f"a write is never sent on.{check}",
    )


def _error(request: Request, target: str, remedy: str, rule: str) -> RedirectError:
    shown = scrub(without_secrets(target))
    return RedirectError(
        f"{remedy}: the redirect was not followed ({rule.rstrip('.')}).\n"
        f"{request.operation or 'request'}: {request.method} {request.shown_url}\n"
        f"redirects to {shown}",
        url=request.shown_url,
        location=shown,
        operation=request.operation,
    )
