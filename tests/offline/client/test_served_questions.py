"""The questions that people bring to CAVE, each answered by a few lines of a script."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from caveclient_gen import CAVEclient, errors
from caveclient_gen.offline.moments import as_micros
from caveclient_gen.offline.testing.fixture import OfflineCave


@pytest.fixture(scope="module")
def synapses(frozen):
    """Synapses between two cells, read from the file."""
    table = frozen("synapses")
    return table[table.pre_pt_root_id != table.post_pt_root_id]


def test_partners_of_a_cell_with_counts_and_types(client, synapses, frozen, cells):
    out = client.materialize.synapse_query(pre_ids=cells.pre)
    partners = out.groupby("post_pt_root_id").size().rename("n_syn").reset_index()
    types = client.materialize.query_table("cell_types")[["pt_root_id", "cell_type"]]
    partners = partners.merge(types, left_on="post_pt_root_id", right_on="pt_root_id", how="left")
    counts = synapses[synapses.pre_pt_root_id == cells.pre].groupby("post_pt_root_id").size()
    assert (
        partners.drop_duplicates("post_pt_root_id").set_index("post_pt_root_id").n_syn.to_dict()
        == counts.to_dict()
    )
    nuclei = frozen("nuclei").set_index("id").pt_root_id
    known = {(nuclei[row.target_id], row.cell_type) for row in frozen("cell_types").itertuples()}
    typed = partners.dropna(subset="cell_type")
    assert len(typed) > 0
    assert set(zip(typed.post_pt_root_id, typed.cell_type, strict=True)) <= known


def test_all_synapses_among_many_cells_whatever_the_cap(own, synapses):
    """As many requests as it takes: the server sends 50 rows at a time."""
    cave = OfflineCave(own)
    among = np.unique(synapses[["pre_pt_root_id", "post_pt_root_id"]])
    cave.truncate_at(50)
    try:
        found = own.client().materialize.synapse_query(pre_ids=among, post_ids=among)
        with pytest.raises(errors.TruncatedResultError):
            own.client().materialize.query_table("synapses")
    finally:
        cave.truncate_at(None)
    assert sorted(found.id) == sorted(synapses.id)


def test_is_my_id_current_and_what_is_it_now(served, client, frozen):
    """Ten thousand ids, old ones among them: by a supervoxel of each cell, or by what was most like it."""
    old = np.resize(frozen("nuclei", 2).pt_root_id, 10_000)
    current = client.chunkedgraph.is_latest_roots(old)
    assert current.shape == old.shape
    ends = served.cave.segmentation.root_ends(old)
    assert (current == (ends == -1)).all()
    anchors = np.resize(frozen("nuclei", 2).pt_supervoxel_id, 10_000)
    now = client.chunkedgraph.get_roots(anchors)
    assert client.chunkedgraph.is_latest_roots(now).all()
    assert (now[current] == old[current]).all()
    for root in np.unique(old[~current]):
        assert client.chunkedgraph.is_latest_roots([client.chunkedgraph.suggest_latest_roots(root)]).all()


def test_the_same_analysis_at_an_expired_version(served, client):
    moment = client.materialize.get_timestamp(1)
    nuclei = client.materialize.live_live_query("nuclei", moment)
    out = client.materialize.live_live_query(
        "synapses", moment, filter_in_dict={"synapses": {"pre_pt_root_id": nuclei.pt_root_id}}
    )
    then = pd.read_parquet(served.cave.versions.file(1, "synapses"))
    expected = then[then.pre_pt_root_id.isin(nuclei.pt_root_id)]
    assert sorted(out.id) == sorted(expected.id)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_which_version_do_these_ids_share(served, client, version):
    ids = pd.read_parquet(served.cave.versions.file(version, "nuclei")).pt_root_id
    moments = {
        one["version"]: one["time_stamp"] for one in client.materialize.get_versions_metadata(expired=True)
    }
    shared = [n for n, moment in moments.items() if client.chunkedgraph.is_latest_roots(ids, moment).all()]
    assert shared == [version]


def test_the_type_of_a_root_and_the_root_of_a_nucleus(served, client, frozen):
    nucleus = frozen("cell_types").target_id[0]
    root = client.materialize.query_table("nuclei", filter_equal_dict={"id": nucleus}).pt_root_id[0]
    assert root == frozen("nuclei").set_index("id").pt_root_id[nucleus]
    found = client.materialize.query_table("cell_types", filter_equal_dict={"pt_root_id": root})
    assert frozen("cell_types").cell_type[0] in set(found.cell_type)
    now = client.materialize.tables.nuclei(id=nucleus).live_query("now").pt_root_id[0]
    anchor = frozen("nuclei").set_index("id").pt_supervoxel_id[nucleus]
    assert now == served.cave.segmentation.roots([anchor])[0]


def test_the_root_at_a_point(own, plan):
    """A table of points does it: points get their supervoxels when they are posted."""
    client = own.client("editor")
    places = plan.pieces.supervoxels.position[10:20]
    client.annotation.create_table("points_to_find", "bound_tag", "Where are these?", [8, 8, 40])
    frame = pd.DataFrame({"pt_position": places.tolist(), "tag": "here"})
    ids = client.annotation.post_annotation_df("points_to_find", frame, ["pt_position"])
    found = client.materialize.live_live_query("points_to_find", "now").set_index("id").loc[ids]
    assert found.pt_supervoxel_id.tolist() == plan.pieces.supervoxels.ids[10:20].tolist()
    assert (
        found.pt_root_id.tolist() == own.cave.segmentation.roots(plan.pieces.supervoxels.ids[10:20]).tolist()
    )


def test_cells_in_a_box_of_nanometres(client, frozen):
    stored = client.materialize.get_table_metadata("nuclei")["voxel_resolution"]
    low, high = np.array([0, 0, 0]), np.array([30_000, 130_000, 20_000])
    box = np.array([low, high]) / stored
    found = client.materialize.query_table(
        "nuclei", filter_spatial_dict={"pt_position": box}, desired_resolution=[1, 1, 1], split_positions=True
    )
    places = frozen("nuclei")[[f"pt_position_{axis}" for axis in "xyz"]].to_numpy() * [4, 4, 40]
    inside = ((places >= low) & (places <= high)).all(axis=1)
    assert 0 < inside.sum() < len(inside)
    assert sorted(found.id) == sorted(frozen("nuclei").id[inside])
    assert (found[["pt_position_x", "pt_position_y", "pt_position_z"]].to_numpy(float) <= high).all()


def test_the_list_of_tables_and_what_a_column_means(client):
    listed = client.materialize.tables.to_frame()
    assert listed.loc["cell_types", "reference_table"] == "nuclei"
    assert "root id at pre_pt" in repr(client.materialize.tables.synapses)
    with pytest.raises(errors.InvalidArgumentError, match="pre_pt_root_id"):
        client.materialize.tables.synapses(pre_pt_rootid=1)
    with pytest.raises(errors.CAVEError, match="pre_pt_rootid"):
        client.materialize.query_table("synapses", filter_equal_dict={"pre_pt_rootid": 1})
    with pytest.raises(errors.CAVEError, match="synapse"):
        client.materialize.query_table("synapse")


def test_the_partners_of_a_cell_from_a_view(client, synapses, cells):
    found = client.materialize.views.connections(post_pt_root_id=cells.post, n_syn={">=": 2}).query()
    counts = synapses[synapses.post_pt_root_id == cells.post].groupby("pre_pt_root_id").size()
    assert found.set_index("pre_pt_root_id").n_syn.to_dict() == counts[counts >= 2].to_dict()


def test_skeletons_volume_and_area_of_a_cell(own, served, cells, plan):
    client = own.client()
    client.skeleton.generate_bulk_skeletons_async(cells.now)
    found = client.skeleton.fetch_skeletons(cells.now, output_format="swc")
    assert sorted(found) == sorted(cells.now.tolist())
    level2 = client.chunkedgraph.get_leaves(cells.edited, stop_layer=2)
    data = client.l2cache.get_l2data_table(level2, attributes=["size_nm3", "area_nm2"])
    sizes = pd.Series(plan.pieces.supervoxels.size, index=plan.pieces.supervoxels.ids)
    volume = sizes[own.cave.segmentation.leaves([cells.edited])[0]].sum() * np.prod(
        plan.volume.layout.resolution
    )
    assert data.size_nm3.sum() == pytest.approx(volume, rel=1e-3)
    assert data.area_nm2.sum() > volume ** (2 / 3)


def test_the_edit_history_of_a_cell(served, client, cells):
    log = client.chunkedgraph.get_tabular_change_log(cells.edited)[cells.edited]
    assert log.timestamp.is_monotonic_increasing
    operations = {one.id: one for one in served.cave.segmentation.history(cells.edited)}
    for row in log.itertuples():
        operation = operations[row.operation_id]
        assert (as_micros(row.timestamp) - operation.moment) < 1000
        assert row.is_merge == operation.is_merge
        assert set(row.after_root_ids) == set(operation.new_roots)
    never = client.chunkedgraph.get_tabular_change_log(cells.untouched)[cells.untouched]
    assert (len(never), list(never.columns)) == (0, list(log.columns))


def test_an_upload_that_breaks_off_leaves_every_row_in_once(own):
    """The answer to the second part is lost: the rows are looked for, not sent again."""
    client, cave = own.client("editor"), OfflineCave(own)
    client.annotation.create_table("uploaded", "bound_tag", "Many", [8, 8, 40])
    staged = client.annotation.stage_annotations("uploaded")
    places = np.stack([np.arange(3000) % 6000, np.arange(3000), np.arange(3000) % 700], axis=1)
    tags = [f"row {at}" for at in range(3000)]
    staged.add_dataframe(pd.DataFrame({"pt_position": places.tolist(), "tag": tags}))
    cave.drop_connection(on="post_annotation", when="after")
    try:
        ids = client.annotation.upload_staged_annotations(staged, batch_size=1000, progress=False)
    except errors.CAVEError:
        ids = client.annotation.upload_staged_annotations(staged, batch_size=1000, progress=False)
    assert cave.faults_waiting == []
    assert len(staged.annotation_list_nonuploaded) == 0
    rows = own.cave.annotations.rows_at("uploaded", 2**60, with_roots=False).to_pandas()
    assert sorted(rows.tag) == sorted(tags)
    assert set(ids) <= set(rows.id)


def test_a_link_for_a_viewer(client, cells):
    source = client.info.segmentation_source("minicortex", "neuroglancer")
    layer = {"type": "segmentation", "source": source, "segments": [cells.pre, cells.post]}
    state = {"layers": [layer]}
    link = client.state.build_neuroglancer_url(client.state.upload_state_json(state), target_site="spelunker")
    assert client.state.get_state_json(link)["layers"][0]["segments"] == [str(cells.pre), str(cells.post)]


def test_on_a_cluster_there_is_no_browser(served, monkeypatch, tmp_path):
    import webbrowser

    def nowhere(*_, **__):
        raise AssertionError("a browser was opened")

    monkeypatch.setattr(webbrowser, "open", nowhere)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CAVE_TOKEN", served.token("viewer"))
    client = CAVEclient("minicortex", served.address, write_server_cache=False)
    assert len(client.materialize.query_table("nuclei")) == 20
    monkeypatch.setenv("CAVE_TOKEN", "wrong")
    with pytest.raises(errors.AuthError):
        CAVEclient("minicortex", served.address, write_server_cache=False).info.get_datastack_info()
    monkeypatch.setenv("CAVE_TOKEN", served.token("newcomer"))
    with pytest.raises(errors.TermsNotAcceptedError):
        CAVEclient("minicortex", served.address, write_server_cache=False).materialize.query_table("nuclei")


def test_times_in_every_form(client):
    moment = datetime(2024, 8, 1, 12, tzinfo=UTC)
    forms = (
        moment,
        "2024-08-01T12:00:00Z",
        moment.timestamp(),
        pd.Timestamp(moment),
        np.datetime64("2024-08-01T12"),
    )
    answers = {tuple(sorted(client.materialize.live_live_query("tags", form).pt_root_id)) for form in forms}
    assert len(answers) == 1
    naive = client.materialize.live_live_query("tags", datetime(2024, 8, 1, 12))
    assert tuple(sorted(naive.pt_root_id)) in answers
