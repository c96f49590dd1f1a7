"""A request before it is sent and a response after it came: plain values.

A `Request` holds everything the wire will carry except the token, which the transport adds for the hosts
it belongs to. So requests can be printed, compared, cached, pickled and shown as a `curl` command.
"""

from __future__ import annotations

import base64
import re
import shlex
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from caveclient_gen._runtime.errors import DecodeError
from caveclient_gen._runtime.exact_json import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HIDDEN = "REDACTED"
_SECRET_NAME = re.compile(r"token|secret|password|signature|credential|api_?key", re.IGNORECASE)
_TOKEN_IN_PATH = re.compile(r"(?<=/token/)[0-9a-fA-F]{32}(?=/|$)")
_TOKEN = re.compile(r"\b[0-9a-fA-F]{32}\b|(?<=Bearer )\S+", re.IGNORECASE)
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
# Legal in a query as they are. Escaped commas would make a list of ids longer by a tenth and unreadable.
_PLAIN_IN_QUERY = ",:/"


def encode_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs as the query part of an address, percent-encoded."""
    return urlencode(tuple(pairs), quote_via=quote, safe=_PLAIN_IN_QUERY)


def without_secrets(url: str) -> str:
    """Return an address as it may be shown: no user, password, token or signature.

    Parameters
    ----------
    url : str
        Any address.

    Returns
    -------
    str
        The address, with secret values replaced by "REDACTED".
    """
    try:
        parts = urlsplit(url)
        hosts = parts.netloc.rpartition("@")[2]
    except ValueError:
        return HIDDEN
    path = _TOKEN_IN_PATH.sub(HIDDEN, parts.path)
    return urlunsplit(SplitResult(parts.scheme, hosts, path, _shown_query(parts.query), ""))


def scrub(text: str) -> str:
    """Return text of a server as it may be shown: what looks like a token is hidden."""
    return _TOKEN.sub(HIDDEN, text)


def _shown_query(query: str) -> str:
    if not _SECRET_NAME.search(query):
        return query
    pairs = parse_qsl(query, keep_blank_values=True)
    return encode_pairs((name, HIDDEN if _SECRET_NAME.search(name) else value) for name, value in pairs)


class Headers:
    """HTTP headers: names in any case, several values per name, nothing to change.

    Parameters
    ----------
    items : iterable of (str, str)
        Names and values as they came, in order; a repeated header comes repeatedly.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = tuple(items)

    def get_all(self, name: str) -> tuple[str, ...]:
        """Return all values of one header, in the order sent."""
        wanted = name.lower()
        return tuple(value for key, value in self._items if key.lower() == wanted)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the value of one header; several are joined by a comma, as HTTP reads them."""
        values = self.get_all(name)
        return ", ".join(values) if values else default

    def items(self) -> tuple[tuple[str, str], ...]:
        """Return names and values as they came."""
        return self._items

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for key, _ in self._items))

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return f"Headers({list(_shown_headers(self._items))!r})"


def _shown_headers(items: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in items:
        yield name, HIDDEN if name.lower() in _SECRET_HEADERS else value


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One HTTP request that has not been sent; it never holds the token."""

    method: str
    url: str
    """Address without the query."""
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    operation: str = ""
    """"service.operation", for messages: "chunkedgraph.get_roots"."""
    safe: bool = True
    """It may be sent again: it changes nothing, or changes it only once."""
    check: str | None = None
    """For a write: how to find out whether it happened, when its answer was lost."""
    connect_timeout: float = 10.0
    """Seconds to wait for a connection."""
    read_timeout: float = 120.0
    """Longest silence of the server, in seconds, before its answer and within it."""
    auth: bool = True
    """Send the token, if the address is one it belongs to."""

    @property
    def full_url(self) -> str:
        """The address with its query, percent-encoded."""
        if not self.query:
            return self.url
        return f"{self.url}{'&' if '?' in self.url else '?'}{encode_pairs(self.query)}"

    @property
    def shown_url(self) -> str:
        """The address with its query, as it may stand in messages: no secrets."""
        return without_secrets(self.full_url)

    def as_curl(self) -> str:
        """Return a `curl` command that sends this request; it reads the token from $CAVE_TOKEN.

        Returns
        -------
        str
            One line for a POSIX shell. Bodies that are not text are piped in through `base64 -d`.
        """
        words = ["curl", "-X", self.method]
        if self.auth:
            # Double quotes: the shell puts the token in, so it never stands in the command itself.
            words += ["-H", '"Authorization: Bearer $CAVE_TOKEN"']
        for name, value in _shown_headers(self.headers):
            words += ["-H", shlex.quote(f"{name}: {value}")]
        before, data = _curl_body(self.body)
        return " ".join([*before, *words, *data, shlex.quote(self.shown_url)])

    def __repr__(self) -> str:
        facts = [f"{self.method} {self.shown_url}"]
        if self.operation:
            facts.append(f"operation={self.operation!r}")
        if self.headers:
            facts.append(f"headers={dict(_shown_headers(self.headers))!r}")
        if self.body is not None:
            facts.append(f"body={len(self.body)} bytes")
        if not self.safe:
            facts.append("safe=False")
        return f"Request({', '.join(facts)})"


def _curl_body(body: bytes | None) -> tuple[list[str], list[str]]:
    if body is None:
        return [], []
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = ""
    # A leading @ would make curl read a file; a NUL cannot stand in a command.
    if text and not text.startswith("@") and text.isprintable():
        return [], ["--data-binary", shlex.quote(text)]
    return ["echo", base64.b64encode(body).decode(), "|", "base64", "-d", "|"], ["--data-binary", "@-"]


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """One HTTP answer, complete; its body is as it was before compression for the wire."""

    status: int
    headers: Headers
    body: bytes
    url: str
    """Where the answer came from, after redirects."""
    request: Request
    attempts: int = 1
    """How often the request was sent until this answer came."""

    @property
    def media_type(self) -> str:
        """Content type without its parameters, in lower case: "application/json". Empty if there is none."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text, in the charset that the server names or UTF-8; bytes beyond it become U+FFFD."""
        message = Message()
        message["Content-Type"] = self.headers.get("Content-Type") or ""
        charset = message.get_content_charset("utf-8")
        try:
            return self.body.decode(charset, "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the parsed JSON body; integers of any size stay exact.

        Returns
        -------
        Any
            What the JSON says; NaN and Infinity are read, since some servers send them.

        Raises
        ------
        DecodeError
            The body is not JSON.
        """
        try:
            return read_json(self.body)
        except (ValueError, RecursionError) as error:
            reason = str(error)
        # Not from there: the parser's error holds the whole body. As cause or context it would go into logs
        # and, where a library has taught pickle to keep them, into pickles.
        kind = self.media_type or "no content type"
        start = scrub(self.text[:80])
        raise DecodeError(
            f"Report this answer to the service's maintainers: it should be JSON and is not ({reason}).\n"
            f"{self.request.operation or self.request.method}: {without_secrets(self.url)} "
            f"answered {self.status} with {kind}, {len(self.body)} bytes starting {start!r}",
            url=without_secrets(self.url),
            operation=self.request.operation,
        )

    def __repr__(self) -> str:
        kind = self.media_type or "no content type"
        return f"Response({self.status}, {kind}, {len(self.body)} bytes, {without_secrets(self.url)})"
