"""The schema client: no token, and only 404 means "not available"."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen.emannotationschemas import SchemaClient, SchemaClientLegacy, SchemaClientV1
from caveclient_gen.errors import AuthError, InvalidArgumentError, ServerError, UnsupportedFeatureError

REFERENCE = {"$ref": "#/definitions/ReferenceAnnotation"}


class Server:
    """The schema service at the transport's seam."""

    def __init__(self, status: int = 200, answer: Any = None) -> None:
        self.status, self.document = status, answer
        self.asked: list[Request] = []

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        headers = Headers([("Content-Type", "application/json")])
        return Response(self.status, headers, json.dumps(self.document).encode(), request.url, request)


def make(server: Server, **more: Any) -> SchemaClient:
    return SchemaClient("https://schema.org", transport=server, **more)


def test_factory() -> None:
    server = Server(answer=["synapse"])
    client = make(server)
    assert isinstance(client, SchemaClientLegacy)  # the documented class
    assert isinstance(client, SchemaClient)
    assert client.get_schemas() == ["synapse"]
    assert [request.full_url for request in server.asked] == ["https://schema.org/schema/api/v2/type"]
    assert not any(request.auth for request in server.asked)


def test_documented_class_is_made_from_parts() -> None:
    server = Server(answer=REFERENCE)
    client = SchemaClientLegacy("https://schema.org", {}, 2, {}, "emas_server_address", transport=server)
    assert client.schema_definition("simple_reference") == REFERENCE


def test_server_of_the_first_days() -> None:
    server = Server(answer=["synapse"])
    client = make(server, api_version=1)
    assert isinstance(client, SchemaClientV1)
    assert client.get_schemas() == ["synapse"]
    assert server.asked[0].full_url == "https://schema.org/schema/type"
    with pytest.raises(UnsupportedFeatureError):
        client.schema_definition_all()
    with pytest.raises(InvalidArgumentError):
        make(server, api_version=7)


def test_several_definitions() -> None:
    server = Server(answer={"simple_reference": REFERENCE})
    client = make(server)
    assert client.schema_definition_multi(["simple_reference", "bound_tag"]) == {
        "simple_reference": REFERENCE
    }
    assert server.asked[0].method == "POST"
    assert server.asked[0].query == (("schema_names", "simple_reference,bound_tag"),)
    assert client.schema_definition_multi([]) == {}
    assert client.schema_definition_all() == {"simple_reference": REFERENCE}
    assert len(server.asked) == 2


CALLS = [lambda c: c.schema_definition_multi(["a"]), lambda c: c.schema_definition_all()]


@pytest.mark.parametrize("call", CALLS)
def test_404_means_not_available(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert call(make(Server(404, {"message": "not there"}))) is None
    assert "not there" in caplog.text


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("status", "error"), [(401, AuthError), (500, ServerError), (503, ServerError)])
def test_other_refusals_are_raised(call: Any, status: int, error: type[Exception]) -> None:
    with pytest.raises(error):  # F065
        call(make(Server(status, {"message": "no"})))
