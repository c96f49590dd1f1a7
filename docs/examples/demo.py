"""What `make demo` runs: what changed between two API versions, then a tour of offline CAVE.

No account, no token and no network are needed. What it makes (a dataset, two pictures) is below `build/`.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "demo"
PICTURES = ("connectivity.png", "history.png")


def banner(text: str) -> None:
    """Print what comes next."""
    print(f"\n{'=' * 100}\n{text}\n{'=' * 100}", flush=True)


def run(*command: str, **environment: str) -> None:
    """Run a command in the project's folder; stop the demo if it fails."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)


def show_changes(old: str, new: str) -> None:
    """Print what of a comparison somebody has to know before an upgrade."""
    command = [sys.executable, "-m", "codegen", "diff", old, new, "--fail-on", "none", "--no-color"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    first, *lines, last = done.stdout.rstrip().splitlines()
    kept = [line.strip() for line in lines if line.split()[:1] in (["breaking"], ["warning"])]
    print("\n".join([first, "", *kept, "", f"{last}. All of them: python -m codegen diff {old} {new}"]))


def main() -> None:
    """Run the demo."""
    began = time.perf_counter()
    banner("1/3  The client is what spec/ says")
    run("-m", "codegen", "generate", "--check")

    banner("2/3  What to know about materialize API 3 if scripts were written for API 2")
    show_changes("materialize@2", "materialize@3")

    banner("3/3  A tour of offline CAVE: docs/examples/tour.py, over HTTP on this machine")
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        cache = os.environ.get("CAVE_OFFLINE_CACHE", str(BUILD.parent / "cave"))
        settings = {"CAVE_OFFLINE_CACHE": cache, "TOUR_PICTURES": str(BUILD)}
        run("docs/examples/tour.py", HOME=home, MPLBACKEND="Agg", **settings)

    print(f"\nDone in {time.perf_counter() - began:.0f} s. The same as a notebook: docs/examples/tour.ipynb")
    print("Look at the pictures:")
    for name in PICTURES:
        print(f"  {BUILD / name}")


if __name__ == "__main__":
    main()
