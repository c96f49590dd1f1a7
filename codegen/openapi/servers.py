"""Where requests go: the server of the document as a variable, or the address that an argument names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.openapi.words import described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen import ir
    from codegen.openapi.schemas import Json

EXAMPLE = "https://cave.example"
"""Stands where an address has to stand: which server it is, is only known where it is used."""

_WORDS: Mapping[str, str] = {
    "global": "Address of the server that all datastacks of a deployment share.",
    "local": "Address of the datastack's own server: `local_server` in its record of the info service.",
}

_VARIABLES: Mapping[str, str] = {"global": "global_server", "local": "local_server"}

SCHEME: Json = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a user of the deployment. It goes to no server beside those above.",
    }
}


def server(service: ir.Service) -> Json:
    """Describe the server of a service: its whole address is one variable."""
    where = service.server.address
    variable = {"default": EXAMPLE, "description": _WORDS[where]}
    return {"url": f"{{{_VARIABLES[where]}}}", "variables": {_VARIABLES[where]: variable}}


def security(service: ir.Service) -> list[Json]:
    """List what a request has to bring along."""
    return [{"bearer": []}] if service.server.auth == "bearer" else []


def servers_of(operation: ir.Operation) -> Json:
    """Describe the server of an operation that asks an address of the caller's; nothing for all others."""
    param = next((param for param in operation.params if param.location == "address"), None)
    if param is None:
        return {}
    words = "This request goes to an address that the caller names, not to the service; no token goes along."
    if operation.path == "/":
        words += " The address is asked as it stands: the `/` of the path is not put behind it."
    default = param.default if isinstance(param.default, str) else EXAMPLE
    variable = {"default": default, "description": described(param.doc)}
    return {
        "servers": [{"url": f"{{{param.name}}}", "description": words, "variables": {param.name: variable}}],
        "security": [],
    }
