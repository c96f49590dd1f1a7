"""The skeleton service: skeletons of cells, made on demand and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen._generated.skeleton_v1 import SkeletonOperationsV1
from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.storage import Tickets
from caveclient_gen.mixins.skeleton.checks import NoL2CacheException
from caveclient_gen.mixins.skeleton.forms import Skeleton
from caveclient_gen.mixins.skeleton.mixin import SkeletonMixin
from caveclient_gen.mixins.skeleton.results import Skeletons

if TYPE_CHECKING:
    from types import EllipsisType

    from packaging.version import Version

    from caveclient_gen._runtime.credentials import TokenProvider
    from caveclient_gen._runtime.transport import Transport

__all__ = [
    "BULK_SKELETONS_BATCH_SIZE",
    "MAX_BULK_ASYNCHRONOUS_SKELETONS",
    "MAX_BULK_CACHED_SKELETONS",
    "MAX_BULK_SYNCHRONOUS_SKELETONS",
    "MAX_SKELETONS_EXISTS_QUERY_SIZE",
    "SERVER_KEY",
    "NoL2CacheException",
    "Skeleton",
    "SkeletonClient",
    "Skeletons",
]

SERVER_KEY = "skeleton_server_address"

# What one request may carry; calls take any number and go out as several requests.
MAX_SKELETONS_EXISTS_QUERY_SIZE = 1000
MAX_BULK_SYNCHRONOUS_SKELETONS = 10
MAX_BULK_CACHED_SKELETONS = 500
MAX_BULK_ASYNCHRONOUS_SKELETONS = 10000
BULK_SKELETONS_BATCH_SIZE = 1000


class SkeletonClient(SkeletonMixin, SkeletonOperationsV1):
    """Client of the skeletons of one datastack.

    Parameters
    ----------
    server_address : str
        The server that holds the datastack's services: "https://host".
    datastack_name : str, optional
        The datastack.
    auth_client : AuthClient, optional
        Where the token comes from. Left out: the token files of this computer.
    api_version : int or str
        1 or "latest".
    verify : bool
        Check the server's TLS certificate.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclientFull, optional
        The client that this one belongs to; it is asked how root ids look, and whether there is an L2 cache.
    transport : Transport, optional
        Sends the requests, instead of one made from the arguments above; may be shared between clients.
    server_version : str, optional
        Version of the server's software, where it is known. Left out: the server is asked.
    """

    def __init__(
        self,
        server_address: str,
        datastack_name: str | None = None,
        auth_client: TokenProvider | None = None,
        api_version: int | str = "latest",
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
            server_address,
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
        self._datastack_name = datastack_name
        self._l2cache_known: dict[str | None, bool] = {}
        self._tickets = Tickets()
