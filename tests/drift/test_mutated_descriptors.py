"""One edit of a descriptor is one finding: the same as in `test_mutated_documents`, from the other side."""

import json
import shutil
from dataclasses import replace

import pytest
from published import (
    RECORDED,
    ROOT,
    TREES,
    only,
    operations_on,
    routes_of,
    text_of,
    told,
    whole,
    with_operations,
)

from codegen import ir
from codegen.cli import main
from codegen.drift.document import shape

ROUTES = [
    (service, path, method)
    for service in RECORDED
    for path, method in routes_of(TREES[service])
    if operations_on(service, TREES[service], path, method)
]


def edited(service, path, method, change, *, alone=True):
    """Edit every operation on a route (None: drop it); return the new rules, and what is found no more.

    Nothing but that path is compared, unless it is not `alone`: `test_paths_are_independent` says why.
    """
    tree, spec = only(service, path) if alone else whole(service)
    key = method.upper(), shape(tree["basePath"] + path)

    def edit(operation):
        return change(operation) if (operation.method, shape(operation.path)) == key else operation

    before, after = told(tree, service, spec), told(tree, service, with_operations(spec, service, edit))
    return sorted(rule for rule, *_ in after - before), before - after


@pytest.mark.parametrize(("service", "path", "method"), ROUTES)
def test_an_operation_that_is_dropped(service, path, method):
    assert edited(service, path, method, lambda _: None, alone=False)[0] == ["route-unknown"]


@pytest.mark.parametrize(("service", "path", "method"), ROUTES)
def test_an_operation_with_another_method(service, path, method):
    new, _ = edited(service, path, method, lambda each: replace(each, method="PATCH"))
    assert new == ["method-differs"]


@pytest.mark.parametrize(("service", "path", "method"), ROUTES)
def test_an_operation_with_another_path(service, path, method):
    new, _ = edited(service, path, method, lambda each: replace(each, path=f"{each.path}/more"), alone=False)
    assert new == ["route-gone", "route-unknown"]


@pytest.mark.parametrize(("service", "path", "method"), ROUTES[::7])
def test_a_legacy_operation_is_not_missed(service, path, method):
    def change(each):
        return replace(each, path=f"{each.path}/more", stability="legacy")

    assert edited(service, path, method, change, alone=False)[0] == ["route-unknown"]


@pytest.mark.parametrize(("service", "path", "method"), ROUTES[::7])
@pytest.mark.parametrize(
    ("ranges", "rules"),
    [((">=99.0",), ["route-unknown"]), (("<99.0",), ["route-gone", "route-unknown"])],
)
def test_an_operation_for_newer_servers_is_not_missed_on_this_one(service, path, method, ranges, rules):
    def change(each):
        return replace(each, path=f"{each.path}/more", server=ranges)

    assert edited(service, path, method, change, alone=False)[0] == rules


@pytest.mark.parametrize(("service", "path", "method"), ROUTES)
def test_an_operation_that_is_deprecated(service, path, method):
    def change(each):
        return replace(each, deprecated=ir.Deprecated("1.0"))

    assert edited(service, path, method, change) == (["deprecated-here"], set())


def parameters():
    """List what is sent in the query or in a body that the document declares: where, and under which name."""
    found = []
    for service, path, method in ROUTES:
        item = TREES[service]["paths"][path]
        declared = [*item.get("parameters", []), *item[method].get("parameters", [])]
        names = {(each["name"], "query"): each for each in declared if each["in"] == "query"}
        for each in declared:
            if each["in"] == "body":
                schema = TREES[service]["definitions"][each["schema"]["$ref"].split("/")[-1]]
                needed = schema.get("required", [])
                names |= {
                    (name, "body"): {**field, "required": name in needed}
                    for name, field in schema["properties"].items()
                }
        sent = {
            (name, param.location)
            for operation in operations_on(service, TREES[service], path, method)
            for param in operation.params
            for name in param.wire_names
        }
        found += [(service, path, method, *key, names[key]) for key in sorted(names.keys() & sent)]
    return found


PARAMETERS = parameters()
EACH = pytest.mark.parametrize(("service", "path", "method", "name", "spot", "declared"), PARAMETERS)


def test_there_are_parameters():
    assert len(PARAMETERS) == 114


def with_param(name, spot, change):
    """Change the parameter of that name (None: drop it); of one with several names, only under this one."""

    def edit(operation):
        params = []
        for param in operation.params:
            if name not in param.wire_names or param.location != spot:
                params.append(param)
                continue
            rest = tuple(each for each in param.wire_names if each != name)
            params += [replace(param, wire_names=rest)] if rest else []
            params += [changed] if (changed := change(replace(param, wire_names=(name,)))) is not None else []
        return replace(operation, params=tuple(params))

    return edit


def renamed(param):
    return replace(param, wire_names=("brand_new",))


def unknown(declared):
    return "required-param-unknown" if declared.get("required") else "param-unknown"


@EACH
def test_a_parameter_that_is_dropped(service, path, method, name, spot, declared):
    new, _ = edited(service, path, method, with_param(name, spot, lambda _: None))
    fields = [each for each in PARAMETERS if each[:3] == (service, path, method) and each[4] == "body"]
    is_last = spot == "body" and len(fields) == 1
    assert new == ["body-unknown" if is_last else unknown(declared)]


@EACH
def test_a_parameter_of_another_name(service, path, method, name, spot, declared):
    new, _ = edited(service, path, method, with_param(name, spot, renamed))
    assert new == sorted(["param-undeclared", unknown(declared)])


@EACH
def test_a_parameter_of_another_type(service, path, method, name, spot, declared):
    encode = "native" if spot == "body" else "scalar"
    other = "int" if declared.get("type") == "boolean" else "bool"

    def change(param):
        return replace(
            param, type=other, encode=encode, wrap=None, choices=(), minimum=None, server_default=None
        )

    assert edited(service, path, method, with_param(name, spot, change))[0] == ["type-differs"]


@EACH
def test_a_parameter_that_callers_have_to_pass(service, path, method, name, spot, declared):
    def change(param):
        return replace(param, required=True, default=None, client_default=None, is_const=False)

    new, lost = edited(service, path, method, with_param(name, spot, change))
    was_said = any(
        rule == "required-here" and place.endswith(f".{name}")
        for rule, place, _ in told(TREES[service], service)
    )
    assert new == ([] if declared.get("required") or was_said else ["required-here"])
    assert lost == set()


@EACH
def test_a_parameter_that_callers_may_leave_out(service, path, method, name, spot, declared):
    def change(param):
        return replace(param, required=False, default=None, client_default=None, is_const=False)

    new, lost = edited(service, path, method, with_param(name, spot, change))
    assert new == (["required-there"] if declared.get("required") else [])
    assert {rule for rule, *_ in lost} <= {"required-here"}


@EACH
def test_a_parameter_that_is_sent_elsewhere(service, path, method, name, spot, declared):
    def change(param):
        return replace(param, location="header")

    assert edited(service, path, method, with_param(name, spot, change))[0][-1:] == ["location-differs"]


@EACH
def test_a_parameter_with_few_choices(service, path, method, name, spot, declared):
    def change(param):
        return replace(param, choices=("a", "b"))

    # Of what has another type, values are not compared.
    rules = [] if declared.get("type") == "object" and name == "timestamp" else ["values-open"]
    assert edited(service, path, method, with_param(name, spot, change)) == (rules, set())


@EACH
def test_a_parameter_for_newer_servers_is_not_missed_on_this_one(service, path, method, name, spot, declared):
    change = with_param(name, spot, lambda param: replace(renamed(param), server=(">=99.0",)))
    assert edited(service, path, method, change)[0] == [unknown(declared)]


# ---- the same through the command, on the text of descriptors

EDITS = [
    (
        "materialize/v3.yaml",
        "label_columns: {type: str_array, in: query, encode: csv, keyword_only: true, doc: Columns",
        "label_columns: {type: str, in: query, keyword_only: true, doc: Columns",
        "type-differs: materialize.neuroglancer_segprop_info.label_columns",
    ),
    (
        "schema/v2.yaml",
        "path: /types_all\n",
        "path: /types_some\n",
        "route-gone: schema.schema_definition_all",
    ),
    (
        "schema/v2.yaml",
        "in: query, wire: schema_names",
        "in: query, encode: repeat, wire: schema_names",
        "collection-format-differs: schema.schema_definition_multi.schema_names",
    ),
    (
        "annotation/v2.yaml",
        "server_default: true",
        "server_default: false",
        "server-default-differs: annotation.get_tables.filter_valid",
    ),
    (
        "info/v2.yaml",
        "    path: /ngl_info\n",
        '    path: /ngl_info\n    deprecated: {since: "0.1.0", message: Gone soon.}\n',
        "deprecated-here: info.get_viewer_layers",
    ),
]


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    for service in RECORDED:
        (tmp_path / f"{service}.json").write_text(text_of(service))
    return tmp_path


@pytest.mark.parametrize(("file", "old", "new", "expected"), EDITS)
def test_an_edit_of_a_descriptor_is_told_by_the_command(project, capsys, file, old, new, expected):
    target = project / "spec" / file
    text = target.read_text()
    assert old in text
    target.write_text(text.replace(old, new, 1))
    name = file.partition("/")[0]
    document = str(project / f"{name}.json")
    asked = ["drift", "--swagger", document, "--fail-on", "info", "--format", "json"]
    assert main(["--root", str(project), *asked]) == 1
    told = json.loads(capsys.readouterr().out)["findings"]
    # What the operation asked before has no operation now.
    [found] = [each for each in told if each["id"] != "route-unknown"]
    place = ".".join(filter(None, (found["service"], found["operation"], found["param"])))
    assert f"{found['id']}: {place}: {found['text']}".startswith(expected)
    assert (found["where"]["new"] or found["where"]["old"])["file"] == f"spec/{file}"
