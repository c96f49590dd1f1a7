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

import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from caveclient_gen import endpoints
from caveclient_gen._runtime.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.frameworkclient import CAVEclient

__all__ = [
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

DEFAULT_CHUNKEDGRAPH_SERVER_VERSION = "2.999.0"
DEFAULT_MATERIALIZATION_SERVER_VERSON = "999.0.0"
DEFAULT_SKELETON_SERVICE_SERVER_VERSION = "999.0.0"
DEFAULT_JSON_SERVICE_SERVER_VERSION = "999.0.0"
DEFAULT_INFO_SERVER_VERSION = "999.0.0"

TEST_GLOBAL_SERVER = os.environ.get("TEST_SERVER", "https://test.cave.com")
TEST_LOCAL_SERVER = os.environ.get("TEST_LOCAL_SERVER", "https://local.cave.com")
TEST_IMAGE_SERVER = os.environ.get("TEST_IMAGE_SERVER", "gs://my-test-bucket/images")
TEST_DATASTACK = os.environ.get("TEST_DATASTACK", "test_stack")

DEFAULT_MATERIALIZATION_VERSONS = [1, 2]
DEFAULT_MATERIALIZATION_VERSION_METADATA = {
    "time_stamp": "2024-06-05T10:10:01.203215",
    "expires_on": "2080-06-05T10:10:01.203215",
}
MATERIALIZATION_API_VERSIONS = [2, 3]
CHUNKEDGRAPH_API_VERSIONS = [0, 1]
SCHEMA_API_VERSIONS = [1, 2]

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


def default_info(
    local_server: str = TEST_LOCAL_SERVER, image_source: str = TEST_IMAGE_SERVER
) -> dict[str, Any]:
    """Return a made-up record of a datastack.

    Parameters
    ----------
    local_server : str
        The datastack's own server.
    image_source : str
        Where its imagery is: a cloud path.

    Returns
    -------
    dict
        As the info service sends it; a new one each time. The segmentation table is `test_v1`.
    """
    return {
        "viewer_site": "http://neuromancer-seung-import.appspot.com/",
        "aligned_volume": {
            "name": "test_volume",
            "image_source": f"precomputed://{image_source}",
            "id": 1,
            "description": "A volume that exists in tests only.",
        },
        "synapse_table": "test_synapse_table",
        "description": "A datastack that exists in tests only.",
        "local_server": local_server,
        "segmentation_source": f"graphene://{local_server}/segmentation/table/test_v1",
        "skeleton_source": (
            f"precomputed://{local_server}/skeletoncache/api/v1/minnie65_phase3_v1/precomputed/skeleton/"
        ),
        "soma_table": "test_soma",
        "analysis_database": None,
        "viewer_resolution_x": 4.0,
        "viewer_resolution_y": 4.0,
        "viewer_resolution_z": 40,
    }


def info_url(datastack_name: str, global_server: str) -> str:
    """Return the address of a datastack's record.

    Parameters
    ----------
    datastack_name : str
        Name of the datastack.
    global_server : str
        The server that all datastacks share.
    """
    template = endpoints.infoservice_endpoints_v2["datastack_info"]
    return template.format(i_server_address=global_server, datastack_name=datastack_name)


def version_url(server_address: str, endpoint_dictionary: Mapping[str, str], service_key: str) -> str:
    """Return the address at which a service tells its version.

    Parameters
    ----------
    server_address : str
        The server.
    endpoint_dictionary : mapping of str
        A table of `caveclient_gen.endpoints` that has "get_version".
    service_key : str
        Name of the server's address in that table: "cg_server_address".
    """
    return endpoint_dictionary["get_version"].format_map({service_key: server_address})


def api_version_url(server_address: str, endpoint_dictionary: Mapping[str, str], service_key: str) -> str:
    """Return the address at which a service tells its API versions.

    Parameters
    ----------
    server_address : str
        The server.
    endpoint_dictionary : mapping of str
        A table of `caveclient_gen.endpoints` that has "get_api_versions".
    service_key : str
        Name of the server's address in that table: "cg_server_address".
    """
    return endpoint_dictionary["get_api_versions"].format_map({service_key: server_address})


def get_table_name(info_file: Mapping[str, Any]) -> str:
    """Return the name of the segmentation table that a record tells.

    Parameters
    ----------
    info_file : mapping
        The record of a datastack.
    """
    source: str = info_file["segmentation_source"]
    return source.rstrip("/").rpartition("/")[2]


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
        Pin the client to this version. It must be one of those that there are.
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
    made = _MockServers(
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
        made.know_others(skeleton_service_server_version, has_cache=not l2cache_disabled)
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


@dataclass
class _MockServers:
    """What the servers answer while a client is made, by address."""

    datastack: str
    shared: str
    record: dict[str, Any]
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def local(self) -> str:
        return str(self.record["local_server"])

    def know_shared(self, info: str | Version, schema_apis: list[int] | None, state: str | Version) -> None:
        """Add the services that every datastack shares."""
        self.answers[info_url(self.datastack, self.shared)] = self.record
        schema = endpoints.schema_endpoints_common
        url = api_version_url(self.shared, schema, "emas_server_address")
        self.answers[url] = schema_apis or SCHEMA_API_VERSIONS
        self._know_version(self.shared, endpoints.infoservice_common, "i_server_address", info)
        self._know_version(self.shared, endpoints.jsonservice_endpoints_v1, "json_server_address", state)

    def know_chunkedgraph(self, version: str | Version, apis: list[int] | None) -> None:
        """Add the segmentation."""
        table, key = endpoints.chunkedgraph_endpoints_common, "cg_server_address"
        self._know_version(self.local, table, key, version)
        self.answers[api_version_url(self.local, table, key)] = apis or CHUNKEDGRAPH_API_VERSIONS

    def know_materialization(self, version: str | Version, apis: list[int] | None) -> None:
        """Add the tables."""
        table, key = endpoints.materialization_common, "me_server_address"
        self._know_version(self.local, table, key, version)
        self.answers[api_version_url(self.local, table, key)] = apis or MATERIALIZATION_API_VERSIONS

    def know_versions(
        self, versions: list[int] | None, pinned: int | None, metadata: Mapping[str, Any] | None
    ) -> None:
        """Add the frozen versions."""
        numbers = versions or DEFAULT_MATERIALIZATION_VERSONS
        if pinned is not None and pinned not in numbers:
            raise InvalidArgumentError(f"Choose set_version among {numbers}: there is no {pinned}.")
        for table in (endpoints.materialization_endpoints_v2, endpoints.materialization_endpoints_v3):
            holes = {"me_server_address": self.local, "datastack_name": self.datastack, "version": pinned}
            self.answers[table["versions"].format_map(holes)] = list(numbers)
            known = DEFAULT_MATERIALIZATION_VERSION_METADATA if metadata is None else metadata
            self.answers[table["version_metadata"].format_map(holes)] = dict(known)

    def know_others(self, skeleton: str | Version, has_cache: bool) -> None:
        """Add skeletons and the L2 cache."""
        key = "skeleton_server_address"
        self._know_version(self.local, endpoints.skeletonservice_endpoints_v1, key, skeleton)
        cached = {"l2cache_id": "l2cache_test", "cv_path": self.record["segmentation_source"]}
        mapping = endpoints.l2cache_endpoints_v1["l2cache_table_mapping"]
        tables = {get_table_name(self.record): cached} if has_cache else {}
        self.answers[mapping.format(l2cache_server_address=self.local)] = tables

    def _know_version(self, server: str, table: Mapping[str, str], key: str, version: str | Version) -> None:
        self.answers[version_url(server, table, key)] = str(version)


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
