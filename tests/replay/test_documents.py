"""The code in the README and the example scripts run, against replayed servers."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from recorded import ADMIN, FUTURE_LOST, prepared, replayed, tables_metadata

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_readme_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    assert blocks
    _, root = prepared("chunkedgraph/001_get_root_id", now=["timestamp"])
    _, lineage = prepared("chunkedgraph/045_get_lineage_graph", corrections=[FUTURE_LOST])
    _, rows = prepared("materialize/020_query_table_desired_resolution")
    _, cells = prepared("materialize/102_tables_cell_types_query")
    extra = [
        "info/001_get_datastacks",
        "materialize/009_get_tables",
        "materialize/014_get_table_metadata_404",
        "materialize/017_query_table_synapses",
        "materialize/098_tables_manager",
    ]
    with (
        replayed([*root, *lineage, *rows, *cells, tables_metadata()], extra) as replay,
        contextlib.redirect_stdout(io.StringIO()) as printed,
    ):
        names = {"server": replay.address, "token": ADMIN}
        for block in blocks:
            exec(compile(block, "README.md", "exec"), names)
        assert names["root"] == 288230376151712180
        assert list(names["history"].edges) == [(288230376151711746, 288230376151712180)]
        assert len(names["synapses"]) == 3
        assert set(names["cells"]["cell_type"]) == {"23P", "BC"}
        assert replay.unmatched == []
    for words in ("['testds', 'testds_public']", "2 [1.0, 1.0, 1.0]", "curl", "No table named 'nope' found"):
        assert words in printed.getvalue()
    assert ADMIN not in printed.getvalue()


def test_the_demo_runs() -> None:
    """What `make demo` runs, from the generation to the lineage graph."""
    done = subprocess.run(
        [sys.executable, "docs/examples/demo.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for line in (
        "materialize@2 -> materialize@3",
        "1. The datastack 'testds'",
        "72057594037927937 288230376151712180",
        "288230376151711746  ->  288230376151712180",
        "requests over HTTP, each answered from a recording.",
    ):
        assert line in done.stdout
