"""What servers say of themselves, made up: the answers that a mock client needs before its first call.

`caveclient_gen.tools.testing` has the public names.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from caveclient_gen import endpoints
from caveclient_gen._runtime.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.version import Version

DEFAULT_CHUNKEDGRAPH_SERVER_VERSION = "2.999.0"
DEFAULT_MATERIALIZATION_SERVER_VERSON = "999.0.0"
DEFAULT_SKELETON_SERVICE_SERVER_VERSION = "999.0.0"
DEFAULT_JSON_SERVICE_SERVER_VERSION = "999.0.0"
DEFAULT_INFO_SERVER_VERSION = "999.0.0"

_NEWEST = "999.0.0"
"""Of a server whose version nobody chooses: all gates are open."""

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


@dataclass
class MockServers:
    """What the servers answer while a client is made, by address.

    Parameters
    ----------
    datastack : str
        Name of the datastack.
    shared : str
        The server that all datastacks share.
    record : dict
        The datastack's record.
    answers : dict
        JSON by address.
    """

    datastack: str
    shared: str
    record: dict[str, Any]
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def local(self) -> str:
        """The datastack's own server."""
        return str(self.record["local_server"])

    def know_shared(self, info: str | Version, schema_apis: list[int] | None, state: str | Version) -> None:
        """Add the services that every datastack shares."""
        self.answers[info_url(self.datastack, self.shared)] = self.record
        schema = endpoints.schema_endpoints_common
        url = api_version_url(self.shared, schema, "emas_server_address")
        self.answers[url] = schema_apis or SCHEMA_API_VERSIONS
        self._know_version(self.shared, schema, "emas_server_address", _NEWEST)
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

    def know_skeletons(self, version: str | Version) -> None:
        """Add the skeletons."""
        table = endpoints.skeletonservice_endpoints_v1
        self._know_version(self.local, table, "skeleton_server_address", version)

    def know_l2cache(self, has_cache: bool) -> None:
        """Add the L2 cache, or that there is none."""
        cached = {"l2cache_id": "l2cache_test", "cv_path": self.record["segmentation_source"]}
        mapping = endpoints.l2cache_endpoints_v1["l2cache_table_mapping"]
        tables = {get_table_name(self.record): cached} if has_cache else {}
        self.answers[mapping.format(l2cache_server_address=self.local)] = tables

    def _know_version(self, server: str, table: Mapping[str, str], key: str, version: str | Version) -> None:
        self.answers[version_url(server, table, key)] = str(version)
