"""Every member of the client is asked by a test here, or stands below with the reason."""

import importlib

import pytest
from members import HERE, documented, exercised, exercises, newer_still

NO_SERVER = "works without a server; tests/{} tests it"
PIECES = NO_SERVER.format("materialize/test_tables_pieces.py")
MOCKS = NO_SERVER.format("tools/test_testing.py")
ELSEWHERE = {
    "ClientBaseWithDataset.dataset_name": NO_SERVER.format("runtime/test_base.py"),
    "base.parametrized": NO_SERVER.format("runtime/test_base.py"),
    **dict.fromkeys(
        (
            f"tools.table_manager.{name}"
            for name in (
                "add_with_suffix",
                "bound_pt_position",
                "bound_pt_root_id",
                "combine_names",
                "filter_empty",
                "is_equal_like",
                "is_greaterthan",
                "is_greaterthan_equal",
                "is_isin_like",
                "is_lessthan",
                "is_lessthan_equal",
                "is_list_like",
                "make_kwargs_mixin",
                "pop_empty",
                "replace_empty_with_none",
                "update_spatial_dict",
            )
        ),
        PIECES,
    ),
    **dict.fromkeys(
        (
            f"tools.testing.{name}"
            for name in (
                "CAVEclientMock",
                "api_version_url",
                "default_info",
                "get_api_versions",
                "get_materialiation_info",
                "get_server_information",
                "get_server_versions",
                "get_table_name",
                "info_url",
                "version_url",
            )
        ),
        MOCKS,
    ),
}
"""Documented member to the reason why no offline server is asked by it."""
EVERYWHERE = (
    "api_version",
    "default_url_mapping",
    "fc",
    "raise_for_status",
    "server_address",
    "server_version",
    "timeout",
)
"""Members of all services: test_served_framework.py asks them of each."""
OWN_ELSEWHERE = {
    **{
        f"{group}.prepare": NO_SERVER.format("runtime/test_prepare.py")
        for group in (
            "annotation", "auth", "chunkedgraph", "info", "l2cache",
            "materialize", "schema", "skeleton", "state",
        )
    },
    "global.setup_token": "the same function as client.setup_token",
}  # fmt: skip
"""The same, for members that only this client has."""


def read_all():
    """Import all test modules of this folder, so that each says what it exercises."""
    for file in sorted(HERE.glob("test_served_*.py")):
        importlib.import_module(file.stem)


def test_every_documented_member_is_asked():
    read_all()
    missing = [name for name in documented() if name not in exercised and name not in ELSEWHERE]
    assert missing == []


def test_reasons_are_of_documented_members_that_no_test_asks():
    read_all()
    assert set(ELSEWHERE) <= set(documented())
    assert [name for name in ELSEWHERE if name in exercised] == []


def test_every_further_member_is_asked():
    read_all()
    own = [name for name in newer_still() if name.split(".")[1] not in EVERYWHERE]
    assert [name for name in own if name not in exercised and name not in OWN_ELSEWHERE] == []
    assert [name for name in OWN_ELSEWHERE if name not in own or name in exercised] == []


def test_what_is_exercised_exists():
    read_all()
    known = {*documented(), *newer_still()}
    assert [name for name in exercised if name not in known] == []


def test_a_member_that_a_test_does_not_ask_is_seen(client):
    @exercises("info", "get_datastacks", "viewer_site")
    def claims_too_much():
        client.info.get_datastacks()

    try:
        with pytest.raises(AssertionError, match=r"never asked: \['viewer_site'\]"):
            claims_too_much()
    finally:
        for name in ("info.get_datastacks", "info.viewer_site"):
            exercised[name].discard("claims_too_much")
