"""What `make demo` runs: regenerate, compare two API versions, and use the client on replayed servers.

The servers are recorded exchanges of a small CAVE deployment (`tests/recordings`), served over HTTP on
this machine. No account, no token and no network are needed.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "replay"))

from recorded import FUTURE_LOST, background, prepared  # noqa: E402  (the path is set above)
from replay_server import Exchange, serve  # noqa: E402  (the same)

SUPERVOXELS = (72057594037927937, 72057594037927939, 72057662757404673, 72268768989937665)
SUPERVOXELS += (72057731476881409, 72268837709414401, 72057800263467009, 72057800263467011)
EDITED_ROOT = 288230376151712180
MADE_UP_TOKEN = "a" * 32


def banner(text: str) -> None:
    """Print what comes next."""
    print(f"\n{'=' * 100}\n{text}\n{'=' * 100}", flush=True)


def run(*command: str, home: str | None = None) -> None:
    """Run a command in the project's folder; stop the demo if it fails."""
    environment = dict(os.environ) if home is None else {**os.environ, "HOME": home}
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def quickstart_exchanges() -> list[Exchange]:
    """Return the recorded exchanges that answer the quickstart."""
    _, roots = prepared("chunkedgraph/005_get_roots", now=["timestamp"])
    _, synapses = prepared("materialize/020_query_table_desired_resolution")
    _, metadata = prepared("materialize/017_query_table_synapses")
    _, lineage = prepared("chunkedgraph/045_get_lineage_graph", corrections=[FUTURE_LOST])
    return [*roots, *synapses, *metadata, *lineage, *background()]


def main() -> None:
    """Run the demo."""
    banner("1/3  Generate the client from spec/, and make sure that nothing drifted")
    started = time.perf_counter()
    run("-m", "codegen", "generate")
    run("-m", "codegen", "generate", "--check")
    print(f"({time.perf_counter() - started:.1f} s)")

    banner("2/3  What changed between materialize API 2 and 3")
    run("-m", "codegen", "diff", "materialize@2", "materialize@3", "--fail-on", "none")

    banner("3/3  docs/examples/quickstart.py against replayed servers")
    with serve(quickstart_exchanges()) as replay, tempfile.TemporaryDirectory() as home:
        ids = [str(one) for one in SUPERVOXELS]
        asked = ["--lineage-of", str(EDITED_ROOT), "--token", MADE_UP_TOKEN, "--supervoxels", *ids]
        run("docs/examples/quickstart.py", replay.address, "testds", *asked, home=home)
        if replay.unmatched:
            sys.exit(f"The replay had no answer to: {replay.unmatched}")
        print(f"\n{len(replay.asked)} requests over HTTP, each answered from a recording.")


if __name__ == "__main__":
    main()
