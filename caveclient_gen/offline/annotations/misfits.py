"""Refusals of bodies that do not have the form that annotation servers ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.refusals import wrong_fields

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from caveclient_gen.offline.http.refusals import Refusal

__all__ = ["check_fields", "misfit"]


def misfit(field: str, text: str) -> Refusal:
    """Refuse a field of a body: what is wrong of it."""
    return wrong_fields({field: [text]})


def check_fields(
    fields: Mapping[str, object], known: Collection[str], *, required: Collection[str] = ()
) -> None:
    """Refuse fields that nobody knows, and the lack of those that must be there."""
    for name in fields:
        if name not in known:
            raise misfit(name, f"Unknown field. Known are {', '.join(sorted(known))}.")
    for name in required:
        if fields.get(name) is None:
            raise misfit(name, "Missing data for required field.")
