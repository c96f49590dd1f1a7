from __future__ import annotations

import ast
import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caveclient_gen._runtime.arrow import read_stream
from caveclient_gen._runtime.errors import DecodeError, InvalidArgumentError
from caveclient_gen.mixins.materialize.arrays import LooseColumns
from caveclient_gen.mixins.materialize.frames import (
    concatenate_position_columns,
    convert_position_columns,
    convert_timestamp,
    deserialize_query_response,
    string_format_timestamp,
    table_to_frame,
)
from caveclient_gen.mixins.materialize.positions import find_positions, scale_factors
from caveclient_gen.mixins.materialize.xyz import xyz

RECORDINGS = Path(__file__).parent.parent / "recordings"
ROOT = 864691136008567725
NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


def axes(name):
    return [f"{name}_{axis}" for axis in "xyz"]


def plain(cells):
    return [None if cell is None else np.asarray(cell).tolist() for cell in cells]


FOUND = [
    (["id", *axes("pt_position"), "size"], None, {"pt_position": (1, 2, 3)}),
    (
        axes("pre_pt_position") + axes("ctr_pt_position"),
        None,
        {"pre_pt_position": (0, 1, 2), "ctr_pt_position": (3, 4, 5)},
    ),
    (axes("pt_position_ref"), None, {"pt_position_ref": (0, 1, 2)}),  # a join puts its ending before the axis
    (
        axes("pt_positionxx"),
        None,
        {"pt_positionxx": (0, 1, 2)},
    ),  # the server's endings have no underscore
    (["pt_position_x", "pt_position_z", "pt_position_y"], None, {"pt_position": (0, 2, 1)}),
    (["pt_position_z", "id", "pt_position_y", "pt_position_x"], None, {"pt_position": (3, 2, 0)}),
    (axes("size"), None, {}),  # three sizes
    (["ax", "ay", "az"], None, {}),
    (axes("_position"), None, {}),
    (axes("pt_position")[:2], None, {}),  # z was not selected
    ([*axes("pt_position"), "pt_position"], None, {}),  # the name is taken
    (axes("centroid"), None, {}),
    (axes("centroid"), {"t": {"centroid": "centroid"}}, {"centroid": (0, 1, 2)}),  # the server says so
    (axes("c_ref"), {"t": {"c": "c_ref"}}, {"c_ref": (0, 1, 2)}),
    (axes("size"), {"t": {n: n for n in axes("size")}}, {}),
    ([], None, {}),
]


@pytest.mark.parametrize(("names", "column_map", "expected"), FOUND)
def test_finds_positions_by_the_names_the_server_gives(names, column_map, expected):
    assert {p.name: p.places for p in find_positions(names, column_map)} == expected


def synapses(rows=3, metadata=True):
    columns = {
        "id": pa.array(range(rows), pa.int64()),
        "pre_pt_position_x": pa.array(range(rows), pa.int32()),
        "pre_pt_position_y": pa.array(range(10, 10 + rows), pa.int32()),
        "pre_pt_position_z": pa.array(range(20, 20 + rows), pa.int32()),
        "pre_pt_root_id": pa.array([ROOT] * rows, pa.int64()),
        "valid": pa.array([True] * rows, pa.bool_()),
        "post_pt_position_x": pa.array([0.5] * rows, pa.float64()),
        "post_pt_position_y": pa.array([1.5] * rows, pa.float64()),
        "post_pt_position_z": pa.array([2.5] * rows, pa.float64()),
        "size": pa.array([0.25] * rows, pa.float32()),
        "tag": pa.array(["a"] * rows, pa.string()),
        "created": pa.array([NOON] * rows, pa.timestamp("ns", "UTC")),
    }
    table = pa.table(columns)
    return table if metadata else table.replace_schema_metadata(None)


def test_positions_become_points_where_their_x_stood():
    frame = table_to_frame(synapses())
    order = ["id", "pre_pt_position", "pre_pt_root_id", "valid", "post_pt_position", "size", "tag", "created"]
    assert list(frame.columns) == order
    assert plain(frame["pre_pt_position"]) == [[0, 10, 20], [1, 11, 21], [2, 12, 22]]
    assert plain(frame["post_pt_position"]) == [[0.5, 1.5, 2.5]] * 3
    assert frame["pre_pt_position"].dtype == object
    assert {cell.dtype for cell in frame["pre_pt_position"]} == {np.dtype("int64")}
    assert {cell.shape for cell in frame["post_pt_position"]} == {(3,)}
    assert np.vstack(frame["pre_pt_position"]).shape == (3, 3)


DTYPES = {
    "id": "Int64",
    "pre_pt_position_x": "Int32",
    "pre_pt_root_id": "Int64",
    "valid": "boolean",
    "post_pt_position_x": "Float64",
    "size": "Float32",
    "tag": "string",
    "created": "datetime64[ns, UTC]",
}


def with_gaps(table):
    gap = pa.table({field.name: pa.nulls(1, field.type) for field in table.schema})
    return pa.concat_tables([table, gap])


@pytest.mark.parametrize("split_positions", [True, False])
@pytest.mark.parametrize(
    "table",
    [
        synapses(0),
        synapses(1),
        synapses(5),
        with_gaps(synapses(2)),
        synapses(2, metadata=False),
        with_gaps(synapses(0, metadata=False)),
    ],
    ids=["empty", "one", "many", "gaps", "no metadata", "only gaps"],
)
def test_types_follow_the_schema_alone(table, split_positions):
    frame = table_to_frame(table, split_positions=split_positions)
    dtypes = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    if split_positions:
        assert list(dtypes) == table.column_names
        assert dtypes.items() >= DTYPES.items()
    else:
        points = {"pre_pt_position": "object", "post_pt_position": "object"}
        kept = {name: kind for name, kind in DTYPES.items() if "position" not in name}
        assert dtypes == {**kept, **points}
    assert len(frame) == table.num_rows
    assert frame.index.equals(pd.RangeIndex(table.num_rows))


@pytest.mark.parametrize("split_positions", [True, False])
def test_memory_of_a_column_is_free_as_soon_as_the_frame_has_it(split_positions):
    before = pa.total_allocated_bytes()
    table = with_gaps(synapses(1000)).drop_columns(["tag"])  # texts may stay Arrow
    columns = LooseColumns(table)
    del table
    assert pa.total_allocated_bytes() > before
    frame = table_to_frame(columns, split_positions=split_positions)
    assert len(frame) == 1001
    bits = 128 * len(frame.columns)  # pandas may keep Arrow's, which tell what is missing
    assert pa.total_allocated_bytes() <= before + bits


def test_what_a_frame_holds_can_be_written_to():
    # Read as they are, columns without gaps would be Arrow's own memory.
    frame = table_to_frame(pa.table({name: pa.array([0, 1], pa.duration("ns")) for name in "ab"}))
    for name in frame:
        frame[name].array[0] = timedelta(seconds=1)
    assert frame["a"].tolist() == [timedelta(seconds=1), pd.Timedelta(1, "ns")]


def test_ids_with_gaps_stay_exact():
    frame = table_to_frame(pa.table({"pt_root_id": pa.array([ROOT, None], pa.int64())}))
    assert frame["pt_root_id"].tolist() == [ROOT, pd.NA]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (pa.timestamp("us"), "datetime64[us, UTC]"),
        (pa.timestamp("ns"), "datetime64[ns, UTC]"),
        (pa.timestamp("ms", "America/New_York"), "datetime64[ms, UTC]"),
    ],
)
def test_times_are_in_utc(kind, expected):
    column = (
        pa.array([1704196800000 * 1000, None], pa.int64())
        .cast(pa.timestamp("us"))
        .cast(pa.timestamp(kind.unit))
    )
    frame = table_to_frame(pa.table({"created": column.cast(kind)}))
    assert str(frame["created"].dtype) == expected
    assert frame["created"][0] == NOON
    assert frame["created"][1] is pd.NaT


def points_table(x, y, z, kind=None):
    kind = kind or pa.int32()
    columns = (pa.array(values, kind) for values in (x, y, z))
    return pa.table(dict(zip(axes("pt_position"), columns, strict=True)))


def test_missing_points_stay_missing():
    frame = table_to_frame(points_table([1, None, 3], [4, None, None], [7, None, 9]))
    cells = frame["pt_position"].tolist()
    assert plain(cells)[:2] == [[1, 4, 7], None]
    assert cells[0].dtype == np.int64
    np.testing.assert_array_equal(cells[2], [3.0, np.nan, 9.0])
    assert frame["pt_position"].isna().tolist() == [False, True, False]
    assert len(frame.dropna(subset="pt_position")) == 2


def test_several_record_batches_are_one_frame():
    table = pa.concat_tables(
        [points_table([1], [2], [3]), points_table([None], [None], [None]), points_table([4], [5], [6])]
    )
    assert table.column(0).num_chunks == 3
    assert plain(table_to_frame(table)["pt_position"]) == [[1, 2, 3], None, [4, 5, 6]]


def test_a_slice_is_read_from_its_own_beginning():
    table = points_table([1, 2, None], [3, 4, None], [5, 6, None]).slice(1)
    assert plain(table_to_frame(table)["pt_position"]) == [[2, 4, 6], None]


@pytest.mark.parametrize("kind", [pa.string(), pa.bool_()])
def test_what_is_no_number_is_no_position(kind):
    table = pa.table({name: pa.nulls(2, kind) for name in axes("pt_position")})
    assert list(table_to_frame(table).columns) == axes("pt_position")


def test_only_positions_or_nothing_at_all():
    assert table_to_frame(points_table([], [], [])).shape == (0, 1)
    assert table_to_frame(pa.table({})).shape == (0, 0)
    assert table_to_frame(pa.table({"count": [5]}))["count"].tolist() == [5]


def test_of_two_columns_of_the_same_name_nobody_knows_which_is_meant():
    names = axes("pt_position") * 2
    table = pa.Table.from_arrays([pa.array([value]) for value in range(6)], names)
    frame = table_to_frame(table)
    assert (list(frame.columns), frame.to_numpy().tolist()) == (names, [[0, 1, 2, 3, 4, 5]])
    pd.testing.assert_frame_equal(concatenate_position_columns(frame), frame)
    resolutions = {"given_resolution": [4, 4, 40], "desired_resolution": [1, 1, 1]}
    pd.testing.assert_frame_equal(convert_position_columns(frame, **resolutions), frame)
    joined = pd.DataFrame([[[1, 2, 3], [4, 5, 6]]], columns=["pt_position"] * 2)
    (row,) = convert_position_columns(joined, **resolutions).to_numpy()
    assert plain(row) == [[4, 8, 120], [16, 20, 240]]


@pytest.mark.parametrize(("kind", "x"), [(pa.float32(), 1.5), (pa.int16(), 30_000), (pa.int64(), 2**53 + 1)])
def test_products_have_all_bits_of_a_float(kind, x):
    table = points_table([x], [x], [x], kind)
    resolutions = {"given_resolution": [4, 4, 40], "desired_resolution": [7, 0.1, 3]}
    (point,) = table_to_frame(table, **resolutions)["pt_position"]
    wanted = [x * (4 / 7), x * (4 / 0.1), x * (40 / 3)]
    assert point.tolist() == wanted
    assert table_to_frame(table, split_positions=True, **resolutions).to_numpy().tolist() == [wanted]
    stored = points_table([x], [x], [x], kind)
    nm = [[x * 7.0, x * 0.1, x * 3.0]]
    for frame in (table_to_frame(stored), table_to_frame(stored, split_positions=True), stored):
        assert xyz(frame, "pt", resolution=[7, 0.1, 3]).tolist() == nm


@pytest.mark.parametrize("split_positions", [True, False])
def test_converts_resolution_without_rounding(split_positions):
    table = points_table([1, None], [2, None], [3, None])
    frame = table_to_frame(
        table, split_positions=split_positions, given_resolution=(4, 4, 40), desired_resolution=[8, 1, 16]
    )
    if split_positions:
        assert [frame[name].tolist() for name in axes("pt_position")] == [
            [0.5, pd.NA],
            [8.0, pd.NA],
            [7.5, pd.NA],
        ]
        assert {str(dtype) for dtype in frame.dtypes} == {"Float64"}
    else:
        assert plain(frame["pt_position"]) == [[0.5, 8.0, 7.5], None]
        assert frame["pt_position"][0].dtype == np.float64
    assert table.column(0).to_pylist() == [1, None]


@pytest.mark.parametrize(
    ("given_resolution", "desired", "expected"),
    [
        ((4, 4, 40), (4.0, 4.0, 40.0), None),
        ((4, 4, 40), None, None),
        (None, None, None),
        (np.array([4, 4, 40]), [1, 2, 4], (4.0, 2.0, 10.0)),
    ],
)
def test_factors(given_resolution, desired, expected):
    assert scale_factors(given_resolution, desired) == expected


@pytest.mark.parametrize(
    ("given_resolution", "desired", "reason"),
    [
        (None, (1, 1, 1), "not known"),  # converting by a guess would move the points
        ((4, 4), (1, 1, 1), "given_resolution"),
        ((4, 4, 40), (0, 1, 1), "desired_resolution"),
        ((4, 4, 40), (1, 1, float("nan")), "desired_resolution"),
        ((None, None, None), (1, 1, 1), "given_resolution"),
        ((4, 4, 40), 1, "desired_resolution"),
    ],
)
def test_resolutions_that_cannot_be_used_are_refused(given_resolution, desired, reason):
    with pytest.raises(InvalidArgumentError, match=reason):
        table_to_frame(
            points_table([1], [1], [1]), given_resolution=given_resolution, desired_resolution=desired
        )


def test_a_table_without_positions_needs_no_resolution():
    assert table_to_frame(pa.table({"count": [5]}), desired_resolution=(1, 1, 1)).shape == (1, 1)


@given(st.lists(st.tuples(*[st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1))] * 3), max_size=20))
def test_points_are_what_the_columns_hold(rows):
    x, y, z = zip(*rows, strict=True) if rows else ((), (), ())
    cells = table_to_frame(points_table(x, y, z))["pt_position"].tolist()
    for row, cell in zip(rows, cells, strict=True):
        if row == (None, None, None):
            assert cell is None
        else:
            expected = [np.nan if value is None else value for value in row]
            np.testing.assert_array_equal(cell, expected)


def recorded_tables():
    for path in sorted((RECORDINGS / "materialize").glob("*.json")):
        for exchange in json.loads(path.read_text())["exchanges"]:
            response = exchange["response"]
            if response["headers"].get("Content-Type") == "data.arrow":
                yield pytest.param(response, id=path.stem)


@pytest.mark.parametrize("response", list(recorded_tables()))
def test_recorded_answers_keep_every_value(response):
    table = read_stream(base64.b64decode(response["body"]["base64"]))
    header = response["headers"].get("column_names")
    frame = table_to_frame(table, column_map=ast.literal_eval(header) if header else None)
    split = table_to_frame(table, split_positions=True)
    assert len(frame) == table.num_rows
    stems = [name.removesuffix("_x") for name in table.column_names if name.endswith("_position_x")]
    assert [name for name in frame.columns if name.endswith("_position")] == stems
    for name in split.columns:
        values = table.column(name).to_pylist()
        assert [None if value is pd.NA else value for value in split[name].tolist()] == values
    for stem in stems:
        rows = zip(*(table.column(name).to_pylist() for name in axes(stem)), strict=True)
        assert plain(frame[stem]) == [None if row == (None,) * 3 else list(row) for row in rows]


def test_frames_of_several_queries_fit_together():
    one, none = table_to_frame(synapses(2)), table_to_frame(synapses(0))
    one.attrs, none.attrs = {"table": "synapses", "filters": [1, 2]}, {"table": "synapses", "filters": [3]}
    both = pd.concat([one, none], ignore_index=True)
    assert both.dtypes.equals(one.dtypes)
    assert len(both) == 2


# Functions of the documented API


def frame_of(dtype="Int32"):
    last = None if dtype[0].isupper() else 9
    positions = {name: pd.array([i, last], dtype=dtype) for i, name in enumerate(axes("pt_position"))}
    sizes = {name: [1, 2] for name in axes("size")}
    return pd.DataFrame({"id": [1, 2], **positions, **sizes}, index=[5, 7])


@pytest.mark.parametrize(
    ("dtype", "points", "kind"),
    [
        ("Int32", [[0, 1, 2], None], "int64"),
        ("Float64", [[0.0, 1.0, 2.0], None], "float64"),
        ("int64", [[0, 1, 2], [9, 9, 9]], "int64"),
        ("float32", [[0.0, 1.0, 2.0], [9.0, 9.0, 9.0]], "float64"),
    ],
)
@pytest.mark.parametrize("inplace", [True, False])
def test_concatenate_position_columns(dtype, points, kind, inplace):
    frame = frame_of(dtype)
    frame.attrs["kept"] = 1
    before = frame.copy()
    joined = concatenate_position_columns(frame, inplace=inplace)
    assert list(joined.columns) == ["id", "pt_position", *axes("size")]
    assert plain(joined["pt_position"]) == points
    assert joined["pt_position"].iloc[0].dtype == kind
    assert joined.index.tolist() == [5, 7]
    assert joined.attrs == {"kept": 1}
    assert (joined is frame) is inplace
    if not inplace:
        pd.testing.assert_frame_equal(frame, before)


def test_concatenate_leaves_frames_without_positions_alone():
    frame = pd.DataFrame({"size_x": [1], "size_y": [2], "size_z": [3], 4: [5], "pt_position_x": ["a"]})
    pd.testing.assert_frame_equal(concatenate_position_columns(frame), frame)


@pytest.mark.parametrize("dtype", ["Int32", "int64", "Float64"])
def test_convert_position_columns_split(dtype):
    frame = frame_of(dtype)
    before = frame.copy()
    converted = convert_position_columns(frame, (4, 4, 40), (8, 4, 20))
    assert converted.iloc[0][axes("pt_position")].tolist() == [0.0, 1.0, 4.0]
    assert converted[axes("size")].equals(frame[axes("size")])
    assert {converted[name].dtype.kind for name in axes("pt_position")} == {"f"}
    pd.testing.assert_frame_equal(frame, before)


def test_convert_position_columns_joined():
    frame = concatenate_position_columns(frame_of())
    converted = convert_position_columns(frame, (4, 4, 40), (8, 4, 20))
    assert plain(converted["pt_position"]) == [[0.0, 1.0, 4.0], None]
    assert plain(frame["pt_position"]) == [[0, 1, 2], None]
    assert converted.index.tolist() == [5, 7]


def test_convert_position_columns_in_the_same_resolution_changes_nothing():
    frame = frame_of()
    pd.testing.assert_frame_equal(convert_position_columns(frame, (4, 4, 40), [4, 4, 40]), frame)


def test_convert_position_columns_leaves_texts_alone():
    frame = pd.DataFrame({"pt_position_note": pd.Series(["abc"], dtype=object), "pt_position": [[1, 2, 3]]})
    converted = convert_position_columns(frame, (2, 2, 2), (1, 1, 1))
    assert converted["pt_position_note"].tolist() == ["abc"]
    assert plain(converted["pt_position"]) == [[2.0, 4.0, 6.0]]


def test_convert_position_columns_refuses_what_is_no_point():
    frame = pd.DataFrame({"pt_position": pd.Series([[1, 2, 3], [1, 2]], dtype=object)})
    with pytest.raises(InvalidArgumentError, match="every cell is a point"):
        convert_position_columns(frame, (2, 2, 2), (1, 1, 1))


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (NOON, NOON),
        (datetime(2024, 1, 2, 12), NOON),
        ("2024-01-02T12:00:00", NOON),  # the servers leave a fraction of zero out
        ("2024-01-02T12:00:00.000000", NOON),
        (NOON.timestamp(), NOON),
        (int(NOON.timestamp()), NOON),
    ],
)
def test_timestamps(value, moment):
    converted = convert_timestamp(value)
    assert converted == moment
    assert converted.utcoffset() == timedelta(0)
    assert string_format_timestamp(value) == "2024-01-02T12:00:00.000000"


def test_no_timestamp_lies_after_every_other():
    assert convert_timestamp(None) > datetime(2200, 1, 1, tzinfo=UTC)
    with pytest.raises(InvalidArgumentError):
        string_format_timestamp(None)


class FetchedResponse:
    def __init__(self, content, content_type):
        self.content = content
        self.headers = {"Content-Type": content_type} if content_type else {}


def stream(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize("content_type", ["data.arrow", "data.arrow; charset=utf-8", "Data.Arrow"])
def test_deserialize_query_response(content_type):
    frame = deserialize_query_response(FetchedResponse(stream(synapses(2)), content_type))
    assert list(frame.columns) == synapses().column_names
    assert frame["pre_pt_root_id"].tolist() == [ROOT, ROOT]


@pytest.mark.parametrize("content_type", ["application/json", "x-application/pyarrow", "", None])
def test_deserialize_refuses_other_answers(content_type):
    with pytest.raises(DecodeError, match="Arrow"):
        deserialize_query_response(FetchedResponse(stream(synapses(2)), content_type))
