import copy
import inspect
import pickle
from typing import ClassVar

import pytest
from toy_service import ADDRESS, SERVICE, RecordingTransport, operation

from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.errors import InvalidArgumentError, UnsupportedFeatureError
from caveclient_gen._runtime.factory import VersionedClient


class Operations2(ClientBase):
    _service = SERVICE
    _operations: ClassVar = {"look": operation("look", path="/toy/api/v2/look")}

    def look(self):
        return self._call("look")


class Operations3(Operations2):
    _operations: ClassVar = {
        "look": operation("look", path="/toy/api/v3/look"),
        "new": operation("new", path="/toy/api/v3/new"),
    }

    def new(self):
        return self._call("new")


class Toy(Operations3, metaclass=VersionedClient, factory=True):
    _operations_by_api: ClassVar = {"2": Operations2._operations, "3": Operations3._operations}

    def __init__(self, server_address=None, table_name=None, auth_client=None, api_version="latest", **newer):
        ClientBase.__init__(
            self, server_address or ADDRESS, None, api_version, auth_client=auth_client, **newer
        )
        self._table_name = table_name


class ToyV2(Toy, api="2"):
    def __init__(self, server_address, auth_header, api_version, endpoints, **newer):
        ClientBase.__init__(self, server_address, auth_header, api_version, endpoints, **newer)


class ToyV3(ToyV2, api="3"):
    pass


def transport(*listed):
    return RecordingTransport([1], api__versions=list(listed))


@pytest.mark.parametrize(
    ("api_version", "cls"),
    [("latest", ToyV3), (2, ToyV2), ("2", ToyV2), ("v3", ToyV3), (3, ToyV3)],
)
def test_calling_the_factory_makes_the_class_for_the_version(api_version, cls):
    seen = transport(2)
    client = Toy(ADDRESS, "tbl", api_version=api_version, transport=seen)
    assert type(client) is cls
    assert isinstance(client, Toy)
    assert client._table_name == "tbl"
    assert seen.requests == []


def test_positional_arguments_count_too():
    assert type(Toy(None, "tbl", None, 2)) is ToyV2


def test_latest_goes_by_what_the_server_speaks():
    client = Toy(transport=transport(2))
    client.look()
    assert client._transport.paths == ["/toy/api/versions", "/toy/api/v2/look"]
    assert client.api_version == 2
    with pytest.raises(UnsupportedFeatureError, match="API version 2 has no 'new'; 3 has"):
        client.new()


def test_an_older_class_says_what_it_lacks():
    with pytest.raises(UnsupportedFeatureError, match="API version 2 has no 'new'"):
        Toy(api_version=2, transport=transport(2, 3)).new()


@pytest.mark.parametrize(("cls", "api"), [(ToyV2, 2), (ToyV3, 3)])
@pytest.mark.parametrize("given", ["latest", "its own"])
def test_a_class_for_one_version_stays_with_it(cls, api, given):
    client = cls(ADDRESS, None, "latest" if given == "latest" else api, None, transport=transport(2, 3))
    assert client.api_version == api
    client.look()
    assert client._transport.paths == [f"/toy/api/v{api}/look"]


def test_a_class_for_one_version_refuses_another():
    with pytest.raises(InvalidArgumentError, match="ToyV2 speaks API 2, not 3"):
        ToyV2(ADDRESS, None, 3, None)


def test_a_version_without_a_class():
    with pytest.raises(InvalidArgumentError, match="one of 2, 3 or 'latest': Toy has no 9"):
        Toy(api_version=9)


def test_wrong_arguments_are_a_type_error_as_for_any_class():
    with pytest.raises(TypeError, match="table_name"):
        Toy(ADDRESS, "tbl", table_name="tbl")


@pytest.mark.parametrize(
    ("cls", "names"),
    [
        (Toy, ["server_address", "table_name", "auth_client", "api_version", "newer"]),
        (ToyV2, ["server_address", "auth_header", "api_version", "endpoints", "newer"]),
        (ToyV3, ["server_address", "auth_header", "api_version", "endpoints", "newer"]),
    ],
)
def test_signatures_are_those_of_the_initialisers(cls, names):
    signature = inspect.signature(cls)
    assert list(signature.parameters) == names
    if cls is Toy:
        assert signature.parameters["api_version"].default == "latest"


def test_the_documented_bases_hold():
    assert issubclass(ToyV3, ToyV2)
    assert issubclass(ToyV2, Toy)
    assert not issubclass(Toy, ToyV2)


def test_a_users_subclass_of_the_factory_is_an_ordinary_class():
    class Mine(Toy):
        pass

    client = Mine(table_name="tbl", transport=transport(2))
    assert type(client) is Mine
    client.look()
    assert client._transport.paths[-1] == "/toy/api/v2/look"


def test_a_users_subclass_of_one_version_stays_with_it():
    class Mine(ToyV2):
        pass

    client = Mine(ADDRESS, None, "latest", None, transport=transport(2, 3))
    assert type(client) is Mine
    assert client.api_version == 2
    assert type(Toy(api_version=2)) is ToyV2  # and the factory does not make it


@pytest.mark.parametrize("duplicate", [lambda c: pickle.loads(pickle.dumps(c)), copy.copy, copy.deepcopy])
@pytest.mark.parametrize("api_version", ["latest", 2])
def test_copies_keep_class_and_version(duplicate, api_version):
    client = Toy(table_name="tbl", api_version=api_version)
    twin = duplicate(client)
    assert type(twin) is type(client)
    assert (twin._wanted_api, twin._table_name) == (str(api_version), "tbl")
