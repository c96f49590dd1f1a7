"""The table of rules, and for each rule about documents an edit that brings it about, alone."""

from dataclasses import replace

import pytest
from published import only, told, whole, with_operations

from codegen import ir
from codegen.drift import wire_form
from codegen.drift.rules import OF_DOCUMENTS, OF_LIST, RULES
from codegen.vocabulary import ENCODERS, TYPES

QUERY = "/api/v3/datastack/{datastack_name}/version/{version}/table/{table_name}/query"
TABLE = "/v2/aligned_volume/{aligned_volume_name}/table"
SKELETON = "/v1/{datastack_name}/async/get_skeleton/{skvn}/{rid}/{output_format}"
NAMES = "/v2/types"


def param(path, method, name, **change):
    def edit(tree):
        for each in tree["paths"][path][method]["parameters"]:
            if each["name"] == name:
                each.update(change)

    return edit


def operation(path, method, **change):
    return lambda tree: tree["paths"][path][method].update(change)


def more(path, method, **declared):
    return lambda tree: tree["paths"][path][method]["parameters"].append(
        {"name": "new", "in": "query", "type": "string", **declared}
    )


def drop(path, method, name):
    def edit(tree):
        found = tree["paths"][path][method]
        found["parameters"] = [each for each in found["parameters"] if each["name"] != name]

    return edit


def path_like(old, new):
    return lambda tree: tree["paths"].update({new: tree["paths"].pop(old)})


def with_method(path, old, new):
    return lambda tree: tree["paths"][path].update({new: tree["paths"][path].pop(old)})


def renumbered(tree):
    tree["paths"] |= {path.replace("/v3/", "/v4/"): item for path, item in tree["paths"].items()}


def forgotten(tree):
    tree["paths"] = {path: item for path, item in tree["paths"].items() if "/v2/" not in path}


def as_bytes(each):
    return replace(each, body=ir.Body("binary", "ids", "<u8")) if each.name == "update_metadata" else each


def deprecated(each):
    return replace(each, deprecated=ir.Deprecated("1.0")) if each.name == "get_schemas" else each


EDITS = {
    "base-path-differs": ("info", lambda tree: tree.update(basePath="/elsewhere")),
    "route-unknown": ("info", lambda tree: tree["paths"].update({"/v2/new": {"get": {}}})),
    "route-gone": ("info", lambda tree: tree["paths"].pop("/v2/datastacks")),
    "method-differs": ("info", with_method("/v2/datastacks", "get", "post")),
    "hole-moved": (
        "materialize",
        path_like(
            "/api/v3/datastack/{datastack_name}/version/{version}/tables",
            "/api/v3/datastack/{version}/version/{datastack_name}/tables",
        ),
    ),
    "param-unknown": ("info", more("/v2/datastacks", "get")),
    "required-param-unknown": ("info", more("/v2/datastacks", "get", required=True)),
    "param-undeclared": ("annotation", drop(TABLE, "get", "filter_valid")),
    "location-differs": ("annotation", param(TABLE, "get", "filter_valid", **{"in": "header"})),
    "type-differs": ("annotation", param(TABLE, "get", "filter_valid", type="integer")),
    "collection-format-differs": ("schema", param(NAMES, "post", "schema_names", collectionFormat="multi")),
    "required-there": ("annotation", param(TABLE, "get", "filter_valid", required=True)),
    "required-here": ("annotation", lambda tree: _schema(tree)["required"].remove("table_name")),
    "values-unknown": (
        "skeleton",
        param(SKELETON, "get", "output_format", enum=["flatdict", "swccompressed", "x"]),
    ),
    "values-gone": ("skeleton", param(SKELETON, "get", "output_format", enum=["flatdict"])),
    "bound-tighter": ("materialize", param(QUERY, "post", "random_sample", minimum=3)),
    "bound-wider": ("materialize", param(QUERY, "post", "random_sample", minimum=-3)),
    "server-default-differs": ("annotation", param(TABLE, "get", "filter_valid", default=False)),
    "body-unknown": ("info", more("/v2/datastacks", "get", **{"in": "body", "schema": {}})),
    "body-undeclared": ("annotation", drop(TABLE, "put", "payload")),
    "answer-type-differs": ("info", operation("/v2/datastacks", "get", produces=["text/plain"])),
    "deprecated-there": ("info", operation("/v2/datastacks", "get", deprecated=True)),
    "api-unknown": ("materialize", renumbered),
    "api-gone": ("materialize", forgotten),
}

OF_DESCRIPTORS = {
    "body-form-differs": ("annotation", as_bytes),
    "deprecated-here": ("schema", deprecated),
    "values-open": (
        "schema",
        lambda each: replace(
            each,
            params=tuple(
                replace(param, choices=("a",)) if param.name == "schema_types" else param
                for param in each.params
            ),
        ),
    ),
}
"""Rules that only an edit of a descriptor brings about."""


def _schema(tree):
    return next(each for each in tree["paths"][TABLE]["put"]["parameters"] if each["in"] == "body")["schema"]


def test_every_rule_about_documents_has_an_edit():
    assert {*EDITS, *OF_DESCRIPTORS} == OF_DOCUMENTS


@pytest.mark.parametrize("rule", EDITS)
def test_the_edit_brings_about_the_rule_alone(rule):
    service, edit = EDITS[rule]
    tree, spec = whole(service)
    before = told(tree, service, spec)
    edit(tree)
    assert [each[0] for each in told(tree, service, spec) - before] == [rule]


@pytest.mark.parametrize("rule", OF_DESCRIPTORS)
def test_the_edit_of_a_descriptor_brings_about_the_rule_alone(rule):
    service, edit = OF_DESCRIPTORS[rule]
    tree, spec = whole(service)
    before = told(tree, service, spec)
    after = told(tree, service, with_operations(spec, service, edit))
    assert [each[0] for each in after - before] == [rule]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_each_rule_is_explained(rule):
    for text in (rule.what, rule.why, rule.safely):
        assert text.endswith(".")
        assert text[0].isupper() or text[0] == "`"
    assert rule.wire != "none" or rule.source != "none"
    assert bool(rule.mirror) != bool(rule.waiver)


def test_mirrors_are_mirrors():
    for rule in RULES.values():
        for other in rule.mirror:
            assert rule.id in RULES[other].mirror, (rule.id, other)


def test_what_is_wrong_with_the_list_always_fails():
    assert {RULES[rule].level for rule in OF_LIST} == {"breaking"}


def test_every_type_and_encoder_has_a_form():
    """A new word of the language must say how it crosses the network."""
    assert set(wire_form._FORMS) == set(ENCODERS)
    known = {*wire_form._SCALARS, *wire_form._ITEMS, "mapping", "json", "any"}
    assert known == set(TYPES)


def test_only_one_path_is_left():
    tree, spec = only("info", "/v2/datastacks")
    assert list(tree["paths"]) == ["/v2/datastacks"]
    assert [each.name for api in spec.service("info").apis for each in api.operations] == ["get_datastacks"]
