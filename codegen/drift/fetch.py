"""Ask one server, and never another: what comes is small, in time, or a reason.

1. Every request goes to one origin (scheme, host and port). A redirect within it is followed, one that leaves
   it is a reason. So a token cannot go anywhere else, and it is sent in the clear to this machine only.
2. Nothing waits for ever: not a connection, not the next byte, and not an answer that comes byte by byte.
3. A reason never holds the token, nor what stands after the ? of an address.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import NameResolutionError

from codegen.report.printable import one_line

_LARGEST = 20_000_000
"""Most bytes of an answer. The largest document that is known has 73,000."""
_MOST_REDIRECTS = 5
_CHUNK = 65_536
_USUAL = {"http": 80, "https": 443}
"""Schemes that are spoken, and the ports that need not be written."""
_LOCAL = ("localhost", "127.0.0.1", "::1")


class AddressError(ValueError):
    """An address cannot be asked; the message says how to write it."""


class UnansweredError(Exception):
    """A question has no answer; the message says why, and drives no terminal.

    `ends`: it is no use to ask that service more.
    """

    def __init__(self, reason: str, *, ends: bool = False) -> None:
        super().__init__(one_line(reason))
        self.ends = ends


class UnreachableError(UnansweredError):
    """Nobody can be asked there at all."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a connection, and for an answer."""

    connect: float = 5.0
    read: float = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came."""

    status: int
    media_type: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people."""
        return self.text.lstrip()[:1] == "<"

    def json(self) -> Any:
        """Return the body's value; UnansweredError if it is no JSON."""
        if self.is_page:
            raise UnansweredError(f"it answers a page ({self.media_type or 'no media type'}) instead of JSON")
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            raise UnansweredError("it answers something that is no JSON") from None


def origin_of(address: str) -> str:
    """
    Return scheme, host and port of an address.

    Raises
    ------
    AddressError
        It is none, or holds credentials.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise AddressError(f"{address!r} is no address. Write it as https://host.") from None
    if parts.scheme not in _USUAL or not parts.hostname:
        raise AddressError(f"{address!r} is no address. Write it as https://host.")
    if parts.username is not None or parts.password is not None:
        raise AddressError(
            "The address holds a name or a password. Write it without; a token comes from CAVE_TOKEN."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _USUAL[parts.scheme]) else "")


class Fetcher:
    """Asks one origin.

    Parameters
    ----------
    address : str
        The server.
    token : str, optional
        Sent to it.
    patience : Patience
        How long to wait.

    Raises
    ------
    AddressError
        The address is none, or the token would travel in the clear.
    """

    def __init__(self, address: str, token: str | None = None, patience: Patience | None = None) -> None:
        self.origin = origin_of(address)
        host = urlsplit(self.origin).hostname or ""
        if token is not None and self.origin.startswith("http:") and host not in _LOCAL:
            raise AddressError(
                f"A token is not sent to {self.origin}, where anybody could read it. Use https."
            )
        self.has_token = token is not None
        self._patience = patience or Patience()
        self._session = _Session()
        # Also without a token: requests would otherwise look for a password in ~/.netrc.
        self._session.auth = _Bearer(token)
        # A proxy from the environment would read what is sent to this machine in the clear.
        self._proxies = {"no_proxy": host} if host in _LOCAL else None
        self._lost: UnreachableError | None = None

    def get(self, target: str) -> Answer:
        """
        Ask for a path, with what may stand after the ?.

        Raises
        ------
        UnreachableError
            Nobody answers at that origin.
        UnansweredError
            This question has no answer.
        """
        if self._lost is not None:
            raise self._lost
        url = self.origin + target
        for _ in range(_MOST_REDIRECTS):
            answer, location = self._exchange(url)
            if location is None:
                return answer
            url = self._redirected(url, location)
        raise UnansweredError(f"it redirects more than {_MOST_REDIRECTS} times")

    def _redirected(self, url: str, location: str) -> str:
        try:
            there = urljoin(url, location)
            origin = origin_of(there)
        except ValueError:
            raise UnansweredError("it redirects to something that is no address") from None
        if origin != self.origin:
            raise UnansweredError(f"it redirects to {origin}, which is not followed")
        return there

    def _exchange(self, url: str) -> tuple[Answer, str | None]:
        """Ask, and wait for all of the answer no longer than agreed: time-outs of sockets begin anew."""
        outcome: list[tuple[Answer, str | None] | Exception] = []

        def work() -> None:
            try:
                outcome.append(self._request(url))
            except Exception as error:  # it is raised again below, where somebody waits for it
                outcome.append(error)

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        worker.join(self._patience.connect + self._patience.read)
        if not outcome:
            raise UnansweredError(f"its answer is not there after {self._patience.read:g} s", ends=True)
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def _request(self, url: str) -> tuple[Answer, str | None]:
        wait = self._patience
        try:
            with self._session.get(
                url,
                timeout=(wait.connect, wait.read),
                allow_redirects=False,
                stream=True,
                proxies=self._proxies,
            ) as response:
                location = response.headers.get("Location") if response.is_redirect else None
                media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
                return Answer(response.status_code, media_type, self._body(response)), location
        except requests.exceptions.ConnectTimeout:
            reason = f"no connection within {wait.connect:g} s"
        except requests.exceptions.ReadTimeout:
            raise UnansweredError(f"no answer within {wait.read:g} s", ends=True) from None
        except requests.exceptions.SSLError:
            reason = "its certificate is not one that is trusted"
        except requests.exceptions.ConnectionError as error:
            reason = _lost(error)
            if not reason:
                raise UnansweredError(_broken(error, wait), ends=True) from None
        except requests.exceptions.ChunkedEncodingError:
            raise UnansweredError("it breaks the connection off") from None
        except requests.exceptions.RequestException as error:
            raise UnansweredError(f"the answer cannot be read ({type(error).__name__})") from None
        self._lost = UnreachableError(reason, ends=True)
        raise self._lost

    def _body(self, response: requests.Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > _LARGEST:
                raise UnansweredError(f"its answer has more than {_LARGEST:,} bytes", ends=True)
        return bytes(body)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Follow nothing: requests would read all of the body and the address before anybody judges them."""


class _Bearer(AuthBase):
    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _lost(error: requests.exceptions.ConnectionError) -> str:
    """Say why there is no connection; an empty text if there was one."""
    cause: BaseException | None = (
        error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
    )
    cause = getattr(cause, "reason", cause)
    if isinstance(cause, NameResolutionError):
        return "nobody knows a host of that name"
    return "nobody listens there" if type(cause).__name__ == "NewConnectionError" else ""


def _broken(error: requests.exceptions.ConnectionError, wait: Patience) -> str:
    # While a body is read, requests tells a time-out as a lost connection.
    if "timed out" in str(error).lower():
        return f"no answer within {wait.read:g} s"
    return "it breaks the connection off"
