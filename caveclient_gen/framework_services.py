"""How a framework client makes the client of each service: with its addresses, its token, its connections."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.plain_errors import InvalidArgumentError

if TYPE_CHECKING:
    from caveclient_gen.annotationengine import AnnotationClient
    from caveclient_gen.auth import AuthClient
    from caveclient_gen.chunkedgraph import ChunkedGraphClient
    from caveclient_gen.emannotationschemas import SchemaClient
    from caveclient_gen.frameworkclient import CAVEclient
    from caveclient_gen.infoservice import InfoServiceClient
    from caveclient_gen.jsonservice import JSONService
    from caveclient_gen.l2cache import L2CacheClient
    from caveclient_gen.materializationengine import MaterializationClient
    from caveclient_gen.skeletonservice import SkeletonClient

__all__ = [
    "keep_answers",
    "make_annotation",
    "make_chunkedgraph",
    "make_info",
    "make_l2cache",
    "make_materialize",
    "make_schema",
    "make_skeleton",
    "make_state",
]

FOLDER_VARIABLE = "CAVE_CACHE_FOLDER"
"""Environment variable that names a folder for answers, where the client is not given one."""


def keep_answers(auth: AuthClient, cache_folder: str | os.PathLike[str] | None) -> None:
    """Let answers that cannot change outlive the process, if the user names a folder for them.

    Raises
    ------
    InvalidArgumentError
        There is a folder, and a transport that cannot use it.
    """
    folder = cache_folder or os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return
    keep = getattr(auth._transport, "keep_answers", None)
    if keep is not None:
        keep(folder)
    elif cache_folder:
        raise InvalidArgumentError(
            f"Leave out cache_folder: {type(auth._transport).__name__} keeps no answers in folders."
        )


def make_info(client: CAVEclient) -> InfoServiceClient:
    """Make the client of the info service; nothing is sent."""
    from caveclient_gen.infoservice import InfoServiceClient

    info = InfoServiceClient(
        client.server_address,
        client.datastack_name,
        client.auth,
        over_client=client,
        info_cache=client._info_cache,
        transport=client._transport,
    )
    info._on_record = client._learn_of
    return info


def make_schema(client: CAVEclient) -> SchemaClient:
    """Make the client of the schema service; nothing is sent."""
    from caveclient_gen.emannotationschemas import SchemaClient

    return SchemaClient(client.server_address, client.auth, over_client=client, transport=client._transport)


def make_state(client: CAVEclient) -> JSONService:
    """Make the client of the state service; nothing is sent."""
    from caveclient_gen.jsonservice import JSONService

    # Without a viewer: it asks the framework client for the datastack's when it first needs it.
    return JSONService(client.server_address, client.auth, over_client=client, transport=client._transport)


def make_annotation(client: CAVEclient) -> AnnotationClient:
    """Make the client of the annotation service; nothing is sent."""
    from caveclient_gen.annotationengine import AnnotationClient

    # Without a volume: it asks the framework client for it when it first needs it.
    return AnnotationClient(
        _local_server_of(client), auth_client=client.auth, over_client=client, transport=client._transport
    )


def make_l2cache(client: CAVEclient) -> L2CacheClient:
    """Make the client of the L2 cache; nothing is sent."""
    from caveclient_gen.l2cache import L2CacheClient

    # Without a table name: it asks the framework client for it when it first needs it.
    return L2CacheClient(
        _local_server_of(client), auth_client=client.auth, over_client=client, transport=client._transport
    )


def make_skeleton(client: CAVEclient) -> SkeletonClient:
    """Make the client of the skeleton service; nothing is sent."""
    from caveclient_gen.skeletonservice import SkeletonClient

    return SkeletonClient(
        _local_server_of(client),
        client.datastack_name,
        client.auth,
        over_client=client,
        transport=client._transport,
    )


def make_chunkedgraph(client: CAVEclient) -> ChunkedGraphClient:
    """Make the client of the chunkedgraph; nothing is sent."""
    from caveclient_gen.chunkedgraph import ChunkedGraphClient

    # Without a table name: it asks the framework client for it when it first needs it.
    return ChunkedGraphClient(
        _local_server_of(client), None, client.auth, over_client=client, transport=client._transport
    )


def make_materialize(client: CAVEclient) -> MaterializationClient:
    """Make the client of the tables; nothing is sent."""
    from caveclient_gen.materializationengine import MaterializationClient

    return MaterializationClient(
        _local_server_of(client),
        client.datastack_name,
        client.auth,
        over_client=client,
        desired_resolution=client.desired_resolution,
        transport=client._transport,
    )


def _local_server_of(client: CAVEclient) -> Any:
    """Return what finds the datastack's own server when it is needed; clients take it for an address."""
    return partial(getattr, client, "local_server")
