"""No test finds the token or the settings of whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cave_server import CaveServer, running


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("CAVE_TOKEN", raising=False)
    return folder


@pytest.fixture
def server() -> Iterator[CaveServer]:
    with running() as one:
        yield one


@pytest.fixture
def other_server() -> Iterator[CaveServer]:
    with running() as one:
        yield one
