"""Reading documents: what flask-restx writes, what else may come, and what is said of it."""

import json

import pytest

from codegen.drift.document import Form
from codegen.drift.swagger import DocumentError, read_document


def document(paths, **more):
    return json.dumps({"swagger": "2.0", "basePath": "/x", "paths": paths, **more})


def with_params(*parameters, **more):
    return document({"/a": {"get": {"parameters": list(parameters)}}}, **more)


def query(**fields):
    return {"name": "q", "in": "query", **fields}


def body(schema, **more):
    return with_params({"name": "payload", "in": "body", "schema": schema}, **more)


LOOP = {"definitions": {"A": {"$ref": "#/definitions/B"}, "B": {"$ref": "#/definitions/A"}}}
OF_ITSELF = {"definitions": {"A": {"allOf": [{"$ref": "#/definitions/A"}]}}}

CHAIN = {"definitions": {str(n): {"$ref": f"#/definitions/{n + 1}"} for n in range(5000)}}
DOUBLED = {"definitions": {f"A{n}": {"allOf": [{"$ref": f"#/definitions/A{n + 1}"}] * 2} for n in range(30)}}
DOUBLED["definitions"]["A30"] = {"properties": {"a": {"type": "string"}}, "required": ["a"]}

FAULTS = [
    ("", "not JSON"),
    ("<html></html>", "not JSON"),
    ("[" * 100_000, "not JSON"),
    ("[]", "this is no Swagger document. Only Swagger 2.0 is read"),
    ('{"openapi": "3.0.3"}', "this is OpenAPI 3.0.3. Only Swagger 2.0 is read"),
    ('{"openapi": "3.1.0"}', "Convert it to Swagger 2.0"),
    ('{"swagger": "1.2"}', "this is Swagger 1.2. Only"),
    ('{"swagger": 2.0}', "no Swagger document"),
    ('{"swagger": "2.0"}', "paths: a JSON object should stand here"),
    (document({}), "there is no route in it"),
    (document({"/a": {}}), "there is no route in it"),
    (document({"a": {"get": {}}}), "paths.a: a path begins with a slash"),
    (document({"/a": []}), "paths./a: a JSON object"),
    (document({"/a": {"get": []}}), "paths./a.get: a JSON object"),
    (document({"/a": {"$ref": "other.json"}}), "a path in another document is not followed"),
    (document({"/a": {"get": {"parameters": {}}}}), "paths./a.get.parameters: this is no list"),
    (document({"/a": {"get": {"produces": "text"}}}), "produces: this is no list"),
    (document({"/a": {"get": {"produces": [1]}}}), "a text should stand here"),
    (with_params({"in": "query"}), "a parameter has a 'name'"),
    (with_params({"name": "q", "in": "nowhere"}), "a known 'in'"),
    (with_params({"name": "q"}), "a known 'in'"),
    (with_params({"$ref": "#/parameters/no"}), "there is no '#/parameters/no'"),
    (with_params({"$ref": "http://elsewhere.example/p"}), "lies outside the document"),
    (body({"$ref": "#/definitions/A"}, **LOOP), "refers to itself"),
    (body({"$ref": "#/definitions/A"}, **OF_ITSELF), "contains itself"),
    (body({"properties": []}), "a JSON object should stand here"),
    (body({"properties": {"a": {}}, "required": True}), "payload.required: this is no list"),
    (body({"properties": {"a": {}}, "required": "a"}), "payload.required: this is no list"),
    (body({"allOf": None}), "payload.allOf: this is no list"),
    (body({"allOf": [{"properties": []}]}), "payload: a JSON object should stand here"),
    (body({"allOf": [{"properties": {"a": {}}, "required": True}]}), "payload.required: this is no list"),
    (body({"allOf": [{"required": [1]}]}), "payload.required: a text should stand here"),
    (body({"properties": {"a": {"enum": 5}}}), "payload.a.enum: this is no list"),
    (with_params(query(type="string", enum="abc")), "paths./a.get.q.enum: this is no list"),
    (with_params(query(type="array", collectionFormat=1)), "q.collectionFormat: a text should stand here"),
    (body({"$ref": "#/definitions/0"}, **CHAIN), "refers to itself, or through too many others"),
    (document({"/a": {"get": {}}}, basePath=3), "basePath: a text"),
    (document({"/a": {"get": {}}}, info=[]), "info: a JSON object"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_what_cannot_be_read(text, message):
    with pytest.raises(DocumentError) as caught:
        read_document(text, "it.json")
    assert str(caught.value).startswith("it.json: ")
    assert message in str(caught.value)


def only_param(text):
    (route,) = read_document(text, "it.json").routes
    (param,) = route.params
    return param


FORMS = [
    (query(type="integer"), Form("integer")),
    (query(), Form()),
    (query(type=["string", "null"]), Form("string")),
    (query(type="array", items={"type": "integer"}), Form("array", "integer", "csv")),
    (
        query(type="array", items={"type": "string"}, collectionFormat="multi"),
        Form("array", "string", "multi"),
    ),
    (query(type="array"), Form("array", None, "csv")),
]


@pytest.mark.parametrize(("parameter", "form"), FORMS)
def test_forms(parameter, form):
    assert only_param(with_params(parameter)).form == form


@pytest.mark.parametrize(
    ("fields", "bounds"),
    [
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, (1, None)),
        ({"type": "integer", "minimum": 0}, (0, None)),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": True}, (None, 8)),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, (0, None)),
        ({"type": "integer", "minimum": True}, (None, None)),
    ],
)
def test_bounds(fields, bounds):
    found = only_param(with_params(query(**fields)))
    assert (found.minimum, found.maximum) == bounds


@pytest.mark.parametrize("number", ["1" + "0" * 400, "NaN", "Infinity"])
def test_a_bound_that_no_number_reaches_is_none(number):
    text = with_params(query(type="integer", minimum=0, maximum=0)).replace('mum": 0', f'mum": {number}')
    found = only_param(text)
    assert (found.minimum, found.maximum) == (None, None)


def test_parts_of_parts_are_put_together_once():
    """Thirty times two parts are a thousand million."""
    (route,) = read_document(body({"$ref": "#/definitions/A0"}, **DOUBLED), "it.json").routes
    assert [(each.name, each.required) for each in route.params] == [("a", True)]


def test_values_of_an_array():
    found = only_param(with_params(query(type="array", items={"type": "string", "enum": ["a", "b"]})))
    assert found.values == ("a", "b")


def test_a_parameter_of_the_method_takes_the_place_of_the_paths():
    text = document(
        {"/a": {"parameters": [query(type="integer")], "get": {"parameters": [query(type="string")]}}}
    )
    assert only_param(text).form == Form("string")


def test_parameters_by_reference():
    text = with_params({"$ref": "#/parameters/a~1b"}, parameters={"a/b": query(type="boolean")})
    assert only_param(text).form == Form("boolean")


def test_fields_of_a_body_by_references_and_parts():
    definitions = {
        "Base": {"properties": {"id": {"type": "integer"}}, "required": ["id"]},
        "More": {
            "allOf": [{"$ref": "#/definitions/Base"}, {"properties": {"name": {"type": ["string", "null"]}}}]
        },
    }
    (route,) = read_document(body({"$ref": "#/definitions/More"}, definitions=definitions), "it.json").routes
    assert route.body == "fields"
    assert [(each.name, each.form, each.required) for each in route.params] == [
        ("id", Form("integer"), True),
        ("name", Form("string"), False),
    ]


def test_a_field_that_is_an_object_by_reference():
    text = body({"properties": {"m": {"$ref": "#/definitions/M"}}}, definitions={"M": {"properties": {}}})
    assert only_param(text).form == Form("object")


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"type": "array", "items": {}}])
def test_a_body_of_any_form(schema):
    (route,) = read_document(body(schema), "it.json").routes
    assert route.body == "whole"


def test_a_form_field_has_a_place_of_its_own():
    assert only_param(with_params({"name": "f", "in": "formData", "type": "file"})).spot == "form"


def test_media_types_are_those_of_the_route_or_of_the_document():
    text = document({"/a": {"get": {}, "post": {"produces": ["text/csv"]}}}, produces=["application/json"])
    get, post = read_document(text, "it.json").routes
    assert (get.produces, get.says_produces) == (("application/json",), False)
    assert (post.produces, post.says_produces) == (("text/csv",), True)


@pytest.mark.parametrize("schema", [None, 5, {"$ref": "#/definitions/No"}, {"$ref": "#/definitions/A"}])
def test_an_answer_that_cannot_be_understood_hinders_nothing(schema):
    responses = {"200": {"schema": schema}}
    (route,) = read_document(document({"/a": {"get": {"responses": responses}}}, **LOOP), "it.json").routes
    assert route.answer is None


def test_an_extension_beside_the_paths_is_passed_over():
    (route,) = read_document(document({"x-gateway": {"timeout": 3}, "/a": {"get": {}}}), "it.json").routes
    assert route.path == "/a"


@pytest.mark.parametrize(("version", "told"), [(None, ""), (1.5, "1.5"), ("2", "2")])
def test_a_version_may_be_missing_or_a_number(version, told):
    assert read_document(document({"/a": {"get": {}}}, info={"version": version}), "x").version == told


def test_a_message_drives_no_terminal():
    with pytest.raises(DocumentError) as caught:
        read_document(document({"\x1b[2J\n::error::": {}}), "it.json")
    assert str(caught.value).isprintable()


def test_an_answer_that_is_described():
    responses = {
        "404": {"schema": {"type": "string"}},
        "200": {"schema": {"type": "array", "items": {"type": "string"}}},
    }
    (route,) = read_document(document({"/a": {"get": {"responses": responses}}}), "it.json").routes
    assert route.answer == Form("array", "string")
