"""How the generator's time grows with the size of what is described.

    python tests/bench/scale_spec.py [--by services|operations] [--most N]

The descriptors of tests/codegen/tiny_spec are copied under other names: into ever more services, or into
one service with ever more operations. `measured` gives the figures, for tables and pictures.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests/codegen/tiny_spec/demo"

Growth = Literal["services", "operations"]

NAMED = ("get_record", "get_neighbors", "remove_record")
"""The operations of the tiny descriptors."""


@dataclass(frozen=True)
class Point:
    """What descriptors of one size take, whole processes."""

    operations: int
    """Methods that are written, all API versions together."""
    generate: float
    """CPU seconds to write everything where nothing was; ruff's included."""
    check: float
    """CPU seconds to check all of it."""
    check_unchanged: float
    """CPU seconds to check it again."""
    wall: tuple[float, float, float]
    """Seconds of the wall for the same three."""


def measured(copies: list[int], by: Growth = "services", *, checks: bool = True) -> Iterator[Point]:
    """Generate and check descriptors of growing size; each copy has five methods in two API versions.

    Without checks their figures are those of generating.
    """
    for number in copies:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder, "project")
            write_spec(project / "spec", number, by)
            caches = Path(folder, "caches")
            first = _run(project, caches, "generate")
            runs = (first, first, first)
            if checks:
                shutil.rmtree(caches)
                whole = _run(project, caches, "generate", "--check")
                runs = (first, whole, _run(project, caches, "generate", "--check"))
            yield Point(5 * number, *(cpu for cpu, _ in runs), wall=tuple(wall for _, wall in runs))


def write_spec(folder: Path, copies: int, by: Growth) -> None:
    """Write the tiny descriptors so many times: as services of their own, or as operations of one."""
    for number in range(copies if by == "services" else 1):
        service = folder / f"demo{number}"
        service.mkdir(parents=True)
        for file in sorted(TINY.glob("*.yaml")):
            text = file.read_text()
            if by == "operations":
                text = _repeated(text, copies)
            text = re.sub(r"demo", f"demo{number}", text).replace("DemoClient", f"Demo{number}Client")
            (service / file.name).write_text(text)


def _repeated(text: str, copies: int) -> str:
    """Repeat the operations of a descriptor under other names and addresses."""
    head, found, operations = text.partition("operations:\n")
    if not found:
        return text
    removed = re.search(r"^removed: \[(.*)\]$", head, re.MULTILINE)
    if removed:
        names = ", ".join(f"{removed[1]}_{number}" for number in range(copies))
        head = head.replace(removed[0], f"removed: [{names}]")
    return head + found + "".join(_renamed(operations, number) for number in range(copies))


def _renamed(operations: str, number: int) -> str:
    for name in NAMED:
        operations = operations.replace(name, f"{name}_{number}")
    for word in ("/record", "/neighbors", "endpoint: record"):
        operations = operations.replace(word, f"{word}{number}")
    return operations


def _run(project: Path, caches: Path, *words: str) -> tuple[float, float]:
    """Return the seconds of the CPU and of the wall that a command takes."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "codegen", "--root", str(project), *words],
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(caches), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"codegen {' '.join(words)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - begin


def sizes(most: int) -> list[int]:
    """Return 1, 3, 10, 30 ... up to a number."""
    return [size for power in range(6) for size in (10**power, 3 * 10**power) if size <= most]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--by", choices=("services", "operations"), default="services")
    parser.add_argument("--most", type=int, default=100, help="copies of the tiny descriptors")
    wanted = parser.parse_args()
    print("methods  generate  check  unchanged   (CPU seconds)")
    for point in measured(sizes(wanted.most), wanted.by):
        print(
            f"{point.operations:7,}  {point.generate:8.2f}  {point.check:5.2f}  {point.check_unchanged:9.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
