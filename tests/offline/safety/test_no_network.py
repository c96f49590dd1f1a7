"""Nothing is asked of any other machine while offline CAVE runs: in a process that can reach none."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SCRIPT = """
import socket, sys
from datetime import UTC, datetime

asked = []
connect, resolve = socket.socket.connect, socket.getaddrinfo

def guarded(self, address, *more):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1"):
        asked.append(address)
        raise OSError(f"no other machine: {address}")
    return connect(self, address, *more)

def resolved(host, *more, **options):
    if host not in (None, "127.0.0.1", "::1", "localhost"):
        asked.append(host)
        raise OSError(f"no other machine: {host}")
    return resolve(host, *more, **options)

socket.socket.connect, socket.getaddrinfo = guarded, resolved
socket.socket.connect_ex = guarded

from caveclient_gen.offline import new_dataset, serve

with serve(new_dataset(sys.argv[1], small=True, progress=False)) as server:
    client = server.client()
    assert len(client.materialize.query_table("synapses"))
    client.materialize.query_table("cell_types", filter_regex_dict={"cell_type": "(?i)a.*"})
    views = client.materialize.get_views(version=2)
    assert views
    for view in views:
        client.materialize.query_view(view, materialization_version=2)
    assert len(client.materialize.live_live_query("synapses", datetime.now(UTC)))
    assert client.info.get_datastacks()
    root = int(client.materialize.query_table("cell_types")["pt_root_id"].iloc[0])
    client.skeleton.get_skeleton(root, output_format="dict")
    client.l2cache.get_l2data(client.chunkedgraph.get_leaves(root, stop_layer=2))
    client.state.upload_state_json({"layers": []})
assert asked == [], asked
print("nothing was asked")
"""


def test_no_other_machine_is_asked(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", SCRIPT, str(tmp_path / "small.cave")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip() == "nothing was asked"
    assert not (tmp_path / ".duckdb").exists()
