"""Every member of the client is asked by a test here, or stands below with the reason."""

import importlib
import re

import pytest
from members import HERE, documented, exercised, exercises, newer_still

NO_SERVER = "works without a server; tests/{} tests it"
PIECES = NO_SERVER.format("materialize/test_tables_pieces.py")
MOCKS = NO_SERVER.format("tools/test_testing.py")
ELSEWHERE = {
    "ClientBaseWithDataset.dataset_name": NO_SERVER.format("runtime/test_base.py"),
    "base.parametrized": NO_SERVER.format("runtime/test_base.py"),
    **{name: MOCKS for name in documented() if name.startswith("tools.testing.")},
    "tools.table_manager.add_with_suffix": PIECES,
    "tools.table_manager.bound_pt_position": PIECES,
    "tools.table_manager.bound_pt_root_id": PIECES,
    "tools.table_manager.combine_names": PIECES,
    "tools.table_manager.filter_empty": PIECES,
    "tools.table_manager.is_equal_like": PIECES,
    "tools.table_manager.is_greaterthan": PIECES,
    "tools.table_manager.is_greaterthan_equal": PIECES,
    "tools.table_manager.is_isin_like": PIECES,
    "tools.table_manager.is_lessthan": PIECES,
    "tools.table_manager.is_lessthan_equal": PIECES,
    "tools.table_manager.is_list_like": PIECES,
    "tools.table_manager.make_kwargs_mixin": PIECES,
    "tools.table_manager.pop_empty": PIECES,
    "tools.table_manager.replace_empty_with_none": PIECES,
    "tools.table_manager.update_spatial_dict": PIECES,
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


@pytest.mark.parametrize(
    ("member", "reason"), [one for one in (ELSEWHERE | OWN_ELSEWHERE).items() if "tests/" in one[1]]
)
def test_the_test_that_a_reason_names_speaks_of_the_member(member, reason):
    (path,) = re.findall(r"tests/\S+", reason)
    assert re.search(rf"\b{member.rpartition('.')[2]}\b", (HERE.parents[2] / path).read_text())


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
