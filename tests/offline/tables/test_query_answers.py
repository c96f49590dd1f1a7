"""What an answer is made of: columns, names, joins, pages, samples, resolutions."""

import numpy as np
import pyarrow as pa
import pytest
from mixed import mixed_dataset, mixed_rows

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.tables.query import Filter, Frozen, Join, Query

AT = Frozen(1)
ROWS = mixed_rows()
TYPES = Join("types", "target_id", "mixed", "id")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A query engine over the tables."""
    with mixed_dataset(tmp_path_factory.mktemp("answers") / "mixed.cave").open() as cave:
        yield cave.tables


def of_mixed(**more):
    """Return a query of one table."""
    return Query(at=AT, tables=("mixed",), **more)


def joined(**more):
    """Return a query of two tables."""
    return Query(at=AT, tables=("mixed", "types"), joins=(TYPES,), **more)


@pytest.mark.parametrize(
    ("select", "with_supervoxels", "expected"),
    [
        (["size", "id"], False, ["size", "id"]),
        (["pt_position"], False, ["pt_position_x", "pt_position_y", "pt_position_z"]),
        (["id", "id"], False, ["id"]),
        (["pt_root_id"], False, ["pt_root_id"]),
        (["pt_root_id", "id"], True, ["pt_supervoxel_id", "pt_root_id", "id"]),  # as recorded
        (["pt_root_id", "pt_supervoxel_id"], True, ["pt_supervoxel_id", "pt_root_id"]),
        ({"mixed": ["id"]}, False, ["id"]),
        ([], False, ROWS.schema.names),
        ({}, False, ROWS.schema.names),
        (None, True, ROWS.schema.names),
    ],
)
def test_selected_columns_come_in_their_order(engine, select, with_supervoxels, expected):
    rows = engine.run(of_mixed(select=select, with_supervoxels=with_supervoxels)).rows
    assert rows.equals(ROWS.select(expected))


@pytest.mark.parametrize(
    ("select", "said"),
    [
        (["nope"], "'nope': there is no such column in mixed"),
        (["pt_position_x"], "Did you mean pt_position"),
        ({"mixed": ["nope"]}, "'nope': there is no such column in mixed"),
        ({"other": ["id"]}, "'other'"),
        ({"mixed": []}, "Select at least one column"),
        (['id" FROM t0; DROP TABLE x; --'], "there is no such column"),
        (["*"], "there is no such column"),
    ],
)
def test_what_cannot_be_selected_is_refused(engine, select, said):
    for ask in (engine.run, engine.count):
        with pytest.raises(Refusal) as refused:
            ask(of_mixed(select=select))
        assert refused.value.status == 400
        assert said in refused.value.message


def test_a_join_has_each_row_beside_the_rows_it_is_about(engine):
    answer = engine.run(joined(suffixes={"mixed": "", "types": "_ref"}))
    types = {row["target_id"]: row for row in engine.run(Query(at=AT, tables=("types",))).rows.to_pylist()}
    expected = [
        {**row, "id_ref": types[row["id"]]["id"], "valid_ref": True, **_only(types[row["id"]])}
        for row in ROWS.to_pylist()
        if row["id"] in types
    ]
    assert answer.rows.num_rows == 60
    assert answer.rows.to_pylist() == expected
    assert [list(row) for row in answer.rows.to_pylist()] == [list(row) for row in expected]
    assert answer.column_names["types"] == {
        "id": "id_ref",
        "valid": "valid_ref",
        "target_id": "target_id",
        "cell_type": "cell_type",
    }
    assert answer.column_names["mixed"]["pt_position"] == "pt_position"


def _only(row):
    return {name: row[name] for name in ("target_id", "cell_type")}


def test_three_tables_are_joined(engine):
    query = Query(
        at=AT,
        tables=("types", "mixed", "coarse"),
        joins=(Join("mixed", "id", "types", "target_id"), Join("coarse", "id", "mixed", "id")),
        select={"types": ["id"], "coarse": ["id", "pt_position"], "mixed": ["pt_position"]},
    )
    answer = engine.run(query)
    assert answer.rows.column_names == [
        "idx",
        *(f"pt_positiony_{axis}" for axis in "xyz"),
        "idz",
        *(f"pt_positionz_{axis}" for axis in "xyz"),
    ]
    assert answer.rows["idx"].to_pylist() == list(range(1, 11))
    assert answer.rows["idz"].to_pylist() == list(range(5, 51, 5))
    assert engine.count(query) == 10
    # in voxels of the last table, which are twice as long as those of the one before
    fine, coarse = answer.rows["pt_positiony_x"].to_pylist(), answer.rows["pt_positionz_x"].to_pylist()
    assert fine == [None if x is None else int(x / 2) for x in coarse]
    assert answer.resolution == (8.0, 8.0, 40.0)


def test_usual_endings_go_on_as_on_servers():
    from caveclient_gen.offline.tables.output import _usual_ending

    assert [_usual_ending(place) for place in range(7)] == ["x", "y", "z", "xx", "yy", "zz", "xxx"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"suffixes": {"mixed": "", "types": ""}}, "several columns are named 'id'"),
        ({"suffixes": {"nope": "_a"}}, "'nope'"),
        ({"suffixes": {"mixed": "x" * 41}}, "at most 40"),
        ({"suffixes": {"mixed": "\n"}}, "printable"),
        ({"filters": (Filter("equal", "nope", "id", 1),)}, "'nope'"),
    ],
)
def test_joins_that_would_mix_up_names_are_refused(engine, more, said):
    with pytest.raises(Refusal) as refused:
        engine.run(joined(**more))
    assert refused.value.status == 400
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("tables", "joins", "said"),
    [
        (("mixed", "types"), (Join("types", "cell_type", "mixed", "id"),), "ids or text"),
        (("mixed", "types"), (Join("types", "nope", "mixed", "id"),), "there is no such column in types"),
        (("mixed", "types"), (Join("types", "id", "mixed", "pt_position"),), "ids or text"),
        (("mixed", "coarse"), (Join("coarse", "size", "mixed", "size"),), "ids or text"),
        (("mixed", "mixed"), (Join("mixed", "id", "mixed", "id"),), "Name each table once"),
        (tuple(f"t{n}" for n in range(11)), (), "at most 10 tables"),
    ],
)
def test_joins_that_make_no_sense_are_refused(engine, tables, joins, said):
    with pytest.raises(Refusal) as refused:
        engine.run(Query(at=AT, tables=tables, joins=joins))
    assert refused.value.status == 400
    assert said in refused.value.message


def test_odd_endings_are_names_and_never_sql(engine):
    ending = '" , (SELECT 1) AS "x'
    names = engine.run(joined(suffixes={"types": ending})).rows.column_names
    assert f"id{ending}" in names


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"filters": (Filter("in", "mixed", "id", list(range(400, 0, -1))),)},
        {"filters": (Filter("greater", "mixed", "size", 1.0),)},
    ],
)
def test_pages_put_together_are_the_whole(engine, more):
    whole = engine.run(of_mixed(**more)).rows
    pages = [engine.run(of_mixed(limit=37, offset=start, **more)).rows for start in range(0, 400, 37)]
    assert pa.concat_tables(pages).equals(whole)
    assert whole["id"].to_pylist() == sorted(whole["id"].to_pylist())


@pytest.mark.parametrize(
    ("limit", "offset", "count"), [(0, 0, 0), (5, 398, 2), (5, 10**30, 0), (10**30, 390, 10)]
)
def test_pages_at_the_ends(engine, limit, offset, count):
    assert engine.run(of_mixed(limit=limit, offset=offset)).rows.num_rows == count


@pytest.mark.parametrize("more", [{"limit": -1}, {"offset": -1}, {"sample": 0}, {"sample": -5}])
def test_negative_pages_are_refused(engine, more):
    with pytest.raises(Refusal) as refused:
        engine.run(of_mixed(**more))
    assert refused.value.status == 400


def test_a_sample_is_drawn_before_filters_apply(engine):
    rows = [engine.run(of_mixed(sample=50)).rows for _ in range(6)]
    assert {one.num_rows for one in rows} == {50}
    assert len({tuple(one["id"].to_pylist()) for one in rows}) > 1
    assert all(set(one["id"].to_pylist()) <= set(range(1, 401)) for one in rows)
    assert engine.run(of_mixed(sample=10**12)).rows.num_rows == 400
    few = of_mixed(sample=50, filters=(Filter("less_equal", "mixed", "id", 40),))
    assert engine.count(few) < 40


@pytest.mark.parametrize("wanted", [(1.0, 1.0, 1.0), (8.0, 8.0, 40.0), (3.0, 7.0, 11.0), (4.0, 4.0, 40.0)])
def test_positions_are_scaled_and_cut_toward_zero(engine, wanted):
    answer = engine.run(of_mixed(resolution=wanted, select=["id", "pt_position"]))
    assert answer.resolution == wanted
    for axis, own, size in zip("xyz", (4, 4, 40), wanted, strict=True):
        stored = ROWS[f"pt_position_{axis}"].to_pylist()
        expected = [None if value is None else int(np.trunc(value * own / size)) for value in stored]
        assert answer.rows[f"pt_position_{axis}"].to_pylist() == expected
        assert answer.rows.schema.field(f"pt_position_{axis}").type == pa.int32()


def test_a_resolution_that_int32_cannot_hold_is_refused(engine):
    with pytest.raises(Refusal) as refused:
        engine.run(of_mixed(resolution=(1e-9, 1.0, 1.0)))
    assert refused.value.status == 400
    assert "fit their columns" in refused.value.message


def test_boxes_are_in_voxels_of_the_table_whatever_is_returned(engine):
    box = Filter("spatial", "mixed", "pt_position", [[0, 0, 0], [500, 500, 25]])
    stored = engine.run(of_mixed(filters=(box,), select=["id"])).rows
    scaled = engine.run(of_mixed(filters=(box,), select=["id"], resolution=(1.0, 1.0, 1.0))).rows
    assert 0 < stored.num_rows < 400
    assert stored.equals(scaled)


@pytest.mark.parametrize(("version", "table"), [(1, "nope"), (1, "mixd"), (7, "mixed"), (1, "../1/mixed")])
def test_unknown_tables_are_refused_as_servers_do(engine, version, table):
    with pytest.raises(Refusal) as refused:
        engine.run(Query(at=Frozen(version), tables=(table,)))
    assert (refused.value.status, refused.value.wire_status) == (404, 500)
    assert refused.value.message.startswith("404 Not Found: Analysis table ")


def test_different_texts_are_sorted_and_empty_cells_left_out(engine):
    texts = engine.texts(AT, "mixed")
    assert texts == {"tag": sorted({word for word in ROWS["tag"].to_pylist() if word is not None})}


def test_records_are_json_of_the_rows(engine):
    import json

    rows = ROWS.slice(0, 50)
    written = json.loads(engine.records(rows))
    expected = rows.to_pylist()
    assert [list(row) for row in written] == [list(row) for row in expected]
    for ours, theirs in zip(written, expected, strict=True):
        theirs["size"] = None if theirs["size"] is None else pytest.approx(theirs["size"], rel=1e-6)
        assert ours == theirs
    assert json.loads(engine.records(rows.slice(0, 0))) == []


def test_rows_come_by_their_ids_however_they_were_found(engine):
    """DuckDB goes through the longer side of a join first, and then rows come in no order."""
    long = Filter("in", "mixed", "id", list(range(800_000, 0, -1)))
    assert engine.run(of_mixed(filters=(long,), select=["id"])).rows["id"].to_pylist() == list(range(1, 401))
    ids = engine.run(of_mixed(sample=100, select=["id"])).rows["id"].to_pylist()
    assert ids == sorted(ids)
    backward = Query(
        at=AT,
        tables=("types", "mixed"),
        joins=(Join("mixed", "id", "types", "target_id"),),
        filters=(Filter("notin", "mixed", "id", list(range(10_000, 900_000))),),
        select={"types": ["id"]},
    )
    assert engine.run(backward).rows["id"].to_pylist() == list(range(1, 61))


def test_names_that_differ_in_capitals_only_are_two_columns(tmp_path):
    import json

    from mixed import resolution

    rows = pa.table({"id": [1, 2, 3], "ID": ["a", "b", "c"], "Tag": [5, 6, 7], "tag": [7, 8, 9]})
    with mixed_dataset(tmp_path / "capitals.cave").open() as cave:
        cave.versions.add_frozen(1, "odd", rows, resolution(4.0, 4.0, 40.0))
        assert cave.tables.run(Query(at=AT, tables=("odd",))).rows.equals(rows)
        for column, value, one in (("tag", 7, 1), ("Tag", 7, 3), ("ID", "b", 2)):
            filters = (Filter("in", "odd", column, [value]),)
            query = Query(at=AT, tables=("odd",), filters=filters, select=["id"])
            assert cave.tables.run(query).rows["id"].to_pylist() == [one]
        both = Query(at=AT, tables=("odd", "types"), joins=(Join("types", "id", "odd", "Tag"),), sample=3)
        assert cave.tables.run(both).rows["Tag"].to_pylist() == [5, 6, 7]
        assert cave.tables.texts(AT, "odd") == {"ID": ["a", "b", "c"]}
        assert json.loads(cave.tables.records(rows)) == rows.to_pylist()
