"""The services that all datastacks share: info, schema and state, with what the other services say."""

import dataclasses
import json
import re
import sys
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from members import exercises

from caveclient_gen import errors, format_utils

VOLUME = "minicortex_volume"


def record(served):
    """Return the datastack's record as plain HTTP has it."""
    answer = requests.get(
        f"{served.address}/info/api/v2/datastack/full/minicortex",
        headers={"Authorization": f"Bearer {served.token()}"},
        timeout=10,
    )
    assert answer.status_code == 200
    return answer.json()


RECORDED = {
    "get_datastack_info": lambda full: full,
    "get_aligned_volume_info": lambda full: full["aligned_volume"],
    "aligned_volume_name": lambda full: full["aligned_volume"]["name"],
    "aligned_volume_id": lambda full: full["aligned_volume"]["id"],
    "local_server": lambda full: full["local_server"],
    "annotation_endpoint": lambda full: full["local_server"] + "/annotation",
    "viewer_site": lambda full: full["viewer_site"],
    "image_source": lambda full: full["aligned_volume"]["image_source"],
    "segmentation_source": lambda full: full["segmentation_source"],
    "viewer_resolution": lambda full: [full[f"viewer_resolution_{axis}"] for axis in "xyz"],
    "get_datastacks": lambda full: ["minicortex"],
    "get_aligned_volumes": lambda full: [VOLUME],
    "get_datastacks_by_aligned_volume": lambda full: ["minicortex"],
    "get_image_mirrors": lambda full: [],
    "get_image_mirror_names": lambda full: [],
}
"""Member to what it is made of."""


@pytest.mark.parametrize("member", RECORDED)
@exercises("info", *RECORDED)
def test_what_info_knows_stands_in_the_record(served, client, member):
    found, names = getattr(client.info, member), [VOLUME] if member.endswith("by_aligned_volume") else []
    found = found(*names) if callable(found) else found
    expected = RECORDED[member](record(served))
    assert (found.tolist() if hasattr(found, "tolist") else found) == expected


@exercises("info", "get_datastack_info", "viewer_resolution", "get_aligned_volume_info_by_id")
def test_the_record_is_that_of_the_dataset(served, client):
    facts, info = served.cave.facts, client.info.get_datastack_info()
    names = ("synapse_table", "soma_table", "cell_identification_table", "description")
    assert [info[name] for name in names] == [getattr(facts, name) for name in names]
    assert tuple(client.info.viewer_resolution()) == facts.viewer_resolution
    volume = info["aligned_volume"]
    found = client.info.get_aligned_volume_info_by_id(volume["id"])
    assert (found["name"], volume["name"]) == (facts.aligned_volume, facts.aligned_volume)


@exercises("info", "refresh_stored_data", "get_datastack_info")
def test_records_are_kept_until_they_are_refreshed(served, monkeypatch):
    info, facts = served.client().info, served.cave.facts
    assert info.get_datastack_info()["description"] == facts.description
    monkeypatch.setattr(served.cave, "facts", dataclasses.replace(facts, description="changed there"))
    assert info.get_datastack_info()["description"] == facts.description
    info.refresh_stored_data()
    assert info.get_datastack_info()["description"] == "changed there"


@exercises("info", "get_datastack_record", "get_aligned_volume_info_by_name", "get_viewer_layers")
@exercises("info", "datastack_name", "info_cache")
def test_what_more_this_client_asks_info(served, client):
    full = record(served)
    assert client.info.datastack_name == "minicortex"
    plain = client.info.get_datastack_record()
    shared = ("segmentation_source", "synapse_table", "soma_table", "viewer_site", "description")
    assert {name: plain[name] for name in shared} == {name: full[name] for name in shared}
    assert client.info.get_aligned_volume_info_by_name(VOLUME) == full["aligned_volume"]
    (layer,) = client.info.get_viewer_layers()[VOLUME]["segmentation_layers"]
    assert layer["segmentation_source"] == full["segmentation_source"]
    client.info.get_datastack_info()
    assert client.info.info_cache["minicortex"]["soma_table"] == full["soma_table"]


@exercises("info", "synapse_segmentation_source", "image_cloudvolume", "segmentation_cloudvolume")
def test_what_an_offline_datastack_has_not(client, monkeypatch):
    with pytest.raises(errors.UnsupportedFeatureError, match="no synapse segmentation"):
        client.info.synapse_segmentation_source()
    monkeypatch.setitem(sys.modules, "cloudvolume", None)
    for opened in (client.info.image_cloudvolume, client.info.segmentation_cloudvolume):
        with pytest.raises(ImportError, match="cloud-volume"):
            opened()


FORMS = {
    "format_raw": ("segmentation_source", "{path}"),
    "format_graphene": ("segmentation_source", "graphene://{web}"),
    "format_verbose_graphene": ("segmentation_source", "graphene://middleauth+{web}"),
    "format_cloudvolume": ("segmentation_source", "graphene://{web}"),
    "format_neuroglancer": ("segmentation_source", "graphene://{web}"),
    "format_cave_explorer": ("segmentation_source", "graphene://middleauth+{web}"),
    "format_precomputed_neuroglancer": ("image_source", "precomputed://{web}"),
    "format_precomputed_https": ("image_source", "precomputed://{web}"),
}


@pytest.mark.parametrize("member", FORMS)
@exercises("format_utils", *FORMS)
def test_paths_of_the_datastack_for_viewers(client, member):
    source, form = FORMS[member]
    path = getattr(client.info, source)()
    web = path.split("://", 1)[1]
    assert web.startswith("http://127.0.0.1")
    assert getattr(format_utils, member)(path) == form.format(path=path, web=web)


@exercises("schema", "get_schemas", "schema_definition", "schema_definition_multi", "schema_definition_all")
def test_schemas_describe_the_columns_of_the_tables(client, frozen):
    names = client.schema.get_schemas()
    all_of_them = client.schema.schema_definition_all()
    assert sorted(all_of_them) == sorted(names)
    for table in ("synapses", "nuclei", "cell_types", "proofreading_status", "tags"):
        kind = client.annotation.get_table_metadata(table)["schema_type"]
        one = client.schema.schema_definition(kind)
        assert client.schema.schema_definition_multi([kind]) == {kind: one}
        assert one == all_of_them[kind]
        fields = set(one["definitions"][one["$ref"].rsplit("/", 1)[1]]["properties"])
        stored = {re.sub(r"_(position(_[xyz])?|supervoxel_id|root_id)$", "", name) for name in frozen(table)}
        assert stored - {"id", "valid"} <= fields | {"target_id"}


@exercises("state", "upload_state_json", "get_state_json", "build_neuroglancer_url", "state_service_endpoint")
@exercises("state", "ngl_url", "get_neuroglancer_info")
def test_a_link_for_a_viewer_leads_to_the_state(served, client, cells):
    state = {"layers": [{"type": "segmentation", "name": "cells", "segments": [cells.pre, str(cells.post)]}]}
    number = client.state.upload_state_json(state)
    found = client.state.get_state_json(number)
    assert found["layers"][0]["segments"] == [str(cells.pre), str(cells.post)]
    assert json.loads(zlib.decompress(served.cave.states.get(number))) == found
    assert client.state.state_service_endpoint == f"{served.address}/nglstate/api/v1/post"
    assert client.state.ngl_url == client.info.viewer_site()
    assert client.state.get_neuroglancer_info() == {}  # no viewer is there to tell
    link = client.state.build_neuroglancer_url(number, target_site="seunglab")
    (place,) = parse_qs(urlsplit(link).query)["json_url"]
    header = client.auth.request_header
    assert requests.get(place, headers=header, timeout=10).json() == found
    newer = client.state.build_neuroglancer_url(number, target_site="spelunker")
    assert newer == f"{client.state.ngl_url}/#!middleauth+{place}"
    assert client.state.get_state_json(newer) == found


@exercises("state", "get_state_raw", "get_property_raw", "get_table_info")
@exercises("state", "upload_state_json", "upload_property_json")
def test_states_as_they_lie_there(client, cells):
    number = client.state.upload_state_json({"segments": [str(cells.pre)]})
    assert json.loads(zlib.decompress(client.state.get_state_raw(number))) == {"segments": [str(cells.pre)]}
    number = client.state.upload_property_json({"ids": [str(cells.post)]})
    assert json.loads(zlib.decompress(client.state.get_property_raw(number))) == {"ids": [str(cells.post)]}
    assert client.state.get_table_info().startswith("User: 1 - project minicortex")


@exercises("state", "upload_property_json", "get_property_json", "build_neuroglancer_url")
def test_properties_for_a_viewer(client):
    properties = client.materialize.neuroglancer_segprop_info("cell_types")
    number = client.state.upload_property_json(properties)
    assert client.state.get_property_json(number) == properties
    source = client.state.build_neuroglancer_url(number, format_properties=True)
    assert source.startswith("precomputed://middleauth+")
    place = f"{source.removeprefix('precomputed://middleauth+')}/info"
    assert requests.get(place, headers=client.auth.request_header, timeout=10).json() == properties


@exercises("state", "save_state_json_local")
def test_a_state_in_a_file(client, cells, tmp_path):
    client.state.save_state_json_local({"segments": [cells.pre]}, tmp_path / "state.json")
    assert json.loads((tmp_path / "state.json").read_text()) == {"segments": [str(cells.pre)]}
    with pytest.raises(errors.InvalidArgumentError, match="overwrite=True"):
        client.state.save_state_json_local({}, tmp_path / "state.json")


@exercises("jsonservice", "neuroglancer_json_encoder")
def test_numbers_of_numpy_in_states(cells):
    import numpy as np

    from caveclient_gen import jsonservice

    assert jsonservice.neuroglancer_json_encoder(np.int64(cells.pre)) == str(cells.pre)
    assert jsonservice.neuroglancer_json_encoder(cells.now[:2]) == [str(one) for one in cells.now[:2]]
