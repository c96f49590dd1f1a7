"""What the descriptors say, by route: several operations may share one, also across API versions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from codegen.drift.document import shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.version import Version

    from codegen import ir

Key = tuple[str, str]
"""Method, and path without the names of its holes."""


@dataclass(frozen=True, slots=True)
class Described:
    """One operation of one API version."""

    api: ir.Api
    operation: ir.Operation

    @property
    def key(self) -> Key:
        """What it is found by."""
        return self.operation.method, shape(self.operation.path)

    @property
    def name(self) -> str:
        """Name for people: "materialize@3.get_views"."""
        return f"{self.api.service}@{self.api.number}.{self.operation.name}"

    @property
    def is_expected(self) -> bool:
        """Whether a server must have its route: not where it only makes an address, or nobody speaks it."""
        return self.operation.kind == "request" and self.operation.stability != "legacy"

    def is_for(self, version: Version | None) -> bool:
        """Whether a server of this version should have it."""
        return allows(self.operation.server, version)


def allows(ranges: Iterable[str], version: Version | None) -> bool:
    """Whether a version lies in one of the ranges; without ranges, or without a version, it does."""
    listed = tuple(ranges)
    if not listed or version is None:
        return True
    return any(SpecifierSet(each).contains(version, prereleases=True) for each in listed)


def described(service: ir.Service) -> Mapping[Key, tuple[Described, ...]]:
    """Return the operations on each route; first those of the API version that the route belongs to."""
    found: dict[Key, list[Described]] = {}
    for api in service.apis:
        for operation in api.operations:
            # Where the address is an argument, it is a server that we know nothing about.
            if not any(param.location == "address" for param in operation.params):
                each = Described(api, operation)
                found.setdefault(each.key, []).append(each)
    number = ApiNumbers(service)
    return {
        key: tuple(sorted(each, key=lambda one: one.api.number != number.of(one.operation.path)))
        for key, each in found.items()
    }


class ApiNumbers:
    """Tells the API version that a path belongs to, also where it has no descriptor yet."""

    def __init__(self, service: ir.Service) -> None:
        newest = service.apis[-1]
        start, number, end = newest.prefix.rpartition(newest.number)
        pattern = f"{service.server.base}{start}\0{end}"
        self._path = re.compile(re.escape(pattern).replace(re.escape("\0"), "(0|[1-9][0-9]{0,3})") + "(/|$)")
        self._known = bool(number)

    def of(self, path: str) -> str | None:
        """Return the number; None if the path has none."""
        found = self._path.match(path) if self._known else None
        return found[1] if found else None
