"""Segment properties: which column becomes which property."""

import pyarrow as pa
import pytest
from fixed_tables import tags

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.viewing import segment_properties as module
from caveclient_gen.offline.viewing.segment_properties import segment_properties


def properties(rows, **asked):
    inline = segment_properties(rows, **asked)["inline"]
    return inline["ids"], {one["id"]: one for one in inline["properties"]}


def with_column(rows, name, values, kind):
    return rows.append_column(name, pa.array(values, kind))


def test_a_table_as_recorded():
    """The deployment's cell types beside their nuclei (materialize/110)."""
    rows = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int64()),
            "valid": [True] * 3,
            "target_id": pa.array([1, 2, 3], pa.int64()),
            "classification_system": ["bench"] * 3,
            "cell_type": ["4P", "23P", "BC"],
            "volume": pa.array([10.5, 11.5, 12.5], pa.float32()),
            "pt_position_x": pa.array([1, 2, 3], pa.int32()),
            "pt_position_y": pa.array([1, 2, 3], pa.int32()),
            "pt_position_z": pa.array([1, 2, 3], pa.int32()),
            "pt_supervoxel_id": pa.array([1, 2, 3], pa.int64()),
            "pt_root_id": pa.array([288230376151712180, 288230376151712110, 288230376151712174], pa.int64()),
        }
    )
    assert segment_properties(rows) == {
        "@type": "neuroglancer_segment_properties",
        "inline": {
            "ids": ["288230376151712180", "288230376151712110", "288230376151712174"],
            "properties": [
                {"id": "label", "type": "label", "values": ["1", "2", "3"]},
                {
                    "id": "tags",
                    "type": "tags",
                    "tags": ["bench", "23P", "4P", "BC"],
                    "values": [[0, 2], [0, 1], [0, 3]],
                },
                {"id": "volume", "type": "number", "values": [10.5, 11.5, 12.5], "data_type": "float32"},
            ],
        },
    }


def test_without_words_there_are_no_tags():
    ids, found = properties(tags(1, 2).drop_columns(["tag"]))
    assert ids == [str(2**58 + 1), str(2**58 + 2)]
    assert [*found] == ["label"]


def test_missing_words_and_flags_are_no_tags():
    rows = with_column(tags(1, 2, 3, words=["a", None, "b"]), "checked", [True, True, None], pa.bool_())
    rows = with_column(rows, "side", ["b", None, "c"], pa.string())
    _, found = properties(rows)
    assert found["tags"]["tags"] == ["a", "b", "c", "checked"]
    assert found["tags"]["values"] == [[0, 1, 3], [3], [1, 2]]


def test_text_that_differs_in_each_row_is_text(monkeypatch):
    monkeypatch.setattr(module, "MOST_TAGS", 2)
    rows = with_column(tags(1, 2, 3, words=["a", None, "c"]), "note", ["x", "y", "z"], pa.string())
    _, found = properties(rows)
    assert found["tags"]["tags"] == ["a", "c"]
    assert found["note"] == {"id": "note", "type": "string", "values": ["x", "y", "z"]}


def test_numbers_keep_their_kind():
    rows = with_column(tags(1, 2), "count", [1, None], pa.int64())
    rows = with_column(rows, "long", [1, 2**40], pa.int64())
    _, found = properties(rows)
    assert found["count"] == {"id": "count", "type": "number", "values": [1, None], "data_type": "int32"}
    assert found["long"]["data_type"] == "float32"


def test_rows_on_no_segment_are_left_out():
    rows = tags(1, 2, 3)
    place = rows.column_names.index("pt_root_id")
    rows = rows.set_column(place, "pt_root_id", pa.array([0, None, 7], pa.int64()))
    ids, found = properties(rows)
    assert ids == ["7"]
    assert found["label"]["values"] == ["3"]


@pytest.mark.parametrize(
    ("asked", "labels"),
    [
        ({"label_columns": ["tag"]}, ["t1", "t2"]),
        ({"label_columns": ["id", "tag"]}, ["1_t1", "2_t2"]),
        ({"label_format": "{tag} ({id})"}, ["t1 (1)", "t2 (2)"]),
        ({"label_format": "{{{tag}}}"}, ["{t1}", "{t2}"]),
        ({"label_format": "cell"}, ["cell", "cell"]),
        ({"label_format": ""}, ["", ""]),
        ({"label_format": "{valid}"}, ["true", "true"]),
    ],
)
def test_labels(asked, labels):
    assert properties(tags(1, 2), **asked)[1]["label"]["values"] == labels


def test_rows_without_an_id_are_labelled_by_their_segment():
    ids, found = properties(tags(1, 2).drop_columns(["id"]))
    assert found["label"]["values"] == ids == [str(2**58 + 1), str(2**58 + 2)]


@pytest.mark.parametrize(
    "pattern",
    [
        "{nope}",
        "{}",
        "{0}",
        "{id.__class__}",
        "{id.__class__.__mro__}",
        "{id[0]}",
        "{id!r}",
        "{id:>99999999999}",
        "{id",
        "}",
        "x" * 2000,
        "{id}" * 30,
    ],
)
def test_a_label_is_made_of_columns_alone(pattern):
    with pytest.raises(Refusal) as caught:
        segment_properties(tags(1), label_format=pattern)
    assert caught.value.status == 400


def test_a_label_of_no_column_is_refused():
    with pytest.raises(Refusal, match="none of them"):
        segment_properties(tags(1), label_columns=["__class__"])
    with pytest.raises(Refusal, match="at most 20 columns"):
        segment_properties(tags(1), label_columns=["id"] * 21)


def test_columns_that_an_import_may_have():
    rows = with_column(tags(1), "list", [[1, 2]], pa.list_(pa.int64()))
    rows = with_column(rows, "when", [0], pa.timestamp("us"))
    rows = with_column(rows, "old_root_id", ["7"], pa.string())
    _, found = properties(rows, label_columns=["when"])
    assert [*found] == ["label", "tags"]
    assert found["label"]["values"][0].startswith("1970-01-01")
    with pytest.raises(Refusal, match="it is no text"):
        properties(rows, label_columns=["list"])


def test_a_table_without_roots_is_refused():
    with pytest.raises(Refusal, match="column of root ids"):
        segment_properties(pa.table({"id": pa.array([1], pa.int64())}))


def test_an_empty_table_is_an_empty_list():
    assert properties(tags())[0] == []
