"""What is in a dataset, for people and (as JSON) for programs."""

from __future__ import annotations

import html
from collections import Counter
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.annotations.resolution import resolution_of
from caveclient_gen.offline.moments import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from caveclient_gen.offline.cave import Cave
    from caveclient_gen.offline.dataset import Dataset
    from caveclient_gen.offline.versions import Version

    Section = tuple[str, Sequence[str], Iterable[Sequence[Any]]]

__all__ = ["as_html", "as_text", "describe"]

VERSION_HEAD = ("version", "of (UTC)", "expires (UTC)", "", "tables")
TABLE_HEAD = ("table", "rows", "kind", "voxels", "about")
KINDS = ("merge", "split", "undo", "redo")


def describe(dataset: Dataset) -> dict[str, Any]:
    """Return what is in a dataset; all of it can be written as JSON.

    Keys: `path`, `bytes`, `facts`, `segmentation` (None if there is none), `versions`, `tables` (as of now),
    `imported` (tables that are in a version only), `views`, `edits` (by kind, for each person) and `people`.
    """
    facts = dataset.facts
    with dataset.open() as cave:
        now = cave.store.clock.now()
        keys = cave.identity.keys()
        return {
            "path": str(dataset.path),
            "bytes": sum(file.stat().st_size for file in dataset.path.rglob("*") if file.is_file()),
            "facts": {
                "datastack": facts.datastack,
                "description": facts.description,
                "aligned_volume": facts.aligned_volume,
                "segmentation_table": facts.segmentation_table,
                "viewer_resolution": list(facts.viewer_resolution),
                "row_cap": facts.row_cap,
                "made": facts.made,
            },
            "segmentation": _segmentation(cave),
            "versions": [_version(cave, version, now) for version in cave.versions.all()],
            "tables": [_table(cave, name, now) for name in cave.annotations.tables()],
            "imported": _imported(cave),
            "views": [
                {"name": view.name, "description": view.description, "columns": dict(view.columns)}
                for view in cave.versions.views().values()
            ],
            "edits": _edits(cave),
            "people": [
                {
                    "id": user.id,
                    "person": keys.get(user.id),
                    "name": user.name,
                    "email": user.email,
                    "may": sorted({right for rights in user.permissions.values() for right in rights}),
                    "terms_missing": bool(user.missing_terms),
                }
                for user in cave.identity.users()
            ],
        }


def _segmentation(cave: Cave) -> dict[str, Any] | None:
    if not cave.segmentation.exists:
        return None
    layout = cave.segmentation.layout
    return {
        "ingested": iso(cave.segmentation.oldest),
        "resolution": list(layout.resolution),
        "chunk_size": list(layout.chunk_size),
        "volume": list(layout.volume),
        "layers": layout.layers,
        **cave.segmentation.counts(),
    }


def _version(cave: Cave, version: Version, now: int) -> dict[str, Any]:
    rows = {table: cave.versions.length(version.number, table) for table in version.tables}
    return {
        "version": version.number,
        "time_stamp": iso(version.moment),
        "expires_on": iso(version.expires),
        "has_expired": version.has_expired(now),
        "rows": rows,
    }


def _table(cave: Cave, name: str, now: int) -> dict[str, Any]:
    return _recorded(name, cave.annotations.record(name), cave.annotations.count(name, at=now))


def _imported(cave: Cave) -> list[dict[str, Any]]:
    """Describe tables that no annotation table stands behind."""
    return [
        {**_recorded(name, record, cave.versions.length(version.number, name)), "version": version.number}
        for version in cave.versions.all()
        for name, record in version.tables.items()
        if name not in cave.annotations.tables(at=version.moment)
    ]


def _recorded(name: str, record: Mapping[str, Any], rows: int) -> dict[str, Any]:
    return {
        "name": name,
        "schema_type": record["schema_type"],
        "rows": rows,
        "voxel_resolution": list(resolution_of(record)),
        "reference_table": record["reference_table"],
        "description": record["description"],
    }


def _edits(cave: Cave) -> list[dict[str, Any]]:
    """Count edits by kind, for each person who made some."""
    if not cave.segmentation.exists:
        return []
    log = cave.segmentation.operations()
    found = []
    for user_id in sorted({operation.user_id for operation in log}):
        kinds = Counter(operation.kind for operation in log if operation.user_id == user_id)
        user = cave.identity.user(user_id)
        counts = {kind: kinds[kind] for kind in KINDS}
        found.append({"user_id": user_id, "name": user.name if user else "", **counts})
    return found


def as_text(found: Mapping[str, Any]) -> str:
    """Write a description as a page of text."""
    lines = [
        _title(found),
        "",
        *_columns(_facts(found)),
        *_segmentation_lines(found["segmentation"]),
        *(line for title, head, rows in _sections(found) for line in _section(title, head, rows)),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def as_html(found: Mapping[str, Any]) -> str:
    """Write lists of versions, tables and people for notebooks. Every text in them is escaped."""
    return "".join(_html_table(*one) for one in _sections(found))


def _html_table(title: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    found = list(rows)
    if not found:
        return ""
    return (
        f"<table><caption>{html.escape(title)}</caption>"
        f"<thead>{_html_row('th', head)}</thead>"
        f"<tbody>{''.join(_html_row('td', row) for row in found)}</tbody></table>"
    )


def _html_row(tag: str, cells: Sequence[Any]) -> str:
    texts = (f"{cell:,}" if type(cell) is int else str(cell) for cell in cells)
    return f"<tr>{''.join(f'<{tag}>{html.escape(text)}</{tag}>' for text in texts)}</tr>"


def _title(found: Mapping[str, Any]) -> str:
    return f"{found['facts']['datastack']}: {found['facts']['description']}"


def _facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = found["facts"]
    made = ", ".join(f"{name} {value}" for name, value in facts["made"].items())
    return [
        ("folder", f"{found['path']} ({found['bytes'] / 1e6:,.1f} MB)"),
        ("made", made or "by hand"),
        ("aligned volume", facts["aligned_volume"]),
        ("segmentation", facts["segmentation_table"] or "none"),
        ("viewer voxels", _sizes(facts["viewer_resolution"])),
    ]


def _sections(found: Mapping[str, Any]) -> list[Section]:
    """Return title, head and rows of each list of things."""
    edits = ((f"{one['name']} ({one['user_id']})", *(one[kind] for kind in KINDS)) for one in found["edits"])
    views = ((view["name"], ", ".join(view["columns"])) for view in found["views"])
    return [
        ("Versions", VERSION_HEAD, map(_version_line, found["versions"])),
        ("Tables now", TABLE_HEAD, map(_table_line, found["tables"])),
        ("Imported tables", TABLE_HEAD, map(_table_line, found["imported"])),
        ("Rows by version", *_rows_by_version(found["versions"])),
        ("Views", ("view", "columns"), views),
        ("Edits", ("person", *KINDS), edits),
        ("People", ("id", "person", "name", "may", ""), map(_person_line, found["people"])),
    ]


def _segmentation_lines(found: Mapping[str, Any] | None) -> list[str]:
    if found is None:
        return []
    chunks = " x ".join(str(-(-v // c)) for v, c in zip(found["volume"], found["chunk_size"], strict=True))
    rows = [
        ("since", f"{found['ingested']} UTC"),
        (
            "voxels",
            f"{_sizes(found['resolution'])}, {' x '.join(f'{size:,}' for size in found['volume'])} of them",
        ),
        ("chunks", f"{chunks}, {found['layers']} layers"),
        *(
            (name.replace("_", "-"), f"{found[name]:,}")
            for name in ("supervoxels", "edges", "level2_nodes", "roots")
        ),
    ]
    return ["", "Segmentation", *(f"  {line}" for line in _columns(rows))]


def _version_line(version: Mapping[str, Any]) -> tuple[Any, ...]:
    state = "expired" if version["has_expired"] else ""
    names = ", ".join(version["rows"])
    return version["version"], version["time_stamp"][:19], version["expires_on"][:19], state, names


def _rows_by_version(versions: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[tuple[Any, ...]]]:
    tables = list(dict.fromkeys(table for version in versions for table in version["rows"]))
    head = ["table", *(str(version["version"]) for version in versions)]
    return head, [(table, *(version["rows"].get(table, "") for version in versions)) for table in tables]


def _table_line(table: Mapping[str, Any]) -> tuple[Any, ...]:
    said = (table["reference_table"], table["description"].split(" [Note:")[0])
    about = ", ".join(text for text in said if text)
    return table["name"], table["rows"], table["schema_type"], _sizes(table["voxel_resolution"]), about


def _person_line(person: Mapping[str, Any]) -> tuple[Any, ...]:
    terms = "terms not accepted" if person["terms_missing"] else ""
    may = ", ".join(person["may"]) or "nothing"
    return person["id"], person["person"] or "", person["name"], may, terms


def _sizes(sizes: Iterable[float]) -> str:
    return " x ".join(f"{size:g}" for size in sizes) + " nm"


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    found = list(rows)
    if not found:
        return []
    return ["", title, *(f"  {line}" for line in _columns([head, *found]))]


def _columns(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Write rows with columns below each other; numbers to the right."""
    cells = [[f"{cell:,}" if type(cell) is int else str(cell) for cell in row] for row in rows]
    numeric = [
        all(type(row[place]) is int or row[place] == "" for row in rows[1:]) and len(rows) > 1
        for place in range(len(rows[0]))
    ]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    return [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        for row in cells
    ]
