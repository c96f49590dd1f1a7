"""What web pages of others may make a browser ask: nothing.

A page can send requests to any address, also to this machine's. It knows no token, but a browser adds
cookies by itself; and a page whose own name is said to be at 127.0.0.1 (DNS rebinding) may read the answers.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Scope

__all__ = ["Hosts", "is_loopback", "own_cookie"]

OWN_PAGES = (None, "same-origin", "none")
"""What browsers say in `Sec-Fetch-Site` of requests of a site's own pages, and of typed addresses."""


class Hosts:
    """The names under which a server is asked: addresses of numbers, localhost, and its own.

    Parameters
    ----------
    addresses : str
        URLs under which it is reached.
    """

    def __init__(self, *addresses: str) -> None:
        self._names = {"localhost", *(name_of(urlsplit(address).netloc) for address in addresses)}

    def has(self, scope: Scope) -> bool:
        """Whether a request names this server, or nothing. No page of others has a number for its name."""
        asked = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        return all(self._knows(name_of(host)) for host in asked)

    def _knows(self, name: str) -> bool:
        if not name or name in self._names or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def is_loopback(host: str) -> bool:
    """Whether who listens on it is asked by this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def name_of(host: str) -> str:
    """Return a host without its port, in lower case; of IPv6 without its brackets."""
    host = host.strip().lower().rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


def own_cookie(request: Request) -> str | None:
    """Return the token of the cookie, unless a page of another site made the browser send it."""
    origin = request.headers.get("origin")
    is_own = origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    if not is_own or request.headers.get("sec-fetch-site") not in OWN_PAGES:
        return None
    return request.cookies.get("middle_auth_token")
