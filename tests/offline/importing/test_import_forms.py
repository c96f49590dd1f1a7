"""Each form in which projects publish tables, imported and asked through the engines."""

import gzip
import json
import struct

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from caveclient_gen.errors import CAVEError
from caveclient_gen.offline import Dataset, import_table
from caveclient_gen.offline.moments import as_micros

ROOT = 864691135000000001
"""An id that a float would change."""
VOXEL = (4.0, 4.0, 40.0)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "public.cave"


def frozen(folder, table="cells", version=1):
    """Read an imported table as the queries do."""
    with Dataset(folder).open() as cave:
        return pq.read_table(cave.versions.file(version, table))


def record(folder, table="cells", version=1):
    with Dataset(folder).open() as cave:
        return cave.versions.get(version).tables[table]


def write(path, text):
    if path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


# ---- CSV


@pytest.mark.parametrize("name", ["cells.csv", "cells.csv.gz"])
def test_csv_with_its_own_names(folder, tmp_path, name):
    file = write(
        tmp_path / name,
        "id,valid,pt_position_x,pt_position_y,pt_position_z,pt_supervoxel_id,pt_root_id,cell_type,volume\n"
        f"7,t,10,20,30,88000000000000001,{ROOT},BC,1.5\n"
        f"9,f,11,21,31,,{ROOT + 2},,\n",
    )
    done = import_table(folder, "cells", file, resolution=VOXEL)
    table = frozen(folder)
    assert (done.rows, done.version, done.numbered, done.left_out) == (2, 1, False, ())
    assert table.to_pydict() == {
        "id": [7, 9],
        "valid": [True, False],
        "pt_position_x": [10, 11],
        "pt_position_y": [20, 21],
        "pt_position_z": [30, 31],
        "pt_supervoxel_id": [88000000000000001, None],
        "pt_root_id": [ROOT, ROOT + 2],
        "cell_type": ["BC", None],
        "volume": [1.5, None],
    }
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds == {
        "id": "int64",
        "valid": "bool",
        "pt_position_x": "int32",
        "pt_position_y": "int32",
        "pt_position_z": "int32",
        "pt_supervoxel_id": "int64",
        "pt_root_id": "int64",
        "cell_type": "string",
        "volume": "double",
    }


@pytest.mark.parametrize(
    "header",
    [
        "id,pt_position_x,pt_position_y,pt_position_z,pt_root_id\n",
        "id,bigint\npt_position_x,integer\npt_position_y,integer\npt_position_z,integer\npt_root_id,bigint\n",
        'column_name,data_type\n"id","bigint"\n"pt_position_x","integer"\n"pt_position_y","integer"\n'
        '"pt_position_z","integer"\n"pt_root_id","bigint"\n',
    ],
    ids=["names", "types", "titled"],
)
def test_csv_with_a_header_file(folder, tmp_path, header):
    file = write(tmp_path / "cells_merged.csv.gz", f"1,1,2,3,{ROOT}\n2,4,5,6,{ROOT + 1}\n")
    import_table(folder, "cells", file, header=write(tmp_path / "cells_header.csv", header), resolution=VOXEL)
    assert frozen(folder).column("pt_root_id").to_pylist() == [ROOT, ROOT + 1]


def wkb(x, y, z, order="<", system=False):
    kind = 0xA0000001 if system else 0x80000001
    head = struct.pack(f"{order}BI", order == "<", kind) + (struct.pack(f"{order}I", 0) if system else b"")
    return head + struct.pack(f"{order}ddd", x, y, z)


@pytest.mark.parametrize(
    "texts",
    [
        ["[1 2 3]", "[ 40 50  60 ]"],
        ["[1, 2, 3]", "[40,50,60]"],
        ["(1, 2, 3)", "(40, 50, 60)"],
        ["POINTZ(1 2 3)", "POINTZ(40 50 60)"],
        ["POINT Z (1 2 3)", "POINT Z (40.0 50.0 60.0)"],
        ["POINT(1 2 3)", "POINT(4e1 50 60)"],
        [wkb(1, 2, 3).hex(), wkb(40, 50, 60).hex().upper()],
        [wkb(1, 2, 3, ">").hex(), wkb(40, 50, 60, system=True).hex()],
    ],
)
def test_positions_as_text(folder, tmp_path, texts):
    rows = "".join(f'{row},"{text}"\n' for row, text in enumerate(texts, 1))
    import_table(folder, "cells", write(tmp_path / "c.csv", f"id,pt_position\n{rows}3,\n"), resolution=VOXEL)
    table = frozen(folder)
    assert [table.column(f"pt_position_{axis}").to_pylist() for axis in "xyz"] == [
        [1, 40, None],
        [2, 50, None],
        [3, 60, None],
    ]


def test_moments_and_booleans(folder, tmp_path):
    file = write(
        tmp_path / "c.csv",
        "id,created,valid,status_axon,note\n"
        "1,2020-05-01 12:00:00.123456,True,t,yes\n"
        "2,2020-05-01T12:00:00+02:00,false,F,t\n"
        "3,2020-05-01 12:00:00+00,1,,f\n"
        "4,2020-05-01,0,f,other\n"
        "5,,t,t,\n",
    )
    import_table(folder, "cells", file, resolution=VOXEL)
    table = frozen(folder).to_pydict()
    assert table["valid"] == [True, False, True, False, True]
    assert table["status_axon"] == [True, False, None, False, True]
    assert table["note"] == ["yes", "t", "f", "other", None]
    assert [moment and moment.isoformat() for moment in table["created"]] == [
        "2020-05-01T12:00:00.123456+00:00",
        "2020-05-01T10:00:00+00:00",
        "2020-05-01T12:00:00+00:00",
        "2020-05-01T00:00:00+00:00",
        None,
    ]


def test_quoted_text_with_commas_quotes_and_lines(folder, tmp_path):
    file = write(tmp_path / "c.csv", 'id,tag\n1,"a, ""b""\nsecond line"\n2,ü\n')
    import_table(folder, "cells", file, resolution=VOXEL)
    assert frozen(folder).column("tag").to_pylist() == ['a, "b"\nsecond line', "ü"]


def test_rows_of_pandas_are_left_out_and_missing_ids_are_numbered(folder, tmp_path):
    file = write(tmp_path / "c.csv", f"Unnamed: 0,pt_root_id\n0,{ROOT}\n1,{ROOT + 1}\n")
    done = import_table(folder, "cells", file, resolution=VOXEL)
    assert done.left_out == ("Unnamed: 0",)
    assert done.numbered
    assert frozen(folder).to_pydict() == {
        "id": [1, 2],
        "valid": [True, True],
        "pt_root_id": [ROOT, ROOT + 1],
    }


def test_rows_come_in_the_order_of_their_ids(folder, tmp_path):
    ids = np.random.default_rng(0).permutation(200_000) + 1
    file = tmp_path / "c.csv"
    pd.DataFrame({"id": ids, "size": ids * 2}).to_csv(file, index=False)
    import_table(folder, "cells", file, resolution=VOXEL)
    table = frozen(folder)
    np.testing.assert_array_equal(table.column("id"), np.arange(1, 200_001))
    np.testing.assert_array_equal(table.column("size"), np.arange(1, 200_001) * 2)


def test_names_in_the_short_form(folder, tmp_path):
    file = write(tmp_path / "c.csv", f"id,pre_root_id,post_root_id,x,y,z\n1,{ROOT},{ROOT + 1},8,16,80\n")
    import_table(folder, "cells", file, resolution=VOXEL, units="nm")
    assert frozen(folder).to_pydict() == {
        "id": [1],
        "valid": [True],
        "pre_pt_root_id": [ROOT],
        "post_pt_root_id": [ROOT + 1],
        "pt_position_x": [2],
        "pt_position_y": [4],
        "pt_position_z": [2],
    }


def test_a_short_position(folder, tmp_path):
    file = write(tmp_path / "coordinates.csv", f"root_id,position,supervoxel_id\n{ROOT},[4 8 80],5\n")
    import_table(folder, "cells", file, resolution=VOXEL, units="nm")
    assert frozen(folder).column_names[2:] == [
        "pt_root_id",
        "pt_position_x",
        "pt_position_y",
        "pt_position_z",
        "pt_supervoxel_id",
    ]


# ---- Parquet and Feather


def flywire():
    return pa.table(
        {
            "id": pa.array([3, 1, 2], pa.int64()),
            "pre_x": pa.array([400.0, 800.0, 1200.0]),
            "pre_y": pa.array([400, 800, 1200]),
            "pre_z": pa.array([40, 80, 120], pa.int32()),
            "post_x": pa.array([4, 8, 12]),
            "post_y": pa.array([4, 8, 12]),
            "post_z": pa.array([40, 80, 120]),
            "pre_pt_root_id": pa.array([ROOT, ROOT + 1, ROOT + 2], pa.uint64()),
            "post_pt_root_id": pa.array([ROOT + 3, 0, None], pa.int64()),
            "cleft_score": pa.array([100, 50, 20], pa.int32()),
            "gaba": pa.array([0.5, 0.25, None], pa.float32()),
            "neuropil": pa.array(["AL_L", "ME_R", "AL_L"]).dictionary_encode(),
        }
    )


@pytest.mark.parametrize("form", ["feather", "feather-plain", "parquet"])
def test_a_flywire_dump(folder, tmp_path, form):
    file = tmp_path / f"syn.{form.split('-')[0]}"
    if form == "parquet":
        pq.write_table(flywire(), file)
    else:
        feather.write_feather(flywire(), file, compression="uncompressed" if "plain" in form else "lz4")
    import_table(folder, "synapses", file, resolution=VOXEL, units="nm")
    table = frozen(folder, "synapses")
    assert table.to_pydict() == {
        "id": [1, 2, 3],
        "valid": [True] * 3,
        "pre_pt_position_x": [200, 300, 100],
        "pre_pt_position_y": [200, 300, 100],
        "pre_pt_position_z": [2, 3, 1],
        "post_pt_position_x": [2, 3, 1],
        "post_pt_position_y": [2, 3, 1],
        "post_pt_position_z": [2, 3, 1],
        "pre_pt_root_id": [ROOT + 1, ROOT + 2, ROOT],
        "post_pt_root_id": [0, None, ROOT + 3],
        "cleft_score": [50, 20, 100],
        "gaba": [0.25, None, 0.5],
        "neuropil": ["ME_R", "AL_L", "AL_L"],
    }
    assert table.schema.field("gaba").type == pa.float32()


def test_ids_as_decimals_are_exact(folder, tmp_path):
    """Some databases export 64-bit integers so."""
    decimals = pa.array([ROOT, None], pa.decimal128(20, 0))
    pq.write_table(
        pa.table({"id": [1, 2], "pt_root_id": decimals, "segment": decimals}), tmp_path / "c.parquet"
    )
    import_table(folder, "cells", tmp_path / "c.parquet", resolution=VOXEL)
    for name in ("pt_root_id", "segment"):
        assert frozen(folder).column(name).type == pa.int64()
        assert frozen(folder).column(name).to_pylist() == [ROOT, None]


def test_a_whole_number_that_does_not_fit(folder, tmp_path):
    pq.write_table(pa.table({"id": [1], "score": [1e15]}), tmp_path / "c.parquet")
    schema = write(tmp_path / "s.json", '{"columns": {"score": {"kind": "integer"}}}')
    with pytest.raises(CAVEError, match="'score', near row 1: a number does not fit int32"):
        import_table(folder, "cells", tmp_path / "c.parquet", resolution=VOXEL, schema_file=schema)


def test_a_name_with_tsv_in_it_is_no_tsv(folder, tmp_path):
    import_table(folder, "cells", write(tmp_path / "from.tsv.csv", "id,a\n1,2\n"), resolution=VOXEL)
    import_table(folder, "tabs", write(tmp_path / "c.tsv.gz", "id\ta\n1\t2\n"), resolution=VOXEL)
    for table in ("cells", "tabs"):
        assert frozen(folder, table).to_pydict() == {"id": [1], "valid": [True], "a": [2]}


def test_a_titled_header_file_of_one_column(folder, tmp_path):
    header = write(tmp_path / "h.csv", "column_name,data_type\nid,bigint\n")
    import_table(folder, "cells", write(tmp_path / "c.csv", "5\n6\n"), header=header, resolution=VOXEL)
    assert frozen(folder).to_pydict() == {"id": [5, 6], "valid": [True, True]}


@pytest.mark.parametrize(
    "positions",
    [
        pa.array([[1, 2, 3], None], pa.list_(pa.int64())),
        pa.array([[1.0, 2.0, 3.0], None], pa.list_(pa.float64(), 3)),
        pa.array([wkb(1, 2, 3), None], pa.binary()),
        pa.array(["[1 2 3]", None], pa.large_string()),
    ],
    ids=["lists", "fixed lists", "wkb", "text"],
)
def test_positions_in_parquet(folder, tmp_path, positions):
    pq.write_table(pa.table({"id": [1, 2], "pt_position": positions}), tmp_path / "c.parquet")
    try:
        pq.read_table(tmp_path / "c.parquet")
    except pa.ArrowInvalid:
        pytest.skip("this release of pyarrow cannot read what it wrote")
    import_table(folder, "cells", tmp_path / "c.parquet", resolution=VOXEL)
    assert frozen(folder).column("pt_position_z").to_pylist() == [3, None]


def test_a_frame_that_pandas_wrote(folder, tmp_path):
    frame = pd.DataFrame(
        {"pt_root_id": [ROOT, ROOT + 1], "created": pd.to_datetime(["2020-01-01", "2021-01-01"])},
        index=[5, 6],
    )
    frame.to_parquet(tmp_path / "c.parquet")
    done = import_table(folder, "cells", tmp_path / "c.parquet", resolution=VOXEL)
    assert done.left_out == ("__index_level_0__",)
    assert frozen(folder).column("created").type == pa.timestamp("us", tz="UTC")


# ---- schema files and kinds of annotation


def test_a_schema_file_maps_columns(folder, tmp_path):
    file = write(tmp_path / "c.csv", f"seg,X,Y,Z,name,junk\n{ROOT},40,80,400,007,zzz\n")
    columns = {
        "seg": {"name": "pt_root_id", "kind": "id"},
        **{axis: {"name": f"pt_position_{axis.lower()}", "kind": "position"} for axis in "XYZ"},
        "name": {"name": "label", "kind": "string"},
        "junk": None,
    }
    schema = {"columns": columns, "resolution": VOXEL, "units": "nm", "description": "Cells of a paper"}
    done = import_table(folder, "cells", file, schema_file=write(tmp_path / "s.json", json.dumps(schema)))
    assert done.left_out == ("junk",)
    assert frozen(folder).to_pydict() == {
        "id": [1],
        "valid": [True],
        "pt_root_id": [ROOT],
        "label": ["007"],
        "pt_position_x": [10],
        "pt_position_y": [20],
        "pt_position_z": [10],
    }
    assert record(folder)["description"] == "Cells of a paper"


def test_a_renamed_column_is_known_by_its_new_name(folder, tmp_path):
    """As if the file had that name itself: positions are counted in voxels, and ids are no floats."""
    file = write(tmp_path / "c.csv", f"seg,X,Y,Z,ok,when\n{ROOT},40,80,400,1,2020-05-01\n")
    names = {"seg": "pt_root_id", "ok": "valid", "when": "created"}
    names |= {axis: f"pt_position_{axis.lower()}" for axis in "XYZ"}
    schema = {"columns": {source: {"name": name} for source, name in names.items()}}
    schema_file = write(tmp_path / "s.json", json.dumps(schema))
    header = write(tmp_path / "h.csv", "seg,bigint\nX,integer\nY,integer\nZ,integer\nok,text\nwhen,text\n")
    without_names = write(tmp_path / "d.csv", file.read_text().partition("\n")[2])
    for table, source, names_file in (("cells", file, None), ("headed", without_names, header)):
        import_table(
            folder,
            table,
            source,
            resolution=VOXEL,
            units="nm",
            schema_file=schema_file,
            header=names_file,
        )
        found = frozen(folder, table).to_pydict()
        assert [found[f"pt_position_{axis}"] for axis in "xyz"] == [[10], [20], [10]]
        assert (found["pt_root_id"], found["valid"]) == ([ROOT], [True])
        assert [moment.isoformat() for moment in found["created"]] == ["2020-05-01T00:00:00+00:00"]


def test_a_kind_of_annotation_says_what_columns_are(folder, tmp_path):
    file = write(
        tmp_path / "c.csv",
        "id,pre_pt_position,post_pt_position,ctr_pt_position,size\n1,[1 2 3],[1 2 3],[1 2 3],12\n",
    )
    import_table(folder, "syn", file, resolution=VOXEL, schema_type="synapse")
    table = frozen(folder, "syn")
    assert pa.types.is_floating(table.schema.field("size").type), "it would be an id by its looks"
    assert record(folder, "syn")["schema_type"] == "synapse"
    assert Dataset(folder).facts.synapse_table == "syn"


def test_the_record_of_an_imported_table(folder, tmp_path):
    import_table(
        folder, "cells", write(tmp_path / "c.csv", "id\n1\n"), resolution=(8, 8, 33), description="Somata"
    )
    found = record(folder)
    assert [found[f"voxel_resolution_{axis}"] for axis in "xyz"] == [8.0, 8.0, 33.0]
    assert found["description"] == "Somata"
    assert found["table_name"] == "cells"


def test_a_new_dataset_is_called_like_its_folder(tmp_path):
    file = write(tmp_path / "c.csv", "id\n1\n")
    import_table(tmp_path / "Fly Wire-783.cave", "cells", file, resolution=VOXEL, version=783)
    facts = Dataset(tmp_path / "Fly Wire-783.cave").facts
    assert facts.datastack == "fly_wire_783"
    assert facts.segmentation_table is None


def test_tables_join_a_version(folder, tmp_path):
    from datetime import UTC, datetime

    file = write(tmp_path / "c.csv", "id,target_id\n1,1\n")
    moment = datetime(2023, 9, 1, tzinfo=UTC)
    import_table(folder, "nuclei", file, resolution=VOXEL, version=783, at=moment)
    done = import_table(folder, "types", file, resolution=VOXEL, reference_table="nuclei")
    assert done.version == 783, "the newest one"
    with Dataset(folder).open() as cave:
        (version,) = cave.versions.all()
        assert list(version.tables) == ["nuclei", "types"]
        assert version.moment == as_micros(moment)
        assert version.tables["types"]["reference_table"] == "nuclei"


def test_a_column_that_begins_late(folder, tmp_path):
    """A column that is empty in all that is read at once is known by its first value."""
    rows = 170_000
    file = tmp_path / "c.csv"
    file.write_text(
        "id,filler,score\n" + "".join(f"{row},{'x' * 50},\n" for row in range(1, rows)) + f"{rows},,2.5\n"
    )
    import_table(folder, "cells", file, resolution=VOXEL)
    score = frozen(folder).column("score")
    assert score.type == pa.float64()
    assert score.drop_null().to_pylist() == [2.5]


def test_a_column_without_any_value_is_text(folder, tmp_path):
    import_table(folder, "cells", write(tmp_path / "c.csv", "id,score\n1,\n2,\n"), resolution=VOXEL)
    assert frozen(folder).column("score").type == pa.string()


def test_memory_does_not_grow_with_the_file(folder, tmp_path):
    """What is held at a time is a block of the file, not the file."""
    rows = 400_000
    file = tmp_path / "c.csv"
    with file.open("w") as out:
        out.write("id,pt_root_id,note\n")
        for start in range(0, rows, 10_000):
            out.writelines(f"{row},{ROOT + row},{'x' * 60}\n" for row in range(start, start + 10_000))
    assert file.stat().st_size > 30_000_000
    before = pa.total_allocated_bytes()
    pool = pa.default_memory_pool()
    peak = pool.max_memory()
    done = import_table(folder, "cells", file, resolution=VOXEL)
    assert done.rows == rows
    if pool.max_memory() > peak:  # unless a test before had needed more
        assert pool.max_memory() - before < 150_000_000
    assert pa.total_allocated_bytes() - before < 1_000_000
