"""The loader: inheritance, defaults, and every mistake told at its place."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from single_mistakes import MISTAKES
from written_spec import SERVICE, V1, line_of, load, mistakes, replaced, write

from codegen import ir
from codegen.ir import Origin
from codegen.load import load_spec
from codegen.problems import Problem, SpecErrors

HERE = Path(__file__).parent
SPEC = HERE.parents[1] / "spec"

V2 = 'api: "2"\nprefix: /api/v2\nextends: v1\n'
EMPTY = "operations: {}\n"


def operation(service: ir.Service, name: str, number: str = "1") -> ir.Operation:
    return service.api(number).operation(name)


def params(operation: ir.Operation) -> dict[str, ir.Param]:
    return {param.name: param for param in operation.params}


# What is made of a descriptor


def test_an_operation_is_complete(tmp_path):
    made = operation(load(tmp_path), "get_roots")
    assert made.path == "/demo/api/v1/table/{table_id}/roots"
    assert made.holes == (("table_id", "table_name"),)
    assert made.errors == ((404, "NotFoundError"),)
    assert made.body == ir.Body("binary", "ids", "<u8")
    assert made.requires == "tiles"
    assert made.counted == "ids"
    [arm] = made.response
    assert (arm.decode, arm.dtype, arm.order) == ("ndarray", "<u8", "input")
    ids, timestamp = made.params
    assert (ids.location, ids.encode, ids.required, ids.wire_names) == ("body", "native", True, ("ids",))
    assert (timestamp.encode, timestamp.default, timestamp.client_default) == (
        "epoch_seconds",
        None,
        "moment",
    )


def test_a_group_stands_where_use_stands(tmp_path):
    made = operation(load(tmp_path), "get_rows")
    assert [param.name for param in made.params] == ["table", "limit", "offset", "as_list"]
    assert params(made)["limit"].origins[""].file == "spec/demo/service.yaml"


@pytest.mark.parametrize(
    ("type_name", "query", "body", "path"),
    [
        ("bool", "scalar", "native", "scalar"),
        ("int", "scalar", "native", "scalar"),
        ("str", "scalar", "native", "scalar"),
        ("id", "scalar", "native", "scalar"),
        ("datetime", "iso_utc_micros", "iso_utc_micros", "iso_utc_micros"),
        ("id_array", "csv", "native", "csv"),
        ("str_array", "csv", "native", "csv"),
        ("bounds", "bounds_str", "native", "bounds_str"),
        ("mapping", "json", "native", None),
        ("json", "json", "native", None),
        ("point", None, "native", None),
        ("resolution", None, "native", None),
    ],
)
@pytest.mark.parametrize("place", ["query", "body", "path"])
def test_each_type_has_its_usual_form_in_each_place(tmp_path, type_name, query, body, path, place):
    usual = {"query": query, "body": body, "path": path}[place]
    param = f"{{type: {type_name}, in: {place}, required: true, doc: A value.}}"
    route = "/value/{value}" if place == "path" else "/value"
    text = f"""\
api: "1"
prefix: /api/v1
operations:
  send:
    summary: Send a value.
    method: GET
    path: {route}
    params: {{value: {param}}}
    response: {{decode: none}}
    examples: [{{call: {{value: 1}}}}]
"""
    service = replaced(SERVICE, "groups:\n", "groups: {}\nignored:\n").partition("ignored:")[0]
    if usual is None:
        [complaint] = mistakes(tmp_path, service=service, v1=text)
        assert f"has no usual form in a {place}: 'encode' is missing." in complaint
    else:
        assert operation(load(tmp_path, service=service, v1=text), "send").params[0].encode == usual


def test_constants_need_neither_type_nor_doc(tmp_path):
    made = load(
        tmp_path, v1=replaced(V1, "      as_list:", "      fast: {in: query, const: true}\n      as_list:")
    )
    const = params(operation(made, "get_rows"))["fast"]
    assert (const.is_const, const.default, const.type, const.encode) == (True, True, "bool", "scalar")
    assert const not in operation(made, "get_rows").arguments


def test_a_cache_without_a_key_tells_apart_all_that_is_not_ignored(tmp_path):
    keyless = replaced(V1, "key: [table, limit, offset, as_list]", "key_ignores: [as_list]")
    assert operation(load(tmp_path, v1=keyless), "get_rows").cache.key == ("table", "limit", "offset")


def test_apis_are_ordered_by_number(tmp_path):
    later = {
        f"v{number}": f'api: "{number}"\nprefix: /api/v{number}\nextends: v1\n{EMPTY}' for number in (2, 10)
    }
    assert [api.number for api in load(tmp_path, **later).apis] == ["1", "2", "10"]


# Inheritance


def version_2(operations: str, head: str = "") -> str:
    return f"{V2}{head}operations:\n{operations}"


def test_an_extending_version_has_all_operations_under_its_own_prefix(tmp_path):
    service = load(tmp_path, v2=V2 + EMPTY)
    assert [one.name for one in service.api("2").operations] == ["get_roots", "get_rows", "delete_row"]
    assert operation(service, "delete_row", "2").path == "/demo/api/v2/row/{row_id}"
    assert operation(service, "delete_row", "2").examples[0].request["path"] == "/demo/api/v2/row/5"
    assert operation(service, "delete_row", "1").examples[0].request["path"] == "/demo/api/v1/row/5"


def test_removed_operations_are_gone_and_new_ones_come_last(tmp_path):
    new = """\
  a_new_one:
    summary: Do something new.
    method: GET
    path: /new
    response: {decode: none}
    examples: [{call: {}}]
"""
    service = load(tmp_path, v2=version_2(new, "removed: [get_rows]\n"))
    assert [one.name for one in service.api("2").operations] == ["get_roots", "delete_row", "a_new_one"]


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ("summary: Otherwise.", "summary", "Otherwise."),  # a text is replaced
        ("path: /other/{name}", "path", "/demo/api/v2/other/{name}"),
        (
            "errors: {410: ExpiredVersionError}",
            "errors",
            ((404, "NotFoundError"), (410, "ExpiredVersionError")),
        ),
        ("prefix: ''", "path", "/demo/table/{name}/rows"),
        ("base: ''", "path", "/api/v2/table/{name}/rows"),
        ("base: /else", "path", "/else/api/v2/table/{name}/rows"),
        ('pin_api: "1"', "path", "/demo/api/v1/table/{name}/rows"),
        ("cache: null", "cache", None),  # null takes away
        ("response: {decode: json, doc: All.}", "response", 1),  # a block is replaced whole
    ],
)
def test_a_field_is_put_over_the_parents(tmp_path, change, field, value):
    made = operation(load(tmp_path, v2=version_2(f"  get_rows:\n    {change}\n")), "get_rows", "2")
    start = made.path.partition("/table/")[0].partition("/other/")[0]
    assert made.examples[0].request["path"] == f"{start}/table/synapses/rows"  # the example has moved along
    result = getattr(made, field)
    assert (len(result) if field == "response" else result) == value


@pytest.mark.parametrize(
    ("change", "order", "limit"),
    [
        ("limit: {max: 9}", ["table", "limit", "offset", "as_list"], (1, 9, "limit")),  # field by field
        ("limit: {wire: most, min: null}", ["table", "limit", "offset", "as_list"], (None, None, "most")),
        ("offset: null", ["table", "limit", "as_list"], (1, None, "limit")),
        (
            "extra: {type: int, in: body, doc: New.}",
            ["table", "limit", "offset", "as_list", "extra"],
            (1, None, "limit"),
        ),
    ],
)
def test_parameters_are_merged_by_name(tmp_path, change, order, limit):
    text = version_2(f"  get_rows:\n    cache: null\n    params: {{{change}}}\n")
    made = operation(load(tmp_path, v2=text), "get_rows", "2")
    assert [param.name for param in made.params] == order
    param = params(made)["limit"]
    assert (param.minimum, param.maximum, param.wire_names[0]) == limit


def test_a_null_default_is_a_value(tmp_path):
    text = version_2("  get_rows:\n    params: {as_list: {default: null, type: bool}}\n")
    assert mistakes(tmp_path, v2=text) == []
    assert params(operation(load(tmp_path, v2=text), "get_rows", "2"))["as_list"].default is None


def test_what_stands_beside_use_is_put_over_the_group(tmp_path):
    beside = replaced(
        V1, "      use: filters\n", "      use: filters\n      limit: {max: 7}\n      offset: null\n"
    )
    beside = replaced(beside, "limit, offset, as_list]", "limit, as_list]")
    made = operation(load(tmp_path, v1=beside), "get_rows")
    assert [param.name for param in made.params] == ["table", "limit", "as_list"]
    assert (params(made)["limit"].minimum, params(made)["limit"].maximum) == (1, 7)


def test_inheritance_goes_through_several_versions(tmp_path):
    second = version_2(
        "  get_rows:\n    summary: Second.\n    params: {limit: {max: 9}}\n    cache: {ttl: 5, maxsize: 1}\n"
    )
    third = (
        'api: "3"\nprefix: /api/v3\nextends: v2\noperations:\n  get_rows:\n    params: {limit: {min: 2}}\n'
    )
    service = load(tmp_path, v2=second, v3=third)
    made = operation(service, "get_rows", "3")
    assert (made.summary, made.path, made.cache.ttl) == ("Second.", "/demo/api/v3/table/{name}/rows", 5)
    assert (params(made)["limit"].minimum, params(made)["limit"].maximum) == (2, 9)
    assert made.origins["summary"].file == "spec/demo/v2.yaml"
    assert params(made)["limit"].origins["min"].file == "spec/demo/v3.yaml"
    assert made.examples[0].request["path"] == "/demo/api/v3/table/synapses/rows"


def test_a_pinned_operation_keeps_the_examples_of_its_route(tmp_path):
    service = load(tmp_path, v2=version_2('  delete_row: {pin_api: "1"}\n'))
    assert operation(service, "delete_row", "2").examples[0].request["path"] == "/demo/api/v1/row/5"


def test_an_address_moves_with_its_version(tmp_path):
    one = (
        V1
        + """\
  row_path:
    summary: Get the address of the rows.
    kind: url
    path: /rows
    examples:
      - {call: {}, returns: "https://cave.example/demo/api/v1/rows"}
"""
    )
    service = load(tmp_path, v1=one, v2=version_2('  delete_row: {pin_api: "1"}\n'))
    addresses = [operation(service, "row_path", number).examples[0].returns for number in "12"]
    assert addresses == [f"https://cave.example/demo/api/v{number}/rows" for number in "12"]


def test_an_example_with_api_is_for_that_version_alone(tmp_path):
    two = replaced(
        V1,
        "      - call: {row_id: 5}\n",
        '      - {call: {row_id: 9}, api: "2"}\n      - call: {row_id: 5}\n',
    )
    service = load(tmp_path, v1=two, v2=V2 + EMPTY)
    calls = {
        number: [one.call for one in operation(service, "delete_row", number).examples] for number in "12"
    }
    assert calls == {"1": [(("row_id", 5),)], "2": [(("row_id", 9),), (("row_id", 5),)]}


def test_stability_comes_from_the_version_unless_the_operation_says_otherwise(tmp_path):
    head = "stability: legacy\n"
    service = load(tmp_path, v2=version_2("  get_rows: {stability: beta}\n", head))
    assert {one.name: one.stability for one in service.api("2").operations} == {
        "get_roots": "legacy",
        "get_rows": "beta",
        "delete_row": "legacy",
    }
    assert operation(service, "get_rows", "1").stability == "stable"


def test_the_same_meaning_written_otherwise_is_the_same_representation(tmp_path):
    plain = load(tmp_path / "plain", v2=V2 + EMPTY)
    inlined = replaced(
        V1,
        "      use: filters\n",
        "      limit: {doc: Most rows to return., in: body, min: 1, type: int, wire: [limit]}\n"
        "      offset: {type: int, in: body, min: 0, doc: 'Rows to pass over.'}\n",
    )
    service = SERVICE[: SERVICE.index("groups:")] + SERVICE[SERVICE.index("types:") :]
    assert load(tmp_path / "inlined", service=service, v1=inlined, v2=V2 + EMPTY) == plain


# Mistakes


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [(*place, new, said) for place, rows in MISTAKES.items() for new, said in rows],
)
def test_one_mistake(tmp_path, file, old, new, said):
    text = {"service": SERVICE, "v1": V1}[file]
    found = mistakes(tmp_path, **{file: replaced(text, old, new)})
    if said is None:
        assert found == []
    else:
        assert any(said in complaint for complaint in found), found
        assert all(complaint.startswith("spec/demo/") for complaint in found)


VERSION_MISTAKES = [
    ("removed: [get_row]\noperations: {}", "v2.yaml:4: removed[0]: the parent has no operation 'get_row'."),
    (
        "removed: [get_rows]\noperations: {get_rows: {summary: X.}}",
        "v2.yaml:4: removed[0]: 'get_rows' is removed and described here.",
    ),
    (
        "operations: {get_rows: {params: {limt: null}}}",
        "params.limt: null takes away what is inherited, and there is no 'limt'",
    ),
    (
        "operations: {get_rows: {check: null}}",
        "get_rows.check: null takes away what is inherited, and there is no 'check'",
    ),
    ("operations: {get_new: {summary: New.}}", "v2.yaml:4: operations.get_new: 'path' is missing."),
    (
        "operations: {get_rows: {params: {extra: {type: int, in: body, doc: X.}}}}",
        "the key leaves out extra.",
    ),
    ("operations: {get_rows: {path: /rows}}", "the path has no hole {name}."),
]


@pytest.mark.parametrize(("text", "said"), VERSION_MISTAKES)
def test_mistakes_of_a_version_that_extends_another(tmp_path, text, said):
    found = mistakes(tmp_path, v2=f"{V2}{text}\n")
    assert any(said in complaint for complaint in found), found


def test_two_mistakes_in_one_parameter_are_both_told(tmp_path):
    sound = "encode: epoch_seconds, default: client.moment"
    found = mistakes(tmp_path, v1=replaced(V1, sound, "encode: epoch_secs, default: client.moments"))
    assert len(found) == 2
    assert "Did you mean 'moment'?" in found[0]
    assert "Did you mean 'epoch_seconds'?" in found[1]


def test_an_inherited_mistake_is_told_once_at_its_own_place(tmp_path):
    found = mistakes(tmp_path, v1=replaced(V1, "default: true", "default: 3"), v2=V2 + EMPTY)
    line = line_of(V1, "default: true")
    assert found == [
        f"spec/demo/v1.yaml:{line}: operations.get_rows.params.as_list.default: 3 is not a bool."
    ]


def test_versions_cannot_extend_each_other_in_a_circle(tmp_path):
    third = 'api: "3"\nprefix: /api/v3\nextends: v2\noperations: {}\n'
    found = mistakes(tmp_path, v2=f"{V2}{EMPTY}".replace("v1\n", "v3\n"), v3=third)
    assert len(found) == 1
    assert "a version cannot extend itself: v2 -> v3 -> v2." in found[0]


def test_nothing_is_said_about_a_version_whose_parent_cannot_be_read(tmp_path):
    found = mistakes(tmp_path, v1="api: [\n", v2=version_2("  get_rows: {summary: X.}\n"))
    assert len(found) == 1
    assert found[0].startswith("spec/demo/v1.yaml:2: not YAML:")


def test_a_group_that_nothing_uses_is_a_mistake(tmp_path):
    [complaint] = mistakes(tmp_path, service=replaced(SERVICE, "groups:\n", "groups:\n  others: {}\n"))
    assert complaint.startswith(
        "spec/demo/service.yaml:20: groups.others: no operation uses the group 'others'."
    )


def test_one_endpoint_has_one_template(tmp_path):
    keyed = V1.replace("    method:", "    endpoint: rows\n    method:")
    found = mistakes(tmp_path, v1=keyed)
    assert len(found) == 2
    assert "'get_roots' is the endpoint 'rows' already, with another route." in found[0]


def test_an_endpoint_of_an_operation_is_no_extra_one(tmp_path):
    keyed = V1.replace("    method: DELETE", "    endpoint: row\n    method: DELETE").replace(
        "operations:", "extra_endpoints: {row: {path: /demo/row, doc: A page.}}\noperations:", 1
    )
    [found] = mistakes(tmp_path, v1=keyed)
    assert "extra_endpoints.row: 'row' is the endpoint of 'delete_row' already." in found


@pytest.mark.parametrize(
    ("response", "merge", "said"),
    [
        ("{decode: arrow_stream, doc: X.}", "concat", None),
        (
            "{decode: arrow_stream, doc: X.}",
            "dict_union",
            "puts mappings together, and the answers are lists.",
        ),
        ("{decode: json, doc: X.}", "sum", None),
        ("{decode: none}", "sum", None),
        ("{decode: json, returns: 'list[Row]', doc: X.}", "concat", None),
        ("{decode: json, returns: Row, doc: X.}", "graph_union", None),
        ("{decode: json, returns: 'dict[str, int | None]', doc: X.}", "map_union", None),
        ("{decode: json, returns: 'dict[str, int]', doc: X.}", "concat", "merge: dict_union, map_union"),
        ("{decode: gzip_json, returns: 'list[int]', doc: X.}", "sum", "the answers are lists."),
        ("{decode: json, returns: 'Row | None', doc: X.}", "concat", None),
        ("{decode: json, returns: float, doc: X.}", "sum", None),
        ("{decode: json, returns: float, doc: X.}", "concat", "the answers are numbers. merge: sum"),
        ("{decode: json, returns: bool, doc: X.}", "sum", "the answers are single values. on_exceed: error"),
        ("{decode: json, cast: id, doc: X.}", "sum", "the answers are single values."),
        ("{decode: json, cast: bool_array, doc: X.}", "concat", None),
        ("{decode: json, cast: id_array_map, doc: X.}", "concat", "the answers are mappings."),
        ("{decode: gzip_text, doc: X.}", "concat", "the answers are single values."),
        (
            "[{when: {bar: true}, decode: text, doc: X.}, {decode: json, doc: X.}]",
            "sum",
            "are single values.",
        ),
        ("[{when: {whole: true}, decode: text, doc: X.}, {decode: json, doc: X.}]", "sum", None),
        (
            "[{when: {whole: false}, decode: text, doc: X.}, {decode: json, doc: X.}]",
            "sum",
            "are single values.",
        ),
    ],
)
def test_a_merge_fits_what_comes_back(tmp_path, response, merge, said):
    """Of an answer that nothing is said about, and of one that is never divided, nothing is asked."""
    middle = f"""\
    limits: {{ids: {{max: 9, on_exceed: split, merge: {merge}, unless: [whole]}}}}
    params:
      bar: {{type: bool, in: none, default: false, keyword_only: true, effect: progress, doc: Bar.}}
      whole: {{type: bool, in: query, default: false, keyword_only: true, doc: At once.}}
      ids:"""
    v1 = replaced(V1, "    params:\n      ids:", middle)
    v1 = replaced(v1, '{decode: ndarray, dtype: "<u8", order: input, doc: Their roots.}', response)
    found = mistakes(tmp_path, v1=v1)
    assert found == [] if said is None else len(found) == 1 and said in found[0], found


ALIASED = V1.replace(
    "    summary: Get rows", "    aliases: [rows, read]\n    aliases_since: '4'\n    summary: Get rows"
)
ALIASED = replaced(ALIASED, "      as_list: {", "      as_list: {aliases: [listed], ")


@pytest.mark.parametrize(
    ("written", "names", "of_param"),
    [
        ("{summary: Read rows.}", ("rows", "read"), ("listed",)),
        ("{aliases: [fetch]}", ("fetch",), ("listed",)),
        ("{aliases: null, aliases_since: null}", (), ("listed",)),
        ("{params: {as_list: {aliases: [flat, plain]}}}", ("rows", "read"), ("flat", "plain")),
        ("{params: {as_list: {aliases: null}}}", ("rows", "read"), ()),
    ],
)
def test_old_names_are_inherited_replaced_and_taken_away(tmp_path, written, names, of_param):
    made = load(tmp_path, v1=ALIASED, v2=version_2(f"  get_rows: {written}\n"))
    rows = operation(made, "get_rows", "2")
    assert (rows.aliases, rows.aliases_since) == (names, "4" if names else None)
    assert params(rows)["as_list"].aliases == of_param
    assert operation(made, "get_rows").aliases == ("rows", "read")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("  delete_row: {aliases: [rows]}\n", "aliases[0]: 'rows' is an old name of 'get_rows' already."),
        (
            "  rows: {summary: Rows., path: /rows}\n",
            "v1.yaml:19: operations.get_rows.aliases[0]: 'rows' is an",
        ),
        ("  get_rows: {aliases: null}\n", "aliases_since: there is no old name that it could be about."),
        ("  get_rows: {raw: true}\n", "v1.yaml:19: operations.get_rows.aliases: a mixin owns what"),
    ],
)
def test_old_names_that_a_version_makes_wrong(tmp_path, written, said):
    found = mistakes(tmp_path, v1=ALIASED, v2=version_2(written))
    assert any(said in complaint for complaint in found), found


def test_parameters_of_a_raw_operation_have_no_old_names(tmp_path):
    text = replaced(V1, "    summary: Get rows", "    raw: true\n    summary: Get rows")
    [complaint] = mistakes(
        tmp_path, v1=replaced(text, "      as_list: {", "      as_list: {aliases: [listed], ")
    )
    assert "a mixin owns the signature of a raw operation" in complaint
    assert complaint.endswith("Keep the old name in the mixin.")


def test_extra_endpoints_are_not_inherited(tmp_path):
    v1 = V1.replace("operations:", "extra_endpoints: {old: {path: /demo/old, doc: A page.}}\noperations:", 1)
    service = load(tmp_path, v1=v1, v2=version_2("  get_rows: {summary: Read rows.}\n"))
    assert [each.path for each in service.api("1").extra_endpoints] == ["/demo/old"]
    assert service.api("2").extra_endpoints == ()


def test_two_services_cannot_share_a_client(tmp_path):
    root = write(tmp_path)
    (root / "other").mkdir()
    text = replaced(SERVICE, "service: demo\n", "service: other\n")
    (root / "other" / "service.yaml").write_text(text)
    (root / "other" / "v1.yaml").write_text(V1)
    with pytest.raises(SpecErrors) as caught:
        load_spec(root)
    assert [problem.message for problem in caught.value.problems] == [
        "'DemoClient' belongs to demo already.",
        "'demo' belongs to demo already.",
    ]


@pytest.mark.parametrize(
    ("olds", "said"),
    [
        (("", ""), []),
        (("renamed_from: before\n", ""), []),
        (
            ("renamed_from: other\n", ""),
            ["demo/service.yaml:3: renamed_from: 'other' belongs to other already."],
        ),
        (
            ("renamed_from: before\n", "renamed_from: before\n"),
            ["other/service.yaml:3: renamed_from: 'before' belongs to demo already."],
        ),
    ],
)
def test_an_old_name_of_a_service_is_no_others(tmp_path, olds, said):
    for name, old in zip(("demo", "other"), olds, strict=True):
        folder = tmp_path / "spec" / name
        folder.mkdir(parents=True)
        text = replaced(SERVICE, "service: demo\n", f"service: {name}\n{old}")
        text = replaced(text, "attribute: demo", f"attribute: {name}").replace(
            "DemoClient", f"{name.title()}Client"
        )
        (folder / "service.yaml").write_text(text)
        (folder / "v1.yaml").write_text(V1.replace("demo", name))
    try:
        load_spec(tmp_path / "spec")
        found = []
    except SpecErrors as errors:
        found = [str(problem).removeprefix("spec/") for problem in errors.problems]
    assert found == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["v1.yaml"], "spec/demo: service.yaml is missing."),
        (["service.yaml"], "spec/demo: there is no v<number>.yaml: a service has at least one API version."),
        (["service.yaml", "v1.yaml", "V2.yaml"], "spec/demo/V2.yaml: no name of a descriptor."),
        (["service.yaml", "v1.yaml", "v02.yaml"], "spec/demo/v02.yaml: no name of a descriptor."),
        (["service.yaml", "v1.yaml", "v2.yml"], "spec/demo/v2.yml: no name of a descriptor."),
        ([], "spec: there is no descriptor below this folder."),
    ],
)
def test_files_that_are_missing_or_misnamed(tmp_path, names, said):
    root = write(tmp_path)
    texts = {path.name: path.read_text() for path in (root / "demo").iterdir()}
    for name in texts.keys() - set(names):
        (root / "demo" / name).unlink()
    for name in set(names) - texts.keys():
        (root / "demo" / name).write_text("{}\n")
    with pytest.raises(SpecErrors) as caught:
        load_spec(root)
    assert any(str(problem).startswith(said) for problem in caught.value.problems)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(Path.mkdir, id="folder"),
        pytest.param(lambda path: path.symlink_to("nowhere.yaml"), id="dead link"),
        pytest.param(os.mkfifo, id="pipe"),  # opening it would wait for ever
    ],
)
def test_what_is_no_file_is_named(tmp_path, make):
    root = write(tmp_path)
    make(root / "demo" / "v2.yaml")
    with pytest.raises(SpecErrors) as caught:
        load_spec(root)
    assert [str(problem) for problem in caught.value.problems] == [
        "spec/demo/v2.yaml: this is no file. Put a descriptor there, or remove it."
    ]


def test_a_link_to_a_descriptor_is_a_descriptor(tmp_path):
    root = write(tmp_path)
    (root / "demo" / "v1.yaml").rename(tmp_path / "elsewhere.yaml")
    (root / "demo" / "v1.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert load_spec(root).service("demo").api("1").operations


@pytest.mark.parametrize("edit", [lambda raw: raw.replace(b"\n", b"\r\n"), lambda raw: b"\xef\xbb\xbf" + raw])
def test_line_ends_and_a_byte_order_mark_do_not_count(tmp_path, edit):
    made = load_spec(write(tmp_path))
    for file in (tmp_path / "spec" / "demo").iterdir():
        file.write_bytes(edit(file.read_bytes()))
    assert load_spec(tmp_path / "spec") == made


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SpecErrors, match="nowhere: there is no such folder"):
        load_spec(tmp_path / "nowhere")


def test_a_bool_that_can_be_left_out_has_three_values(tmp_path):
    both = replaced(V1, "- {decode: text,", "- {when: {as_list: false}, decode: text,")
    [complaint] = mistakes(tmp_path, v1=replaced(both, "default: true, ", ""))
    assert "some arguments fit no arm." in complaint


def places(tree, path=()):
    yield path
    for key in range(len(tree)) if isinstance(tree, list) else tree if isinstance(tree, dict) else ():
        yield from places(tree[key], (*path, key))


def edited(tree, path, value):
    if not path:
        return value
    copy = list(tree) if isinstance(tree, list) else dict(tree)
    copy[path[0]] = edited(copy[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize("value", [None, "x", [[]], {"x": 3}])
def test_no_edit_makes_the_loader_stumble(tmp_path, value):
    """Whatever stands in any place, the answer is a spec or a list of mistakes."""
    root = write(tmp_path, v2=V2 + EMPTY)
    for name, text in (("service", SERVICE), ("v1", V1)):
        file = root / "demo" / f"{name}.yaml"
        tree = yaml.safe_load(text)
        for path in places(tree):
            file.write_text(yaml.safe_dump(edited(tree, path, value), sort_keys=False), encoding="utf-8")
            with suppress(SpecErrors):
                load_spec(root)
        file.write_text(text, encoding="utf-8")


# Everything together


def test_all_mistakes_of_all_files_come_at_once_and_exactly_these():
    with pytest.raises(SpecErrors) as caught:
        load_spec(HERE / "broken_spec")
    expected = (HERE / "broken_spec" / "expected.txt").read_text(encoding="utf-8")
    assert str(caught.value) == expected.rstrip("\n")
    assert len(caught.value.problems) >= 30


def test_problems_are_values_in_the_order_of_files_and_lines():
    problems = [
        Problem(Origin("b", 1), "x"),
        Problem(Origin("a", 10), "x"),
        Problem(Origin("a", 9, "p"), "y"),
        Problem(Origin("a", 9, "p"), "y"),
    ]
    places = [str(one.origin) for one in SpecErrors(problems).problems]
    assert places == ["a:9", "a:10", "b:1"]
    assert str(problems[2]) == "a:9: p: y"


@pytest.mark.parametrize("seed", ["0", "1", "12345"])
def test_neither_messages_nor_the_representation_depend_on_the_hash_seed(seed):
    program = (
        "import sys; from pathlib import Path; from codegen.load import load_spec\n"
        "from codegen.problems import SpecErrors\n"
        "print(repr(load_spec(Path(sys.argv[1]))))\n"
        "try:\n    load_spec(Path(sys.argv[2]))\n"
        "except SpecErrors as errors:\n    print(errors)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(SPEC), str(HERE / "broken_spec")],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=SPEC.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    expected = (HERE / "broken_spec" / "expected.txt").read_text(encoding="utf-8")
    assert done.stdout == f"{load_spec(SPEC)!r}\n{expected}"


def test_our_own_descriptors_load_quickly():
    started = time.perf_counter()
    spec = load_spec(SPEC)
    assert time.perf_counter() - started < 3  # a third of a second on a quiet machine
    assert [service.name for service in spec.services] == sorted(service.name for service in spec.services)
    assert all(api.operations for service in spec.services for api in service.apis)
