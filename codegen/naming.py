"""What generated modules, classes and constants are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen.ir import Api, Service

PACKAGE = "caveclient_gen/_generated"
"""Folder of everything that is generated, from the project's root."""

TAKEN = frozenset(
    {
        "Any",
        "Answer",
        "Arm",
        "Body",
        "BoolArray",
        "BoundsLike",
        "CachePolicy",
        "ClassVar",
        "ClientBase",
        "Deprecation",
        "Feature",
        "FloatArray",
        "IdArray",
        "IdLike",
        "IdsLike",
        "IntsLike",
        "ItemLimit",
        "JSON",
        "Literal",
        "Mapping",
        "NotRequired",
        "Operation",
        "Param",
        "PointLike",
        "PointsLike",
        "ResolutionLike",
        "RowLimit",
        "ServiceInfo",
        "StrsLike",
        "TYPE_CHECKING",
        "TimeLike",
        "TypeAlias",
        "TypedDict",
        "datetime",
        "overload",
        "pa",
    }
)
"""Names that generated modules import: no type or alias of a spec may stand in their way."""


def operations_module(service: Service, api: Api) -> str:
    """Name of the module of one API version: `chunkedgraph_v1`."""
    return f"{service.name}_v{api.number}"


def types_module(service: Service) -> str:
    """Name of the module of a service's answer types: `types_chunkedgraph`."""
    return f"types_{service.name}"


def operations_class(service: Service, api: Api) -> str:
    """Name of the generated class: `ChunkedGraphOperationsV1`."""
    return f"{service.client.removesuffix('Client')}OperationsV{api.number}"


def service_constant(service: Service) -> str:
    """Name of the constant that describes a service: `CHUNKEDGRAPH`."""
    return service.name.upper()


def camel(name: str) -> str:
    """`output_format` -> `OutputFormat`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def first_free(candidates: Iterable[str], taken: Iterable[str]) -> str:
    """Return the first candidate that is not taken.

    Raises
    ------
    ValueError
        If all are: the descriptor has to use another name.
    """
    names = tuple(candidates)
    used = set(taken) | TAKEN
    for name in names:
        if name not in used:
            return name
    raise ValueError(
        f"the name {names[0]!r} is already used in the generated module; rename it in the descriptor"
    )
