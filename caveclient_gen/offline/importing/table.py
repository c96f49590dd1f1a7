"""Import a published table into a dataset: all of it or nothing."""

from __future__ import annotations

import dataclasses
import difflib
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.progress import bar
from caveclient_gen.errors import CAVEError
from caveclient_gen.offline.annotations.resolution import resolution_fields
from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.extra import require_extra
from caveclient_gen.offline.facts import Facts
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.importing.plan import NAME, Column, plan_columns
from caveclient_gen.offline.importing.schema_file import (
    UNITS,
    Header,
    TableSchema,
    read_header,
    read_schema_file,
    three_sizes,
)
from caveclient_gen.offline.importing.sources import open_source
from caveclient_gen.offline.workplaces import workplace

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from caveclient_gen.offline.importing.writing import Written

__all__ = ["Imported", "import_table"]

TABLE = re.compile(r"[a-z][a-z0-9_]{0,99}")
USUAL_TABLES = {
    "synapse": "synapse_table",
    "nucleus_detection": "soma_table",
    "cell_type_reference": "cell_identification_table",
    "cell_type_local": "cell_identification_table",
}
"""What the datastack's record names if it names none yet, by kind of annotation."""


@dataclass(frozen=True)
class Imported:
    """What was imported.

    Parameters
    ----------
    table : str
        Its name.
    version : int
        The version that it belongs to.
    rows : int
        How many rows it has.
    columns : tuple of str
        Its columns; positions are three.
    left_out : tuple of str
        Columns of the file that the table does not have.
    numbered : bool
        Whether the file had no ids, so that rows are numbered from 1.
    schema_type : str or None
        The kind of annotation, if somebody said it.
    """

    table: str
    version: int
    rows: int
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    numbered: bool
    schema_type: str | None = None


def import_table(
    path: str | os.PathLike[str],
    table: str,
    file: str | os.PathLike[str],
    *,
    resolution: tuple[float, float, float] | None = None,
    units: str | None = None,
    schema_type: str | None = None,
    schema_file: str | os.PathLike[str] | None = None,
    header: str | os.PathLike[str] | None = None,
    reference_table: str | None = None,
    version: int | None = None,
    at: datetime | None = None,
    datastack: str | None = None,
    description: str | None = None,
    progress: bool | None = None,
) -> Imported:
    r"""Import a published table, so that it can be queried through a client.

    Parameters
    ----------
    path : str or Path
        The dataset's folder; it is made if it does not exist.
    table : str
        The table's name.
    file : str or Path
        CSV, CSV.gz, TSV, Parquet or Feather.
    resolution : tuple of float
        Size of the voxels of positions, in nm. Needed, unless the schema file says it.
    units : str, optional
        "voxels" (the usual) or "nm", in which positions of the file are.
    schema_type : str, optional
        The kind of annotation ("synapse"). Without it the columns are all that is known of it.
    schema_file, header : str or Path, optional
        What says which columns the file has: `read_schema_file`, `read_header`.
    reference_table : str, optional
        Which table its `target_id` is about.
    version : int, optional
        The version that it belongs to: by default the newest, or 1 in a new dataset. It is made if need be.
    at : datetime, optional
        What a version that is made is a picture of; by default now.
    datastack : str, optional
        The name of the datastack in a new dataset; by default the folder's name.
    description : str, optional
        For people.
    progress : bool, optional
        Whether to show a bar; by default if somebody watches.

    Returns
    -------
    Imported
        How many rows and which columns the table has, and what was left out.

    Raises
    ------
    CAVEError
        Something does not fit. The dataset is as it was before.

    Examples
    --------
    >>> from pathlib import Path
    >>> from caveclient_gen.offline import import_table
    >>> lines = ["id,pt_position_x,pt_position_y,pt_position_z", "1,100,200,30", "2,110,190,31"]
    >>> characters = Path("somas.csv").write_text("\n".join(lines))
    >>> done = import_table("published.cave", "somas", "somas.csv", resolution=(4, 4, 40), progress=False)
    >>> done.rows, done.version
    (2, 1)
    """
    require_extra()
    if not TABLE.fullmatch(table):
        raise CAVEError(f"Name the table in lower-case letters, digits and _: {table[:80]!r} is not.")
    schema = read_schema_file(Path(schema_file)) if schema_file is not None else TableSchema()
    told = dataclasses.replace(
        schema,
        resolution=three_sizes(resolution, "the resolution") if resolution is not None else schema.resolution,
        units=units or schema.units or UNITS[0],
        schema_type=schema_type or schema.schema_type,
        description=description or schema.description,
        reference_table=reference_table or schema.reference_table,
    )
    voxel = _size_of_voxels(told)
    if told.units not in UNITS:
        raise CAVEError(f"Give positions in {' or '.join(UNITS)}, not in {str(told.units)[:40]!r}.")
    names = read_header(Path(header)) if header is not None else None
    source = Path(file)
    try:
        with _dataset(Path(path).absolute(), datastack, voxel, source) as dataset:
            return _into(dataset, table, source, names, told, version, at, progress)
    except OSError as error:
        raise CAVEError(f"Choose a folder that can be written: {path} cannot ({error}).") from error


@contextmanager
def _dataset(
    path: Path, datastack: str | None, resolution: tuple[float, float, float], source: Path
) -> Iterator[Dataset]:
    """Open a dataset, or make one that vanishes again if the import fails."""
    if (path / "dataset.json").is_file():
        dataset = Dataset(path)
        if datastack not in (None, dataset.facts.datastack):
            raise CAVEError(f"Leave out --datastack: the dataset is called {dataset.facts.datastack}.")
        yield dataset
        return
    name = datastack or re.sub(r"[^a-z0-9_]+", "_", path.stem.lower()).strip("_")
    if not NAME.fullmatch(name):
        raise CAVEError(f"Name the datastack in letters, digits and _: --datastack; {name[:80]!r} is none.")
    existed = path.exists()
    if existed and not path.is_dir():
        raise CAVEError(f"Choose a folder: {path} is a file.")
    facts = Facts(
        datastack=name,
        aligned_volume=name,
        segmentation_table=None,
        description=f"Imported tables of {name}",
        viewer_resolution=resolution,
        made={"import": source.name},
    )
    dataset = Dataset.create(path, facts)
    try:
        yield dataset
    except BaseException:  # whatever happened, also an interrupt: a dataset without its table is left over
        _remove(path, keep_folder=existed)
        raise


def _remove(path: Path, *, keep_folder: bool) -> None:
    if not keep_folder:
        shutil.rmtree(path)
        return
    for child in path.iterdir():
        shutil.rmtree(child) if child.is_dir() else child.unlink()


def _into(
    dataset: Dataset,
    table: str,
    source: Path,
    header: Header | None,
    told: TableSchema,
    version: int | None,
    at: datetime | None,
    progress: bool | None,
) -> Imported:
    with dataset.open() as cave, workplace(dataset.path, "import-") as folder:
        try:
            known = [one.number for one in cave.versions.all()]
            number = version if version is not None else max(known, default=1)
            _refuse_known(cave.versions.get(number), table, told.reference_table)
            chosen = _kinds_of(told.schema_type) if told.schema_type else {}
            target = folder / "table.parquet"
            written, left_out = _convert(source, header, told, chosen, target, progress)
            cave.versions.add_frozen(number, table, target, _record(told), at=at)
        except Refusal as refusal:
            raise CAVEError(refusal.message) from refusal
        with cave.store.write():  # one import after the other: each reads the facts that the last one wrote
            _name_it(dataset, table, told.schema_type)
    return Imported(
        table, number, written.rows, written.columns, tuple(left_out), written.numbered, told.schema_type
    )


def _refuse_known(version: Any, table: str, reference: str | None) -> None:
    """Refuse before the file is read what could only be refused after it."""
    tables = version.tables if version is not None else {}
    if table in tables:
        raise CAVEError(
            f"Choose another name or --version: version {version.number} has a table {table} already."
        )
    if reference is not None and reference not in tables:
        raise CAVEError(f"Import {reference} first, into the same version: {table} is about it.")


def _convert(
    source: Path,
    header: Header | None,
    told: TableSchema,
    kinds: Mapping[str, str],
    target: Path,
    progress: bool | None,
) -> tuple[Written, list[str]]:
    from caveclient_gen.offline.importing.writing import with_kinds, write_sorted

    with open_source(source, header) as rows:
        columns, left_out = plan_columns(rows.names, header.types if header else {}, told.columns)
        columns = [_by_schema(column, kinds, told.columns) for column in columns]
        columns = with_kinds(columns, rows.batches)
    voxel = told.resolution if told.units == "nm" else None
    with open_source(source, header) as rows, bar(0, "rows", progress) as advance:
        return write_sorted(rows.batches, columns, voxel, target, advance), left_out


def _by_schema(column: Column, kinds: Mapping[str, str], chosen: Mapping[str, Column | None]) -> Column:
    """Give a column the kind that the schema of annotations has for it, unless a schema file says another."""
    told = chosen.get(column.sources[0])
    if told is not None and told.kind is not None:
        return column
    return dataclasses.replace(column, kind=kinds.get(column.name, column.kind))


def _kinds_of(schema_type: str) -> dict[str, str]:
    """Return the kinds of a schema's columns."""
    from caveclient_gen.offline.annotations.schemas import schema_names, schema_of

    kinds = {"int32": "integer", "int64": "id", "float": "float", "text": "string", "bool": "boolean"}
    try:
        schema = schema_of(schema_type)
    except Refusal as refusal:
        near = difflib.get_close_matches(schema_type, schema_names(), n=1)
        known = f"Did you mean {near[0]}?" if near else "`client.schema.get_schemas()` lists them."
        raise CAVEError(
            f"Give another kind of annotation, or none: {schema_type[:80]!r} is unknown. {known}"
        ) from refusal
    plain = {column.name: kinds[column.sort] for field in schema.fields for column in field.columns}
    return plain | {field.position: "position" for field in schema.points}


def _size_of_voxels(told: TableSchema) -> tuple[float, float, float]:
    if told.resolution is None:
        raise CAVEError("Say how large voxels of its positions are, in nm: --resolution 4 4 40.")
    return told.resolution


def _record(told: TableSchema) -> dict[str, Any]:
    known = {
        "schema_type": told.schema_type,
        "description": told.description,
        "reference_table": told.reference_table,
        "notice_text": told.notice,
    }
    return resolution_fields(_size_of_voxels(told)) | {
        name: value for name, value in known.items() if value is not None
    }


def _name_it(dataset: Dataset, table: str, schema_type: str | None) -> None:
    """Let the datastack's record name the table, if it is of a kind that the record names and none is."""
    place = USUAL_TABLES.get(schema_type or "")
    if place is None:
        return
    path = dataset.path / "dataset.json"
    dataset.facts = Facts.load(path)
    if getattr(dataset.facts, place) is not None:
        return
    named: dict[str, Any] = {place: table}
    dataset.facts = dataclasses.replace(dataset.facts, **named)
    making = path.with_name("dataset.json.making")
    dataset.facts.write(making)
    making.replace(path)
