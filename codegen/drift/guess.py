"""Which service a document is of, where nobody says it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codegen.drift.swagger import DocumentError

if TYPE_CHECKING:
    from codegen import ir
    from codegen.drift.document import Document


def service_of(document: Document, spec: ir.Spec) -> ir.Service:
    """
    Return the service whose base the document's paths stand under, or else the one that its title names.

    Raises
    ------
    DocumentError
        There is none, or it could be several.
    """
    for fits in (_by_path, _by_title):
        found = [service for service in spec.services if fits(document, service)]
        if len(found) == 1:
            return found[0]
    known = ", ".join(service.name for service in spec.services)
    raise DocumentError(
        f"{document.name}: neither its basePath {document.base!r} nor its title {document.title!r} tells "
        f"which service it is of. Name it: python -m codegen drift SERVICE --swagger ... Known: {known}."
    )


def _by_path(document: Document, service: ir.Service) -> bool:
    return f"{document.base}/".startswith(f"{service.server.base}/")


def _by_title(document: Document, service: ir.Service) -> bool:
    title = re.sub(r"[^a-z0-9]", "", document.title.lower())
    return service.module.lower() in title
