"""What a schema asks of each field, and whole columns held against it.

Schemas come from the schema service as JSON Schema (draft 7): one object, whose points refer to definitions
of their own. Their fields are flat here, as tables have them: point `pt` is `pt_position`.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen.mixins.annotation.cells import Column, read_column, read_points
from caveclient_gen.mixins.annotation.rows import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SPATIAL_POINT_CLASSES = ["SpatialPoint", "BoundSpatialPoint"]
"""Definitions in schemas that are points."""

_NAMES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "True or False",
    "string": "a text",
    "point": "three numbers, x, y and z",
}
_PYTHON: dict[str, frozenset[type]] = {
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "string": frozenset({str}),
    "array": frozenset({list}),
    "object": frozenset({dict}),
}
_BEYOND_FLOAT = 2**53


@dataclass(frozen=True)
class FieldRule:
    """One field of a schema: its name in tables, its name in rows, and what it may hold."""

    name: str
    target: str
    kind: str
    required: bool = False
    choices: tuple[Any, ...] = ()
    least: float | None = None
    most: float | None = None
    description: str = ""


@dataclass(frozen=True)
class Schema:
    """A schema with its fields, in order."""

    name: str
    rules: tuple[FieldRule, ...]

    @property
    def by_name(self) -> dict[str, FieldRule]:
        """The rules by the names of their fields."""
        return {rule.name: rule for rule in self.rules}


def read_schema(document: Mapping[str, Any], *, with_id: bool) -> Schema:
    """
    Read a schema.

    Parameters
    ----------
    document : mapping
        JSON Schema, as `schema.schema_definition` returns it.
    with_id : bool
        Rows name their own ids, too.

    Returns
    -------
    Schema
        Its fields.
    """
    reference = document.get("$ref")
    name = reference.rsplit("/", 1)[-1] if reference else str(document.get("title", "annotation"))
    body = document.get("definitions", {}).get(name) if reference else document
    if not isinstance(body, dict) or not isinstance(body.get("properties"), dict):
        raise InvalidArgumentError(
            "Pass schema as schema.schema_definition(name) returns it: this one describes no fields."
        )
    required = set(body.get("required") or ())
    rules = [_rule(key, value, key in required) for key, value in body["properties"].items()]
    identity = (
        [FieldRule("id", "id", "integer", True, description="Id of the annotation.")] if with_id else []
    )
    return Schema(name, (*identity, *(rule for rule in rules if not (with_id and rule.name == "id"))))


def _rule(key: str, value: Mapping[str, Any], required: bool) -> FieldRule:
    text = str(value.get("description", ""))
    if str(value.get("$ref", "")).rsplit("/", 1)[-1] in SPATIAL_POINT_CLASSES:
        return FieldRule(f"{key}{SUFFIX}", key, "point", required, description=text)
    types = value.get("type", "any")
    kinds = [kind for kind in ([types] if isinstance(types, str) else types) if kind != "null"]
    kind = kinds[0] if len(kinds) == 1 else "any"
    if kind == "number" and value.get("format") == "integer":
        kind = "integer"
    return FieldRule(
        key,
        key,
        kind,
        required,
        tuple(value.get("enum", ())),
        value.get("minimum"),
        value.get("maximum"),
        text,
    )


def check_columns(schema: Schema, columns: Mapping[str, Any]) -> list[tuple[FieldRule, Column]]:
    """
    Read columns and hold them against a schema.

    Parameters
    ----------
    schema : Schema
        The fields.
    columns : mapping of str to pandas.Series or list
        The cells of each field, all of one length.

    Returns
    -------
    list of tuple
        Rules and their columns, in the order of the schema.

    Raises
    ------
    InvalidArgumentError
        A field is unknown, or is missing, or a cell is not what the schema asks for: the message names
        column, row and remedy.
    """
    _check_names(schema, columns)
    return [(rule, _checked(rule, columns[rule.name])) for rule in schema.rules if rule.name in columns]


def _check_names(schema: Schema, given: Iterable[str]) -> None:
    known = schema.by_name
    unknown = [name for name in given if name not in known]
    absent = [rule.name for rule in schema.rules if rule.required and rule.name not in set(given)]
    if unknown:
        near = {name: _near(str(name), known) for name in unknown}
        hints = [
            f"{name!r} (did you mean {match[0]!r}?)" if match else repr(name) for name, match in near.items()
        ]
        raise InvalidArgumentError(
            f"Rename or drop the columns {', '.join(hints)}: they are not in the schema {schema.name}, whose "
            f"fields are {list(known)}." + (f" It also needs {absent}." if absent else "")
        )
    if absent:
        raise InvalidArgumentError(f"Add the columns {absent}: the schema {schema.name} requires them.")


def _near(name: str, known: Mapping[str, FieldRule]) -> list[str]:
    point = f"{name}{SUFFIX}"
    return [point] if point in known else difflib.get_close_matches(name, known, 1, 0.6)


def _checked(rule: FieldRule, values: Any) -> Column:
    column = read_points(rule.name, values) if rule.kind == "point" else read_column(rule.name, values)
    if rule.required and column.missing is not None:
        row = int(column.missing.argmax())
        _refuse(
            rule,
            row,
            None,
            f"fill it in or leave out the row: the schema requires {_NAMES.get(rule.kind, 'it')}",
        )
    if rule.kind in _PYTHON:
        column = _as_kind(rule, column)
    if rule.choices and not set(column.present) <= set(rule.choices):
        _refuse_first(rule, column, lambda cell: cell in rule.choices, f"use one of {list(rule.choices)}")
    _check_range(rule, column)
    return column


def _as_kind(rule: FieldRule, column: Column) -> Column:
    wanted = _PYTHON[rule.kind]
    if column.kinds <= wanted:
        return column
    if rule.kind == "integer" and column.kinds <= {int, float}:
        # A column of integers with gaps is floats in pandas.
        if not all(map(_is_exact, column.present)):
            remedy = 'pass whole numbers exactly: .astype("Int64") keeps them beside missing ones'
            _refuse_first(rule, column, _is_exact, remedy)
        cells = [None if cell is None else int(cell) for cell in column.cells]
        return Column(column.name, cells, column.missing, kinds=frozenset({int}))
    remedy = f"pass {_NAMES.get(rule.kind, 'a JSON ' + rule.kind)}"
    return _refuse_first(rule, column, lambda cell: type(cell) in wanted, remedy)


def _is_exact(cell: Any) -> bool:
    # Floats beyond 2**53 are not the integers any more that they were made of.
    return type(cell) is int or (cell == int(cell) and abs(cell) < _BEYOND_FLOAT)


def _check_range(rule: FieldRule, column: Column) -> None:
    low = -math.inf if rule.least is None else rule.least
    high = math.inf if rule.most is None else rule.most
    if (low, high) == (-math.inf, math.inf):
        return
    if not all(low <= cell <= high for cell in column.present):
        _refuse_first(rule, column, lambda cell: low <= cell <= high, f"keep it between {low} and {high}")


def _refuse_first(rule: FieldRule, column: Column, good: Callable[[Any], bool], remedy: str) -> NoReturn:
    present = column.present
    index = next(index for index, cell in enumerate(present) if not good(cell))
    _refuse(rule, column.row_of(index), present[index], remedy)


def _refuse(rule: FieldRule, row: int, cell: Any, remedy: str) -> NoReturn:
    shown = "is missing" if cell is None else f"is {cell!r:.80}"
    raise InvalidArgumentError(f"In {rule.name!r}, row {row}: {remedy}. It {shown}; nothing was staged.")
