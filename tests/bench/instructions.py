"""Instructions of hot paths, counted by callgrind.

A second figure beside time, which no other load moves: a change of one per cent can be seen. It says
nothing of waiting, nor of memory that is far away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hot_paths import PATHS

HERE = Path(__file__).resolve().parent
CALLS = 5
STEADY = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # Instructions that callgrind knows.
    "ARROW_USER_SIMD_LEVEL": "SSE4_2",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX",
}
LONGEST = 900


class Uncounted(Exception):
    """A path could not be counted."""


def counted(folders: Mapping[str, Path]) -> dict[str, dict[str, float]]:
    """Count and print millions of instructions of one call of each path, for the package in each folder."""
    if shutil.which("valgrind") is None:
        raise SystemExit("Install valgrind to count instructions (`apt install valgrind`, for one).")
    print("millions of instructions per call      " + "".join(f"{label:>14s}" for label in folders))
    found: dict[str, dict[str, float]] = {}
    for path in PATHS:
        try:
            found[path] = {label: count(path, folder) / 1e6 for label, folder in folders.items()}
        except Uncounted as error:
            print(f"{path:39s}NOT COUNTED: {error}", flush=True)
            continue
        first, *others = found[path].values()
        cells = "".join(f"{millions:14.3f}" for millions in (first, *others))
        change = "".join(f"{100 * (other / first - 1):+9.2f} %" for other in others)
        print(f"{path:39s}{cells}{change}", flush=True)
    return found


def count(path: str, folder: Path) -> float:
    """Return the instructions of one call."""
    with tempfile.TemporaryDirectory() as made:
        process = subprocess.Popen(
            [
                *("valgrind", "--tool=callgrind", "--instr-atstart=no", "--quiet", "--trace-children=no"),
                f"--callgrind-out-file={made}/out",
                *(sys.executable, str(HERE / "hot_paths.py"), path, str(CALLS)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=made,
            env={**os.environ, **STEADY, "PYTHONPATH": f"{folder}{os.pathsep}{HERE}"},
        )
        try:
            _await(process, "ready", path)
            _switch(process.pid, "on")
            _go_on(process)
            _await(process, "done", path)
            _switch(process.pid, "off")
            _go_on(process)
            process.wait(timeout=LONGEST)
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
        return _total(Path(made) / "out") / CALLS


def _await(process: subprocess.Popen[str], word: str, path: str) -> None:
    if process.stdout.readline().strip() != word:
        raise Uncounted("a revision has not what it calls; what it wrote stands above")


def _go_on(process: subprocess.Popen[str]) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


def _switch(pid: int, to: str) -> None:
    done = subprocess.run(
        ["callgrind_control", "-i", to, str(pid)], capture_output=True, text=True, timeout=120
    )
    if done.returncode or "OK" not in done.stdout:
        raise SystemExit(f"callgrind_control could not switch counting {to}: {done.stdout}{done.stderr}")


def _total(out: Path) -> int:
    lines = out.read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("totals:"))
