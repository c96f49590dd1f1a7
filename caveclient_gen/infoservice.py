"""The info service: which datastacks there are, and where each keeps its imagery and segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from caveclient_gen._generated.info_v2 import InfoServiceOperationsV2
from caveclient_gen._runtime.addresses import DEFAULT_GLOBAL_SERVER
from caveclient_gen._runtime.credentials import Credentials, StaticToken, TokenProvider
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.factory import VersionedClient
from caveclient_gen.auth import AuthClient
from caveclient_gen.base import ClientBaseWithDatastack
from caveclient_gen.mixins.info.mixin import InfoMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.transport import Transport

__all__ = ["SERVER_KEY", "InfoServiceClient", "InfoServiceClientV2"]

SERVER_KEY = "i_server_address"


class InfoServiceClient(
    InfoMixin, InfoServiceOperationsV2, ClientBaseWithDatastack, metaclass=VersionedClient, factory=True
):
    """Client of the info service.

    Records of datastacks are stored, so each is asked for once.

    Parameters
    ----------
    server_address : str, optional
        The server that all datastacks share. Left out: global.daf-apis.com.
    datastack_name : str, optional
        The datastack that methods mean when they are given none.
    auth_client : AuthClient, optional
        Where the token comes from. Left out: where this computer keeps it.
    api_version : int or str
        2; "latest" is the same.
    verify, max_retries, pool_maxsize, pool_block, over_client, transport
        As for `ClientBase`.
    info_cache : dict, optional
        Records by datastack name that somebody has already: `info_cache` of another client.
    """

    _operations_by_api: ClassVar[Mapping[str, Mapping[str, Operation]]] = {
        "2": InfoServiceOperationsV2._operations
    }

    def __init__(
        self,
        server_address: str | None = None,
        datastack_name: str | None = None,
        auth_client: TokenProvider | None = None,
        api_version: int | str = "latest",
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        info_cache: Mapping[str, Any] | None = None,
        *,
        transport: Transport | None = None,
    ) -> None:
        address = server_address or DEFAULT_GLOBAL_SERVER
        if auth_client is None:
            auth_client = AuthClient(server_address=address)
        super().__init__(
            address,
            None,
            api_version,
            None,
            SERVER_KEY,
            datastack_name,
            verify=verify,
            max_retries=max_retries,
            pool_maxsize=pool_maxsize,
            pool_block=pool_block,
            over_client=over_client,
            auth_client=auth_client,
            transport=transport,
        )
        self._token_provider = auth_client
        self._store_records(info_cache)


class InfoServiceClientV2(InfoServiceClient, api="2"):
    """Client of the info service, API 2, made from the parts that `InfoServiceClient` finds itself.

    Parameters
    ----------
    server_address : str
        The server that all datastacks share.
    auth_header : dict of str or None
        `{"Authorization": "Bearer ..."}`.
    api_version : int or str
        2 or "latest".
    endpoints, server_name
        Accepted because older scripts pass them; the routes are known already.
    datastack_name : str or None
        The datastack that methods mean when they are given none.
    verify, max_retries, pool_maxsize, pool_block, over_client, info_cache
        As for `InfoServiceClient`.
    auth_client : AuthClient, optional
        Where the token comes from, instead of `auth_header`.
    **newer
        Keyword-only parameters of `InfoServiceClient`.
    """

    def __init__(
        self,
        server_address: str,
        auth_header: Mapping[str, str] | None,
        api_version: int | str,
        endpoints: Mapping[str, Any] | None,
        server_name: str | None,
        datastack_name: str | None,
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        info_cache: Mapping[str, Any] | None = None,
        *,
        auth_client: TokenProvider | None = None,
        **newer: Any,
    ) -> None:
        if auth_header and auth_client is not None:
            raise InvalidArgumentError("Pass only one of auth_header and auth_client.")
        super().__init__(
            server_address,
            datastack_name,
            # A header without a token means requests without one, not the token of this computer.
            auth_client or Credentials.from_header(auth_header).provider or StaticToken(None),
            api_version,
            verify,
            max_retries,
            pool_maxsize,
            pool_block,
            over_client,
            info_cache,
            **newer,
        )
