"""What a server says of itself: its software version and the API versions it speaks.

Asked only when a call needs to know, once per client, under a lock; first calls that several threads make at
the same time may each send the question early, see `early`. A server that does not tell is no
reason to fail here: the answer is then None with the reason, and the caller decides. Such a failure is
kept for a minute, so that a dead route does not slow every call, and a server that was restarting is
noticed again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from caveclient_gen._runtime.errors import CAVEError
from caveclient_gen._runtime.lasting import NOTHING, is_anew
from caveclient_gen._runtime.request import Request, Response
from caveclient_gen._runtime.turns import Turn
from caveclient_gen._runtime.versions import read_api_versions, read_server_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.version import Version

    from caveclient_gen._runtime.lasting import LastingAnswers
    from caveclient_gen._runtime.operation import ServiceInfo

FAILURE_KEPT = 60.0
"""Seconds before a server that did not tell is asked again."""
VERSION_LASTS = 86400.0
"""Seconds in a cache folder. Servers are updated: see `gates` for what a version that was kept may refuse."""
_PATIENCE = 10.0
"""Seconds to wait for such a small answer."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding(Generic[T]):
    """What was found out, or why not."""

    value: T | None
    reason: str = ""
    kept: bool = False
    """It was found out by an earlier process, and may have changed since."""


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
    lasting : callable
        Returns the answers that outlive the process; None for none.
    """

    def __init__(
        self,
        service: ServiceInfo,
        server_address: str,
        send: Callable[[Request], Response],
        clock: Callable[[], float] = time.monotonic,
        timeout: Callable[[], float | None] = lambda: None,
        lasting: Callable[[], LastingAnswers | None] = lambda: None,
    ) -> None:
        self._service = service
        self._address = server_address
        self._send = send
        self._clock = clock
        self._timeout = timeout
        self._lasting = lasting
        # Reentrant: a transport may itself ask the client something while it sends.
        self._turn = Turn()
        self._kept: dict[str, tuple[Finding[Any], float]] = {}

    def server_version(self) -> Finding[Version]:
        """Find out the version of the server's software."""
        path = self._service.version_path
        return self._find("version", path, lambda r: read_server_version(r.text), self._kept_version)

    def api_versions(self) -> Finding[tuple[str, ...]]:
        """Find out the API versions that the server speaks, oldest first."""
        path = self._service.api_versions_path
        return self._find("API versions", path, lambda r: read_api_versions(r.json()))

    def version_request(self) -> Request | None:
        """Return the request that `server_version` would send now; None if it would send none."""
        path = self._service.version_path
        finding, until = self._kept.get("version", (None, 0.0))
        is_known = (finding is not None and self._clock() <= until) or self._kept_version() is not None
        return None if path is None or is_known else self._request("version", path)

    def _find(
        self,
        what: str,
        path: str | None,
        read: Callable[[Response], T | None],
        look_up: Callable[[], T | None] = lambda: None,
    ) -> Finding[T]:
        if path is None:
            return Finding(None, f"{self._service.name} has no route that tells its {what}")
        with self._turn.taken():
            finding, until = self._kept.get(what, (None, 0.0))
            if finding is None or self._clock() > until or (finding.kept and is_anew()):
                kept = look_up()
                finding = self._ask(what, path, read) if kept is None else Finding(kept, kept=True)
                until = float("inf") if finding.value is not None else self._clock() + FAILURE_KEPT
                self._kept[what] = (finding, until)
            return finding

    def _ask(self, what: str, path: str, read: Callable[[Response], T | None]) -> Finding[T]:
        request = self._request(what, path)
        try:
            response = self._send(request)
            if response.status != 200:
                return Finding(None, f"{request.shown_url} answered {response.status}")
            value = read(response)
        except CAVEError as error:
            return Finding(None, f"{request.shown_url}: {str(error).partition(chr(10))[0]}")
        if value is None:
            return Finding(None, f"{request.shown_url} answered something that is no {what}")
        self._keep(what, value)
        return Finding(value)

    def _kept_version(self) -> Version | None:
        folder = self._lasting()
        text = NOTHING if folder is None else folder.get(self._question("version"))
        return read_server_version(text) if isinstance(text, str) else None

    def _keep(self, what: str, value: Any) -> None:
        folder = self._lasting()
        if folder is not None and what == "version":
            folder.put(self._question(what), str(value), VERSION_LASTS)

    def _question(self, what: str) -> dict[str, Any]:
        return {"server": self._address, "service": self._service.name, "asks": what}

    def _request(self, what: str, path: str) -> Request:
        service = self._service
        return Request(
            method="GET",
            url=f"{self._address}{service.base}{path}",
            operation=f"{service.name}.{what}",
            connect_timeout=min(service.connect_timeout, _PATIENCE),
            read_timeout=min(service.read_timeout, _PATIENCE, self._timeout() or _PATIENCE),
            auth=service.auth == "bearer",
        )
