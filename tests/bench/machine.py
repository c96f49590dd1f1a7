"""The machine and the packages that figures are of."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("caveclient", "pandas", "numpy", "pyarrow", "polars", "requests", "urllib3", "orjson", "networkx")


def machine() -> dict[str, str]:
    """Return what is worth knowing of the machine, by name."""
    return {
        "processor": f"{_first(Path('/proc/cpuinfo'), 'model name')}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": platform.python_version(),
        "load before": f"{os.getloadavg()[0]:.1f}",
        **{name: _version(name) for name in PACKAGES},
    }


def _first(path: Path, key: str) -> str:
    if not path.exists():  # only Linux has it
        return platform.processor() or platform.machine()
    lines = (line.partition(":") for line in path.read_text().splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == key), "unknown")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
