import copy
import logging
import pickle
import threading
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest
from http_loopback import serve
from packaging.version import Version
from toy_service import ADDRESS, SERVICE, RecordingTransport, ToyClient, client_with, operation, param, reply

from caveclient_gen._runtime.answer import Answer
from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.errors import (
    AuthError,
    DecodeError,
    HTTPStatusError,
    InvalidArgumentError,
    NotFoundError,
    RateLimitError,
    ServerIncompatibilityError,
    ServiceConnectionError,
    TruncatedResultError,
    UnknownOutcomeError,
    UnsupportedFeatureError,
)
from caveclient_gen._runtime.operation import Arm, CachePolicy, Deprecation, RowLimit
from caveclient_gen._runtime.transport import HTTPTransport

TOKEN = "5ec2e7" * 5 + "ab"
HEADER = {"Authorization": f"Bearer {TOKEN}"}


# A call from end to end


def test_a_call_over_http():
    def answer(handler, seen, count):
        handler.reply(body=np.array([7, 8], "<u8").tobytes(), headers=[("Content-Type", "text/html")])

    op = operation(
        "roots", param("ids", "id_array"), response=(Arm("ndarray", dtype="<u8", same_length_as="ids"),)
    )
    client_class = type(client_with(op))
    with serve(answer) as server:
        client = client_class(server.url, HEADER)
        roots = client._call("roots", ids=[1, 2])
        client._transport.close()
    assert roots.tolist() == [7, 8]
    assert roots.dtype == np.int64
    assert server.seen[0].path == "/toy/api/v2/look?ids=1,2"
    assert server.seen[0].header("Authorization") == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, {"message": "no such table"}, NotFoundError),
        (500, {"code": 500, "message": "404 Not Found: no such table"}, NotFoundError),
        (500, {"code": 500, "message": "429 Too Many Requests: slow down"}, RateLimitError),
        (401, {"error": "invalid_token", "message": "expired"}, AuthError),
        (302, {}, HTTPStatusError),
    ],
)
def test_refusals_become_errors(status, body, error):
    transport = RecordingTransport(lambda request: reply(request, body, status=status))
    with pytest.raises(error) as caught:
        client_with(operation(), transport=transport)._call("look")
    assert caught.value.status == status
    assert caught.value.operation == "toy.look"


def test_the_descriptor_says_what_a_status_means():
    transport = RecordingTransport(lambda request: reply(request, {}, status=400))
    with pytest.raises(NotFoundError):
        client_with(operation(errors=((400, "NotFoundError"),)), transport=transport)._call("look")


@pytest.mark.parametrize(("status", "succeeds"), [(200, False), (201, True), (404, True), (204, False)])
def test_the_descriptor_says_which_statuses_mean_success(status, succeeds):
    op = operation(response=(Arm("json", status=(201, 404)),))
    client = client_with(op, transport=RecordingTransport(lambda r: reply(r, [1], status=status)))
    if succeeds:
        assert client._call("look") == [1]
    else:
        with pytest.raises(HTTPStatusError, match=str(status)):
            client._call("look")


def test_a_lost_answer_to_a_write_is_an_unknown_outcome():
    op = operation(method="POST", safe=False, check="Look at the merge log.")
    client = client_with(op, transport=RecordingTransport(lambda r: reply(r, {}, status=502)))
    with pytest.raises(UnknownOutcomeError, match="Look at the merge log"):
        client._call("look")


def test_an_answer_that_is_not_what_was_promised():
    transport = RecordingTransport(lambda r: reply(r, body=b"<html>log in</html>", kind="text/html"))
    with pytest.raises(DecodeError, match=r"toy\.look"):
        client_with(operation(), transport=transport)._call("look")


def test_bad_input_costs_no_request_not_even_for_versions():
    op = operation("look", param("ids", "id_array"), server=(">=2",))
    client = client_with(op, server_version=...)
    with pytest.raises(InvalidArgumentError):
        client._call("look", ids=[1.5])
    assert client._transport.requests == []


# Construction, identity, pickling


@pytest.mark.parametrize(
    "given", ["https://cave.example", "https://cave.example/", "cave.example", "HTTPS://CAVE.example:443/"]
)
def test_addresses_have_one_form(given):
    assert ToyClient(given).server_address == ADDRESS


def test_construction_sends_nothing():
    transport = RecordingTransport(ServiceConnectionError("down"))
    client = client_with(operation(), transport=transport, server_version=...)
    assert repr(client)
    assert transport.requests == []


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"api_version": 7}, "has no 7"),
        ({"api_version": "new"}, "as a number"),
        ({"auth_header": {"Authorization": "Basic x"}}, "auth_header"),
        ({"auth_header": HEADER, "auth_client": object()}, "only one of auth_header and auth_client"),
        ({"server_address": ""}, "server_address"),
    ],
)
def test_bad_construction(arguments, text):
    with pytest.raises(InvalidArgumentError, match=text) as caught:
        ToyClient(**({"server_address": ADDRESS} | arguments))
    assert TOKEN not in str(caught.value)


def test_the_token_of_an_auth_client_goes_to_this_server_only():
    class AuthClient:
        token = TOKEN

    client = ToyClient(ADDRESS, auth_client=AuthClient())
    credentials = client._transport.credentials
    assert credentials.header_for(f"{ADDRESS}/toy") == HEADER
    assert credentials.header_for("https://elsewhere.example/toy") == {}


def test_retries_and_pool_reach_the_transport():
    transport = ToyClient(
        ADDRESS, max_retries=7, pool_maxsize=3, pool_block=True, verify="/ca.pem"
    )._transport
    assert isinstance(transport, HTTPTransport)
    assert transport.retry.max_retries == 7
    assert (transport.pool_maxsize, transport.pool_block, transport.verify) == (3, True, "/ca.pem")


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({}, "ToyClient('https://cave.example', API latest)"),
        ({"_table_name": "tbl"}, "ToyClient('https://cave.example', table 'tbl', API latest)"),
        (
            {"_datastack_name": "ds", "_table_name": None},
            "ToyClient('https://cave.example', datastack 'ds', API latest)",
        ),
    ],
)
def test_repr(attributes, text):
    client = ToyClient(ADDRESS, HEADER)
    vars(client).update(attributes)
    assert repr(client) == text


def test_the_token_is_nowhere_to_be_seen():
    client = client_with(operation(), transport=None)
    client = type(client)(ADDRESS, HEADER)
    request = client.prepare("look")
    for shown in (repr(client), repr(vars(client)), repr(request), request.as_curl()):
        assert TOKEN not in shown
    assert TOKEN.encode() not in pickle.dumps(ToyClient(ADDRESS, HEADER))


@pytest.mark.parametrize("duplicate", [lambda c: pickle.loads(pickle.dumps(c)), copy.copy, copy.deepcopy])
def test_copies_work_and_share_nothing_that_changes(duplicate):
    client = ToyClient(ADDRESS, transport=RecordingTransport({}), server_version="2.0", over_client="fc")
    client._table_name = "other"
    client._cache.put("look", CachePolicy(9.0, 9, ()), "k", 1)
    twin = duplicate(client)
    assert repr(twin) == repr(client)
    assert (twin.server_version, twin.fc) == (Version("2.0"), "fc")
    assert twin._cache is not client._cache
    assert twin._told_lock is not client._told_lock


def test_a_copy_asks_through_its_own_transport():
    client = ToyClient(ADDRESS, transport=RecordingTransport())
    twin = copy.copy(client)
    twin._transport = RecordingTransport(version="3.1")
    assert twin.server_version == Version("3.1")
    assert client._transport.requests == []


def test_the_public_base_can_be_made_without_a_service():
    client = ClientBase(ADDRESS, HEADER, 2, {}, "me_server_address")
    assert client.default_url_mapping == {"me_server_address": ADDRESS}
    assert client.api_version == 2
    assert client.server_version is None
    assert client.fc is None


def test_default_url_mapping_is_a_new_dict_each_time():
    op = operation(path="/toy/{table_id}", holes=(("table_id", "table_name"),))
    client = client_with(op)
    client.default_url_mapping["table_id"] = "changed"
    assert client.default_url_mapping == {"toy_server_address": ADDRESS, "table_id": "tbl"}


# Server version


@pytest.mark.parametrize(
    ("stated", "version"),
    [("6.0.0-dirty", Version("6.0.0")), (Version("2.1"), Version("2.1")), (None, None), ("?", None)],
)
def test_a_stated_server_version_is_taken_at_its_word(stated, version):
    client = client_with(operation(), server_version=stated)
    assert client.server_version == version
    assert client._transport.requests == []


# API versions: the client knows 2 and 3, `new` exists in 3 only, `look(regex)` too

LOOK2 = operation("look", param("a"), path="/toy/api/v2/look")
LOOK3 = operation(
    "look", param("a"), param("regex"), param("deep", "bool", default=True), path="/toy/api/v3/look"
)
WRITE2 = operation("write", method="POST", safe=False, path="/toy/api/v2/write")
NEW3 = operation("new", path="/toy/api/v3/new")


class NegotiatingClient(ToyClient):
    _operations_by_api: ClassVar = {
        "2": {"look": LOOK2, "write": WRITE2},
        "3": {"look": LOOK3, "new": NEW3, "write": WRITE2},
    }
    _operations: ClassVar = _operations_by_api["3"]


def negotiating(listed, **more):
    transport = RecordingTransport([1], api__versions=listed)
    return NegotiatingClient(ADDRESS, transport=transport, **more)


@pytest.mark.parametrize(("listed", "api"), [([2], 2), ([2, 3], 3), ([3, 4], 3)])
def test_calls_go_by_the_negotiated_version(listed, api):
    client = negotiating(listed)
    client._call("look", a="x", regex=None, deep=True)
    client._call("look", a="x")
    assert client._transport.paths == ["/toy/api/versions", *[f"/toy/api/v{api}/look"] * 2]
    assert client.api_version == api


def test_an_explicit_version_is_not_negotiated():
    client = negotiating([3], api_version=2)
    client._call("look")
    assert client._transport.paths == ["/toy/api/v2/look"]
    assert repr(client) == "NegotiatingClient('https://cave.example', API 2)"


def test_a_method_that_the_negotiated_version_lacks():
    with pytest.raises(UnsupportedFeatureError) as caught:
        negotiating([2])._call("new")
    assert str(caught.value) == (
        "Use a server that speaks API 3 for 'new'.\ntoy: API version 2 has no 'new'; 3 has."
    )


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [({"regex": None}, None), ({"deep": True}, None), ({"regex": "x"}, "regex"), ({"deep": False}, "deep")],
)
def test_arguments_that_the_negotiated_version_does_not_know(arguments, refused):
    client = negotiating([2])
    if refused:
        with pytest.raises(UnsupportedFeatureError, match=f"^Leave out '{refused}': API version 2 of toy"):
            client._call("look", **arguments)
    else:
        assert client._call("look", **arguments) == [1]
        assert client._transport.requests[-1].query == ()


def test_an_argument_that_no_version_knows_is_a_mistake_of_the_caller():
    with pytest.raises(InvalidArgumentError, match="Leave out 'rexeg'"):
        negotiating([2])._call("look", rexeg=None)


@pytest.mark.parametrize(("name", "hint"), [("lok", "Did you mean 'look'?"), ("xyzzy", "Check the name.")])
def test_a_method_that_does_not_exist(name, hint):
    with pytest.raises(UnsupportedFeatureError) as caught:
        negotiating([3]).prepare(name)
    assert str(caught.value).startswith(hint)


def test_a_silent_server_is_not_fatal_for_reads_and_named_once():
    client = negotiating(ServiceConnectionError("Check the network: no route to host."))
    with pytest.warns(UserWarning, match=r"toy: .*no route to host.*Going on with API 2") as caught:
        assert client._call("look") == [1]
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert client._call("look") == [1]
    assert client._transport.paths.count("/toy/api/versions") == 1


def test_a_silent_server_is_fatal_for_writes():
    client = negotiating(ServiceConnectionError("no route to host"))
    with (
        pytest.warns(UserWarning, match="Going on"),
        pytest.raises(ServerIncompatibilityError, match=r"^Pass api_version=2 .*(?s:.*)no route to host"),
    ):
        client._call("write")
    assert client._transport.paths == ["/toy/api/versions"]
    assert negotiating(ServiceConnectionError("x"), api_version=2)._call("write") == [1]


def test_after_a_silent_server_the_missing_method_does_not_blame_the_server():
    client = negotiating(ServiceConnectionError("no route to host"))
    with (
        pytest.warns(UserWarning, match="Going on"),
        pytest.raises(UnsupportedFeatureError, match=r"API 2 is only assumed.*no route to host"),
    ):
        client._call("new")


def test_no_version_in_common():
    with pytest.raises(ServerIncompatibilityError, match="have no API version in common"):
        negotiating([4, 5])._call("look")


def test_a_class_for_one_version_calls_its_own_route_through_an_inherited_method():
    class V2(ToyClient):
        _operations: ClassVar = {"look": LOOK2}

        def look(self):
            return self._call("look", a="x")

    class V3(V2):
        _operations: ClassVar = {"look": LOOK3}

    client = V3(ADDRESS, transport=RecordingTransport([1]))
    client.look()
    assert client._transport.paths == ["/toy/api/v3/look"]


# Cache


def cached_client(key=("a",), **more):
    op = operation(
        "look",
        param("a"),
        param("ids", "id_array"),
        param("when", "datetime", client_default="moment"),
        path="/toy/{table}/look",
        holes=(("table", "table_name"),),
        cache=CachePolicy(60.0, 10, key),
    )
    count = iter(range(1000))
    return client_with(op, transport=RecordingTransport(lambda r: reply(r, {"n": next(count)})), **more)


@pytest.mark.parametrize(
    ("first", "second", "requests"),
    [
        ({"a": "x"}, {"a": "x"}, 1),
        ({"a": "x"}, {"a": "y"}, 2),
        ({}, {"a": None}, 1),
        ({"ids": [1, 2]}, {"ids": np.array([1, 2])}, 1),
        ({"ids": [1, 2]}, {"ids": ["2", "1"]}, 2),
        ({}, {"when": "2024-01-02 03:04:05"}, 1),  # the default, said in other words
    ],
)
def test_the_same_call_is_answered_from_the_cache(first, second, requests):
    client = cached_client(key=("a", "ids", "when"))
    client._call("look", **first)["n"] = "changed by the caller"
    again = client._call("look", **second)
    assert again["n"] == requests - 1
    assert len(client._transport.requests) == requests


@pytest.mark.parametrize(("attribute", "value"), [("table_name", "other"), ("moment", "2025-01-01")])
def test_what_the_client_holds_is_part_of_the_key(attribute, value):
    client = cached_client(key=("a", "when"))
    client._call("look")
    setattr(client, attribute, value)
    assert client._call("look") == {"n": 1}


def test_clients_share_no_answers():
    assert cached_client()._call("look") == cached_client()._call("look") == {"n": 0}


def test_errors_are_not_cached():
    op = operation(cache=CachePolicy(60.0, 10, ()))
    client = client_with(op, transport=RecordingTransport(ServiceConnectionError("x")))
    with pytest.raises(ServiceConnectionError):
        client._call("look")
    client._transport.default = [1]
    assert client._call("look") == [1]


# Rows, notices, deprecation

CAP = "Limited query to 3 rows"


def rows_client(on_truncate="raise", *, envelope=False, warning=CAP, log=None):
    def answer(request):
        headers = [("Warning", warning)] if warning else []
        return reply(request, [1, 2, 3], headers=headers)

    op = operation(
        "rows",
        param("limit", "int"),
        param("log_warning", "bool", "none", default=True, effect="log_warnings"),
        rows=RowLimit("Warning", ("Limited query to",), on_truncate, "limit"),
        envelope=envelope,
    )
    return client_with(op, transport=RecordingTransport(answer))


@pytest.mark.parametrize("envelope", [False, True])
def test_an_answer_cut_short_is_an_error_that_holds_what_came(envelope, caplog):
    with pytest.raises(
        TruncatedResultError, match=r"pass 'limit'.*only 3 rows.*Limited query to 3"
    ) as caught:
        rows_client(envelope=envelope)._call("rows")
    error = caught.value
    assert (error.got, error.limit) == (3, 3)
    assert (error.partial.value if envelope else error.partial) == [1, 2, 3]
    assert isinstance(error.partial, Answer) is envelope
    assert caplog.records == []  # said once, not twice


def test_the_callers_own_limit_is_no_truncation():
    assert rows_client()._call("rows", limit=3) == [1, 2, 3]


def test_an_answer_cut_short_may_be_a_warning():
    with pytest.warns(UserWarning, match="only 3 rows") as caught:
        assert rows_client("warn")._call("rows") == [1, 2, 3]
    assert caught[0].filename == __file__


def test_a_table_cut_short():
    sink = pa.BufferOutputStream()
    table = pa.table({"id": [1, 2]})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    op = operation("rows", response=(Arm("arrow_stream"),), rows=RowLimit("Warning", ("Limited",)))
    transport = RecordingTransport(
        lambda r: reply(r, body=sink.getvalue().to_pybytes(), headers=[("Warning", CAP)], kind="data.arrow")
    )
    with pytest.raises(TruncatedResultError, match=r"ask for less at a time.*only 2 rows"):
        client_with(op, transport=transport)._call("rows")


def test_notices_are_logged_once_per_client(caplog):
    client = rows_client(warning="Table Owner Notice on syn: cite us")
    for _ in range(3):
        client._call("rows")
    assert [r.getMessage() for r in caplog.records] == ["toy: Table Owner Notice on syn: cite us"]
    assert caplog.records[0].levelno == logging.WARNING
    assert caplog.records[0].name.startswith("caveclient_gen")
    rows_client(warning="Table Owner Notice on syn: cite us")._call("rows")
    assert len(caplog.records) == 2


def test_notices_can_be_silenced_for_a_call(caplog):
    client = rows_client(warning="Table Owner Notice on syn: cite us")
    client._call("rows", log_warning=False)
    assert caplog.records == []
    client._call("rows", log_warning=True)
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("deprecated", "text"),
    [
        (Deprecation("2.0", use="gaze"), "Use gaze instead of look: deprecated since 2.0."),
        (
            Deprecation("2.0", message="Too slow.", sunset="3.0"),
            "Stop using look: deprecated since 2.0; it goes away in 3.0. Too slow.",
        ),
    ],
)
def test_deprecation_is_said_once_and_points_at_the_caller(deprecated, text):
    client = client_with(operation(deprecated=deprecated))
    with pytest.warns(DeprecationWarning, match="look: deprecated") as caught:
        client._call("look")
    assert str(caught[0].message) == text
    assert caught[0].filename == __file__
    client._call("look")


# Threads


def test_a_client_may_be_shared_between_threads():
    client = negotiating([2, 3])
    start, answers = threading.Barrier(8), []

    def work():
        start.wait(10)
        answers.extend(client._call("look", a=str(n)) for n in range(20))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == [[1]] * 160
    assert client._transport.paths.count("/toy/api/versions") == 1


def test_public_services_are_asked_without_a_token():
    service = replace(SERVICE, auth="none")
    client = client_with(
        operation(server=(">=1",)), service=service, server_version=..., transport=RecordingTransport("2.0")
    )
    client._call("look")
    assert [request.auth for request in client._transport.requests] == [False, False]
