"""The map of servers: read, written, and never lost."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path
from typing import Any

import pytest

from caveclient_gen.datastack_lookup import (
    DEFAULT_DATASTACK_FILE,
    DEFAULT_LOCATION,
    get_datastack_cache,
    handle_server_address,
    is_writable,
    read_map,
    reset_server_address_cache,
    write_map,
)
from caveclient_gen.errors import InvalidArgumentError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def place() -> Path:
    return Path(DEFAULT_LOCATION).expanduser() / DEFAULT_DATASTACK_FILE


def test_default_place() -> None:
    assert read_map() == {}
    assert handle_server_address("ds", "www.myserver.com/", write=True) == "https://www.myserver.com"
    assert json.loads(place().read_text()) == {"ds": "https://www.myserver.com"}
    assert stat.S_IMODE(place().stat().st_mode) == 0o600
    assert stat.S_IMODE(place().parent.stat().st_mode) == 0o700
    assert get_datastack_cache() == {"ds": "https://www.myserver.com"}


@pytest.mark.parametrize(
    ("stored", "datastack", "named", "found"),
    [
        ({}, "ds", None, None),
        ({"ds": "https://a.org"}, "ds", None, "https://a.org"),
        ({"ds": "https://a.org"}, "ds", "b.org", "https://b.org"),  # what is named wins
        ({"ds": "https://a.org"}, None, None, None),
        ({"ds": "https://a.org"}, None, "b.org", "https://b.org"),
        ({"ds": "a.org/"}, "ds", None, "https://a.org"),  # written by an older client
        ({"ds": ""}, "ds", None, None),
        ({"ds": 7}, "ds", None, None),
    ],
)
def test_look_up_writes_nothing(
    stored: dict[str, Any], datastack: str | None, named: str | None, found: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "map.json"
    file.write_text(json.dumps(stored))
    assert handle_server_address(datastack, named, file) == found
    assert json.loads(file.read_text()) == stored


def test_bad_address_is_not_remembered(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError):
        handle_server_address("ds", "ftp://a.org", tmp_path / "map.json", write=True)  # F024
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["{ damaged", "[]", '"text"', "", "\x00"])
def test_damaged_map_is_reported_and_kept(
    content: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "map.json"
    file.write_text(content)
    with caplog.at_level(logging.WARNING):
        assert read_map(file) == {}
    assert "map.json" in caplog.text
    assert handle_server_address("ds", "a.org", file, write=True) == "https://a.org"
    assert read_map(file) == {"ds": "https://a.org"}
    assert (tmp_path / "map.json.damaged").read_text() == content  # F025


def test_place_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "folder").write_text("not a folder")
    file = tmp_path / "folder" / "map.json"
    assert not is_writable(file)
    with caplog.at_level(logging.WARNING):
        assert write_map({"ds": "https://a.org"}, file) is False
    assert "not saved" in caplog.text
    assert handle_server_address("ds", "a.org", file, write=True) == "https://a.org"


def test_writability_is_told_without_writing(tmp_path: Path) -> None:
    assert is_writable(tmp_path / "new" / "deeper" / "map.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("forget", "left"),
    [("a", {"b", "c"}), (["a", "b"], {"c"}), (None, set()), ("absent", {"a", "b", "c"})],
)
def test_forgetting(forget: Any, left: set[str], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "map.json"
    write_map({name: f"https://{name}.org" for name in "abc"}, file)
    with caplog.at_level(logging.WARNING):
        reset_server_address_cache(forget, file)  # F104
    assert set(read_map(file)) == left
    assert caplog.text == ""
