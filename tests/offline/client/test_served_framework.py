"""The framework client: services, version, moment, and a change of who asks."""

import pytest
from members import SERVICES, exercises

from caveclient_gen import CAVEclient, errors
from caveclient_gen.offline.moments import as_datetime

KINDS = {
    "annotation": "AnnotationClient",
    "auth": "AuthClient",
    "chunkedgraph": "ChunkedGraphClient",
    "info": "InfoServiceClient",
    "l2cache": "L2CacheClient",
    "materialize": "MaterializationClient",
    "schema": "SchemaClient",
    "skeleton": "SkeletonClient",
    "state": "JSONService",
}
SHARED = ("auth", "info", "schema", "state")
OF_DATASTACKS = (
    "annotation",
    "chunkedgraph",
    "l2cache",
    "local_server",
    "materialize",
    "segmentation_table",
    "skeleton",
    "timestamp",
    "version",
)


@pytest.mark.parametrize("member", KINDS)
@exercises("client", *KINDS)
def test_a_client_has_each_service_once(served, client, member):
    service = getattr(client, member)
    assert service is getattr(client, member)
    assert KINDS[member] in {cls.__name__ for cls in type(service).__mro__}
    assert (service.server_address, service.fc) == (served.address, client)


@pytest.mark.parametrize("member", [*SHARED, *OF_DATASTACKS])
@exercises("global", *SHARED, *OF_DATASTACKS)
def test_a_client_without_datastack_has_the_shared_services_only(served, member):
    shared = CAVEclient(server_address=served.address, auth_token=served.token())
    if member in SHARED:
        assert getattr(shared, member).server_address == served.address
    else:
        with pytest.raises(errors.GlobalClientError, match="datastack"):
            getattr(shared, member)


@exercises("global", "datastack_name", "server_address", "change_auth", "desired_resolution")
@exercises("client", "change_auth")
def test_who_asks_can_change(served):
    shared = CAVEclient(server_address=served.address, auth_token=served.token())
    assert (shared.datastack_name, shared.server_address) == (None, served.address)
    assert shared.auth.whoami()["name"] == "Offline Admin"
    shared.change_auth(auth_token=served.token("viewer"))
    assert shared.auth.whoami()["name"] == "Offline Viewer"
    assert shared.info.get_datastacks() == ["minicortex"]
    assert shared.desired_resolution is None
    whole = served.client("stranger")
    with pytest.raises(errors.PermissionDeniedError):
        whole.materialize.query_table("tags", materialization_version=3)
    whole.change_auth(auth_token=served.token("viewer"))
    assert len(whole.materialize.query_table("tags", materialization_version=3)) > 0


@exercises("client", "datastack_name", "local_server", "segmentation_table", "desired_resolution")
def test_what_a_client_knows_of_its_datastack(served, client):
    assert (client.datastack_name, client.local_server) == ("minicortex", served.address)
    assert client.segmentation_table == served.cave.facts.segmentation_table
    assert client.desired_resolution is None
    coarse = CAVEclient(
        "minicortex", served.address, auth_token=served.token(), desired_resolution=[8, 8, 40]
    )
    assert list(coarse.desired_resolution) == [8, 8, 40]
    coarse = coarse.materialize.query_table("nuclei", split_positions=True)
    usual = client.materialize.query_table("nuclei", split_positions=True)
    assert (coarse.pt_position_x == usual.pt_position_x / 2).all()


@exercises("client", "version", "timestamp")
def test_a_client_that_is_set_to_a_version_asks_every_service_then(served, frozen):
    pinned = served.client()
    assert (pinned.version, pinned.timestamp) == (None, None)
    pinned.version = 2
    moment = as_datetime(served.cave.versions.get(2).moment)
    assert (pinned.version, pinned.timestamp) == (2, moment)
    assert (pinned.materialize.version, pinned.chunkedgraph.timestamp) == (2, moment)
    nuclei = frozen("nuclei", 2)
    found = pinned.materialize.query_table("nuclei")
    assert found.set_index("id").pt_root_id.to_dict() == nuclei.set_index("id").pt_root_id.to_dict()
    assert pinned.chunkedgraph.get_roots(nuclei.pt_supervoxel_id).tolist() == nuclei.pt_root_id.tolist()
    assert pinned.chunkedgraph.is_latest_roots(nuclei.pt_root_id).all()
    pinned.version = None
    assert not pinned.chunkedgraph.is_latest_roots(nuclei.pt_root_id).all()


@exercises("client", "version", "timestamp")
def test_a_client_that_is_set_to_an_expired_version_has_its_roots_and_no_tables(served):
    pinned = served.client()
    pinned.version = 1
    nuclei = served.cave.annotations.rows_at("nuclei", served.cave.versions.get(1).moment).to_pandas()
    assert pinned.timestamp == as_datetime(served.cave.versions.get(1).moment)
    assert pinned.chunkedgraph.get_roots(nuclei.pt_supervoxel_id).tolist() == nuclei.pt_root_id.tolist()
    with pytest.raises(errors.ExpiredVersionError, match="live_live_query"):
        pinned.materialize.query_table("nuclei")


@exercises("client", "server_address", "setup_token")
def test_a_token_that_is_set_up_is_found_again(served, client, monkeypatch, tmp_path):
    from caveclient_gen import token_setup

    assert client.server_address == served.address
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(token_setup, "getpass", lambda prompt: served.token("viewer"))
    CAVEclient.setup_token(served.address, open=False)
    assert CAVEclient("minicortex", served.address).auth.whoami()["name"] == "Offline Viewer"


@pytest.mark.parametrize("group", [name for name in SERVICES if name in KINDS])
def test_what_every_service_says_of_itself(served, client, group):
    """Versions are those of the servers that the recordings are of; annotation and l2cache do not tell."""
    service = getattr(client, group)
    assert (service.server_version is None) == (group in ("annotation", "l2cache"))
    mapping = service.default_url_mapping
    assert served.address in mapping.values()
    named = {"datastack_name": "minicortex", "table_id": "minicortex_pcg"}
    assert all(mapping[key] == value for key, value in named.items() if key in mapping)
    assert service.api_version in (1, 2, 3)
    assert service.timeout is None  # as the session has it


@exercises("ClientBaseWithDatastack", "datastack_name")
@exercises("ClientBase", "api_version", "default_url_mapping", "fc", "raise_for_status", "server_address")
@exercises("ClientBase", "server_version")
@exercises("base", "handle_response")
def test_the_base_of_clients_reads_answers(served, client):
    import requests

    from caveclient_gen import base

    header = client.auth.request_header
    mine = base.ClientBase(served.address, header, 2, {}, "i_server_address", over_client=client)
    assert (mine.api_version, mine.server_address, mine.fc) == (2, served.address, client)
    assert mine.default_url_mapping["i_server_address"] == served.address
    assert mine.server_version is None
    good = requests.get(f"{served.address}/info/api/v2/datastacks", headers=header, timeout=10)
    base.ClientBase.raise_for_status(good)
    assert base.handle_response(good) == ["minicortex"]
    bad = requests.get(f"{served.address}/info/api/v2/datastack/full/nowhere", headers=header, timeout=10)
    with pytest.raises(requests.HTTPError):
        base.handle_response(bad)
    stack = base.ClientBaseWithDatastack(served.address, header, 2, {}, "x", "minicortex", over_client=client)
    assert stack.datastack_name == "minicortex"
