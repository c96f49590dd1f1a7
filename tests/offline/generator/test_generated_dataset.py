"""The dataset that `new_dataset` makes: history, versions, tables and views, as the engines see them."""

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import Dataset, new_dataset
from caveclient_gen.offline.generator.plan import make_plan
from caveclient_gen.offline.generator.schedule import BASE, VERSIONS
from caveclient_gen.offline.moments import as_micros

NOW = as_micros(datetime.now(UTC))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return new_dataset(tmp_path_factory.mktemp("made") / "small.cave", small=True)


@pytest.fixture(scope="module")
def cave(dataset):
    with dataset.open() as cave:
        yield cave


@pytest.fixture(scope="module")
def plan():
    return make_plan(20, 500, 1)


def rows(cave, table, at=NOW):
    return cave.annotations.rows_at(table, at).to_pandas()


def tables_of(dataset):
    """Hash all frozen tables."""
    files = sorted(dataset.path.glob("versions/*/*.parquet"))
    return {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }


def test_the_same_seed_makes_the_same_tables(dataset, tmp_path):
    again = new_dataset(tmp_path / "again.cave", small=True)
    assert tables_of(again) == tables_of(dataset)
    assert len(tables_of(again)) == 15


def test_another_seed_makes_other_tables(dataset, tmp_path):
    other = new_dataset(tmp_path / "other.cave", small=True, seed=2)
    assert tables_of(other)["3/synapses.parquet"] != tables_of(dataset)["3/synapses.parquet"]


# ---- segmentation


def test_each_neuron_is_what_was_planned(cave, plan):
    """At the end: one object per cell, but for gaps and contacts that nobody found."""
    supervoxels = plan.pieces.supervoxels.ids
    roots = cave.segmentation.roots(supervoxels)
    in_force = {}
    for edit in plan.edits:
        about = edit if edit.target is None else plan.edits[edit.target]
        in_force[about.sources[0], about.sinks[0]] = edit.kind != "undo"
    gaps = {tuple(pair) for pair in plan.pieces.gaps.tolist()}
    contacts = {tuple(pair) for pair in plan.pieces.contacts.tolist()}
    for a, b in gaps:
        assert (roots[a] == roots[b]) == in_force.get((a, b), False)
    for a, b in contacts:
        assert (roots[a] != roots[b]) == in_force.get((a, b), False)
    open_gaps = sum(not in_force.get(pair, False) for pair in gaps)
    open_contacts = sum(not in_force.get(pair, False) for pair in contacts)
    cells = int(plan.tree.cell.max()) + 1
    assert len(np.unique(roots)) == cells + open_gaps - open_contacts


def test_the_operation_log_has_all_edits(cave, plan):
    log = cave.segmentation.operations()
    assert [operation.kind for operation in log] == [edit.kind for edit in plan.edits]
    assert [operation.moment for operation in log] == [as_micros(BASE) + edit.moment for edit in plan.edits]
    assert len(Counter(operation.user_id for operation in log)) >= 3
    assert {cave.identity.user(operation.user_id).may("edit", "offline") for operation in log} == {True}


def test_now_is_not_the_newest_version(cave):
    newest = cave.versions.all()[-1]
    old, new = cave.segmentation.delta_roots(newest.moment, NOW)
    assert len(old) > 0
    assert len(new) > 0


def test_edits_happen_in_every_period():
    edits = make_plan(300, 1000, 1).edits
    borders = [moment // timedelta(microseconds=1) for moment in VERSIONS]
    periods = Counter(int(np.searchsorted(borders, edit.moment)) for edit in edits)
    assert min(periods[period] for period in range(4)) > 20


# ---- versions


def test_three_versions_of_which_the_first_has_expired(cave):
    versions = cave.versions.all()
    assert [version.number for version in versions] == [1, 2, 3]
    assert [version.moment - as_micros(BASE) for version in versions] == [
        moment // timedelta(microseconds=1) for moment in VERSIONS
    ]
    assert [version.has_expired(NOW) for version in versions] == [True, False, False]
    in_ten_years = NOW + timedelta(days=3653) // timedelta(microseconds=1)
    assert not any(version.has_expired(in_ten_years) for version in versions[1:])
    assert all(
        list(version.tables) == ["synapses", "nuclei", "cell_types", "proofreading_status", "tags"]
        for version in versions
    )


def test_annotations_change_between_versions(cave):
    first, second, third = (version.moment for version in cave.versions.all())
    for table in ("cell_types", "proofreading_status", "tags"):
        counts = [len(rows(cave, table, at)) for at in (first, second, third, NOW)]
        assert counts == sorted(counts)
        assert counts[0] < counts[-1]
    assert set(rows(cave, "synapses", third).id) != set(rows(cave, "synapses", first).id)


# ---- tables


def test_synapses_are_as_many_as_were_asked_for(cave):
    found = rows(cave, "synapses")
    assert len(found) == 500
    assert (found.pre_pt_root_id != found.post_pt_root_id).any()
    assert found.id.is_unique


def test_synapse_points_lie_where_the_segmentation_says(cave):
    found = rows(cave, "synapses")
    for side in ("pre", "post"):
        position = found[[f"{side}_pt_position_{axis}" for axis in "xyz"]].to_numpy() * [4, 4, 40]
        np.testing.assert_array_equal(
            cave.segmentation.supervoxels_at(position.astype(float)), found[f"{side}_pt_supervoxel_id"]
        )


def test_nuclei_have_types_and_roots_of_their_own(cave):
    nuclei, types = rows(cave, "nuclei"), rows(cave, "cell_types")
    assert len(nuclei) == 20
    assert nuclei.pt_root_id.nunique() >= 18, "unless two cells are falsely merged"
    assert set(types.target_id) <= set(nuclei.id)
    assert types.target_id.is_unique
    assert set(types.classification_system) == {"excitatory_neuron", "inhibitory_neuron"}
    assert (nuclei.volume > 50).all()


def test_corrected_types_are_right_now(cave, plan):
    types = rows(cave, "cell_types").set_index("target_id").cell_type
    now = dict(zip(plan.nucleus_ids[plan.typing.cell].tolist(), plan.typing.kind, strict=True))
    assert types.to_dict() == now
    before = rows(cave, "cell_types", cave.versions.all()[0].moment).set_index("target_id").cell_type
    assert any(before[target] != now[target] for target in before.index)


def test_proofread_cells_name_their_root_of_then(cave):
    found = rows(cave, "proofreading_status")
    assert len(found) == 8
    valid = found.valid_id.to_numpy()
    assert cave.segmentation.root_times(valid).shape == valid.shape
    assert (found.strategy_axon.eq("none") == ~found.status_axon).all()
    assert found.status_dendrite.all()


def test_tags_have_another_resolution(cave):
    assert cave.annotations.record("tags")["voxel_resolution_x"] == 8.0
    found = rows(cave, "tags")
    position = found[[f"pt_position_{axis}" for axis in "xyz"]].to_numpy() * [8.0, 8.0, 40.0]
    np.testing.assert_array_equal(cave.segmentation.supervoxels_at(position), found.pt_supervoxel_id)


# ---- what is refused


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(CAVEError, match="Choose another folder"):
        new_dataset(tmp_path, small=True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("keep")
    with pytest.raises(CAVEError, match="Choose another folder"):
        new_dataset(tmp_path / "file", small=True)


def test_an_empty_folder_will_do(tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert new_dataset(".", small=True).facts.made["neurons"] == 20
    assert Dataset(tmp_path / "empty").facts.datastack == "minicortex"
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("keep")
    with pytest.raises(CAVEError, match=r"Choose another folder: .* cannot be made"):
        new_dataset(tmp_path / "file" / "below", small=True)


def test_numbers_that_make_none_leave_nothing_behind(tmp_path):
    with pytest.raises(CAVEError, match="neurons"):
        new_dataset(tmp_path / "none", neurons=3)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch):
    from caveclient_gen.offline.versions.engine import Versions

    def fail(*_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Versions, "materialize", fail)
    with pytest.raises(RuntimeError, match="disk"):
        new_dataset(tmp_path / "none", small=True)
    assert list(tmp_path.iterdir()) == []


def test_its_history_may_begin_elsewhere_but_not_end_in_the_future(tmp_path):
    moved = new_dataset(tmp_path / "moved", small=True, base=datetime(2022, 3, 1, tzinfo=UTC))
    with moved.open() as cave:
        assert cave.segmentation.oldest == as_micros(datetime(2022, 3, 1, tzinfo=UTC))
    with pytest.raises(CAVEError, match="361 days before now"):
        new_dataset(tmp_path / "late", small=True, base=datetime.now(UTC) - timedelta(days=300))


def test_facts_say_where_it_comes_from(dataset):
    assert Dataset(dataset.path).facts.made == {
        "generator": "minicortex",
        "neurons": 20,
        "synapses": 500,
        "seed": 1,
    }
