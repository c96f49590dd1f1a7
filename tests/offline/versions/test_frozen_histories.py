"""Versions among random edits: each stays what its moment was, byte for byte."""

import random
from contextlib import suppress

import numpy as np
import pyarrow.parquet as pq
import pytest
from frozen_bench import ADMIN
from tubes import LAYOUT, SUPERVOXELS, position

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import as_datetime
from caveclient_gen.offline.segmentation.engine import Point


class Editor:
    """Somebody who edits at random, and freezes a version now and then."""

    def __init__(self, cave, seed):
        self.cave = cave
        self.dice = random.Random(seed)
        self.files = {}
        self.keep(*cave.versions.all())

    def keep(self, *versions):
        for version in versions:
            for table in version.tables:
                file = self.cave.versions.file(version.number, table)
                self.files[file] = file.read_bytes()

    def act(self):
        self.dice.choice(
            [self.post, self.update, self.delete, self.merge, self.freeze, self.freeze_the_past]
        )()

    def post(self):
        names = self.dice.sample(sorted(SUPERVOXELS), 2)
        rows = [
            {"pt": {"position": [2 * at[0], 2 * at[1], at[2]]}, "tag": "new"} for at in map(position, names)
        ]
        self.cave.annotations.post(ADMIN, "tags", rows)

    def update(self):
        if ids := self.some_ids():
            row = {"id": ids[0], "pt": {"position": [32, 40, 16]}, "tag": "moved"}
            self.cave.annotations.update(ADMIN, "tags", [row])

    def delete(self):
        self.cave.annotations.delete(ADMIN, "tags", self.some_ids())

    def some_ids(self):
        rows = self.cave.annotations.rows_at("tags", self.cave.store.clock.now(), with_roots=False)
        return self.dice.sample(rows.column("id").to_pylist(), min(1, rows.num_rows))

    def merge(self):
        a, b = self.dice.sample(sorted(SUPERVOXELS), 2)
        points = [
            Point(SUPERVOXELS[one], tuple(np.array(position(one)) * LAYOUT.resolution)) for one in (a, b)
        ]
        with suppress(Refusal):  # they may be one object already
            self.cave.segmentation.merge(ADMIN, *points)

    def freeze(self):
        self.keep(self.cave.versions.materialize())

    def freeze_the_past(self):
        newest = max(version.moment for version in self.cave.versions.all())
        moment = self.dice.randint(newest, self.cave.store.clock.now())
        self.keep(self.cave.versions.materialize(at=as_datetime(moment)))

    def check(self):
        for file, content in self.files.items():
            assert file.read_bytes() == content
        for version in self.cave.versions.all():
            for table in version.tables:
                frozen = pq.read_table(self.cave.versions.file(version.number, table))
                live = self.cave.annotations.rows_at(table, version.moment)
                assert frozen.equals(live.sort_by("id"))


@pytest.mark.parametrize("seed", range(3))
def test_versions_stay_what_their_moments_were(bench_dataset, tmp_path, seed):
    with bench_dataset.copy(tmp_path / "edited.cave").open() as cave:
        editor = Editor(cave, seed)
        for _ in range(12):
            editor.act()
        editor.freeze()
        editor.check()
        versions = cave.versions.all()
    with bench_dataset.copy(tmp_path / "another.cave").open() as untouched:
        assert [one.number for one in untouched.versions.all()] == [9, 1, 2]
    assert len(versions) > 3
