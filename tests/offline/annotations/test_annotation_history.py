"""Random sequences of posts, updates and deletions: every past moment stays as it was."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
import tubes
from hypothesis import given, settings
from hypothesis import strategies as st
from offline_annotations import metadata, tag, taken_back

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.http.refusals import Refusal

ROOT = Path(__file__).parents[3]
START = 1_700_000_000_000_000


@pytest.fixture(scope="module")
def cave(tmp_path_factory):
    """A dataset in which each example makes its own table."""
    with Dataset.create(tmp_path_factory.mktemp("history") / "history.cave", tubes.FACTS).open() as cave:
        yield cave


ROWS = st.tuples(st.integers(-1000, 1000), st.text("ab\u4e2d'\";%", max_size=3))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.lists(ROWS, min_size=1, max_size=4)),
        st.tuples(st.just("update"), st.lists(st.tuples(st.integers(1, 12), ROWS), min_size=1, max_size=3)),
        st.tuples(st.just("delete"), st.lists(st.integers(1, 12), min_size=1, max_size=3)),
        st.tuples(st.just("look"), st.just([])),
    ),
    max_size=14,
)
NUMBERS = itertools.count()


class Plain:
    """The same rules with dicts: what is in force, and every state before."""

    def __init__(self):
        self.rows, self.used, self.past = {}, 0, []

    def post(self, rows):
        ids = []
        for row in rows:
            self.used += 1
            self.rows[self.used] = row
            ids.append(self.used)
        return ids

    def update(self, pairs):
        olds = [old for old, _ in pairs]
        if len(set(olds)) < len(olds) or not set(olds) <= set(self.rows):
            return None
        for old in olds:
            del self.rows[old]
        return dict(zip(olds, self.post([row for _, row in pairs]), strict=True))

    def delete(self, ids):
        gone = sorted(set(ids) & set(self.rows))
        for one in gone:
            del self.rows[one]
        return gone


def act(annotations, table, plain, step, what, moment):
    """Do a step in both and compare what they say; a refused update changes neither."""
    if step == "post":
        assert annotations.post(1, table, [tag(x, text) for x, text in what], at=moment) == plain.post(what)
    elif step == "update":
        expected = plain.update(what)
        rows = [tag(x, text, id=old) for old, (x, text) in what]
        if expected is None:
            with pytest.raises(Refusal):
                annotations.update(1, table, rows, at=moment)
        else:
            assert annotations.update(1, table, rows, at=moment) == expected
    elif step == "delete":
        assert annotations.delete(1, table, what, at=moment) == plain.delete(what)


def shown(annotations, table, moment):
    rows = annotations.rows_at(table, moment)
    assert rows["valid"].to_pylist() == [True] * rows.num_rows
    cells = zip(rows["pt_position_x"].to_pylist(), rows["tag"].to_pylist(), strict=True)
    return dict(zip(rows["id"].to_pylist(), cells, strict=True))


@given(steps=STEPS, gap=st.integers(1, 10**9))
@settings(max_examples=120, deadline=None)
def test_every_past_moment_stays_as_it_was(cave, steps, gap):
    annotations, plain, moment = cave.annotations, Plain(), START
    table = f"t_{next(NUMBERS)}"
    annotations.create_table(1, table, "bound_tag", metadata(), at=START)
    states = [(START, {})]
    for step, what in steps:
        moment += gap
        act(annotations, table, plain, step, what, moment)
        states.append((moment, dict(plain.rows)))
        if step == "look":
            assert shown(annotations, table, moment) == plain.rows
    for at, expected in states:
        assert shown(annotations, table, at) == expected
        assert shown(annotations, table, at + gap - 1) == expected
        assert annotations.count(table, at=at) == len(expected)
    assert shown(annotations, table, START - 1) == {}


def test_moments_need_not_grow(cave):
    annotations = cave.annotations
    annotations.create_table(1, "back", "bound_tag", metadata(), at=START)
    annotations.post(1, "back", [tag(1)], at=START + 100)
    annotations.post(1, "back", [tag(2)], at=START + 50)
    assert list(shown(annotations, "back", START + 50)) == [2]
    assert list(shown(annotations, "back", START + 100)) == [1, 2]
    for refused in (
        lambda: annotations.post(1, "back", [tag(3)], at=START - 1),
        lambda: annotations.delete(1, "back", [1], at=START + 100),
        lambda: annotations.update(1, "back", [tag(3, id=1)], at=START + 99),
    ):
        with pytest.raises(Refusal, match="later moment"):
            refused()


def test_tables_at_past_moments(cave):
    annotations = cave.annotations
    annotations.create_table(1, "short", "bound_tag", metadata(), at=START)
    annotations.post(1, "short", [tag(1)], at=START + 10)
    annotations.delete_table(1, "short", at=START + 20)
    assert "short" not in annotations.tables(at=START - 1)
    assert "short" in annotations.tables(at=START)
    assert "short" in annotations.tables(at=START + 19)
    assert "short" not in annotations.tables(at=START + 20)
    assert "short" not in annotations.tables()
    assert list(shown(annotations, "short", START + 19)) == [1]
    with pytest.raises(Refusal, match="deleted"):
        annotations.rows_at("short", START + 20)


def test_another_process_sees_changes(cave):
    """Two openings of one dataset: what is kept in memory follows the database."""
    annotations = cave.annotations
    annotations.create_table(1, "both", "bound_tag", metadata(), at=START)
    with cave.dataset.open() as other:
        for n in range(1, 5):
            writer, reader = (annotations, other.annotations)[:: (-1) ** n]
            assert writer.post(1, "both", [tag(n)], at=START + n) == [n]
            assert list(shown(reader, "both", START + n)) == list(range(1, n + 1))
            assert list(shown(writer, "both", START + n)) == list(range(1, n + 1))


def test_what_is_rolled_back_was_never_there(cave):
    annotations = cave.annotations
    annotations.create_table(1, "undone", "bound_tag", metadata(), at=START)
    annotations.post(1, "undone", [tag(1)], at=START)
    with taken_back(cave.store):
        annotations.post(1, "undone", [tag(2)], at=START)
        assert list(shown(annotations, "undone", START)) == [1, 2]
    assert list(shown(annotations, "undone", START)) == [1]
    annotations.post(1, "undone", [tag(3, "after")], at=START)
    assert shown(annotations, "undone", START)[2] == (3, "after")


PAIRS = st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=10)


@given(steps=PAIRS)
@settings(max_examples=40, deadline=None)
def test_targets_follow_updates_from_then_on(cave, steps):
    """A table that tracks its targets shows, at each moment, what the targets were by then."""
    annotations, moment = cave.annotations, START
    cells, types = (f"{name}_{next(NUMBERS)}" for name in ("cells", "types"))
    annotations.create_table(1, cells, "bound_tag", metadata(), at=START)
    annotations.post(1, cells, [tag(n) for n in range(3)], at=START)
    more = metadata(table_metadata={"reference_table": cells, "track_target_id_updates": True})
    annotations.create_table(1, types, "simple_reference", more, at=START)
    annotations.post(1, types, [{"target_id": n} for n in (1, 2, 3)], at=START)
    targets, states = [1, 2, 3], []
    for place, deletes in steps:
        moment += 10
        target = targets[place % 3]
        if annotations.count(cells, at=moment) == 0:
            break
        if deletes:
            annotations.delete(1, cells, [target], at=moment)
        elif annotations.get(cells, [target])[0]["valid"]:
            targets[place % 3] = annotations.update(1, cells, [tag(9, id=target)], at=moment)[target]
        states.append((moment, list(targets)))
    for at, expected in [(START, [1, 2, 3]), *states]:
        assert annotations.rows_at(types, at)["target_id"].to_pylist() == expected
    assert [row["target_id"] for row in annotations.get(types, [1, 2, 3])] == targets


def test_a_process_that_dies_in_a_post_leaves_nothing_of_it(cave):
    annotations = cave.annotations
    annotations.create_table(1, "fragile", "bound_tag", metadata(), at=START)
    annotations.post(1, "fragile", [tag(1)], at=START)
    script = (
        "import os, sys\n"
        "from caveclient_gen.offline.dataset import Dataset\n"
        "cave = Dataset(sys.argv[1]).open()\n"
        "with cave.store.write():\n"
        "    row = {'pt': {'position': [1, 2, 3]}, 'tag': 'lost'}\n"
        "    assert cave.annotations.post(1, 'fragile', [row]) == [2]\n"
        "    os._exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(cave.dataset.path)], check=False, cwd=ROOT)
    assert done.returncode == 7
    assert annotations.post(1, "fragile", [tag(2)], at=START) == [2]
    assert shown(annotations, "fragile", START) == {1: (1, "a tag"), 2: (2, "a tag")}


def test_rows_that_took_the_place_of_each_other_are_refused(tmp_path):
    """Only a file that somebody changed has them; following them would not end."""
    with Dataset.create(tmp_path / "circle.cave", tubes.FACTS).open() as cave:
        annotations = cave.annotations
        annotations.create_table(1, "cells", "bound_tag", metadata(), at=START)
        annotations.post(1, "cells", [tag(1), tag(2)], at=START)
        more = metadata(table_metadata={"reference_table": "cells", "track_target_id_updates": True})
        annotations.create_table(1, "types", "simple_reference", more, at=START)
        annotations.post(1, "types", [{"target_id": 1}], at=START)
        with cave.store.write() as connection:
            connection.execute(
                "UPDATE annotation_rows_1 SET deleted = ?, superceded_id = 3 - id", (START + 1,)
            )
        with pytest.raises(Refusal, match="Get the dataset again"):
            annotations.rows_at("types", START + 2)
