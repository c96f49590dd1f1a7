"""The eight tubes, before and after the edits of the recorded deployment. Made once, copied for each test."""

import shutil

import pytest
import tubes
from tube_names import SECOND, point
from tubes import INGESTED

from caveclient_gen.offline.dataset import Dataset


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("segmentations")
    tubes.tubes(folder / "tubes")
    shutil.copytree(folder / "tubes", folder / "edited")
    with Dataset(folder / "edited").open() as cave:
        seg = cave.segmentation
        seg.merge(1, point("C11"), point("C20"), at=INGESTED + SECOND)
        seg.split(1, [point("A10")], [point("A30")], at=INGESTED + 2 * SECOND)
        seg.merge(1, point("B20"), point("A30"), at=INGESTED + 3 * SECOND)
        seg.merge(2, point("D21"), point("D30"), at=INGESTED + 4 * SECOND)
    return folder


@pytest.fixture
def cave(made, tmp_path):
    """The tubes before any edit."""
    shutil.copytree(made / "tubes", tmp_path / "tubes")
    with Dataset(tmp_path / "tubes").open() as cave:
        yield cave


@pytest.fixture
def seg(cave):
    """The tubes before any edit."""
    return cave.segmentation


@pytest.fixture
def edited_cave(made, tmp_path):
    """C merged, A split, B merged with a part of A, D merged."""
    shutil.copytree(made / "edited", tmp_path / "edited")
    with Dataset(tmp_path / "edited").open() as cave:
        yield cave


@pytest.fixture
def edited(edited_cave):
    """C merged, A split, B merged with a part of A, D merged."""
    return edited_cave.segmentation
