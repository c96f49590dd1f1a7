"""Several operations of one route, several arguments of one name: one of each, and nothing is lost."""

from __future__ import annotations

import dataclasses

import pytest
from documents import DOCUMENTS, members_of, operations_in, service_with
from openapi_spec_validator import OpenAPIV31SpecValidator

from codegen import ir
from codegen.openapi import document


def param(name, location="query", kind="str", **more):
    encode = more.pop("encode", "native" if location == "body" else "scalar")
    return ir.Param(name, kind, location, more.pop("wire", (name,)), encode, f"About {name}.", **more)


def operation(name, *params, path="/demo/things", method="GET", **more):
    made = {"response": (ir.Arm("json", returns="int", doc=f"Answer of {name}."),), "safe": True, **more}
    return ir.Operation(name, f"Summary of {name}.", method, path, params=params, **made)


def document_of(*operations, **more):
    service = service_with(*operations, **more)
    made = document(service, service.apis[0])
    assert list(OpenAPIV31SpecValidator(made).iter_errors()) == []
    return made


def route(made, path="/demo/things", method="get"):
    return made["paths"][path][method]


def parameters(told):
    return {each["name"]: each for each in told["parameters"]}


def test_operations_that_share_a_route_become_one():
    first = operation("first", param("id", kind="id", required=True), errors=((404, "NotFoundError"),))
    second = operation("second", param("name", required=True))
    told = route(document_of(first, second))
    assert told["operationId"] == "first_or_second"
    assert told["summary"] == "Summary of first. / Summary of second."
    assert "`first`: Summary of first." in told["description"]
    assert [(name, each["required"]) for name, each in parameters(told).items()] == [
        ("id", False),
        ("name", False),
    ]
    assert {"2XX", "401", "403", "404", "default"} == set(told["responses"])
    assert [each["operationId"] for each in told["x-operations"]] == ["first", "second"]
    assert parameters(told["x-operations"][0])["id"]["required"]
    alone = route(document_of(first))
    assert told["x-operations"][0] == alone


def test_one_operation_alone_is_not_wrapped():
    told = route(document_of(operation("first", param("id"))))
    assert told["operationId"] == "first"
    assert "x-operations" not in told


CONSTANTS = [
    (
        "told apart by a constant",
        {"default": True},
        {"default": False},
        [{"type": "boolean", "const": True}, {"type": "boolean", "const": False}],
    ),
]


@pytest.mark.parametrize(("why", "one", "other", "schemas"), CONSTANTS)
def test_constants_of_one_name_are_a_choice(why, one, other, schemas):
    members = [
        operation(name, param("flag", kind="bool", is_const=True, **more))
        for name, more in (("first", one), ("second", other))
    ]
    flag = parameters(route(document_of(*members)))["flag"]
    assert flag["schema"] == {"anyOf": schemas}
    assert flag["required"]


def test_answers_of_two_kinds_are_a_choice_and_equal_ones_are_one():
    arms = [ir.Arm("json", returns="int"), ir.Arm("json", returns="str"), ir.Arm("json", returns="int")]
    members = [operation(f"op{number}", response=(arm,)) for number, arm in enumerate(arms)]
    content = route(document_of(*members))["responses"]["2XX"]["content"]["application/json"]
    assert content["schema"] == {"anyOf": [{"type": "integer", "format": "int64"}, {"type": "string"}]}
    same = route(document_of(members[0], dataclasses.replace(members[2], name="op9")))
    assert "anyOf" not in same["responses"]["2XX"]["content"]["application/json"]["schema"]


def test_bodies_are_a_choice_and_not_required_where_one_has_none():
    members = [
        operation("first", param("a", "body", required=True), method="POST"),
        operation("second", param("b", "body", "int", required=True), method="POST"),
    ]
    body = route(document_of(*members), method="post")["requestBody"]
    assert body["required"]
    assert [set(each["properties"]) for each in body["content"]["application/json"]["schema"]["anyOf"]] == [
        {"a"},
        {"b"},
    ]
    bare = operation("third", method="POST")
    assert not route(document_of(*members, bare), method="post")["requestBody"]["required"]


def test_a_list_written_in_two_ways_is_a_text():
    members = [
        operation("first", param("ids", kind="id_array", encode="csv")),
        operation("second", param("ids", kind="id_array", encode="repeat")),
    ]
    told = route(document_of(*members))
    assert parameters(told)["ids"]["schema"] == {"type": "string"}
    assert [each["parameters"][0]["explode"] for each in told["x-operations"]] == [False, True]


def test_paths_that_differ_in_the_names_of_holes_are_one():
    members = [
        operation("first", param("id", "path", "id"), path="/demo/things/{id}"),
        operation("second", param("thing", "path", "id"), path="/demo/things/{thing}", method="DELETE"),
        operation("third", param("key", "path", "str"), path="/demo/things/{key}", method="DELETE"),
    ]
    made = document_of(*members)
    assert set(made["paths"]) == {"/demo/things/{id}"}
    told = route(made, "/demo/things/{id}", "delete")
    assert told["operationId"] == "second_or_third"
    [hole] = told["parameters"]
    assert (hole["name"], hole["required"]) == ("id", True)
    assert [each["parameters"][0]["x-argument"] for each in told["x-operations"]] == ["thing", "key"]


def test_an_address_of_the_callers_and_a_route_of_the_service_under_one_path():
    elsewhere = operation(
        "elsewhere", ir.Param("link", "str", "address", ("link",), "", "Where.", required=True), path="/"
    )
    here = operation("here", path="/")
    told = route(document_of(here, elsewhere), "/")
    assert [each["url"] for each in told["servers"]] == ["{local_server}", "{link}"]
    assert told["security"] == [{"bearer": []}, {}]
    assert told["x-operations"][1]["security"] == []


def test_arguments_of_which_one_may_be_given_can_share_a_name():
    told = route(
        document_of(
            operation(
                "first",
                param("version", kind="int", wire=("at",)),
                param("moment", kind="datetime", wire=("at",), encode="epoch_seconds"),
                exclusive=(("version", "moment"),),
            )
        )
    )
    [at] = told["parameters"]
    assert at["schema"] == {"anyOf": [{"type": "integer", "format": "int64"}, {"type": "number"}]}
    assert [each["x-argument"] for each in at["x-alternatives"]] == ["version", "moment"]
    assert told["x-exclusive"] == [["version", "moment"]]


def test_examples_of_operations_that_share_a_route_do_not_hide_each_other():
    members = [
        operation(
            name,
            param(name),
            examples=(
                ir.Example(
                    (), request={"path": "/demo/things", "query": {name: value}}, response={"json": number}
                ),
            ),
        )
        for number, (name, value) in enumerate((("first", "a"), ("second", "b")))
    ]
    told = route(document_of(*members))
    content = told["responses"]["2XX"]["content"]["application/json"]
    assert {key: shown["value"] for key, shown in content["examples"].items()} == {
        "first-example-1": 0,
        "second-example-1": 1,
    }


def test_true_and_one_are_two_values():
    members = [
        operation("first", param("flag", kind="bool", is_const=True, default=True)),
        operation("second", param("flag", kind="any", is_const=True, default=1)),
    ]
    assert len(parameters(route(document_of(*members)))["flag"]["schema"]["anyOf"]) == 2


SHARED = [
    ("auth-v1", "/auth/api/v1/user", ["get_user_information", "find_users", "find_users_by_name"]),
    (
        "materialize-v3",
        "/materialize/api/v3/datastack/{datastack_name}/version/{version}",
        ["get_version_metadata", "get_timestamp"],
    ),
    (
        "materialize-v3",
        "/materialize/upload/api/get-schema-types",
        ["get_upload_schemas", "get_upload_schema"],
    ),
]


@pytest.mark.parametrize(("name", "path", "names"), SHARED)
def test_operations_of_real_services_that_share_a_route(name, path, names):
    assert [each["operationId"] for each in DOCUMENTS[name]["paths"][path]["get"]["x-operations"]] == names


def test_no_other_operations_of_the_newest_versions_share_one():
    shared = {
        (name, path)
        for name, made in DOCUMENTS.items()
        for path, _, told in operations_in(made)
        if len(members_of(told)) > 1 and name != "materialize-v2"
    }
    assert shared == {(name, path) for name, path, _ in SHARED}
