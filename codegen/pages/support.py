"""The support matrix: which API version and which server an operation and its parameters need."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from codegen.pages.ranges import range_in_words

if TYPE_CHECKING:
    from codegen import ir


@dataclass(frozen=True, slots=True)
class SupportRow:
    """One operation."""

    name: str
    cells: tuple[str, ...]
    """What each API version says of it, in the order of the columns."""
    server: str
    parameters: tuple[tuple[str, str], ...]
    """Names and range of the parameters that need another server than the operation does."""
    feature: str


@dataclass(frozen=True, slots=True)
class SupportTable:
    """One service."""

    service: str
    columns: tuple[tuple[str, str], ...]
    """Number and stability of the API versions, oldest first."""
    told: bool
    """Whether its server tells which software it is."""
    rows: tuple[SupportRow, ...]


@dataclass(frozen=True, slots=True)
class SupportPage:
    """All services."""

    tables: tuple[SupportTable, ...]


def support_page(spec: ir.Spec) -> SupportPage:
    """Decide all that stands on the page of the support matrix."""
    return SupportPage(tuple(_table(service) for service in spec.services))


def _table(service: ir.Service) -> SupportTable:
    names = dict.fromkeys(operation.name for api in reversed(service.apis) for operation in api.operations)
    return SupportTable(
        service=service.name,
        columns=tuple((api.number, api.stability) for api in service.apis),
        told=service.server.version_path is not None,
        rows=tuple(_row(service, name) for name in names),
    )


def _row(service: ir.Service, name: str) -> SupportRow:
    by_api = [{operation.name: operation for operation in api.operations}.get(name) for api in service.apis]
    newest = [operation for operation in by_api if operation is not None][-1]
    return SupportRow(
        name=name,
        cells=tuple(_cell(operation) for operation in by_api),
        server=range_in_words(newest.server),
        parameters=tuple(_parameters(newest)),
        feature=newest.requires or "",
    )


def _cell(operation: ir.Operation | None) -> str:
    """Say what an API version has of an operation."""
    if operation is None:
        return "–"
    words = [operation.stability if operation.stability != "stable" else "yes"]
    if operation.pin_api is not None:
        words.append(f"route of API {operation.pin_api}")
    if operation.deprecated is not None:
        words.append(f"deprecated since {operation.deprecated.since}")
    return ", ".join(words)


def _parameters(operation: ir.Operation) -> list[tuple[str, str]]:
    """Put parameters that need the same server side by side."""
    limited = [(range_in_words(param.server), param.name) for param in operation.params if param.server]
    return [
        (", ".join(f"`{name}`" for _, name in same), words)
        for words, same in groupby(limited, key=lambda pair: pair[0])
    ]
