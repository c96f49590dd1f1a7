from __future__ import annotations

import pytest
from bench import served


@pytest.fixture
def bench():
    with served() as running:
        yield running
