"""The state service of offline CAVE: documents kept byte for byte, answers in the servers' form."""

import json
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import requests
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tubes import FACTS
from wire_form import ask, ask_again, assert_same_form, body_of, recorded

from caveclient_gen.errors import NotFoundError, PermissionDeniedError, ServerError
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.serving import serve

STATE = {"layers": [{"name": "seg", "type": "segmentation", "segments": ["288230376151711746"]}]}
PROPERTIES = {"@type": "neuroglancer_segment_properties", "inline": {"ids": ["1"], "properties": []}}
PLAIN = {"Accept-Encoding": "identity"}
API = "/nglstate/api/v1"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(Dataset.create(tmp_path_factory.mktemp("states") / "fly.cave", FACTS)) as server:
        yield server


@pytest.fixture
def states(server):
    return server.client().state


def count(server):
    return server.cave.store.read().execute("SELECT count(*), sum(id) FROM state").fetchone()


# ---- through the client


def test_a_state_comes_back(states):
    number = states.upload_state_json(STATE | {"text": "µ ünïcode", "root": np.int64(864691135000000001)})
    assert 10**15 <= number < 2**53
    assert states.get_state_json(number) == STATE | {"text": "µ ünïcode", "root": "864691135000000001"}


def test_a_link_of_the_server_is_a_state(server, states):
    number = states.upload_state_json(STATE)
    link = states.build_neuroglancer_url(number)
    assert link == f"{server.address}/ngl/#!middleauth+{server.address}{API}/{number}"
    assert states.get_state_json(link) == STATE


def test_states_under_numbers_of_ones_own(server, states):
    assert states.upload_state_json(STATE, 4242, timestamp=1704164645.25) == 4242
    assert states.get_state_json(4242) == STATE
    query = "SELECT made FROM state WHERE id = 4242"
    assert server.cave.store.read().execute(query).fetchone() == (1704164645_250000,)


def test_a_number_is_given_once(server, states):
    states.upload_state_json(STATE, 77)
    before = count(server)
    for upload in (states.upload_state_json, states.upload_property_json):
        with pytest.raises((ServerError, NotFoundError)):
            upload({"layers": ["other"]}, 77)
    assert states.get_state_json(77) == STATE
    assert count(server) == before


def test_only_administrators_choose_numbers(server):
    editor = server.client("editor").state
    before = count(server)
    with pytest.raises(PermissionDeniedError):
        editor.upload_state_json(STATE, 78)
    assert count(server) == before
    assert editor.get_state_json(editor.upload_state_json(STATE)) == STATE


def test_segment_properties_come_back(server, states):
    number = states.upload_property_json(PROPERTIES)
    assert states.get_property_json(number) == PROPERTIES
    assert json.loads(zlib.decompress(states.get_property_raw(number))) == PROPERTIES
    link = states.build_neuroglancer_url(number, format_properties=True)
    assert link == f"precomputed://middleauth+{server.address}{API}/property/{number}"
    assert states.upload_property_json(PROPERTIES, 79, timestamp=1.5) == 79
    assert states.get_property_json(79) == PROPERTIES


def test_what_there_is_not(states):
    for ask_for in (
        states.get_state_json,
        states.get_state_raw,
        states.get_property_json,
        states.get_property_raw,
    ):
        with pytest.raises(NotFoundError):
            ask_for(999999)


def test_the_service_tells_of_itself(server, states):
    assert str(states.server_version) == "0.7.2"
    assert states.state_service_endpoint == f"{server.address}{API}/post"
    user = server.cave.identity.user_of(server.token())
    assert states.get_table_info() == f"User: {user.id} - project testds - table states"
    assert states.ngl_url == f"{server.address}/ngl"
    assert states.get_neuroglancer_info() == {}


def test_a_state_in_a_file_is_the_one_that_is_uploaded(states, tmp_path):
    states.save_state_json_local(STATE, tmp_path / "state.json")
    number = states.upload_state_json(STATE)
    assert json.loads((tmp_path / "state.json").read_bytes()) == states.get_state_json(number)


def test_one_of_many_gets_a_number(server):
    def upload(one):
        return ask(server, f"{API}/post/81", method="POST", data=f'{{"by": {one}}}').status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(upload, range(8)))
    assert sorted(statuses) == [200] + [500] * 7
    assert ask(server, f"{API}/81").json() == {"by": statuses.index(200)}


def test_documents_outlive_the_server(tmp_path):
    dataset = Dataset.create(tmp_path / "fly.cave", FACTS)
    with serve(dataset) as server:
        number = server.client().state.upload_state_json(STATE)
    with serve(dataset) as server:
        assert server.client().state.get_state_json(number) == STATE


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None, max_examples=30)
@given(VALUES, st.booleans())
def test_all_that_python_writes_is_taken(server, value, plain):
    states = server.cave.states
    try:
        document = json.dumps(value, ensure_ascii=plain).encode()
    except UnicodeEncodeError:
        assume(False)
    number = states.add(1, document)
    assert zlib.decompress(states.get(number)) == document


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=12) | st.text('{}[],:"\\0123.eE-+ ntfalsr\n\0u', max_size=12).map(str.encode))
def test_what_python_does_not_read_is_refused(server, document):
    try:
        json.loads(document.decode())
    except ValueError:
        before = count(server)
        with pytest.raises(Refusal):
            server.cave.states.add(1, document)
        assert count(server) == before
    else:
        server.cave.states.add(1, document)


# ---- on the wire


@pytest.mark.parametrize(
    "document",
    [
        b'{"n": 9007199254740993, "big": 340282366920938463463374607431768211457, "f": 1.10}',
        b" [1,\n2 ]\n",
        '"µ"'.encode(),
        b'{"a": 1, "a": 2}',
        b'{"pi": 3.' + b"14159" * 2_000 + b"}",
        b"null",
    ],
)
@pytest.mark.parametrize("base", ["/nglstate", API])
def test_documents_are_kept_byte_for_byte(server, base, document):
    sent = ask(server, f"{base}/post", method="POST", data=document)
    link = sent.json()
    number = link.rpartition("/")[2]
    assert link == f"{server.address}{base}/{number}"
    assert ask(server, f"{base}/{number}").content == document
    plain = ask(server, f"{base}/{number}", headers=PLAIN)
    assert plain.content == document
    assert "Content-Encoding" not in plain.headers
    assert zlib.decompress(ask(server, f"{base}/raw/{number}").content) == document


def test_as_recorded(server):
    first = recorded("state/001_upload_state_json")
    sent = ask_again(server, first)
    assert_same_form(first, sent)
    assert sent.text == f'"{server.address}{API}/{sent.json().rpartition("/")[2]}"\n'

    document = first["request"]["body"]["text"]
    back = recorded("state/002_get_state_json")
    got = ask_again(server, back, replace={"v1/1": f"v1/{sent.json().rpartition('/')[2]}"})
    assert_same_form(back, got)
    assert got.text == document == back["response"]["body"]["text"]


def test_own_numbers_as_recorded(server):
    upload, back = recorded("state/006_upload_state_json_id"), recorded("state/008_get_state_json_4242")
    sent = ask_again(server, upload, replace={"4242": "4243"})
    assert_same_form(upload, sent)
    assert sent.text == body_of(upload["response"]).decode().replace(
        "http://cave.local", server.address
    ).replace("4242", "4243")
    assert_same_form(back, ask_again(server, back, replace={"4242": "4243"}))
    raw = recorded("routes/087_state_raw")
    got = ask_again(server, raw, replace={"4242": "4243"})
    assert_same_form(raw, got)
    assert got.content == zlib.compress(upload["request"]["body"]["text"].encode())


def test_properties_as_recorded(server):
    upload, back = recorded("state/009_upload_property_json"), recorded("state/010_get_property_json")
    sent = ask_again(server, upload)
    assert_same_form(upload, sent)
    number = sent.json().removeprefix(f"{server.address}{API}/property/")
    got = ask_again(server, back, replace={"property/2/": f"property/{number}/"})
    assert_same_form(back, got)
    assert got.content == body_of(back["response"])


@pytest.mark.parametrize(
    "name", ["state/004_get_state_json_missing", "routes/086_state_version", "routes/088_state_missing"]
)
def test_the_very_answer_that_was_recorded(server, name):
    exchange = recorded(name)
    answer = ask_again(server, exchange)
    assert_same_form(exchange, answer)
    assert answer.content == body_of(exchange["response"])


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate", "deflate"),
        ("deflate", "deflate"),  # servers forget to say so
        ("gzip", None),  # servers say deflate, and send it plain
        ("deflate;q=0.5, gzip", "deflate"),
        ("gzip, deflate;q=0", None),
        ("gzip, Deflate; q=0.0, br", None),
        ("identity", None),
    ],
)
def test_answers_are_labelled_rightly(server, states, accepted, encoding):
    number = states.upload_state_json(STATE)
    answer = ask(server, f"{API}/{number}", headers={"Accept-Encoding": accepted}, stream=True)
    assert answer.headers.get("Content-Encoding") == encoding
    body = answer.raw.read(decode_content=False)
    assert json.loads(zlib.decompress(body) if encoding else body) == STATE


@pytest.mark.parametrize("name", ["state/012_build_neuroglancer_url_auto", "state/013_get_neuroglancer_info"])
def test_there_is_no_viewer_as_recorded(server, name):
    exchange = recorded(name)
    assert_same_form(exchange, ask_again(server, exchange))


# ---- hostile requests


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("post", b"", 400),
        ("post", b"{", 400),
        ("post", b"{'a': 1}", 400),
        ("post", b'{"a": NaN}', 400),  # no JSON, though Python writes and reads it
        ("post", b'{"a": -Infinity}', 400),
        ("post", b"\xff\xfe{}", 400),
        ("post", '{"a": "µ"}'.encode("latin1"), 400),
        ("post", "{}".encode("utf-16"), 400),
        ("post", b"\xef\xbb\xbf{}", 400),  # a byte order mark
        ("post", b"[" * 100_000, 400),
        ("post", b"[" * 100_000 + b"]" * 100_000, 400),
        ("post", b'{}\0{"second": 1}', 400),
        ("post", b'"\n"', 400),
        ("post", b'{} {"second": 1}', 400),
        ("post", b'"' + b" " * 32 * 2**20 + b'"', 413),
        ("property/post", b"{", 400),
        ("post/0", b"{}", 400),
        ("post/-1", b"{}", 404),
        ("post/1e3", b"{}", 404),
        ("post/9223372036854775808", b"{}", 404),
        ("post/" + "9" * 5_000, b"{}", 404),
        ("post/80;DROP TABLE state", b"{}", 404),
        ("post/80?timestamp=soon", b"{}", 400),
        ("post/80?timestamp=1e300", b"{}", 400),
        ("post/80?timestamp=nan", b"{}", 400),
        ("post/80", b"{", 400),
        ("property/post/80", b"", 400),
    ],
)
def test_hostile_uploads_change_nothing(server, path, body, status):
    before = count(server)
    answer = ask(server, f"{API}/{path}", method="POST", data=body)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert count(server) == before


@pytest.mark.parametrize(
    "number", ["x", "-1", "1.0", "9" * 5_000, "%00", "1%20OR%201=1", "٣", "..%2f..%2fetc"]
)
@pytest.mark.parametrize(
    "path", ["/{}", "/raw/{}", "/api/v1/{}", "/api/v1/raw/{}", "/api/v1/property/{}/info"]
)
def test_numbers_that_are_none(server, path, number):
    answer = ask(server, "/nglstate" + path.format(number))
    assert answer.status_code == 404


def test_gzip_bombs_are_too_long(server):
    import gzip

    body = gzip.compress(b'"' + b" " * 33 * 2**20 + b'"')
    before = count(server)
    answer = ask(server, f"{API}/post", method="POST", data=body, headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, count(server)) == (413, before)


@pytest.mark.parametrize("path", ["/1", "/raw/1", "/table_info", "/version", "/property/1/info"])
def test_every_state_needs_a_token(server, path):
    script = {"X-Requested-With": "requests"}  # not a browser, which is sent to a page
    answer = requests.get(server.address + API + path, headers=script, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (401, "no_token")
