import json
from dataclasses import replace

import numpy as np
import pytest
from toy_service import ADDRESS, SERVICE, RecordingTransport, ToyClient, client_with, operation, param

from caveclient_gen._runtime.errors import (
    CAVEError,
    InvalidArgumentError,
    InvalidIdError,
    ServerIncompatibilityError,
    UnsupportedFeatureError,
)
from caveclient_gen._runtime.operation import Arm, Body
from caveclient_gen._runtime.prepare import prepare

IDS = param("ids", "id_array")
WHEN = param("timestamp", "datetime", client_default="moment")


def request_of(op, /, client=None, **arguments):
    return (client or client_with(op)).prepare(op.name, **arguments)


# Query


@pytest.mark.parametrize(
    ("params", "arguments", "query"),
    [
        ([param("a"), param("b")], {"b": "2", "a": "1"}, [("a", "1"), ("b", "2")]),  # declared order
        ([param("a"), param("b")], {"a": None}, []),
        ([param("a", default="x")], {}, [("a", "x")]),
        ([param("a", default="x")], {"a": None}, [("a", "x")]),
        ([param("a", default="x")], {"a": "y"}, [("a", "y")]),
        ([param("a", "bool", default=True)], {"a": False}, [("a", "false")]),
        ([param("a", "int", default=5)], {"a": 0}, [("a", "0")]),
        ([param("a", wire=("one", "two"))], {"a": "x"}, [("one", "x"), ("two", "x")]),
        ([param("a", "bool", default=True, is_const=True)], {}, [("a", "true")]),
        ([IDS], {"ids": [3, 1, 3]}, [("ids", "3,1,3")]),
        ([param("ids", "id_array", encode="repeat")], {"ids": [3, 1]}, [("ids", "3"), ("ids", "1")]),
        ([param("log", "bool", "none", default=True)], {"log": True}, []),
        ([WHEN], {}, [("timestamp", "1704164645.0")]),
        ([WHEN], {"timestamp": 1}, [("timestamp", "1.0")]),
    ],
)
def test_query(params, arguments, query):
    assert list(request_of(operation("look", *params), **arguments).query) == query


# Path


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("tbl", "tbl"),
        ("a b", "a%20b"),
        ("a?b#c", "a%3Fb%23c"),
        ("a%2Fb", "a%252Fb"),
        ("naïve", "na%C3%AFve"),
        ("a\\b", "a%5Cb"),
        (".hidden", ".hidden"),
        ("{ids}", "%7Bids%7D"),
    ],
)
def test_path_values_are_encoded(value, segment):
    op = operation("look", param("t", location="path", required=True), path="/toy/table/{t}/look")
    assert request_of(op, t=value).url == f"{ADDRESS}/toy/table/{segment}/look"


@pytest.mark.parametrize("value", ["", " ", "/", "a/b", "..", "../x", "a..b", "."])
@pytest.mark.parametrize("source", ["param", "hole"])
def test_path_values_that_would_change_the_route_are_refused(value, source):
    if source == "param":
        op = operation("look", param("t", location="path", required=True), path="/toy/{t}")
        client, arguments = client_with(op), {"t": value}
    else:
        op = operation("look", path="/toy/{t}", holes=(("t", "table_name"),))
        client, arguments = client_with(op), {}
        client.table_name = value
    with pytest.raises(InvalidArgumentError) as caught:
        client.prepare("look", **arguments)
    assert ("'t'" if source == "param" else "'table_name'") in str(caught.value)
    assert "toy.look" in str(caught.value)


def test_holes_are_filled_from_parameters_first_and_then_from_the_client():
    op = operation(
        "look",
        param("table", location="path", wire=("table_name",), required=True),
        path="/toy/{table_id}/{table_name}",
        holes=(("table_id", "table_name"),),
    )
    assert request_of(op, table="other").url == f"{ADDRESS}/toy/tbl/other"


def test_a_hole_without_a_value_names_the_attribute():
    op = operation("look", path="/toy/{table_id}", holes=(("table_id", "table_name"),))
    client = client_with(op)
    client.table_name = None
    with pytest.raises(InvalidArgumentError, match=r"^Pass 'table_name', or make a client that has it"):
        client.prepare("look")


def test_addresses_are_made_without_a_request():
    op = operation(
        "path",
        path="/toy/table/{t}",
        kind="url",
        scheme="graphene",
        holes=(("t", "table_name"),),
        response=(),
    )
    client = client_with(op)
    assert client._call("path") == "graphene://https://cave.example/toy/table/tbl"
    assert client._transport.requests == []


# Body


@pytest.mark.parametrize(
    ("params", "arguments", "method", "document"),
    [
        ([param("a", "int", "body")], {"a": 1}, "POST", {"a": 1}),
        ([param("a", "int", "body")], {}, "POST", {}),
        ([param("a", "int", "body")], {}, "GET", None),
        ([param("ids", "id_array", "body")], {"ids": [2**53 + 1]}, "GET", {"ids": [2**53 + 1]}),
        ([param("a", "int", "body", wire=("x", "y"))], {"a": 1}, "POST", {"x": 1, "y": 1}),
        ([param("a")], {"a": "q"}, "POST", None),
        (
            [
                param("table", location="path", required=True),
                param("f", "mapping", "body", wrap="table", wire=("filter",)),
            ],
            {"table": "syn", "f": {"id": [1]}},
            "POST",
            {"filter": {"syn": {"id": [1]}}},
        ),
    ],
)
def test_json_objects(params, arguments, method, document):
    path = "/toy/{table}" if params[0].name == "table" else "/toy/x"
    request = request_of(operation("look", *params, method=method, path=path), **arguments)
    if document is None:
        assert request.body is None
        assert request.headers == ()
    else:
        assert json.loads(request.body) == document
        assert request.headers == (("Content-Type", "application/json"),)


def test_one_parameter_is_the_whole_document():
    op = operation("post", param("rows", "json", "body"), method="POST", body=Body("json", "rows"))
    assert json.loads(request_of(op, rows=[{"a": 1}]).body) == [{"a": 1}]
    assert request_of(op).body is None


def test_ids_as_bytes():
    op = operation(
        "roots", param("ids", "id_array", "body"), method="POST", body=Body("binary", "ids", "<u8")
    )
    request = request_of(op, ids=[1, 2**62 + 1])
    assert request.body.hex() == "0100000000000000" + "0100000000000040"
    assert request.headers == ()
    assert request_of(op, ids=[]).body == b""


def test_negative_numbers_do_not_become_huge_ones():
    op = operation(
        "roots", param("ids", "int_array", "body"), method="POST", body=Body("binary", "ids", "<u8")
    )
    with pytest.raises(InvalidArgumentError, match=r"(?s)^Pass no negative numbers in 'ids'.*toy\.roots"):
        request_of(op, ids=[-1])


def test_wrapping_needs_the_wrapper():
    op = operation("q", param("table"), param("f", "mapping", "body", wrap="table"), method="POST")
    with pytest.raises(InvalidArgumentError, match="Pass 'table' too"):
        request_of(op, f={"a": 1})


# Headers and the rest of the request


def test_headers():
    op = operation("look", param("mirror", location="header", wire=("X-Mirror",)), headers=(("Accept", "x"),))
    assert request_of(op, mirror="m").headers == (("Accept", "x"), ("X-Mirror", "m"))
    with pytest.raises(InvalidArgumentError, match="without line breaks"):
        request_of(op, mirror="m\r\nX-Evil: 1")


@pytest.mark.parametrize(("timeout", "expected"), [(None, 30.0), (5.0, 5.0)])
def test_what_the_descriptor_says_reaches_the_request(timeout, expected):
    op = operation("post", method="POST", safe=False, check="Look it up.", timeout=timeout)
    request = request_of(op)
    assert (request.method, request.operation, request.safe) == ("POST", "toy.post", False)
    assert (request.check, request.connect_timeout, request.read_timeout) == ("Look it up.", 3.0, expected)
    assert request.auth is True
    public = client_with(op, service=replace(SERVICE, auth="none"))
    assert public.prepare("post").auth is False


def test_the_client_may_wait_longer_than_the_descriptor_says():
    client = client_with(operation(timeout=5.0))
    client.timeout = 600
    assert client.prepare("look").read_timeout == 600
    for bad in (0, -1, float("nan")):
        with pytest.raises(InvalidArgumentError, match="above 0"):
            client.timeout = bad
    client.timeout = None
    assert client.prepare("look").read_timeout == 5.0


def test_the_arguments_come_back_complete_and_normalised():
    op = operation("look", IDS, WHEN, param("n", "int", default=3))
    prepared = prepare(op, {"ids": ["5"]}, client_with(op))
    assert prepared.arguments["ids"].dtype == np.int64
    assert prepared.arguments["n"] == 3
    assert prepared.arguments["timestamp"].isoformat() == "2024-01-02T03:04:05+00:00"
    assert prepared.request.operation == "toy.look"


# Arguments that cannot be used


@pytest.mark.parametrize(
    ("params", "arguments", "text"),
    [
        ([param("a", required=True)], {}, "Pass 'a': look needs it."),
        ([param("a", required=True)], {"a": None}, "Pass 'a': look needs it."),
        ([param("a")], {"b": 1}, "Leave out 'b': look takes a."),
        ([param("a", is_const=True, default="1")], {"a": "2"}, "Leave out 'a'"),
        ([param("a", "int", minimum=1)], {"a": 0}, "argument 'a'"),
        ([IDS], {"ids": [1.5]}, "toy.look, argument 'ids'"),
    ],
)
def test_bad_arguments(params, arguments, text):
    client = client_with(operation("look", *params))
    with pytest.raises(InvalidArgumentError) as caught:
        client.prepare("look", **arguments)
    assert text in str(caught.value)
    assert client._transport.requests == []


def test_the_class_of_the_error_survives():
    with pytest.raises(InvalidIdError):
        request_of(operation("look", IDS), ids=[1.0])


def test_a_form_of_answer_that_does_not_exist_is_refused_before_sending():
    op = operation(
        "post",
        param("form", "bool", "none"),
        method="POST",
        safe=False,
        response=(Arm("json", when=(("form", True),)), Arm("text", when=(("form", False),))),
    )
    client = client_with(op)
    with pytest.raises(InvalidArgumentError, match="form"):
        client._call("post")
    assert client._transport.requests == []


EITHER = (
    param("version", "int", client_default="held_version"),
    param("timestamp", "datetime", client_default="held_moment"),
)


class HoldingClient(ToyClient):
    held_version = None
    held_moment = None


@pytest.mark.parametrize(
    ("held", "arguments", "names"),
    [
        ({}, {}, []),
        ({"held_version": 5}, {}, ["version"]),
        ({"held_moment": 0}, {}, ["timestamp"]),
        ({"held_version": 5, "held_moment": 0}, {}, ["version"]),  # the first of the group
        ({"held_version": 5}, {"timestamp": 0}, ["timestamp"]),  # a default never contradicts an argument
        ({"held_moment": 0}, {"version": 5}, ["version"]),
        ({"held_version": 5}, {"version": 6}, ["version"]),
    ],
)
def test_arguments_that_exclude_each_other(held, arguments, names):
    op = operation("look", *EITHER, exclusive=(("version", "timestamp"),))
    client = client_with(op, cls=HoldingClient)
    vars(client).update(held)
    assert [name for name, _ in client.prepare("look", **arguments).query] == names


def test_contradicting_arguments_are_refused():
    op = operation("look", *EITHER, exclusive=(("version", "timestamp"),))
    with pytest.raises(InvalidArgumentError, match=r"^Pass one of 'version', 'timestamp'"):
        request_of(op, client=client_with(op, cls=HoldingClient), version=5, timestamp=0)


def test_a_literal_default_passed_along_is_no_contradiction():
    op = operation(
        "look",
        param("a", "bool", default=False),
        param("b", "id_array"),
        exclusive=(("a", "b"),),
    )
    assert request_of(op, a=False, b=np.array([1])).query == (("a", "false"), ("b", "1"))
    with pytest.raises(InvalidArgumentError, match="exclude each other"):
        request_of(op, a=True, b=np.array([1]))


def test_a_literal_default_does_not_keep_the_client_from_filling_in():
    op = operation("look", param("live", "bool", default=False), EITHER[0], exclusive=(("live", "version"),))
    client = client_with(op, cls=HoldingClient)
    client.held_version = 5
    assert client.prepare("look", live=False).query == (("live", "false"), ("version", "5"))
    assert client.prepare("look", live=True).query == (("live", "true"),)


def test_the_client_is_not_asked_for_a_default_that_is_not_needed():
    class Costly(ToyClient):
        @property
        def moment(self):
            raise LookupError("asked")

    op = operation("look", WHEN, IDS)
    client = client_with(op, cls=Costly)
    assert client.prepare("look", timestamp=0).query == (("timestamp", "0.0"),)
    # Nor when another argument is bad anyway.
    with pytest.raises(InvalidIdError):
        client.prepare("look", ids=[0.5])
    with pytest.raises(LookupError):
        client.prepare("look")


# Gates


def gated(*, safe=True, method="GET", **more):
    return operation("look", safe=safe, method=method, server=(">=2.0",), **more)


READ, WRITE = {}, {"safe": False, "method": "POST"}
REPEATABLE_WRITE = {"safe": True, "method": "DELETE"}


@pytest.mark.parametrize(
    ("version", "how", "policy", "outcome"),
    [
        ("2.0", READ, None, "goes"),
        ("2.0", WRITE, "deny", "goes"),
        ("1.9", READ, None, "refused"),
        ("1.9", WRITE, None, "refused"),
        ("1.9", READ, "allow", "refused"),  # the policy is for unknown versions only
        (None, READ, "allow", "goes"),
        (None, WRITE, "allow", "goes"),
        (None, READ, "deny", "refused"),
        (None, WRITE, "deny", "refused"),
        (None, READ, None, "warned"),
        (None, WRITE, None, "refused"),
        (None, REPEATABLE_WRITE, None, "refused"),
    ],
)
@pytest.mark.parametrize("whose", ["operation", "service"])
def test_version_gates(version, how, policy, outcome, whose):
    of_operation = {"unknown_version": policy} if whose == "operation" else {}
    service = replace(SERVICE, unknown_version=policy if whose == "service" else None)
    client = client_with(gated(**how, **of_operation), server_version=version, service=service)
    if outcome == "refused":
        with pytest.raises(ServerIncompatibilityError, match=r">=2\.0"):
            client.prepare("look")
    elif outcome == "warned":
        with pytest.warns(UserWarning, match=r"toy\.look needs server version >=2\.0"):
            client.prepare("look")
        client.prepare("look")  # once per client: a second warning would be an error here
    else:
        client.prepare("look")


def test_the_policy_of_the_operation_goes_before_that_of_the_service():
    client = client_with(
        gated(unknown_version="allow"),
        server_version=None,
        service=replace(SERVICE, unknown_version="deny"),
    )
    assert client.prepare("look")


@pytest.mark.parametrize(
    ("given", "sent_by_default", "refused"),
    [
        ({}, None, False),
        ({"new": None}, None, False),
        ({"new": "x"}, None, True),
        ({}, "x", True),  # a default goes on the wire, so it is checked
    ],
)
@pytest.mark.parametrize("location", ["query", "none"])
def test_gates_of_arguments_look_at_what_is_sent(given, sent_by_default, refused, location):
    op = operation("look", param("new", location=location, server=(">=9",), default=sent_by_default))
    client = client_with(op)
    if refused and location == "query":
        with pytest.raises(ServerIncompatibilityError, match=r"^Leave out 'new'") as caught:
            client.prepare("look", **given)
        assert "runs 5.0.0" in str(caught.value)
    else:
        assert client.prepare("look", **given)


def test_the_sentence_of_the_descriptor_comes_first():
    client = client_with(gated(server_message="Ask for the 2.0 update."), server_version="1.0-dirty")
    with pytest.raises(ServerIncompatibilityError, match=r"^Ask for the 2\.0 update\.\n"):
        client.prepare("look")


def test_a_server_is_asked_for_its_version_only_when_it_matters():
    transport = RecordingTransport(version="1.0")
    client = client_with(operation("free"), gated(), transport=transport, server_version=...)
    client.prepare("free")
    assert transport.requests == []
    for _ in range(2):
        with pytest.raises(ServerIncompatibilityError, match=r"runs 1\.0"):
            client.prepare("look")
    assert transport.paths == ["/toy/version"]


@pytest.mark.parametrize(
    ("has", "goes"), [(True, True), (False, False), (lambda: True, True), (lambda: False, False)]
)
def test_features_of_the_datastack(has, goes):
    op = operation("look", requires="l2cache")
    client = client_with(op)
    client.has_l2cache = has
    if goes:
        assert client.prepare("look")
    else:
        with pytest.raises(
            UnsupportedFeatureError, match=r"^Choose a datastack with an L2 cache\."
        ) as caught:
            client.prepare("look")
        assert isinstance(caught.value, CAVEError)
