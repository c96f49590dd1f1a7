import inspect
import json
import math
from datetime import datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
import requests
from http_loopback import serve
from toy_service import ADDRESS

from caveclient_gen import base
from caveclient_gen._runtime.errors import (
    AuthError,
    BadRequestError,
    CAVEError,
    DecodeError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    TermsNotAcceptedError,
)


@pytest.mark.parametrize(
    ("cls", "parameters"),
    [
        (base.ClientBase, ()),
        (base.ClientBaseWithDataset, ("dataset_name",)),
        (base.ClientBaseWithDatastack, ("datastack_name",)),
    ],
)
def test_documented_constructors(cls, parameters):
    documented = ["server_address", "auth_header", "api_version", "endpoints", "server_name", *parameters]
    documented += ["verify", "max_retries", "pool_maxsize", "pool_block", "over_client"]
    names = [p.name for p in inspect.signature(cls).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert names == documented
    client = cls(ADDRESS, {}, 2, {}, "me_server_address", *(["name"] if parameters else []))
    assert issubclass(cls, base.ClientBase)
    for name in parameters:
        assert getattr(client, name) == "name"
        assert "'name'" in repr(client)


def test_documented_names_are_exported():
    assert sorted(base.__all__) == base.__all__
    assert all(hasattr(base, name) for name in base.__all__)
    assert issubclass(base.AuthException, CAVEError)
    assert issubclass(AuthError, base.AuthException)


# Encoder


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.float32(0.5), "0.5"),
        (np.bool_(True), "true"),
        (np.uint64(2**63), str(2**63)),
        (np.int64(2**53 + 1), str(2**53 + 1)),
        ({np.int64(1): np.array([2, 3])}, '{"1": [2, 3]}'),
        (np.array([[1.5, 2.5]]), "[[1.5, 2.5]]"),
        (pd.Series([1, 2], dtype="Int64"), "[1, 2]"),
        (pd.Index(["a"]), '["a"]'),
        ({3, 1, 2}, "[1, 2, 3]"),
        ((1, None, True, "x"), '[1, null, true, "x"]'),
        ("text", '"text"'),
        (datetime(2024, 1, 2, 3, 4, 5), '"2024-01-02T03:04:05+00:00"'),  # naive is UTC
        (datetime(2024, 1, 2, 3, tzinfo=timezone(timedelta(hours=1))), '"2024-01-02T02:00:00+00:00"'),
        (pd.Timestamp("2024-01-02T03:04:05Z"), '"2024-01-02T03:04:05+00:00"'),
        (np.datetime64("2024-01-02T03:04:05"), '"2024-01-02T03:04:05+00:00"'),
    ],
)
def test_encoder_writes_what_people_hold(value, written):
    assert json.dumps(value, cls=base.BaseEncoder) == written
    assert "".join(base.BaseEncoder().iterencode(value)) == written


@pytest.mark.parametrize("value", [math.nan, math.inf, np.float64("nan"), pd.NA, pd.NaT, object()])
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [1, v], lambda v: {"a": v}])
def test_encoder_refuses_what_json_has_no_form_for(value, wrap):
    with pytest.raises(ValueError, match=r"."):
        json.dumps(wrap(value), cls=base.BaseEncoder)


def test_encoder_keeps_the_options_of_the_standard_one():
    assert json.dumps({"b": np.int8(1), "a": "é"}, cls=base.BaseEncoder, sort_keys=True, indent=1) == (
        '{\n "a": "\\u00e9",\n "b": 1\n}'
    )
    assert json.dumps({"a": object()}, cls=base.BaseEncoder, default=lambda o: "mine") == '{"a": "mine"}'


def test_encoder_default_can_be_called_alone():
    assert base.BaseEncoder().default(np.array([1])) == [1]


# Answers that somebody fetched with requests

HTML = [("Content-Type", "text/html")]


def fetched(status, body=b"", headers=(), path="/x"):
    with (
        serve(lambda handler, seen, count: handler.reply(status, body, headers)) as server,
        requests.Session() as session,
    ):
        return session.get(f"{server.url}{path}", allow_redirects=False, timeout=5)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, b'{"message": "no"}', NotFoundError),
        (500, b'{"code": 500, "message": "404 Not Found: no"}', NotFoundError),
        (500, b"[1, 2]", ServerError),  # JSON, but no object
        (500, b'"text"', ServerError),
        (400, b"{broken", BadRequestError),
        (400, b"\xff\xfe\xfa", BadRequestError),
        (502, b"<html>proxy</html>", ServerError),
        (401, b'{"error": "no_token"}', AuthError),
        (403, b'{"error": "missing_permission", "data": {}}', PermissionDeniedError),
        (
            403,
            b'{"error": "missing_tos", "data": {"tos_id": 1, "tos_name": "n",'
            b' "tos_form_url": "file:///etc/passwd"}}',
            TermsNotAcceptedError,
        ),
    ],
)
@pytest.mark.parametrize("check", [base.handle_response, base.ClientBase.raise_for_status])
def test_refusals(check, status, body, error):
    answer = fetched(status, body)
    with pytest.raises(error) as caught:
        check(answer)
    assert isinstance(caught.value, requests.HTTPError)
    assert caught.value.response.status_code == status


def test_answers_come_as_json_or_as_they_are():
    answer = fetched(200, b'{"id": 9007199254740993}')
    assert base.handle_response(answer) == {"id": 2**53 + 1}
    assert base.handle_response(answer, as_json=False) is answer
    assert base.ClientBase.raise_for_status(answer) is None


def test_a_body_that_is_no_json():
    with pytest.raises(DecodeError):
        base.handle_response(fetched(200, b"<html>hello</html>", HTML))


@pytest.mark.parametrize(
    ("location", "is_login"),
    [
        ("https://auth.example/sticky_auth/api/v1/authorize?redirect=x&middle_auth_token=abc", True),
        ("/authorize", True),
        ("https://cave.example/x/", False),
    ],
)
def test_a_login_page_is_an_auth_error(location, is_login):
    answer = fetched(302, headers=[("Location", location)])
    if is_login:
        with pytest.raises(base.AuthException, match="setup_token") as caught:
            base.handle_response(answer, as_json=False)
        assert "abc" not in str(caught.value)
    else:
        assert base.handle_response(answer, as_json=False) is answer


@pytest.mark.parametrize(("log_warning", "count"), [(True, 1), (False, 0)])
def test_notices(caplog, log_warning, count):
    base.handle_response(fetched(200, b"1", [("Warning", "cite us")]), log_warning=log_warning)
    assert [record.getMessage() for record in caplog.records] == ["cite us"] * count


def test_an_answer_built_by_hand():
    answer = requests.Response()
    answer.status_code = 404
    with pytest.raises(NotFoundError):
        base.handle_response(answer)


def test_parametrized():
    @base.parametrized
    def times(function, factor, *, plus=0):
        return lambda x: factor * function(x) + plus

    @times(3, plus=1)
    def double(x):
        return 2 * x

    assert double(5) == 31
    assert times.__name__ == "times"
