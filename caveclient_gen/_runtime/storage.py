"""Files in an object storage beside CAVE, read with a short-lived token of their own.

Rules
-----
1. The CAVE token never goes there: requests say `auth=False`, and the storage is no configured server.
2. The storage's token goes nowhere else: it is a header of these requests only. A redirect to another host
   leaves it behind (`redirects`, rule 5); reprs, curl commands and errors show it as REDACTED.
3. No pickle holds it: `Tickets` comes out of one empty.
4. A few downloads at a time. One that fails is told for its file; a token that is not accepted ends them all.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from caveclient_gen._runtime.addresses import normalise_address
from caveclient_gen._runtime.credentials import checked_token
from caveclient_gen._runtime.errors import AuthError, CAVEError, DecodeError
from caveclient_gen._runtime.pool import Pool
from caveclient_gen._runtime.request import Request
from caveclient_gen._runtime.server_errors import error_for
from caveclient_gen._runtime.times import read_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from caveclient_gen._runtime.transport import Transport

GOOGLE = "https://storage.googleapis.com"
WORKERS = 8
"""Downloads under way at the same time."""

_SPARE = timedelta(minutes=5)
_CONNECT, _READ = 10.0, 120.0
_NOT_YOURS = (
    "The storage of the files said this, about the short-lived token that the service gave for it; "
    "your own CAVE token was not sent there."
)


class Reader(Protocol):
    """What a download needs of a client."""

    _transport: Transport
    storage_address: str

    @property
    def timeout(self) -> float | None:
        """Seconds to wait, if the user has said so."""
        ...


@dataclass(frozen=True, slots=True)
class Ticket:
    """A short-lived token, and what it opens."""

    token: str = field(repr=False)
    ends: datetime
    bucket: str
    template: str
    """Name of a file, with {rid} for its id."""

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Ticket:
        """Return the ticket in a service's answer.

        Raises
        ------
        DecodeError
            It lacks something. The message does not show the token.
        """
        try:
            token, ends = (
                checked_token(document["token"], "the storage's token"),
                read_time(document["expiry"]),
            )
            bucket, template = document["bucket"], document["path_template"]
        except (KeyError, TypeError, AttributeError, AuthError):
            msg = "Report this answer to the service's maintainers: it is no token for a storage."
            raise DecodeError(msg) from None
        if not isinstance(bucket, str) or not isinstance(template, str) or "{rid}" not in template:
            msg = "Report this answer to the service's maintainers: it does not say where the files are."
            raise DecodeError(msg)
        return cls(token, ends, bucket, template)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("A token for a storage is not pickled: ask for a new one.")


class Tickets:
    """Tickets that can still be used; a pickle or copy of this holds none."""

    def __init__(self) -> None:
        self._kept: dict[Any, Ticket] = {}
        self._lock = threading.Lock()

    def get(self, key: Any, ask: Callable[[], Mapping[str, Any]]) -> Ticket:
        """Return the ticket of that name; one that ends within five minutes is asked for anew."""
        with self._lock:
            ticket = self._kept.get(key)
        if ticket is None or ticket.ends - _SPARE <= datetime.now(UTC):
            ticket = Ticket.read(ask())
            with self._lock:
                self._kept[key] = ticket
        return ticket

    def forget(self) -> None:
        """Drop all tickets, because one was refused."""
        with self._lock:
            self._kept.clear()

    def __reduce__(self) -> tuple[Any, ...]:
        return Tickets, ()


def download(
    reader: Reader, ticket: Ticket, ids: Sequence[int], operation: str, advance: Callable[[int], object]
) -> dict[int, bytes | CAVEError]:
    """Read one file per id, a few at a time.

    Parameters
    ----------
    reader : Reader
        The client; its transport sends the requests.
    ticket : Ticket
        What opens the files.
    ids : sequence of int
        Whose files.
    operation : str
        What messages call it: "skeleton.fetch_skeletons".
    advance : callable
        Called with 1 after each file.

    Returns
    -------
    dict of int to (bytes or CAVEError)
        The file, or why it did not come, by id in the order asked.

    Raises
    ------
    AuthError
        The storage does not accept the token.
    """
    found: dict[int, bytes | CAVEError] = {}
    pool: Pool[int] = Pool(lambda one: _file(reader, ticket, one, operation), "cave-storage")
    try:
        for one, file, error in pool.each(ids, WORKERS):
            if isinstance(error, AuthError):
                error.add_note(_NOT_YOURS)
            if error is not None and (isinstance(error, AuthError) or not isinstance(error, CAVEError)):
                raise error
            found[one] = file if error is None else error
            advance(1)
    finally:
        pool.end()
    return {one: found[one] for one in ids}


def _file(reader: Reader, ticket: Ticket, one: int, operation: str) -> bytes:
    request = request_for(ticket, one, reader.storage_address, operation, reader.timeout)
    response = reader._transport.send(request)
    if response.status != 200:
        raise error_for(response)
    return response.body


def request_for(
    ticket: Ticket, one: int, address: str, operation: str = "", timeout: float | None = None
) -> Request:
    """Return the request for one file; everything in its name is escaped."""
    name = quote(ticket.template.replace("{rid}", str(one)), safe="")
    bucket = quote(ticket.bucket, safe="")
    return Request(
        method="GET",
        url=f"{normalise_address(address)}/download/storage/v1/b/{bucket}/o/{name}",
        query=(("alt", "media"),),
        headers=(("Authorization", f"Bearer {ticket.token}"),),
        operation=operation,
        connect_timeout=_CONNECT,
        read_timeout=timeout or _READ,
        auth=False,
    )
