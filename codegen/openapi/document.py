"""One OpenAPI document: an API version of a service as a whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codegen.openapi import refusals, schemas, servers
from codegen.openapi.arguments import deprecation
from codegen.openapi.extensions import legend
from codegen.openapi.paths import addresses, paths
from codegen.openapi.words import described

if TYPE_CHECKING:
    from codegen import ir
    from codegen.openapi.schemas import Json

OPENAPI = "3.1.0"

_LEGACY = "No server speaks this version any more, or only for the sake of old clients."
_READING = (
    "Written by `python -m codegen openapi` from the descriptors under `spec/`. "
    "Paths begin at the root of the server. Integers go up to 2^63: programs must not make floats of them. "
    "What no description explains stands in extensions."
)


def document(service: ir.Service, api: ir.Api) -> Json:
    """
    Describe one API version.

    Parameters
    ----------
    service : ir.Service
        The service, for its server and its answer types.
    api : ir.Api
        The version.

    Returns
    -------
    dict
        An OpenAPI 3.1 document, of plain JSON values.
    """
    around: Json = {
        "servers": [servers.server(service)],
        "security": servers.security(service),
        "components": _components(service),
    }
    made: Json = {
        "openapi": OPENAPI,
        "info": _info(service, api),
        "servers": around["servers"],
        "security": around["security"],
        "tags": [{"name": service.name, "description": described(service.summary)}],
        "paths": paths(service, api, around),
        "components": around["components"],
    }
    if made_addresses := addresses(service, api, around):
        made["x-addresses"] = made_addresses
    words = [described(api.doc or service.summary), described(_LEGACY) if api.stability == "legacy" else ""]
    words += [described(_READING), f"Extensions:\n\n{legend(made)}"]
    made["info"]["description"] = "\n\n".join(part for part in words if part)
    return made


def text(service: ir.Service, api: ir.Api) -> str:
    """Write the document: ASCII only, so that no character hides or turns the text around."""
    return json.dumps(document(service, api), indent=2, allow_nan=False) + "\n"


def _info(service: ir.Service, api: ir.Api) -> Json:
    found: Json = {
        "title": f"CAVE {service.name}",
        "version": api.number,
        "summary": " ".join(service.summary.split()),
        "description": "",
        "x-version-path": _under(service, service.server.version_path),
        "x-api-versions-path": _under(service, service.server.api_versions_path),
        "x-stability": api.stability if api.stability != "stable" else None,
        "x-deprecated": deprecation(api.deprecated),
    }
    return {name: value for name, value in found.items() if value is not None}


def _under(service: ir.Service, path: str | None) -> str | None:
    return None if path is None else f"{service.server.base}{path}"


def _components(service: ir.Service) -> Json:
    found: Json = {
        "schemas": {**schemas.named_types(service), **refusals.ANY_FORM, **refusals.FORMS},
        "responses": refusals.COMPONENTS,
    }
    if service.server.auth == "bearer":
        found["securitySchemes"] = servers.SCHEME
    return found
