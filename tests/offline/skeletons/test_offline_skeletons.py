"""The skeleton service of offline CAVE: real trees, kept once made, in all forms, as servers answer."""

import dataclasses
import gzip
import io
import json
import sys

import h5py
import networkx as nx
import numpy as np
import pytest
import requests
from fixed_annotations import FixedAnnotations, nuclei, synapses
from tubes import FACTS, SUPERVOXELS, tubes
from wire_form import ask, ask_again, assert_same_form, body_of, form, recorded

from caveclient_gen import errors
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.serving import serve
from caveclient_gen.offline.skeletons.engine import Skeletons

API = "/skeletoncache/api/v1/testds"
TABLES = FixedAnnotations(
    nuclei=nuclei("A00", "", "G10", "E20"),
    synapses=synapses(("H00", "E01"), ("H01", "E00"), ("A00", "G20"), ("A01", "G00"), ("", "G01")),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return tubes(tmp_path_factory.mktemp("skeletons") / "fly.cave")


@pytest.fixture(scope="module")
def running(whole):
    with serve(whole) as server:
        yield server


@pytest.fixture
def server(running):
    cave = running.cave
    cave.skeletons = Skeletons(cave.store, cave.facts, cave.segmentation, TABLES)
    with cave.store.write() as connection:
        connection.execute("DELETE FROM skeleton")
        connection.execute("DELETE FROM skeleton_ticket")
    return running


@pytest.fixture(scope="module")
def client(running):
    return running.client().skeleton


@pytest.fixture
def skeletons(server, client):
    client._tickets.forget()  # `server` forgot them too
    return client


@pytest.fixture
def roots(server):
    """Roots by the letter of their tube: G and H are one cell, E and G have a soma."""
    names = [f"{letter}00" for letter in "ABEFG"]
    ids = server.cave.segmentation.roots(np.array([SUPERVOXELS[name] for name in names]))
    return dict(zip("ABEFG", ids.tolist(), strict=True))


def rows(server):
    query = "SELECT root, version, made FROM skeleton ORDER BY 1, 2"
    tickets = "SELECT count(*) FROM skeleton_ticket"
    read = server.cave.store.read()
    return read.execute(query).fetchall(), read.execute(tickets).fetchone()


def as_tree(skeleton):
    graph = nx.Graph(skeleton["edges"].tolist())
    graph.add_nodes_from(range(len(skeleton["vertices"])))
    return graph


# ---- what a skeleton is


@pytest.mark.parametrize("letter", "AEFG")
def test_a_skeleton_is_a_tree_through_the_level_2_nodes(server, skeletons, roots, letter):
    segmentation = server.cave.segmentation
    skeleton = skeletons.get_skeleton(roots[letter])
    nodes = skeleton["lvl2_ids"]
    assert sorted(nodes) == sorted(segmentation.level2_graph(roots[letter]).nodes)
    np.testing.assert_array_equal(skeleton["vertices"], segmentation.positions(nodes))
    volume = segmentation.sizes(nodes) * 8 * 8 * 40
    np.testing.assert_allclose(4 / 3 * np.pi * skeleton["radius"] ** 3, volume)
    assert nx.is_tree(as_tree(skeleton))
    joined = {frozenset(pair) for pair in segmentation.level2_graph(roots[letter]).edges.tolist()}
    assert {frozenset(pair) for pair in nodes[skeleton["edges"]].tolist()} <= joined
    assert skeleton["mesh_to_skel_map"].tolist() == list(range(len(nodes)))
    assert skeleton["meta"]["root_id"] == roots[letter]


def test_it_begins_at_the_soma(server, skeletons, roots):
    skeleton = skeletons.get_skeleton(roots["G"])
    soma = server.cave.segmentation.roots(np.array([SUPERVOXELS["G10"]]), stop_layer=2)
    assert skeleton["lvl2_ids"][skeleton["root"]] == soma[0]
    assert np.flatnonzero(skeleton["compartment"] == 1).tolist() == [skeleton["root"]]
    at = [skeleton["meta"][f"soma_pt_{axis}"] for axis in "xyz"]
    assert at == [(64 + 16) * 8, 80 * 8, 48 * 40]


def test_without_a_soma_it_begins_at_an_end(skeletons, roots):
    skeleton = skeletons.get_skeleton(roots["F"])
    assert as_tree(skeleton).degree[skeleton["root"]] == 1
    assert skeleton["meta"]["soma_pt_x"] is None
    assert 1 not in skeleton["compartment"]


def test_the_axon_has_the_outputs(server, skeletons, roots):
    skeleton = skeletons.get_skeleton(roots["G"])
    axon = skeleton["lvl2_ids"][skeleton["compartment"] == 2]
    tube = np.array([SUPERVOXELS[f"H{at}0"] for at in range(4)])  # the outputs are on it, the inputs on G
    assert set(axon) == set(server.cave.segmentation.roots(tube, stop_layer=2))
    assert set(skeletons.get_skeleton(roots["F"])["compartment"]) == {3}


def test_the_table_of_tubes_after_an_edit(server, roots, tmp_path):
    """A root that an edit made has a skeleton, and so has the one that it replaced."""
    from caveclient_gen.offline.segmentation.engine import Point

    with serve(server.dataset.copy(tmp_path / "edited.cave")) as edited:
        cave = edited.cave
        cave.skeletons = Skeletons(cave.store, cave.facts, cave.segmentation, TABLES)
        a, b = (SUPERVOXELS[name] for name in ("A31", "B31"))
        at = cave.segmentation.positions(np.array([a, b]))
        edit = cave.segmentation.merge(1, Point(a, tuple(at[0])), Point(b, tuple(at[1])))
        client = edited.client().skeleton
        both = client.get_skeleton(edit.new_roots[0])
        assert len(both["lvl2_ids"]) in (7, 8)  # 4 + 4; one less where the merge joined two in one chunk
        assert nx.is_tree(as_tree(both))
        assert len(client.get_skeleton(roots["A"])["lvl2_ids"]) == 4


def test_real_tables_tell_of_somas_and_synapses(server, skeletons, roots, tmp_path):
    """The annotation engine's tables lead to the same skeletons as those that this test wrote down."""
    sizes = {"voxel_resolution_x": 4, "voxel_resolution_y": 4, "voxel_resolution_z": 40}
    with serve(server.dataset.copy(tmp_path / "annotated.cave")) as annotated:
        tables = annotated.cave.annotations
        for name, schema in (("nuclei", "nucleus_detection"), ("synapses", "synapse")):
            tables.create_table(1, name, schema, {"description": name, **sizes})
            rows = TABLES.rows_at(name, 0, with_roots=False)
            tables.add_columns(
                1, name, as_columns(rows.filter(rows[f"{POINT[name]}_supervoxel_id"].is_valid()))
            )
        client = annotated.client().skeleton
        for letter in "AEFG":
            found, expected = client.get_skeleton(roots[letter]), skeletons.get_skeleton(roots[letter])
            for part in ("root", "compartment", "edges", "lvl2_ids"):
                np.testing.assert_array_equal(found[part], expected[part])


POINT = {"nuclei": "pt", "synapses": "pre_pt"}


def as_columns(rows):
    """Return rows as the annotation engine takes them: positions together, supervoxels for it to find."""
    names = {name.removesuffix("_position_x") for name in rows.column_names if name.endswith("_position_x")}
    return {"id": rows["id"].to_numpy() + 1} | {
        f"{name}_position": np.column_stack([rows[f"{name}_position_{axis}"].to_numpy() for axis in "xyz"])
        for name in names
    }


# ---- forms and versions


def test_swc_rows_say_the_same(skeletons, roots):
    skeleton, swc = (
        skeletons.get_skeleton(roots["G"]),
        skeletons.get_skeleton(roots["G"], output_format="swc"),
    )
    assert swc["id"].tolist() == list(range(len(swc)))
    assert (swc["parent"][1:] < swc["id"][1:]).all()
    assert swc["parent"][0] == -1
    assert swc["type"][0] == 1
    row_of = {tuple(at): row for row, at in enumerate(np.round(skeleton["vertices"] / 1000, 3).tolist())}
    vertex = [row_of[tuple(at)] for at in swc[["x", "y", "z"]].to_numpy().tolist()]
    assert sorted(vertex) == list(range(len(vertex)))
    np.testing.assert_array_equal(swc["type"], skeleton["compartment"][vertex])
    np.testing.assert_allclose(swc["radius"], skeleton["radius"][vertex] / 1000, atol=5e-4)
    pairs = {frozenset((vertex[row], vertex[above])) for row, above in enumerate(swc["parent"]) if above >= 0}
    assert pairs == {frozenset(pair) for pair in skeleton["edges"].tolist()}


def test_versions(skeletons, roots):
    assert skeletons.get_versions() == [-1, 0, 1, 2, 3, 4]
    found = {
        version: skeletons.get_skeleton(roots["E"], skeleton_version=version) for version in range(-1, 5)
    }
    assert [found[version]["meta"]["skeleton_version"] for version in found] == [4, 2, 1, 2, 3, 4]
    assert ["lvl2_ids" in found[version] for version in found] == [True, False, False, False, False, True]
    for version in found:
        np.testing.assert_array_equal(found[version]["vertices"], found[4]["vertices"])
    with pytest.raises(errors.InvalidArgumentError):
        skeletons.get_skeleton(roots["E"], skeleton_version=9)


def test_the_forms_that_the_client_does_not_ask_for(server, skeletons, roots):
    root, skeleton = roots["G"], skeletons.get_skeleton(roots["G"])
    path = f"{API}/precomputed/skeleton/4/{root}"
    documents = [
        gzip.decompress(ask(server, f"{path}/{one}").content)
        for one in ("flatdict", "jsoncompressed", "arrayscompressed")
    ] + [ask(server, f"{path}/{one}").content for one in ("json", "arrays")]
    assert all(json.loads(one) == json.loads(documents[0]) for one in documents)
    assert json.loads(documents[0])["vertices"] == skeleton["vertices"].tolist()
    swc = ask(server, f"{path}/swc")
    assert swc.content == gzip.decompress(ask(server, f"{path}/swccompressed").content)
    with h5py.File(io.BytesIO(ask(server, f"{path}/h5").content)) as file:
        np.testing.assert_array_equal(file["vertices"], skeleton["vertices"])
        np.testing.assert_array_equal(file["edges"], skeleton["edges"])
        np.testing.assert_array_equal(file["vertex_properties/radius"], skeleton["radius"])
        assert file["root"][()] == skeleton["root"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("precomputed/skeleton/{}", "<f4"),
        ("precomputed/skeleton/1/{}", "<f4"),
        ("precomputed/skeleton/4/{}", "u1"),
        ("precomputed/skeleton/3/{}/precomputed", "u1"),
        ("async/get_skeleton/{}", "<f4"),
        ("async/get_skeleton/-1/{}", "u1"),
    ],
)
def test_what_viewers_read(server, skeletons, roots, path, kind):
    skeleton = skeletons.get_skeleton(roots["G"])
    data = ask(server, f"{API}/{path.format(roots['G'])}").content
    count, edges = np.frombuffer(data, "<u4", 2)
    assert (count, edges) == (len(skeleton["vertices"]), len(skeleton["edges"]))
    at = 8
    for kind_of, shape, name in (
        ("<f4", (count, 3), "vertices"),
        ("<u4", (edges, 2), "edges"),
        ("<f4", (count,), "radius"),
        (kind, (count,), "compartment"),
    ):
        part = np.frombuffer(data, kind_of, int(np.prod(shape)), at)
        np.testing.assert_allclose(part.reshape(shape), skeleton[name], rtol=1e-6)
        at += part.nbytes
    assert at == len(data)


def test_files_need_their_library(server, roots, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    answer = ask(server, f"{API}/precomputed/skeleton/4/{roots['E']}/h5")
    assert answer.status_code == 501
    assert "Install h5py" in answer.json()["Error"]


def test_a_dataset_without_a_segmentation_has_no_skeletons(tmp_path):
    facts = dataclasses.replace(FACTS, segmentation_table=None)
    with serve(Dataset.create(tmp_path / "flat.cave", facts)) as flat:
        for path in ("async/get_skeleton/4/1/json", "bulk/get_skeletons/4/flatdict/true/1"):
            answer = ask(flat, f"{API}/{path}")
            assert 400 <= answer.status_code < 500
            assert set(answer.json()) == {"Error"}
        body = '{"root_ids": [1, 2]}'
        answer = ask(flat, f"{API}/precomputed/skeleton/exists", method="POST", data=body)
        assert answer.json() == {"1": False, "2": False}


# ---- what is kept


def test_what_is_made_is_kept(server, skeletons, roots):
    both = [roots["E"], roots["F"]]
    assert skeletons.skeletons_exist(root_ids=both) == {roots["E"]: False, roots["F"]: False}
    first = skeletons.get_skeleton(roots["E"])
    assert skeletons.skeletons_exist(root_ids=both) == {roots["E"]: True, roots["F"]: False}
    assert skeletons.skeletons_exist(root_ids=roots["E"]) is True
    assert skeletons.skeletons_exist(root_ids=roots["E"], skeleton_version=3) is False
    assert skeletons.get_skeleton(roots["E"])["meta"] == first["meta"]
    assert [row[:2] for row in rows(server)[0]] == [(roots["E"], 4)]


def test_having_many_made(skeletons, roots):
    every = list(roots.values())
    assert skeletons.generate_bulk_skeletons_async(every) == 0
    assert all(skeletons.skeletons_exist(root_ids=every).values())
    assert list(skeletons.fetch_skeletons(every)) == every


def test_bulk_says_queued_once_and_has_it_then(skeletons, roots):
    both = [roots["E"], roots["F"]]
    kept = skeletons.get_skeleton(roots["E"])
    found = skeletons.get_bulk_skeletons(both, generate_missing_skeletons=True)
    assert list(found) == [roots["E"]]
    assert found.missing == {roots["F"]: "queued"}
    np.testing.assert_array_equal(found[roots["E"]]["vertices"], kept["vertices"])
    assert list(skeletons.get_bulk_skeletons(both)) == both
    swc = skeletons.get_bulk_skeletons(both, output_format="swc")
    assert swc[roots["E"]].equals(skeletons.get_skeleton(roots["E"], output_format="swc"))


def test_fetching_makes_only_if_asked(server, skeletons, roots):
    assert skeletons.fetch_skeletons([roots["F"]]).missing == {roots["F"]: "not kept"}
    assert rows(server)[0] == []
    found = skeletons.fetch_skeletons([roots["F"]], generate_missing_skeletons=True)
    assert (dict(found), found.missing) == ({}, {roots["F"]: "queued"})
    assert list(skeletons.fetch_skeletons([roots["F"]], output_format="swc")) == [roots["F"]]


def test_files_with_a_token_of_their_own(skeletons, roots):
    kept = skeletons.get_skeleton(roots["G"])
    found = skeletons.fetch_skeletons([roots["G"], roots["F"]], method="gcs")
    assert found.missing == {roots["F"]: "not kept"}
    for name, value in kept.items():
        np.testing.assert_array_equal(found[roots["G"]][name], value)


def test_what_is_kept_is_listed(skeletons, roots):
    assert skeletons.get_cache_contents(root_id_prefixes=28823037) == {"num_found": 0, "files": []}
    skeletons.generate_bulk_skeletons_async([roots["E"], roots["F"]])
    found = skeletons.get_cache_contents(root_id_prefixes=["28823037", "9"])
    files = [f"skeleton__v4__rid-{root}__ds-testds.h5.gz" for root in sorted([roots["E"], roots["F"]])]
    assert found == {"num_found": 2, "files": files}
    assert skeletons.get_cache_contents(root_id_prefixes="28823037", limit=1)["files"] == files[:1]
    assert skeletons.get_cache_contents(root_id_prefixes=roots["F"])["num_found"] == 1
    assert skeletons.get_cache_contents(root_id_prefixes=roots["F"], skeleton_version=3)["num_found"] == 0


def test_the_service_tells_of_itself(skeletons):
    assert str(skeletons.get_version()) == "0.23.11"
    assert skeletons.get_refusal_list().shape == (0, 2)
    kinds = {
        version: skeletons.get_precomputed_skeleton_info(version)["vertex_attributes"][1]["data_type"]
        for version in range(-1, 5)
    }
    assert kinds == dict.fromkeys((-1, 3, 4), "uint8") | dict.fromkeys((0, 1, 2), "float32")


def test_there_are_no_meshworks(skeletons, roots):
    with pytest.raises(errors.CAVEError, match="no meshes"):
        skeletons.get_meshwork(roots["E"])
    with pytest.raises(errors.CAVEError, match="no meshes"):
        skeletons.generate_bulk_meshworks_async([roots["E"]])


# ---- on the wire


@pytest.mark.parametrize(
    "name",
    [
        "skeleton/001_get_version",
        "skeleton/002_get_versions",
        "skeleton/003_get_precomputed_skeleton_info",
        "skeleton/005_get_cache_contents",
        "routes/084_skel_info",
    ],
)
def test_the_very_answer_that_was_recorded(server, name):
    exchange = recorded(name)
    answer = ask_again(server, exchange)
    assert_same_form(exchange, answer)
    assert answer.content == body_of(exchange["response"])


@pytest.fixture
def here(roots):
    """Recorded roots to ours: one that is kept, one that is not, one of two tubes."""
    return {
        "288230376151711751": str(roots["E"]),
        "288230376151712144": str(roots["F"]),
        "288230376151712154": str(roots["A"]),
        "288230376151711749": str(roots["G"]),
    }


@pytest.mark.parametrize(
    "name",
    [
        "skeleton/006_skeletons_exist",
        "skeleton/007_skeletons_exist_one",
        "skeleton/014_skeletons_exist_bulk",
        "routes/085_skel_exists_post",
    ],
)
def test_existence_as_recorded(server, skeletons, roots, here, name):
    skeletons.get_skeleton(roots["E"])
    exchange = recorded(name)
    answer = ask_again(server, exchange, replace=here)
    assert_same_form(exchange, answer)
    told = body_of(exchange["response"]).decode()
    for before, now in here.items():
        told = told.replace(before, now)
    assert answer.json() == json.loads(told)


@pytest.mark.parametrize(
    "name",
    [
        "skeleton/004_get_refusal_list",
        "skeleton/008_get_skeleton_dict",
        "skeleton/009_get_skeleton_swc",
        "skeleton/010_get_skeleton_branched",
        "skeleton/011_get_skeleton_branched_swc",
        "skeleton/021_get_skeleton_v1",
        "routes/083_skel_refusal",
    ],
)
def test_attachments_as_recorded(server, here, name):
    exchange = recorded(name)
    answer = ask_again(server, exchange, replace=here)
    assert_same_form(exchange, answer)
    repeated = [
        value for key, value in answer.raw.headers.items() if key.lower() == "access-control-expose-headers"
    ]
    assert repeated == exchange["response"]["repeated_headers"]["access-control-expose-headers"]
    told, found = gzip.decompress(body_of(exchange["response"])), gzip.decompress(answer.content)
    if told.startswith(b"{"):
        told, found = json.loads(told), json.loads(found)
        assert list(told) == list(found)
        if told["edges"] and found["meta"]["soma_pt_x"] is None:
            assert form(told) == form(found)
        assert set(told["meta"]) == set(found["meta"])
    else:
        assert [len(line.split()) for line in told.splitlines()[:1]] == [
            len(line.split()) for line in found.splitlines()[:1]
        ]


def test_a_document_as_recorded(server, here):
    """Field by field, where neither cell has a soma."""
    exchange = recorded("skeleton/010_get_skeleton_branched")
    here["288230376151711749"] = here["288230376151712144"]
    told = json.loads(gzip.decompress(body_of(exchange["response"])))
    found = json.loads(gzip.decompress(ask_again(server, exchange, replace=here).content))
    assert form(found) == form(told)


@pytest.mark.parametrize(
    "name",
    [
        "skeleton/015_get_bulk_skeletons",
        "skeleton/016_get_bulk_skeletons_swc",
        "skeleton/018_fetch_skeletons_server",
    ],
)
def test_many_as_recorded(server, skeletons, roots, here, name):
    skeletons.get_skeleton(roots["E"])
    exchange = recorded(name)
    answer = ask_again(server, exchange, replace=here)
    assert_same_form(exchange, answer)
    told, found = json.loads(body_of(exchange["response"])), answer.json()
    assert [here[root] for root in told] == list(found)
    before, now = bytes.fromhex(told["288230376151711751"]), bytes.fromhex(found[here["288230376151711751"]])
    assert before[:1] == now[:1]  # gzip for JSON, plain for SWC
    assert {found[root] for root in list(found)[1:]} <= {"async"}


def test_generation_as_recorded(server, here):
    exchange = recorded("skeleton/013_generate_bulk_skeletons_async")
    answer = ask_again(server, exchange, replace=here)
    assert_same_form(exchange, answer)
    assert answer.text == "0\n"


# ---- refusals


HUGE = "9" * 5_000
SUPERVOXEL = SUPERVOXELS["E00"]
NO_ROOT = (4 << 56) + 999_999


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"async/get_skeleton/4/{SUPERVOXEL}/flatdict", 400),
        (f"async/get_skeleton/4/{NO_ROOT}/flatdict", 400),
        (f"precomputed/skeleton/4/{NO_ROOT}", 400),
        ("async/get_skeleton/4/0/flatdict", 400),
        ("async/get_skeleton/4/x/flatdict", 404),
        (f"async/get_skeleton/4/{HUGE}/flatdict", 404),
        ("async/get_skeleton/4/-1/flatdict", 404),
        ("async/get_skeleton/9/{root}/flatdict", 400),
        ("async/get_skeleton/1.5/{root}/flatdict", 400),
        (f"async/get_skeleton/{HUGE}/{{root}}/flatdict", 400),
        ("async/get_skeleton/4/{root}/none", 400),
        ("async/get_skeleton/4/{root}/..%2f..%2fcave.sqlite", 404),
        ("async/get_skeleton/4/{root}/%2e%2e", 400),
        ("precomputed/skeleton/5/info", 400),
        ("precomputed/skeleton/query_cache/4/2' OR 1=1/0", 400),
        ("precomputed/skeleton/query_cache/4/%25/0", 400),
        ("precomputed/skeleton/query_cache/4/2882/x", 404),
        ("precomputed/skeleton/query_cache/4/2882/-1", 404),
        ("bulk/get_skeletons/4/flatdict/maybe/{root}", 400),
        ("bulk/get_skeletons/4/flatdict/true/{root};x", 400),
        ("bulk/get_skeletons/4/flatdict/true/1,,2", 400),
        (f"bulk/get_skeletons/4/flatdict/true/{HUGE}", 400),
        ("bulk/get_skeletons/4/flatdict/true/-1", 400),
        ("bulk/get_skeletons/4/h5/true/{root}", 400),
        ("bulk/get_skeletons/4/flatdict/true/" + ",".join(["{root}"] * 11), 400),  # servers drop the last
    ],
)
def test_hostile_questions_change_nothing(server, roots, path, status):
    before = rows(server)
    answer = ask(server, f"{API}/{path.replace('{root}', str(roots['F']))}")
    assert answer.status_code == status, answer.text
    if "%2f" not in path:  # that is no route at all
        assert set(answer.json()) == {"Error"}
    assert rows(server) == before


@pytest.mark.parametrize("route", ["precomputed/skeleton/exists", "bulk/gen_skeletons"])
@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "{}",
        '{"root_ids": 1}',
        '{"root_ids": [1.5]}',
        '{"root_ids": [true]}',
        '{"root_ids": [[1]]}',
        '{"root_ids": [-1]}',
        '{"root_ids": [9223372036854775808]}',
        f'{{"root_ids": [{HUGE}]}}',
        '{"root_ids": ["1; DROP TABLE skeleton"]}',
        '{"root_ids": [], "skeleton_version": "4"}',
        '{"root_ids": [], "skeleton_version": true}',
        '{"root_ids": [], "skeleton_version": 9}',
        "[" * 100_000,
        '{"root_ids": [' + "1," * 4_500_000 + "1]}",
    ],
)
def test_hostile_bodies_change_nothing(server, route, body):
    before = rows(server)
    answer = ask(server, f"{API}/{route}", method="POST", data=body)
    assert answer.status_code in (400, 413)
    assert set(answer.json()) == {"Error"}
    assert rows(server) == before


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("bulk/gen_skeletons", {"root_ids": ["{root}", SUPERVOXEL]}),
        ("bulk/gen_skeletons", {"root_ids": ["{root}", NO_ROOT]}),
        ("bulk/get_cached_skeletons/4/flatdict", {"root_ids": ["{root}", NO_ROOT], "generate_missing": True}),
        ("bulk/get_cached_skeletons/4/flatdict", {"root_ids": ["{root}"], "generate_missing": "yes"}),
        ("bulk/get_cached_skeletons/4/none", {"root_ids": ["{root}"], "generate_missing": True}),
        ("bulk/get_cached_skeletons/4/flatdict", {"root_ids": ["{root}"] * 501, "generate_missing": True}),
        ("bulk/gen_skeletons", {"root_ids": ["{root}"] * 10_001}),
        ("bulk/get_skeleton_token/9", {}),
    ],
)
def test_nothing_is_made_if_one_part_is_wrong(server, roots, route, body):
    before = rows(server)
    text = json.dumps(body).replace("{root}", str(roots["F"]))
    answer = ask(server, f"{API}/{route}", method="POST", data=text)
    assert answer.status_code == 400
    assert set(answer.json()) == {"Error"}
    assert rows(server) == before


def test_ids_that_are_no_roots_are_told_in_bulk(server, roots):
    ids = f"{roots['F']},{SUPERVOXEL},{NO_ROOT},{roots['F']}"
    answer = ask(server, f"{API}/bulk/get_skeletons/4/flatdict/true/{ids}")
    words = {str(roots["F"]): "async", str(SUPERVOXEL): "invalid_layer_rid", str(NO_ROOT): "invalid_rid"}
    assert answer.json() == words


@pytest.mark.parametrize(
    ("token", "name", "status"),
    [
        ("right", "skeleton__v4__rid-{root}__ds-testds.h5.gz", 200),
        ("wrong", "skeleton__v4__rid-{root}__ds-testds.h5.gz", 401),
        ("admin", "skeleton__v4__rid-{root}__ds-testds.h5.gz", 401),  # the CAVE token opens no files
        ("right", "skeleton__v3__rid-{root}__ds-testds.h5.gz", 401),  # another version
        ("right", "skeleton__v4__rid-1__ds-testds.h5.gz", 404),
        ("right", "skeleton__v4__rid-99999999999999999999__ds-testds.h5.gz", 404),
        ("right", "skeleton__v4__rid-9223372036854775808__ds-testds.h5.gz", 404),
        ("right", "skeleton__v4__rid-{root}__ds-other.h5.gz", 404),
        ("right", "cave.sqlite", 404),
    ],
)
def test_who_may_read_files(server, skeletons, roots, token, name, status):
    skeletons.get_skeleton(roots["E"])
    ticket = ask(server, f"{API}/bulk/get_skeleton_token/4", method="POST", data="{}").json()
    assert list(ticket) == ["token", "token_type", "expiry", "bucket", "path_template"]
    word = {"right": ticket["token"], "wrong": "0" * 32, "admin": server.token()}[token]
    answer = requests.get(
        f"{server.address}/skeletoncache/download/storage/v1/b/{ticket['bucket']}/o/"
        + name.replace("{root}", str(roots["E"])),
        headers={"Authorization": f"Bearer {word}"},
        timeout=10,
    )
    assert answer.status_code == status
    stored = server.cave.store.read().execute("SELECT hash FROM skeleton_ticket").fetchall()
    assert ticket["token"] not in {one for (one,) in stored}


def test_a_ticket_ends(server, skeletons, roots):
    skeletons.get_skeleton(roots["E"])
    engine = server.cave.skeletons
    word, _ = engine.issue_ticket(4)
    assert engine.opens(word, 4)
    with server.cave.store.write() as connection:
        connection.execute("UPDATE skeleton_ticket SET expires = expires - 3600000000")
    assert not engine.opens(word, 4)


@pytest.mark.parametrize(("person", "status"), [("viewer", 200), ("stranger", 403), ("newcomer", 403)])
def test_who_may_see_skeletons(server, roots, person, status):
    answer = ask(server, f"{API}/precomputed/skeleton/4/{roots['E']}/json", person=person)
    assert answer.status_code == status
    assert bool(rows(server)[0]) == (status == 200)


def test_an_unknown_datastack(server, roots):
    answer = ask(server, f"/skeletoncache/api/v1/other/precomputed/skeleton/4/{roots['E']}/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_table_id")


def test_two_who_ask_at_once_get_the_same(server, roots):
    from concurrent.futures import ThreadPoolExecutor

    path = f"{API}/precomputed/skeleton/4/{roots['G']}/json"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(server, path).json(), range(8)))
    assert all(one == answers[0] for one in answers)
    assert len(rows(server)[0]) == 1
