"""Count what was replayed, per service, and print it."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the number of recorded calls made again, per service, and why any were left out."""
    replayed: Counter[str] = Counter()
    left_out: dict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("passed", []):
        for key, value in getattr(report, "user_properties", []):
            if key == "replayed":
                replayed[value.split("/")[0]] += 1
            elif key == "left_out":
                name, reason = value
                left_out[name.split("/")[0]].append(f"{name}: {reason}")
    if not replayed:
        return
    terminalreporter.section("recorded calls made again through the public client")
    for service in sorted(replayed | Counter(dict.fromkeys(left_out, 0))):
        total = len(list((RECORDINGS / service).glob("*.json")))
        terminalreporter.line(f"{service:14s} {replayed[service]:3d} of {total}")
        for line in sorted(left_out[service]):
            terminalreporter.line(f"    left out: {line}")
