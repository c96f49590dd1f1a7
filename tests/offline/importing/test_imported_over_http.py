"""Imported tables through the client, on a dataset without a segmentation."""

import pandas as pd
import pytest

from caveclient_gen.offline import Dataset, import_table, serve

ROOT = 864691135000000001


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("imported")
    nuclei = folder / "nuclei.csv.gz"
    pd.DataFrame(
        {
            "id": [11, 12, 13],
            "valid": ["t", "t", "f"],
            "created": ["2020-06-01 10:00:00.5", "2020-06-01 10:00:00", None],
            "volume": [1.5, 2.5, None],
            "pt_position_x": [10, 20, 30],
            "pt_position_y": [100, 200, 300],
            "pt_position_z": [5, 6, 7],
            "pt_supervoxel_id": [88, 89, 90],
            "pt_root_id": [ROOT, ROOT + 1, ROOT + 2],
        }
    ).to_csv(nuclei, index=False)
    types = folder / "types.parquet"
    pd.DataFrame(
        {
            "id": [1, 2],
            "target_id": [11, 13],
            "classification_system": ["excitatory_neuron", "inhibitory_neuron"],
            "cell_type": ["L23-IT", "BC"],
        }
    ).to_parquet(types, index=False)
    path = folder / "public.cave"
    import_table(path, "nuclei", nuclei, resolution=(4, 4, 40), schema_type="nucleus_detection", version=1300)
    import_table(
        path,
        "cell_types",
        types,
        resolution=(4, 4, 40),
        schema_type="cell_type_reference",
        reference_table="nuclei",
    )
    with serve(Dataset(path)) as server:
        yield server.client("viewer")


def test_versions_and_tables(client):
    assert client.materialize.get_versions() == [1300]
    assert client.materialize.get_tables() == ["nuclei", "cell_types"]
    assert client.info.get_datastack_info()["soma_table"] == "nuclei"


def test_a_query(client):
    found = client.materialize.query_table("nuclei", filter_in_dict={"pt_root_id": [ROOT, ROOT + 2]})
    assert found.id.tolist() == [11, 13]
    assert found.pt_root_id.tolist() == [ROOT, ROOT + 2]
    assert [list(position) for position in found.pt_position] == [[10, 100, 5], [30, 300, 7]]


def test_other_columns_of_a_dump_are_there_too(client):
    found = client.materialize.query_table("nuclei")
    assert str(found.created.iloc[0]) == "2020-06-01 10:00:00.500000+00:00"
    assert found.created.isna().tolist() == [False, False, True]
    assert found.valid.tolist() == [True, True, False]


def test_another_resolution(client):
    found = client.materialize.query_table("nuclei", desired_resolution=[1, 1, 1])
    assert list(found.pt_position[0]) == [40, 400, 200]


def test_a_reference_table_is_merged(client):
    found = client.materialize.query_table("cell_types", filter_equal_dict={"cell_type": "BC"})
    assert found.pt_root_id.tolist() == [ROOT + 2]


def test_the_segmentation_is_said_to_be_missing(client):
    from caveclient_gen.errors import CAVEError

    with pytest.raises(CAVEError):
        client.chunkedgraph.get_roots([88])
