"""One edit of a real document is one finding: each kind of edit, at every place where it can be made."""

import copy
import re

import pytest
from published import (
    METHODS,
    RECORDED,
    SPEC,
    TREES,
    only,
    operations_on,
    routes_of,
    split_shared,
    told,
    tree_of,
    whole,
)

ROUTES = [(service, *route) for service in RECORDED for route in routes_of(TREES[service])]


def edited(service, edit, path=None):
    """Edit a document; return what is found then and was not before, as rules, and what is found no more.

    With `path`, nothing but that path is compared, where it is described.
    """
    is_described = path is not None and any(
        operations_on(service, TREES[service], path, method) for method in METHODS
    )
    tree, spec = only(service, path) if is_described else whole(service)
    before = told(tree, service, spec)
    edit(tree)
    after = told(tree, service, spec)
    return sorted(rule for rule, *_ in after - before), before - after


def rules_of(service, edit, path=None):
    return edited(service, edit, path)[0]


def on_route(path, method, change):
    return lambda tree: change(tree["paths"][path][method])


@pytest.mark.parametrize("service", RECORDED)
def test_definitions_put_in_place_change_nothing(service):
    assert told(split_shared(tree_of(service)), service) == told(TREES[service], service)


@pytest.mark.parametrize("service", RECORDED)
def test_paths_are_independent(service):
    """What is told of a path is told whatever stands beside it: most edits can be tried on one path."""
    described = [
        path
        for path in TREES[service]["paths"]
        if any(operations_on(service, TREES[service], path, method) for method in METHODS)
    ]
    one_by_one = set()
    for path in described:
        tree, spec = only(service, path)
        one_by_one |= told(tree, service, spec)
    together = told(TREES[service], service)
    rest = {rule for rule, *_ in together - one_by_one}
    assert one_by_one <= together
    assert rest <= {"route-gone", "route-unknown"}


def test_there_is_much_to_edit():
    assert {service: len(routes_of(TREES[service])) for service in RECORDED} == {
        "materialize": 65,
        "info": 9,
        "annotation": 10,
        "schema": 4,
        "skeleton": 27,
    }


# ---- routes


@pytest.mark.parametrize(("service", "path", "method"), ROUTES)
def test_a_route_that_is_removed(service, path, method):
    is_described = bool(operations_on(service, TREES[service], path, method))
    new, lost = edited(service, lambda tree: tree["paths"][path].pop(method))
    assert new == (["route-gone"] if is_described else [])
    # What was said about it is claimed; about others, everything is said as before.
    assert all(f"{method.upper()} {TREES[service]['basePath']}{path}" in " ".join(each) for each in lost)


@pytest.mark.parametrize(("service", "path", "method"), ROUTES)
def test_a_method_that_is_added(service, path, method):
    def add(tree):
        tree["paths"][path]["patch"] = copy.deepcopy(tree["paths"][path][method])

    assert edited(service, add, path) == (["route-unknown"], set())


@pytest.mark.parametrize(("service", "path", "method"), ROUTES)
def test_a_method_that_is_another(service, path, method):
    def change(tree):
        tree["paths"][path]["patch"] = tree["paths"][path].pop(method)

    is_described = bool(operations_on(service, TREES[service], path, method))
    assert rules_of(service, change, path) == (["method-differs"] if is_described else ["route-unknown"])


@pytest.mark.parametrize("service", RECORDED)
def test_a_route_that_is_added(service):
    prefix = next(iter(TREES[service]["paths"])).partition("/v")[0]
    number = SPEC.service(service).apis[-1].number

    def add(tree):
        tree["paths"][f"{prefix}/v{number}/brand/new/{{thing}}"] = {"get": {"responses": {}}}

    assert edited(service, add) == (["route-unknown"], set())


@pytest.mark.parametrize("service", RECORDED)
def test_holes_with_other_names_are_the_same_route(service):
    tree = split_shared(tree_of(service))
    paths = {path.replace("{", "{of_"): item for path, item in tree["paths"].items()}
    for item in paths.values():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["name"] = f"of_{parameter['name']}"
    tree["paths"] = paths
    assert any("{of_" in path for path in paths)
    after, before = (
        sorted(each[0] for each in found) for found in (told(tree, service), told(TREES[service], service))
    )
    assert after == before


def test_holes_in_another_order():
    path = "/api/v3/datastack/{datastack_name}/version/{version}/tables"

    def swap(tree):
        moved = path.replace("datastack_name", "\0").replace("{version}", "{datastack_name}")
        tree["paths"][moved.replace("\0", "version")] = tree["paths"].pop(path)

    assert edited("materialize", swap) == (["hole-moved"], set())


@pytest.mark.parametrize("service", RECORDED)
def test_another_base_path_is_told_once_and_hides_nothing(service):
    def change(tree):
        tree["basePath"] = "/moved/to"

    new, lost = edited(service, change)
    assert new == ["base-path-differs"]
    assert lost == set()


@pytest.mark.parametrize("service", RECORDED)
def test_routes_of_a_version_without_a_descriptor_are_told_once(service):
    number = SPEC.service(service).apis[-1].number

    def add(tree):
        more = {path.replace(f"/v{number}/", "/v77/"): item for path, item in tree["paths"].items()}
        tree["paths"] |= copy.deepcopy(more)

    assert edited(service, add) == (["api-unknown"], set())


def test_a_version_that_is_gone_is_told_once():
    def remove(tree):
        tree["paths"] = {path: item for path, item in tree["paths"].items() if "/v2/" not in path}

    new, lost = edited("materialize", remove)
    assert new == ["api-gone"]
    assert {place.split(".")[0] for _, place, _ in lost} == {"materialize@2"}


# ---- parameters


def parameters(places):
    """List every parameter of every described route that stands in one of these places."""
    found = []
    for service in RECORDED:
        tree = split_shared(tree_of(service))
        for path, method in routes_of(tree):
            operations = operations_on(service, tree, path, method)
            declared = tree["paths"][path][method]["parameters"] if operations else []
            found += [(service, path, method, each["name"]) for each in declared if each["in"] in places]
    return found


QUERY = parameters(("query",))
PATH = parameters(("path",))
BODIES = parameters(("body",))


def params_named(service, path, method, name, location):
    """List the parameters of the descriptors that are sent under a name, in a place."""
    return [
        param
        for operation in operations_on(service, TREES[service], path, method)
        for param in operation.params
        if name in param.wire_names and param.location == location
    ]


def changing(path, method, name, change):
    def edit(tree):
        found = [each for each in tree["paths"][path][method]["parameters"] if each["name"] == name]
        change(found[0])

    return edit


def removing(path, method, name):
    def edit(tree):
        operation = tree["paths"][path][method]
        operation["parameters"] = [each for each in operation["parameters"] if each["name"] != name]

    return edit


def is_sent_elsewhere(service, path, method, name):
    """Whether a reviewed difference says already that it is sent in the body."""
    return bool(params_named(service, path, method, name, "body"))


@pytest.mark.parametrize(("service", "path", "method", "name"), QUERY)
def test_a_query_parameter_that_is_removed(service, path, method, name):
    new, lost = edited(service, removing(path, method, name), path)
    if params_named(service, path, method, name, "query"):
        assert new == ["param-undeclared"]
    elif is_sent_elsewhere(service, path, method, name):
        # It joins those of which it is said already that no body is declared: other words, the same finding.
        assert new == ["body-undeclared"]
        assert sorted(each[0] for each in lost) == ["body-undeclared", "location-differs"]
    else:
        assert (new, [each[0] for each in lost]) == ([], ["param-unknown"])


@pytest.mark.parametrize(("service", "path", "method", "name"), QUERY)
def test_a_query_parameter_of_another_name(service, path, method, name):
    new = rules_of(service, changing(path, method, name, lambda each: each.update(name="brand_new")), path)
    if params_named(service, path, method, name, "query"):
        assert new == ["param-undeclared", "param-unknown"]
    elif is_sent_elsewhere(service, path, method, name):
        assert new == ["body-undeclared", "param-unknown"]
    else:
        assert new == ["param-unknown"]


@pytest.mark.parametrize(("service", "path", "method"), ROUTES)
@pytest.mark.parametrize(("required", "rule"), [(False, "param-unknown"), (True, "required-param-unknown")])
def test_a_query_parameter_that_is_added(service, path, method, required, rule):
    def add(operation):
        operation["parameters"].append(
            {"name": "brand_new", "in": "query", "type": "string", "required": required}
        )

    is_described = bool(operations_on(service, TREES[service], path, method))
    assert edited(service, on_route(path, method, add), path) == ([rule] if is_described else [], set())


def expected_of_need(params, required):
    """Say what a declaration as (not) required contradicts."""
    if required and all(param.can_be_unset for param in params):
        return ["required-there"]
    return ["required-here"] if not required and all(param.required for param in params) else []


@pytest.mark.parametrize(("service", "path", "method", "name"), QUERY)
def test_a_query_parameter_that_is_required_or_no_more(service, path, method, name):
    params = params_named(service, path, method, name, "query")
    was = []

    def flip(each):
        was.append(each.get("required", False))
        each["required"] = not was[0]

    new, lost = edited(service, changing(path, method, name, flip), path)
    if params:
        assert new == expected_of_need(params, not was[0])
        assert [each[0] for each in lost] == expected_of_need(params, was[0])
    elif not is_sent_elsewhere(service, path, method, name):
        assert new == ["required-param-unknown"]


OTHER_TYPE = {
    "boolean": {"type": "integer"},
    "integer": {"type": "boolean"},
    "string": {"type": "boolean"},
    "array": {"type": "boolean"},
    "number": {"type": "boolean"},
    "object": {"type": "boolean"},
}


def params_in_hole(service, path, method, name):
    """List the parameters of the descriptors that fill the hole at the place of this one."""
    place = re.findall(r"{(.*?)}", path).index(name)
    return [
        param
        for operation in operations_on(service, TREES[service], path, method)
        for param in operation.params
        if param.location == "path" and re.findall(r"{(.*?)}", operation.path)[place] in param.wire_names
    ]


def other_type(each):
    each.update(OTHER_TYPE[each["type"]])
    for key in ("minimum", "exclusiveMinimum", "items", "collectionFormat"):
        each.pop(key, None)


@pytest.mark.parametrize(("service", "path", "method", "name"), QUERY)
def test_a_query_parameter_of_another_type(service, path, method, name):
    new = rules_of(service, changing(path, method, name, other_type), path)
    if params_named(service, path, method, name, "query"):
        assert new == ["type-differs"]
    else:
        # It is said already that nobody sends it; where that names the type, in other words now.
        assert new == ([] if is_sent_elsewhere(service, path, method, name) else ["param-unknown"])


@pytest.mark.parametrize(("service", "path", "method", "name"), PATH)
def test_a_hole_of_another_type(service, path, method, name):
    assert params_in_hole(service, path, method, name)
    new, lost = edited(service, changing(path, method, name, other_type), path)
    if name == "gms":
        # The descriptor sends true and false, and now the document says so.
        assert (new, [each[0] for each in lost]) == ([], ["type-differs"])
    else:
        assert new == ["type-differs"]


ARRAYS = [each for each in QUERY if each[3] in ("label_columns", "annotation_ids", "schema_names")]


def test_there_are_arrays():
    assert len(ARRAYS) == 5


@pytest.mark.parametrize(("service", "path", "method", "name"), ARRAYS)
def test_an_array_that_is_written_in_another_way(service, path, method, name):
    change = changing(path, method, name, lambda each: each.update(collectionFormat="multi"))
    assert edited(service, change, path) == (["collection-format-differs"], set())


@pytest.mark.parametrize(("service", "path", "method", "name"), ARRAYS)
def test_an_array_of_something_else(service, path, method, name):
    change = changing(path, method, name, lambda each: each.update(items={"type": "boolean"}))
    assert edited(service, change, path) == (["type-differs"], set())


@pytest.mark.parametrize(("service", "path", "method", "name"), ARRAYS)
def test_an_array_without_a_format_is_joined_with_commas(service, path, method, name):
    change = changing(path, method, name, lambda each: each.pop("collectionFormat"))
    assert edited(service, change, path) == ([], set())


SENT = [each for each in QUERY if params_named(*each, "query")]


@pytest.mark.parametrize(("service", "path", "method", "name"), SENT)
def test_a_parameter_with_few_values(service, path, method, name):
    change = changing(path, method, name, lambda each: each.update(enum=["only"]))
    assert edited(service, change, path) == (["values-gone"], set())


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        (["flatdict", "swccompressed"], []),
        (["flatdict", "swccompressed", "arrays"], ["values-unknown"]),
        (["flatdict"], ["values-gone"]),
        (["flatdict", "arrays"], ["values-gone", "values-unknown"]),
    ],
)
def test_values_against_choices(values, rules):
    path = "/v1/{datastack_name}/async/get_skeleton/{skvn}/{rid}/{output_format}"
    change = changing(path, "get", "output_format", lambda each: each.update(enum=values))
    new, lost = edited("skeleton", change, path)
    assert new == rules
    assert [each[0] for each in lost] == ["values-open"]


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"minimum": 0, "exclusiveMinimum": False}, ["bound-wider"]),
        ({"minimum": 1, "exclusiveMinimum": False}, []),
        ({"minimum": 5}, ["bound-tighter"]),
        ({"maximum": 9}, ["bound-tighter"]),
        ({"minimum": 0, "maximum": 9, "exclusiveMinimum": False}, ["bound-tighter", "bound-wider"]),
    ],
)
def test_bounds(change, rules):
    path = "/api/v3/datastack/{datastack_name}/version/{version}/table/{table_name}/query"
    edit = changing(path, "post", "random_sample", lambda each: each.update(change))
    assert edited("materialize", edit, path) == (rules, set())


def test_another_default_on_the_server():
    path = "/v2/aligned_volume/{aligned_volume_name}/table"
    change = changing(path, "get", "filter_valid", lambda each: each.update(default=False))
    assert edited("annotation", change, path) == (["server-default-differs"], set())


@pytest.mark.parametrize(("service", "path", "method", "name"), SENT)
def test_a_parameter_that_is_read_elsewhere(service, path, method, name):
    change = changing(path, method, name, lambda each: each.update({"in": "header"}))
    assert rules_of(service, change, path) == ["location-differs"]


# ---- bodies


def fields():
    """List every field of every body that a described route declares."""
    found = []
    for service, path, method, name in BODIES:
        tree = split_shared(tree_of(service))
        body = next(each for each in tree["paths"][path][method]["parameters"] if each["name"] == name)
        found += [(service, path, method, field) for field in body["schema"]["properties"]]
    return found


FIELDS = fields()


def in_body(path, method, change):
    def edit(tree):
        body = next(each for each in tree["paths"][path][method]["parameters"] if each["in"] == "body")
        change(body["schema"])

    return edit


def test_there_are_bodies():
    assert len(BODIES) == 11
    assert len(FIELDS) == 72


@pytest.mark.parametrize(("service", "path", "method", "name"), FIELDS)
def test_a_field_that_is_removed(service, path, method, name):
    change = in_body(path, method, lambda schema: schema["properties"].pop(name))
    assert rules_of(service, change, path) == ["param-undeclared"]


@pytest.mark.parametrize(("service", "path", "method", "name"), FIELDS)
def test_a_field_of_another_name(service, path, method, name):
    def rename(schema):
        schema["properties"]["brand_new"] = schema["properties"].pop(name)

    assert rules_of(service, in_body(path, method, rename), path) == ["param-undeclared", "param-unknown"]


@pytest.mark.parametrize(("service", "path", "method", "name"), FIELDS)
def test_a_field_of_another_type(service, path, method, name):
    def change(schema):
        schema["properties"][name] = {"type": "boolean"}

    param = params_named(service, path, method, name, "body")[0]
    is_any = param.type in ("json", "any") and param.wrap is None
    assert rules_of(service, in_body(path, method, change), path) == ([] if is_any else ["type-differs"])


@pytest.mark.parametrize(("service", "path", "method", "name"), FIELDS)
def test_a_field_that_is_required_or_no_more(service, path, method, name):
    was = []

    def flip(schema):
        required = schema.setdefault("required", [])
        was.append(name in required)
        (required.remove if was[0] else required.append)(name)

    params = params_named(service, path, method, name, "body")
    new, lost = edited(service, in_body(path, method, flip), path)
    assert new == expected_of_need(params, not was[0])
    assert [each[0] for each in lost] == expected_of_need(params, was[0])


@pytest.mark.parametrize(("service", "path", "method", "name"), BODIES)
def test_a_field_that_is_added(service, path, method, name):
    def add(schema):
        schema["properties"]["brand_new"] = {"type": "string"}

    assert edited(service, in_body(path, method, add), path) == (["param-unknown"], set())


@pytest.mark.parametrize(("service", "path", "method", "name"), BODIES)
def test_a_body_that_is_removed(service, path, method, name):
    new, lost = edited(service, removing(path, method, name), path)
    assert new == ["body-undeclared"]
    assert {each[0] for each in lost} <= {"required-here", "bound-wider", "type-differs"}


@pytest.mark.parametrize(("service", "path", "method", "name"), BODIES)
def test_a_body_of_which_no_field_is_known(service, path, method, name):
    assert rules_of(service, in_body(path, method, lambda schema: schema.pop("properties")), path) == []


BODILESS = [
    (service, path, method)
    for service, path, method in ROUTES
    if operations_on(service, TREES[service], path, method)
    and not any((service, path, method) == each[:3] for each in BODIES)
    and not any(
        param.location == "body"
        for operation in operations_on(service, TREES[service], path, method)
        for param in operation.params
    )
]


@pytest.mark.parametrize(("service", "path", "method"), BODILESS)
@pytest.mark.parametrize("schema", [{"type": "array"}, {"properties": {"brand_new": {}, "too": {}}}])
def test_a_body_that_is_added(service, path, method, schema):
    def add(operation):
        operation["parameters"].append({"name": "payload", "in": "body", "schema": schema})

    assert edited(service, on_route(path, method, add), path) == (["body-unknown"], set())


# ---- what is said of routes as a whole

DESCRIBED = [route for route in ROUTES if operations_on(route[0], TREES[route[0]], *route[1:])]


@pytest.mark.parametrize(("service", "path", "method"), DESCRIBED)
def test_a_route_that_is_deprecated(service, path, method):
    change = on_route(path, method, lambda operation: operation.update(deprecated=True))
    assert edited(service, change, path) == (["deprecated-there"], set())


@pytest.mark.parametrize(("service", "path", "method"), DESCRIBED)
def test_another_media_type(service, path, method):
    arms = [
        arm
        for operation in operations_on(service, TREES[service], path, method)
        for arm in operation.response
    ]
    change = on_route(path, method, lambda operation: operation.update(produces=["text/csv"]))
    is_read = any(arm.decode != "none" for arm in arms)
    assert rules_of(service, change, path) == (["answer-type-differs"] if is_read else [])


@pytest.mark.parametrize("service", RECORDED)
def test_another_media_type_of_all_answers_is_told_once(service):
    new, lost = edited(service, lambda tree: tree.update(produces=["text/csv"]))
    assert new == ["answer-type-differs"]
    assert {each[0] for each in lost} <= {"answer-type-differs"}


@pytest.mark.parametrize(
    "edit",
    [
        lambda tree: tree["info"].update(title="Another title"),
        lambda tree: tree.update(tags=[], securityDefinitions={}, host="elsewhere.example", schemes=["http"]),
        lambda tree: tree.update(paths=dict(reversed(tree["paths"].items()))),
        lambda tree: tree.update(responses={}),
    ],
)
@pytest.mark.parametrize("service", RECORDED)
def test_what_is_no_difference(service, edit):
    assert edited(service, edit) == ([], set())


@pytest.mark.parametrize("number", ["9" * 5000, "02", "12345"])
def test_what_is_no_number_of_a_version_is_a_route_like_others(number):
    def add(tree):
        tree["paths"][f"/v{number}/new"] = {"get": {}}

    assert rules_of("info", add) == ["route-unknown"]
