"""`client.materialize.tables` and `.views`: what there is, and what it costs to know."""

from __future__ import annotations

import gc
import inspect
import pickle
import threading
import weakref

import pytest
from tables_bench import FEW, NAMES, VIEW_SCHEMAS, VIEWS, table, tables_served

from caveclient_gen import errors
from caveclient_gen.tools.table_manager import BaseManager, TableManager, ViewManager


@pytest.fixture
def servers():
    with tables_served() as running:
        yield running


MANY = [table(f"table_{number:03}", ["synapse", "bound_tag"][number % 2]) for number in range(300)]
TWO_REQUESTS = {
    "/schema/api/v2/types_all",
    "/materialize/api/v3/datastack/ds/version/2/tables/metadata",
}


def test_three_hundred_tables_cost_two_requests_and_no_class(servers):
    servers.records = MANY
    tables = servers.framework().materialize.tables
    repr(tables), tables._repr_html_(), dir(tables), tables._ipython_key_completions_()
    assert len(tables) == len(list(tables)) == len(tables.to_frame()) == 300
    assert "table_007" in tables
    assert tables.find("_29") == [f"table_{number}" for number in range(290, 300)]
    assert sorted(servers.paths) == sorted(TWO_REQUESTS)
    assert tables._made == {}, "classes are made when they are used"
    assert tables.table_007 is tables["table_007"] is tables.get("table_007")
    assert list(tables._made) == ["table_007"]
    tables.table_009(tag=["a"])
    assert len(servers.paths) == 2


def test_the_two_requests_go_out_together(servers):
    both = threading.Barrier(2, timeout=20)
    for end in ("/tables/metadata", "/types_all"):
        answer = servers.bench.overrides[end]
        servers.bench.overrides[end] = lambda ask, answer=answer: (both.wait(), answer(ask))[1]
    assert len(servers.framework().materialize.tables) == 3


def test_one_manager_per_version(servers):  # F078
    client = servers.framework().materialize
    tables, views = client.tables, client.views
    assert client.tables is tables
    assert client.views is views
    assert len(servers.paths) == 4
    client._version = 1
    assert client.tables is not tables
    assert client.views is not views
    assert any("/version/1/tables" in path for path in servers.paths)
    assert any("/version/1/views" in path for path in servers.paths)
    client._version = 2
    assert client.tables is tables


@pytest.mark.parametrize("change", [{"datastack_name": "other", "version": 7}, {"version": 1}, {}])
def test_equal_names_stay_apart(servers, change):  # F003
    """A second datastack, version or server with a table of the same name has columns of its own."""
    first = servers.framework().materialize
    assert "volume" in inspect.signature(first.tables.nuclei).parameters
    with tables_served() as others:
        others.records = servers.records = [table("nuclei", "bound_tag", description="another")]
        second = (servers if change else others).framework(**change).materialize
        assert list(inspect.signature(second.tables.nuclei).parameters) == [
            *("id", "pt_position_bbox", "pt_supervoxel_id", "pt_root_id", "tag", "valid")
        ]
        assert "another" in second.tables.nuclei.__doc__
        assert "volume" in inspect.signature(first.tables.nuclei).parameters
        assert second.tables.nuclei() != first.tables.nuclei()


def test_threads_share_one_manager(servers):  # F083
    client = servers.framework().materialize
    found = []
    threads = [threading.Thread(target=lambda: found.append(client.tables["nuclei"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 8
    assert len(set(map(id, found))) == 1
    assert len(servers.paths) == 2


def test_what_is_kept_ends_with_the_client(servers):  # F083
    framework = servers.framework()
    framework.materialize.tables.nuclei()
    client = weakref.ref(framework.materialize)
    del framework
    gc.collect()
    assert client() is None


def test_names_of_any_form(servers):  # F100
    servers.records = [table(name, "bound_tag") for name in [*NAMES, "plain"]]
    tables = servers.framework().materialize.tables
    for name in NAMES:
        assert name in tables
        assert tables[name](tag="x")._layout.name == name
    assert tables.find("FIN") == ["find"]
    assert tables.table_names == sorted([*NAMES, "plain"])
    assert tables._hidden is tables["_hidden"]
    assert getattr(tables, "two words") is tables["two words"]
    assert {"find", "plain", "table_names"} <= set(dir(tables))
    assert "two words" not in dir(tables)
    assert "class" not in dir(tables)
    assert set(tables._ipython_key_completions_()) == {*NAMES, "plain"}
    assert "tables['two words'](" in repr(tables["two words"])


@pytest.mark.parametrize("name", ["nucleii", "nope", "_ipython_display_", "__len__x"])
def test_names_that_are_none(servers, name):
    tables = servers.framework().materialize.tables
    with pytest.raises(KeyError, match="Choose one of the 3 tables of ds, version 2") as caught:
        tables[name]
    assert isinstance(caught.value, errors.InvalidArgumentError)
    assert ("Did you mean 'nuclei'?" in str(caught.value)) is (name == "nucleii")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))
    with pytest.raises(AttributeError):
        getattr(tables, name)
    assert tables.get(name) is None
    assert name not in tables


def test_lists_show_what_is_known(servers):
    servers.records = [
        *FEW,
        table("evil", "bound_tag", description="<script>\x1b[31m\nalert(1)</script> " + "x" * 80),
    ]
    tables = servers.framework().materialize.tables
    text, page = repr(tables), tables._repr_html_()
    assert text.splitlines()[:3] == [
        "4 tables of ds, version 2",
        "table       schema               refers to  description",
        "cell_types  cell_type_reference  nuclei     about cell_types",
    ]
    assert "\x1b" not in text
    assert len(text.splitlines()) == 6
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "x" * 80 in page
    for shown in (repr(tables.evil), tables.evil.__doc__):
        assert "\x1b" not in shown
    assert "<script>" not in tables.evil._repr_html_() + tables.evil(tag="<script>")._repr_html_()
    frame = tables.to_frame()
    assert frame.loc["nuclei", "notice_text"] == "please cite"
    servers.records = MANY
    assert "... and 270 more: find" in repr(servers.framework().materialize.tables)


def test_records_are_not_asked_for_twice(servers):
    client = servers.framework().materialize
    assert len(client.tables) == 3
    frame = client.query_table("nuclei")
    assert frame.attrs["tables"]["nuclei"]["notice_text"] == "please cite"
    assert not [path for path in servers.paths if path.endswith("/nuclei/metadata")]
    client.get_table_metadata("nuclei", log_warning=False)["voxel_resolution"].clear()
    assert client.get_table_metadata("nuclei", log_warning=False)["voxel_resolution"] == [4.0, 4.0, 40.0]


def test_api_2_has_tables(servers):  # F045
    """Its servers list names only; what is known of a table is asked for when it is first used."""
    client = servers.framework(api_version=2).materialize
    tables = client.tables
    assert tables.table_names == ["cell_types", "nuclei", "synapses"]
    assert servers.bench.count("/metadata") == 0
    servers.bench.records = {(one["table_name"], 2): one for one in FEW}
    cell_types = tables.cell_types(cell_type="BC", volume={">": 1})
    assert cell_types._layout.reference == "nuclei"
    assert servers.bench.count("/metadata") == 2
    tables.nuclei()
    assert servers.bench.count("/metadata") == 2
    assert "nucleus_detection" in repr(tables)
    with pytest.raises(errors.UnsupportedFeatureError, match="API"):
        _ = client.views.nucleus_types


NO_VIEWS = [(404, {}), (404, None), (404, {"message": "no views"}), (200, {})]


@pytest.mark.parametrize("views", NO_VIEWS)
def test_a_datastack_without_views(servers, views):  # F044
    servers.views = servers.view_schemas = views
    views = servers.framework().materialize.views
    assert (len(views), list(views), views.find("x")) == (0, [], [])
    assert repr(views) == "0 views of ds, version 2"
    assert views.to_frame().empty


def test_an_unknown_version_is_not_an_empty_one(servers):  # F044
    servers.views = servers.view_schemas = (
        500,
        {"code": 500, "message": "404 Not Found: version 9 not found"},
    )
    client = servers.framework().materialize
    for _ in range(2):  # failures are not kept
        with pytest.raises(errors.NotFoundError, match="version 9"):
            _ = client.views.table_names
    servers.views, servers.view_schemas = (200, VIEWS), (200, VIEW_SCHEMAS)
    assert client.views.table_names == ["nucleus_types"]


@pytest.mark.parametrize("given", [(), (VIEWS,), (None, VIEW_SCHEMAS), (VIEWS, VIEW_SCHEMAS)])
def test_view_manager_finds_what_it_was_not_given(servers, given):  # F044
    views = ViewManager(servers.framework(), *given)
    assert views.nucleus_types(cell_type="BC", volume={"<": 3}) is not None
    assert len(servers.paths) == 2 - sum(one is not None for one in given)
    assert (views._version, views.nucleus_types._layout.version) == (2, 2)


@pytest.mark.parametrize(
    "given", [{}, {"metadata": FEW}, {"schema": True}, {"metadata": FEW, "schema": True}]
)
def test_table_manager_finds_what_it_was_not_given(servers, given):
    given = {**given, **({"schema": servers.definitions} if "schema" in given else {})}
    tables = TableManager(servers.framework(), **given)
    assert tables.nuclei(volume={"<": 3}) is not None
    assert len(servers.paths) == 2 - len(given)


def test_a_dead_schema_service_costs_the_columns_only(servers, caplog):
    servers.schema_status = 500
    servers.bench.overrides["/type/nucleus_detection"] = lambda ask: (500, {"message": "down"})
    client = servers.framework().materialize
    assert client.tables.find("nuc") == ["nuclei"]
    assert "one by one" in caplog.text
    with pytest.raises(errors.ServerError) as caught:
        _ = client.tables.nuclei
    assert "query_table('nuclei') works without" in caught.value.__notes__[0]
    definition = servers.definitions["nucleus_detection"]
    servers.bench.overrides["/type/nucleus_detection"] = lambda ask: (200, definition)
    assert "volume" in repr(client.tables.nuclei)


def test_a_schema_younger_than_the_list(servers):
    """The schema service's one answer for all lacks it; it is asked for by name."""
    definition = servers.definitions.pop("nucleus_detection")
    servers.bench.overrides["/type/nucleus_detection"] = lambda ask: (200, definition)
    tables = servers.framework().materialize.tables
    assert tables.nuclei(volume=1.0) == tables.nuclei(volume=1)
    assert tables.cell_types(volume=1.0) is not None
    assert sum(path.endswith("/type/nucleus_detection") for path in servers.paths) == 1


def test_a_reference_that_is_gone(servers):
    """The table that is referred to has no record in this version, so there is nothing to join."""
    servers.records = [table("cell_types", "cell_type_reference", "gone")]
    assert "id" in inspect.signature(servers.framework().materialize.tables.cell_types).parameters


def test_without_a_framework_client(servers):
    alone = servers.bench.client(version=2)
    with pytest.raises(ValueError, match=r"^Use CAVEclient"):
        _ = alone.tables
    assert alone.views.table_names == ["nucleus_types"]
    assert TableManager(alone, FEW, servers.definitions).find("") == ["cell_types", "nuclei", "synapses"]


def test_a_client_with_tables_can_be_pickled(servers):
    client = servers.bench.client(version=2)
    _ = client.views.nucleus_types
    assert pickle.loads(pickle.dumps(client))._known_tables._managers == {}


def test_managers_are_compared_without_making_classes(servers):
    client = servers.framework().materialize
    assert client.tables == client.tables
    assert client.tables != client.views
    assert {client.tables: 1}
    assert client.tables._made == {}
    assert isinstance(client.tables, BaseManager)
    assert repr(BaseManager()) == "0 tables"
