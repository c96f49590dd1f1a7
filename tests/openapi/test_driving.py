"""A program that knows OpenAPI and nothing of us makes requests from the documents, and judges the answers.

Schemathesis generates requests that a document allows and sends them to a server on loopback that knows
the descriptors only (`example_server.py`). Every one must be taken, and every answer must be what the
document says. Requests that a document forbids must be answered as it says, too: with a refusal in the
form of the service. What shares a route is driven one after another, so nothing may be lost by merging.
"""

from __future__ import annotations

import copy

import pytest
import requests
import schemathesis
from documents import DOCUMENTS, VERSIONS, operations_in
from example_server import TOKEN, serve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi import checks

ALWAYS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
PER_OPERATION = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 1}

NEWEST = {service.name: name for name, (service, _) in VERSIONS.items()}.values()
"""The newest version of each service: refusals look the same in all."""

# JSON Schema cannot say that bytes are whole numbers of ids; `x-dtype` does.
IDS = st.lists(st.integers(0, 2**63 - 1), max_size=4)
schemathesis.openapi.media_type(
    "application/octet-stream", IDS.map(lambda ids: b"".join(one.to_bytes(8, "little") for one in ids))
)


def unmerged(document):
    """Return a document for each operation that shares its route, and one for all others."""
    parts = [copy.deepcopy(document)]
    for path, method, operation in operations_in(document):
        for number, member in enumerate(operation.get("x-operations", ())):
            while len(parts) <= number:
                parts.append({**copy.deepcopy(document), "paths": {}})
            parts[number]["paths"].setdefault(path, {})[method] = member
    return parts


def drive(document, running, mode, *, session):
    """Send generated requests for every operation; return what schemathesis finds wrong, by operation."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=running.address)
    found = {}
    for result in schema.get_all_operations():
        operation = result.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=PER_OPERATION[mode],
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def send(case):
            headers = {"Authorization": f"Bearer {TOKEN}"}
            case.call_and_validate(session=session, headers=headers, checks=ALWAYS, timeout=10)

        try:
            send()
        except Unsatisfiable:
            # Some operations have nothing in them that could be wrong: no argument, or any text.
            assert mode is GenerationMode.NEGATIVE, operation.label
        except (schemathesis.errors.SchemathesisError, BaseExceptionGroup) as failure:
            found[operation.label] = str(failure)
    return found


@pytest.fixture
def session():
    with requests.Session() as made:
        yield made


def requests_of(api):
    return {operation.name for operation in api.operations if operation.kind == "request"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_server_takes_what_its_document_allows_and_answers_as_it_says(name, session):
    with serve(*VERSIONS[name]) as running:
        for document in unmerged(DOCUMENTS[name]):
            assert drive(document, running, GenerationMode.POSITIVE, session=session) == {}
        assert running.example.refused == []
        assert running.example.taken == requests_of(VERSIONS[name][1])


@pytest.mark.parametrize("name", NEWEST)
def test_a_server_refuses_as_its_document_says(name, session):
    with serve(*VERSIONS[name]) as running:
        assert drive(DOCUMENTS[name], running, GenerationMode.NEGATIVE, session=session) == {}
        # A few arguments may all be texts, and then nothing that is sent is wrong.
        assert running.example.refused or len(VERSIONS[name][1].operations) <= 10


def test_without_a_token_every_service_answers_as_its_document_says(session):
    with serve(*VERSIONS["info-v2"]) as running:
        answer = session.get(f"{running.address}/info/api/v2/datastacks", timeout=10)
        [result] = [
            found.ok()
            for found in schemathesis.openapi.from_dict(DOCUMENTS["info-v2"]).get_all_operations()
            if found.ok().path == "/info/api/v2/datastacks"
        ]
        assert answer.status_code == 401
        result.validate_response(answer)


# ---- a document that is wrong is found out


def only(document, path, method):
    return {
        **copy.deepcopy(document),
        "paths": {path: {method: copy.deepcopy(document["paths"][path][method])}},
    }


ROOT = ("chunkedgraph-v1", "/segmentation/api/v1/table/{table_id}/node/{supervoxel_id}/root", "get")
EXPORTS = ("materialize-v2", "/materialize/deltalake/api/{datastack_name}/check-exists", "post")


def as_it_is(operation):
    pass


def answer_of_another_kind(operation):
    media = operation["responses"]["2XX"]["content"]["application/json"]
    media["schema"] = {"type": "array"}


def answer_under_another_label(operation):
    content = operation["responses"]["2XX"]["content"]
    content["text/csv"] = content.pop("application/json")


def answer_with_another_status(operation):
    operation["responses"] = {"202": operation["responses"]["2XX"]}


def parameter_of_another_name(operation):
    operation["parameters"][-1 if operation["parameters"][-1]["in"] == "query" else 1]["name"] = "moment"
    operation["parameters"][1]["required"] = True


def parameter_of_another_kind(operation):
    operation["parameters"] = [
        {**each, "schema": {"type": "string", "pattern": "^a+$"}} if each["in"] == "path" else each
        for each in operation["parameters"]
    ]


def field_that_is_not_required(operation):
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    del schema["required"]


def field_of_another_kind(operation):
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["table_name"] = {"type": "integer"}


BROKEN = [
    (as_it_is, ROOT, None),
    (as_it_is, EXPORTS, None),
    (answer_of_another_kind, ROOT, "Response violates schema"),
    (answer_under_another_label, ROOT, "Undocumented Content-Type"),
    (answer_with_another_status, ROOT, "Undocumented status code"),
    (parameter_of_another_name, ROOT, "refused"),
    (parameter_of_another_kind, ROOT, "refused"),
    (field_that_is_not_required, EXPORTS, "refused"),
    (field_of_another_kind, EXPORTS, "refused"),
]


@pytest.mark.parametrize(("broken", "where", "told"), BROKEN)
def test_a_broken_document_is_found_out(broken, where, told, session):
    name, path, method = where
    document = only(DOCUMENTS[name], path, method)
    broken(document["paths"][path][method])
    with serve(*VERSIONS[name]) as running:
        found = " ".join(drive(document, running, GenerationMode.POSITIVE, session=session).values())
        seen = found + (" refused" if running.example.refused else "")
    assert (told or "") in seen
    assert told is not None or seen == ""
