"""Sending a `Request` and getting its `Response`: the one seam between this package and the network.

What `HTTPTransport` sees to, so that nothing above it has to: the token (only for its servers), timeouts,
repetition of safe requests, redirects, whole bodies, and a typed error whenever no answer came. Every
answer that did come is returned, whatever its status; `server_errors` knows what refusals mean.

Underneath is a `requests` session for what it does well: connection pools, proxies and certificates from
the environment. Its cookies, its .netrc, its redirects and its retries are not used, because each of them
would send credentials or writes to where they must not go.
"""

from __future__ import annotations

import gzip
import io
import logging
import os
import random
import time
import zlib
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Protocol

import requests
from requests.adapters import HTTPAdapter
from urllib3 import exceptions as network
from urllib3.util import Retry

from caveclient_gen._runtime import session_defaults
from caveclient_gen._runtime.errors import CAVEError
from caveclient_gen._runtime.failures import Failure, failure_of
from caveclient_gen._runtime.lasting import LastingAnswers
from caveclient_gen._runtime.redirects import MAX_REDIRECTS, Hop, first_hop, next_hop, too_many
from caveclient_gen._runtime.request import HIDDEN, Headers, Request, Response, without_secrets
from caveclient_gen._runtime.retry import RetryPolicy, next_delay, read_retry_after
from caveclient_gen._runtime.server_errors import intended_status, unknown_outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from caveclient_gen._runtime.credentials import Credentials

logger = logging.getLogger(__name__)

_BLOCK = 16384
"""Bytes that go out in one piece, however the body is given."""

_PIECE = 8 * _BLOCK
"""Bytes of a large body that go out in one piece: fewer take twice the time on a fast line, and even a line
of 100 kbit/s sends so many within the connect timeout."""


def _random() -> float:
    # Not `random.random` itself: its pickle holds the state of the generator, and the copies of a client in
    # the processes of a pool would all pause for the same times.
    return random.random()  # noqa: S311  pauses, no secrets


class Transport(Protocol):
    """What clients need of the network; tests put their own in its place.

    One that adds a token may have an attribute `token_source`: where the token came from, for the error
    that tells that it was refused.
    """

    def send(self, request: Request) -> Response:
        """Send a request and return the answer, whatever its status.

        Parameters
        ----------
        request : Request
            What to send.

        Returns
        -------
        Response
            The whole answer.

        Raises
        ------
        CAVEError
            No answer came.
        """
        ...


class HTTPTransport:
    """The transport over HTTP; may be shared between threads, forked and pickled.

    Parameters
    ----------
    credentials : Credentials
        The token and the servers it may go to.
    retry : RetryPolicy, optional
        When safe requests are repeated; by default as `session_config` says.
    verify : bool or str
        Check certificates; a path names a file or folder of certificates to trust. True also reads
        REQUESTS_CA_BUNDLE.
    pool_maxsize : int, optional
        Connections kept open per server; by default as `session_config` says.
    pool_block : bool, optional
        Never open more than that, and let threads wait instead.
    sleep : callable
        Waits for a number of seconds.
    spread : callable
        Returns a random number from 0 to 1.
    """

    def __init__(
        self,
        credentials: Credentials,
        retry: RetryPolicy | None = None,
        verify: bool | str = True,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        sleep: Callable[[float], None] = time.sleep,
        spread: Callable[[], float] = _random,
    ) -> None:
        defaults = session_defaults.current()
        self.credentials = credentials
        self.retry = defaults.retry_policy() if retry is None else retry
        self.verify = verify
        self.pool_maxsize = defaults.pool_maxsize if pool_maxsize is None else pool_maxsize
        session_defaults.check_pool(self.pool_maxsize)
        self.pool_block = defaults.pool_block if pool_block is None else pool_block
        self.lasting: LastingAnswers | None = None
        """Answers that outlive the process; see `keep_answers`."""
        self._sleep = sleep
        self._spread = spread
        self._opened = os.getpid(), self._new_session()

    @property
    def token_source(self) -> str | None:
        """Where the token came from; never the token."""
        return self.credentials.token_source

    def send(self, request: Request) -> Response:
        """Send a request, repeat it if it is safe, follow harmless redirects.

        Parameters
        ----------
        request : Request
            What to send.

        Returns
        -------
        Response
            The whole answer, whatever its status.

        Raises
        ------
        RequestTimeoutError
            The server took no connection or stayed silent.
        ServiceConnectionError
            There was no connection, or it broke.
        UnknownOutcomeError
            The answer to a write was lost.
        RedirectError
            The server redirects to where the request must not follow.
        AuthError
            The server redirects to its login page, or there is no usable token.
        DecodeError
            The body is not compressed as its header says.
        InvalidArgumentError
            The address is not an http or https address.
        """
        hop = first_hop(request)
        for _ in range(MAX_REDIRECTS + 1):
            response = self._persist(request, hop)
            onward = next_hop(request, hop, response)
            if onward is None:
                return response
            hop = onward
        raise too_many(request, hop.url)

    def keep_answers(self, folder: str | os.PathLike[str]) -> None:
        """Let answers that cannot change outlive the process, in a folder; see `lasting`."""
        if self.credentials.provider is not None:
            self.lasting = LastingAnswers(folder, self.credentials.provider)

    def close(self) -> None:
        """Close idle connections; the transport can still be used."""
        self._session.close()

    def _persist(self, request: Request, hop: Hop) -> Response:
        """Send to one station until there is an answer worth returning, or the policy says stop."""
        attempts = 0
        while True:
            attempts += 1
            outcome = self._attempt(request, hop)
            delay = self._pause_after(outcome, request, attempts)
            if delay is None:
                break
            logger.info(
                "%s: attempt %d brought %s; next in %.1f s",
                request.operation or request.method,
                attempts,
                outcome.status if isinstance(outcome, Response) else type(outcome.error).__name__,
                delay,
            )
            self._sleep(delay)
        if isinstance(outcome, Response):
            return outcome if attempts == 1 else replace(outcome, attempts=attempts)
        if outcome.sent and not request.safe:
            raise unknown_outcome(request.operation, request.check, outcome.error)
        raise outcome.error

    def _pause_after(self, outcome: Response | Failure, request: Request, attempts: int) -> float | None:
        if isinstance(outcome, Failure):
            safe, status, retry_after = request.safe and outcome.again, None, None
        else:
            safe, status = request.safe, intended_status(outcome)
            retry_after = read_retry_after(outcome.headers.get("Retry-After"))
        return next_delay(
            self.retry, attempts, safe=safe, spread=self._spread(), status=status, retry_after=retry_after
        )

    def _attempt(self, request: Request, hop: Hop) -> Response | Failure:
        try:
            return self._exchange(request, hop)
        except CAVEError:
            # Ours already, and maybe a RequestException as well: no usable token.
            raise
        except (requests.RequestException, network.HTTPError) as error:
            # As a value, not raised from here: the network layer's texts quote addresses with their secrets.
            return failure_of(error, request, hop.url)

    def _exchange(self, request: Request, hop: Hop) -> Response:
        session = self._session
        prepared = self._prepare(hop)
        url = str(prepared.url)
        settings = session.merge_environment_settings(url, {}, True, self.verify, None)
        timeout = (request.connect_timeout, request.read_timeout)
        verify, proxies = settings["verify"], settings["proxies"]
        answer = session.get_adapter(url).send(
            prepared,
            stream=True,
            timeout=timeout,
            verify=True if verify is None else verify,
            cert=settings["cert"],
            proxies=proxies,
        )
        raw = answer.raw
        try:
            # In one go: `answer.content` would join pieces of 10 KB, four times slower for large tables.
            packed = raw.headers.get("Content-Encoding", "").strip().lower() == "gzip"
            body = raw.read(decode_content=not packed)
            body = _unpacked(body) if packed else body
        except BaseException:  # whatever interrupts the reading, Ctrl-C too; it is raised again
            # What is left of this answer must not be taken for the next one.
            raw.close()
            raise
        raw.release_conn()
        headers = Headers(raw.headers.items())
        if answer.status_code >= 400:
            headers, body = _without_token(headers, body, str(prepared.headers.get("Authorization", "")))
        return Response(answer.status_code, headers, body, url, request)

    def _prepare(self, hop: Hop) -> requests.PreparedRequest:
        # Part by part: the session's own preparation would put in cookies and what .netrc holds for the host.
        prepared = requests.PreparedRequest()
        prepared.prepare_method(hop.method)
        prepared.prepare_url(hop.url, None)
        # Not deflate: servers mean two things by it, and a body that was cut short is not noticed.
        headers = {"User-Agent": _user_agent(), "Accept": "*/*", "Accept-Encoding": "gzip"}
        prepared.prepare_headers(headers)
        prepared.headers.update(hop.headers)
        if hop.with_token:
            # For the address as it is dialled, not as it was written.
            prepared.headers.update(self.credentials.header_for(str(prepared.url)))
        if hop.body is not None:
            # As a file, which is sent in blocks with a timeout each. In one piece, a large body on a slow
            # line would have to leave within the connect timeout as a whole. What fits into one block stays
            # bytes: whatever listens in, as tests do with the `responses` package, can read it then.
            small = len(hop.body) <= _BLOCK
            prepared.body = hop.body if small else _Pieces(hop.body)  # type: ignore[assignment]  # or a file
            prepared.headers["Content-Length"] = str(len(hop.body))
        return prepared

    @property
    def _session(self) -> requests.Session:
        process, session = self._opened
        if process != os.getpid():
            # Forked: the parent's open connections are its own, and answers would get mixed up on them.
            session = self._new_session()
            self._opened = os.getpid(), session
        return session

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        adapter = HTTPAdapter(
            pool_maxsize=self.pool_maxsize,
            max_retries=Retry(0, read=False),
            pool_block=self.pool_block,
        )
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_opened"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._opened = os.getpid(), self._new_session()

    def __repr__(self) -> str:
        return f"HTTPTransport({self.credentials!r}, {self.retry!r})"


class _Pieces(io.BytesIO):
    """A body that hands out more at a time than it is asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(size if size is None or size < 0 else max(size, _PIECE))


def _unpacked(body: bytes) -> bytes:
    """Undo gzip. urllib3 would hand out the beginning of a body that was cut short as if it were whole."""
    try:
        return gzip.decompress(body)
    except EOFError as error:
        raise network.ProtocolError("cut short") from error
    except (OSError, zlib.error) as error:
        raise network.DecodeError("not gzip") from error


def _without_token(headers: Headers, body: bytes, authorization: str) -> tuple[Headers, bytes]:
    """Hide the token where a refusal repeats it: errors keep, show and pickle what refusals say."""
    token = authorization.removeprefix("Bearer ")
    if not token:
        return headers, body
    shown = Headers((name, value.replace(token, HIDDEN)) for name, value in headers.items())
    return shown, body.replace(token.encode(), HIDDEN.encode())


class _HideTokens(logging.Filter):
    """Some routes have a token in their path, and urllib3 logs every path at DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_secrets(item) if isinstance(item, str) and "/token/" in item else item
                for item in record.args
            )
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_HideTokens())


@cache
def _user_agent() -> str:
    try:
        return f"caveclient-gen/{version('caveclient-gen')}"
    except PackageNotFoundError:  # run from a folder, not installed
        return "caveclient-gen"
