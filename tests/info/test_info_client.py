"""The info client: what is stored, what is asked, and what is made of a record."""

from __future__ import annotations

import copy
import json
import pickle
import sys
import threading
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen.base import ClientBaseWithDatastack
from caveclient_gen.errors import InvalidArgumentError, NotFoundError, UnsupportedFeatureError
from caveclient_gen.infoservice import InfoServiceClient, InfoServiceClientV2

TOKEN = "0123456789abcdef0123456789abcdef"
RECORD: dict[str, Any] = {
    "aligned_volume": {
        "id": 1,
        "name": "testvol",
        "display_name": "Test volume",
        "description": "d",
        "image_source": "precomputed://https://cave.local/img/testvol",
    },
    "segmentation_source": "graphene://https://local.org/segmentation/table/testpcg",
    "viewer_site": None,
    "synapse_table": None,
    "local_server": "https://Local.org/",
    "viewer_resolution_x": 4.0,
    "viewer_resolution_y": 4.0,
    "viewer_resolution_z": 40.0,
}


class Server:
    """The info service at the transport's seam: answers by path and query, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.records = {"testds": copy.deepcopy(RECORD)}
        self.version = "4.3.3"

    def send(self, request: Request) -> Response:
        path = request.full_url.removeprefix("https://info.org")
        self.asked.append(path)
        answer = self.answer(path)
        status = 404 if answer is None else 200
        body = json.dumps({"message": "no such thing"} if answer is None else answer).encode()
        headers = Headers([("Content-Type", "application/json")])
        return Response(status, headers, body, request.full_url, request)

    def answer(self, path: str) -> Any:
        fixed: dict[str, Any] = {
            "/info/version": self.version,
            "/info/api/v2/datastacks": ["testds"],
            "/info/api/v2/aligned_volume/id/1": RECORD["aligned_volume"],
            "/info/api/v2/aligned_volume/testvol/datastacks": ["testds"],
            "/info/api/v2/datastack/testds/image_sources": [{"name": "img_a"}, {"name": "img_b"}],
        }
        if path in fixed:
            return fixed[path]
        name, _, query = path.removeprefix("/info/api/v2/datastack/full/").partition("?")
        record = copy.deepcopy(self.records.get(name))
        if record is not None and query:
            record["aligned_volume"]["image_source"] = f"precomputed://gs://mirror/{query.partition('=')[2]}"
        return record

    def count(self, path: str) -> int:
        return sum(asked.startswith(path) for asked in self.asked)


@pytest.fixture(autouse=True)
def home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CAVE_TOKEN", raising=False)


class Provider:
    token = TOKEN


def make(server: Server, datastack: str | None = "testds", **more: Any) -> InfoServiceClient:
    return InfoServiceClient("https://info.org", datastack, Provider(), transport=server, **more)


FULL = "/info/api/v2/datastack/full/testds"


def test_factory_makes_documented_class_and_sends_nothing() -> None:
    server = Server()
    client = make(server)
    assert isinstance(client, InfoServiceClientV2)
    assert isinstance(client, InfoServiceClient)
    assert isinstance(client, ClientBaseWithDatastack)
    assert client.datastack_name == "testds"
    assert server.asked == []


def test_documented_class_is_made_from_parts() -> None:
    header = {"Authorization": f"Bearer {TOKEN}"}
    client = InfoServiceClientV2(
        "https://info.org", header, 2, {}, "i_server_address", "testds", transport=Server()
    )
    assert client.get_datastack_info()["synapse_table"] is None
    assert TOKEN not in repr(client)


def test_record_is_asked_once_and_copies_are_handed_out() -> None:
    server = Server()
    client = make(server)
    client.get_datastack_info()["aligned_volume"]["name"] = "changed"
    assert client.aligned_volume_name == "testvol"
    assert client.aligned_volume_id == 1
    assert client.viewer_site() is None
    assert server.asked == [FULL]
    client.get_datastack_info(use_stored=False)
    assert server.asked == [FULL, FULL]


def test_resolution_is_read_from_one_record() -> None:
    server = Server()
    resolution = make(server).viewer_resolution(use_stored=False)
    assert resolution.dtype == np.float64
    assert resolution.tolist() == [4.0, 4.0, 40.0]
    assert server.asked == [FULL]  # F103: not three times


def test_mirror_does_not_replace_the_plain_record() -> None:
    server = Server()
    client = make(server)
    assert client.image_source(image_mirror="img_b") == "precomputed://gs://mirror/img_b"
    assert client.image_source() == RECORD["aligned_volume"]["image_source"]  # F068
    assert client.get_aligned_volume_info(image_mirror="img_b")["image_source"].endswith("img_b")
    assert server.count(FULL) == 2
    assert client.info_cache == {"testds": RECORD}


def test_records_of_another_session_are_used_and_kept_apart() -> None:
    given = {"testds": copy.deepcopy(RECORD)}
    server = Server()
    client = make(server, info_cache=given)
    given["testds"]["synapse_table"] = "changed"
    assert client.get_datastack_info()["synapse_table"] is None
    assert server.asked == []


def test_refresh_asks_for_every_stored_record() -> None:
    server = Server()
    client = make(server)
    client.get_datastack_info()
    client.get_datastack_info(image_mirror="img_a")
    server.records["testds"]["synapse_table"] = "synapses"
    client.refresh_stored_data()
    assert client.get_datastack_info()["synapse_table"] == "synapses"
    assert client.get_datastack_info(image_mirror="img_a")["synapse_table"] == "synapses"
    assert server.count(FULL) == 4


@pytest.mark.parametrize(
    ("datastack", "call", "error"),
    [
        (None, lambda c: c.get_datastack_info(), InvalidArgumentError),
        (None, lambda c: c.viewer_resolution(), InvalidArgumentError),
        ("testds", lambda c: c.get_datastacks_by_aligned_volume(), ValueError),  # documented
        ("testds", lambda c: c.image_source(format_for="napari"), InvalidArgumentError),
        ("testds", lambda c: c.segmentation_source(format_for="napari"), InvalidArgumentError),  # F069
        ("testds", lambda c: c.synapse_segmentation_source(), UnsupportedFeatureError),
        ("nowhere", lambda c: c.get_datastack_info(), NotFoundError),
        ("testds", lambda c: c.get_aligned_volume_info_by_id(99), NotFoundError),
    ],
)
def test_refusals(datastack: str | None, call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call(make(Server(), datastack))


def test_volume_by_number_is_stored() -> None:
    server = Server()
    client = make(server)
    assert client.get_aligned_volume_info_by_id()["name"] == "testvol"  # the client's own
    assert client.get_aligned_volume_info_by_id(1)["name"] == "testvol"
    assert server.count("/info/api/v2/aligned_volume/id/1") == 1  # F103
    client.get_aligned_volume_info_by_id(1, use_stored=False)
    assert server.count("/info/api/v2/aligned_volume/id/1") == 2


def test_lists_and_addresses() -> None:
    client = make(Server())
    assert client.get_datastacks() == ["testds"]
    assert client.get_datastacks_by_aligned_volume("testvol") == ["testds"]
    assert client.get_image_mirror_names() == ["img_a", "img_b"]
    assert client.local_server() == "https://local.org"  # one form: no slash, no capitals
    assert client.annotation_endpoint() == "https://local.org/annotation"
    assert client.segmentation_source(None, "cloudvolume").startswith(
        "graphene://https://"
    )  # documented order


def test_threads_that_start_together_ask_once() -> None:
    server = Server()
    client = make(server)
    ready = threading.Barrier(8)

    def ask() -> None:
        ready.wait(5)
        client.get_datastack_info()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert server.asked == [FULL]


def test_pickle_keeps_records() -> None:
    server = Server()
    client = make(server)
    client.get_datastack_info()
    again = pickle.loads(pickle.dumps(client))
    assert again.get_datastack_info() == RECORD
    assert again.refresh_stored_data() is None


class Volume:
    def __init__(self, path: str, **options: Any) -> None:
        self.path, self.options = path, options


@pytest.fixture
def cloudvolume(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("cloudvolume")
    module.CloudVolume = Volume  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, "cloudvolume", module)


DEFAULTS = {"use_https": True, "fill_missing": True, "bounded": False}


@pytest.mark.usefixtures("cloudvolume")
def test_volumes() -> None:
    client = make(Server())
    image = client.image_cloudvolume(mip=2, bounded=True)
    assert image.path == RECORD["aligned_volume"]["image_source"]
    assert image.options == {**DEFAULTS, "bounded": True, "mip": 2}
    segmentation = client.segmentation_cloudvolume()
    assert segmentation.path == RECORD["segmentation_source"]
    assert segmentation.options == {**DEFAULTS, "secrets": {"token": TOKEN}}
    assert "secrets" not in client.segmentation_cloudvolume(use_client_secret=False).options
    assert client.segmentation_cloudvolume(secrets={"token": "mine"}).options["secrets"] == {"token": "mine"}


@pytest.mark.usefixtures("cloudvolume")
@pytest.mark.parametrize(
    "source",
    [
        "graphene://https://elsewhere.org/segmentation/table/t",  # a server that is none of ours
        "graphene://http://local.org/segmentation/table/t",  # ours, but in the clear
        "precomputed://https://local.org/t",
    ],
)
def test_token_is_given_for_our_own_servers_only(source: str) -> None:
    server = Server()
    server.records["testds"]["segmentation_source"] = source
    assert "secrets" not in make(server).segmentation_cloudvolume().options


@pytest.mark.usefixtures("cloudvolume")
def test_volume_without_token() -> None:
    client = InfoServiceClient("https://info.org", "testds", transport=Server())
    assert "secrets" not in client.segmentation_cloudvolume().options  # F070


def test_missing_cloudvolume_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cloudvolume", None)
    with pytest.raises(ImportError, match=r"caveclient-gen\[cv\]"):
        make(Server()).image_cloudvolume()
