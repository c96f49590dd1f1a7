"""The benchmark measures, compares and tells what it says. Its figures are no test."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from equality import differences
from page import PARTS, _put
from race import Ended, Entrant, Figures, Result, Unequal, _compare, race
from report import as_markdown, as_record, as_text
from results import keep
from row import CAVECLIENT, FLOOR, OURS, Row, Target
from rows import MODULES, all_rows, quick_rows, row_of
from rows.queries import QueryTable
from scale import exponent
from server import Asked, served
from verdict import ratio, verdicts

ROOT = Path(__file__).parents[2]


def entrants(*labels):
    return [Entrant(label, label) for label in labels]


def test_a_row_is_measured():
    """A real server, real processes, a real query."""
    result = race(QueryTable(100), entrants(OURS, FLOOR), rounds=2, seconds=5, weighings=2)
    assert list(result.figures) == [OURS, FLOOR]
    for figures in result.figures.values():
        assert len(figures.wall) == len(figures.cpu) == 2
        assert all(0 < seconds < 30 for seconds in (*figures.wall, *figures.cpu))
        assert figures.typical("peak") >= 0
    assert result.figures[FLOOR].asked.requests == 1
    asked = result.figures[OURS].asked
    assert asked.requests == len(asked.paths) >= asked.round_trips >= 1
    assert "POST" in asked.paths[-1]
    record = json.loads(json.dumps(as_record(result)))
    assert record["wishes"][0]["wish"] == "time of the floor's: at most 2.5x"
    assert "query_table, 100 rows" in as_text(record)
    assert as_markdown([record]).count("\n") == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        ([1], [1, 2]),
        ([1, 1], [1, 1.0]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 2}),
        (np.array([1]), np.array([1.0])),
        (np.array([1]), np.array([2])),
        (np.array([1]), [1]),
        (np.array([[1]]), np.array([1])),
        (pa.table({"a": [1]}), pa.table({"a": [2]})),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1, 1]})),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]}, dtype="Int64")),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})),
        (pd.DataFrame({"a": [np.array([1, 2, 3])]}), pd.DataFrame({"a": [np.array([1, 2, 4])]})),
        (pd.DataFrame({"a": [np.array([1, 2, 3])]}), pd.DataFrame({"a": [np.array([1.0, 2, 3])]})),
    ],
)
def test_answers_that_differ(one, other):
    assert differences(one, other)
    assert not differences(one, one)
    assert not differences(other, other)


def test_nothing_is_timed_that_differs():
    row = QueryTable(10)
    result = Result(row, {label: Figures() for label in (OURS, FLOOR)})

    def answering(value):
        def answer(order):
            Path(order.removeprefix("answer ")).write_bytes(pickle.dumps(value))
            return {"peak": 1.0, "kept": 0.5}

        return answer

    with served(row.reference) as address:
        _compare(row, {OURS: answering([1]), FLOOR: answering([1])}, result, address)
        with pytest.raises(Unequal, match=r"the answers of ours and floor differ: answer: \[1\] and \[2\]"):
            _compare(row, {OURS: answering([1]), FLOOR: answering([2])}, result, address)


def test_who_cannot_do_its_work_is_named():
    with pytest.raises(
        Ended, match=r"no_such, when it prepared its work: KeyError: 'no_such' \(row.py, line"
    ):
        race(QueryTable(10), [Entrant("no_such", "no_such")], 1, 5)


class Measured(Row):
    title = "a row"
    floor_is = "Nothing."
    target = Target(faster=2, memory=0.5, floor=1.1, floor_memory=1.5, requests=4, round_trips=2)

    def routes(self):
        return {}


def figures(*, wall, peak, requests=4, round_trips=2):
    asked = Asked(requests, round_trips, 1, ())
    return Figures([wall, wall, 3 * wall], [wall] * 3, [peak], [peak], asked)


def test_wishes():
    mine = figures(wall=1, peak=40)
    result = Result(
        Measured(), {CAVECLIENT: figures(wall=2, peak=100), OURS: mine, FLOOR: figures(wall=1, peak=30)}
    )
    assert [one.met for one in verdicts(result)] == [True, True, True, True, True, True]
    worse = replace(mine, wall=[1.2] * 3, peak=[60], asked=Asked(5, 3, 1, ()))
    result.figures[OURS] = worse
    assert [one.met for one in verdicts(result)] == [False, False, False, False, False, False]
    del result.figures[CAVECLIENT]
    assert next(one.what for one in verdicts(result)) == "time of the floor's"


def test_where_memory_cannot_be_measured_the_rest_is_told():
    weightless = {
        who: replace(figures(wall=1, peak=0), peak=[], kept=[]) for who in (CAVECLIENT, OURS, FLOOR)
    }
    result = Result(Measured(), weightless)
    assert {one.what for one in verdicts(result)}.isdisjoint(
        {"memory of caveclient's", "memory of the floor's"}
    )
    record = as_record(result)
    assert "peak       – MB" in as_text(record)
    assert "| – / – |" in as_markdown([record])


def test_memory_too_little_to_be_seen_is_equal():
    assert ratio(Figures(peak=[0.0]), Figures(peak=[0.05]), "peak") == 1


def test_ratios_are_those_of_one_turn():
    one, other = Figures(wall=[1, 10, 4]), Figures(wall=[2, 20, 2])
    assert ratio(one, other, "wall") == 0.5


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_exponents(power):
    points = [{"size": size, "cpu": 3.0 * size**power} for size in (10, 100, 1000)]
    assert exponent(points, "cpu") == pytest.approx(power)


def test_rows_are_found_by_their_references():
    rows = all_rows()
    assert [row_of(row.reference) for row in rows] == rows
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert row.floor_is.endswith("."), row.name
        assert "{" not in row.name


def test_quick_rows_are_one_of_each_kind():
    rows = quick_rows()
    assert set(map(str, rows)) < set(map(str, all_rows()))
    assert len({type(row) for row in rows}) == len(rows) > len(MODULES)
    assert not any(row.slow for row in rows)


def test_a_row_that_is_measured_again_takes_its_place(tmp_path):
    rows = dict(zip("abc", all_rows(), strict=False))
    made = {name: as_record(Result(row, {OURS: figures(wall=1, peak=1)})) for name, row in rows.items()}
    keep({"rows": [made["a"], made["c"]]}, tmp_path)
    keep({"rows": [made["b"], made["a"] | {"floor": "new"}]}, tmp_path)
    kept = json.loads((tmp_path / "results.json").read_text())["rows"]
    assert [one["row"] for one in kept] == [row.name for row in rows.values()]
    assert kept[0]["floor"] == "new"


def test_the_page_has_every_row():
    text = (ROOT / "docs" / "performance.md").read_text()
    for row in all_rows():
        assert f"| {row.name} |" in text, f"measure {row.name!r} (make bench, make bench-page)"


def test_the_page_is_written_between_its_markers():
    assert (
        _put("a\n<!-- x -->\nold\n<!-- end of x -->\nb", "x", "new")
        == "a\n<!-- x -->\nnew\n<!-- end of x -->\nb"
    )
    with pytest.raises(SystemExit, match="Put <!-- y -->"):
        _put("a", "y", "new")
    text = (ROOT / "docs" / "performance.md").read_text()
    for name in PARTS:
        part = name.partition(" ")[2]
        assert text.count(f"<!-- {part} -->") == text.count(f"<!-- end of {part} -->") == 1
