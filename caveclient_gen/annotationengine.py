"""Client of the annotation service: tables, the annotations in them, and uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from caveclient_gen._generated.annotation_v2 import AnnotationOperationsV2
from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.factory import VersionedClient
from caveclient_gen.mixins.annotation.mixin import AnnotationMixin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import EllipsisType

    from packaging.version import Version

    from caveclient_gen._runtime.credentials import TokenProvider
    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.transport import Transport

__all__ = ["SERVER_KEY", "AnnotationClient", "AnnotationClientV2"]

SERVER_KEY = "ae_server_address"


class AnnotationClient(AnnotationMixin, AnnotationOperationsV2, metaclass=VersionedClient, factory=True):
    """
    Client of the annotations of one aligned volume.

    Parameters
    ----------
    server_address : str
        The server that holds the tables: "https://host".
    dataset_name : str, optional
        What the first servers called an aligned volume; taken for it where `aligned_volume_name` is left out.
    aligned_volume_name : str, optional
        Name of the aligned volume. Left out: the framework client's.
    auth_client : AuthClient, optional
        Where the token comes from. Left out: the token files of this computer.
    api_version : int or str
        2 or "latest".
    verify : bool
        Check the server's TLS certificate.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclientFull, optional
        The client that this one belongs to.
    schema_client : SchemaClient, optional
        Where schemas of annotations come from. Left out: the framework client's, when it is first needed.
    transport : Transport, optional
        Sends the requests, instead of one made from the arguments above; may be shared between clients.
    server_version : str, optional
        Version of the server's software, where it is known; the service does not tell it.
    """

    # API 0 is described, but no server speaks it any more.
    _operations_by_api: ClassVar[Mapping[str, Mapping[str, Operation]]] = {
        "2": AnnotationOperationsV2._operations
    }

    def __init__(
        self,
        server_address: str,
        dataset_name: str | None = None,
        aligned_volume_name: str | None = None,
        auth_client: TokenProvider | None = None,
        api_version: int | str = "latest",
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        *,
        schema_client: Any = None,
        transport: Transport | None = None,
        server_version: str | Version | EllipsisType | None = ...,
    ) -> None:
        # Newer releases of the documented client have no dataset_name: there, the volume is the second.
        for name, value in (("dataset_name", dataset_name), ("aligned_volume_name", aligned_volume_name)):
            if value is not None and not isinstance(value, str):
                raise InvalidArgumentError(
                    f"Pass {name} as a text, and what follows by name (auth_client=...): "
                    f"{type(value).__name__} is none."
                )
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
        self._aligned_volume_name = aligned_volume_name if aligned_volume_name is not None else dataset_name
        self._schema_client = schema_client


class AnnotationClientV2(AnnotationClient, api="2"):
    """
    Client of the annotations of one aligned volume, for API 2. `AnnotationClient(...)` makes one.

    Parameters
    ----------
    server_address : str
        The server that holds the tables: "https://host".
    auth_header : dict of str
        `{"Authorization": "Bearer ..."}`; sent to this server only.
    api_version : int or str
        2 or "latest".
    endpoints : mapping
        Accepted because older scripts pass it; the routes are known already.
    server_name : str
        Name of the address in endpoint templates.
    aligned_volume_name : str
        Name of the aligned volume. None: the framework client's.
    verify : bool
        Check the server's TLS certificate.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclientFull, optional
        The client that this one belongs to.
    schema_client : SchemaClient, optional
        Where schemas of annotations come from. Left out: the framework client's, when it is first needed.
    auth_client : AuthClient, optional
        Where the token comes from, instead of `auth_header`.
    transport : Transport, optional
        Sends the requests, instead of one made from the arguments above; may be shared between clients.
    server_version : str, optional
        Version of the server's software, where it is known; the service does not tell it.
    """

    def __init__(
        self,
        server_address: str,
        auth_header: Mapping[str, str] | None,
        api_version: int | str,
        endpoints: Mapping[str, Any] | None,
        server_name: str | None,
        aligned_volume_name: str | None,
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        schema_client: Any = None,
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
        self._aligned_volume_name = aligned_volume_name
        self._schema_client = schema_client
