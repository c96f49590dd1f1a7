"""What all tests share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from defects import TESTED

TESTS = Path(__file__).resolve().parent
RECORDINGS = TESTS / "recordings"

_SHOWN = 60


def pytest_make_parametrize_id(config: Any, val: Any, argname: str) -> str | None:
    """Name a row of a table by its value, the same in every process: no addresses, sets in order."""
    if isinstance(val, str) or not hasattr(val, "__repr__"):
        return None
    text = f"set{sorted(val, key=repr)}" if isinstance(val, set | frozenset) else repr(val)
    return re.sub(r" at 0x[0-9a-f]+", "", text)[:_SHOWN]


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Let `pytest -k F001` find the tests of that defect."""
    defects_of = defaultdict(set)
    for defect, nodes in TESTED.items():
        for node in nodes:
            defects_of[node].add(defect)
    for item in items:
        file = item.path.relative_to(TESTS).as_posix()
        item.extra_keyword_matches |= defects_of[file, getattr(item, "originalname", item.name)]


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
