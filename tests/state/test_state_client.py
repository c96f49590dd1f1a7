"""The state client: states up and down, links to viewers, files, and what it is called."""

from __future__ import annotations

import inspect
import json
import os
import pickle
import threading
import zlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from caveclient_gen import jsonservice
from caveclient_gen._runtime.request import Headers, Response
from caveclient_gen.errors import (
    DecodeError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    ServerIncompatibilityError,
)
from caveclient_gen.jsonservice import JSONService, JSONServiceV1, neuroglancer_json_encoder

SERVER = "https://cave.example"
STATES = f"{SERVER}/nglstate/api/v1"
NEWER, OLDER = "https://spelunker.cave-explorer.org", "https://neuroglancer.neuvue.io"
ROOT = 864691135000000001
PAGE = b"<html><head><title>Internal Server Error</title></head></html>"
POOL = "max_retries=None, pool_maxsize=None, pool_block=None, over_client=None"

# The documented parameters: what is newer stands after them and takes keywords only.
SIGNATURES = {
    "JSONService": f"server_address=None, auth_client=None, api_version='latest', ngl_url=None, {POOL}",
    "JSONServiceV1": f"server_address, auth_header, api_version, endpoints, server_name, ngl_url, {POOL}",
    "neuroglancer_json_encoder": "obj",
}
METHODS = {
    "build_neuroglancer_url": "state_id, ngl_url=None, target_site=None, static_url=False",
    "get_neuroglancer_info": "ngl_url=None",
    "get_property_json": "state_id",
    "get_state_json": "state_id",
    "save_state_json_local": "json_state, filename, overwrite=False",
    "upload_property_json": "property_json, state_id=None, max_size=2500000",
    "upload_state_json": "json_state, state_id=None, timestamp=None",
}


class Wire:
    """A transport that answers by address: JSON, bytes, or a status with either."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.sent: list[Any] = []

    def send(self, request: Any) -> Response:
        self.sent.append(request)
        answer = next((one for end, one in self.answers.items() if request.url.endswith(end)), (599, b""))
        status, value = answer if isinstance(answer, tuple) else (200, answer)
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        kind = "text/html" if isinstance(value, bytes) else "application/json"
        return Response(status, Headers([("Content-Type", kind)]), body, request.url, request)

    @property
    def document(self) -> Any:
        return json.loads(self.sent[-1].body)


def make(answers: dict[str, Any] | None = None, **keywords: Any) -> tuple[JSONServiceV1, Wire]:
    wire = Wire(**(answers or {}))
    known = {"ngl_url": NEWER, "server_version": "0.7.2"} | keywords
    return JSONServiceV1(SERVER, None, 1, None, None, transport=wire, **known), wire


def documented(function: Any) -> str:
    signature = inspect.signature(function)
    kept = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for name, parameter in signature.parameters.items()
        if name != "self" and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    return str(inspect.Signature(kept))[1:-1]


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(name: str) -> None:
    assert documented(getattr(jsonservice, name)) == SIGNATURES[name]


@pytest.mark.parametrize("name", METHODS)
def test_methods(name: str) -> None:
    assert documented(getattr(JSONServiceV1, name)) == METHODS[name]


def test_names() -> None:
    assert jsonservice.SERVER_KEY == "json_server_address"
    assert jsonservice.SEUNGLAB_NAMES == ["seunglab"]
    assert jsonservice.SPELUNKER_NAMES == ["spelunker", "mainline", "cave-explorer"]
    client = JSONService(SERVER, transport=Wire())
    assert isinstance(client, JSONServiceV1)
    assert isinstance(client, JSONService)
    assert client.default_url_mapping == {"json_server_address": SERVER}
    assert client.state_service_endpoint == f"{STATES}/post"


# ---- states


def test_download() -> None:
    client, wire = make({"/5": {"id": ROOT, "n": 2**64}})
    assert client.get_state_json(5) == {"id": ROOT, "n": 2**64}
    assert client.get_state_json("5") == client.get_state_json(np.int64(5))
    # With gzip alone the service answers plain text and calls it deflate.
    assert dict(wire.sent[0].headers)["Accept-Encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    "link",
    [
        f"{STATES}/5",
        f"middleauth+{STATES}/5",
        f"{NEWER}/#!middleauth+{STATES}/5",
        f"{OLDER}/?json_url={STATES}/5",
        f"{OLDER}/?json_url={SERVER}/nglstate/5",
        f"{SERVER}/nglstate/5/",
        f"{OLDER}/?json_url=https%3A%2F%2Fcave.example%2Fnglstate%2Fapi%2Fv1%2F5",
    ],
)
def test_download_by_link(link: str) -> None:
    client, wire = make({"/5": {"layers": []}})
    assert client.get_state_json(link) == {"layers": []}
    assert wire.sent[0].url == f"{STATES}/5"
    assert wire.sent[0].auth


@pytest.mark.parametrize(
    "link",
    [
        "https://storage.example/a/state.json?alt=media",
        "https://other.example/nglstate/api/v1/5",
        "https://cave.example.evil/nglstate/api/v1/5",
        "https://evil.example/https://cave.example/nglstate/api/v1/5",
    ],
)
def test_download_from_elsewhere_without_the_token(link: str) -> None:  # F005
    client, wire = make({"": {"layers": []}})
    assert client.get_state_json(f"{NEWER}/#!{link}") == client.get_state_json(link) == {"layers": []}
    assert {request.full_url for request in wire.sent} == {link}
    assert not any(request.auth for request in wire.sent)


@pytest.mark.parametrize("method", ["get_state_json", "get_state_raw", "get_property_json"])
def test_an_unknown_number(method: str) -> None:
    """The service has one answer for all that goes wrong; with a well-formed number it is this."""
    client, _ = make({"/9": (500, PAGE), "/9/info": (500, PAGE)})
    with pytest.raises(NotFoundError) as caught:
        getattr(client, method)(9)
    assert caught.value.status == 500
    assert "Internal" not in str(caught.value).partition("\n")[0] or method in str(caught.value)


def test_a_failing_upload_is_not_called_unknown() -> None:
    client, _ = make({"/post": (500, PAGE)})
    with pytest.raises(ServerError):
        client.upload_state_json({})


def test_compressed_download() -> None:
    packed = zlib.compress(b'{"layers":[]}')
    client, _ = make({"/raw/5": packed})
    assert client.get_state_raw(5) == client.get_property_raw(5) == packed


def test_upload_keeps_ids_exact() -> None:
    """F016: a browser would round them."""
    client, wire = make({"/post": f"{STATES}/6"})
    layer = {
        "segments": [ROOT, ROOT + 1],
        "hidden": np.array([ROOT]),
        "frame": pd.Series([ROOT, 7], dtype="Int64"),
        "one": np.uint64(ROOT),
        "equivalences": [[ROOT, str(ROOT)]],
        "position": [1.5, 2, 3],
    }
    assert client.upload_state_json({"layers": [layer]}) == 6
    assert wire.document["layers"][0] == {
        "segments": [str(ROOT), str(ROOT + 1)],
        "hidden": [str(ROOT)],
        "frame": [str(ROOT), "7"],
        "one": str(ROOT),
        "equivalences": [[str(ROOT), str(ROOT)]],
        "position": [1.5, 2, 3],
    }
    assert layer["segments"] == [ROOT, ROOT + 1]
    assert dict(wire.sent[0].headers)["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "address", [f"{STATES}/6", f"{STATES}/post/6", f"{STATES}/property/6", f"{STATES}/6/"]
)
def test_the_number_is_read_from_the_address(address: str) -> None:
    client, _ = make({"/post": address})
    assert client.upload_state_json({}) == 6


def test_upload_with_a_moment() -> None:
    """F066: it was left out."""
    client, wire = make({"/post/6": f"{STATES}/post/6"})
    assert client.upload_state_json({}, 6, 1704164645.25) == 6
    assert wire.sent[0].query == (("timestamp", "1704164645.25"),)
    assert client.upload_property_json({}, 6, timestamp=1704164645.25) == 6
    for upload in (client.upload_state_json, client.upload_property_json):
        with pytest.raises(InvalidArgumentError, match=r"^Pass state_id too"):
            upload({}, timestamp=1.0)
    assert len(wire.sent) == 2


@pytest.mark.parametrize("answer", ["stored", "https://cave.example/login", 6, None, {"id": 6}])
def test_an_upload_that_is_answered_without_a_number(answer: Any) -> None:
    """F066: it was an error about NoneType."""
    client, _ = make({"/post": answer})
    with pytest.raises(DecodeError, match=r"^Check the server address: it took the upload"):
        client.upload_state_json({})


def test_refused_without_being_sent() -> None:
    client, wire = make()
    for state in ({"a": float("nan")}, '{"layers": []}', [1], None):
        with pytest.raises(InvalidArgumentError):
            client.upload_state_json(state)
    assert wire.sent == []


def test_numbers_of_ones_own_are_for_administrators() -> None:
    client, _ = make({"/post/6": (403, b"Requires superadmin privilege.")})
    with pytest.raises(PermissionDeniedError, match="superadmin"):
        client.upload_state_json({}, 6)


# ---- properties


def test_properties() -> None:
    document = {"@type": "neuroglancer_segment_properties", "inline": {"ids": [str(ROOT)], "properties": []}}
    client, wire = make({"/property/post": f"{STATES}/property/2", "/property/2/info": document})
    number = client.upload_property_json(document)
    assert wire.document == document
    assert client.get_property_json(number) == document
    source = f"precomputed://middleauth+{STATES}/property/2"
    assert client.build_neuroglancer_url(number, format_properties=True) == source


def test_properties_that_are_too_large() -> None:
    client, wire = make({"/property/post": f"{STATES}/property/2"})
    large = {"ids": ["x" * 100]}
    with pytest.raises(InvalidArgumentError, match=r"these are 112 bytes, more than 111\."):
        client.upload_property_json(large, max_size=111)
    assert wire.sent == []
    assert (
        client.upload_property_json(large, max_size=112)
        == client.upload_property_json(large, None, None)
        == 2
    )


def test_a_server_without_properties() -> None:
    client, wire = make(server_version="0.3.9")
    for call in (client.get_property_json, client.get_property_raw):
        with pytest.raises(ServerIncompatibilityError):
            call(2)
    with pytest.raises(ServerIncompatibilityError):
        client.upload_property_json({})
    assert wire.sent == []


# ---- links


STATE = f"{STATES}/5"
LINKS = [
    ({}, f"{NEWER}/#!middleauth+{STATE}"),
    ({"ngl_url": OLDER}, f"{OLDER}/?json_url={STATE}"),
    ({"ngl_url": f"{OLDER}/"}, f"{OLDER}/?json_url={STATE}"),
    ({"ngl_url": "https://new.example/v/"}, f"https://new.example/v/#!middleauth+{STATE}"),
    ({"ngl_url": "new.example"}, f"https://new.example/#!middleauth+{STATE}"),
    ({"ngl_url": OLDER, "target_site": "mainline"}, f"{OLDER}/#!middleauth+{STATE}"),
    ({"target_site": "seunglab"}, f"{NEWER}/?json_url={STATE}"),
    *(({"target_site": name}, f"{NEWER}/#!middleauth+{STATE}") for name in jsonservice.SPELUNKER_NAMES),
]


@pytest.mark.parametrize(("arguments", "link"), LINKS)
def test_links_are_written_without_asking(arguments: dict[str, str], link: str) -> None:
    """F067: the viewer was asked what it is, and what went wrong there went wrong here."""
    client, wire = make()
    assert client.build_neuroglancer_url(5, **arguments) == link
    assert wire.sent == []


def test_links_to_files() -> None:
    client, wire = make()
    file = "https://storage.example/a.json"
    assert client.build_neuroglancer_url(file, static_url=True) == f"{NEWER}/#!{file}"
    older = client.build_neuroglancer_url(file, OLDER, static_url=True)
    assert older == f"{OLDER}/?json_url={file}"
    for wrong in (5, "5", "a.json"):
        with pytest.raises(InvalidArgumentError, match="address of a file"):
            client.build_neuroglancer_url(wrong, static_url=True)
    assert wire.sent == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"target_site": "spelunkr"}, "Pass target_site as one of"),
        ({"ngl_url": "https://a.example/#!{}"}, "Give ngl_url without"),
        ({"ngl_url": "ftp://a.example"}, "Give ngl_url with http"),
    ],
)
def test_links_that_cannot_be_written(arguments: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words):
        make()[0].build_neuroglancer_url(5, **arguments)


ASKED = [
    ({"tag": "v2.41"}, "/#!middleauth+"),
    ({}, "/?json_url="),
    ((404, b"<html>not found</html>"), "/?json_url="),
    (b"<!doctype html><html></html>", "/?json_url="),
]


@pytest.mark.parametrize(("answer", "form"), ASKED)
def test_asking_a_viewer_what_it_is(answer: Any, form: str) -> None:
    """Only if that is wanted, once, without the token, and at one address whatever slash it ends in."""
    client, wire = make({"/version.json": answer})
    viewer = "https://viewer.example/v"
    for address in (viewer, f"{viewer}/"):
        link = client.build_neuroglancer_url(5, address, target_site="detect")
        assert link == f"{viewer}{form}{STATE}"
    assert [(request.url, request.auth) for request in wire.sent] == [(f"{viewer}/version.json", False)]
    # What was learnt holds where nothing is said.
    assert client.build_neuroglancer_url(5, viewer) == f"{viewer}{form}{STATE}"
    assert client.get_neuroglancer_info(viewer) == (answer if isinstance(answer, dict) else {})


def test_a_viewer_that_fails_is_told() -> None:
    client, _ = make({"/version.json": (500, PAGE)})
    with pytest.raises(ServerError):
        client.get_neuroglancer_info()


def test_the_viewer_of_a_client() -> None:
    asked = []
    info = SimpleNamespace(viewer_site=lambda: asked.append(1) or "https://viewer.example/v/")
    above = SimpleNamespace(info=info, datastack_name="ds")
    client, _ = make(ngl_url=None, over_client=above)
    assert asked == []
    assert client.ngl_url == client.ngl_url == "https://viewer.example/v"
    assert asked == [1]
    client.ngl_url = f"{OLDER}/"
    assert client.ngl_url == OLDER
    client.ngl_url = None
    assert client.ngl_url == "https://viewer.example/v"


def test_pickled() -> None:
    client = JSONService(SERVER, JSONService, ngl_url=OLDER)  # any object may give the token
    assert pickle.loads(pickle.dumps(client)).build_neuroglancer_url(5) == f"{OLDER}/?json_url={STATE}"


def datastack(site: Any) -> Any:
    return SimpleNamespace(datastack_name="ds", info=SimpleNamespace(viewer_site=lambda: site))


@pytest.mark.parametrize(
    "above", [None, SimpleNamespace(datastack_name=None, info=None), datastack(None), datastack("")]
)
def test_the_viewer_where_none_is_named(above: Any) -> None:
    assert make(ngl_url=None, over_client=above)[0].ngl_url == OLDER


# ---- files


def test_saving(tmp_path: Any) -> None:
    client, wire = make()
    file = tmp_path / "state.json"
    client.save_state_json_local({"a": [ROOT], "b": np.int64(1)}, file)
    assert json.loads(file.read_text()) == {"a": [str(ROOT)], "b": "1"}
    with pytest.raises(InvalidArgumentError, match="overwrite=True"):
        client.save_state_json_local({}, str(file))
    with pytest.raises(InvalidArgumentError):
        client.save_state_json_local({"a": float("nan")}, file, overwrite=True)
    assert json.loads(file.read_text()) == {"a": [str(ROOT)], "b": "1"}
    client.save_state_json_local({}, str(file), True)
    assert file.read_text() == "{}"
    assert os.listdir(tmp_path) == ["state.json"]
    assert wire.sent == []


def test_saving_through_a_link(tmp_path: Any) -> None:
    target, link = tmp_path / "a.json", tmp_path / "b.json"
    target.write_text("old")
    link.symlink_to(target)
    make()[0].save_state_json_local({}, link, overwrite=True)
    assert link.is_symlink()
    assert target.read_text() == "{}"


def test_saving_never_leaves_half_a_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state.json"
    file.write_text("old")

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        make()[0].save_state_json_local({}, file, overwrite=True)
    assert os.listdir(tmp_path) == ["state.json"]
    assert file.read_text() == "old"


# ---- the encoder


def test_the_encoder() -> None:
    """F016: only what `json` does not know itself reaches it."""
    value = {
        "ids": [np.int64(ROOT), np.uint64(ROOT)],
        "array": np.array([ROOT]),
        "set": {2, 1},
        "i": np.int8(1),
    }
    found = json.loads(json.dumps(value, default=neuroglancer_json_encoder))
    assert found == {"ids": [str(ROOT)] * 2, "array": [str(ROOT)], "set": [1, 2], "i": "1"}
    assert neuroglancer_json_encoder(5) == "5"
    assert neuroglancer_json_encoder(True) is True
    assert neuroglancer_json_encoder(np.bool_(False)) is False
    with pytest.raises(TypeError):
        json.dumps({"a": object()}, default=neuroglancer_json_encoder)


def test_threads_share_a_client() -> None:
    client, wire = make({"/post": f"{STATES}/6"})
    threads = [threading.Thread(target=client.upload_state_json, args=({"n": n},)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(json.loads(request.body)["n"] for request in wire.sent) == list(range(8))
