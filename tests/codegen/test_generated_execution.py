"""A small descriptor is generated into an empty folder, imported and called."""

import pytest
from generated_package import Double, imported
from project_copy import make_project

from caveclient_gen._runtime.errors import CAVEError


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """Import what was generated, as a package of its own."""
    with imported(make_project(tmp_path_factory.mktemp("project")), "generated_for_this_test") as module:
        yield module


@pytest.fixture
def client_of(generated):
    """Make a client of one API version around a transport."""

    def make(api, transport):
        base = getattr(generated(f"demo_v{api}"), f"DemoOperationsV{api}")
        made = type("Client", (base,), {"table_name": "tbl"})
        return made("https://host", api_version=api, transport=transport, server_version=None)

    return make


def test_a_read(client_of):
    transport = Double(b'{"id": 9007199254740993}')
    assert client_of("1", transport).get_record(9007199254740993) == {"id": 9007199254740993}
    (request,) = transport.sent
    assert request.method == "GET"
    assert request.full_url == "https://host/demo/api/v1/table/tbl/record/9007199254740993?layer=2"


def test_ids_as_bytes(client_of):
    transport = Double((5).to_bytes(8, "little"), kind="text/html")
    answer = client_of("2", transport).get_neighbors([1])
    assert answer.dtype == "int64"
    assert answer.tolist() == [5]
    (request,) = transport.sent
    assert request.body == (1).to_bytes(8, "little")
    assert request.url == "https://host/demo/api/v2/table/tbl/neighbors"


def test_another_form_of_the_answer(client_of):
    assert client_of("1", Double(b"3")).get_neighbors([1], as_counts=True) == 3


def test_nothing_comes_back(client_of):
    transport = Double(status=204)
    assert client_of("1", transport).remove_record(7) is None
    assert transport.sent[0].method == "DELETE"


def test_a_new_argument_is_keyword_only(client_of):
    transport = Double(b'{"id": 7}')
    client = client_of("2", transport)
    client.get_record(7, 3, exact=False)
    assert transport.sent[0].query == (("layer", "3"), ("exact", "false"))
    with pytest.raises(TypeError):
        client.get_record(7, 3, False)


def test_what_a_version_removed_is_gone(client_of):
    client = client_of("2", Double())
    assert not hasattr(client, "remove_record")
    with pytest.raises(CAVEError):
        client.prepare("remove_record", record_id=7)


def test_bad_arguments_send_nothing(client_of):
    transport = Double()
    with pytest.raises(ValueError, match="record_id"):
        client_of("1", transport).get_record(7.0)
    assert transport.sent == []
