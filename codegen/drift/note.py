"""One difference on its way to becoming a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.drift.rules import RULES
from codegen.report.finding import Finding, Place

if TYPE_CHECKING:
    from codegen import ir
    from codegen.drift.described import Described


@dataclass(frozen=True, slots=True)
class Note:
    """What differs on a route."""

    rule: str
    text: str
    origin: ir.Origin
    """Line of the descriptor that is contradicted."""
    by: Described
    """Operation that the line belongs to."""
    param: str | None = None
    """Name on the wire."""
    old: str | None = None
    new: str | None = None


def finding(
    rule: str,
    service: str,
    text: str,
    origin: ir.Origin,
    *,
    api: str | None = None,
    operation: str | None = None,
    param: str | None = None,
    old: str | None = None,
    new: str | None = None,
    also: tuple[str, ...] = (),
    hint: str = "",
) -> Finding:
    """Return a finding with the verdicts of its rule; `origin` is the line that it is about."""
    of = RULES[rule]
    return Finding(
        id=rule,
        wire=of.wire,
        source=of.source,
        silent=of.silent,
        service=service,
        text=text,
        api=api,
        operation=operation,
        param=param,
        old=old,
        new=new,
        hint=hint or of.safely,
        old_place=Place(origin.file, origin.line),
        also=also,
    )
