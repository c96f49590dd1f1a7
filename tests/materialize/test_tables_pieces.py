"""The parts of the table manager under the names that newer clients have for them."""

from __future__ import annotations

import ast
import inspect
import json
import pickle
from pathlib import Path

import pytest
from materialize_bench import A, B
from tables_bench import DEFINITIONS, FEW, VIEW_SCHEMAS, VIEWS, table, tables_served

from caveclient_gen import errors, materializationengine
from caveclient_gen.tools import table_manager as parts

NEWER = [
    one
    for one in json.loads((Path(__file__).parents[1] / "data" / "newer_api.json").read_text())
    if one["module"] == "caveclient.tools.table_manager" and one["kind"] in ("function", "class", "constant")
]
BY_NAME = {one["table_name"]: one for one in FEW}


@pytest.fixture
def servers():
    with tables_served() as running:
        yield running


def names_and_defaults(signature: str) -> list[tuple[str, object]]:
    arguments = ast.parse(f"def {signature}: ...").body[0].args
    defaults = [inspect.Parameter.empty] * (len(arguments.args) - len(arguments.defaults))
    for default in arguments.defaults:
        is_name = isinstance(default, ast.Name)
        defaults.append(getattr(parts, default.id) if is_name else ast.literal_eval(default))
    return [(one.arg, default) for one, default in zip(arguments.args, defaults, strict=True)]


@pytest.mark.parametrize("member", NEWER, ids=lambda one: f"{one.get('class', '')}.{one['name']}")
def test_signature(member):
    found = getattr(parts, member["name"])
    if member["kind"] == "constant":
        assert found == ast.literal_eval(member["signature"].partition(" = ")[2])
        return
    given = [(one.name, one.default) for one in inspect.signature(found).parameters.values()]
    assert given == names_and_defaults(member["signature"])


IS = [
    # value; equal, list, isin
    (None, (False, False, False)),
    (0, (True, False, False)),
    ("", (True, False, False)),
    ("text", (True, False, False)),
    (False, (True, False, False)),
    ([], (False, True, True)),
    ([1], (False, True, True)),
    ({1}, (False, True, True)),
    ({">": 1}, (False, True, False)),
]


@pytest.mark.parametrize(("value", "kinds"), IS, ids=repr)
def test_kinds_of_values(value, kinds):
    assert (parts.is_equal_like(value), parts.is_list_like(value), parts.is_isin_like(value)) == kinds


@pytest.mark.parametrize(
    ("check", "operator"),
    [
        (parts.is_lessthan, "<"),
        (parts.is_greaterthan, ">"),
        (parts.is_lessthan_equal, "<="),
        (parts.is_greaterthan_equal, ">="),
    ],
)
def test_bounds(check, operator):
    assert check({operator: 0})
    assert not any(check({other: 0}) for other in ("<", ">", "<=", ">=", "==") if other != operator)
    assert not check(operator)


def test_dicts():
    given = {"a": None, "b": 0, "c": "", "d": [], "e": [1]}
    assert parts.pop_empty(given) is given == {"b": 0, "c": "", "d": [], "e": [1]}
    assert parts.filter_empty(given) == {"b": 0, "c": "", "e": [1]}
    assert parts.replace_empty_with_none({}) is None
    assert parts.replace_empty_with_none({"a": 0}) == {"a": 0}
    assert parts.update_spatial_dict({"pt_position_bbox": 1, "x": 2}) == {"pt_position": 1, "x": 2}
    assert (parts.bound_pt_position("pt"), parts.bound_pt_root_id("pt")) == ("pt_position", "pt_root_id")


def test_names_of_two_tables():
    assert parts.add_with_suffix(["id", "tag"], ["id"], "_ref") == (["id_ref", "tag"], {"id_ref": "id"})
    assert parts.add_with_suffix(["id"], ["id"], "") == (["id"], {})
    assert parts.combine_names("a", ["id", "x"], "b", ["id", "y"], ["", "_ref"]) == (
        ["id", "x", "id_ref", "y"],
        {"id": "a", "x": "a", "id_ref": "b", "y": "b"},
        {"id_ref": "id"},
    )


def test_metadata(servers):
    client = servers.framework()
    assert parts.get_all_table_metadata(client)["nuclei"]["schema"] == "nucleus_detection"
    assert parts.get_all_table_metadata(client, FEW) == BY_NAME
    assert parts.get_all_view_metadata(client) == (VIEWS, VIEW_SCHEMAS)
    assert parts.table_metadata("nuclei", client, {"a": 1}) == {"a": 1}
    before = len(servers.paths)
    parts.populate_table_cache(client, FEW)
    parts.populate_schema_cache(client, {"nucleus_detection": DEFINITIONS["nucleus_detection"]})
    assert parts.table_metadata("nuclei", client) == BY_NAME["nuclei"]
    assert parts.get_col_info("nucleus_detection", client)[0] == ["pt"]
    assert len(servers.paths) == before
    parts.populate_schema_cache(client)
    parts.populate_table_cache(servers.framework())
    assert len(servers.paths) == before + 2
    with pytest.raises(ValueError, match="Use CAVEclient"):
        parts.populate_schema_cache(servers.bench.client())


COLUMNS = [
    # schema, options; points, columns, numbers, unbound points
    (
        ("nucleus_detection", {}),
        (["pt"], ["id", "valid", "volume"], ["id", "volume"], ["bb_end", "bb_start"]),
    ),
    (
        ("synapse", {"omit_fields": ["valid", "pre_pt"]}),
        (["post_pt"], ["id", "size"], ["id", "size"], ["ctr_pt"]),
    ),
    (
        ("synapse", {"allow_types": ["boolean"], "add_fields": []}),
        (["post_pt", "pre_pt"], ["valid"], [], ["ctr_pt"]),
    ),
    (
        ("cell_type_reference", {"numeric_types": []}),
        ([], ["id", "cell_type", "classification_system", "target_id", "valid"], [], []),
    ),
]


@pytest.mark.parametrize(("asked", "found"), COLUMNS)
def test_columns_of_a_schema(servers, asked, found):
    schema, options = asked
    given = parts.get_col_info(schema, servers.framework(), schema_definition=DEFINITIONS[schema], **options)
    assert tuple(map(sorted, given)) == tuple(map(sorted, found))


@pytest.mark.parametrize("merge", [True, False])
def test_fields_of_a_table(servers, merge):
    client = servers.framework()
    parts.populate_schema_cache(client, DEFINITIONS)
    parts.populate_table_cache(client, FEW)
    info = parts.get_table_info("cell_types", BY_NAME["cell_types"], client, merge_schema=merge)
    fields = parts.make_class_vals(*info)
    assert ("pt_root_id" in fields) is ("pt_position_bbox" in fields) is ("volume" in fields) is merge
    assert info.table_list == (["nuclei", "cell_types"] if merge else ["cell_types"])
    if merge:
        column = fields["id_ref"]
        assert (column.own, column.table, column.is_numeric) == ("id", "cell_types", True)  # F101
        assert (fields["id"].table, fields["bb_end_position_bbox"].own) == ("nuclei", "bb_end_position")
        assert "valid_ref" not in info.numeric_vals


def test_fields_of_a_view():
    others = {"ids": {"type": "array"}, "either": {"type": ["string", "integer"]}, "untold": {}}
    schema = VIEW_SCHEMAS["nucleus_types"] | others
    info = parts.get_view_info("nucleus_types", VIEWS["nucleus_types"], schema)
    assert info.numeric_vals == ["id", "volume"]
    fields = parts.make_class_vals(*info, raw_points=True)
    assert sorted(fields) == ["cell_type", "id", "pt_position_bbox", "volume"]
    assert fields["pt_position_bbox"].own == "pt_position"


def test_classes(servers):
    client = servers.framework()
    parts.populate_schema_cache(client, DEFINITIONS)
    parts.populate_table_cache(client, FEW)
    made = parts.make_query_filter("cell_types", BY_NAME["cell_types"], client)
    frame = made(cell_type=["23P", "BC"]).query(select_columns=["pt_root_id"])
    assert frame["pt_root_id"].tolist() == [A, B]
    assert parts.rename_fields({"id_ref": 1, "pt_position_bbox": 3}, made) == {"id": 1, "pt_position_bbox": 3}
    by_table = {"cell_types": {"id_ref": 1, "valid_ref": True}, "nuclei": {"id": 2}}  # F031
    assert parts.rename_fields(by_table, made) == {
        "cell_types": {"id": 1, "valid": True},
        "nuclei": {"id": 2},
    }
    with pytest.raises(errors.InvalidArgumentError, match="id_ref, id are of two tables"):
        parts.rename_fields({"id_ref": 1, "id": 2}, made)
    assert parts.make_query_filter("flat", table("flat", "bound_tag"), client)(id=1) is not None
    view = parts.make_query_filter_view("v", VIEWS["nucleus_types"], VIEW_SCHEMAS["nucleus_types"], client)
    assert issubclass(view, parts.make_kwargs_mixin(client, True).__mro__[1])
    sizes = {f"voxel_resolution_{axis}": size for axis, size in zip("xyz", (4.0, 4.0, 40.0), strict=True)}
    schema = VIEW_SCHEMAS["nucleus_types"] | {"ids": {"type": "array"}}
    sized = parts.make_query_filter_view("v", sizes, schema, client)
    assert sorted(sized.fields) == ["cell_type", "id", "pt_position_bbox", "volume"]
    assert sized._layout.record["voxel_resolution"] == [4.0, 4.0, 40.0]
    assert "no column" not in repr(parts.make_kwargs_mixin(client))
    with pytest.raises(errors.InvalidArgumentError, match="is of no table"):
        parts.make_kwargs_mixin(client)(id=1)
    frozen = parts.make_kwargs_mixin(client, is_view=True, live_compatible=False)
    with pytest.raises(errors.UnsupportedFeatureError):
        type("v", (frozen,), {"_layout": view._layout})().live_query("now")


def test_all_queries_take_the_same():
    for kind in (parts.TableQuery, parts.ViewQuery):
        assert inspect.signature(kind.query) == inspect.signature(parts.RowQuery.query)


def test_columns_of_a_schema_that_is_not_known_yet(servers):
    client = servers.framework()
    servers.bench.overrides["/type/bound_tag"] = lambda ask: (200, DEFINITIONS["bound_tag"])
    for _ in range(2):
        assert parts.get_col_info("bound_tag", client)[1] == ["id", "tag", "valid"]
    assert [path for path in servers.paths if "/type" in path] == ["/schema/api/v2/type/bound_tag"]


def test_the_error():
    error = parts.InvalidInequalityException()
    assert isinstance(error, errors.InvalidArgumentError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error) != ""


def test_constants():
    assert materializationengine.DEFAULT_COMPRESSION == "zstd"
    assert "5.13.0" in materializationengine.direct_sql_error_msg
