"""What a server says of itself: its software version and the API versions it speaks.

Asked only when a call needs to know, once per client, under a lock. A server that does not tell is no
reason to fail here: the answer is then None with the reason, and the caller decides. Such a failure is
kept for a minute, so that a dead route does not slow every call, and a server that was restarting is
noticed again.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from caveclient_gen._runtime.errors import CAVEError
from caveclient_gen._runtime.request import Request, Response
from caveclient_gen._runtime.versions import read_api_versions, read_server_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.version import Version

    from caveclient_gen._runtime.operation import ServiceInfo

FAILURE_KEPT = 60.0
"""Seconds before a server that did not tell is asked again."""
_PATIENCE = 10.0
"""Seconds to wait for such a small answer."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding(Generic[T]):
    """What was found out, or why not."""

    value: T | None
    reason: str = ""


class Discovery:
    """Ask one server about one service, and remember the answers.

    Parameters
    ----------
    service : ServiceInfo
        The service and the routes on which it tells its versions.
    server_address : str
        The server.
    send : callable
        Sends a request; the transport's `send`.
    clock : callable
        Seconds, ever increasing.
    timeout : callable
        The seconds that the caller allows for an answer; None for as long as suits the question.
    """

    def __init__(
        self,
        service: ServiceInfo,
        server_address: str,
        send: Callable[[Request], Response],
        clock: Callable[[], float] = time.monotonic,
        timeout: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._service = service
        self._address = server_address
        self._send = send
        self._clock = clock
        self._timeout = timeout
        # Reentrant: a transport may itself ask the client something while it sends.
        self._lock = threading.RLock()
        self._kept: dict[str, tuple[Finding[Any], float]] = {}

    def server_version(self) -> Finding[Version]:
        """Find out the version of the server's software."""
        return self._find("version", self._service.version_path, lambda r: read_server_version(r.text))

    def api_versions(self) -> Finding[tuple[str, ...]]:
        """Find out the API versions that the server speaks, oldest first."""
        path = self._service.api_versions_path
        return self._find("API versions", path, lambda r: read_api_versions(r.json()))

    def _find(self, what: str, path: str | None, read: Callable[[Response], T | None]) -> Finding[T]:
        if path is None:
            return Finding(None, f"{self._service.name} has no route that tells its {what}")
        with self._lock:
            finding, until = self._kept.get(what, (None, 0.0))
            if finding is None or self._clock() > until:
                finding = self._ask(what, path, read)
                until = float("inf") if finding.value is not None else self._clock() + FAILURE_KEPT
                self._kept[what] = (finding, until)
            return finding

    def _ask(self, what: str, path: str, read: Callable[[Response], T | None]) -> Finding[T]:
        service = self._service
        request = Request(
            method="GET",
            url=f"{self._address}{service.base}{path}",
            operation=f"{service.name}.{what}",
            connect_timeout=min(service.connect_timeout, _PATIENCE),
            read_timeout=min(service.read_timeout, _PATIENCE, self._timeout() or _PATIENCE),
            auth=service.auth == "bearer",
        )
        try:
            response = self._send(request)
            if response.status != 200:
                return Finding(None, f"{request.shown_url} answered {response.status}")
            value = read(response)
        except CAVEError as error:
            return Finding(None, f"{request.shown_url}: {str(error).partition(chr(10))[0]}")
        if value is None:
            return Finding(None, f"{request.shown_url} answered something that is no {what}")
        return Finding(value)
