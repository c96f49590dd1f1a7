"""The generated dataset through the client: what a neuroscientist asks first."""

import numpy as np
import pytest

from caveclient_gen.offline import new_dataset, serve
from caveclient_gen.offline.generator.plan import make_plan


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    dataset = new_dataset(tmp_path_factory.mktemp("served") / "small.cave", small=True)
    with serve(dataset) as server:
        yield server


@pytest.fixture(scope="module")
def client(server):
    return server.client("viewer")


@pytest.fixture(scope="module")
def plan():
    return make_plan(20, 500, 1)


def test_versions_that_are_not_expired(client):
    assert client.materialize.get_versions() == [2, 3]
    assert client.materialize.version == 3


def test_cells_of_a_type_with_their_synapses(client, plan):
    types = client.materialize.query_table("cell_types", filter_equal_dict={"cell_type": "BC"})
    assert len(types) > 0
    roots = types.pt_root_id.tolist()
    out = client.materialize.query_table("synapses", filter_in_dict={"pre_pt_root_id": roots})
    assert set(out.pre_pt_root_id) <= set(roots)
    assert len(out) > 20, "basket cells have many synapses"


def test_the_view_of_connections_counts_synapses(client):
    synapses = client.materialize.query_table("synapses")
    expected = synapses[synapses.pre_pt_root_id != synapses.post_pt_root_id]
    expected = expected.groupby(["pre_pt_root_id", "post_pt_root_id"])["size"].agg(["count", "sum"])
    found = client.materialize.query_view("connections").set_index(["pre_pt_root_id", "post_pt_root_id"])
    assert found.n_syn.to_dict() == expected["count"].to_dict()
    np.testing.assert_allclose(found.sum_size.sort_index(), expected["sum"].sort_index(), rtol=1e-6)


def test_the_view_of_types_joins_nuclei(client):
    found = client.materialize.query_view("nucleus_types")
    types = client.materialize.query_table("cell_types")
    assert len(found) == len(types)
    assert found.set_index("id").cell_type.to_dict() == types.set_index("target_id").cell_type.to_dict()


def test_the_datastack_names_its_tables(client):
    info = client.info.get_datastack_info()
    assert (info["synapse_table"], info["soma_table"]) == ("synapses", "nuclei")


def test_synapses_belong_to_the_roots_of_now(client):
    from datetime import UTC, datetime

    live = client.materialize.live_live_query("synapses", datetime.now(UTC))
    roots = client.chunkedgraph.get_roots(live.pre_pt_supervoxel_id)
    np.testing.assert_array_equal(roots, live.pre_pt_root_id)
    assert len(live) == 500


def test_the_history_of_one_neuron(client):
    """The cell with most edits has a log, ancestors and a place in the past."""
    nuclei = client.materialize.query_table("nuclei", materialization_version=3)
    roots = client.chunkedgraph.get_roots(nuclei.pt_supervoxel_id)
    logs = client.chunkedgraph.get_tabular_change_log(np.unique(roots).tolist())
    root, log = max(logs.items(), key=lambda item: len(item[1]))
    assert len(log) >= 2
    assert log.timestamp.is_monotonic_increasing
    lineage = client.chunkedgraph.get_lineage_graph(root, as_nx_graph=True)
    assert lineage.number_of_nodes() > len(log)


def test_proofreaders_may_edit(server):
    assert server.cave.identity.user_of(server.token("proofreader1")).may("edit", "offline")
