"""The public tables of addresses: every name and template that scripts know."""

import ast
import json
import re
from pathlib import Path

import pytest

import caveclient_gen
from caveclient_gen import endpoints
from caveclient_gen._generated import endpoints as generated

KNOWN = json.loads((Path(__file__).parents[1] / "data" / "endpoint_tables.json").read_text())
VERSIONS = KNOWN.pop("_api_versions")

UNNAMED = {"CHUNKEDGRAPH_COMMON"}
"""Tables whose public one has a key more: scripts look for the segmentation's "info" there."""


def test_the_list_is_whole():
    assert (len(KNOWN), len(VERSIONS)) == (48, 9)


@pytest.mark.parametrize("name", KNOWN)
def test_table(name):
    """More routes may stand in a table, never fewer, and never other ones."""
    known, ours = KNOWN[name], getattr(endpoints, name)
    if isinstance(known, dict):
        ours = {key: ours.get(key) for key in known}
    assert ours == known


@pytest.mark.parametrize("name", VERSIONS)
def test_versions(name):
    expected = {int(number): getattr(endpoints, table) for number, table in VERSIONS[name].items()}
    assert getattr(endpoints, name) == expected


def test_every_generated_table_has_a_public_name():
    """A service that is added shows up where scripts look for its addresses."""
    public = [id(value) for value in vars(endpoints).values()]
    tables = {name for name, value in vars(generated).items() if isinstance(value, dict) and name.isupper()}
    assert {name for name in tables if id(getattr(generated, name)) not in public} == UNNAMED


def test_templates_come_from_the_descriptors():
    """No template is written by hand, but those of Neuroglancer, which has no descriptor."""
    tree = ast.parse(Path(endpoints.__file__).read_text())
    written = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    by_hand = [text for text in written if isinstance(text, str) and re.search(r"{\w+}|^/\w+/", text)]
    assert by_hand == ["{ngl_url}/version.json"]


def made_client():
    return caveclient_gen.CAVEclient(
        "testds",
        "https://shared.example.org",
        auth_token="a" * 32,
        write_server_cache=False,
        info_cache={
            "testds": {
                "local_server": "https://local.example.org",
                "segmentation_source": "graphene://https://local.example.org/segmentation/table/seg",
            }
        },
    )


@pytest.mark.parametrize(
    ("service", "tables", "route", "address"),
    [
        ("info", "infoservice", "datastack_info", "shared.example.org/info/api/v2/datastack/full/testds"),
        (
            "chunkedgraph",
            "chunkedgraph",
            "is_latest_roots",
            "local.example.org/segmentation/api/v1/table/seg/is_latest_roots",
        ),
        (
            "materialize",
            "materialization",
            "versions",
            "local.example.org/materialize/api/v3/datastack/testds/versions",
        ),
        ("schema", "schema", "get_version", "shared.example.org/schema/views/version"),
        ("state", "jsonservice", "upload_state", "shared.example.org/nglstate/api/v1/post"),
        (
            "l2cache",
            "l2cache",
            "l2cache_data",
            "local.example.org/l2cache/api/v1/table/seg/attributes",
        ),
        ("skeleton", "skeletonservice", "get_version", "local.example.org/skeletoncache/api/version"),
        ("auth", "auth", "get_tokens", "shared.example.org/auth/api/v1/user/token"),
    ],
)
def test_packages_find_the_templates_on_the_client(service, tables, route, address):
    """Packages fill a template of the client's with `default_url_mapping`, and ask for themselves."""
    client = getattr(made_client(), service)
    newest = max(VERSIONS[f"{tables}_api_versions"].items(), key=lambda item: int(item[0]))[1]
    assert client._endpoints.items() >= KNOWN[newest].items()
    assert client._endpoints[route].format_map(client.default_url_mapping) == f"https://{address}"
    assert client._server_address == client.server_address == f"https://{address.partition('/')[0]}"
