"""The info service of offline CAVE: one datastack on one volume, in the servers' form."""

import dataclasses
import json

import pytest
import requests
from tubes import FACTS
from wire_form import ask, ask_again, assert_same_form, body_of, form, recorded

from caveclient_gen import errors
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.facts import Facts
from caveclient_gen.offline.serving import serve

MIRRORS = [
    {"name": f"img_{one}", "viewer_layer_name": f"img{one.upper()}", "description": f"image source {one}"}
    | {"image_source": f"precomputed://gs://nowhere/img_{one}"}
    for one in "ab"
]
SCRIPT = {"X-Requested-With": "requests"}  # not a browser, which is sent to a page
TUBES = dataclasses.replace(
    FACTS,
    display_name="Test datastack",
    volume_display_name="Test volume",
    volume_description="aligned volume of the real-server test bench",
    image_mirrors=MIRRORS,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(Dataset.create(tmp_path_factory.mktemp("info") / "fly.cave", TUBES)) as server:
        yield server


@pytest.fixture
def info(server):
    return server.client().info


# ---- through the client


def test_the_datastack(server, info):
    assert info.get_datastacks() == ["testds"]
    record = info.get_datastack_info()
    assert record["aligned_volume"] == info.get_aligned_volume_info()
    assert record["local_server"] == info.local_server() == server.address
    assert (record["synapse_table"], record["soma_table"]) == ("synapses", "nuclei")
    assert info.datastack_name == "testds"
    assert info.info_cache == {"testds": record}
    assert str(info.server_version) == "4.3.3"
    info.refresh_stored_data()
    assert info.info_cache == {"testds": record}


def test_addresses_are_those_of_the_server(server, info):
    address = server.address
    assert info.segmentation_source() == f"graphene://{address}/segmentation/table/testpcg"
    assert info.annotation_endpoint().startswith(address)
    assert info.viewer_site() == f"{address}/ngl"
    assert info.image_source() == f"precomputed://{address}/img/testvol"
    assert info.image_source(image_mirror="img_b") == "precomputed://gs://nowhere/img_b"
    assert info.viewer_resolution().tolist() == [4.0, 4.0, 40.0]


def test_the_record_that_is_stored(info):
    full, record = info.get_datastack_info(), info.get_datastack_record()
    shared = set(full) - {"aligned_volume"}
    assert {name: record[name] for name in shared} == {name: full[name] for name in shared}
    assert (record["id"], record["name"], record["display_name"]) == (1, "testds", "Test datastack")


def test_the_volume(info):
    volume = info.get_aligned_volume_info()
    assert info.get_aligned_volumes() == [info.aligned_volume_name] == ["testvol"]
    assert info.get_aligned_volume_info_by_id() == volume
    assert info.get_aligned_volume_info_by_id(info.aligned_volume_id) == volume
    assert info.get_aligned_volume_info_by_name("testvol") == volume
    assert info.get_datastacks_by_aligned_volume("testvol") == ["testds"]
    with pytest.raises(errors.NotFoundError):
        info.get_aligned_volume_info_by_id(99)
    with pytest.raises(errors.NotFoundError):
        info.get_datastacks_by_aligned_volume("other")


def test_mirrors_and_layers(info):
    assert info.get_image_mirror_names() == ["img_a", "img_b"]
    assert info.get_image_mirrors() == [{"id": 1} | MIRRORS[0], {"id": 2} | MIRRORS[1]]
    layers = info.get_viewer_layers()["Test volume"]
    assert [layer["image_source"] for layer in layers["image_layers"]] == [
        mirror["image_source"] for mirror in MIRRORS
    ]
    assert layers["segmentation_layers"][0]["segmentation_source"] == info.segmentation_source()
    with pytest.raises(errors.NotFoundError):
        info.get_datastack_info(image_mirror="img_c")


def test_there_is_no_segmentation_of_synapses(info):
    with pytest.raises(errors.CAVEError):
        info.synapse_segmentation_source()


def test_strangers_see_no_datastack(server):
    stranger = server.client("stranger").info
    assert stranger.get_datastacks() == []
    assert stranger.get_datastacks_by_aligned_volume("testvol") == []
    assert stranger.get_viewer_layers() == {}
    for ask_for in (stranger.get_datastack_info, stranger.get_datastack_record, stranger.get_image_mirrors):
        with pytest.raises(errors.PermissionDeniedError):
            ask_for()


def test_terms_that_are_not_accepted(server):
    newcomer = server.client("newcomer").info
    assert newcomer.get_datastacks() == ["testds"]  # servers leave terms aside here
    assert newcomer.get_datastack_record()["name"] == "testds"  # and here
    with pytest.raises(errors.CAVEError, match="terms of service"):
        newcomer.get_datastack_info()


# ---- on the wire


@pytest.mark.parametrize(
    "name",
    [
        "frame/002_CAVEclient_testds",
        "info/001_get_datastacks",
        "info/012_get_datastacks_by_aligned_volume",
        "info/013_get_aligned_volume_info_by_id",
        "info/014_get_aligned_volume_info_by_id_404",
        "routes/020_info_versions",
        "routes/021_info_ngl_info",
        "routes/022_info_aligned_volume",
        "routes/023_info_datastack",
        "routes/024_info_version",
        "routes/025_info_image_sources",
    ],
)
def test_as_recorded(server, name):
    exchange = recorded(name)
    answer = ask_again(server, exchange)
    assert_same_form(exchange, answer)
    assert form(answer.json()) == form(json.loads(body_of(exchange["response"])))


def test_the_full_record_is_the_recorded_one(server):
    exchange = recorded("frame/002_CAVEclient_testds")
    told = body_of(exchange["response"]).decode().replace("http://cave.local", server.address)
    answer = ask_again(server, exchange).text
    assert answer.replace(f"precomputed://{server.address}", "precomputed://https://cave.local") == told


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("datastack/full/other", 400),
        ("datastack/full/testds';--", 400),
        ("datastack/other", 400),
        ("datastack/other/image_sources", 400),
        ("datastack/full/testds?image_source_name=../../x", 404),
        ("aligned_volume/other", 400),
        ("aligned_volume/id/2", 404),
        ("aligned_volume/id/x", 404),
        ("aligned_volume/id/-1", 404),
        ("aligned_volume/id/" + "9" * 5_000, 404),
        ("aligned_volume/other/datastacks", 404),
        ("aligned_volume/%2e%2e/datastacks", 404),
    ],
)
def test_names_that_are_unknown(server, path, status):
    answer = ask(server, f"/info/api/v2/{path}")
    assert answer.status_code == status
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("api/v2/datastacks", 401),
        ("api/v2/datastack/testds", 401),
        ("api/v2/aligned_volume/id/1", 200),
        ("version", 200),
        ("api/versions", 200),
    ],
)
def test_who_needs_a_token(server, path, status):
    answer = requests.get(f"{server.address}/info/{path}", headers=SCRIPT, timeout=10)
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["datasets", "dataset/testvol"])
def test_api_1_is_not_here(server, path):
    answer = ask(server, f"/info/api/{path}")
    assert answer.status_code == 501
    assert "get_datastacks" in answer.json()["message"]


def test_a_dataset_may_have_no_segmentation(tmp_path):
    facts = Facts(datastack="d", aligned_volume="v", segmentation_table=None, description="Tables only")
    with serve(Dataset.create(tmp_path / "fly.cave", facts)) as server:
        record = server.client().info.get_datastack_info()
        assert (record["segmentation_source"], record["soma_table"]) == ("", None)
        assert server.client().info.get_image_mirrors() == []
        with pytest.raises(errors.UnsupportedFeatureError, match="no chunkedgraph"):
            _ = server.client().segmentation_table


def test_facts_come_back_from_the_disk(tmp_path):
    TUBES.write(tmp_path / "dataset.json")
    assert Facts.load(tmp_path / "dataset.json") == TUBES
