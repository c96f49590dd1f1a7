"""Clients for the tests of packages that use CAVE, without any server.

`CAVEclientMock(chunkedgraph=True, materialization=True)` is a real client: requests go through all of it, and
end at the `responses` package instead of a network. What a client would ask servers before its first call
(datastack record, versions) is known to it; what calls ask, a test registers itself:

    @responses.activate
    def test_roots():
        client = CAVEclientMock(chunkedgraph=True)
        chunkedgraph = "https://local.cave.com/segmentation/api/v1/table/test_v1"
        responses.get(f"{chunkedgraph}/node/1/root", json={"root_id": 5})
        assert client.chunkedgraph.get_root_id(1) == 5

Needs the package `responses`: `pip install caveclient-gen[testing]`.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from caveclient_gen.tools.mock_servers import (
    CHUNKEDGRAPH_API_VERSIONS,
    DEFAULT_CHUNKEDGRAPH_SERVER_VERSION,
    DEFAULT_INFO_SERVER_VERSION,
    DEFAULT_JSON_SERVICE_SERVER_VERSION,
    DEFAULT_MATERIALIZATION_SERVER_VERSON,
    DEFAULT_MATERIALIZATION_VERSION_METADATA,
    DEFAULT_MATERIALIZATION_VERSONS,
    DEFAULT_SKELETON_SERVICE_SERVER_VERSION,
    MATERIALIZATION_API_VERSIONS,
    SCHEMA_API_VERSIONS,
    TEST_DATASTACK,
    TEST_GLOBAL_SERVER,
    TEST_IMAGE_SERVER,
    TEST_LOCAL_SERVER,
    MockServers,
    api_version_url,
    default_info,
    get_table_name,
    info_url,
    version_url,
)

if TYPE_CHECKING:
    from caveclient_gen.frameworkclient import CAVEclient

__all__ = [
    "CHUNKEDGRAPH_API_VERSIONS",
    "DEFAULT_CHUNKEDGRAPH_SERVER_VERSION",
    "DEFAULT_INFO_SERVER_VERSION",
    "DEFAULT_JSON_SERVICE_SERVER_VERSION",
    "DEFAULT_MATERIALIZATION_SERVER_VERSON",
    "DEFAULT_MATERIALIZATION_VERSION_METADATA",
    "DEFAULT_MATERIALIZATION_VERSONS",
    "DEFAULT_SKELETON_SERVICE_SERVER_VERSION",
    "MATERIALIZATION_API_VERSIONS",
    "SCHEMA_API_VERSIONS",
    "TEST_DATASTACK",
    "TEST_GLOBAL_SERVER",
    "TEST_IMAGE_SERVER",
    "TEST_LOCAL_SERVER",
    "CAVEclientMock",
    "CloudVolumeMock",
    "api_version_url",
    "default_info",
    "get_api_versions",
    "get_materialiation_info",
    "get_server_information",
    "get_server_versions",
    "get_table_name",
    "info_url",
    "version_url",
]

imports_worked = find_spec("responses") is not None
"""Whether the package `responses` is installed."""

_TOKEN = "no-token-of-anybody"  # noqa: S105  sent nowhere


def get_materialiation_info(
    materialization_versions: list[int] = DEFAULT_MATERIALIZATION_VERSONS,
    version_metadata: dict[str, str] = DEFAULT_MATERIALIZATION_VERSION_METADATA,
) -> dict[str, Any]:
    """Return materialization versions and what is known of each; the name is the one that scripts import.

    Parameters
    ----------
    materialization_versions : list of int
        The versions.
    version_metadata : dict
        What the server tells of a version.

    Returns
    -------
    dict
        Both, by the names of the parameters; copies.
    """
    return {
        "materialization_versions": list(materialization_versions),
        "version_metadata": dict(version_metadata),
    }


def get_server_versions(
    chunkedgraph_version: str = DEFAULT_CHUNKEDGRAPH_SERVER_VERSION,
    materialization_version: str = DEFAULT_MATERIALIZATION_SERVER_VERSON,
    skeleton_service_version: str = DEFAULT_SKELETON_SERVICE_SERVER_VERSION,
    json_service_version: str = DEFAULT_JSON_SERVICE_SERVER_VERSION,
    info_server_version: str = DEFAULT_INFO_SERVER_VERSION,
) -> dict[str, Version]:
    """Return software versions, as `CAVEclientMock` takes them.

    Parameters
    ----------
    chunkedgraph_version, materialization_version, skeleton_service_version : str
        Version of each server.
    json_service_version, info_server_version : str
        Version of each server.

    Returns
    -------
    dict of Version
        By the names of the parameters of `CAVEclientMock`.
    """
    return {
        "chunkedgraph_server_version": Version(chunkedgraph_version),
        "materialization_server_version": Version(materialization_version),
        "skeleton_service_server_version": Version(skeleton_service_version),
        "json_service_server_version": Version(json_service_version),
        "info_server_version": Version(info_server_version),
    }


def get_server_information(
    datastack_name: str = TEST_DATASTACK,
    global_server: str = TEST_GLOBAL_SERVER,
    local_server: str = TEST_LOCAL_SERVER,
) -> dict[str, str]:
    """Return a datastack and its servers, as `CAVEclientMock` takes them.

    Parameters
    ----------
    datastack_name : str
        Name of the datastack.
    global_server : str
        The server that all datastacks share.
    local_server : str
        The datastack's own server.

    Returns
    -------
    dict of str
        By the names of the parameters.
    """
    return {"datastack_name": datastack_name, "local_server": local_server, "global_server": global_server}


def get_api_versions(
    chunkedgraph_api_versions: list[int] = CHUNKEDGRAPH_API_VERSIONS,
    materialization_api_versions: list[int] = MATERIALIZATION_API_VERSIONS,
    schema_api_versions: list[int] = SCHEMA_API_VERSIONS,
) -> dict[str, list[int]]:
    """Return API versions, as `CAVEclientMock` takes them.

    Parameters
    ----------
    chunkedgraph_api_versions, materialization_api_versions, schema_api_versions : list of int
        The API versions that each server speaks.

    Returns
    -------
    dict of list of int
        By the names of the parameters; copies.
    """
    return {
        "chunkedgraph_api_versions": list(chunkedgraph_api_versions),
        "materialization_api_versions": list(materialization_api_versions),
        "schema_api_versions": list(schema_api_versions),
    }


def CAVEclientMock(  # noqa: N802  a name that scripts import
    datastack_name: str | None = None,
    global_server: str | None = None,
    local_server: str | None = None,
    info_file: dict[str, Any] | None = None,
    chunkedgraph: bool = False,
    chunkedgraph_server_version: str | Version = DEFAULT_CHUNKEDGRAPH_SERVER_VERSION,
    chunkedgraph_api_versions: list[int] | None = None,
    materialization: bool = False,
    materialization_server_version: str | Version = DEFAULT_MATERIALIZATION_SERVER_VERSON,
    materialization_api_versions: list[int] | None = None,
    available_materialization_versions: list[int] | None = None,
    set_version: int | None = None,
    set_version_metadata: dict[str, Any] | None = None,
    json_service: bool = False,
    json_service_server_version: str | Version = DEFAULT_JSON_SERVICE_SERVER_VERSION,
    skeleton_service: bool = False,
    skeleton_service_server_version: str | Version = DEFAULT_SKELETON_SERVICE_SERVER_VERSION,
    schema_api_versions: list[int] | None = None,
    l2cache: bool = False,
    l2cache_disabled: bool = False,
    info_server_version: str | Version = DEFAULT_INFO_SERVER_VERSION,
    global_only: bool = False,
) -> CAVEclient:
    """Make a client that needs no server for what clients ask before their first call.

    Nothing leaves the computer while it is made. Later calls are sent like those of any client: register
    their answers with `responses`.

    Parameters
    ----------
    datastack_name, global_server, local_server : str, optional
        The datastack and its servers. Left out: as `get_server_information` returns them.
    info_file : dict, optional
        The datastack's record. Left out: `default_info(local_server)`.
    chunkedgraph, materialization, json_service, skeleton_service : bool
        Let the client know the server and API version of this service; `materialization` includes
        `chunkedgraph`.
    chunkedgraph_server_version, materialization_server_version : str or Version
        Version of the server's software.
    json_service_server_version, skeleton_service_server_version, info_server_version : str or Version
        Version of the server's software.
    chunkedgraph_api_versions, materialization_api_versions, schema_api_versions : list of int, optional
        The API versions that the server speaks. Left out: as `get_api_versions` returns them.
    available_materialization_versions : list of int, optional
        Materialization versions that there are; the newest is what queries mean. Left out: 1 and 2, and a
        query without a version asks for them, so that a test can register others.
    set_version : int, optional
        Pin the client to this version, as with `materialization`. It must be one of those that there are.
    set_version_metadata : dict, optional
        What is known of that version. Left out: it is of June 2024 and does not expire soon.
    l2cache : bool
        Let the client know that the datastack has an L2 cache.
    l2cache_disabled : bool
        With `l2cache`: let it know that there is none.
    global_only : bool
        Make a client without a datastack.

    Returns
    -------
    CAVEclient
        The client. Its token is made up.

    Raises
    ------
    ImportError
        The package `responses` is missing.
    InvalidArgumentError
        There is no such version as `set_version`.
    """
    if not imports_worked:
        raise ImportError("Install the package `responses` to make mock clients: pip install responses")
    import responses

    from caveclient_gen.frameworkclient import CAVEclient

    local = local_server or TEST_LOCAL_SERVER
    made = MockServers(
        datastack=datastack_name or TEST_DATASTACK,
        shared=global_server or TEST_GLOBAL_SERVER,
        record=default_info(local) if info_file is None else info_file,
    )
    made.know_shared(info_server_version, schema_api_versions, json_service_server_version)
    wanted = ["info", "schema"] + ["state"] * json_service
    if not global_only:
        made.know_chunkedgraph(chunkedgraph_server_version, chunkedgraph_api_versions)
        made.know_materialization(materialization_server_version, materialization_api_versions)
        made.know_versions(available_materialization_versions, set_version, set_version_metadata)
        made.know_skeletons(skeleton_service_server_version)
        if l2cache:
            made.know_l2cache(not l2cache_disabled)
        materialization = materialization or set_version is not None
        wanted += ["chunkedgraph"] * (chunkedgraph or materialization)
        wanted += ["materialize"] * materialization + ["skeleton"] * skeleton_service
    # Not `responses.activate`: in a test that is activated itself, its answers must not be touched.
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        for url, answer in made.answers.items():
            wire.get(url, json=answer)
        client = CAVEclient(
            made.datastack, made.shared, auth_token=_TOKEN, global_only=global_only, write_server_cache=False
        )
        _ask(client, wanted)
        if not global_only:
            _ask_about_datastack(
                client, set_version, newest=materialization and bool(available_materialization_versions)
            )
            if l2cache:
                client.l2cache.has_cache()
    return client


def _ask(client: CAVEclient, services: list[str]) -> None:
    for name in services:
        service = getattr(client, name)
        # Asked once and remembered; nothing else is done with them.
        _ = service.server_version, service.api_version


def _ask_about_datastack(client: CAVEclient, version: int | None, newest: bool) -> None:
    _ = client.local_server
    if version is not None:
        client.version = version
    elif newest:
        _ = client.materialize.version


class CloudVolumeMock:
    """What stands in for a `cloudvolume.CloudVolume` where code only asks on which layer an id is.

    Every id is on the top layer, as root ids are; only 2 is above it, for tests of wrong ids.
    """

    class Meta:
        """Layers of the volume."""

        n_layers = 1

        def decode_layer_id(self, node_id: int) -> int:
            """Return the layer of an id: 2 for the id 2, else 1.

            Parameters
            ----------
            node_id : int
                The id.
            """
            return 2 if node_id == 2 else 1

    def __init__(self) -> None:
        self.meta = self.Meta()
