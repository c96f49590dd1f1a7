"""Version numbers: read what servers say of themselves, and compare it with what operations need.

Nothing here sends a request (`discovery` does). Servers name their version as a JSON string, as a
sentence, or with a suffix that PEP 440 does not know, so reading is lenient; what cannot be read is
None, never an error. Comparing is strict: a pre-release does not count as the release, because a
server that ignores a parameter it does not know gives wrong answers rather than errors.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from caveclient_gen._runtime.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_VERSION_TEXT = 200
_NUMBER = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+)")


def read_server_version(text: str) -> Version | None:
    """Read the version in a server's own words, or None if there is none.

    Understands `"5.26.4"` as JSON or bare, `6.0.0-dirty` and `some_service -- version 2.30.3`.
    A page (HTML) is never searched: its numbers are not the server's version.
    """
    text = _unquoted(text.strip())
    if "<" in text or len(text) > _LONGEST_VERSION_TEXT:
        return None
    try:
        return Version(text)
    except InvalidVersion:
        found = _NUMBER.search(text)
        return Version(found.group(1)) if found else None


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        return str(json.loads(text)).strip()
    except ValueError:
        return text.strip('"')


def within(ranges: Iterable[str], version: Version) -> bool:
    """Whether the version lies in any of the ranges; no range at all means yes."""
    ranges = tuple(ranges)
    return not ranges or any(_specifiers(text).contains(version, prereleases=True) for text in ranges)


@lru_cache(maxsize=256)
def _specifiers(text: str) -> SpecifierSet:
    return SpecifierSet(text)


def read_api_versions(document: Any) -> tuple[str, ...] | None:
    """Read a server's list of API versions (`[2, 3]`), or None if it is no such list.

    Negative numbers are markers ("latest"), not versions, and are left out.
    """
    if not isinstance(document, list):
        return None
    listed = {str(item).strip().removeprefix("v") for item in document if not isinstance(item, bool)}
    numbers = sorted(int(item) for item in listed if item.isdecimal())
    return tuple(str(number) for number in numbers) or None


def newest(apis: Iterable[str]) -> str:
    """Return the highest of some API versions; there is at least one."""
    return max(apis, key=_rank)


def _rank(api: str) -> tuple[bool, int, str]:
    # An API that is not a number ("legacy") is older than any that is.
    return (api.isdecimal(), int(api) if api.isdecimal() else 0, api)


def read_api(value: object) -> str:
    """Read an `api_version` argument: 2, "2" and "v2" mean the same, "latest" stays.

    Raises
    ------
    InvalidArgumentError
        It is neither.
    """
    text = str(value).strip().lower()
    text = text.removeprefix("v") if text[1:].isdecimal() else text
    if isinstance(value, bool) or not (text == "latest" or text.isdecimal() or text == "legacy"):
        raise InvalidArgumentError(f"Pass api_version as a number or as 'latest', not as {value!r}.")
    return text


def in_words(ranges: Iterable[str]) -> str:
    """Write version ranges for people: `>=2.18.0 and <3, or >=3.0.5`."""
    return ", or ".join(
        " and ".join(sorted((part.strip() for part in text.split(",")), reverse=True)) for text in ranges
    )
