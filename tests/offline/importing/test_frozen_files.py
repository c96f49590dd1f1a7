"""A Parquet file as a frozen table: moved in whole, or refused and left where it is."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from caveclient_gen.offline import Dataset, Facts
from caveclient_gen.offline.http.refusals import Refusal


@pytest.fixture
def cave(tmp_path):
    facts = Facts(datastack="d", aligned_volume="d", segmentation_table=None, description="d")
    with Dataset.create(tmp_path / "d.cave", facts).open() as cave:
        yield cave


def file(tmp_path, **columns):
    pq.write_table(pa.table(columns), tmp_path / "t.parquet", row_group_size=2)
    return tmp_path / "t.parquet"


def test_a_file_becomes_a_table(cave, tmp_path):
    path = file(tmp_path, id=pa.array([1, 2, 5, 6, 9]), pt_root_id=pa.array([1, None, 3, 4, 5]))
    cave.versions.add_frozen(3, "cells", path, {"description": "Cells"})
    assert not path.exists()
    assert pq.read_table(cave.versions.file(3, "cells")).column("id").to_pylist() == [1, 2, 5, 6, 9]
    record = cave.versions.get(3).tables["cells"]
    assert record["description"] == "Cells"
    assert "pcg_table_name" in record, "it has root ids"


@pytest.mark.parametrize(
    "columns",
    [
        {"id": pa.array([2, 1])},
        {"id": pa.array([1, 3, 3, 4])},
        {"id": pa.array([1, 4, 3, 5])},
        {"id": pa.array([1, 2, 2])},
        {"id": pa.array([1, None])},
        {"id": pa.array([1, 2], pa.int32())},
        {"id": pa.array(["1", "2"])},
        {"pt_root_id": pa.array([1, 2])},
    ],
)
def test_what_is_no_table_in_order(cave, tmp_path, columns):
    path = file(tmp_path, **columns)
    with pytest.raises(Refusal) as refused:
        cave.versions.add_frozen(3, "cells", path, {})
    assert refused.value.status == 400
    assert path.exists()
    assert cave.versions.all() == []


def test_frozen_tables_stay(cave, tmp_path):
    cave.versions.add_frozen(3, "cells", file(tmp_path, id=pa.array([1])), {})
    second = file(tmp_path, id=pa.array([2]))
    with pytest.raises(Refusal, match="frozen tables stay"):
        cave.versions.add_frozen(3, "cells", second, {})
    assert second.exists()
    assert pq.read_table(cave.versions.file(3, "cells")).column("id").to_pylist() == [1]
