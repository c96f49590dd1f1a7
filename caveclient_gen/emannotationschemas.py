"""The schema service: kinds of annotation that tables can hold, and the fields of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from caveclient_gen._generated.schema_v1 import SchemaOperationsV1
from caveclient_gen._generated.schema_v2 import SchemaOperationsV2
from caveclient_gen._runtime.addresses import DEFAULT_GLOBAL_SERVER
from caveclient_gen._runtime.factory import VersionedClient
from caveclient_gen.mixins.schemas import SchemaMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen._runtime.credentials import TokenProvider
    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.transport import Transport

__all__ = ["SERVER_KEY", "SchemaClient", "SchemaClientLegacy", "SchemaClientV1"]

SERVER_KEY = "emas_server_address"


class SchemaClient(SchemaMixin, SchemaOperationsV2, metaclass=VersionedClient, factory=True):
    """Client of the schema service. It needs no token.

    Parameters
    ----------
    server_address : str, optional
        The server that all datastacks share. Left out: global.daf-apis.com.
    auth_client : AuthClient, optional
        Accepted because all clients take it; the service asks nobody for a token.
    api_version : int or str
        2, or 1 for a server of the first days. "latest" is 2.
    max_retries, pool_maxsize, pool_block, over_client, verify, transport
        As for `ClientBase`.
    """

    _operations_by_api: ClassVar[Mapping[str, Mapping[str, Operation]]] = {
        "2": SchemaOperationsV2._operations
    }

    def __init__(
        self,
        server_address: str | None = None,
        auth_client: TokenProvider | None = None,
        api_version: int | str = "latest",
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        *,
        verify: bool | str = True,
        transport: Transport | None = None,
    ) -> None:
        super().__init__(
            server_address or DEFAULT_GLOBAL_SERVER,
            api_version=api_version,
            verify=verify,
            max_retries=max_retries,
            pool_maxsize=pool_maxsize,
            pool_block=pool_block,
            over_client=over_client,
            transport=transport,
        )


class SchemaClientLegacy(SchemaClient, api="2"):
    """Client of the schema service, API 2, made from the parts that `SchemaClient` finds itself.

    Parameters
    ----------
    server_address : str
        The server that all datastacks share.
    auth_header, endpoints
        Accepted because older scripts pass them; not used.
    api_version : int or str
        2 or "latest".
    server_name : str
        Accepted because older scripts pass it; `SERVER_KEY`.
    max_retries, pool_maxsize, pool_block, over_client
        As for `ClientBase`.
    auth_client : AuthClient, optional
        Accepted because all clients take it; the service asks nobody for a token.
    **newer
        Keyword-only parameters of `SchemaClient`.
    """

    def __init__(
        self,
        server_address: str,
        auth_header: Mapping[str, str] | None,
        api_version: int | str,
        endpoints: Mapping[str, Any] | None,
        server_name: str | None,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        *,
        auth_client: TokenProvider | None = None,
        **newer: Any,
    ) -> None:
        super().__init__(
            server_address,
            auth_client,
            api_version,
            max_retries,
            pool_maxsize,
            pool_block,
            over_client,
            **newer,
        )


class SchemaClientV1(SchemaClientLegacy, api="1"):
    """Client of a schema service of the first days, which has no call for several definitions at once.

    Its parameters are those of `SchemaClientLegacy`.
    """

    _operations = SchemaOperationsV1._operations
    _operations_by_api: ClassVar[Mapping[str, Mapping[str, Operation]]] = {
        "1": SchemaOperationsV1._operations
    }
