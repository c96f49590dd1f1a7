"""Servers of the tubes, with tables of annotations."""

import pytest
import tubes
from offline_annotations import metadata, tag

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.serving import serve


@pytest.fixture(scope="session")
def segmented(tmp_path_factory):
    """The tubes on disk, without tables."""
    return tubes.tubes(tmp_path_factory.mktemp("tubes") / "tubes.cave")


@pytest.fixture
def server(segmented, tmp_path):
    """A server of an own copy of the tubes."""
    with serve(segmented.copy(tmp_path / "copy.cave")) as server:
        yield server


@pytest.fixture
def cave(segmented, tmp_path):
    """The engines of an own copy of the tubes, without a server."""
    with segmented.copy(tmp_path / "own.cave").open() as cave:
        yield cave


@pytest.fixture
def annotations(cave):
    """The engine of annotations."""
    return cave.annotations


@pytest.fixture
def tags(annotations):
    """The name of a table with three tags."""
    annotations.create_table(1, "tags", "bound_tag", metadata())
    annotations.post(1, "tags", [tag(x, f"tag {x}") for x in (16, 48, 80)])
    return "tags"


@pytest.fixture
def alone(tmp_path):
    """The engine of a dataset that has no segmentation."""
    with Dataset.create(tmp_path / "alone.cave", tubes.FACTS).open() as cave:
        yield cave.annotations
