"""Importing the package costs next to nothing, and every name of it is there."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

import caveclient_gen
from caveclient_gen.timeit import MyTimeIt

HEAVY = ("numpy", "pandas", "pyarrow", "networkx", "jinja2", "yaml", "requests", "cloudvolume")


def loaded_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(run.stdout.split())


def test_import_loads_nothing_heavy() -> None:
    loaded = loaded_after("import caveclient_gen")
    assert "caveclient_gen" in loaded
    assert not loaded & set(HEAVY)
    assert not any(name.startswith("caveclient_gen.") for name in loaded)


def test_what_sends_is_loaded_with_the_first_client() -> None:
    loaded = loaded_after("from caveclient_gen import CAVEclient")
    assert not loaded & {*HEAVY, "urllib3", "http.client", "ssl", "caveclient_gen._runtime.client"}


def test_client_loads_no_tables() -> None:
    code = "from caveclient_gen import CAVEclient\nCAVEclient(server_address='http://127.0.0.1:9').info"
    assert not loaded_after(code) & {"numpy", "pandas", "pyarrow", "networkx", "jinja2", "yaml"}


@pytest.mark.parametrize("name", caveclient_gen.__all__)
def test_public_names(name: str) -> None:
    assert getattr(caveclient_gen, name) is not None
    assert name in dir(caveclient_gen)


@pytest.mark.parametrize("name", sorted(caveclient_gen._MODULES))
def test_modules_are_attributes(name: str) -> None:
    assert getattr(caveclient_gen, name).__name__ == f"caveclient_gen.{name}"


def test_nothing_else_is_listed() -> None:
    listed = {name for name in dir(caveclient_gen) if not name.startswith("__")}
    assert {"CAVEclient", "errors", "materializationengine"} <= listed
    assert not listed & {"Any", "TYPE_CHECKING", "annotations", "import_module", "_HOMES"}


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="nothing_like_this"):
        _ = caveclient_gen.nothing_like_this


def test_timing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="caveclient_gen.timeit"):
        with MyTimeIt("outer", "words", rows=3) as outer, MyTimeIt("inner"):  # F104: labels do not raise
            assert outer.seconds == 0.0
        with MyTimeIt("after"):
            pass
    texts = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert texts == ["  inner", "outer words rows=3", "after"]
    assert outer.seconds > 0
