"""Query classes: what they accept, what they send, what they show."""

from __future__ import annotations

import inspect
import pickle

import numpy as np
import pandas as pd
import pytest
from materialize_bench import NOW, A, B
from tables_bench import VIEWS, table, tables_served

from caveclient_gen import errors
from caveclient_gen.tools.table_manager import InvalidInequalityException

BOX = [[0, 0, 0], [9, 9, 9]]


@pytest.fixture
def servers():
    with tables_served() as running:
        yield running


@pytest.fixture
def tables(servers):
    return servers.framework().materialize.tables


def filters(body):
    return {name: value for name, value in body.items() if name.startswith("filter_")}


SENT = [
    # what is passed, the filter that goes out
    ({"size": 3}, ("filter_equal_dict", {"size": 3})),
    ({"size": 0}, ("filter_equal_dict", {"size": 0})),
    ({"size": np.float32(1.5)}, ("filter_equal_dict", {"size": 1.5})),
    ({"size": np.array(2)}, ("filter_equal_dict", {"size": 2})),
    ({"valid": False}, ("filter_equal_dict", {"valid": False})),
    ({"id": [1, 2]}, ("filter_in_dict", {"id": [1, 2]})),
    ({"id": range(2)}, ("filter_in_dict", {"id": [0, 1]})),
    ({"id": iter([1, 2])}, ("filter_in_dict", {"id": [1, 2]})),
    ({"pre_pt_root_id": pd.Series([A, B], dtype="Int64")}, ("filter_in_dict", {"pre_pt_root_id": [A, B]})),
    ({"pre_pt_root_id": A}, ("filter_equal_dict", {"pre_pt_root_id": A})),
    ({"size": {">": 0}}, ("filter_greater_dict", {"size": 0})),
    ({"size": {"<": 3}}, ("filter_less_dict", {"size": 3})),
    ({"size": {">=": 3}}, ("filter_greater_equal_dict", {"size": 3})),
    ({"size": {"<=": 3}}, ("filter_less_equal_dict", {"size": 3})),
    ({"ctr_pt_position_bbox": BOX}, ("filter_spatial_dict", {"ctr_pt_position": BOX})),
    ({"ctr_pt_position_bbox": np.array(BOX)}, ("filter_spatial_dict", {"ctr_pt_position": BOX})),
]


@pytest.mark.parametrize(("given", "sent"), SENT)
def test_what_goes_out(servers, tables, given, sent):
    servers.bench.tables["synapses"] = servers.bench.tables["synapses"].append_column("valid", [[True] * 6])
    tables.synapses(**given).query()
    argument, columns = sent
    assert filters(servers.sent()) == {argument: {"synapses": columns}}


def test_several_filters_at_once(servers, tables):
    tables.synapses(size={">": 1, "<=": 5}, id=[1, 2, 3], pre_pt_root_id=None).query(limit=2, offset=1)
    body = servers.sent()
    assert filters(body) == {
        "filter_in_dict": {"synapses": {"id": [1, 2, 3]}},
        "filter_greater_dict": {"synapses": {"size": 1}},
        "filter_less_equal_dict": {"synapses": {"size": 5}},
    }
    assert (body["limit"], body["offset"]) == (2, 1)


@pytest.mark.parametrize("empty", [[], (), set(), np.array([]), pd.Series([], dtype="int64"), range(0)])
def test_an_empty_list_keeps_no_row(servers, tables, empty):  # F002
    assert len(tables.synapses(pre_pt_root_id=empty).query()) == 0
    assert filters(servers.sent()) == {"filter_in_dict": {"synapses": {"pre_pt_root_id": []}}}


def test_an_empty_text_is_a_value(servers, tables):
    """0, "" and False are values; only None is no filter."""
    assert len(tables.cell_types(cell_type="").query()) == 0
    assert filters(servers.sent()) == {"filter_equal_dict": {"cell_types": {"cell_type": ""}}}
    assert len(tables.cell_types(cell_type=None).query()) == 2
    assert filters(servers.sent()) == {}


REFUSED = [
    # what is passed, the error, the start of its message
    ({"size": {"==": 3}}, errors.InvalidArgumentError, "Pass size as a value, a list"),  # F015
    ({"size": {">": 1, "=<": 3}}, errors.InvalidArgumentError, "Pass size as .* no operator '=<'"),
    ({"size": {}}, errors.InvalidArgumentError, "Pass size as .* {} compares nothing"),
    ({"size": {3: 3}}, errors.InvalidArgumentError, "Pass size as .* no operator 3"),
    ({"size": {">": None}}, errors.InvalidArgumentError, "Pass size as a number"),
    ({"size": {">": float("nan")}}, errors.InvalidArgumentError, "Pass"),
    (
        {"size": {">": [3]}},
        errors.InvalidArgumentError,
        "Pass size as a number.* list \\[3\\] cannot be compared",
    ),
    ({"valid": {">": 3}}, InvalidInequalityException, "Pass valid as a value or a list of values"),
    (
        {"sizes": 3},
        TypeError,
        "Filter by a column .* 'sizes'. Did you mean 'size'",
    ),
    ({"sizes": None}, TypeError, "Filter by a column"),
    ({"pre_pt_root_id": 1.5}, errors.InvalidArgumentError, "Pass"),
    ({"pre_pt_root_id": [1.5]}, errors.InvalidArgumentError, "Pass"),
    ({"ctr_pt_position_bbox": [1, 2, 3]}, errors.InvalidArgumentError, "Pass ctr_pt_position_bbox as"),
    ({"ctr_pt_position_bbox": []}, errors.InvalidArgumentError, "Pass ctr_pt_position_bbox as"),
    ({"ctr_pt_position_bbox": {">": 3}}, errors.InvalidArgumentError, "Pass ctr_pt_position_bbox as"),
    ({"ctr_pt_position": [0, 0, 0]}, TypeError, "Filter by .* Did you mean 'ctr_pt_position_bbox'"),
]


@pytest.mark.parametrize(("given", "error", "words"), REFUSED)
def test_what_is_refused(servers, tables, given, error, words):  # F015
    with pytest.raises(error, match=f"^{words}") as caught:
        tables.synapses(**given)
    assert isinstance(caught.value, errors.InvalidArgumentError)
    assert type(pickle.loads(pickle.dumps(caught.value))) is type(caught.value)
    assert servers.bench.count("query") == 0


def test_filters_have_names(tables):
    with pytest.raises(errors.InvalidArgumentError, match=r"^Pass filters by name, id=\[1, 2\]"):
        tables.synapses([1, 2])


# ---- tables that refer to others


def test_columns_of_both_tables(tables):
    """A name that both have is the column of the table with the points; the other one's ends in "_ref"."""
    assert list(inspect.signature(tables.cell_types).parameters) == [
        *("id_ref", "cell_type", "classification_system", "target_id", "valid_ref"),
        *("id", "bb_end_position_bbox", "bb_start_position_bbox", "pt_position_bbox"),
        *("pt_supervoxel_id", "pt_root_id", "valid", "volume"),
    ]


BY_BOTH = [
    # F031, F101: each filter goes to its own table under its own name, boxes and bounds too
    ({"id": 1}, {"filter_equal_dict": {"nuclei": {"id": 1}}}),
    ({"id_ref": 11}, {"filter_equal_dict": {"cell_types": {"id": 11}}}),
    ({"id": 1, "id_ref": 11}, {"filter_equal_dict": {"nuclei": {"id": 1}, "cell_types": {"id": 11}}}),
    ({"id_ref": {">": 10}}, {"filter_greater_dict": {"cell_types": {"id": 10}}}),
    (
        {"pt_position_bbox": BOX, "cell_type": ["BC"]},
        {
            "filter_spatial_dict": {"nuclei": {"pt_position": BOX}},
            "filter_in_dict": {"cell_types": {"cell_type": ["BC"]}},
        },
    ),
]


@pytest.mark.parametrize(("given", "sent"), BY_BOTH)
def test_filters_of_both_tables(servers, tables, given, sent):  # F031, F101
    tables.cell_types(**given).query(metadata=False)
    body = servers.sent()
    assert filters(body) == sent
    assert body["tables"] == [["cell_types", "target_id"], ["nuclei", "id"]]
    assert body["suffix_map"] == {"cell_types": "_ref", "nuclei": ""}


def test_bounds_of_numbers_that_got_a_suffix(servers):  # F101
    """Both tables have a `value`, a number."""
    servers.records = [
        table("values", "reference_tag_float", "nuclei"),
        table("nuclei", "derived_numeric_value"),
    ]
    tables = servers.framework().materialize.tables
    query = tables["values"](value_ref={">": 3})
    assert query._filters.named == {"filter_greater_dict": {"values": {"value": 3}}}


def test_rows_of_both_tables(servers, tables):
    frame = tables.cell_types(cell_type=["23P", "BC"]).query()
    assert frame[["id", "id_ref", "pt_root_id", "cell_type"]].to_dict("list") == {
        "id": [1, 2],
        "id_ref": [11, 12],
        "pt_root_id": [A, B],
        "cell_type": ["23P", "BC"],
    }
    assert frame.attrs["tables"]["cell_types"]["reference_table"] == "nuclei"
    assert servers.bench.count("/table/") == 0, "records are known already"


@pytest.mark.parametrize(
    ("select", "columns"),
    [
        (["id", "cell_type"], ["cell_type", "id"]),
        (["id_ref"], ["id_ref"]),
        (["pt_position"], ["pt_position"]),
        ({"nuclei": ["id"], "cell_types": ["cell_type"]}, ["cell_type", "id"]),
    ],
)
def test_selection_of_both_tables(tables, select, columns):
    assert sorted(tables.cell_types().query(select_columns=select).columns) == columns


@pytest.mark.parametrize("live", [False, True])
def test_selection_of_what_there_is_not(servers, tables, live):
    query = tables.cell_types()
    with pytest.raises(TypeError, match=r"^Select columns that 'cell_types' has: there is no 'id_reff'"):
        query.live_query(NOW, select_columns=["id_reff"]) if live else query.query(["id_reff"])
    assert servers.bench.count("query") == 0


def test_counts(servers, tables):  # F032
    assert tables.synapses(pre_pt_root_id=[A]).query(get_counts=True)["count"].tolist() == [2]
    assert tables.cell_types(cell_type="BC").query(get_counts=True)["count"].tolist() == [1]
    assert servers.paths[-1].endswith("/table/cell_types/query"), "no join to count a table"
    with pytest.raises(errors.InvalidArgumentError, match=r"^Leave out get_counts.*nuclei.*\(pt_root_id\)"):
        tables.cell_types(pt_root_id=[A]).query(get_counts=True)


# ---- moments


def test_the_root_ids_of_a_moment(servers, tables):
    """`query(timestamp=...)` brings root ids up to date here, of the table that is referred to as well."""
    frame = tables.cell_types(pt_root_id=[B]).query(timestamp=NOW)
    assert frame[["id", "id_ref", "pt_root_id"]].to_dict("list") == {
        "id": [2],
        "id_ref": [12],
        "pt_root_id": [B],
    }
    assert servers.sent() is not None
    assert ids(tables.synapses(post_pt_root_id=[B]).query(timestamp=NOW)) == [1, 2, 4]


def ids(frame):
    return sorted(frame["id"].tolist())


def test_one_of_version_and_moment(tables):
    for query in (tables.synapses(), tables.cell_types()):
        with pytest.raises(errors.InvalidArgumentError, match=r"^Pass only one"):
            query.query(materialization_version=2, timestamp=NOW)


def test_live_queries(servers, tables):
    """`live_query` leaves the moment to the server, and sends joins and suffixes."""
    tables.synapses(id=[1, 2]).live_query(NOW, allow_missing_lookups=True)
    asked = servers.bench.asked[-1]
    assert asked.path == "/materialize/api/v3/datastack/ds/query"
    assert asked.query["allow_missing_lookups"] == "true"
    assert asked.body["filter_in_dict"] == {"synapses": {"id": [1, 2]}}
    assert "join_tables" not in asked.body
    tables.cell_types(cell_type="BC").live_query(NOW, limit=5, select_columns=["cell_type"])
    body = servers.sent()
    assert body["join_tables"] == [["cell_types", "target_id", "nuclei", "id"]]
    assert body["suffixes"] == {"cell_types": "_ref", "nuclei": ""}
    assert body["select_columns"] == {"cell_types": ["cell_type"]}
    assert body["limit"] == 5


def test_options_go_through(servers, tables):
    frame = tables.nuclei(id=[1]).query(
        split_positions=True, materialization_version=1, desired_resolution=[8, 8, 40], metadata=False
    )
    assert "/version/1/" in servers.paths[-1]
    assert servers.sent()["desired_resolution"] == [8, 8, 40]
    assert "pt_position_x" in frame.columns
    assert frame.attrs == {}


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("name", ["nuclei", "cell_types", "nucleus_types"])
def test_a_bar_for_long_lists(servers, tables, name, live, capfd):
    servers.bench.tables["nucleus_types"] = servers.bench.tables["nuclei"]
    owner = servers.framework().materialize.views if name == "nucleus_types" else tables
    query = owner[name](id=range(1, 5003))
    for progress, shown in ((None, False), (True, True)):
        frame = query.live_query(NOW, progress=progress) if live else query.query(progress=progress)
        assert len(frame) > 0
        assert ("id/s" in capfd.readouterr().err) is shown


# ---- views


def test_views(servers):
    views = servers.framework().materialize.views
    servers.bench.tables["nucleus_types"] = servers.bench.tables["nuclei"]
    frame = views.nucleus_types(id=[1]).query(select_columns=["id"], metadata=False)
    assert frame.to_dict("list") == {"id": [1]}
    assert servers.paths[-1].endswith("/version/2/views/nucleus_types/query")
    with pytest.raises(errors.InvalidArgumentError, match=r"^Leave out timestamp"):
        views.nucleus_types().query(timestamp=NOW)
    with pytest.raises(InvalidInequalityException):
        views.nucleus_types(cell_type={">": 3})
    views.nucleus_types(id=[1]).live_query(NOW, metadata=False)
    assert servers.sent()["table"] == "nucleus_types"


def test_a_view_that_is_not_live(servers):
    servers.views = (200, {"nucleus_types": {**VIEWS["nucleus_types"], "live_compatible": False}})
    query = servers.framework().materialize.views.nucleus_types(id=[1])
    with pytest.raises(errors.UnsupportedFeatureError, match=r"^Use query\(\) for 'nucleus_types'"):
        query.live_query(NOW)


# ---- what they show


def test_a_class_shows_its_columns(tables):
    lines = repr(tables.nuclei).splitlines()
    assert lines[0] == "nuclei: about nuclei"
    assert (
        lines[1] == "Table of ds version 2; schema nucleus_detection; positions in voxels of 4 x 4 x 40 nm."
    )
    assert lines[2] == "Notice: please cite"
    assert "volume                  float     the volume of the nucleus detected in um^3" in lines
    assert lines[-1] == "e.g. client.materialize.tables.nuclei(pt_root_id=...).query()"
    page = tables.nuclei._repr_html_()
    assert '<td style="text-align: left">pt_position_bbox</td>' in page
    assert inspect.ismethod(tables.nuclei._repr_html_), "notebooks call only methods of classes"
    assert "id_ref " in repr(tables.cell_types)
    assert "id of nuclei" in repr(tables.cell_types)
    assert "one of 'pancake'" not in repr(tables.nuclei)


def test_a_docstring_and_a_signature(servers, tables):
    text = inspect.getdoc(tables.nuclei)
    assert "pt_position_bbox : [[x0, y0, z0], [x1, y1, z1]]\n    the centroid" in text
    assert "in voxels of 4 x 4 x 40 nm" in text
    assert "volume : float | list[float] | {'>': ..., '<=': ...}\n" in text
    parameters = inspect.signature(tables.nuclei).parameters
    assert all(one.default is None and one.kind is one.KEYWORD_ONLY for one in parameters.values())
    servers.records = [table("shapes", "bouton_shape")]
    shapes = servers.framework().materialize.tables.shapes
    assert "one of 'pancake', 'basmati', 'potato'" in shapes.__doc__


def test_names_of_filters(tables):
    nuclei = tables.nuclei
    assert nuclei.fields == list(inspect.signature(nuclei).parameters)
    assert nuclei.numeric_fields[0] == "id"
    assert {"volume", "pt_root_id"} <= set(nuclei.numeric_fields) <= set(nuclei.fields)
    assert nuclei.spatial_fields == [name for name in nuclei.fields if name.endswith("_bbox")] != []


def test_columns_that_are_no_identifiers(servers):
    servers.view_schemas = (
        200,
        {"odd": {"class": {"type": "string"}, "a b": {"type": "integer"}, "self": {"type": "string"}}},
    )
    servers.views = (200, {"odd": VIEWS["nucleus_types"]})
    odd = servers.framework().materialize.views.odd
    assert list(inspect.signature(odd).parameters) == ["self", "filters"]
    query = odd(**{"class": "x", "a b": [1], "self": "y"})
    assert query._filters.named == {
        "filter_equal_dict": {"odd": {"class": "x", "self": "y"}},
        "filter_in_dict": {"odd": {"a b": [1]}},
    }
    assert repr(query) == "odd(**{'class': 'x'}, **{'a b': [1]}, self='y')"


def test_a_query_shows_its_filters(tables):
    query = tables.synapses(pre_pt_root_id=list(range(1, 100)), size={">": 3}, id=None)
    assert repr(query) == "synapses(pre_pt_root_id=[1, 2, 3, ... 99 values], size={'>': 3})"
    assert "99 values" in query._repr_html_()
    assert "all rows" in tables.synapses()._repr_html_()
    assert query.size == {">": 3}
    assert query.id is None
    with pytest.raises(AttributeError, match="no column 'sizes'"):
        _ = query.sizes


def test_queries_are_compared(servers, tables):
    assert tables.synapses(id=[1, 2]) == tables.synapses(id=np.array([1, 2]), size=None)
    assert tables.synapses(id=[1, 2]) != tables.synapses(id=[1])
    assert tables.synapses(id=1) != tables.synapses(id=[1])
    assert tables.synapses() != tables.nuclei()
    assert tables.synapses() != "synapses"
    assert tables.synapses() == servers.framework().materialize.tables.synapses(), "another client, same rows"
    with pytest.raises(TypeError, match="unhashable"):
        hash(tables.synapses())


def test_a_query_can_be_pickled(servers):
    """For process pools; classes are made where they are needed."""
    views = servers.bench.client(version=2, server_version="5.26.4", api_version=3).views
    query = views.nucleus_types(cell_type="BC")
    again = pickle.loads(pickle.dumps(query))
    assert again == query
    assert repr(again) == repr(query)
