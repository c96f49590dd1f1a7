from __future__ import annotations

import pytest
from materialize_bench import served


@pytest.fixture
def bench():
    with served() as running:
        yield running
