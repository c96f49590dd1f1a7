"""No test finds the token or the settings of whoever runs it, and none waits."""

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("CAVE_TOKEN", raising=False)
    return folder
