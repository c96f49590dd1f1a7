"""Version numbers in the words of servers."""

from __future__ import annotations

import json
import re

from packaging.version import InvalidVersion, Version

_LONGEST = 200
_MOST = 100
"""Most API versions that a service speaks at once."""
_API = re.compile(r"0|[1-9][0-9]{0,3}")
_NUMBER = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+)")


def read_version(text: str) -> Version | None:
    """Read `"5.26.4"`, 6.0.0-dirty or `some_service -- version 2.30.3`; None if there is no version in it."""
    text = text.strip()
    if text.startswith('"'):
        try:
            text = str(json.loads(text)).strip()
        except ValueError:
            return None
    if "<" in text or len(text) > _LONGEST:
        return None  # a page: its numbers are not the server's version
    try:
        return Version(text)
    except InvalidVersion:
        found = _NUMBER.search(text)
        return Version(found[1]) if found else None


def read_api_versions(document: object) -> tuple[str, ...] | None:
    """Read a list of API versions like [2, 3]; None if it is no such list. Negative numbers are markers."""
    if not isinstance(document, list) or len(document) > _MOST:
        return None
    listed = {str(item).strip().removeprefix("v") for item in document if isinstance(item, int | str)}
    return tuple(sorted(filter(_API.fullmatch, listed), key=int)) or None
