"""Filters against pandas on the same rows."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mixed import ROOTS, WORDS, mixed_dataset, mixed_rows, types_rows

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.tables.query import Filter, Frozen, Join, Query

AT = Frozen(1)
ROWS = mixed_rows()
TYPES = types_rows()
NUMBERS = {
    "id": st.integers(-2, 500),
    "pt_root_id": st.sampled_from([*ROOTS, 0, 2**62]),
    "level": st.integers(-4, 5) | st.integers(-(2**62), 2**62),
    "size": st.integers(-1, 5) | st.sampled_from([0.1, 0.3, 2.7, 3.9, 1e300, -1e-300]),
}
TEXTS = {"tag": st.sampled_from([*WORDS, "no such", "' OR 1=1 --"])}
ORDERED = ("greater", "less", "greater_equal", "less_equal")
BOXES = st.tuples(*(st.tuples(st.integers(-10, 600), st.integers(1, 600)) for _ in "xyz"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A query engine over the table."""
    with mixed_dataset(tmp_path_factory.mktemp("filters") / "mixed.cave").open() as cave:
        yield cave.tables


def column(name):
    """Return a column as Python values, in numbers as the column has them."""
    values = ROWS[name].to_pylist()
    return [None if value is None else np.float32(value) for value in values] if name == "size" else values


def keeps(condition):
    """Return for each row whether a condition keeps it, told anew in Python."""
    if condition.kind == "spatial":
        corners = list(zip(*condition.value, strict=True))
        axes = [column(f"{condition.column}_{axis}") for axis in "xyz"]
        return [
            all(
                value is not None and least <= value <= most
                for value, (least, most) in zip(row, corners, strict=True)
            )
            for row in zip(*axes, strict=True)
        ]
    value = condition.value
    if condition.column == "size":
        with np.errstate(over="ignore"):
            value = np.array(value, np.float32) if isinstance(value, list) else np.float32(value)
    tests = {
        "in": lambda cell: cell in value,
        "equal": lambda cell: cell == value,
        "greater": lambda cell: cell > value,
        "less": lambda cell: cell < value,
        "greater_equal": lambda cell: cell >= value,
        "less_equal": lambda cell: cell <= value,
        "regex": lambda cell: re.search(value, cell) is not None,
    }
    if condition.kind == "notin":
        return [cell is None or cell not in value for cell in column(condition.column)]
    return [cell is not None and bool(tests[condition.kind](cell)) for cell in column(condition.column)]


@st.composite
def conditions(draw):
    """Draw a condition on a column, of a value that it may have or not."""
    kind = draw(st.sampled_from(["in", "notin", "equal", *ORDERED, "spatial", "regex"]))
    if kind == "spatial":
        box = draw(BOXES)
        first, second = [low for low, _ in box], [low + length for low, length in box]
        return Filter(kind, "mixed", "pt_position", [first, second])
    if kind == "regex":
        pattern = draw(st.sampled_from(["a", "^a", "o$", "[A-Z]", "^$", "o+m", "'", "%", "ï", "\\d+", "a|s"]))
        return Filter(kind, "mixed", "tag", pattern)
    values = {**NUMBERS, **TEXTS, **({} if kind in ORDERED else {"done": st.booleans()})}
    name = draw(st.sampled_from(sorted(values)))
    if kind in ("in", "notin"):
        return Filter(kind, "mixed", name, draw(st.lists(values[name], max_size=6)))
    return Filter(kind, "mixed", name, draw(values[name]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(conditions(), min_size=1, max_size=4))
def test_conditions_keep_the_rows_that_they_say(engine, drawn):
    query = Query(at=AT, tables=("mixed",), filters=tuple(drawn))
    expected = ROWS.filter(np.all([keeps(one) for one in drawn], axis=0))
    answer = engine.run(query)
    assert answer.rows.equals(expected.cast(answer.rows.schema))
    assert engine.count(query) == expected.num_rows


@settings(max_examples=50, deadline=None)
@given(
    st.lists(conditions(), max_size=2),
    st.sets(st.sampled_from(["BC", "MC", "23P"])),
    st.integers(0, 70),
    st.integers(0, 70),
    st.booleans(),
)
def test_conditions_on_joined_tables_keep_the_rows_that_they_say(engine, drawn, types, limit, offset, turned):
    kept = np.all([keeps(one) for one in drawn], axis=0) if drawn else [True] * ROWS.num_rows
    mixed = {row["id"]: row for row, keep in zip(ROWS.to_pylist(), kept, strict=True) if keep}
    told = [
        {"id_ref": row["id"], "cell_type": row["cell_type"], **mixed[row["target_id"]]}
        for row in TYPES.to_pylist()
        if row["cell_type"] in types and row["target_id"] in mixed
    ]
    tables = ("types", "mixed") if turned else ("mixed", "types")
    join = Join("mixed", "id", "types", "target_id") if turned else Join("types", "target_id", "mixed", "id")
    query = Query(
        at=AT,
        tables=tables,
        joins=(join,),
        filters=(*drawn, Filter("in", "types", "cell_type", sorted(types))),
        select={
            "mixed": [*ROWS.schema.names[:2], "pt_position", *ROWS.schema.names[5:]],
            "types": ["id", "cell_type"],
        },
        suffixes={"mixed": "", "types": "_ref"},
        limit=limit,
        offset=offset,
    )
    rows = engine.run(query).rows
    told.sort(key=lambda row: row["id"])
    assert rows.to_pylist() == [
        {name: row[name] for name in rows.column_names} for row in told[offset : offset + limit]
    ]
    assert engine.count(query) == len(told)


def test_all_rows_come_in_the_types_of_the_table(engine):
    assert engine.run(Query(at=AT, tables=("mixed",))).rows.equals(ROWS)


@pytest.mark.parametrize("kind", ["in", "notin"])
def test_an_empty_list_has_no_value(engine, kind):
    for name in ("id", "size", "done", "tag"):
        query = Query(at=AT, tables=("mixed",), filters=(Filter(kind, "mixed", name, []),))
        assert engine.count(query) == (0 if kind == "in" else ROWS.num_rows)


def test_ten_thousand_ids_are_compared_exactly(engine):
    near = [root + step for root in ROOTS[:2] for step in range(-2500, 2500)]
    query = Query(at=AT, tables=("mixed",), filters=(Filter("in", "mixed", "pt_root_id", near),))
    expected = sum(root in set(near) for root in column("pt_root_id") if root is not None)
    assert engine.count(query) == expected > 0
    one_off = (Filter("equal", "mixed", "pt_root_id", ROOTS[3] - 1),)
    assert engine.count(Query(at=AT, tables=("mixed",), filters=one_off)) == 0


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        ("equal", "id", "1", "whole numbers"),  # text for an id
        ("equal", "id", 1.0, "whole numbers"),  # a float has no room for an id
        ("equal", "id", True, "whole numbers"),
        ("equal", "id", None, "whole numbers"),
        ("equal", "id", [1], "whole numbers"),
        ("equal", "id", {"a": 1}, "whole numbers"),
        ("equal", "id", 2**63, "whole numbers"),
        ("equal", "id", 2**200, "whole numbers"),
        ("in", "id", 1, "a list of whole numbers"),
        ("in", "id", "12", "a list of whole numbers"),
        ("in", "id", {"1": 2}, "a list of whole numbers"),
        ("in", "id", [1, "2"], "whole numbers"),
        ("in", "id", [1, None], "whole numbers"),
        ("in", "id", [1, 2.5], "whole numbers"),
        ("in", "id", [[1]], "whole numbers"),
        ("in", "id", [True], "whole numbers"),
        ("notin", "id", [1, {}], "whole numbers"),
        ("greater", "level", 0.5, "whole numbers"),
        ("equal", "size", "1", "finite numbers"),
        ("equal", "size", float("nan"), "finite numbers"),
        ("less", "size", float("inf"), "finite numbers"),
        ("in", "size", [1.0, float("-inf")], "finite numbers"),
        ("equal", "size", True, "finite numbers"),
        ("equal", "tag", 1, "text"),
        ("in", "tag", ["a", 1], "text"),
        ("equal", "tag", "\ud800", "text"),
        ("equal", "done", 1, "true or false"),
        ("greater", "done", True, "filter_equal_dict"),
        ("equal", "pt_position", [1, 2, 3], "filter_spatial_dict"),
        ("regex", "size", "a", "column of text"),
        ("regex", "tag", 5, "text"),
        ("regex", "tag", "[", "pattern of RE2"),
        ("regex", "tag", "(?=a)", "pattern of RE2"),
        ("regex", "tag", "(a{1,1000}){1,1000}", "pattern of RE2"),
        ("regex", "tag", "a" * 1001, "at most 1000 characters"),
        ("spatial", "tag", [[0, 0, 0], [1, 1, 1]], "about positions"),
        ("spatial", "pt_position", [[0, 0, 0]], "must be a box"),
        ("spatial", "pt_position", [[0, 0, 0], [1, 1]], "must be a box"),
        ("spatial", "pt_position", [[0, 0, 0], [1, 1, "2"]], "must be a box"),
        ("spatial", "pt_position", [[0, 0, 0], [1, 1, float("nan")]], "must be a box"),
        ("spatial", "pt_position", [[0, 0, 0], [1, 1, float("inf")]], "must be a box"),
        ("spatial", "pt_position", [[0, 0, 0], [1, 1, 10**400]], "must be a box"),
        ("spatial", "pt_position", [[0, 0, 0], [1, 1, 0]], "first corner is less"),
        ("spatial", "pt_position", "box", "must be a box"),
        ("equal", "Tag", "a", "'Tag': there is no such column in mixed. Did you mean tag"),
        (
            "equal",
            "pt_position_x",
            1,
            "'pt_position_x': there is no such column in mixed. Did you mean pt_position",
        ),
        ("equal", 'id" = 1 OR "id', 1, "there is no such column"),
        ("equal", "rowid", 1, "there is no such column"),
    ],
)
def test_what_does_not_fit_its_column_is_refused(engine, kind, name, value, said):
    with pytest.raises(Refusal) as refused:
        engine.run(Query(at=AT, tables=("mixed",), filters=(Filter(kind, "mixed", name, value),)))
    assert refused.value.status == 400
    assert refused.value.wire_status is None
    assert said in refused.value.message
    assert len(refused.value.message) < 300


def test_a_pattern_that_explodes_elsewhere_is_matched_in_time(engine):
    query = Query(at=AT, tables=("mixed",), filters=(Filter("regex", "mixed", "tag", "((a*)*)*$"),))
    assert engine.count(query) == sum(value is not None for value in column("tag"))
