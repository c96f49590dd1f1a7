"""What a seed decides: the same every time, and like cortex."""

import dataclasses
import itertools

import networkx as nx
import numpy as np
import pytest
from scipy.spatial import cKDTree

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.generator.cell_types import APICAL, AXON, BASAL, SOMA, TYPES
from caveclient_gen.offline.generator.plan import make_plan
from caveclient_gen.offline.generator.synapses import VOXEL
from caveclient_gen.offline.generator.volume import RESOLUTION

NAMES = [kind.name for kind in TYPES]


@pytest.fixture(scope="module")
def plan():
    return make_plan(300, 50_000, 1)


@pytest.fixture(scope="module")
def cell_type(plan):
    """Type of each cell's node; -1 for axons from outside."""
    outside = np.full(int(plan.tree.cell.max()) + 1 - len(plan.cells.type), -1)
    return np.concatenate([plan.cells.type, outside])[plan.tree.cell]


def arrays(value):
    """Flatten a plan to named values."""
    for field in dataclasses.fields(value):
        part = getattr(value, field.name)
        if dataclasses.is_dataclass(part):
            yield from ((f"{field.name}.{name}", inner) for name, inner in arrays(part))
        else:
            yield field.name, part


def test_the_same_seed_makes_the_same_dataset():
    one, other = (dict(arrays(make_plan(20, 500, 7))) for _ in range(2))
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


def test_another_seed_makes_another_one():
    one, other = make_plan(20, 500, 7), make_plan(20, 500, 8)
    assert not np.array_equal(one.cells.soma, other.cells.soma)
    assert one.edits != other.edits


def test_more_synapses_move_no_neuron():
    few, many = make_plan(20, 500, 7), make_plan(20, 900, 7)
    np.testing.assert_array_equal(few.pieces.supervoxels.ids, many.pieces.supervoxels.ids)
    assert few.edits == many.edits


def test_the_usual_sizes(plan):
    assert len(plan.cells.type) == 300
    assert 10_000 <= len(plan.tree.cell) <= 40_000
    assert 200 <= len(plan.edits) <= 500
    assert (plan.synapse_changes.until < 0).sum() == 50_000


@pytest.mark.parametrize(
    ("neurons", "synapses", "seed", "word"),
    [
        (9, 500, 1, "neurons"),
        (3_001, 500, 1, "neurons"),
        (20.0, 500, 1, "neurons"),
        (True, 500, 1, "neurons"),
        (20, 0, 1, "synapses"),
        (20, 10**9, 1, "synapses"),
        (20, 500, -1, "seed"),
        (20, 500, "1", "seed"),
    ],
)
def test_numbers_that_make_no_dataset(neurons, synapses, seed, word):
    with pytest.raises(CAVEError, match=f"Give {word} between"):
        make_plan(neurons, synapses, seed)


# ---- supervoxels and edges


def test_supervoxels_lie_in_the_chunks_that_their_ids_say(plan):
    layout, supervoxels = plan.volume.layout, plan.pieces.supervoxels
    assert len(np.unique(supervoxels.ids)) == len(supervoxels.ids)
    assert len(np.unique(supervoxels.position, axis=0)) == len(supervoxels.ids)
    assert (supervoxels.position >= 0).all()
    assert (supervoxels.position < layout.volume).all()
    chunk = np.stack([supervoxels.ids >> shift & 1023 for shift in (46, 36, 26)], axis=1)
    np.testing.assert_array_equal(chunk, supervoxels.position // np.array(layout.chunk_size))
    assert (supervoxels.ids >> 56 == 1).all()
    assert (supervoxels.size > 0).all()


def test_edges_are_strong_in_branches_and_weak_between_cells(plan):
    cell = dict(zip(plan.pieces.supervoxels.ids.tolist(), plan.tree.cell.tolist(), strict=True))
    edges = plan.pieces.edges
    same = np.array([cell[a] == cell[b] for a, b in zip(edges.a.tolist(), edges.b.tolist(), strict=True)])
    assert edges.affinity[same].min() > edges.affinity[~same].max()
    assert (~same).sum() == len(plan.pieces.contacts) == 60
    assert len(plan.pieces.gaps) == 195
    assert edges.affinity.dtype == np.float32
    assert (edges.area > 0).all()


def test_mending_all_gaps_and_contacts_gives_the_cells(plan):
    true = plan.pieces.edges
    row = {sv: node for node, sv in enumerate(plan.pieces.supervoxels.ids.tolist())}
    pairs = [(row[a], row[b]) for a, b in zip(true.a.tolist(), true.b.tolist(), strict=True)]
    graph = nx.Graph(pairs)
    assert nx.is_forest(graph)
    graph.add_edges_from(plan.pieces.gaps.tolist())
    assert nx.is_forest(graph), "each mistake can be mended by one edit"
    graph.remove_edges_from(plan.pieces.contacts.tolist())
    parts = list(nx.connected_components(graph))
    assert len(parts) == plan.tree.cell.max() + 1
    assert all(len(np.unique(plan.tree.cell[list(part)])) == 1 for part in parts)


def test_fragments_are_what_steps_alone_connect(plan):
    graph = nx.Graph()
    graph.add_nodes_from(range(len(plan.tree.cell)))
    steps = enumerate(plan.tree.parent.tolist())
    missing = set(plan.pieces.gaps[:, 1].tolist())
    graph.add_edges_from((parent, node) for node, parent in steps if parent >= 0 and node not in missing)
    parts = list(nx.connected_components(graph))
    assert len(parts) == len(np.unique(plan.pieces.fragment))
    assert all(len(np.unique(plan.pieces.fragment[list(part)])) == 1 for part in parts)


def test_some_cells_are_torn_more_than_others(plan):
    gaps = np.bincount(plan.tree.cell[plan.pieces.gaps[:, 1]], minlength=300)
    assert gaps.max() >= 4
    assert (gaps == 0).mean() > 0.4


# ---- cells


def test_every_type_is_there_and_lies_in_its_layer(plan):
    depth = plan.cells.soma[:, 1] / plan.volume.size[1]
    for number, kind in enumerate(TYPES):
        of_kind = depth[plan.cells.type == number]
        assert len(of_kind) > 0
        assert kind.depth[0] - 0.03 <= of_kind.min() <= of_kind.max() <= kind.depth[1] + 0.03
    assert (plan.cells.type < 5).mean() > 0.6, "most neurons are excitatory"


def test_somata_do_not_overlap(plan):
    distance, _ = cKDTree(plan.cells.soma).query(plan.cells.soma, k=2)
    assert np.quantile(distance[:, 1], 0.02) > 8


def test_apical_dendrites_point_to_the_pia(plan, cell_type):
    tree = plan.tree
    apical = tree.compartment == APICAL
    above = plan.cells.soma[tree.cell[apical]][:, 1] - tree.position[apical][:, 1]
    assert (above > 0).mean() > 0.9
    assert set(cell_type[apical]) <= set(range(5)), "only pyramidal cells have them"


def test_martinotti_axons_reach_layer_1_and_basket_axons_stay(plan, cell_type):
    axons = plan.tree.compartment == AXON
    depth = plan.tree.position[:, 1] / plan.volume.size[1]
    in_layer_1 = {
        name: (depth[axons & (cell_type == NAMES.index(name))] < 0.14).mean() for name in ("MC", "BC")
    }
    assert in_layer_1["MC"] > 2 * in_layer_1["BC"]


def test_every_cell_has_a_soma_dendrites_and_an_axon(plan):
    cell, compartment = plan.tree.cell, plan.tree.compartment
    for part in (SOMA, BASAL, AXON):
        assert set(range(300)) <= set(cell[compartment == part].tolist())


# ---- synapses


def test_synapses_go_from_axons_to_other_cells(plan):
    tree, synapses = plan.tree, plan.synapses
    assert (tree.compartment[synapses.pre] == AXON).all()
    assert (tree.compartment[synapses.post] != AXON).all()
    assert (tree.cell[synapses.pre] != tree.cell[synapses.post]).all()


def test_synapse_points_lie_in_their_supervoxels(plan):
    pieces = cKDTree(plan.pieces.supervoxels.position * np.array(RESOLUTION))
    for node, position in (
        (plan.synapses.pre, plan.synapses.pre_position),
        (plan.synapses.post, plan.synapses.post_position),
    ):
        np.testing.assert_array_equal(pieces.query(position * np.array(VOXEL))[1], node)


def test_centers_lie_between_the_two_sides(plan):
    synapses = plan.synapses
    low = np.minimum(synapses.pre_position, synapses.post_position)
    high = np.maximum(synapses.pre_position, synapses.post_position)
    assert ((low <= synapses.center) & (synapses.center <= high)).all()
    assert (np.linalg.norm((high - low) * VOXEL, axis=1) < 9_000).all()


def test_sizes_are_log_normal(plan):
    size = np.log(plan.synapses.size)
    assert (plan.synapses.size >= 1).all()
    assert abs(np.median(size) - size.mean()) < 0.05
    assert 0.6 < size.std() < 1.0


@pytest.mark.parametrize(
    ("pre", "more", "less"),
    [
        ("BPC", "MC", "L23-IT"),
        ("MC", "L5-ET", "MC"),
        ("L5-ET", "MC", "L23-IT"),
        ("L6-CT", "L6-CT", "L23-IT"),
        ("BC", "BC", "MC"),
    ],
)
def test_types_prefer_partners(plan, cell_type, pre, more, less):
    """Synapses per pair of cells."""
    rate = {}
    for post in (more, less):
        of_pair = (cell_type[plan.synapses.pre] == NAMES.index(pre)) & (
            cell_type[plan.synapses.post] == NAMES.index(post)
        )
        cells = np.bincount(plan.cells.type)
        rate[post] = of_pair.sum() / cells[NAMES.index(pre)] / cells[NAMES.index(post)]
    assert rate[more] > 3 * rate[less]


def test_basket_cells_prefer_somata_and_excitatory_cells_avoid_them(plan, cell_type):
    on_soma = plan.tree.compartment[plan.synapses.post] == SOMA
    pre = cell_type[plan.synapses.pre]
    assert on_soma[pre == NAMES.index("BC")].mean() > 0.15
    assert not on_soma[(pre < 5)].any()
    on_apical = plan.tree.compartment[plan.synapses.post] == APICAL
    assert on_apical[pre == NAMES.index("MC")].mean() > 0.6


# ---- edits


def test_edits_stand_in_the_order_of_time(plan):
    moments = [edit.moment for edit in plan.edits]
    assert all(a < b for a, b in itertools.pairwise(moments))
    assert all(moment % 1000 == 0 for moment in moments)


def test_undo_and_redo_come_after_what_they_are_about(plan):
    undone = set()
    for place, edit in enumerate(plan.edits):
        if edit.kind == "undo":
            assert edit.target < place
            assert edit.target not in undone
            assert plan.edits[edit.target].person != edit.person
            undone.add(edit.target)
        elif edit.kind == "redo":
            assert edit.target in undone
            undone.remove(edit.target)
        else:
            assert edit.target is None
    wrong_merges = [
        place
        for place, edit in enumerate(plan.edits)
        if edit.kind == "merge" and plan.tree.cell[edit.sources[0]] != plan.tree.cell[edit.sinks[0]]
    ]
    assert wrong_merges
    assert set(wrong_merges) <= undone


@pytest.mark.parametrize("seed", [1, *range(50, 62)])
def test_edits_never_ask_for_what_the_segmentation_must_refuse(plan, seed):
    """A plain model: merges join two objects, splits part one."""
    plan = plan if seed == 1 else make_plan(40, 100, seed)
    row = {sv: node for node, sv in enumerate(plan.pieces.supervoxels.ids.tolist())}
    edges = plan.pieces.edges
    graph = nx.Graph()
    graph.add_nodes_from(range(len(plan.tree.cell)))
    graph.add_edges_from((row[a], row[b]) for a, b in zip(edges.a.tolist(), edges.b.tolist(), strict=True))
    for edit in plan.edits:
        about = edit if edit.target is None else plan.edits[edit.target]
        a, b = about.sources[0], about.sinks[0]
        joins = (about.kind == "merge") != (edit.kind == "undo")
        if joins:
            assert a not in nx.node_connected_component(graph, b)
            graph.add_edge(a, b)
        else:
            assert graph.has_edge(a, b)
            graph.remove_edge(a, b)


# ---- annotations


def test_first_types_are_corrected_within_their_system(plan):
    typing = plan.typing
    system = {kind.name: kind.system for kind in TYPES}
    wrong = [at for at, (a, b) in enumerate(zip(typing.first, typing.kind, strict=True)) if a != b]
    assert len(wrong) == (typing.corrected > 0).sum() > 5
    assert all(system[typing.first[at]] == system[typing.kind[at]] for at in wrong)
    assert typing.kind == tuple(NAMES[kind] for kind in plan.cells.type[typing.cell])


def test_axons_are_proofread_with_or_after_dendrites(plan):
    done = plan.proofreading
    later = done.axon_since >= 0
    assert (done.axon_since[later] >= done.since[later]).all()
    assert all((strategy == "none") != extended for strategy, extended in zip(done.axon, later, strict=True))


def test_tags_note_ends_and_mistakes(plan):
    assert set(plan.tags.text) == {"axon end", "dendrite end", "gap?", "merge error"}
    assert len(plan.tags.text) == len(plan.tags.node) == len(plan.tags.since)
