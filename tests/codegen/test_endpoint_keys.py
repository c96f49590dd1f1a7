"""The tables of address templates: keys of operations, keys that stand in the descriptor, and roots."""

import dataclasses

from demo_spec import ALL, service

from codegen import ir
from codegen.endpoint_tables import tables_of

OLD = ir.ExtraEndpoint("old", "/demo/old/{table_id}", "A page.")
HOST = "{demo_server_address}"


def demo(*operations, common=(), versioned=()):
    made = service(*operations)
    api = dataclasses.replace(made.apis[0], extra_endpoints=versioned)
    return dataclasses.replace(made, apis=(api,), extra_endpoints=common)


def test_keys_of_operations_come_first():
    common, versioned = tables_of(demo(*ALL, common=(OLD,), versioned=(OLD,)))
    assert common.routes == (
        ("get_version", f"{HOST}/demo/version"),
        ("old", f"{HOST}/demo/old/{{table_id}}"),
    )
    assert [name for name, _ in versioned.routes] == ["get_roots", "volume_path", "old"]
    assert dict(versioned.routes)["old"] == f"{HOST}/demo/old/{{table_id}}"
    assert versioned.other_roots == ()


def test_another_base_has_a_root_of_its_own():
    paths = ("/mesh/api/v1/table/{table_id}", "/mesh/api/v1/other", "/two/parts/api/v1/x", "/sticky/settings")
    elsewhere = [
        dataclasses.replace(ALL[0], name=f"op_{number}", path=path, endpoint=None, endpoint_path=None)
        for number, path in enumerate(paths)
    ]
    _, versioned = tables_of(demo(*ALL, *elsewhere))
    assert versioned.other_roots == (("DEMO_V1_MESH_ROOT", f"{HOST}/mesh/api/v1"),)
