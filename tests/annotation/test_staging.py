"""What a stage takes, what it refuses, and what it shows."""

import inspect
import json
import pickle
import sys
from collections.abc import Callable

import jsonschema
import numpy as np
import pandas as pd
import pytest
from annotation_bench import schema_document

from caveclient_gen.errors import InvalidArgumentError
from caveclient_gen.tools import stage
from caveclient_gen.tools.stage import StagedAnnotations

POINT = [1, 2, 3]


def document(properties, **more):
    return {"$ref": "#/definitions/Made", "definitions": {"Made": {"properties": properties, **more}}}


def staged(name="bound_tag", **options):
    return StagedAnnotations(schema_document(name), name=name, table_name="t", **options)


def test_fields():
    made = staged("synapse")
    assert made.fields == ["ctr_pt_position", "post_pt_position", "pre_pt_position", "size", "valid"]
    assert made.fields_required == ["ctr_pt_position", "post_pt_position", "pre_pt_position"]
    assert staged(update=True).fields == ["id", "pt_position", "tag", "valid"]
    assert staged(id_field=True).fields_required == ["id", "pt_position", "tag"]
    assert (made.table_name, made.is_update) == ("t", False)


def test_a_schema_without_required_fields():
    made = StagedAnnotations(document({"tag": {"type": "string"}}))
    assert made.fields_required == []
    made.add()
    made.add(tag="a")
    assert made.annotation_list == [{}, {"tag": "a"}]


@pytest.mark.parametrize("options", [{}, {"id_field": True}])
def test_a_schema_with_an_id_of_its_own(options):
    made = StagedAnnotations(document({"tag": {"type": "string"}, "id": {"type": "integer"}}), **options)
    assert sorted(made.fields) == ["id", "tag"]
    assert made.fields_required == list(options and ["id"])


def test_the_class_has_what_scripts_use():
    assert (StagedAnnotations.IS_UPLOADED_FIELD, StagedAnnotations.UPLOADED_ID_FIELD) == (
        "_IS_UPLOADED_",
        "_UPLOADED_ID_",
    )
    assert (StagedAnnotations.IS_UPLOADED_COLUMN, StagedAnnotations.NEW_ID_COLUMN) == (
        "is_uploaded",
        "new_id",
    )
    assert stage.SPATIAL_POINT_CLASSES == ["SpatialPoint", "BoundSpatialPoint"]


def test_add_has_a_signature():
    made = staged()
    assert str(inspect.signature(made.add)) == "(pt_position, tag, valid=None)"
    assert made.add.__doc__.startswith(stage.ADD_FUNC_DOCSTRING)
    assert "Arbitrary text tag" in made.add.__doc__
    made.add(POINT, tag="a")
    assert made.annotation_list == [{"pt": {"position": POINT}, "tag": "a"}]
    with pytest.raises(TypeError, match="tag"):
        made.add(POINT)


def test_a_field_that_is_no_python_name():
    made = StagedAnnotations(document({"class": {"type": "string"}}, required=["class"]))
    made.add(**{"class": "a"})
    assert made.annotation_list == [{"class": "a"}]


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ({"pt_position": (1, 2, 3)}, POINT),
        ({"pt_position": np.array([1, 2, 3])}, POINT),
        ({"pt_position": np.array([1.0, 2.0, 3.0])}, POINT),
        ({"pt_position": [np.int64(1), np.uint8(2), 3]}, POINT),
        ({"tag": np.str_("b")}, "b"),
        ({"valid": np.bool_(True)}, True),
        ({"valid": float("nan")}, None),
        ({"valid": pd.NA}, None),
        ({"valid": None}, None),
    ],
)
def test_what_people_hold(cells, value):
    made = staged()
    made.add(**{"pt_position": POINT, "tag": "a"} | cells)
    (row,) = made.annotation_list
    (name,) = cells
    assert (row["pt"]["position"] if name == "pt_position" else row.get(name)) == value
    json.dumps(row, allow_nan=False)


@pytest.mark.parametrize("ids", [[1, 2], np.array([1, 2], dtype=np.uint64), pd.array([1, 2], dtype="Int64")])
def test_numpy_ids(ids):
    made = staged("simple_reference")
    made.add_dataframe(pd.DataFrame({"target_id": ids}))
    assert made.annotation_list == [{"target_id": 1}, {"target_id": 2}]


def test_large_ids_stay_exact():
    made = staged("simple_reference", id_field=True)
    made.add_dataframe(pd.DataFrame({"id": [2**60 + 1], "target_id": pd.array([2**53 + 1], dtype="Int64")}))
    assert made.annotation_list == [{"id": 2**60 + 1, "target_id": 2**53 + 1}]


@pytest.mark.parametrize("kind", ["int64", "uint64", "float64"])
def test_a_frame_that_is_changed_later_changes_nothing(kind):
    made = StagedAnnotations(document({"size": {"type": "number"}}))
    df = pd.DataFrame({"size": np.array([1, 2], dtype=kind)})
    made.add_dataframe(df)
    df.loc[0, "size"] = 9
    assert made.annotation_list == [{"size": 1}, {"size": 2}]


@pytest.mark.parametrize(
    "point",
    [
        [2**53 + 1, -(2**62) - 1, 0],
        (2**53 + 1, 1, 0),
        np.array([2**53 + 1, 1, 0]),
        np.array([2**62 + 1, 2**53 + 1, 0], dtype=np.uint64),
        [1e20, 2.0**63, 0.0],
    ],
)
def test_large_numbers_of_points_stay_exact(point):
    made = staged()
    made.add_dataframe(pd.DataFrame({"pt_position": [POINT, point], "tag": ["a", "b"]}))
    made.add(pt_position=point, tag="c")
    wanted = np.asarray(point).tolist()
    assert [row["pt"]["position"] for row in made.annotation_list] == [POINT, wanted, wanted]


def test_rows_are_counted_with_those_that_lack_a_point():
    made = staged("bound_tag", update=True)
    cells = pd.Series([None, [1, 2, "x"]], dtype=object)
    with pytest.raises(InvalidArgumentError, match="Give row 1 of 'pt_position' as three numbers"):
        made.add_dataframe(pd.DataFrame({"id": [1, 2], "pt_position": cells, "tag": ["a", "b"]}))


BAD = [
    ("bound_tag", "tag", [3], "'tag', row 1: pass a text"),
    ("bound_tag", "tag", [None], "'tag', row 1: fill it in"),
    ("bound_tag", "pt_position", [[1, 2]], "row 1 of 'pt_position' as three numbers"),
    ("bound_tag", "pt_position", ["abc"], "row 1 of 'pt_position' as three numbers"),
    ("bound_tag", "pt_position", [[1, 2, float("nan")]], "row 1 of 'pt_position' as three numbers"),
    ("bound_tag", "pt_position", [[1, "2", []]], "row 1 of 'pt_position' as three numbers"),
    ("bound_tag", "pt_position", [[10**400, 2, 3]], "row 1 of 'pt_position' as three numbers"),
    ("bound_tag", "pt_position", [None], "'pt_position', row 1: fill it in"),
    ("bound_tag", "valid", ["yes"], "'valid', row 1: pass True or False"),
    ("synapse", "size", ["big"], "'size', row 1: pass a number"),
    ("synapse", "size", [float("inf")], "Replace inf in row 1 of 'size'"),
    ("simple_reference", "target_id", [1.5], "'target_id', row 1: pass whole numbers"),
    ("simple_reference", "target_id", [2.0**60], "'target_id', row 1: pass whole numbers"),
    ("simple_reference", "target_id", [True], "'target_id', row 1: pass a whole number"),
    ("bouton_shape", "shape", ["cube"], "'shape', row 1: use one of"),
]
GOOD = {
    "bound_tag": {"pt_position": POINT, "tag": "a", "valid": True},
    "synapse": {"ctr_pt_position": POINT, "pre_pt_position": POINT, "post_pt_position": POINT, "size": 1.0},
    "simple_reference": {"target_id": 1},
    "bouton_shape": {"target_id": 1, "shape": "potato"},
}


@pytest.mark.parametrize(("schema", "column", "cells", "message"), BAD)
def test_one_bad_row_and_nothing_is_staged(schema, column, cells, message):
    made = staged(schema)
    made.add(**GOOD[schema])
    good = pd.Series([GOOD[schema][column]], dtype=object)
    bad = pd.concat([good, pd.Series(cells, dtype=object), good], ignore_index=True)
    df = pd.DataFrame({name: [value] * 3 for name, value in GOOD[schema].items()})
    df[column] = bad
    with pytest.raises(InvalidArgumentError) as caught:
        made.add_dataframe(df)
    assert message in str(caught.value)
    assert len(made) == 1
    assert len(made.annotation_list) == 1


@pytest.mark.parametrize(
    ("df", "message"),
    [
        (pd.DataFrame({"pt_position": [POINT], "tag": ["a"], "extra": [3]}), "'extra'"),
        (pd.DataFrame({"pt": [POINT], "tag": ["a"]}), "did you mean 'pt_position'"),
        (pd.DataFrame({"pt_position": [POINT]}), r"Add the columns \['tag'\]"),
        ([{"tag": "a"}], "Pass df as a pandas DataFrame"),
    ],
)
def test_columns_that_do_not_fit(df, message):
    made = staged()
    with pytest.raises(ValueError, match=message):
        made.add_dataframe(df)
    assert len(made) == 0


@pytest.mark.parametrize("name", ["bound_tag", "synapse", "simple_reference", "bouton_shape"])
def test_rows_obey_the_schema(name):
    """The judge is JSON Schema itself."""
    made = staged(name)
    made.add(**GOOD[name])
    made.add_dataframe(pd.DataFrame([GOOD[name]] * 3))
    for row in made.annotation_list:
        jsonschema.validate(row, schema_document(name))
    assert made.annotation_list == [made.annotation_list[0]] * 4


@pytest.mark.parametrize(
    ("table", "own", "expected"),
    [
        ([4, 4, 40], [8, 8, 40], [2, 4, 3]),
        ([8, 8, 40], [4, 4, 40], [0.5, 1.0, 3.0]),
        ([4, 4, 40], None, POINT),
    ],
)
def test_resolutions(table, own, expected):
    made = staged(table_resolution=table, annotation_resolution=own)
    made.add(POINT, "a")
    made.add_dataframe(pd.DataFrame({"pt_position": [POINT], "tag": ["b"]}))
    assert [row["pt"]["position"] for row in made.annotation_list] == [expected] * 2


def test_resolutions_of_points_of_which_some_are_missing():
    point = {"$ref": "#/definitions/BoundSpatialPoint"}
    made = StagedAnnotations(
        document({"pt": point}), table_resolution=[4, 4, 40], annotation_resolution=[8, 8, 40]
    )
    made.add_dataframe(pd.DataFrame({"pt_position": [None, POINT, float("nan"), [4, 5, 6]]}))
    assert made.annotation_list == [{}, {"pt": {"position": [2, 4, 3]}}, {}, {"pt": {"position": [8, 10, 6]}}]


def test_a_resolution_that_cannot_be_used():
    with pytest.warns(UserWarning, match="table_resolution"):
        staged(annotation_resolution=[8, 8, 40])


def test_frames_with_tracking():
    made = staged()
    assert made.annotation_dataframe().shape[0] == 0
    made.add_dataframe(
        pd.DataFrame({"pt_position": [POINT] * 4, "tag": list("abcd"), "valid": [True, None, None, None]})
    )
    made.mark_uploaded([1, 3], [21, 23])
    shown = made.annotation_dataframe(include_tracking=True)
    assert shown.columns.tolist() == ["pt_position", "tag", "valid", "is_uploaded", "new_id"]
    assert shown["is_uploaded"].tolist() == [False, True, False, True]
    assert shown["is_uploaded"].dtype == bool, "it can be used as a mask"
    assert shown["new_id"].tolist() == [pd.NA, 21, pd.NA, 23]
    assert shown["pt_position"].tolist() == [POINT] * 4
    waiting = made.annotation_dataframe(only_nonuploaded=True)
    assert waiting["tag"].tolist() == ["a", "c"]
    assert waiting.index.tolist() == [0, 2]
    assert [row["tag"] for row in made.annotation_list_nonuploaded] == ["a", "c"]
    assert repr(made) == "Staged annotations for table 't' (4 new annotations, 2 uploaded)"
    made.purge_uploaded_annotations()
    assert [row["tag"] for row in made.annotation_list] == ["a", "c"]
    made.clear_annotations()
    assert len(made) == 0


def test_what_is_handed_out_is_a_copy():
    made = staged()
    made.add(POINT, "a")
    made.annotation_list[0]["pt"]["position"][0] = 99
    assert made.annotation_list[0]["pt"]["position"] == POINT


def test_notebooks_show_it_escaped():
    made = StagedAnnotations(document({"tag": {"type": "string", "description": "<script>"}}), name="<b>")
    assert "<script>" not in made._repr_html_()
    assert "&lt;script&gt;" in made._repr_html_()
    assert "with no table" in repr(made)


@pytest.mark.parametrize(("rows", "ids"), [([0, 1], [5]), ([7], [5]), ([0.5], [1])])
def test_marks_are_checked(rows, ids):
    made = staged()
    made.add(POINT, "a")
    with pytest.raises(InvalidArgumentError):
        made.mark_uploaded(rows, ids)


def test_pickle():
    made = staged()
    made.add(POINT, "a")
    again = pickle.loads(pickle.dumps(made))
    again.add(POINT, "b")
    assert [row["tag"] for row in again.annotation_list] == ["a", "b"]
    assert len(made) == 1


def calls_of(action: Callable[[], object]) -> int:
    """Count the functions that are called meanwhile, Python's own and those in C."""
    called = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return called


def test_ten_thousand_rows_are_checked_as_columns():
    """Nothing is called for each row; a check row by row took seconds."""

    def add(count: int) -> int:
        points = np.arange(3 * count).reshape(-1, 3).tolist()
        df = pd.DataFrame({f"{one}_pt_position": points for one in ("pre", "ctr", "post")}).assign(size=1.5)
        made = staged("synapse")
        called = calls_of(lambda: made.add_dataframe(df))
        assert made.annotation_list[-1]["pre_pt"]["position"] == points[-1]
        return called

    add(10)  # what is called once per process
    assert add(10_000) < add(100) + 100


def test_schemas_are_checked():
    with pytest.raises(InvalidArgumentError, match="describes no fields"):
        StagedAnnotations({"$schema": "x"})
