"""Tests of packages that were written for `caveclient`; `make test-downstream` makes what they need."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

sys.path.append(str(HERE.parent / "replay"))


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.downstream)
