"""The kinds of annotation, from the table `schemas.json`: their fields, columns and JSON-schema documents.

A schema is what people post (`pre_pt` is a point); its columns are what tables hold (`pre_pt_position_x`,
`_y`, `_z`, `pre_pt_supervoxel_id`, `pre_pt_root_id`). Fields stand in `schemas.json` in the order in which
servers make columns of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AXES", "Column", "Field", "Schema", "documents", "schema_names", "schema_of"]

Sort = Literal["int32", "int64", "float", "text", "bool"]

AXES = ("x", "y", "z")
POINTS = ("SpatialPoint", "BoundSpatialPoint", "DerivedSpatialPoint")
SORTS: Mapping[str, Sort] = {
    "integer": "int32",
    "id": "int64",
    "user": "int64",
    "reference": "int64",
    "float": "float",
    "string": "text",
    "boolean": "bool",
}
"""Kind of a field to what its column holds."""
KEPT_KEYS = ("default", "about", "desription", "enum", "index", "order")
"""What documents say of a field beside its kind, in their order. `desription` is a slip of real servers."""


@dataclass(frozen=True)
class Column:
    """One column of a table, as it is stored.

    Parameters
    ----------
    name : str
        In the database and in answers.
    sort : str
        What it holds.
    required : bool
        Whether it is never empty.
    """

    name: str
    sort: Sort
    required: bool = False


@dataclass(frozen=True)
class Field:
    """One field of a schema.

    Parameters
    ----------
    name : str
        As people post it.
    kind : str
        "BoundSpatialPoint", "SpatialPoint", "DerivedSpatialPoint", "position" (of the type that is itself a
        point), "integer" (32 bits), "id" (64 bits), "user" (the server fills it in), "reference", "float",
        "string" or "boolean".
    required : bool
        Whether a row must have it.
    extras : dict
        What its document says besides.
    """

    name: str
    kind: str
    required: bool
    extras: Mapping[str, Any]

    @property
    def is_point(self) -> bool:
        """Whether it is a place."""
        return self.kind in POINTS

    @property
    def is_bound(self) -> bool:
        """Whether it is a place that belongs to the segmentation."""
        return self.is_point and self.kind != "SpatialPoint"

    @property
    def choices(self) -> tuple[Any, ...]:
        """The only values it may have; none if it may have any."""
        return tuple(self.extras.get("enum", ()))

    @property
    def position(self) -> str:
        """The name of its position, as answers have it."""
        return f"{self.name}_position"

    @property
    def supervoxel(self) -> str:
        """The column of its supervoxel."""
        return f"{self.name}_supervoxel_id"

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that it takes in a table, roots left aside: those are looked up."""
        if not self.is_point:
            return (Column(self.name, SORTS[self.kind], self.required),)
        found = [Column(f"{self.position}_{axis}", "int32", self.required) for axis in AXES]
        if self.is_bound:
            found.append(Column(self.supervoxel, "int64"))
        if self.kind == "DerivedSpatialPoint":
            found += [Column(f"{self.name}_{name}", "int64") for name in ("dependent_chunk", "level")]
        return tuple(found)


@dataclass(frozen=True)
class Schema:
    """One kind of annotation.

    Parameters
    ----------
    name : str
        As tables name it ("synapse").
    title : str
        As its document names it ("SynapseSchema").
    fields : tuple of Field
        In the order of columns.
    """

    name: str
    title: str
    fields: tuple[Field, ...]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its tables, in order."""
        return tuple(column for field in self.fields for column in field.columns)

    @cached_property
    def points(self) -> tuple[Field, ...]:
        """The fields that are places."""
        return tuple(field for field in self.fields if field.is_point)

    @cached_property
    def bound_points(self) -> tuple[Field, ...]:
        """The places that belong to the segmentation."""
        return tuple(field for field in self.fields if field.is_bound)

    @property
    def is_reference(self) -> bool:
        """Whether its rows are about rows of another table."""
        return any(field.kind == "reference" for field in self.fields)

    @property
    def is_table(self) -> bool:
        """Whether tables can be made of it: a bare point has no name for its columns."""
        return all(field.kind != "position" for field in self.fields)

    def document(self) -> dict[str, Any]:
        """Return its JSON-schema document, as the schema service answers it."""
        kinds = {field.kind for field in self.fields}
        points = {kind: _point(kind) for kind in POINTS if kind in kinds}
        own = self._definition()
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "definitions": {**points, self.title: own},
            "$ref": f"#/definitions/{self.title}",
        }

    def _definition(self) -> dict[str, Any]:
        properties = {field.name: _property(field) for field in self.fields}
        if self.is_table:
            properties["valid"] = {
                "title": "valid",
                "type": ["boolean", "null"],
                "default": False,
                "description": "whether the annotation is in force",
            }
        required = [field.name for field in self.fields if field.required]
        return _object(required, properties, more=self.is_table)


def _object(required: list[str], properties: Mapping[str, Any], *, more: bool) -> dict[str, Any]:
    return {
        **({"required": sorted(required)} if required else {}),
        "type": "object",
        "properties": {name: properties[name] for name in sorted(properties)},
        "additionalProperties": more,
    }


def _point(kind: str) -> dict[str, Any]:
    if kind == "DerivedSpatialPoint":
        return schema_of("derived_spatial_point")._definition()
    names = ("root_id", "supervoxel_id") if kind == "BoundSpatialPoint" else ()
    properties = {"position": {"type": "array"}, **{name: {"type": "integer"} for name in names}}
    return _object(["position"], properties, more=False)


def _property(field: Field) -> dict[str, Any]:
    """Return the document of a field."""
    extras = {key if key != "about" else "description": value for key, value in field.extras.items()}
    if "enum" in extras:
        extras["enumNames"] = []
    if field.is_point:
        return {"type": "object", "$ref": f"#/definitions/{field.kind}", **extras}
    if field.kind == "position":
        return {"type": "array"}
    if field.kind in ("id", "reference"):
        return {"type": "integer"}
    kind = "number" if field.kind in ("integer", "float", "user") else field.kind
    formats = {"integer": "integer", "user": "integer", "float": "float"}
    return {
        "title": field.name,
        "type": kind if field.required else [kind, "null"],
        **({"format": formats[field.kind]} if field.kind in formats else {}),
        **extras,
    }


@cache
def _all() -> dict[str, Schema]:
    text = resources.files(__package__).joinpath("schemas.json").read_text("utf-8")
    return {name: _schema(name, entry) for name, entry in json.loads(text).items()}


def _schema(name: str, entry: Mapping[str, Any]) -> Schema:
    fields = tuple(
        Field(
            field["name"],
            field["kind"],
            field.get("required", False),
            {key: field[key] for key in KEPT_KEYS if key in field},  # in the order of documents
        )
        for field in entry["fields"]
    )
    return Schema(name, entry["class"], fields)


def schema_names() -> list[str]:
    """Return the names of all kinds of annotation, in the order in which servers list them."""
    return list(_all())


def schema_of(name: str) -> Schema:
    """Return one kind of annotation.

    Raises
    ------
    Refusal
        404: there is none of that name.
    """
    found = _all().get(name)
    if found is None:
        raise Refusal(404, f"Schema type: {name[:80]} is not a known annotation type")
    return found


def documents() -> dict[str, dict[str, Any]]:
    """Return the JSON-schema documents of all kinds of annotation."""
    return {name: schema.document() for name, schema in _all().items()}
