"""Names for supervoxels of the eight tubes, for tests of the segmentation."""

import re

import numpy as np
import pytest
from tubes import SUPERVOXELS, position

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.segmentation.engine import Point

RESOLUTION = np.array([8, 8, 40])
NAMES = {node: name for name, node in SUPERVOXELS.items()}
SECOND = 1_000_000


def ids(*names):
    """Return supervoxels by name: "A" is all of tube A, "A1" both of its second chunk."""
    return np.array([node for name in names for other, node in SUPERVOXELS.items() if other.startswith(name)])


def point(name, node=None):
    return Point(
        SUPERVOXELS[name] if node is None else int(node), tuple(np.array(position(name)) * RESOLUTION)
    )


def called(found):
    """Return the names of supervoxels."""
    return sorted(NAMES[node] for node in np.asarray(found).tolist())


def root(seg, name, at=None):
    return int(seg.roots(ids(name), at=at)[0])


def refused(status, text):
    """Expect a refusal."""
    return pytest.raises(Refusal, match=rf"^{status}: .*{re.escape(text)}")
