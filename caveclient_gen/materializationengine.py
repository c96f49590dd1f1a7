"""Client of the materialization engine: tables of annotations, frozen at a version or live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from caveclient_gen._generated.materialize_v2 import MaterializationOperationsV2
from caveclient_gen._generated.materialize_v3 import MaterializationOperationsV3
from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.factory import VersionedClient
from caveclient_gen.mixins.materialize.frames import (
    concatenate_position_columns,
    convert_position_columns,
    convert_timestamp,
    deserialize_query_response,
    string_format_timestamp,
)
from caveclient_gen.mixins.materialize.mixin import MaterializationMixin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import EllipsisType

    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from packaging.version import Version

    from caveclient_gen._runtime.credentials import TokenProvider
    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.transport import Transport
    from caveclient_gen._runtime.typing import ResolutionLike, TimeLike
    from caveclient_gen.mixins.materialize.options import Frame, TableFilter

__all__ = [
    "DEFAULT_COMPRESSION",
    "SERVER_KEY",
    "MaterializationClient",
    "MaterializationClientV2",
    "MaterializationClientV3",
    "MaterializatonClientV2",
    "MaterializatonClientV3",
    "concatenate_position_columns",
    "convert_position_columns",
    "convert_timestamp",
    "deserialize_query_response",
    "direct_sql_error_msg",
    "string_format_timestamp",
]

SERVER_KEY = "me_server_address"

DEFAULT_COMPRESSION = "zstd"
"""How answers of queries are compressed, inside the Arrow stream."""

direct_sql_error_msg = (
    "Ask the people who run this server to update it: queries need MaterializationEngine 5.13.0 or newer, "
    "because older ones cannot send ids exactly."
)
"""Why queries refuse a server that is too old."""


class MaterializationClient(
    MaterializationMixin, MaterializationOperationsV3, metaclass=VersionedClient, factory=True
):
    """
    Client of the tables of one datastack.

    Parameters
    ----------
    server_address : str
        The datastack's server: "https://host".
    datastack_name : str, optional
        Name of the datastack.
    auth_client : AuthClient, optional
        Where the token comes from. Left out: the token files of this computer.
    cg_client : ChunkedGraphClient, optional
        The datastack's chunkedgraph, which live queries need. Left out: the framework client's.
    synapse_table : str, optional
        Table that `synapse_query` asks. Left out: the one that the datastack names.
    api_version : int or str
        API version to speak; "latest" finds out, at the first call.
    version : int, optional
        Version that calls are about when they don't say another. Left out: the newest, found out once.
    verify : bool
        Check the server's TLS certificate.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    desired_resolution : sequence of 3 float, optional
        Size of a voxel in which queries return positions, in nm. Left out: as they are stored.
    over_client : CAVEclientFull, optional
        The client that this one belongs to. If it is set to a version, that holds here too.
    transport : Transport, optional
        Sends the requests, instead of one made from the arguments above; may be shared between clients.
    server_version : str, optional
        Version of the server's software, where it is known. Left out: the server is asked.
    """

    _operations_by_api: ClassVar[Mapping[str, Mapping[str, Operation]]] = {
        "2": MaterializationOperationsV2._operations,
        "3": MaterializationOperationsV3._operations,
    }

    def __init__(
        self,
        server_address: str,
        datastack_name: str | None = None,
        auth_client: TokenProvider | None = None,
        cg_client: Any = None,
        synapse_table: str | None = None,
        api_version: int | str = "latest",
        version: int | None = None,
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        desired_resolution: Iterable[float] | None = None,
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
        self._set_datastack(datastack_name, cg_client, synapse_table, version, desired_resolution)


class MaterializationClientV2(MaterializationClient, MaterializationOperationsV2, api="2"):
    """
    Client of the tables of one datastack, for API 2. `MaterializationClient(...)` makes one.

    Methods that need API 3 (views, metadata of all tables, unique values) raise UnsupportedFeatureError.

    Parameters
    ----------
    server_address : str
        The datastack's server: "https://host".
    auth_header : dict of str
        `{"Authorization": "Bearer ..."}`; sent to this server only.
    api_version : int or str
        The API version of this class, or "latest".
    endpoints : mapping
        Accepted because older scripts pass it; the routes are known already.
    server_name : str
        Name of the address in endpoint templates.
    datastack_name : str
        Name of the datastack.
    cg_client : ChunkedGraphClient, optional
        The datastack's chunkedgraph, which live queries need. Left out: the framework client's.
    synapse_table : str, optional
        Table that `synapse_query` asks. Left out: the one that the datastack names.
    version : int, optional
        Version that calls are about when they don't say another. Left out: the newest, found out once.
    verify : bool
        Check the server's TLS certificate.
    max_retries : int, optional
        How often a request that may be repeated is repeated.
    pool_maxsize : int, optional
        Connections kept open.
    pool_block : bool, optional
        Wait for a free connection rather than open one more.
    over_client : CAVEclientFull, optional
        The client that this one belongs to. If it is set to a version, that holds here too.
    desired_resolution : sequence of 3 float, optional
        Size of a voxel in which queries return positions, in nm. Left out: as they are stored.
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
        server_name: str | None,
        datastack_name: str | None,
        cg_client: Any = None,
        synapse_table: str | None = None,
        version: int | None = None,
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        desired_resolution: Iterable[float] | None = None,
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
        self._set_datastack(datastack_name, cg_client, synapse_table, version, desired_resolution)

    # API 2 clients are documented without `filter_regex_dict`, which API 3 ones have before `select_columns`.
    @overload  # type: ignore[override]  # the documented order
    def live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: Sequence[Sequence[str]] | None = None,
        filter_in_dict: TableFilter | None = None,
        filter_out_dict: TableFilter | None = None,
        filter_equal_dict: TableFilter | None = None,
        filter_spatial_dict: TableFilter | None = None,
        select_columns: Mapping[str, Iterable[str]] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        split_positions: bool = False,
        metadata: bool = True,
        suffixes: Mapping[str, str] | None = None,
        desired_resolution: ResolutionLike | None = None,
        allow_missing_lookups: bool = False,
        random_sample: int | None = None,
        *,
        output: Literal["pandas"] = "pandas",
        **newer: Any,
    ) -> pd.DataFrame: ...

    @overload
    def live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: Sequence[Sequence[str]] | None = None,
        filter_in_dict: TableFilter | None = None,
        filter_out_dict: TableFilter | None = None,
        filter_equal_dict: TableFilter | None = None,
        filter_spatial_dict: TableFilter | None = None,
        select_columns: Mapping[str, Iterable[str]] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        output: Literal["arrow"],
        **options: Any,
    ) -> pa.Table: ...

    @overload
    def live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: Sequence[Sequence[str]] | None = None,
        filter_in_dict: TableFilter | None = None,
        filter_out_dict: TableFilter | None = None,
        filter_equal_dict: TableFilter | None = None,
        filter_spatial_dict: TableFilter | None = None,
        select_columns: Mapping[str, Iterable[str]] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        *,
        output: Literal["polars"],
        **options: Any,
    ) -> pl.DataFrame: ...

    def live_live_query(
        self,
        table: str,
        timestamp: TimeLike,
        joins: Sequence[Sequence[str]] | None = None,
        filter_in_dict: TableFilter | None = None,
        filter_out_dict: TableFilter | None = None,
        filter_equal_dict: TableFilter | None = None,
        filter_spatial_dict: TableFilter | None = None,
        select_columns: Mapping[str, Iterable[str]] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        datastack_name: str | None = None,
        split_positions: bool = False,
        metadata: bool = True,
        suffixes: Mapping[str, str] | None = None,
        desired_resolution: ResolutionLike | None = None,
        allow_missing_lookups: bool = False,
        random_sample: int | None = None,
        *,
        output: Any = "pandas",
        **newer: Any,
    ) -> Any:
        """Query tables as they are at a moment; see `MaterializationClient.live_live_query`."""
        rows: Frame = super().live_live_query(
            table,
            timestamp,
            joins,
            filter_in_dict,
            filter_out_dict,
            filter_equal_dict,
            filter_spatial_dict,
            select_columns=select_columns,
            offset=offset,
            limit=limit,
            datastack_name=datastack_name,
            split_positions=split_positions,
            metadata=metadata,
            suffixes=suffixes,
            desired_resolution=desired_resolution,
            allow_missing_lookups=allow_missing_lookups,
            random_sample=random_sample,
            output=output,
            **newer,
        )
        return rows


class MaterializationClientV3(MaterializationClientV2, api="3"):
    """Client of the tables of one datastack, for API 3; made like the one for API 2."""

    live_live_query = MaterializationMixin.live_live_query  # type: ignore[assignment]  # as above


MaterializatonClientV2 = MaterializationClientV2
MaterializatonClientV3 = MaterializationClientV3
