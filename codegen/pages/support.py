"""The support matrix: which API version and which server an operation and its parameters need."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from codegen.pages.ranges import range_in_words
from codegen.pages.service_view import current_operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen import ir

Told = Literal["method", "request", "nowhere"]
"""Where the service's page tells of an operation: of a method, of a method's request, or in a list only."""


@dataclass(frozen=True, slots=True)
class Named:
    """An operation, and where the page of its service tells of it."""

    name: str
    told: Told


@dataclass(frozen=True, slots=True)
class SupportRow:
    """An operation that needs something; or all that need nothing and are in the same API versions."""

    operations: tuple[Named, ...]
    cells: tuple[str, ...]
    """What each API version says of it, in the order of the columns."""
    needs: tuple[str, ...] = ()
    """Servers, for the operation or for single parameters, and what a datastack must have."""


@dataclass(frozen=True, slots=True)
class SupportTable:
    """One service."""

    service: str
    module: str
    client: str
    columns: tuple[tuple[str, str], ...]
    """Number and stability of the API versions, oldest first."""
    told: bool
    """Whether its server tells which software it is."""
    rows: tuple[SupportRow, ...]
    """Those that need something first."""


@dataclass(frozen=True, slots=True)
class SupportPage:
    """All services."""

    tables: tuple[SupportTable, ...]


def support_page(spec: ir.Spec) -> SupportPage:
    """Decide all that stands on the page of the support matrix."""
    return SupportPage(tuple(_table(service) for service in spec.services))


def _table(service: ir.Service) -> SupportTable:
    names = dict.fromkeys(operation.name for api in reversed(service.apis) for operation in api.operations)
    told: dict[str, Told] = {
        operation.name: "request" if operation.raw else "method"
        for _, operation in current_operations(service)
    }
    by_api = [{operation.name: operation for operation in api.operations} for api in service.apis]
    rows = [
        _row(Named(name, told.get(name, "nowhere")), [having.get(name) for having in by_api])
        for name in names
    ]
    return SupportTable(
        service=service.name,
        module=service.module,
        client=service.client,
        columns=tuple((api.number, api.stability) for api in service.apis),
        told=service.server.version_path is not None,
        rows=(*(row for row in rows if row.needs), *_alike(row for row in rows if not row.needs)),
    )


def _alike(rows: Iterator[SupportRow]) -> Iterator[SupportRow]:
    """Make one row of those that say the same."""
    by_cells: dict[tuple[str, ...], list[Named]] = {}
    for row in rows:
        by_cells.setdefault(row.cells, []).extend(row.operations)
    for cells, operations in by_cells.items():
        yield SupportRow(tuple(operations), cells)


def _row(named: Named, by_api: list[ir.Operation | None]) -> SupportRow:
    newest = [operation for operation in by_api if operation is not None][-1]
    return SupportRow((named,), tuple(_cell(operation) for operation in by_api), tuple(_needs(newest)))


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


def _needs(operation: ir.Operation) -> Iterator[str]:
    """Say what an operation needs; parameters that need the same server stand side by side."""
    if operation.server:
        yield f"server {range_in_words(operation.server)}"
    limited = [(range_in_words(param.server), param.name) for param in operation.params if param.server]
    for words, same in groupby(limited, key=lambda pair: pair[0]):
        yield f"{', '.join(f'`{name}`' for _, name in same)}: server {words}"
    if operation.requires:
        yield f"a datastack with `{operation.requires}`"
