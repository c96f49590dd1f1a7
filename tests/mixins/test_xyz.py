"""Positions as one array: of frames and tables that were filtered, sorted and joined, in each unit."""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
import weakref

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from caveclient_gen import accessor
from caveclient_gen.accessor import CaveAccessor
from caveclient_gen.errors import InvalidArgumentError
from caveclient_gen.mixins.materialize.accessor import register_accessor
from caveclient_gen.mixins.materialize.outputs import make_output
from caveclient_gen.positions import read_attrs, xyz

SIZE = [4.0, 8.0, 40.0]
FACTS = {"dataframe_resolution": SIZE, "table_name": "t", "materialization_version": 3, "datastack_name": "d"}
X = [1, 2, 3, 4, 5, 6, 7]
POINTS = np.array([[x, 10 * x, 100 * x] for x in X])


def axes(name, columns, kind=None):
    kind = kind or pa.int32()
    return {f"{name}_{axis}": pa.array(values, kind) for axis, values in zip("xyz", columns, strict=True)}


def wire(**more):
    """A table as servers send it, in two batches."""
    table = pa.table({"id": pa.array(X, pa.int64()), **axes("pre_pt_position", POINTS.T), **more})
    return pa.concat_tables([table.slice(0, 3), table.slice(3)])


def made(output, table=None, *, split=False, facts=FACTS):
    return make_output(output, wire() if table is None else table, facts, split_positions=split)


FORMS = [(output, split) for output in ("pandas", "arrow", "polars") for split in (False, True)]


@pytest.mark.parametrize(("output", "split"), FORMS)
def test_units(output, split):
    rows = made(output, split=split)
    given = SIZE if output == "polars" else None
    nm = xyz(rows, "pre_pt", resolution=given)
    assert nm.dtype == np.float64
    assert np.array_equal(nm, POINTS * SIZE)
    assert np.allclose(xyz(rows, "pre_pt_position", "um", resolution=given), POINTS * SIZE / 1000)
    voxels = xyz(rows, "pre_pt", unit="voxel")
    assert voxels.dtype == np.int64
    assert np.array_equal(voxels, POINTS)
    assert np.array_equal(xyz(rows, "pre_pt", resolution=[1, 1, 2]), POINTS * [1, 1, 2])


# What people do with rows before they ask for positions, in each package.
CHANGED = {
    "filtered": (
        lambda f: f[f["id"] % 2 == 1],
        lambda t: t.filter(pa.array([x % 2 == 1 for x in X])),
        lambda p: p.filter(pl.col("id") % 2 == 1),
    ),
    "one in the middle moved": (  # the first and the last row stay where they were
        lambda f: f.iloc[[0, 2, 1, 3, 4, 5, 6]],
        lambda t: t.take([0, 2, 1, 3, 4, 5, 6]),
        lambda p: p[[0, 2, 1, 3, 4, 5, 6]],
    ),
    "sorted": (
        lambda f: f.sort_values("id", ascending=False),
        lambda t: t.sort_by([("id", "descending")]),
        lambda p: p.sort("id", descending=True),
    ),
    "a part": (lambda f: f.iloc[2:6], lambda t: t.slice(2, 4), lambda p: p.slice(2, 4)),
    "twice": (
        lambda f: pd.concat([f, f.iloc[1:3]]),
        lambda t: pa.concat_tables([t, t.slice(1, 2)]),
        lambda p: pl.concat([p, p.slice(1, 2)], rechunk=False),
    ),
    "none": (lambda f: f[f["id"] > 99], lambda t: t.slice(0, 0), lambda p: p.clear()),
}


@pytest.mark.parametrize(("output", "split"), FORMS)
@pytest.mark.parametrize("name", CHANGED)
def test_rows_that_were_chosen_sorted_and_joined(name, output, split):
    change = dict(zip(("pandas", "arrow", "polars"), CHANGED[name], strict=True))[output]
    rows = change(made(output, split=split))
    ids = np.array(rows["id"].to_pylist() if output == "arrow" else rows["id"].to_list(), dtype=int)
    expected = POINTS[ids - 1]
    assert np.array_equal(xyz(rows, "pre_pt", unit="voxel"), expected)
    assert np.array_equal(xyz(rows, "pre_pt", resolution=SIZE), expected * SIZE)


def test_a_changed_cell_is_seen():
    frame = made("pandas")
    frame.at[3, "pre_pt_position"] = np.array([7, 7, 7])
    assert xyz(frame, "pre_pt", unit="voxel")[3].tolist() == [7, 7, 7]


GAPS = [[1, None, 3], [1, None, None], [1, None, 3]]


@pytest.mark.parametrize(("output", "split"), FORMS)
def test_missing_points_are_rows_of_nan(output, split):
    rows = made(output, pa.table(axes("pt_position", GAPS)), split=split)
    expected = [[4, 8, 40], [np.nan] * 3, [12, np.nan, 120]]
    assert np.array_equal(xyz(rows, "pt", resolution=SIZE), expected, equal_nan=True)
    voxels = xyz(rows, "pt", unit="voxel")
    assert voxels.dtype == np.float64
    assert np.array_equal(voxels, [[1, 1, 1], [np.nan] * 3, [3, np.nan, 3]], equal_nan=True)
    nothing = made(output, pa.table(axes("pt_position", [[None, None]] * 3)), split=split)
    assert np.isnan(xyz(nothing, "pt", "voxel")).tolist() == [[True] * 3] * 2


@pytest.mark.parametrize("kinds", [(pa.int32(),), (pa.int32(), pa.int64()), (pa.uint16(),)], ids=str)
def test_integers_are_kept_in_lists(kinds):
    columns = [pa.array([1, 2], kinds[i % len(kinds)]) for i in range(3)]
    table = pa.table(dict(zip(axes("pt_position", POINTS.T[:, :2]), columns, strict=True)))
    kind = made("arrow", table).schema.field("pt_position").type
    assert kind == pa.list_(pa.int32() if kinds == (pa.int32(),) else pa.int64(), 3)
    assert made("arrow", pa.table(axes("pt_position", [[1.5]] * 3, pa.float32()))).column(0).to_pylist() == [
        [1.5, 1.5, 1.5]
    ]


@pytest.mark.parametrize("output", ["arrow", "polars"])
def test_lists_are_not_copied_where_nothing_has_to_be_done(output):
    rows = made(output, wire(**axes("pt_position", POINTS.T, pa.int64())).combine_chunks())
    column = rows.to_arrow()["pt_position"] if output == "polars" else rows["pt_position"]
    memory = column.chunk(0).values.to_numpy()
    assert np.shares_memory(xyz(rows, "pt", unit="voxel"), memory)
    assert np.array_equal(xyz(rows.slice(2, 3), "pt", unit="voxel"), POINTS[2:5])


def test_frames_of_other_makers():
    frame = pd.DataFrame(
        {
            "pt_position": [[1, 2, 3], None, (4, 5, 6)],
            "soma": [np.array([1.5, 2, 3])] * 3,
            "tags": ["abc", "def", "ghi"],
            **{f"center_{axis}": [1.5, np.nan, 2.5] for axis in "xyz"},
            **{f"b_position_{axis}": pd.array([1, 2, 3], "int64[pyarrow]") for axis in "xyz"},
        }
    )
    assert frame.cave.positions == ["pt_position", "soma", "b_position"]
    assert frame.cave.xyz("pt", resolution=[1, 1, 1])[2].tolist() == [4, 5, 6]
    assert frame.cave.xyz("soma", "voxel").tolist() == [[1.5, 2, 3]] * 3
    assert frame.cave.xyz("b", "voxel").dtype == np.int64
    # Views name their columns as they like: three axes of one name are asked for by that.
    assert np.isnan(frame.cave.xyz("center", "voxel")[1]).all()


def test_names_after_a_join():
    table = pa.table(axes("pt_position", POINTS.T) | axes("pt_position_ref", POINTS.T + 1))
    for output, split in FORMS:
        rows = made(output, table, split=split)
        for name in ("pt_ref", "pt_position_ref"):
            assert xyz(rows, name, "voxel")[0].tolist() == [2, 11, 101]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pre_ptt", r"pre_pt_position\. There is no 'pre_ptt'\. Did you mean 'pre_pt'"),
        ("id", "Pass one of this frame's positions: pre_pt_position"),
        ("pre_pt_position_x", "Pass one of this frame's positions"),
    ],
)
def test_wrong_names_are_told_the_right_ones(name, said):
    for output, split in FORMS:
        with pytest.raises(InvalidArgumentError, match=said):
            xyz(made(output, split=split), name)


def test_what_cannot_be_done_is_told():
    frame = made("pandas")
    with pytest.raises(InvalidArgumentError, match="Pass unit as one of 'nm', 'um', 'voxel'"):
        frame.cave.xyz("pre_pt", "mm")
    with pytest.raises(InvalidArgumentError, match="Pass resolution as three positive numbers"):
        frame.cave.xyz("pre_pt", resolution=[4, 4])
    with pytest.raises(InvalidArgumentError, match="Pass resolution, the nm"):
        made("pandas", facts={}).cave.xyz("pre_pt")
    with pytest.raises(InvalidArgumentError, match="Query a position"):
        pd.DataFrame({"id": [1]}).cave.xyz("pre_pt")
    with pytest.raises(
        InvalidArgumentError, match="Pass the whole name: 'ab' may be a_positionb or ab_position"
    ):
        xyz(pa.table(axes("a_positionb", GAPS) | axes("ab_position", GAPS)), "ab")
    with pytest.raises(InvalidArgumentError, match="every cell is a point"):
        xyz(pd.DataFrame({"pt_position": [[1, 2, 3], [1, 2], [3, 4]]}), "pt", "voxel")
    with pytest.raises(InvalidArgumentError, match="Pass a DataFrame of pandas or polars or a Table"):
        read_attrs([[1, 2, 3]])


def test_a_frame_that_was_converted_knows_its_resolution():
    from caveclient_gen.materializationengine import convert_position_columns

    frame = convert_position_columns(made("pandas"), SIZE, [1, 1, 1])
    assert frame.cave.resolution == [1, 1, 1]
    assert np.array_equal(frame.cave.xyz("pre_pt"), POINTS * SIZE)


def test_what_an_accessor_shows():
    assert repr(made("pandas").cave).splitlines() == [
        "positions:  pre_pt",
        "resolution: 4 x 8 x 40 nm",
        "table:      t",
        "version:    3",
        "datastack:  d",
    ]
    assert repr(pd.DataFrame().cave).splitlines() == ["positions:  none", "resolution: unknown"]


def test_a_frame_does_not_live_on_because_of_its_accessor():
    frame = made("pandas")
    assert frame.cave.positions
    alive = weakref.ref(frame)
    gc.disable()
    try:
        del frame
        assert alive() is None
    finally:
        gc.enable()


def test_a_name_that_another_package_has_taken_is_left_alone(monkeypatch):
    monkeypatch.setattr(pd.DataFrame, "cave", property(lambda frame: "another's"))
    register_accessor()
    assert pd.DataFrame().cave == "another's"
    with pytest.warns(UserWarning, match="overriding a preexisting attribute"):
        register_accessor(replace=True)
    assert pd.DataFrame.cave is CaveAccessor


def test_the_accessor_is_registered_by_an_import_and_by_the_first_frame(monkeypatch):
    for register in (lambda: importlib.reload(accessor), lambda: made("pandas")):
        monkeypatch.delattr(pd.DataFrame, "cave")
        register()
        assert isinstance(pd.DataFrame().cave, CaveAccessor)


def test_nothing_heavy_is_imported_for_it_before():
    script = (
        "import sys, caveclient_gen.positions, caveclient_gen.materializationengine\n"
        "print({'numpy', 'pandas', 'polars', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "set()\n"
