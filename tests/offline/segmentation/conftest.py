"""The eight tubes, before and after the edits of the recorded deployment."""

import pytest
import tubes
from tube_names import SECOND, point
from tubes import INGESTED


@pytest.fixture
def cave(tmp_path):
    with tubes.tubes(tmp_path / "tubes.cave").open() as cave:
        yield cave


@pytest.fixture
def seg(cave):
    return cave.segmentation


@pytest.fixture
def edited(seg):
    """The history of the recorded deployment: C merged, A split, B merged with a part of A, D merged."""
    seg.merge(1, point("C11"), point("C20"), at=INGESTED + SECOND)
    seg.split(1, [point("A10")], [point("A30")], at=INGESTED + 2 * SECOND)
    seg.merge(1, point("B20"), point("A30"), at=INGESTED + 3 * SECOND)
    seg.merge(2, point("D21"), point("D30"), at=INGESTED + 4 * SECOND)
    return seg
