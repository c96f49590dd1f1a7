"""A process that is killed while it edits leaves a whole number of edits, and none that it said was done."""

import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import tubes
from whole_file import File

from caveclient_gen.offline.dataset import Dataset

SCRIPT = Path(__file__).with_name("editing_loop.py")
PYTHONPATH = os.pathsep.join([str(Path(__file__).parents[3]), *sys.path])


@pytest.fixture
def file(tmp_path):
    tubes.tubes(tmp_path / "tubes.cave")
    return tmp_path / "tubes.cave" / "cave.sqlite"


def run(*arguments):
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": PYTHONPATH},
    )


def test_killed_at_random_moments(file):
    choose = random.Random(5)
    done = 0
    for seed in range(5):
        with run(file, seed) as process:
            lines = [process.stdout.readline() for _ in range(choose.randint(1, 12))]
            with suppress(subprocess.TimeoutExpired):
                process.wait(choose.random() / 100)  # somewhere within an edit, not at its end
            process.kill()
            lines += process.stdout.readlines()
        numbers = [int(line) for line in lines if line.endswith("\n")]
        assert numbers == list(range(done + 1, done + 1 + len(numbers)))
        done = File(file).operations
        assert done >= numbers[-1]
    File(file).check()
    assert_it_can_be_used(file)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_killed_at_every_statement_of_an_edit(file):
    with run(file, "every") as process:
        lines = process.stdout.read().split("\n")[:-1]
    assert lines[-1].endswith("done")
    assert len(lines) > 15
    assert all(line.endswith("killed") for line in lines[:-1])
    # The last statement is the COMMIT: who is killed as it begins may have done it or not.
    assert File(file).operations in (1, 2)
    File(file).check()
    assert_it_can_be_used(file)


def assert_it_can_be_used(file):
    with Dataset(file.parent).open() as cave:
        segmentation = cave.segmentation
        svs = tubes.supervoxels().ids
        assert (segmentation.roots(svs) > 0).all()
        roots = np.unique(segmentation.roots(svs))
        assert sum(map(len, segmentation.leaves(roots))) == len(svs)
        assert segmentation.lineage(roots.tolist()).number_of_nodes() >= len(roots)
