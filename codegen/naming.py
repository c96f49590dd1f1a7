"""What generated modules, classes and constants are called."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from codegen.places import PACKAGE as PACKAGE
from codegen.python_types import ALIASES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from codegen.ir import Api, Service

TAKEN = ALIASES | frozenset(
    [
        "Any",
        "Answer",
        "Arm",
        "Body",
        "CachePolicy",
        "ClassVar",
        "ClientBase",
        "Deprecation",
        "Feature",
        "ItemLimit",
        "Literal",
        "Mapping",
        "NotRequired",
        "Operation",
        "Param",
        "RowLimit",
        "ServiceInfo",
        "TYPE_CHECKING",
        "TypeAlias",
        "TypedDict",
        "datetime",
        "overload",
        "pa",
    ]
)
"""Names that generated modules import: no type or alias of a spec may stand in their way."""


CLASS_BODY = TAKEN | {"bool", "bytes", "dict", "float", "int", "list", "property", "str"}
"""Names that a generated class uses: a method so called would hide them from the methods below it."""


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


def first_free(candidates: Iterable[str], taken: Collection[str]) -> str:
    """Return the first candidate that is not taken; if all are, the last one with a number."""
    name = ""
    for name in candidates:
        if name not in taken and name not in TAKEN:
            return name
    numbered = (f"{name}{number}" for number in count(2))
    return next(each for each in numbered if each not in taken)
