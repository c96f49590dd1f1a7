"""What the page of one service says: how to reach it, its versions, and which operations stand where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.docstring import deprecation_of
from codegen.pages.operation_view import Section, section_of, versions_of
from codegen.prose import sentence

if TYPE_CHECKING:
    from codegen import ir

SHARED = (
    "api_version",
    "default_url_mapping",
    "fc",
    "prepare",
    "raise_for_status",
    "server_address",
    "server_version",
    "timeout",
)
"""What every client has; a page of its own tells of them, not each service's."""


@dataclass(frozen=True, slots=True)
class ApiRow:
    """One API version."""

    number: str
    prefix: str
    stability: str
    operations: str
    words: str


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of an answer that is a JSON object."""

    name: str
    words: str
    keys: tuple[tuple[str, str, str], ...]
    """Name, type, words."""


@dataclass(frozen=True, slots=True)
class ServicePage:
    """The page of one service."""

    name: str
    attribute: str
    module: str
    client: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    apis: tuple[ApiRow, ...]
    hidden: tuple[str, ...]
    """Members of the client's class that stand elsewhere on the page, or on another one."""
    methods: tuple[Section, ...]
    """One request each, and the answer as it is."""
    requests: tuple[Section, ...]
    """What hand-written methods send."""
    shapes: tuple[Shape, ...]
    gone: tuple[tuple[str, str, str], ...]
    """Name, API version and summary of what only versions have that no server speaks."""


def service_page(service: ir.Service) -> ServicePage:
    """Decide all that stands on the page of a service."""
    current = current_operations(service)
    versions = versions_of(service)
    methods = [(api, operation) for api, operation in current if not operation.raw]
    requests = [(api, operation) for api, operation in current if operation.raw]
    return ServicePage(
        name=service.name,
        attribute=service.attribute,
        module=service.module,
        client=service.client,
        summary=sentence(service.summary),
        facts=tuple(_facts(service)),
        apis=tuple(_row(api) for api in reversed(service.apis)),
        hidden=(*SHARED, *sorted(name for _, op in methods for name in (op.name, *op.aliases))),
        methods=tuple(section_of(service, api, each, versions[each.name]) for api, each in methods),
        requests=tuple(section_of(service, api, each, versions[each.name]) for api, each in requests),
        shapes=tuple(_shape(named) for named in service.types),
        gone=tuple(_gone(service)),
    )


def current_operations(service: ir.Service) -> list[tuple[ir.Api, ir.Operation]]:
    """List the operations that some server speaks, each as the newest API version has it."""
    found: dict[str, tuple[ir.Api, ir.Operation]] = {}
    for api in reversed(service.apis):
        if api.stability != "legacy":
            for operation in api.operations:
                found.setdefault(operation.name, (api, operation))
    return list(found.values())


def _facts(service: ir.Service) -> list[tuple[str, str]]:
    server = service.server
    whose = {"local": "The datastack's own", "global": "The one that all datastacks share"}[server.address]
    wait = f"{server.connect_timeout:g} s for a connection, {server.read_timeout:g} s for an answer"
    return [
        ("in a script", f"`client.{service.attribute}`"),
        ("class", f"`caveclient_gen.{service.module}.{service.client}`"),
        ("server", f"{whose}. Address templates call it `{{{server.key}}}`."),
        ("addresses begin with", f"`{server.base}`"),
        ("token", "Is sent." if server.auth == "bearer" else "None is asked for."),
        ("version of its software", _asked(server.base, server.version_path)),
        ("API versions", _asked(server.base, server.api_versions_path)),
        ("waits", f"{wait}, unless an operation says otherwise."),
    ]


def _asked(base: str, path: str | None) -> str:
    return f"Told at `{base}{path}`." if path is not None else "Is not told."


def _row(api: ir.Api) -> ApiRow:
    words = " ".join([*([sentence(api.doc)] if api.doc else []), *deprecation_of(api)])
    return ApiRow(api.number, api.prefix, api.stability, str(len(api.operations)), words)


def _shape(named: ir.NamedType) -> Shape:
    keys = tuple(
        (
            field.name,
            field.type,
            " ".join(filter(None, [sentence(field.doc or ""), "" if field.required else "May be missing."])),
        )
        for field in named.fields
    )
    return Shape(named.name, sentence(named.doc or ""), keys)


def _gone(service: ir.Service) -> list[tuple[str, str, str]]:
    current = {operation.name for _, operation in current_operations(service)}
    return [
        (operation.name, api.number, sentence(operation.summary))
        for api in service.apis
        for operation in api.operations
        if operation.name not in current
    ]
