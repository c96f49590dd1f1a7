"""How a server and a dataset show themselves in notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["as_table"]


def as_table(title: str, rows: Mapping[str, object]) -> str:
    """Return HTML: a title, and a row for each fact that is not None.

    Parameters
    ----------
    title : str
        Plain text, like all that follows.
    rows : mapping
        Name of a fact to the fact.

    Returns
    -------
    str
        A table.
    """
    lines = [
        f'<tr><th style="text-align: left">{escape(name)}</th>'
        f'<td style="text-align: left">{escape(str(fact))}</td></tr>'
        for name, fact in rows.items()
        if fact is not None
    ]
    return f"<table><caption>{escape(title)}</caption>{''.join(lines)}</table>"
