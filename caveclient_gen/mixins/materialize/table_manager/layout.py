"""Which columns a table or view has: read from the schemas that its datastack's services hand out.

A table's columns follow from the JSON Schema of its kind: a point `pt` that is bound to the segmentation is
the columns `pt_position`, `pt_supervoxel_id` and `pt_root_id`, and so on. A table that refers to another one
is queried together with it. Where both have a column of one name, the reference table's ends in "_ref", and
the name alone is the column of the table that it refers to: that one has the points and the root ids.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from caveclient_gen._runtime.errors import InvalidArgumentError

POSITION = "position"
BOX_ENDING = "_bbox"
ALLOW_COLUMN_TYPES = ["integer", "boolean", "string", "float"]
NUMERIC_COLUMN_TYPES = ["integer", "float"]
SPATIAL_POINT_TYPES = ["SpatialPoint"]

SUFFIXES = ("", "_ref")
"""Endings of names that both tables have: of the table that is referred to, of the one that refers to it."""

BOUND_POINT = "BoundSpatialPoint"
UNBOUND_POINT = "SpatialPoint"

FOUND_BY = ("supervoxel_id", "root_id")
_FIRST = "id"


class UnknownColumnError(InvalidArgumentError, TypeError):
    """A filter has the name of no column; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: of which table, and what it holds."""

    name: str
    """As the query and its answer call it."""
    own: str
    """As its table calls it."""
    table: str
    kind: str
    """"integer", "float", "boolean", "string" or "position"."""
    doc: str = ""
    choices: tuple[str, ...] = ()
    """The texts that it may hold, where the schema tells."""

    @property
    def parameter(self) -> str:
        """Name of the filter: a position is filtered by a box."""
        return f"{self.name}{BOX_ENDING}" if self.kind == POSITION else self.name

    @property
    def is_numeric(self) -> bool:
        """Whether `{">": 3}` means something."""
        return self.kind in NUMERIC_COLUMN_TYPES


@dataclass(frozen=True, slots=True)
class Layout:
    """A table or view: its columns, in their order, and what is known of it."""

    name: str
    columns: tuple[Column, ...]
    record: Mapping[str, Any] = field(default_factory=dict)
    reference: str | None = None
    """The table that it refers to."""
    is_view: bool = False
    datastack_name: str | None = None
    version: int | None = None
    server: str = ""

    @property
    def kind(self) -> str:
        """What an error calls it."""
        return "view" if self.is_view else "table"

    @property
    def parameters(self) -> dict[str, Column]:
        """Name of each filter -> its column."""
        return {column.parameter: column for column in self.columns}

    @property
    def source(self) -> tuple[Any, ...]:
        """What tells it from others of its name."""
        return self.server, self.datastack_name, self.version, self.is_view, self.name

    def filtered_by(self, parameter: str) -> Column:
        """Return the column of a filter."""
        parameters = self.parameters
        if parameter not in parameters:
            near = suggestion(parameter, parameters)
            raise UnknownColumnError(
                f"Filter by a column that {self.name!r} has: there is no {parameter!r}.{near} "
                f"Filters: {', '.join(parameters)}."
            )
        return parameters[parameter]

    def selected(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Return what to select of each table for these columns of the answer."""
        known = {column.name: column for column in self.columns}
        found: dict[str, list[str]] = {}
        for name in names:
            if name not in known:
                raise UnknownColumnError(
                    f"Select columns that {self.name!r} has: there is no {name!r}.{suggestion(name, known)} "
                    f"Columns: {', '.join(known)}."
                )
            found.setdefault(known[name].table, []).append(known[name].own)
        return found


def suggestion(name: Any, known: Iterable[str]) -> str:
    """Return " Did you mean ...?" if a known name is near, else nothing."""
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


# ---- from schemas


def columns_of_schema(schema: Mapping[str, Any], table: str) -> list[Column]:
    """
    Read the columns of a table from the schema of its kind.

    Parameters
    ----------
    schema : mapping
        JSON Schema, as the schema service has it.
    table : str
        The table.

    Returns
    -------
    list of Column
        `id`, then the fields in the schema's order; fields of other forms than those known are left out.
    """
    found = {_FIRST: Column(_FIRST, _FIRST, table, "integer", "number of the annotation")}
    for name, spec in _properties(schema, schema).items():
        for column in _columns_of_field(name, spec, schema, table):
            found.setdefault(column.name, column)
    return list(found.values())


def points_of_schema(schema: Mapping[str, Any]) -> dict[str, str]:
    """Return the points of a schema: name -> kind of point, "BoundSpatialPoint" or another."""
    fields = _properties(schema, schema)
    return {name: _definition_name(spec) for name, spec in fields.items() if _is_point(spec, schema)}


def _is_point(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    return "$ref" in spec and "position" in _properties(spec, schema)


def _columns_of_field(
    name: str, spec: Mapping[str, Any], schema: Mapping[str, Any], table: str
) -> Iterator[Column]:
    doc = str(spec.get("description") or "")
    if _is_point(spec, schema):
        yield Column(f"{name}_position", f"{name}_position", table, POSITION, doc)
        for part in FOUND_BY:
            if part in _properties(spec, schema):
                column = f"{name}_{part}"
                yield Column(column, column, table, "integer", f"{part.replace('_', ' ')} at {name}")
        return
    kind = plain_kind(spec)
    if kind is not None:
        choices = spec.get("enum") if kind == "string" else None
        yield Column(name, name, table, kind, doc, tuple(map(str, choices or ())))


def _definition_name(spec: Mapping[str, Any]) -> str:
    return str(spec.get("$ref", "")).rpartition("/")[2]


def _properties(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a definition that `spec` points to."""
    definition = (schema.get("definitions") or {}).get(_definition_name(spec)) or {}
    properties = definition.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def plain_kind(spec: Mapping[str, Any]) -> str | None:
    """Return what a field holds, "integer", "float", "boolean" or "string"; None for other forms."""
    given = spec.get("type")
    kinds = [kind for kind in (given if isinstance(given, list) else [given]) if kind != "null"]
    if len(kinds) != 1:
        return None
    if kinds[0] == "number":
        return "integer" if spec.get("format") == "integer" else "float"
    return kinds[0] if kinds[0] in ALLOW_COLUMN_TYPES else None


def columns_of_view(schema: Mapping[str, Mapping[str, Any]], view: str) -> list[Column]:
    """
    Read the columns of a view.

    Parameters
    ----------
    schema : mapping
        Column -> {"type": ...}, as the materialization engine has it.
    view : str
        The view.

    Returns
    -------
    list of Column
        In the schema's order; columns of other types than those known are left out.
    """
    kinds = {
        name: POSITION if spec.get("type") in SPATIAL_POINT_TYPES else plain_kind(spec)
        for name, spec in schema.items()
    }
    return [
        Column(name, name, view, kind, str(schema[name].get("description") or ""))
        for name, kind in kinds.items()
        if kind is not None
    ]


# ---- a table and the one that it refers to


def add_with_suffix(
    namesA: Iterable[str],  # noqa: N803  a name that scripts pass
    namesB: Iterable[str],  # noqa: N803  known name
    suffix: str,
) -> tuple[list[str], dict[str, str]]:
    """Return `namesA`, with a suffix where `namesB` has the name too; and new name -> old name of these."""
    taken = set(namesB)
    renamed = {name: f"{name}{suffix}" if name in taken else name for name in namesA}
    return list(renamed.values()), {new: name for name, new in renamed.items() if new != name}


def joined_columns(base: Iterable[Column], referring: Iterable[Column]) -> list[Column]:
    """Return the columns of a join: of the referring table, then of the one that it refers to."""
    sides = list(referring), list(base)
    named = [{column.own for column in side} for side in sides]
    endings = (SUFFIXES[1], SUFFIXES[0])
    return [
        Column(name, one.own, one.table, one.kind, one.doc, one.choices)
        for side, other, ending in zip(sides, reversed(named), endings, strict=True)
        for one, name in zip(side, _suffixed(side, other, ending), strict=True)
    ]


def _suffixed(side: list[Column], others: set[str], ending: str) -> list[str]:
    return add_with_suffix([column.own for column in side], others, ending)[0]
