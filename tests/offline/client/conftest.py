"""One small generated dataset: served as it is to tests that only ask, copied for those that change it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from caveclient_gen.offline import new_dataset, serve
from caveclient_gen.offline.generator.building import SMALL
from caveclient_gen.offline.generator.plan import make_plan


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The dataset."""
    return new_dataset(tmp_path_factory.mktemp("client") / "small.cave", small=True, progress=False)


@pytest.fixture(scope="session")
def served(small):
    """Its server. Nothing may change its tables and segmentation; states and skeletons may come."""
    with serve(small) as server:
        yield server


@pytest.fixture(scope="session")
def client(served):
    """Its administrator's client."""
    return served.client()


@pytest.fixture(scope="module")
def own(small, tmp_path_factory):
    """A server of a copy that the tests of one module may change."""
    with serve(small.copy(tmp_path_factory.mktemp("own") / "copy.cave")) as server:
        yield server


@pytest.fixture(scope="session")
def plan():
    """What the seed of the dataset decides."""
    return make_plan(*SMALL, 1)


@pytest.fixture(scope="session")
def frozen(served):
    """Tables of version 3, read from their files without any server."""

    def read(table, version=3):
        return pd.read_parquet(served.cave.versions.file(version, table))

    return read


@pytest.fixture(scope="session")
def cells(served, frozen):
    """Cells to ask about: one with many edits, one that was never edited, and a pair with synapses."""
    nuclei, synapses = frozen("nuclei"), frozen("synapses")
    segmentation = served.cave.segmentation
    now = segmentation.roots(nuclei.pt_supervoxel_id)
    edits = {root: len(segmentation.history(root)) for root in np.unique(now).tolist()}
    partners = synapses[synapses.pre_pt_root_id != synapses.post_pt_root_id]
    counts = partners.groupby(["pre_pt_root_id", "post_pt_root_id"]).size()
    pre, post = counts.idxmax()
    return SimpleNamespace(
        edited=max(edits, key=edits.get),
        untouched=min(edits, key=edits.get),
        pre=int(pre),
        post=int(post),
        now=np.unique(now),
        frozen=np.unique(nuclei.pt_root_id),
    )
