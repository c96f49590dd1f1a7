"""What a check sees of its surroundings, and where the values stand that it judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen import ir


@dataclass(frozen=True, slots=True)
class Facts:
    """What an operation may refer to."""

    attributes: Mapping[str, str]
    """Type of each attribute of the client."""
    defaults: Mapping[str, str]
    """Attribute that fills each hole no parameter fills."""
    features: tuple[str, ...]
    types: tuple[str, ...]
    """Names of the service's answer types."""
    numbers: tuple[str, ...]
    """API versions of the service."""
    number: str
    """The API version at hand."""
    operations: frozenset[str]
    """Operations of this API version."""


def at(origins: ir.Origins, path: str = "") -> ir.Origin:
    """Return the place of a field; where it is not written, the place of what it is missing from."""
    while path and path not in origins:
        path = path.rpartition(".")[0]
    return origins[path]
