"""How a framework client makes the client of each service: with its addresses, its token, its connections."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from caveclient_gen._runtime.errors import UnsupportedFeatureError

if TYPE_CHECKING:
    from caveclient_gen.chunkedgraph import ChunkedGraphClient
    from caveclient_gen.emannotationschemas import SchemaClient
    from caveclient_gen.frameworkclient import CAVEclient
    from caveclient_gen.infoservice import InfoServiceClient
    from caveclient_gen.materializationengine import MaterializationClient

__all__ = ["make_chunkedgraph", "make_info", "make_materialize", "make_schema"]


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


def make_chunkedgraph(client: CAVEclient) -> ChunkedGraphClient:
    """Make the client of the chunkedgraph; the datastack's record is asked for, if it is not known."""
    from caveclient_gen.chunkedgraph import ChunkedGraphClient

    return ChunkedGraphClient(
        client.local_server,
        _segmentation_table(client),
        client.auth,
        over_client=client,
        transport=client._transport,
    )


def make_materialize(client: CAVEclient) -> MaterializationClient:
    """Make the client of the tables; the datastack's record is asked for, if it is not known."""
    from caveclient_gen.materializationengine import MaterializationClient

    return MaterializationClient(
        client.local_server,
        client.datastack_name,
        client.auth,
        synapse_table=client.info.get_datastack_info()["synapse_table"],
        over_client=client,
        desired_resolution=client.desired_resolution,
        transport=client._transport,
    )


def _segmentation_table(client: CAVEclient) -> str:
    source = client.info.segmentation_source()
    table = urlsplit(source.removeprefix("graphene://")).path.rstrip("/").rpartition("/")[2]
    if not source.startswith(("graphene://", "http://", "https://")) or not table:
        raise UnsupportedFeatureError(
            f"Use a datastack that is proofread: {client.datastack_name!r} has no chunkedgraph, "
            f"its segmentation is {source!r}."
        )
    return table
