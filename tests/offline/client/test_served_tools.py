"""Functions that scripts import beside the clients, on answers of an offline server."""

import sys
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import requests
from members import exercises

from caveclient_gen import base, datastack_lookup, materializationengine, session_config
from caveclient_gen.tools import caching, table_manager


@exercises("materializationengine", "deserialize_query_response", "concatenate_position_columns")
@exercises(
    "materializationengine", "convert_position_columns", "string_format_timestamp", "convert_timestamp"
)
def test_an_answer_that_was_fetched_by_hand(served, client, frozen):
    moment = materializationengine.convert_timestamp("2024-12-01")
    assert moment == datetime(2024, 12, 1, tzinfo=UTC)
    answer = requests.post(
        f"{served.address}/materialize/api/v3/datastack/minicortex/query",
        params={"return_pyarrow": True, "arrow_format": True, "direct_sql_pandas": True},
        json={"table": "nuclei", "timestamp": materializationengine.string_format_timestamp(moment)},
        headers=client.auth.request_header,
        timeout=10,
    )
    split = materializationengine.deserialize_query_response(answer)
    joined = materializationengine.concatenate_position_columns(split).set_index("id")
    stored = frozen("nuclei").set_index("id").loc[joined.index]
    places = stored[[f"pt_position_{axis}" for axis in "xyz"]].to_numpy()
    np.testing.assert_array_equal(np.vstack(joined.pt_position), places)
    fine = materializationengine.convert_position_columns(joined, [4, 4, 40], [1, 1, 1])
    np.testing.assert_allclose(np.vstack(fine.pt_position), places * [4, 4, 40])
    asked = client.materialize.live_live_query("nuclei", moment).set_index("id").loc[joined.index]
    assert asked.pt_root_id.tolist() == joined.pt_root_id.tolist()


@exercises("tools.caching", "stored_info_cache", "CachedClient", "server_key")
def test_a_client_that_knows_the_record_already(served, monkeypatch):
    place = {"auth_token": served.token(), "write_server_cache": False}
    stored = caching.stored_info_cache("minicortex", served.address, **place)
    record = stored["minicortex"]
    assert record["segmentation_source"].endswith("minicortex_pcg")
    key = caching.server_key("minicortex", served.address, **place)
    assert key != caching.server_key("minicortex", served.address, auth_token=served.token("viewer"))
    client = caching.CachedClient("minicortex", served.address, **place)
    with monkeypatch.context() as nobody:
        nobody.setattr(served.cave.identity, "user_of", lambda token: None)  # whoever asks now is refused
        assert client.info.get_datastack_info()["soma_table"] == "nuclei"
        assert client.materialize.synapse_table == "synapses"
    assert client.materialize.version == 3


@exercises("tools.table_manager", "get_all_table_metadata", "get_all_view_metadata", "table_metadata")
@exercises("tools.table_manager", "populate_schema_cache", "populate_table_cache", "make_query_filter")
@exercises("tools.table_manager", "make_query_filter_view", "get_table_info", "get_view_info", "get_col_info")
@exercises("tools.table_manager", "make_class_vals", "rename_fields")
def test_query_classes_by_hand(served, frozen):
    client = served.client()
    tables = table_manager.get_all_table_metadata(client)
    views, schemas = table_manager.get_all_view_metadata(client)
    assert sorted(tables) == sorted(client.materialize.get_tables())
    assert (sorted(views), sorted(schemas)) == (["connections", "nucleus_types"],) * 2
    table_manager.populate_schema_cache(client)
    table_manager.populate_table_cache(client)
    assert table_manager.table_metadata("tags", client)["schema"] == "bound_tag"
    made = table_manager.make_query_filter("tags", tables["tags"], client)
    tag = frozen("tags").tag[0]
    assert sorted(made(tag=tag).query().id) == sorted(frozen("tags").query("tag == @tag").id)
    view = table_manager.make_query_filter_view(
        "nucleus_types", views["nucleus_types"], schemas["nucleus_types"], client
    )
    assert len(view().query()) == len(frozen("cell_types"))
    info = table_manager.get_table_info("cell_types", tables["cell_types"], client)
    joined = client.materialize.tables.cell_types().query(split_positions=True)
    # Points are fields with several columns each; all other fields are columns of the answer.
    fields = table_manager.make_class_vals(*info)
    plain = {name for name in fields if not name.endswith("_bbox")}
    assert plain <= set(joined.columns)
    columns = table_manager.get_view_info("connections", views["connections"], schemas["connections"])
    assert set(table_manager.make_class_vals(*columns, raw_points=True)) == {*schemas["connections"]}
    assert table_manager.get_col_info("bound_tag", client)[0] == ["pt"]
    own = client.materialize.tables.cell_types
    assert table_manager.rename_fields({"id_ref": 1}, own) == {"id": 1}


@exercises("datastack_lookup", "handle_server_address", "get_datastack_cache", "reset_server_address_cache")
@exercises("datastack_lookup", "read_map", "write_map", "is_writable")
def test_a_server_is_remembered_for_its_datastack(served, tmp_path):
    file = tmp_path / "map.json"
    assert datastack_lookup.is_writable(file)
    found = datastack_lookup.handle_server_address("minicortex", served.address, file, write=True)
    assert found == served.address
    assert datastack_lookup.read_map(file) == datastack_lookup.get_datastack_cache(file)
    assert datastack_lookup.handle_server_address("minicortex", None, file) == served.address
    datastack_lookup.reset_server_address_cache("minicortex", file)
    assert datastack_lookup.read_map(file) == {}
    assert datastack_lookup.write_map({"minicortex": served.address}, file)
    assert datastack_lookup.read_map(file) == {"minicortex": served.address}


@exercises("session_config", "patch_session", "set_session_defaults", "get_session_defaults")
def test_a_session_of_ones_own(served, client):
    before = session_config.get_session_defaults()
    session_config.set_session_defaults(max_retries=1)
    try:
        assert session_config.get_session_defaults()["max_retries"] == 1
        assert served.client().info.get_datastacks() == ["minicortex"]
    finally:
        session_config.set_session_defaults(max_retries=before["max_retries"])
    with requests.Session() as session:
        session_config.patch_session(session, max_retries=1)
        url = f"{served.address}/info/api/v2/datastacks"
        assert session.get(url, headers=client.auth.request_header, timeout=10).json() == ["minicortex"]


@exercises("BaseEncoder", "default")
def test_numbers_in_bodies(cells):
    import json

    assert json.loads(json.dumps({"ids": cells.now}, cls=base.BaseEncoder)) == {"ids": cells.now.tolist()}
    assert base.BaseEncoder().default(np.int64(cells.pre)) == cells.pre
    assert base.BaseEncoder().default(pd.Series(cells.now)) == cells.now.tolist()


@exercises("__main__", "main")
def test_the_command_of_the_package(capsys, monkeypatch):
    from caveclient_gen import __main__

    monkeypatch.setattr(sys, "argv", ["caveclient-gen", "--help"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 0
    assert "serve" in capsys.readouterr().out
