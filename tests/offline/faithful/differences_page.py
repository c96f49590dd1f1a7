"""Writes docs/offline-differences.md: `python tests/offline/faithful/differences_page.py`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs" / "offline-differences.md"

HEAD = """\
# Offline CAVE and real servers

Offline CAVE answers as real servers do: the same status, media type, headers, fields, types and errors.
That is tested: every recorded exchange with real servers ({recorded} of them) is asked again of an
offline dataset that mirrors the recorded deployment, and the answers are compared, values included where
they can be the same. This page lists where they differ on purpose. It is written from the list that the
tests use.

<!-- Written by tests/offline/faithful/differences_page.py from differences.py: change that one. -->

## Known differences

*Recorded* counts the recorded exchanges that show a difference. The others are known from what servers
run; that offline CAVE differs is tried.

| Service | Real servers | Offline CAVE | Recorded |
|---|---|---|--:|
"""
MISSING = """
## Not in offline CAVE

These operations answer 501 with the reason.

| Operation | Why |
|---|---|
"""
UNCOMPARED = """
## Recorded, and not compared

| Exchange | Why |
|---|---|
"""


def page() -> str:
    """Return the page."""
    from differences import DIFFERENCES
    from recorded_exchanges import exchanges
    from uncompared import NOT_MIRRORED

    lines = [HEAD.format(recorded=len(exchanges()))]
    for one in DIFFERENCES:
        shown = len(one.recorded) or ""
        lines.append(f"| {one.service} | {one.servers} | {one.offline} | {shown} |\n")
    lines.append(MISSING)
    lines += [f"| {operation} | {reason} |\n" for operation, reason in missing_operations()]
    lines.append(UNCOMPARED)
    names = {one.key: one for one in exchanges()}
    for key, reason in NOT_MIRRORED.items():
        asked = names[key]
        lines.append(f"| `{asked.method} {asked.url.partition('?')[0]}` | {reason} |\n")
    return "".join(lines)


def missing_operations() -> list[tuple[str, str]]:
    """Return what the services say that they do not have: operation and reason."""
    from caveclient_gen.offline.http.routes import all_served

    found: dict[str, str] = {}
    for service, served in all_served().items():
        known: dict[Any, str] = served.missing
        for (_, operation), reason in sorted(known.items()):
            found[f"`{service}.{operation}`"] = reason
    return list(found.items())


if __name__ == "__main__":
    here = Path(__file__).resolve()
    sys.path[:0] = [str(here.parent), str(here.parents[1]), str(here.parents[3])]
    PAGE.write_text(page())
