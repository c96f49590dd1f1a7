"""The public tables of addresses: every name and template that scripts know."""

import json
from pathlib import Path

import pytest

from caveclient_gen import endpoints

KNOWN = json.loads((Path(__file__).parents[1] / "data" / "endpoint_tables.json").read_text())
VERSIONS = KNOWN.pop("_api_versions")
SERVICES = ("auth", "chunkedgraph", "info", "materialization", "schema")
OTHER_NAMES = ("default_global_server_address", "mat_v2_api", "mat_v3_api", "pcg_", "v1_auth")
OURS = sorted(name for name in KNOWN if name.startswith((*SERVICES, *OTHER_NAMES)))


def test_the_list_is_whole():
    assert len(OURS) == 28


@pytest.mark.parametrize("name", OURS)
def test_table(name):
    """More routes may stand in a table, never fewer, and never other ones."""
    known, ours = KNOWN[name], getattr(endpoints, name)
    if isinstance(known, dict):
        ours = {key: ours.get(key) for key in known}
    assert ours == known


@pytest.mark.parametrize("name", [name for name in VERSIONS if name.startswith(SERVICES)])
def test_versions(name):
    expected = {int(number): getattr(endpoints, table) for number, table in VERSIONS[name].items()}
    assert getattr(endpoints, name) == expected
