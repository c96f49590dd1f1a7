"""OpenAPI 3.1 documents of every service and API version, from the resolved descriptors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.openapi.document import document, text
from codegen.render import Output, inputs_of

if TYPE_CHECKING:
    from codegen import ir

__all__ = ["FOLDER", "document", "outputs_of", "path_of"]

FOLDER = "docs/openapi"


def path_of(service: str, number: str) -> str:
    """Name the file of an API version, from the project's root: `docs/openapi/chunkedgraph-v1.json`."""
    return f"{FOLDER}/{service}-v{number}.json"


def outputs_of(spec: ir.Spec) -> tuple[Output, ...]:
    """Make the document of every API version, in the order of their paths."""
    made = [
        Output(path_of(service.name, api.number), text(service, api), inputs_of(service, api), service.name)
        for service in spec.services
        for api in service.apis
    ]
    return tuple(sorted(made, key=lambda output: output.path))
