"""What can be queried: a table or a view, its columns, and the SQL under which DuckDB finds its rows."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Column", "Kind", "Source", "clashing", "columns_of", "nearest", "quoted"]

Kind = Literal["integer", "float", "boolean", "string", "position", "other"]

AXES = ("_x", "_y", "_z")


@dataclass(frozen=True)
class Column:
    """A column as people name it. A position is one column here, and three of the file."""

    name: str
    kind: Kind
    type: pa.DataType

    @property
    def parts(self) -> tuple[str, ...]:
        """The columns of the file."""
        return tuple(self.name + axis for axis in AXES) if self.kind == "position" else (self.name,)


@dataclass(frozen=True)
class Source:
    """Something that can be queried.

    Parameters
    ----------
    name : str
        As requests name it.
    columns : dict
        Name to column, in the order of the answer.
    resolution : tuple of float
        Size of the voxels that its positions are in, in nm.
    relation : str
        SQL that gives its rows, made of our own words, quoted names and quoted paths.
    length : int or None
        How many rows it has, if that is known without counting.
    registered : dict
        Name in `relation` to the rows that stand for it.
    is_ordered : bool
        Whether its rows come in an order of their own.
    names : tuple of str
        All columns of the file, if some differ in nothing but capitals: for DuckDB they are the same, so they
        are told apart by their place. Else empty.
    """

    name: str
    columns: Mapping[str, Column]
    resolution: tuple[float, float, float]
    relation: str
    length: int | None = None
    registered: Mapping[str, pa.Table] = field(default_factory=dict)
    is_ordered: bool = True
    names: tuple[str, ...] = ()

    def as_table(self, place: int) -> str:
        """Return the name under which SQL knows it (t0, t1...), with names of its columns if need be."""
        return f"t{place}" + (f"({', '.join(f'k{n}' for n in range(len(self.names)))})" if self.names else "")

    def cell(self, place: int, part: str) -> str:
        """Return what SQL calls a column of the file."""
        return f"t{place}.k{self.names.index(part)}" if self.names else f"t{place}.{quoted(part)}"

    def column(self, name: str) -> Column:
        """Return a column; refuse a name that it does not have.

        The refusal begins with the quoted name alone, as that of real servers: clients read it there, and ask
        the table that this one refers to.
        """
        found = self.columns.get(name)
        if found is None:
            raise Refusal(
                400, f"{name[:80]!r}: there is no such column in {self.name}.{nearest(name, self.columns)}"
            )
        return found


def nearest(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean...?" with the nearest known names; nothing if none is near."""
    found = difflib.get_close_matches(name[:80], list(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(found)}?" if found else ""


def quoted(name: str) -> str:
    """Return a name of the catalogue as SQL reads it."""
    return '"' + name.replace('"', '""') + '"'


def clashing(names: Sequence[str]) -> tuple[str, ...]:
    """Return all names, if some differ in nothing but capitals; else none."""
    return tuple(names) if len({name.casefold() for name in names}) < len(names) else ()


def columns_of(schema: pa.Schema) -> dict[str, Column]:
    """Return the columns of a file; three columns that make a position are one."""
    types = {schema_field.name: schema_field.type for schema_field in schema}
    found: dict[str, Column] = {}
    for name, kind in types.items():
        base = name[:-2]
        if name[-2:] in AXES and base.endswith("_position") and all(base + axis in types for axis in AXES):
            found.setdefault(base, Column(base, "position", kind))
        else:
            found[name] = Column(name, kind_of(kind), kind)
    return found


def kind_of(kind: pa.DataType) -> Kind:
    """Return how values of an Arrow type are compared."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind):
        return "float"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "string"
    return "other"
