import json
import pickle
from pathlib import Path

import pytest
import requests

from caveclient_gen._runtime import errors
from caveclient_gen._runtime.request import Headers, Request, Response
from caveclient_gen._runtime.server_errors import error_for, intended_status

RECORDINGS = Path(__file__).parent.parent / "recordings"
JSON = "application/json"
HTML = "text/html; charset=utf-8"
TRACE = ["Traceback (most recent call last):\n", "  secret source line\n"]
CHECK = "Look it up in the operation log."


def answer(status, body, media_type=JSON, *, safe=True, headers=()):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    data = text.encode() if isinstance(text, str) else text
    request = Request(
        "GET" if safe else "POST",
        "https://cave.org/materialize/x",
        (("token", "s3cret"),),
        operation="materialize.get_tables",
        safe=safe,
        check=None if safe else CHECK,
    )
    return Response(
        status, Headers([("Content-Type", media_type), *headers]), data, request.full_url, request
    )


NGINX_404 = (
    "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n"
    "<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
)
CRASH = (
    "<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n"
    "    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n"
)


def wrapped(message):
    return {"code": 500, "message": message, "traceback": TRACE}


E = errors
# (status as sent, body, content type) -> (class, status meant, what the server says)
FORMS = [
    # annotation and materialize: nearly everything is a 500
    (500, wrapped("404 Not Found: version 99 does not exist for testds "), JSON, E.NotFoundError, 404,
     "version 99 does not exist for testds"),
    (500, wrapped("400 Bad Request: No row was found for one()"), JSON, E.BadRequestError, 400,
     "No row was found for one()"),
    (500, wrapped("401 Unauthorized: You cannot do this because you are not the owner of this table"), JSON,
     E.PermissionDeniedError, 401, "You cannot do this because you are not the owner of this table"),
    (500, wrapped("403 Forbidden: no"), JSON, E.PermissionDeniedError, 403, "no"),
    (500, wrapped("405 Method Not Allowed: no"), JSON, E.BadRequestError, 405, "no"),
    (500, wrapped("409 Conflict: exists"), JSON, E.BadRequestError, 409, "exists"),
    (500, wrapped("410 Gone: version 1 expired"), JSON, E.ExpiredVersionError, 410, "version 1 expired"),
    (500, wrapped("413 Request Entity Too Large: 10k"), JSON, E.BadRequestError, 413, "10k"),
    (500, wrapped("422 Unprocessable Entity: a\nb"), JSON, E.BadRequestError, 422, "a b"),
    (500, wrapped("429 Too Many Requests: 10 per 1 minute"), JSON, E.RateLimitError, 429, "10 per 1 minute"),
    (500, wrapped("503 Service Unavailable: later"), JSON, E.ServiceUnavailableError, 503, "later"),
    (500, wrapped("404 Not Found"), JSON, E.NotFoundError, 404, "Not Found"),
    (500, wrapped("'NoneType' object has no attribute 'get'"), JSON, E.ServerError, 500,
     "'NoneType' object has no attribute 'get'"),
    (500, wrapped("404 Client Error: NOT FOUND for url: http://other/x"), JSON, E.ServerError, 500,
     "404 Client Error: NOT FOUND for url: http://other/x"),  # another server's 404, not this one's
    (500, wrapped("502 Server Error: Bad Gateway for url: http://o"), JSON, E.ServerError, 500,
     "502 Server Error: Bad Gateway for url: http://o"),
    (500, wrapped("404 rows were lost"), JSON, E.ServerError, 500, "404 rows were lost"),
    (404, "\"No table named 'nope' found\"\n", JSON, E.NotFoundError, 404, "No table named 'nope' found"),
    (404, "null\n", JSON, E.NotFoundError, 404, ""),
    (404, "[]", JSON, E.NotFoundError, 404, ""),
    (404, "{}", JSON, E.NotFoundError, 404, ""),
    (404, {"status": "error", "message": "No workflow data"}, JSON, E.NotFoundError, 404, "No workflow data"),
    (500, {"schema_errors": {"filter_out_dict": ["Unknown field."]}}, JSON, E.BadRequestError, 400,
     "filter_out_dict: Unknown field."),
    (500, {"errors": {"table": "'table' is a required property"}, "message": "Validation failed"}, JSON,
     E.BadRequestError, 400, "table: 'table' is a required property"),
    (400, {"message": {"ids": "Missing required parameter"}}, JSON, E.BadRequestError, 400,
     "ids: Missing required parameter"),
    # chunkedgraph: true statuses
    (400, {"code": 400, "duration": 1.5, "message": "[400]: Supervoxels must belong to one object."}, JSON,
     E.BadRequestError, 400, "Supervoxels must belong to one object."),
    (401, {"code": 401, "message": "[401]: Editing is not allowed"}, JSON, E.PermissionDeniedError, 401,
     "Editing is not allowed"),
    (500, {"code": 500, "message": "Cannot find root id 123", "traceback": TRACE}, JSON, E.ServerError, 500,
     "Cannot find root id 123"),
    (501, {"message": "There are no meshes"}, JSON, E.ServerError, 501, "There are no meshes"),
    # info, schema
    (404, {"message": "no such type"}, JSON, E.NotFoundError, 404, "no such type"),
    (404, {"message": "404 Not Found: no such type"}, JSON, E.NotFoundError, 404, "no such type"),
    # the authorization layer
    (401, {"error": "no_token", "message": "Unauthorized"}, JSON, E.AuthError, 401, "Unauthorized"),
    (401, {"error": "invalid_token", "message": "Expired"}, JSON, E.AuthError, 401, "Expired"),
    (400, {"error": "bad_auth_header", "message": "m"}, JSON, E.AuthError, 400, "m"),
    (400, {"error": "missing_table_id"}, JSON, E.BadRequestError, 400, "missing_table_id"),
    (403, {"error": "missing_permission", "message": "Missing permission: edit for dataset d"}, JSON,
     E.PermissionDeniedError, 403, "Missing permission: edit for dataset d"),
    (403, {"error": "missing_role", "data": {}}, JSON, E.PermissionDeniedError, 403, "missing_role"),
    # skeletons
    (400, {"Error": "Invalid rid"}, JSON, E.BadRequestError, 400, "Invalid rid"),
    (429, {"get_skeleton() RateLimitExceeded": "1 per minute"}, JSON, E.RateLimitError, 429,
     "get_skeleton() RateLimitExceeded: 1 per minute"),
    (429, {"message": "slow down"}, JSON, E.RateLimitError, 429, "slow down"),
    # auth: plain text under text/html
    (403, "Requires superadmin privilege.", HTML, E.PermissionDeniedError, 403,
     "Requires superadmin privilege."),
    (422, "User with email already exists.", HTML, E.BadRequestError, 422,
     "User with email already exists."),
    # pages
    (404, NGINX_404, HTML, E.NotFoundError, 404, "404 Not Found"),
    (500, CRASH, HTML, E.ServerError, 500, "Internal Server Error"),
    (502, "<html><h1>502 Bad&nbsp;Gateway</h1></html>", HTML, E.ServiceUnavailableError, 502,
     "502 Bad Gateway"),
    (500, "<!DOCTYPE html><p>no title", HTML, E.ServerError, 500, ""),
    # nothing, or nothing sensible
    (500, "", "", E.ServerError, 500, ""),
    (401, "", "", E.AuthError, 401, ""),
    (404, b"\xff\xfe\x00\x80", "application/octet-stream", E.NotFoundError, 404, "\ufffd\ufffd \ufffd"),
    (400, '{"message": "cut', JSON, E.BadRequestError, 400, '{"message": "cut'),
    (400, '{"a":' * 50_000, JSON, E.BadRequestError, 400, None),
    (500, "x" * 5_000_000, "text/plain", E.ServerError, 500, ""),
    (500, {"message": None}, JSON, E.ServerError, 500, ""),
    (500, {"message": {"a": {"b": {"c": {"d": 1}}}}}, JSON, E.ServerError, 500, None),
    (500, [1, {"a": None}], JSON, E.ServerError, 500, "1; a:"),
    (500, "Traceback (most recent call last):\n  File \"x\", line 1\nKeyError: 'mesh'\n", "text/plain",
     E.ServerError, 500, "KeyError: 'mesh'"),
    (418, "teapot", "text/plain", E.BadRequestError, 418, "teapot"),
    (302, "", "", E.HTTPStatusError, 302, ""),
    (200, "fine", "text/plain", E.HTTPStatusError, 200, "fine"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "media_type", "cls", "meant", "said"), FORMS)
def test_every_form_of_refusal(status, body, media_type, cls, meant, said):
    response = answer(status, body, media_type)
    error = error_for(response)
    assert type(error) is cls
    assert (error.status, error.intended_status) == (status, meant)
    assert intended_status(response) == meant
    if said is not None:
        assert error.server_message == said
    first, second = str(error).splitlines()
    assert first[-1] in ".!?"
    assert second.startswith(
        "materialize.get_tables: GET https://cave.org/materialize/x?token=REDACTED answered"
    )
    assert "Traceback" not in str(error)
    assert "<" not in first
    assert len(str(error)) < 900
    assert "s3cret" not in repr(vars(error)) + str(error)
    twin = pickle.loads(pickle.dumps(error))
    assert (str(twin), twin.intended_status) == (str(error), meant)


def test_the_traceback_is_kept_aside():
    assert error_for(answer(500, wrapped("oops"))).data["traceback"] == TRACE


@pytest.mark.parametrize(
    ("status", "body", "headers", "first_line"),
    [
        (404, "null", [], "Check the names, ids and version given to materialize.get_tables."),
        (
            400,
            {"message": "bad id"},
            [],
            "Correct the arguments of materialize.get_tables: bad id.",
        ),
        (
            401,
            {"error": "invalid_token", "message": "Expired."},
            [],
            "Get a token with client.auth.setup_token(), or put one into CAVE_TOKEN: Expired.",
        ),
        (
            403,
            {
                "error": "missing_tos",
                "data": {"tos_id": 3, "tos_name": "M", "tos_form_url": "https://a.org/3"},
            },
            [],
            'Accept the terms of service "M" at https://a.org/3 , then call again.',
        ),
        (
            400,
            {"error": "invalid_table_id", "data": {"table_id": "nope", "resource_namespace": "datastack"}},
            [],
            'Check the name of the datastack "nope": the servers know none of that name.',
        ),
        (
            400,
            {"error": "invalid_table_id", "data": {"table_id": "t", "resource_namespace": "pychunkedgraph"}},
            [],
            'Check the name of the segmentation table "t": the servers know none of that name.',
        ),
        (429, "", [("Retry-After", "30")], "Call again in 30 s, with fewer requests at a time."),
        (503, "", [], "Try again later: cave.org does not serve materialize.get_tables now."),
        (
            500,
            {"message": "oops"},
            [],
            "Check the names and ids given to materialize.get_tables; if they are right, "
            "tell the service's maintainers: cave.org failed: oops.",
        ),
    ],
)
def test_the_first_line_is_the_remedy(status, body, headers, first_line):
    assert str(error_for(answer(status, body, headers=headers))).splitlines()[0] == first_line


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"tos_id": 3, "tos_name": "T", "tos_form_url": "https://a.org/3"}, (3, "T", "https://a.org/3")),
        ({"tos_id": "3", "tos_name": None, "tos_form_url": "file:///etc/passwd"}, (None, None, None)),
        ({"tos_form_url": "javascript:alert(1)"}, (None, None, None)),
        ({"tos_form_url": "https://a.org/ x\n"}, (None, None, None)),
        (None, (None, None, None)),
        ("text", (None, None, None)),
    ],
)  # fmt: skip
def test_terms_of_service(given, expected):
    error = error_for(answer(403, {"error": "missing_tos", "message": "m", "data": given}))
    assert type(error) is errors.TermsNotAcceptedError
    assert (error.tos_id, error.tos_name, error.tos_url) == expected


def test_unknown_datastack():
    body = {"data": {"resource_namespace": "datastack", "table_id": "nope"}, "error": "invalid_table_id"}
    error = error_for(answer(400, body))
    assert type(error) is errors.UnknownDatastackError
    assert (error.name, error.namespace, error.status, error.intended_status) == (
        "nope",
        "datastack",
        400,
        404,
    )


@pytest.mark.parametrize(
    ("status", "body", "overrides", "cls"),
    [
        (404, "", ((404, "ExpiredVersionError"),), E.ExpiredVersionError),
        (500, wrapped("404 Not Found: x"), ((404, "ExpiredVersionError"),), E.ExpiredVersionError),
        (500, wrapped("404 Not Found: x"), ((500, "ExpiredVersionError"),), E.NotFoundError),
        (400, "", ((404, "ExpiredVersionError"),), E.BadRequestError),
        (400, {"error": "invalid_table_id"}, ((400, "NotFoundError"),), E.UnknownDatastackError),
        (401, {"error": "no_token"}, ((401, "NotFoundError"),), E.AuthError),
        (404, "", ((404, "NoSuchError"),), E.NotFoundError),  # never raises
        (404, "", ((404, "DecodeError"),), E.NotFoundError),  # not a status error
        (404, "", ((404, "json"),), E.NotFoundError),
        (404, "", ((404, "requests"),), E.NotFoundError),
    ],
)
def test_the_descriptor_names_the_class(status, body, overrides, cls):
    assert type(error_for(answer(status, body), overrides)) is cls


@pytest.mark.parametrize(
    ("status", "body", "cls", "words"),
    [
        (502, NGINX_404, E.UnknownOutcomeError, "its answer was lost"),
        (504, "", E.UnknownOutcomeError, "its answer was lost"),
        (503, "", E.ServiceUnavailableError, "sent once and not repeated."),
        (500, wrapped("oops"), E.ServerError, f"part of it may have happened. {CHECK}"),
        (500, wrapped("404 Not Found: x"), E.NotFoundError, "x"),
    ],
)
def test_what_became_of_a_write(status, body, cls, words):
    error = error_for(answer(status, body, safe=False))
    assert type(error) is cls
    assert words in str(error)


def test_a_lost_write_says_how_to_find_out():
    error = error_for(answer(502, "", safe=False))
    assert str(error).splitlines()[0] == (
        f"Find out whether materialize.get_tables happened before you repeat it: {CHECK}"
    )
    assert error.check == CHECK
    assert (error.cause.status, type(error.cause)) == (502, errors.ServiceUnavailableError)


@pytest.mark.parametrize(
    "said",
    [
        "\x1b[31mred\x1b[0m",
        "over\u202ewritten",
        "two\nlines\r\nmore",
        "token " + "ab12" * 8,
        "Authorization: Bearer abc.def",
        "x" * 10_000,
    ],
)
def test_what_a_server_says_is_made_harmless(said):
    error = error_for(answer(400, {"message": said}))
    shown = error.server_message
    assert shown.isprintable()
    assert len(shown) < 500
    assert "ab12" * 8 not in str(error)
    assert "abc.def" not in str(error)


@pytest.mark.parametrize(
    ("headers", "request_id"),
    [([("x-request-id", "r1")], "r1"), ([("traceparent", "00-t")], "00-t"), ([], None)],
)
def test_request_id(headers, request_id):
    assert error_for(answer(500, "", headers=headers)).request_id == request_id


def test_retry_after_is_an_attribute():
    assert error_for(answer(503, "", headers=[("Retry-After", "5")])).retry_after == 5.0


def test_scripts_for_requests_find_what_they_look_for():
    error = error_for(answer(404, {"message": "né"}, headers=[("X-A", "1"), ("X-A", "2")]))
    assert isinstance(error, requests.HTTPError)
    assert error.response.status_code == 404
    assert error.response.json() == {"message": "né"}
    assert error.response.headers["x-a"] == "1, 2"
    assert not error.response.ok
    assert error.request.method == "GET"
    assert error.response.request.url == "https://cave.org/materialize/x?token=REDACTED"
    assert pickle.loads(pickle.dumps(error)).response.json() == {"message": "né"}


def recorded():
    for path in sorted(RECORDINGS.glob("*/*.json")):
        for number, exchange in enumerate(json.loads(path.read_text()).get("exchanges", [])):
            if exchange["response"]["status"] >= 400:
                yield pytest.param(exchange, id=f"{path.parent.name}/{path.stem}-{number}")


@pytest.mark.parametrize("exchange", list(recorded()))
def test_recorded_refusals(exchange):
    sent, came = exchange["request"], exchange["response"]
    request = Request(sent["method"], "https://cave.org" + sent["url"], operation="a.b", safe=True)
    body = came["body"].get("text", "")
    error = error_for(
        Response(came["status"], Headers(came["headers"].items()), body.encode(), request.url, request)
    )
    assert error.status == came["status"]
    assert "Traceback" not in str(error)
    assert "<html" not in str(error)
    if came["status"] == 500 and '"message": "4' in body:
        assert 400 <= error.intended_status < 500
    if body.strip() not in ("null", ""):
        assert error.server_message
