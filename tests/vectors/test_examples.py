"""Every example of every descriptor: the request that is built, and the value that is decoded."""

import json
from urllib.parse import unquote

import pytest
from example_runner import Recorder, call, client_of, error_named, plain, same, spec, vectors

VECTORS = vectors()
SENT = [vector for vector in VECTORS if vector.example.request is not None]
DECODED = [vector for vector in VECTORS if vector.example.has_returns]
REFUSED = [vector for vector in VECTORS if vector.example.raises is not None]


def test_every_operation_has_an_example():
    """An inherited example may name another API; then this one needs its own."""
    shown = {str(vector).partition("[")[0] for vector in VECTORS}
    assert shown == {
        f"{service.name}@{api.number}.{operation.name}"
        for service in spec().services
        for api in service.apis
        for operation in api.operations
    }
    assert len(VECTORS) > 200


def test_every_path_is_compared():
    """Those of inherited examples too: they move along to the version's own routes."""
    assert [str(vector) for vector in SENT if "path" not in vector.example.request] == []


@pytest.mark.parametrize("vector", SENT, ids=str)
def test_request(vector):
    expected = vector.example.request
    recorder = Recorder(
        vector.example.response or {"status": 500, "text": "this example shows the request only"}
    )
    client = client_of(vector, recorder)
    try:
        call(vector, client)
    except Exception:  # What the answer means is the other tests' question.
        assert recorder.sent, "nothing was sent"
    request = recorder.sent[0]
    assert request.method == expected.get("method", request.method)
    assert unquote(request.url.removeprefix("https://host")) == unquote(expected["path"])
    assert pairs(request.query) == pairs(expected.get("query", {}).items())
    compare_body(request, expected)
    headers = {name.lower(): value for name, value in request.headers}
    for name, value in expected.get("headers", {}).items():
        assert headers.get(name.lower()) == str(value)


def pairs(query):
    """Write a query as sorted pairs, a list as one pair per item."""
    return sorted(
        (name, item)
        for name, value in query
        for item in (value if isinstance(value, (list, tuple)) else [value])
    )


def compare_body(request, expected):
    """A body that an example does not show is not sent."""
    if "body_hex" in expected:
        assert (request.body or b"").hex() == expected["body_hex"]
    elif "json" in expected:
        # Compared as text with sorted keys: 1, 1.0 and true are three things, and ids keep every digit.
        assert canonical(json.loads(request.body)) == canonical(expected["json"])
    else:
        assert request.body is None


def canonical(document):
    return json.dumps(document, sort_keys=True)


@pytest.mark.parametrize("vector", DECODED, ids=str)
def test_value(vector):
    recorder = Recorder(vector.example.response or {})
    value = plain(call(vector, client_of(vector, recorder)))
    assert same(value, vector.example.returns), value


@pytest.mark.parametrize("vector", REFUSED, ids=str)
def test_error(vector):
    recorder = Recorder(vector.example.response or {})
    client = client_of(vector, recorder)
    with pytest.raises(error_named(vector.example.raises)):
        call(vector, client)
    assert bool(recorder.sent) == (vector.example.response is not None)
