"""Level-2 properties and skeletons by the client, against the segmentation."""

import io

import numpy as np
import pandas as pd
import pytest
import requests
from members import exercises


@pytest.fixture(scope="module")
def level2(served, cells):
    """Level-2 nodes of one cell."""
    return served.cave.segmentation.leaves([cells.edited], stop_layer=2)[0]


@exercises("l2cache", "attributes", "cache_metadata", "has_cache", "table_mapping", "default_url_mapping")
@exercises("l2cache", "table_name")
def test_what_the_cache_has(served, client):
    assert client.l2cache.has_cache() is True
    assert sorted(client.l2cache.attributes) == sorted(client.l2cache.cache_metadata())
    table = served.cave.facts.segmentation_table
    assert list(client.l2cache.table_mapping()) == [table] == [client.l2cache.table_name]
    assert client.l2cache.default_url_mapping["table_id"] == table


@exercises("l2cache", "get_l2data", "get_l2data_table")
def test_the_size_of_a_cell_is_that_of_its_supervoxels(served, client, plan, level2):
    pieces = plan.pieces.supervoxels
    sizes = dict(zip(pieces.ids.tolist(), pieces.size.tolist(), strict=True))
    voxel = np.prod(plan.volume.layout.resolution)
    table = client.l2cache.get_l2data_table(level2)
    assert sorted(table.index) == sorted(level2.tolist())
    leaves = served.cave.segmentation.leaves(table.index.to_numpy())
    volumes = np.array([sum(sizes[leaf] for leaf in part.tolist()) for part in leaves]) * voxel
    np.testing.assert_allclose(table.size_nm3, volumes, rtol=1e-3)
    single = client.l2cache.get_l2data(level2[:3], attributes=["size_nm3", "rep_coord_nm"])
    assert {int(node) for node in single} == set(level2[:3].tolist())
    for node, data in single.items():
        assert data["size_nm3"] == table.size_nm3[int(node)]
        place = [table[f"rep_coord_nm_{axis}"][int(node)] for axis in "xyz"]
        assert list(data["rep_coord_nm"]) == place
        chunk = plan.volume.layout.chunk_of(np.array([int(node)]))[0]
        size = np.array(plan.volume.layout.chunk_size) * plan.volume.layout.resolution
        assert (np.floor(np.array(place) / size) == chunk).all()


@exercises("skeleton", "get_skeleton", "skeletons_exist", "get_cache_contents")
def test_the_skeleton_of_a_cell(served, client, cells, level2):
    found = client.skeleton.get_skeleton(cells.edited)
    assert found["meta"]["root_id"] == cells.edited
    assert set(np.array(found["lvl2_ids"]).tolist()) <= set(level2.tolist())
    edges = np.array(found["edges"])
    assert len(edges) == len(found["vertices"]) - 1
    assert edges.max() < len(found["vertices"])
    table = client.skeleton.get_skeleton(cells.edited, output_format="swc")
    nanometres = np.array(found["vertices"])
    np.testing.assert_allclose(
        np.sort(table[["x", "y", "z"]].to_numpy() * 1000, axis=0), np.sort(nanometres, axis=0), atol=1
    )
    assert (table.parent == -1).sum() == 1
    assert client.skeleton.skeletons_exist(root_ids=[cells.edited, cells.untouched])[cells.edited]
    (name,) = client.skeleton.get_cache_contents(root_id_prefixes=[cells.edited])["files"]
    assert str(cells.edited) in name


@exercises("skeleton", "get_bulk_skeletons", "fetch_skeletons", "generate_bulk_skeletons_async")
@exercises("skeleton", "skeletons_exist")
def test_skeletons_of_many_cells(own, cells):
    skeletons = own.client().skeleton
    roots = cells.now.tolist()
    first = skeletons.get_bulk_skeletons(roots, generate_missing_skeletons=False, output_format="swc")
    assert not set(first) & {root for root in roots if not skeletons.skeletons_exist(root_ids=[root])[root]}
    assert skeletons.generate_bulk_skeletons_async(roots) >= 0
    assert all(skeletons.skeletons_exist(root_ids=roots).values())
    bulk = skeletons.get_bulk_skeletons(roots, output_format="swc")
    fetched = skeletons.fetch_skeletons(roots, output_format="swc", method="gcs")
    assert sorted(map(int, bulk)) == sorted(map(int, fetched)) == sorted(roots)
    for root in roots[:3]:
        alone = skeletons.get_skeleton(root, output_format="swc")
        for other in (bulk[root], fetched[root]):
            other = other if isinstance(other, pd.DataFrame) else pd.read_csv(io.StringIO(other), sep=" ")
            assert len(other) == len(alone)


@exercises("skeleton", "get_version", "get_versions", "get_refusal_list", "get_precomputed_skeleton_info")
@exercises("skeleton", "server_version", "datastack_name", "storage_address")
def test_what_the_skeleton_service_says_of_itself(served, client):
    skeletons = client.skeleton
    header = client.auth.request_header
    plain = requests.get(f"{served.address}/skeletoncache/api/versions", headers=header, timeout=10)
    assert plain.json() == skeletons.get_versions()
    assert skeletons.get_version() == skeletons.server_version
    assert skeletons.datastack_name == "minicortex"
    assert skeletons.storage_address == f"{served.address}/skeletoncache"
    assert len(skeletons.get_refusal_list()) == 0
    assert {one["id"] for one in skeletons.get_precomputed_skeleton_info(4)["vertex_attributes"]} == {
        "radius",
        "compartment",
    }


@exercises("skeleton", "compressStringToBytes", "decompressBytesToString")
@exercises("skeleton", "compressDictToBytes", "decompressBytesToDict")
def test_compressed_skeletons_are_read(served, client, cells):
    skeletons = client.skeleton
    text = f"skeleton of {cells.edited}"
    assert skeletons.decompressBytesToString(skeletons.compressStringToBytes(text)) == text
    record = {"root": [1, 2], "b": "x y"}
    assert skeletons.decompressBytesToDict(skeletons.compressDictToBytes(record)) == record
    plain = requests.get(
        f"{served.address}/skeletoncache/api/v1/minicortex/precomputed/skeleton/4/{cells.edited}/flatdict",
        headers=client.auth.request_header,
        timeout=10,
    )
    document = skeletons.decompressBytesToDict(plain.content)
    assert len(document["lvl2_ids"]) == len(skeletons.get_skeleton(cells.edited)["vertices"])


@exercises("skeleton", "get_meshwork", "generate_bulk_meshworks_async")
def test_meshworks(client, cells):
    from caveclient_gen import errors

    for ask in (
        client.skeleton.get_meshwork,
        lambda root: client.skeleton.generate_bulk_meshworks_async([root]),
    ):
        with pytest.raises(errors.ServerError, match="Not in offline CAVE"):
            ask(cells.edited)
