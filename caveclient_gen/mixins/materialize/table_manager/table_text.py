"""How tables, views and their queries show themselves: signatures, docstrings, text and HTML.

All words come from records that strangers wrote: text is kept on one line and free of control characters,
HTML is escaped.
"""

from __future__ import annotations

import html
import inspect
import keyword
from typing import TYPE_CHECKING, Any

from caveclient_gen.mixins.materialize.table_manager.layout import POSITION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from caveclient_gen.mixins.materialize.table_manager.layout import Column, Layout

_ROWS_SHOWN = 30
_CELL_WIDTH = 60
_VALUES_SHOWN = 4
_BOX_FORM = "[[x0, y0, z0], [x1, y1, z1]]"


def is_plain_name(name: str) -> bool:
    """Whether a name can be written as a parameter or an attribute."""
    return name.isidentifier() and not keyword.iskeyword(name)


def one_line(value: Any, width: int | None = None) -> str:
    """Return a text on one line, without control characters, cut at a width."""
    text = "" if value is None else str(value)
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if width is None or len(text) <= width else f"{text[: width - 1]}…"


# ---- columns


def signature_of(layout: Layout) -> inspect.Signature:
    """Return the filters of a table as a signature; names that are no identifiers are left to `**filters`."""
    keyword_only, anything = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD
    columns = layout.parameters
    plain = [name for name in columns if is_plain_name(name)]
    given = [
        inspect.Parameter(name, keyword_only, default=None, annotation=_form(columns[name])) for name in plain
    ]
    if len(plain) < len(columns):
        given.append(inspect.Parameter("filters", anything))
    return inspect.Signature(given)


def _form(column: Column) -> str:
    if column.kind == POSITION:
        return _BOX_FORM
    value = {"integer": "int", "float": "float", "boolean": "bool", "string": "str"}[column.kind]
    bounds = " | {'>': ..., '<=': ...}" if column.is_numeric else ""
    return f"{value} | list[{value}]{bounds}"


def _unit(layout: Layout) -> str:
    sizes = layout.record.get("voxel_resolution")
    return f"voxels of {' x '.join(f'{size:g}' for size in sizes)} nm" if sizes else "voxels"


def _told(layout: Layout, column: Column) -> str:
    """Say what a column holds: its description, its unit, the values it may have, its table."""
    facts = [
        one_line(column.doc),
        f"in {_unit(layout)}" if column.kind == POSITION else "",
        "one of " + ", ".join(map(repr, column.choices)) if column.choices else "",
        f"{column.own} of {column.table}" if (column.table, column.own) != (layout.name, column.name) else "",
    ]
    return "; ".join(filter(None, facts))


def _headline(layout: Layout) -> str:
    facts = [
        layout.kind.capitalize(),
        f"of {layout.datastack_name}" if layout.datastack_name else "",
        f"version {layout.version}" if layout.version is not None else "",
    ]
    about = " ".join(filter(None, facts))
    schema = layout.record.get("schema") or layout.record.get("schema_type")
    more = [
        f"schema {one_line(schema)}" if schema else "",
        f"refers to {one_line(layout.reference)}" if layout.reference else "",
        f"positions in {_unit(layout)}" if any(column.kind == POSITION for column in layout.columns) else "",
    ]
    return "; ".join([about, *filter(None, more)]) + "."


def docstring_of(layout: Layout) -> str:
    """Return the docstring of a query class: what the table is, and each filter with type and unit."""
    about = one_line(layout.record.get("description"))
    notice = one_line(layout.record.get("notice_text"))
    lines = [f"Rows of {one_line(layout.name)}{f': {about}' if about else '.'}", "", _headline(layout)]
    if notice:
        lines += ["", f"Notice: {notice}"]
    lines += ["", "Parameters", "----------"]
    for name, column in layout.parameters.items():
        told = _told(layout, column)
        lines += [f"{one_line(name)} : {_form(column)}", *([f"    {told}"] if told else [])]
    lines += ["", "Examples", "--------", f">>> {example_of(layout)}"]
    return "\n".join(lines)


def example_of(layout: Layout) -> str:
    """Return a query that could be written."""
    where = f"client.materialize.{layout.kind}s"
    name = layout.name
    table = f"{where}.{name}" if is_plain_name(name) else f"{where}[{one_line(name)!r}]"
    roots = [column for column in layout.columns if column.own.endswith("root_id")]
    texts = [column for column in layout.columns if column.kind == "string"]
    column = next(iter([*roots, *texts, *layout.columns]), None)
    if column is None or not is_plain_name(column.parameter):
        return f"{table}().query()"
    return f"{table}({column.parameter}=...).query()"


def class_text(layout: Layout) -> str:
    """Return the table with its columns as text."""
    about = one_line(layout.record.get("description"), 100)
    title = f"{one_line(layout.name)}{f': {about}' if about else ''}"
    rows = [(one_line(c.parameter), c.kind, one_line(_told(layout, c), 80)) for c in layout.columns]
    notice = one_line(layout.record.get("notice_text"))
    lines = [title, _headline(layout)] + ([f"Notice: {notice}"] if notice else [])
    return "\n".join([*lines, *_aligned(("filter", "type", ""), rows), "", f"e.g. {example_of(layout)}"])


def class_html(layout: Layout) -> str:
    """Return the table with its columns as HTML."""
    rows = [(c.parameter, c.kind, _told(layout, c)) for c in layout.columns]
    about = [layout.record.get("description"), _headline(layout)]
    notice = one_line(layout.record.get("notice_text"))
    about += [f"Notice: {notice}"] if notice else []
    return (
        f"<div><b>{_escaped(layout.name)}</b>"
        + "".join(f"<br>{_escaped(line)}" for line in about if line)
        + _html_table(("filter", "type", ""), rows)
        + f"<code>{_escaped(example_of(layout))}</code></div>"
    )


# ---- one query


def query_text(layout: Layout, given: Mapping[str, Any]) -> str:
    """Return a query as it would be written."""
    filters = ", ".join(
        f"{name}={shown(value)}" if is_plain_name(name) else f"**{{{name!r}: {shown(value)}}}"
        for name, value in given.items()
    )
    return f"{one_line(layout.name)}({filters})"


def shown(value: Any) -> str:
    """Return a value of a filter, long lists and texts cut."""
    if isinstance(value, list) and len(value) > _VALUES_SHOWN:
        return f"[{', '.join(map(repr, value[: _VALUES_SHOWN - 1]))}, ... {len(value)} values]"
    return one_line(repr(value), _CELL_WIDTH)


def query_html(layout: Layout, given: Mapping[str, Any]) -> str:
    """Return a query as HTML: its filters, and the columns that it could filter by."""
    rows = [(name, shown(value)) for name, value in given.items()]
    filters = _html_table(("filter", "value"), rows) if rows else "<p>all rows</p>"
    return (
        f"<div><b>{_escaped(layout.name)}</b>{filters}"
        f"<details><summary>columns</summary>{class_html(layout)}</details></div>"
    )


# ---- many tables


def list_text(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], more: str) -> str:
    """Return tables, one line each; long lists are cut, and `more` says how to see the rest."""
    cut = [
        [one_line(cell, _CELL_WIDTH if number else None) for number, cell in enumerate(row)]
        for row in rows[:_ROWS_SHOWN]
    ]
    rest = [f"... and {len(rows) - _ROWS_SHOWN} more: {more}"] if len(rows) > _ROWS_SHOWN else []
    return "\n".join([title, *(_aligned(head, cut) if rows else []), *rest])


def list_html(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return tables as HTML with a box to search in; without scripts, the box does nothing."""
    search = (
        "for (const row of this.parentNode.querySelectorAll('tbody tr')) "
        "row.hidden = !row.textContent.toLowerCase().includes(this.value.toLowerCase())"
    )
    box = f'<input type="search" placeholder="search" oninput="{html.escape(search)}">' if rows else ""
    return f"<div><b>{_escaped(title)}</b> {box}{_html_table(head, rows) if rows else ''}</div>"


def _aligned(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _html_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    top = "".join(f"<th>{_escaped(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align: left">{_escaped(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _escaped(value: Any) -> str:
    return html.escape(one_line(value))
