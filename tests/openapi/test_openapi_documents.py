"""Every document is valid OpenAPI 3.1, has every operation once, and keeps the promises that hold for all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time

import pytest
from contract import Contract
from documents import DOCUMENTS, OUTPUTS, ROOT, SPEC, VERSIONS, members_of, operations_in
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from codegen.openapi import outputs_of
from codegen.openapi.extensions import MEANINGS

everywhere = pytest.mark.parametrize("name", DOCUMENTS)


def nodes(node, path=()):
    """Walk a document: every object with its place; data in examples is no part of it."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if not (path and "examples" in path[-2:] and key in ("value", "x-arrow")):
                yield from nodes(value, (*path, key))
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from nodes(item, (*path, number))


def test_there_is_a_document_for_each_api_version():
    names = {
        f"docs/openapi/{service.name}-v{api.number}.json" for service in SPEC.services for api in service.apis
    }
    assert {output.path for output in OUTPUTS} == names
    assert len(names) >= 15


@everywhere
def test_a_document_is_valid(name):
    assert [str(error.message) for error in OpenAPIV31SpecValidator(DOCUMENTS[name]).iter_errors()] == []


def test_a_document_that_is_not_valid_is_found_out():
    broken = json.loads(json.dumps(DOCUMENTS["info-v2"]))
    next(iter(broken["paths"].values()))["get"]["parameters"] = [{"name": "x", "in": "nowhere"}]
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


@everywhere
def test_every_operation_is_there_once_and_under_its_route(name):
    _, api = VERSIONS[name]
    document = DOCUMENTS[name]
    told = [
        (member["operationId"], method.upper(), path)
        for path, method, operation in operations_in(document)
        for member in members_of(operation)
    ]
    wanted = [(each.name, each.method, each.path) for each in api.operations if each.kind == "request"]
    assert sorted(told) == sorted(wanted)
    addresses = {each.name for each in api.operations if each.kind == "url"}
    assert set(document.get("x-addresses", {})) == addresses


@everywhere
def test_operation_ids_are_unique(name):
    ids = [operation["operationId"] for _, _, operation in operations_in(DOCUMENTS[name])]
    ids += [
        each["operationId"]
        for _, _, one in operations_in(DOCUMENTS[name])
        for each in one.get("x-operations", ())
    ]
    ids += DOCUMENTS[name].get("x-addresses", {})
    assert len(ids) == len(set(ids))


@everywhere
def test_all_that_is_sent_is_described(name):
    """Each argument, constant, hole and field of each operation stands where it is sent."""
    _, api = VERSIONS[name]
    by_id = {
        member["operationId"]: member
        for _, _, operation in operations_in(DOCUMENTS[name])
        for member in members_of(operation)
    }
    for operation in api.operations:
        if operation.kind == "url":
            continue
        told = by_id[operation.name]
        wanted = {
            (param.location, wire)
            for param in operation.params
            if param.location in ("path", "query", "header")
            for wire in param.wire_names
        }
        wanted |= {("path", hole) for hole, _ in operation.holes}
        wanted |= {("header", header) for header, _ in operation.headers}
        assert {(each["in"], each["name"]) for each in told["parameters"]} == wanted
        fields = {wire for param in operation.params if param.location == "body" for wire in param.wire_names}
        if operation.body is not None:
            assert told["requestBody"]["x-argument"] == operation.body.param
        elif fields:
            schema = told["requestBody"]["content"]["application/json"]["schema"]
            assert set(schema["properties"]) == fields
        else:
            assert "requestBody" not in told


@everywhere
def test_every_status_and_error_class_is_described(name):
    _, api = VERSIONS[name]
    by_id = {
        member["operationId"]: member
        for _, _, operation in operations_in(DOCUMENTS[name])
        for member in members_of(operation)
    }
    for operation in api.operations:
        if operation.kind == "url":
            continue
        responses = by_id[operation.name]["responses"]
        for status, error in operation.errors:
            assert error in responses[str(status)]["x-errors"]
        for arm in operation.response:
            for key in map(str, arm.status or ("2XX",)):
                assert set(dict(arm.headers)) <= set(responses[key].get("headers", {}))
        assert "default" in responses


@everywhere
def test_every_example_is_what_its_schema_says(name):
    """Or it says that it is not."""
    document = DOCUMENTS[name]
    registry = Registry().with_resource("urn:d", Resource(contents=document, specification=DRAFT202012))
    seen = 0
    for path, node in nodes(document):
        if "examples" not in node or "schema" not in node:
            continue
        pointer = "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in (*path, "schema"))
        validator = OAS31Validator(
            {"$ref": f"urn:d#/{pointer}"}, registry=registry, format_checker=oas31_format_checker
        )
        for shown in node["examples"].values():
            if not {"value", "x-json"} & shown.keys():
                assert set(shown) & {"x-hex", "x-arrow"}, path
                continue
            value = shown["value"] if "value" in shown else json.loads(shown["x-json"])
            errors = list(validator.iter_errors(value))
            deviates = shown.get("description", "").startswith("Not as the schema says")
            assert bool(errors) == deviates, (path, errors)
            assert all(error.validator in ("required", "type", "anyOf") for error in errors), (path, errors)
            seen += 1
    assert seen or not VERSIONS[name][1].operations


@everywhere
def test_every_example_of_a_descriptor_is_shown(name):
    _, api = VERSIONS[name]
    for operation in api.operations:
        for number, example in enumerate(operation.examples, 1):
            if operation.kind == "url" or example.api not in (None, api.number):
                continue
            shown = json.dumps(
                next(
                    member
                    for _, _, each in operations_in(DOCUMENTS[name])
                    for member in members_of(each)
                    if member["operationId"] == operation.name
                )["responses"]
            )
            has_body = set(example.response or {}) & {"json", "text", "body_hex", "arrow"}
            assert not has_body or re.search(rf'example-{number}"', shown), (operation.name, number)


@everywhere
def test_requests_and_answers_of_examples_are_allowed(name):
    """What a descriptor says that the client sends and gets, its document allows."""
    _, api = VERSIONS[name]
    contract = Contract(DOCUMENTS[name])
    for operation in api.operations:
        if operation.kind == "url" or operation.path == "/":
            continue  # "/" stands for an address as it is, whatever it is
        for example in operation.examples:
            asked = example.request
            if asked is None or example.api not in (None, api.number):
                continue
            found = contract.find(asked["method"], asked["path"])
            assert found, asked["path"]
            query = [
                (key, str(item))
                for key, value in asked.get("query", {}).items()
                for item in (value if isinstance(value, (list, tuple)) else [value])
            ]
            body = (
                json.dumps(asked["json"]).encode()
                if "json" in asked
                else bytes.fromhex(asked.get("body_hex", ""))
            )
            headers = {key: str(value) for key, value in asked.get("headers", {}).items()}
            told = list(contract.request_complaints(found, query, body, headers))
            assert told == [], (operation.name, told)


@everywhere
def test_every_extension_is_explained(name):
    document = DOCUMENTS[name]
    used = {key for _, node in nodes(document) for key in node if key.startswith("x-")}
    explained = set(re.findall(r"^- `(x-[a-z-]+)`:", document["info"]["description"], re.MULTILINE))
    assert used == explained


def test_no_extension_is_explained_that_no_document_can_have():
    source = "".join(
        path.read_text() for path in (ROOT / "codegen/openapi").glob("*.py") if "extensions" not in path.name
    )
    fixed = set(re.findall(r'"(x-[a-z-]+)"', source))
    assert set(MEANINGS) == fixed | {"x-hex", "x-arrow"}


@everywhere
def test_ids_are_integers_that_say_their_width(name):
    """No id is told as a number with a fraction, and only bytes are unsigned."""
    for path, node in nodes(DOCUMENTS[name]):
        if node.get("type") == "integer":
            wide = "int64" if "x-items" not in path else node["format"]
            assert node.get("format") == wide, path
        if (
            node.get("x-unit") in ("root_id", "supervoxel_id", "node_id", "annotation_id")
            and "schema" in node
        ):
            assert "number" not in json.dumps(node["schema"]), path
        if node.get("x-dtype") == "<u8":
            assert node["x-items"] == {"type": "integer", "format": "uint64"}


@everywhere
def test_tokens_go_where_they_are_asked_for(name):
    service, _ = VERSIONS[name]
    document = DOCUMENTS[name]
    assert document["security"] == ([{"bearer": []}] if service.server.auth == "bearer" else [])
    assert ("bearer" in document["components"].get("securitySchemes", {})) == (
        service.server.auth == "bearer"
    )
    for _, _, operation in operations_in(document):
        assert ("servers" in operation) == (operation.get("security") == [])


def test_documents_are_ascii_with_two_spaces_and_a_final_newline():
    for output in OUTPUTS:
        assert output.text.isascii()
        assert output.text == json.dumps(json.loads(output.text), indent=2) + "\n"


def test_making_all_documents_takes_a_moment():
    """Half a second of work, because build servers are slow; waiting for a busy machine does not count."""
    outputs_of(SPEC)
    start = time.process_time()
    outputs_of(SPEC)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_same_bytes_for_any_hash_seed_and_place(tmp_path, seed):
    script = (
        "import sys, hashlib; from pathlib import Path; from codegen.load import load_spec;"
        "from codegen.openapi import outputs_of;"
        f"made = outputs_of(load_spec(Path({str(ROOT / 'spec')!r})));"
        "print(hashlib.sha256(''.join(one.path + one.text for one in made).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "LC_ALL": "tr_TR.UTF-8"}
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    here = hashlib.sha256("".join(one.path + one.text for one in OUTPUTS).encode()).hexdigest()
    assert run.stdout.strip() == here, run.stderr


# ---- what readers and generators outside stumble over, although the format allows it


@everywhere
def test_what_is_required_has_no_default(name):
    """Generators write `table: str = "x", root_id: int` of it, which is no Python."""
    for path, node in nodes(DOCUMENTS[name]):
        if node.get("required") is True and isinstance(node.get("schema"), dict):
            assert "default" not in node["schema"], path


@everywhere
def test_every_array_says_what_it_holds(name):
    """A schema without it is left out, with all that refers to it."""
    for path, node in nodes(DOCUMENTS[name]):
        if node.get("type") == "array":
            assert {"items", "prefixItems"} & node.keys(), path


@everywhere
def test_names_of_components_are_those_of_no_packages(name):
    """Dots make modules of them."""
    for kind, held in DOCUMENTS[name]["components"].items():
        assert [each for each in held if "." in each] == [], kind


@everywhere
def test_every_reference_leads_somewhere(name):
    """Also those in examples, where they mean nothing: many programs resolve them all the same."""
    document = DOCUMENTS[name]
    for reference in set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(document))):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in found, reference
            found = found[step]


@everywhere
def test_a_constant_header_is_one_of_several_that_servers_take(name):
    for path, _, operation in operations_in(DOCUMENTS[name]):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "header":
                assert "const" not in parameter["schema"], path


@pytest.mark.parametrize("name", ["annotation-v2", "materialize-v2", "materialize-v3"])
def test_a_500_does_not_promise_one_error(name):
    """These servers answer nearly everything so, and put the status that they mean before the message."""
    told = [
        operation["responses"]["500"]["description"]
        for _, _, operation in operations_in(DOCUMENTS[name])
        if "500" in operation["responses"]
    ]
    assert told
    assert all("its message tells the client whether to raise" in text for text in told)


@pytest.mark.parametrize("name", ["chunkedgraph-v0", "chunkedgraph-v1"])
def test_raw_numbers_come_under_the_label_that_servers_give_them(name):
    """They call bytes text/html, so that who trusts the label alone would refuse the answer."""
    answers = [
        operation["responses"]["2XX"]["content"]
        for _, _, operation in operations_in(DOCUMENTS[name])
        if "application/octet-stream" in operation["responses"]["2XX"].get("content", {})
    ]
    assert len(answers) > 2
    assert all("text/html" in content for content in answers)
