"""Client of the state service: Neuroglancer states, and links to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from caveclient_gen._generated.state_v1 import JSONServiceOperationsV1
from caveclient_gen._runtime.addresses import DEFAULT_GLOBAL_SERVER
from caveclient_gen._runtime.browser_json import browser_value
from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.factory import VersionedClient
from caveclient_gen.mixins.state.mixin import StateMixin
from caveclient_gen.mixins.state.viewers import SEUNGLAB_NAMES, SPELUNKER_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import EllipsisType

    from packaging.version import Version

    from caveclient_gen._runtime.credentials import TokenProvider
    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.transport import Transport

__all__ = [
    "SERVER_KEY",
    "SEUNGLAB_NAMES",
    "SPELUNKER_NAMES",
    "JSONService",
    "JSONServiceV1",
    "neuroglancer_json_encoder",
]

SERVER_KEY = "json_server_address"


class JSONService(StateMixin, JSONServiceOperationsV1, metaclass=VersionedClient, factory=True):
    """
    Client of the state service.

    Parameters
    ----------
    server_address : str, optional
        The server that all datastacks share: "https://host". Left out: global.daf-apis.com.
    auth_client : AuthClient, optional
        Where the token comes from. Left out: the token files of this computer.
    api_version : int or str
        1 or "latest".
    ngl_url : str, optional
        Neuroglancer deployment that links lead to. Left out: the datastack's, or a common one.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclient, optional
        The client that this one belongs to; it knows the datastack's viewer.
    verify : bool
        Check the server's TLS certificate.
    transport : Transport, optional
        Sends the requests, instead of one made from the arguments above; may be shared between clients.
    server_version : str, optional
        Version of the server's software, where it is known. Left out: the server is asked.
    """

    _operations_by_api: ClassVar[Mapping[str, Mapping[str, Operation]]] = {
        "1": JSONServiceOperationsV1._operations
    }

    def __init__(
        self,
        server_address: str | None = None,
        auth_client: TokenProvider | None = None,
        api_version: int | str = "latest",
        ngl_url: str | None = None,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        *,
        verify: bool | str = True,
        transport: Transport | None = None,
        server_version: str | Version | EllipsisType | None = ...,
    ) -> None:
        if auth_client is None and transport is None:
            from caveclient_gen.auth import AuthClient

            auth_client = AuthClient()
        ClientBase.__init__(
            self,
            DEFAULT_GLOBAL_SERVER if server_address is None else server_address,
            api_version=api_version,
            verify=verify,
            max_retries=max_retries,
            pool_maxsize=pool_maxsize,
            pool_block=pool_block,
            over_client=over_client,
            auth_client=auth_client,
            transport=transport,
            server_version=server_version,
        )
        self._set_viewer(ngl_url)

    def _set_viewer(self, ngl_url: str | None) -> None:
        self._sites = {}
        self.ngl_url = ngl_url


class JSONServiceV1(JSONService, api="1"):
    """
    Client of the state service, for API 1. `JSONService(...)` makes one.

    Parameters
    ----------
    server_address : str
        The server that all datastacks share: "https://host".
    auth_header : dict of str
        `{"Authorization": "Bearer ..."}`; sent to this server only.
    api_version : int or str
        1 or "latest".
    endpoints : mapping
        Accepted because older scripts pass it; the routes are known already.
    server_name : str
        Name of the address in endpoint templates.
    ngl_url : str
        Neuroglancer deployment that links lead to. None: the datastack's, or a common one.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclient, optional
        The client that this one belongs to; it knows the datastack's viewer.
    auth_client : AuthClient, optional
        Where the token comes from, instead of `auth_header`.
    verify, transport, server_version
        As for `JSONService`.
    """

    def __init__(
        self,
        server_address: str,
        auth_header: Mapping[str, str] | None,
        api_version: int | str,
        endpoints: Mapping[str, Any] | None,
        server_name: str | None,
        ngl_url: str | None,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        *,
        verify: bool | str = True,
        auth_client: TokenProvider | None = None,
        transport: Transport | None = None,
        server_version: str | Version | EllipsisType | None = ...,
    ) -> None:
        ClientBase.__init__(
            self,
            server_address,
            auth_header,
            api_version,
            endpoints,
            server_name,
            verify,
            max_retries,
            pool_maxsize,
            pool_block,
            over_client,
            auth_client=auth_client,
            transport=transport,
            server_version=server_version,
        )
        self._set_viewer(ngl_url)


def neuroglancer_json_encoder(obj: Any) -> Any:
    """Return what JSON can hold instead of a value that it cannot: `default` of `json.dumps`.

    `json.dumps` asks only about values that it does not know, never about Python's own integers:
    `upload_state_json` sees to these, too.

    Parameters
    ----------
    obj : Any
        A numpy integer, an array, a set, pandas data, a moment.

    Returns
    -------
    Any
        Integers as text, so that browsers do not round them; collections as lists.

    Raises
    ------
    TypeError
        It is something else.

    Examples
    --------
    >>> import json, numpy
    >>> json.dumps({"segments": [numpy.int64(864691135000000001)]}, default=neuroglancer_json_encoder)
    '{"segments": ["864691135000000001"]}'
    """
    if isinstance(obj, int) and not isinstance(obj, bool):
        return str(obj)
    try:
        return browser_value(obj)
    except InvalidArgumentError as error:
        raise TypeError(str(error)) from error
