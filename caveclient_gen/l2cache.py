"""Client of the L2 cache: size, position and shape of level 2 chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from caveclient_gen._generated.l2cache_v1 import L2CacheOperationsV1
from caveclient_gen._runtime.addresses import DEFAULT_GLOBAL_SERVER
from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.factory import VersionedClient
from caveclient_gen.mixins.l2cache.mixin import L2CacheMixin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import EllipsisType

    from packaging.version import Version

    from caveclient_gen._runtime.credentials import TokenProvider
    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.transport import Transport

__all__ = ["SERVER_KEY", "L2CacheClient", "L2CacheClientLegacy"]

SERVER_KEY = "l2cache_server_address"


class L2CacheClient(L2CacheMixin, L2CacheOperationsV1, metaclass=VersionedClient, factory=True):
    """
    Client of the L2 cache of one segmentation table.

    Parameters
    ----------
    server_address : str, optional
        The server that holds the segmentation: "https://host". Left out: the global one.
    table_name : str, optional
        Name of the segmentation table.
    auth_client : AuthClient, optional
        Where the token comes from. Left out: the token files of this computer.
    api_version : int or str
        1 or "latest".
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclientFull, optional
        The client that this one belongs to; it knows the segmentation table.
    verify : bool
        Check the server's TLS certificate.
    transport : Transport, optional
        Sends the requests, instead of one made from the arguments above; may be shared between clients.
    server_version : str, optional
        Version of the server's software, where it is known. The service does not tell it.
    """

    _operations_by_api: ClassVar[Mapping[str, Mapping[str, Operation]]] = {
        "1": L2CacheOperationsV1._operations
    }

    def __init__(
        self,
        server_address: str | None = None,
        table_name: str | None = None,
        auth_client: TokenProvider | None = None,
        api_version: int | str = "latest",
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        verify: bool | str = True,
        *,
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
        self._table_name = table_name


class L2CacheClientLegacy(L2CacheClient, api="1"):
    """
    Client of the L2 cache of one segmentation table, for API 1. `L2CacheClient(...)` makes one.

    Parameters
    ----------
    server_address : str
        The server that holds the segmentation: "https://host".
    auth_header : dict of str
        `{"Authorization": "Bearer ..."}`; sent to this server only.
    api_version : int or str
        1 or "latest".
    endpoints : mapping
        Accepted because older scripts pass it; the routes are known already.
    server_name : str
        Name of the address in endpoint templates.
    table_name : str, optional
        Name of the segmentation table.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclientFull, optional
        The client that this one belongs to; it knows the segmentation table.
    verify : bool
        Check the server's TLS certificate.
    auth_client : AuthClient, optional
        Where the token comes from, instead of `auth_header`.
    transport, server_version
        As for `L2CacheClient`.
    """

    def __init__(
        self,
        server_address: str,
        auth_header: Mapping[str, str] | None,
        api_version: int | str,
        endpoints: Mapping[str, Any] | None,
        server_name: str | None,
        table_name: str | None = None,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        verify: bool | str = True,
        *,
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
        self._table_name = table_name
