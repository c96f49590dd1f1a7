"""The base of all clients: what happens between a method call and its value.

    fit to the API version in use -> resolve arguments -> cache -> divide into parts
    -> build -> send -> status -> notices -> decode -> was it cut short? -> merge -> cache

Making a client sends nothing. What has to be asked of the server (its version, the API versions it
speaks) is asked by the first call that depends on it, once.

Clients may be shared between threads, and pickled: a pickle holds no token, no answers and no
connections; its copy makes new ones.
"""

from __future__ import annotations

import logging
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from caveclient_gen._runtime import ahead, batch, foreign, session_defaults
from caveclient_gen._runtime.addresses import normalise_address
from caveclient_gen._runtime.cache import MISS, AnswerCache
from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.credentials import Credentials, TokenProvider
from caveclient_gen._runtime.discovery import Discovery, Finding
from caveclient_gen._runtime.early import expected_request, version_request
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.exchange import exchange
from caveclient_gen._runtime.kept import Place, place_of
from caveclient_gen._runtime.lasting import LastingAnswers
from caveclient_gen._runtime.negotiation import LATEST, ApiChoice, choose_api
from caveclient_gen._runtime.operation import Operation, ServiceInfo
from caveclient_gen._runtime.parts import parts_of
from caveclient_gen._runtime.prepare import address, build, resolve
from caveclient_gen._runtime.tables import Tables, fit
from caveclient_gen._runtime.transport import HTTPTransport, Transport
from caveclient_gen._runtime.versions import newest, read_api, read_server_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import EllipsisType

    import requests
    from packaging.version import Version

    from caveclient_gen._runtime.request import Request

logger = logging.getLogger(__name__)

_NO_SERVICE = ServiceInfo(
    name="cave",
    attribute="",
    base="",
    key="server_address",
    address="local",
    auth="bearer",
    version_path=None,
    api_versions_path=None,
    api_versions=(),
    fallback_api=None,
    unknown_version=None,
    connect_timeout=10.0,
    read_timeout=120.0,
)
_NAMES_SHOWN = ("datastack_name", "aligned_volume_name", "dataset_name", "table_name")
_MOST_REMEMBERED = 1000


class ClientBase:
    """Client of one service on one server.

    Parameters
    ----------
    server_address : str or callable
        The server: "https://host"; or what returns it, called when it is first needed.
    auth_header : dict of str, optional
        `{"Authorization": "Bearer ..."}`; sent to this server only.
    api_version : int or str, optional
        API version to speak; "latest" finds out the newest that client and server know, at the first call.
    endpoints : mapping, optional
        Accepted because older scripts pass it; the routes are known already.
    server_name : str, optional
        Name of the address in endpoint templates; the service's own by default.
    verify : bool or str, optional
        Check the server's TLS certificate; or the path of a CA bundle.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclientFull, optional
        The client this one belongs to; `fc` returns it.
    auth_client : AuthClient, optional
        Where the token comes from, instead of `auth_header`.
    transport : Transport, optional
        Sends the requests, instead of one made from the arguments above; may be shared between clients.
    server_version : str or Version, optional
        The version of the server's software, where it is known. None: it is unknown. By default the
        server is asked.
    """

    _service: ClassVar[ServiceInfo] = _NO_SERVICE
    _operations: ClassVar[Mapping[str, Operation]] = {}
    _operations_by_api: ClassVar[Mapping[str, Mapping[str, Operation]]] = {}
    """Set by clients that negotiate: the operations of each API version."""
    _api: ClassVar[str | None] = None
    """API version of `_operations`."""
    _endpoints: ClassVar[Mapping[str, str]] = {}
    """Address templates by name, for packages that read them of a client; nothing here does."""
    _pinned_api: ClassVar[str | None] = None
    """Set by classes for one API version."""

    def __init__(
        self,
        server_address: str | Callable[[], str],
        auth_header: Mapping[str, str] | None = None,
        api_version: int | str = LATEST,
        endpoints: Mapping[str, Any] | None = None,
        server_name: str | None = None,
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        *,
        auth_client: TokenProvider | None = None,
        transport: Transport | None = None,
        server_version: str | Version | EllipsisType | None = ...,
    ) -> None:
        self._address = server_address if callable(server_address) else normalise_address(server_address)
        self._wanted_api = self._checked_api(api_version)
        self._server_key = server_name or self._service.key
        self._stated_version = server_version
        self._over_client = over_client
        self._timeout: float | None = None
        if transport is None:
            transport = HTTPTransport(
                _credentials(auth_header, auth_client, self.server_address),
                retry=session_defaults.current().retry_policy(max_retries),
                verify=verify,
                pool_maxsize=pool_maxsize,
                pool_block=pool_block,
            )
        self._transport: Transport = transport
        self._begin()

    def _begin(self) -> None:
        """Make what is never pickled."""
        self._cache = AnswerCache()
        self._made_discovery: Discovery | None = None
        self._told: set[str] = set()
        self._told_lock = threading.Lock()

    @property
    def server_address(self) -> str:
        """Address of the server, without a slash at its end."""
        address = self._address
        if not isinstance(address, str):
            self._address = address = normalise_address(address())
        return address

    @property
    def _server_address(self) -> str:
        # Read by packages that make requests of their own; nothing here does.
        return self.server_address

    @property
    def _discovery(self) -> Discovery:
        # Made at first use, because it needs the address.
        address = self.server_address
        with self._told_lock:
            if self._made_discovery is None:
                # Not the transport's bound method: one that is put in its place later has to be asked itself.
                self._made_discovery = Discovery(
                    self._service,
                    address,
                    lambda r: ahead.send(self._transport, r),
                    timeout=lambda: self._timeout,
                    lasting=self._lasting,
                )
            return self._made_discovery

    @property
    def api_version(self) -> int | str:
        """API version in use. With "latest", the server may be asked for what it speaks."""
        api = self._choose_api().api
        return int(api) if api.isdecimal() else api

    @property
    def server_version(self) -> Version | None:
        """Version of the server's software, or None if the server does not tell. It is asked once."""
        return self._get_version()

    def _get_version(self) -> Version | None:
        # A method under this name, because test-suites of other packages put one of their own in its place.
        return self._find_server_version().value

    @property
    def timeout(self) -> float | None:
        """Seconds to wait for an answer, instead of what suits each operation; None by default."""
        return self._timeout

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        if seconds is not None and not seconds > 0:
            raise InvalidArgumentError(
                f"Set timeout to a number of seconds above 0 or to None, not {seconds!r}."
            )
        self._timeout = seconds

    @property
    def default_url_mapping(self) -> dict[str, Any]:
        """What this client fills into endpoint templates, by name; a new dict each time."""
        holes = dict(hole for table in self._tables().all() for op in table.values() for hole in op.holes)
        if hasattr(self, "datastack_name"):
            # Templates have this hole also where a parameter fills it.
            holes["datastack_name"] = "datastack_name"
        held = {name: getattr(self, attribute) for name, attribute in sorted(holes.items())}
        return {self._server_key: self.server_address, **held}

    @property
    def fc(self) -> Any:
        """The client that this one belongs to, or None."""
        return self._over_client

    @staticmethod
    def raise_for_status(r: requests.Response, log_warning: bool = True) -> None:
        """Raise the error that an answer fetched with `requests` means, if it means one.

        Parameters
        ----------
        r : requests.Response
            The answer.
        log_warning : bool
            Log the notices that the server sends along.

        Raises
        ------
        HTTPStatusError
            The server refused; the class says what it meant.
        """
        foreign.check_status(r, log_warning)

    def prepare(self, name: str, /, **arguments: Any) -> Request:
        """Return the request that a call would send, without sending it.

        The server may still be asked for its versions, if the request depends on them.

        Parameters
        ----------
        name : str
            The method: "get_roots".
        **arguments
            Its arguments.

        Returns
        -------
        Request
            What would be sent, without the token; `as_curl()` shows it as a command.

        Raises
        ------
        InvalidArgumentError
            An argument cannot be used, or there are more items than one request may carry.
        UnsupportedFeatureError
            The API version in use does not have the method.
        """
        operation, values = self._resolved(name, arguments)
        parts = parts_of(operation, values)
        if len(parts) > 1:
            part = parts[0]
            raise InvalidArgumentError(
                f"Pass at most {part.count} items as {part.param!r} to prepare {name}: "
                f"the call itself goes out as {len(parts)} requests."
            )
        return build(operation, parts[0].values, self)

    def _call(self, name: str, /, **arguments: Any) -> Any:
        """Call an operation and return its value; every generated method ends here."""
        operation, values = self._resolved(name, arguments)
        if operation.kind == "url":
            return address(operation, values, self)
        place = self._place(operation, values, self._choose_api().api) if operation.cache else None
        if place is None:
            return self._answer(operation, values)
        answer = place.get()
        if answer is MISS:
            answer = self._answer(operation, values)
            place.put(answer)
        return answer

    @contextmanager
    def _asking_ahead(self) -> Iterator[Callable[..., bool]]:
        """Let requests go out before their answers are needed; see `ahead`.

        What it gives is called with the name of an operation and its arguments, as `_call`; without a name,
        it asks for the version of the server's software. It tells whether a request went out.
        """
        with ahead.opened(self._transport) as requests_ahead:

            def begin(name: str | None = None, /, **arguments: Any) -> bool:
                request = version_request(self) if name is None else expected_request(self, name, arguments)
                return request is not None and requests_ahead.begin(request)

            yield begin

    def _lasting(self) -> LastingAnswers | None:
        # Of a transport, only `send` can be relied on.
        kept = getattr(self._transport, "lasting", None)
        return kept if isinstance(kept, LastingAnswers) else None

    def _resolved(self, name: str, arguments: Mapping[str, Any]) -> tuple[Operation, dict[str, Any]]:
        fitted = fit(self._service, self._tables(), self._choose_api(), name, arguments)
        for advice in fitted.advice:
            self._warn_once(advice, advice, DeprecationWarning)
        return fitted.operation, resolve(fitted.operation, fitted.arguments, self)

    def _answer(self, operation: Operation, values: Mapping[str, Any]) -> Any:
        def call(part: Mapping[str, Any], transport: Transport) -> Any:
            return exchange(operation, part, build(operation, part, self), transport, self._log_notice)

        return batch.answer_in_parts(operation, values, call, self._transport)

    def _place(self, operation: Operation, values: Mapping[str, Any], api: str) -> Place | None:
        """Return where the answer of a call is kept, if it is."""
        filled = {hole: getattr(self, attribute) for hole, attribute in operation.holes}
        held = {"server": self.server_address, "service": self._service.name, "api": api, "held": filled}
        return place_of(operation, values, held, self._cache, self._lasting())

    def _tables(self) -> Tables:
        return Tables(type(self), self._operations, self._operations_by_api)

    def _known_apis(self) -> tuple[str, ...]:
        if self._operations_by_api:
            return tuple(self._operations_by_api)
        if self._api is not None:
            return (self._api,)
        return (newest(self._service.api_versions),) if self._service.api_versions else ("0",)

    def _checked_api(self, api_version: int | str) -> str:
        wanted = read_api(api_version)
        known = {*self._known_apis(), *(() if self._operations_by_api else self._service.api_versions)}
        if wanted != LATEST and self._service is not _NO_SERVICE and wanted not in known:
            raise InvalidArgumentError(
                f"Pass api_version as one of {', '.join(sorted(known))} or 'latest': "
                f"{self._service.name} has no {wanted}."
            )
        return wanted

    def _pin_api(self) -> None:
        """Make "latest" mean the API version of a class that is for one only."""
        pinned = self._pinned_api
        if pinned is not None and self._wanted_api not in (LATEST, pinned):
            raise InvalidArgumentError(
                f"Leave out api_version: {type(self).__name__} speaks API {pinned}, not {self._wanted_api}."
            )
        self._wanted_api = pinned or self._wanted_api

    def _choose_api(self) -> ApiChoice:
        choice = choose_api(
            self._service,
            self._known_apis(),
            self._wanted_api,
            lambda: self._discovery.api_versions(),
            self._find_server_version,
        )
        if choice.doubt:
            self._warn_once(
                "API version",
                f"{self._service.name}: the server did not tell which API versions it speaks "
                f"({choice.doubt}). Going on with API {choice.api}; pass api_version to choose another.",
            )
        return choice

    def _find_server_version(self) -> Finding[Version]:
        stated = self._stated_version
        if stated is ...:
            return self._discovery.server_version()
        if isinstance(stated, str):
            stated = read_server_version(stated)
        return Finding(stated, "" if stated else "the client was told that it is unknown")

    def _warn_once(self, topic: str, text: str, kind: type[Warning] = UserWarning) -> None:
        if self._is_news(topic):
            warnings.warn(text, kind, stacklevel=callers_level())

    def _log_notice(self, text: str) -> None:
        # Licences and citations come with every single answer; one reminder per client is read, a thousand
        # bury everything else.
        if self._is_news(f"notice {text}"):
            logger.warning("%s: %s", self._service.name, text)

    def _is_news(self, topic: str) -> bool:
        with self._told_lock:
            if topic in self._told:
                return False
            # A bound, because some notices hold numbers and are new each time.
            if len(self._told) < _MOST_REMEMBERED:
                self._told.add(topic)
            return True

    def __getstate__(self) -> dict[str, Any]:
        made_anew = ("_cache", "_made_discovery", "_told", "_told_lock")
        return {name: value for name, value in vars(self).items() if name not in made_anew}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._begin()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._facts())})"

    def _facts(self) -> Iterator[str]:
        yield repr(self._address) if isinstance(self._address, str) else "server not looked up yet"
        for name in _NAMES_SHOWN:
            # Only what is held: a property might ask the server.
            value = vars(self).get(name, vars(self).get(f"_{name}"))
            if value is not None:
                yield f"{name.removesuffix('_name').replace('_', ' ')} {value!r}"
        yield f"API {self._wanted_api}"


def _credentials(
    auth_header: Mapping[str, str] | None, auth_client: TokenProvider | None, server_address: str
) -> Credentials:
    if auth_header and auth_client is not None:
        raise InvalidArgumentError("Pass only one of auth_header and auth_client.")
    if auth_client is not None:
        return Credentials(auth_client, [server_address])
    return Credentials.from_header(auth_header, [server_address])
