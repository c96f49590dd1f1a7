"""Client of the chunkedgraph: roots, leaves, edits and lineage of a segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from caveclient_gen._generated.chunkedgraph_v1 import ChunkedGraphOperationsV1
from caveclient_gen._runtime.addresses import DEFAULT_GLOBAL_SERVER
from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.factory import VersionedClient
from caveclient_gen._runtime.times import to_utc
from caveclient_gen._runtime.typing import IdsLike as IntArrayLike
from caveclient_gen.mixins.chunkedgraph.edits import package_split_data
from caveclient_gen.mixins.chunkedgraph.mixin import ChunkedGraphMixin
from caveclient_gen.mixins.chunkedgraph.values import (
    package_bounds,
    package_timestamp,
    root_id_int_list_check,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import EllipsisType

    from packaging.version import Version

    from caveclient_gen._runtime.credentials import TokenProvider
    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.transport import Transport
    from caveclient_gen._runtime.typing import TimeLike

__all__ = [
    "SERVER_KEY",
    "ChunkedGraphClient",
    "ChunkedGraphClientV1",
    "IntArrayLike",
    "package_bounds",
    "package_split_data",
    "package_timestamp",
    "root_id_int_list_check",
]

SERVER_KEY = "cg_server_address"


class ChunkedGraphClient(
    ChunkedGraphMixin, ChunkedGraphOperationsV1, metaclass=VersionedClient, factory=True
):
    """
    Client of one segmentation table.

    Parameters
    ----------
    server_address : str, optional
        The server that holds the segmentation: "https://host". Left out: the global one.
    table_name : str, optional
        Name of the segmentation table.
    auth_client : AuthClient, optional
        Where the token comes from. Left out: the token files of this computer.
    api_version : int or str
        API version to speak; "latest" finds out, at the first call.
    timestamp : datetime.datetime, optional
        The client's moment: what calls mean that do not say one. Left out: the present.
    verify : bool
        Check the server's TLS certificate.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclientFull, optional
        The client that this one belongs to. If it is set to a version, that decides the moment.
    transport : Transport, optional
        Sends the requests, instead of one made from the arguments above; may be shared between clients.
    server_version : str, optional
        Version of the server's software, where it is known. Left out: the server is asked.
    """

    # Servers still list API 0, whose answers have other forms; it is described, but not spoken here.
    _operations_by_api: ClassVar[Mapping[str, Mapping[str, Operation]]] = {
        "1": ChunkedGraphOperationsV1._operations
    }

    def __init__(
        self,
        server_address: str | None = None,
        table_name: str | None = None,
        auth_client: TokenProvider | None = None,
        api_version: int | str = "latest",
        timestamp: TimeLike | None = None,
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
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
        self._set_table(table_name, timestamp)

    def _set_table(self, table_name: str | None, timestamp: TimeLike | None) -> None:
        self._table_name = table_name
        self._timestamp = None if timestamp is None else to_utc(timestamp)


class ChunkedGraphClientV1(ChunkedGraphClient, api="1"):
    """
    Client of one segmentation table, for API 1. `ChunkedGraphClient(...)` makes one.

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
    server_key : str
        Name of the address in endpoint templates.
    timestamp : datetime.datetime, optional
        The client's moment: what calls mean that do not say one. Left out: the present.
    table_name : str, optional
        Name of the segmentation table.
    verify : bool
        Check the server's TLS certificate.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclientFull, optional
        The client that this one belongs to. If it is set to a version, that decides the moment.
    auth_client : AuthClient, optional
        Where the token comes from, instead of `auth_header`.
    transport : Transport, optional
        Sends the requests, instead of one made from the arguments above; may be shared between clients.
    server_version : str, optional
        Version of the server's software, where it is known. Left out: the server is asked.
    """

    def __init__(
        self,
        server_address: str,
        auth_header: Mapping[str, str] | None,
        api_version: int | str,
        endpoints: Mapping[str, Any] | None,
        server_key: str = SERVER_KEY,
        timestamp: TimeLike | None = None,
        table_name: str | None = None,
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
        ClientBase.__init__(
            self,
            server_address,
            auth_header,
            api_version,
            endpoints,
            server_key,
            verify,
            max_retries,
            pool_maxsize,
            pool_block,
            over_client,
            auth_client=auth_client,
            transport=transport,
            server_version=server_version,
        )
        self._set_table(table_name, timestamp)
