"""What each part of a descriptor becomes: parameters, bodies, answers, and what OpenAPI has no word for."""

from __future__ import annotations

import pytest
from documents import DOCUMENTS, found, service_with
from openapi_spec_validator import OpenAPIV31SpecValidator

from codegen import ir
from codegen.openapi import document

INT = {"type": "integer", "format": "int64"}
ID = {**INT, "minimum": 0}
TEXT = {"type": "string"}


def document_of(*operations, **more):
    service = service_with(*operations, **more)
    made = document(service, service.apis[0])
    assert list(OpenAPIV31SpecValidator(made).iter_errors()) == []
    return made


def told(operation, **more):
    made = document_of(operation, **more)
    return made["paths"][operation.path][operation.method.lower()]


def operation(*params, method="GET", path="/demo/things", **more):
    made = {"response": (ir.Arm("none"),), "safe": True, **more}
    return ir.Operation("ask", "Ask.", method, path, params=params, **made)


def param(kind, encode="scalar", location="query", name="value", **more):
    return ir.Param(name, kind, location, (name,), encode, "A value.", **more)


def only_parameter(made):
    [parameter] = told(operation(made))["parameters"]
    return {key: value for key, value in parameter.items() if key not in ("name", "in", "description")}


WRITTEN = [
    (param("bool"), {"schema": {"type": "boolean"}}),
    (param("int"), {"schema": INT}),
    (param("id"), {"schema": ID}),
    (param("float"), {"schema": {"type": "number"}}),
    (param("str"), {"schema": TEXT}),
    (param("any"), {"schema": {}}),
    (param("datetime", "epoch_seconds"), {"schema": {"type": "number"}, "x-encoding": "epoch_seconds"}),
    (
        param("datetime", "iso_utc_micros"),
        {"schema": {"type": "string", "format": "date-time"}, "x-encoding": "iso_utc_micros"},
    ),
    (
        param("id_array", "csv"),
        {"style": "form", "explode": False, "schema": {"type": "array", "items": ID}, "x-encoding": "csv"},
    ),
    (
        param("str_array", "repeat"),
        {
            "style": "form",
            "explode": True,
            "schema": {"type": "array", "items": TEXT},
            "x-encoding": "repeat",
        },
    ),
    (
        param("int_array", "json_list"),
        {
            "content": {"application/json": {"schema": {"type": "array", "items": INT}}},
            "x-encoding": "json_list",
        },
    ),
    (
        param("mapping", "json"),
        {"content": {"application/json": {"schema": {"type": "object"}}}, "x-encoding": "json"},
    ),
    (
        param("bounds", "bounds_str"),
        {"schema": {**TEXT, "pattern": r"^\d+-\d+_\d+-\d+_\d+-\d+$"}, "x-encoding": "bounds_str"},
    ),
    (param("int", minimum=1, maximum=9), {"schema": {**INT, "minimum": 1, "maximum": 9}}),
    (
        param("int_array", "csv", minimum=1, max_items=5),
        {
            "style": "form",
            "explode": False,
            "schema": {"type": "array", "items": {**INT, "minimum": 1}, "maxItems": 5},
            "x-encoding": "csv",
        },
    ),
    (param("str", choices=("a", "b")), {"schema": {**TEXT, "enum": ["a", "b"]}}),
    (param("int", unit="layer"), {"schema": INT, "x-unit": "layer"}),
    (param("int", server=(">=2.0",)), {"schema": INT, "x-server-versions": [">=2.0"]}),
    (param("str", choices_from="get_names"), {"schema": TEXT, "x-choices-from": "get_names"}),
    # Who fills in a default decides what it means.
    (param("int", default=3), {"schema": {**INT, "default": 3}, "x-default-from": "client"}),
    (
        param("int", server_default=3),
        {"schema": {**INT, "default": 3}, "x-default-from": "server", "x-server-default": 3},
    ),
    (
        param("bool", default=True, server_default=False),
        {
            "schema": {"type": "boolean", "default": True},
            "x-default-from": "client",
            "x-server-default": False,
        },
    ),
    (param("int", server_default="all of them"), {"schema": INT, "x-server-default": "all of them"}),
    (
        param("bool", choices=(True,), server_default=False),
        {"schema": {"type": "boolean", "enum": [True]}, "x-server-default": False},
    ),
    (
        param("datetime", "epoch_seconds", default="2000-01-01T00:00:00Z"),
        {
            "schema": {"type": "number", "default": 946684800.0},
            "x-encoding": "epoch_seconds",
            "x-default-from": "client",
        },
    ),
    (
        param("datetime", "iso_utc_micros", default="2024-01-02T04:04:05+01:00"),
        {
            "schema": {"type": "string", "format": "date-time", "default": "2024-01-02T03:04:05.000000Z"},
            "x-encoding": "iso_utc_micros",
            "x-default-from": "client",
        },
    ),
    (
        param("bounds", "bounds_str", default=((0, 1), (2, 3), (4, 5))),
        {
            "schema": {**TEXT, "pattern": r"^\d+-\d+_\d+-\d+_\d+-\d+$", "default": "0-1_2-3_4-5"},
            "x-encoding": "bounds_str",
            "x-default-from": "client",
        },
    ),
    (
        param("int", client_default="version_of", default_for="name"),
        {"schema": INT, "x-client-default": {"attribute": "version_of", "of": "name"}},
    ),
    (
        param("datetime", "epoch_seconds", default="now"),
        {
            "schema": {"type": "number"},
            "x-encoding": "epoch_seconds",
            "x-client-default": {"attribute": "now"},
        },
    ),
]


@pytest.mark.parametrize(("made", "written"), WRITTEN)
def test_a_parameter_is_described_as_it_is_written(made, written):
    assert only_parameter(made) == {"required": False, **written}


def test_what_is_always_sent_is_required_and_of_one_value():
    assert only_parameter(param("bool", is_const=True, default=True)) == {
        "required": True,
        "schema": {"type": "boolean", "const": True},
    }


def test_a_path_parameter_is_required_though_the_caller_may_leave_it_out():
    made = told(operation(param("int", location="path", default=4), path="/demo/{value}"))
    (made,) = made["parameters"]
    assert made["required"]
    # A default of what is required has no meaning, and generators write code of it that does not run.
    assert made["schema"] == INT
    assert made["x-client-default"] == {"value": 4}
    assert "x-default-from" not in made


def test_a_list_in_a_path_has_commas():
    made = told(operation(param("id_array", "csv", location="path", required=True), path="/demo/{value}"))
    assert (made["parameters"][0]["style"], made["parameters"][0]["explode"]) == ("simple", False)


def test_what_the_client_fills_a_path_with():
    attribute = ir.Attribute("table_name", "str", "tbl", "Name of the table.")
    made = told(
        operation(path="/demo/{table_id}", holes=(("table_id", "table_name"),)), attributes=(attribute,)
    )
    assert made["parameters"] == [
        {
            "name": "table_id",
            "in": "path",
            "description": "Name of the table.",
            "required": True,
            "schema": TEXT,
            "x-client-default": {"attribute": "table_name"},
        }
    ]


def test_headers_that_openapi_ignores_are_told_all_the_same():
    made = told(operation(headers=(("Accept", "text/csv"), ("X-Form", "short"))))
    (header,) = made["parameters"]
    assert (header["name"], header["required"], header["x-default-from"]) == ("X-Form", False, "client")
    assert header["schema"] == {**TEXT, "default": "short"}
    assert made["x-headers"] == {"Accept": "text/csv"}


def test_a_value_under_two_names():
    both = ir.Param("arrow", "bool", "query", ("a", "b"), "scalar", "Arrow.", default=True)
    made = told(operation(both))
    assert [(each["name"], each["x-also-sent-as"]) for each in made["parameters"]] == [
        ("a", ["a", "b"]),
        ("b", ["a", "b"]),
    ]


# ---- bodies


def body(*params, method="POST", **more):
    return told(operation(*params, method=method, **more))["requestBody"]


def in_body(kind, encode="native", name="value", **more):
    return param(kind, encode, "body", name, **more)


FIELDS = [
    (in_body("int"), INT),
    (in_body("id_array", max_items=3), {"type": "array", "items": ID, "maxItems": 3}),
    (in_body("bounds"), {"type": "array", "minItems": 3, "maxItems": 3}),
    (in_body("resolution"), {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}}),
    (in_body("datetime", "epoch_seconds"), {"type": "number"}),
    (in_body("datetime", "iso_utc_offset"), {"type": "string", "format": "date-time"}),
    (in_body("mapping", "json"), {"type": "string", "contentMediaType": "application/json"}),
    (in_body("id_array", "csv"), {"type": "string"}),
    (in_body("id_array", "csv", default=(1, 2)), {"type": "string", "default": "1,2"}),
    (in_body("json", "json", default=(1,)), {"type": "string", "default": "[1]"}),
]


@pytest.mark.parametrize(("made", "written"), FIELDS)
def test_a_field_is_described_as_it_is_written(made, written):
    field = body(made)["content"]["application/json"]["schema"]["properties"]["value"]
    assert {key: field.get(key) for key in written} == written


def test_a_body_requires_what_the_descriptor_requires():
    made = body(in_body("int", name="a", required=True), in_body("int", name="b"))
    assert made["required"]
    assert made["content"]["application/json"]["schema"]["required"] == ["a"]


@pytest.mark.parametrize(
    ("method", "needed", "required"), [("POST", False, True), ("GET", False, False), ("GET", True, True)]
)
def test_an_empty_object_is_a_body_except_with_a_get(method, needed, required):
    assert body(in_body("int", required=needed), method=method)["required"] == required


def test_a_body_of_a_get_says_so():
    assert "along with a GET" in body(in_body("int"), method="GET")["description"]


def test_a_field_under_the_name_of_a_table():
    table = param("str", location="path", name="table", required=True)
    made = body(table, in_body("mapping", wrap="table"), path="/demo/{table}")
    field = made["content"]["application/json"]["schema"]["properties"]["value"]
    assert (field["minProperties"], field["maxProperties"], field["x-wrap"]) == (1, 1, "table")
    assert field["additionalProperties"] == {"type": "object"}


def test_a_body_of_ids_as_bytes():
    made = body(in_body("id_array", required=True), body=ir.Body("binary", "value", "<u8"))
    assert made["content"] == {
        "application/octet-stream": {
            "schema": {
                "type": "string",
                "format": "binary",
                "x-dtype": "<u8",
                "x-items": {"type": "integer", "format": "uint64"},
            }
        }
    }


def test_a_body_that_is_one_document():
    made = body(in_body("mapping", "browser_json", required=True), body=ir.Body("json", "value"))
    assert made["content"] == {"application/json": {"schema": {"type": "object"}}}
    assert "2^53" in made["description"]


# ---- answers


def content(*arms, examples=(), types=(), **more):
    responses = told(operation(response=arms, examples=examples, **more), types=types)["responses"]
    return responses["2XX"]["content"]


ANSWERS = [
    ("int", INT),
    ("float", {"type": "number"}),
    ("str | None", {"type": ["string", "null"]}),
    ("int | None", {"type": ["integer", "null"], "format": "int64"}),
    ("list[int]", {"type": "array", "items": INT}),
    ("dict[str, bool]", {"type": "object", "additionalProperties": {"type": "boolean"}}),
    (
        "dict[int, str]",
        {"type": "object", "additionalProperties": TEXT, "propertyNames": {"pattern": r"^-?\d+$"}},
    ),
    ("Any", {}),
    ("None", {"type": "null"}),
    ("int | str", {"anyOf": [INT, TEXT]}),
    ("Row", {"$ref": "#/components/schemas/Row"}),
    ("list[Row] | None", {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/Row"}}),
    ("Row | None", {"anyOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}]}),
]
ROW = ir.NamedType(
    "Row", (ir.TypeField("id", "int", doc="Its id."), ir.TypeField("note", "str", False)), "A row."
)


@pytest.mark.parametrize(("returns", "schema"), ANSWERS)
def test_a_type_expression_is_a_schema(returns, schema):
    assert content(ir.Arm("json", returns=returns), types=(ROW,))["application/json"]["schema"] == schema


def test_a_named_type_is_a_component():
    made = document_of(operation(), types=(ROW,))
    assert made["components"]["schemas"]["Row"] == {
        "type": "object",
        "description": "A row.",
        "properties": {"id": {**INT, "description": "Its id."}, "note": TEXT},
        "required": ["id"],
    }


IDS = {"type": "array", "items": ID}
ARMS = [
    (
        ir.Arm("json", cast="id", select=("root",)),
        {"type": "object", "properties": {"root": ID}, "required": ["root"]},
    ),
    (
        ir.Arm("json", cast="id_array", select=(1,)),
        {"type": "array", "prefixItems": [{}, IDS], "minItems": 2},
    ),
    (ir.Arm("json", cast="id_array", select=(-1,)), {"type": "array", "items": {}, "minItems": 1}),
    (ir.Arm("json", cast="datetime"), TEXT),
    (ir.Arm("json", cast="datetime_array"), {"type": "array", "items": {"type": "number"}}),
    (ir.Arm("json", cast="bool_array"), {"type": "array", "items": {"type": "boolean"}}),
    (
        ir.Arm("json", cast="array", dtype="float64"),
        {
            "type": "array",
            "items": {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]},
        },
    ),
    (
        ir.Arm("json", returns="dict[int, bool]", keyed_by="value"),
        {
            "anyOf": [
                {
                    "type": "object",
                    "additionalProperties": {"type": "boolean"},
                    "propertyNames": {"pattern": r"^-?\d+$"},
                },
                {"type": "boolean"},
            ]
        },
    ),
    (ir.Arm("json", map_keys="int"), {"type": "object", "propertyNames": {"pattern": r"^-?\d+$"}}),
]


@pytest.mark.parametrize(("arm", "schema"), ARMS)
def test_a_selected_and_cast_answer_is_described_whole(arm, schema):
    assert content(arm)["application/json"]["schema"] == schema


@pytest.mark.parametrize(
    ("decode", "label"),
    [
        ("json", "application/json"),
        ("text", "text/plain"),
        ("bytes", "application/octet-stream"),
        ("ndarray", "application/octet-stream"),
        ("gzip_json", "application/octet-stream"),
        ("arrow_stream", "application/vnd.apache.arrow.stream"),
    ],
)
def test_the_usual_label_of_an_answer(decode, label):
    assert list(content(ir.Arm(decode, dtype="<u8" if decode == "ndarray" else None))) == [label]


def test_labels_that_are_no_media_types_stand_beside_those_that_are():
    made = content(ir.Arm("arrow_stream", media_type=("data.arrow", "application/octet-stream")))
    assert list(made) == ["application/octet-stream"]
    assert made["application/octet-stream"]["x-also-labelled"] == ["data.arrow"]


def test_an_example_shows_how_servers_mislabel():
    shown = ir.Example((), response={"json": 1, "headers": {"Content-Type": "text/html; charset=utf-8"}})
    made = content(ir.Arm("json", returns="int"), examples=(shown,))
    assert made["text/html"] == {
        "schema": INT,
        "examples": {"example-1": {"value": 1}},
        "x-decode": "json",
    }
    assert "examples" not in made["application/json"]


def test_what_gzip_hides_is_described():
    [made] = content(ir.Arm("gzip_json", returns="int")).values()
    assert made["schema"]["contentMediaType"] == "application/gzip"
    assert made["schema"]["x-unpacked"] == INT
    assert made["x-decode"] == "gzip_json"


def test_forms_that_arguments_choose():
    arrow = param("bool", name="as_arrow", default=True)
    arms = (
        ir.Arm("arrow_stream", when=(("as_arrow", True),)),
        ir.Arm("json", when=(("as_arrow", False),), returns="int"),
    )
    made = told(operation(arrow, response=arms))["responses"]["2XX"]["content"]
    assert {label: media["x-when"] for label, media in made.items()} == {
        "application/vnd.apache.arrow.stream": {"as_arrow": True},
        "application/json": {"as_arrow": False},
    }


def test_forms_under_one_label_stand_beside_their_union():
    form = param("str", name="form", default="a", choices=("a", "b"))
    arms = (
        ir.Arm("json", when=(("form", "a"),), returns="int"),
        ir.Arm("json", when=(("form", "b"),), returns="str"),
    )
    [made] = told(operation(form, response=arms))["responses"]["2XX"]["content"].values()
    assert made["schema"] == {"anyOf": [INT, TEXT]}
    assert [(each["schema"], each["x-when"]) for each in made["x-alternatives"]] == [
        (INT, {"form": "a"}),
        (TEXT, {"form": "b"}),
    ]


def test_a_success_under_a_status_that_means_an_error_elsewhere():
    arm = ir.Arm("json", returns="list[int]", status=(200, 404))
    empty = ir.Example((), response={"status": 404, "json": []})
    responses = told(operation(response=(arm,), examples=(empty,)))["responses"]
    assert {"200", "404"} <= set(responses)
    assert responses["404"]["content"]["application/json"]["examples"]["example-1"] == {"value": []}
    assert "x-errors" not in responses["404"]


def test_what_a_descriptor_says_of_errors_and_what_examples_show():
    shown = ir.Example(
        (), raises="BadRequestError", response={"status": 500, "json": {"code": 500, "message": "400 Bad"}}
    )
    responses = told(operation(errors=((404, "NotFoundError"),), examples=(shown,)))["responses"]
    assert responses["404"]["x-errors"] == ["NotFoundError"]
    assert responses["500"]["x-errors"] == ["BadRequestError"]
    assert responses["500"]["content"]["application/json"]["examples"]["example-1"]["value"]["code"] == 500
    assert responses["401"] == {"$ref": "#/components/responses/not-logged-in"}
    assert responses["default"] == {"$ref": "#/components/responses/refused"}


def test_no_login_where_none_is_asked_for():
    server = ir.Server("/demo", "demo_server_address", "global", auth="none")
    made = document_of(operation(), server=server)
    assert made["security"] == []
    assert "401" not in made["paths"]["/demo/things"]["get"]["responses"]
    assert made["servers"][0]["url"] == "{global_server}"


# ---- what OpenAPI has no word for


def test_what_the_client_knows_of_an_operation():
    made = told(
        operation(
            method="POST",
            safe=False,
            check="Look.",
            server=("<3,>=2.18.0", ">=3.0.5"),
            server_message="Newer, please.",
            requires="l2cache",
            rows=ir.RowLimit("Warning", ("Limited to",), "split", "limit"),
            items=(ir.ItemLimit("ids", 10, "split", "concat", unless=("limit",)),),
            cache=ir.Cache(60, 5, ("value",), ("other",)),
            timeout=300,
            pin_api="2",
            endpoint="things",
            deprecated=ir.Deprecated("3.0", use="other", message="Too slow."),
        )
    )
    assert {key: value for key, value in made.items() if key.startswith("x-")} == {
        "x-safe": False,
        "x-check": "Look.",
        "x-server-versions": ["<3,>=2.18.0", ">=3.0.5"],
        "x-server-message": "Newer, please.",
        "x-requires": "l2cache",
        "x-limits": {
            "rows": {
                "header": "Warning",
                "contains": ["Limited to"],
                "on-truncate": "split",
                "limit-argument": "limit",
            },
            "ids": {"max": 10, "on-exceed": "split", "merge": "concat", "unless": ["limit"]},
        },
        "x-cache": {"ttl": 60, "maxsize": 5, "key": ["value"], "key-ignores": ["other"]},
        "x-timeout": 300,
        "x-deprecated": {"since": "3.0", "use": "other", "message": "Too slow."},
        "x-pinned-to-api": "2",
        "x-endpoint": "things",
    }
    assert made["deprecated"]
    assert made["description"] == "Ask.\n\nDeprecated. Too slow."


def test_a_header_that_tells_that_an_answer_was_cut():
    made = told(
        operation(rows=ir.RowLimit("Warning", ("Limited to",)), response=(ir.Arm("json", returns="int"),))
    )
    assert "`Limited to`" in made["responses"]["2XX"]["headers"]["Warning"]["description"]


def test_addresses_are_no_paths():
    made = document_of(
        operation(),
        ir.Operation(
            "page",
            "Address of the page.",
            "GET",
            "/demo/page/{value}",
            safe=True,
            kind="url",
            scheme="graphene",
            params=(param("id", location="path", required=True),),
            examples=(
                ir.Example((("value", 1),), has_returns=True, returns="graphene://https://h/demo/page/1"),
            ),
        ),
    )
    assert list(made["paths"]) == ["/demo/things"]
    address = made["x-addresses"]["page"]
    assert address["address"] == "graphene://{local_server}/demo/page/{value}"
    assert [each["name"] for each in address["parameters"]] == ["value"]
    assert address["examples"] == ["graphene://https://h/demo/page/1"]


def test_who_is_asked_at_an_address_of_the_callers():
    document = DOCUMENTS["state-v1"]
    asked = found(document, "get_neuroglancer_info")
    assert asked["servers"][0]["url"] == "{ngl_url}"
    assert asked["security"] == []
    assert "401" not in asked["responses"]
    whole = found(document, "get_linked_json")
    assert "is not put behind it" in whole["servers"][0]["description"]


def test_a_legacy_version_says_so():
    made = DOCUMENTS["info-v1"]
    assert made["info"]["x-stability"] == "legacy"
    assert all(each["deprecated"] for item in made["paths"].values() for each in item.values())
    assert not any(
        "deprecated" in each for item in DOCUMENTS["info-v2"]["paths"].values() for each in item.values()
    )
