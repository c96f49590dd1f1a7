"""Annotations that are collected and checked here before they are uploaded."""

from __future__ import annotations

import html
import inspect
import keyword
import logging
import threading
import warnings
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from caveclient_gen._runtime.bulk import paused_gc
from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.normalise import NORMALISERS
from caveclient_gen.mixins.annotation.cells import point_dicts, scaled
from caveclient_gen.mixins.annotation.ledger import PENDING, UNKNOWN, UPLOADED, Ledger
from caveclient_gen.mixins.annotation.rows import SUFFIX, RowTexts, written_records
from caveclient_gen.mixins.annotation.rules import SPATIAL_POINT_CLASSES, check_columns, read_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from caveclient_gen._runtime.jsonable import WrittenJSON
    from caveclient_gen._runtime.typing import IdsLike, ResolutionLike
    from caveclient_gen.mixins.annotation.cells import Column
    from caveclient_gen.mixins.annotation.rules import FieldRule

logger = logging.getLogger(__name__)

__all__ = ["ADD_FUNC_DOCSTRING", "SPATIAL_POINT_CLASSES", "StagedAnnotations"]

ADD_FUNC_DOCSTRING = "Add annotation to a local collection. Note that this does not upload annotations."


class StagedAnnotations:
    """
    Annotations of one schema, checked when they are added, with what is known of each one's upload.

    `client.annotation.stage_annotations(table)` makes one; `client.annotation.upload_staged_annotations`
    uploads it, and can be called again after a failure: no row goes into the table twice.

    Parameters
    ----------
    schema : dict
        JSON Schema of the table, as `client.schema.schema_definition` returns it.
    name : str, optional
        Name of the schema.
    update : bool
        The rows replace others, whose ids they name.
    id_field : bool
        The rows name their own ids.
    table_resolution : list of float, optional
        Size of the voxels that the table's points count, in nm.
    annotation_resolution : list of float, optional
        Size of the voxels that added points count, in nm; they are converted to the table's.
    table_name : str, optional
        The table to upload to.
    """

    IS_UPLOADED_FIELD = "_IS_UPLOADED_"
    UPLOADED_ID_FIELD = "_UPLOADED_ID_"
    IS_UPLOADED_COLUMN = "is_uploaded"
    NEW_ID_COLUMN = "new_id"

    add: Callable[..., None]

    def __init__(
        self,
        schema: Mapping[str, Any],
        name: str | None = None,
        update: bool = False,
        id_field: bool = False,
        table_resolution: ResolutionLike | None = None,
        annotation_resolution: ResolutionLike | None = None,
        table_name: str | None = None,
    ) -> None:
        self._schema = read_schema(schema, with_id=update or id_field)
        self._name = name or self._schema.name
        self._is_update = bool(update)
        self._table_name = table_name
        self._factor = _factor(table_resolution, annotation_resolution)
        self._written: list[dict[str, Any]] = []
        self._unwritten: list[tuple[list[tuple[FieldRule, Column]], int]] = []
        self._ledger = Ledger()
        self._uploading = threading.Lock()
        self.add = _add_function(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # The function `add` and the lock belong to one object: they are made anew.
        state = {name: value for name, value in self.__dict__.items() if name not in ("add", "_uploading")}
        return _revived, (type(self), state)

    @property
    def table_name(self) -> str | None:
        """The table to upload to; it can be set."""
        return self._table_name

    @table_name.setter
    def table_name(self, table_name: str | None) -> None:
        if len(self._ledger.rows(UNKNOWN)):
            raise InvalidArgumentError(
                f"Settle the rows {_shown(self._ledger.rows(UNKNOWN))} first: they may be in "
                f"{self._table_name!r} already. Upload again, or use mark_uploaded or mark_not_uploaded."
            )
        self._table_name = table_name

    @property
    def is_update(self) -> bool:
        """Whether the rows replace others."""
        return self._is_update

    @property
    def id_field(self) -> bool:
        """Whether the rows name ids."""
        return "id" in self._schema.by_name

    @property
    def fields(self) -> list[str]:
        """Names of the fields that rows can have. A point `pt` is `pt_position`."""
        return [rule.name for rule in self._schema.rules]

    @property
    def fields_required(self) -> list[str]:
        """Names of the fields that rows must have."""
        return [rule.name for rule in self._schema.rules if rule.required]

    @property
    def annotation_list(self) -> list[dict[str, Any]]:
        """All rows, in the form that is uploaded."""
        return [_copied(row) for row in self._rows]

    @property
    def annotation_list_nonuploaded(self) -> list[dict[str, Any]]:
        """The rows that are not known to be in the table, in the form that is uploaded."""
        return [_copied(self._rows[row]) for row in np.flatnonzero(self._ledger.states != UPLOADED)]

    def add_dataframe(self, df: pd.DataFrame) -> None:
        """
        Add the rows of a frame: all of them, or, when one is bad, none.

        Parameters
        ----------
        df : pandas.DataFrame
            A column for each field in `fields`, at least those in `fields_required`; points as lists or
            arrays
            of three numbers. An empty cell (None, NaN, NA) leaves the field out of its row.

        Raises
        ------
        InvalidArgumentError
            A column is missing or unknown, or a cell is not what the schema asks for. The message names
            column and row, counted from 0.
        """
        if not hasattr(df, "columns"):
            raise InvalidArgumentError(f"Pass df as a pandas DataFrame, not as {type(df).__name__}.")
        if not df.columns.is_unique:
            raise InvalidArgumentError("Rename columns of the frame: some have the same name.")
        self._add({name: df[name] for name in df.columns}, len(df))

    def annotation_dataframe(
        self, only_nonuploaded: bool = False, include_tracking: bool = False
    ) -> pd.DataFrame:
        """
        Show the rows as a frame.

        Parameters
        ----------
        only_nonuploaded : bool
            Leave out rows that are in the table.
        include_tracking : bool
            Add the columns `is_uploaded` and `new_id`. Where it is not known whether a row is in,
            `is_uploaded`
            is missing.

        Returns
        -------
        pandas.DataFrame
            A column for each field that any row has; the index counts the rows from 0, as the other methods
            do.
        """
        import pandas as pd

        chosen = np.arange(len(self))
        if only_nonuploaded:
            chosen = chosen[self._ledger.states != UPLOADED]
        flat = [_flat(self._rows[row]) for row in chosen]
        names = [name for name in self.fields if any(name in row for row in flat)]
        columns = {name: [row.get(name) for row in flat] for name in names}
        frame = pd.DataFrame(columns, index=chosen, columns=names)
        if include_tracking:
            states, ids = self._ledger.states[chosen], self._ledger.ids[chosen]
            uploaded = pd.array(states == UPLOADED, dtype="boolean")
            uploaded[states == UNKNOWN] = pd.NA
            new = pd.array(ids, dtype="Int64")
            new[states != UPLOADED] = pd.NA
            frame[self.IS_UPLOADED_COLUMN] = uploaded if (states == UNKNOWN).any() else states == UPLOADED
            frame[self.NEW_ID_COLUMN] = new
        return frame

    def clear_annotations(self) -> None:
        """Forget all rows, and what is known of their upload."""
        unknown = self._ledger.rows(UNKNOWN)
        if len(unknown):
            logger.warning(
                "Look whether the rows %s are in %r before you add them again: they were sent, and their "
                "answer was lost.",
                _shown(unknown),
                self._table_name,
            )
        self._written, self._unwritten, self._ledger = [], [], Ledger()

    def purge_uploaded_annotations(self) -> None:
        """Forget the rows that are in the table; the others are counted anew, from 0."""
        kept = self._ledger.states != UPLOADED
        self._written = [self._rows[row] for row in np.flatnonzero(kept)]
        self._ledger.keep(kept)

    @property
    def unknown_rows(self) -> list[int]:
        """Rows that were sent and whose answer was lost: they may be in the table or not."""
        rows: list[int] = self._ledger.rows(UNKNOWN).tolist()
        return rows

    def mark_uploaded(self, rows: IdsLike, ids: IdsLike) -> None:
        """
        Say that rows are in the table, after looking.

        Parameters
        ----------
        rows : array of int
            The rows, counted from 0.
        ids : array of int
            The id of each in the table.
        """
        from caveclient_gen._runtime.ids import as_ids

        self._ledger.mark_uploaded(rows, as_ids(ids, name="ids"))

    def mark_not_uploaded(self, rows: IdsLike) -> None:
        """
        Say that rows are not in the table, after looking: the next upload sends them.

        Parameters
        ----------
        rows : array of int
            The rows, counted from 0.

        Raises
        ------
        InvalidArgumentError
            A row is known to be in: sent again, it would be there twice.
        """
        chosen = self._ledger.checked(rows)
        known = chosen[self._ledger.states[chosen] == UPLOADED]
        if len(known):
            raise InvalidArgumentError(
                f"Leave out the rows {_shown(known)}: they are in the table, row {known[0]} as "
                f"{self._ledger.ids[known[0]]}. To send one again after it was deleted, add it again."
            )
        self._ledger.mark_pending(chosen)

    def __len__(self) -> int:
        return len(self._ledger.states)

    def __repr__(self) -> str:
        where = f"table {self._table_name!r}" if self._table_name else f"schema {self._name!r} with no table"
        kind = "updated" if self._is_update else "new"
        unknown = len(self._ledger.rows(UNKNOWN))
        doubt = f", {unknown} unknown" if unknown else ""
        done = len(self._ledger.rows(UPLOADED))
        return f"Staged annotations for {where} ({len(self)} {kind} annotations, {done} uploaded{doubt})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(rule.name)}</td><td>{html.escape(rule.kind)}</td>"
            f"<td>{'required' if rule.required else ''}</td><td>{html.escape(rule.description)}</td></tr>"
            for rule in self._schema.rules
        )
        head = "<tr><th>field</th><th>kind</th><th></th><th>description</th></tr>"
        return f"<p>{html.escape(repr(self))}</p><table>{head}{rows}</table>"

    def _add(self, columns: Mapping[str, Any], count: int) -> None:
        checked = check_columns(self._schema, columns)
        if self._factor is not None:
            checked = [
                (rule, scaled(column, self._factor) if rule.kind == "point" else column)
                for rule, column in checked
            ]
        self._unwritten.append((checked, count))
        self._ledger.grow(count)

    @property
    def _rows(self) -> list[dict[str, Any]]:
        """The rows as they are uploaded; made when they are needed, since a frame is checked without them."""
        if self._unwritten:
            with paused_gc():
                for checked, count in self._unwritten:
                    self._written += _rows_of(checked, count)
            self._unwritten = []
        return self._written

    def _as_json(self, rows: np.ndarray) -> WrittenJSON:
        """Return rows as they are uploaded; those of a single frame are never made one by one."""
        if not self._written and len(self._unwritten) == 1 and len(rows) == rows[-1] - rows[0] + 1:
            checked, _ = self._unwritten[0]
            plain = [column for rule, column in checked if rule.kind != "point"]
            points = [(rule.target, column) for rule, column in checked if rule.kind == "point"]
            if checked:
                return RowTexts(plain, points).batch(int(rows[0]), int(rows[-1]) + 1)
        every = self._rows
        return written_records([every[row] for row in rows])

    def _pending(self) -> np.ndarray:
        return self._ledger.rows(PENDING)


def _rows_of(checked: Sequence[tuple[FieldRule, Column]], count: int) -> list[dict[str, Any]]:
    names = [rule.target for rule, _ in checked]
    cells = [point_dicts(column) if rule.kind == "point" else column.cells for rule, column in checked]
    if not names:
        return [{} for _ in range(count)]
    rows = list(map(dict, map(zip, repeat(names), zip(*cells, strict=True))))
    if any(column.missing is not None for _, column in checked):
        rows = [{key: cell for key, cell in row.items() if cell is not None} for row in rows]
    return rows


def _add_function(staged: StagedAnnotations) -> Callable[..., None]:
    """Return the function `add` of a stage, with its fields as parameters."""
    rules = sorted(staged._schema.rules, key=lambda rule: not rule.required)
    kind, empty = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
    named = [rule for rule in rules if rule.name.isidentifier() and not keyword.iskeyword(rule.name)]
    parameters = [inspect.Parameter(r.name, kind, default=empty if r.required else None) for r in named]
    if len(named) < len(rules):  # a field called "class", say
        parameters.append(inspect.Parameter("others", inspect.Parameter.VAR_KEYWORD))
    signature = inspect.Signature(parameters)

    def add(*args: Any, **kwargs: Any) -> None:
        given = signature.bind(*args, **kwargs).arguments
        given.update(given.pop("others", {}))
        staged._add({name: [value] for name, value in given.items() if value is not None}, 1)

    lines = [
        f"{r.name} : {r.kind}{'' if r.required else ', optional'}\n    {r.description}".rstrip()
        for r in rules
    ]
    add.__doc__ = "\n".join([ADD_FUNC_DOCSTRING, "", "Parameters", "----------", *lines])
    add.__signature__ = signature  # type: ignore[attr-defined]  # functions may have one
    return add


def _revived(cls: type[StagedAnnotations], state: dict[str, Any]) -> StagedAnnotations:
    staged = cls.__new__(cls)
    staged.__dict__.update(state)
    staged._uploading = threading.Lock()
    staged.add = _add_function(staged)
    return staged


def _factor(table: ResolutionLike | None, annotation: ResolutionLike | None) -> np.ndarray | None:
    if annotation is None:
        return None
    given = np.asarray(NORMALISERS["resolution"](annotation, "annotation_resolution"), dtype=float)
    if table is None:
        warnings.warn(
            "Pass table_resolution, too: without it, points cannot be converted to the table's voxels.",
            UserWarning,
            stacklevel=callers_level(),
        )
        return None
    wanted = np.asarray(NORMALISERS["resolution"](table, "table_resolution"), dtype=float)
    return None if np.array_equal(given, wanted) else given / wanted


def _copied(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: {**cell, "position": list(cell["position"])} if _is_point(cell) else cell
        for key, cell in row.items()
    }


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{key}{SUFFIX}" if _is_point(cell) else key: list(cell["position"]) if _is_point(cell) else cell
        for key, cell in row.items()
    }


def _is_point(cell: Any) -> bool:
    return isinstance(cell, dict) and "position" in cell


def _shown(rows: np.ndarray) -> str:
    return f"{rows[0]} to {rows[-1]} ({len(rows)} in all)" if len(rows) else "none"
