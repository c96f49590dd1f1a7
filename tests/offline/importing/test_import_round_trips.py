"""Random tables, written as projects publish them and read back: nothing is lost and nothing changes."""

import math

import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caveclient_gen.offline.importing.plan import plan_columns
from caveclient_gen.offline.importing.sources import open_source
from caveclient_gen.offline.importing.writing import with_kinds, write_sorted

IDS = st.integers(-(2**63), 2**63 - 1)
ROW = st.fixed_dictionaries(
    {
        "pt_root_id": st.none() | IDS,
        "valid": st.booleans(),
        "score": st.none() | st.floats(allow_nan=False, allow_infinity=False, width=64),
        "tag": st.none() | st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12),
        "pt_position": st.none() | st.tuples(*[st.integers(0, 2**31 - 1)] * 3),
    }
)
TABLES = st.dictionaries(st.integers(1, 2**63 - 1), ROW, min_size=1, max_size=12)
AXES = "xyz"


def write(rows, form, path):
    """Write rows in a form; the file's name."""
    columns = {name: [row[name] for row in rows.values()] for name in ("pt_root_id", "valid", "score", "tag")}
    positions = [row["pt_position"] for row in rows.values()]
    if form == "csv-text":
        columns["pt_position"] = [position and "[{} {} {}]".format(*position) for position in positions]
    else:
        for place, axis in enumerate(AXES):
            columns[f"pt_position_{axis}"] = [position and position[place] for position in positions]
    kinds = {"pt_root_id": pa.int64(), "valid": pa.bool_(), "score": pa.float64(), "tag": pa.string()}
    table = pa.table(
        {
            "id": pa.array(list(rows), pa.int64()),
            **{name: pa.array(values, kinds.get(name)) for name, values in columns.items()},
        }
    )
    if form.startswith("csv"):
        file = path / "t.csv.gz"
        frame = table.to_pandas(types_mapper=pd.ArrowDtype)
        # Texts that a reader takes for no value are written by nobody who means them.
        frame.to_csv(file, index=False, float_format=repr)
    elif form == "parquet":
        file = path / "t.parquet"
        pq.write_table(table, file)
    else:
        file = path / "t.feather"
        feather.write_feather(table, file)
    return file


def read_back(file, target):
    with open_source(file, None) as source:
        columns, left_out = plan_columns(source.names, {}, {})
        columns = with_kinds(columns, source.batches)
    columns = [
        column if column.name not in ("tag", "score") else type(column)(column.name, kind, column.sources)
        for column in columns
        for kind in ["string" if column.name == "tag" else "float"]
    ]
    with open_source(file, None) as source:
        done = write_sorted(source.batches, columns, None, target, lambda count: None)
    assert left_out == []
    return done, pq.read_table(target).to_pylist()


@pytest.mark.parametrize("form", ["csv", "csv-text", "parquet", "feather"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=TABLES)
def test_round_trip(form, tmp_path, rows):
    for row in rows.values():
        if row["tag"] in ("NULL", "\\N") or (row["tag"] is not None and row["tag"] != row["tag"].strip()):
            row["tag"] = "text"
    done, found = read_back(write(rows, form, tmp_path), tmp_path / "out.parquet")
    assert done.rows == len(rows)
    assert [row["id"] for row in found] == sorted(rows)
    for row in found:
        expected = rows[row["id"]]
        assert row["pt_root_id"] == expected["pt_root_id"]
        assert row["valid"] == expected["valid"]
        assert row["tag"] == expected["tag"]
        assert (row["score"] is None) == (expected["score"] is None)
        if row["score"] is not None:
            assert math.isclose(row["score"], expected["score"], rel_tol=1e-15)
        position = tuple(row[f"pt_position_{axis}"] for axis in AXES)
        assert position == (expected["pt_position"] or (None, None, None))
