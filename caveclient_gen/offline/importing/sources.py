"""Files that projects publish, read piece by piece: CSV (also gzipped), Parquet, Feather.

All columns of a CSV file are read as text, since a reader that guesses makes floats of ids.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from caveclient_gen.errors import CAVEError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pyarrow as pa

    from caveclient_gen.offline.importing.schema_file import Header

__all__ = ["Source", "open_source"]

BLOCK = 8 * 1024 * 1024
"""Bytes of text that are read at once."""
ROWS = 65_536
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
FIRST_FEATHER = b"FEA1"
NULLS = ("", "NULL", "\\N")
CSV, PARQUET, FEATHER = (
    (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz"),
    (".parquet", ".pq"),
    (".feather", ".arrow"),
)


class Source:
    """An open file: the names of its columns, and its rows in batches."""

    def __init__(self, names: list[str], batches: Iterator[pa.RecordBatch]) -> None:
        self.names = names
        self.batches = batches


@contextmanager
def open_source(path: Path, header: Header | None) -> Iterator[Source]:
    """Open a file by its ending. What is wrong with it is raised as `CAVEError`, also while reading.

    An `OSError` of whoever uses the rows (the disk is full) is no fault of the file, and passes.
    """
    import pyarrow as pa

    if not path.is_file():
        raise CAVEError(f"Give a file that exists: {path} does not.")
    try:
        with ExitStack() as stack:
            with _faults_of(path):
                source = stack.enter_context(_opened(path, header))
            yield Source(source.names, _read(path, source.batches))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise _unreadable(path, error) from error


def _opened(path: Path, header: Header | None) -> AbstractContextManager[Source]:
    name = path.name.lower()
    if name.endswith(CSV):
        return _csv(path, header, "\t" if name.removesuffix(".gz").endswith(".tsv") else ",")
    if header is not None:
        raise CAVEError(f"Leave out the header file: {path} has names of its own.")
    if name.endswith(PARQUET):
        return _parquet(path)
    if name.endswith(FEATHER):
        return _feather(path)
    endings = ", ".join((*CSV, *PARQUET, *FEATHER))
    raise CAVEError(f"Give a file that ends in {endings}: {path} does not.")


def _read(path: Path, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    while True:
        with _faults_of(path):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


@contextmanager
def _faults_of(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> CAVEError:
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "invalid UTF8" in first or isinstance(error, UnicodeDecodeError):
        return CAVEError(f"Save {path} as UTF-8: it is in another encoding ({first[:300]}).")
    return CAVEError(f"Mend the file {path}: it cannot be read ({first[:300]}).")


@contextmanager
def _csv(path: Path, header: Header | None, delimiter: str) -> Iterator[Source]:
    import pyarrow as pa
    from pyarrow import csv

    first = _first_line(path, delimiter)
    if header is None and not any(first):
        raise CAVEError(f"Give a file with a first line of names, or a header file: {path} has none.")
    if header is not None and first == list(header.names):
        raise CAVEError(f"Leave out the header file: the first line of {path} has the names already.")
    if header is None and any(NUMBER.fullmatch(name) for name in first):
        raise CAVEError(
            f"Give the header file of {path}: its first line has no names, but {first[0][:40]!r}."
        )
    _refuse_other_delimiter(path, first)
    names = list(header.names) if header is not None else first
    reader = csv.open_csv(
        str(path),
        read_options=csv.ReadOptions(
            block_size=BLOCK,
            column_names=names,
            skip_rows=0 if header is not None else 1,
        ),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=list(NULLS),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    with reader:
        yield Source(names, iter(reader))


def _refuse_other_delimiter(path: Path, first: list[str]) -> None:
    """Refuse a line that is one cell, and would be several if its commas were something else."""
    if len(first) == 1:
        for sign, what in (
            (";", "semicolons"),
            ("\t", "tabs (then let its name end in .tsv)"),
            ("|", "bars"),
        ):
            if sign in first[0]:
                raise CAVEError(f"Save {path} with commas between columns: its first line has {what}.")


def _first_line(path: Path, delimiter: str) -> list[str]:
    """Read the first line, where the names of columns stand; nothing of an empty file."""
    import csv as text_csv
    import gzip
    import io

    with gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb") as file:
        line = file.readline(1_000_000)
    rows = list(text_csv.reader(io.StringIO(line.decode("utf-8-sig")), delimiter=delimiter))
    return [cell.strip() for cell in rows[0]] if rows else []


@contextmanager
def _parquet(path: Path) -> Iterator[Source]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield Source(list(file.schema_arrow.names), file.iter_batches(batch_size=ROWS))


@contextmanager
def _feather(path: Path) -> Iterator[Source]:
    import pyarrow as pa

    with path.open("rb") as file:
        if file.read(4) == FIRST_FEATHER:
            # Its reader trusts the file: a spoilt one ends the process, or worse.
            raise CAVEError(
                f"Write {path} again, with `pyarrow.feather.write_feather`: it has the first format of "
                "Feather, whose reader trusts what it reads."
            )
    with pa.memory_map(str(path)) as mapped:
        reader = pa.ipc.open_file(mapped)
        batches = (_checked(reader.get_batch(number)) for number in range(reader.num_record_batches))
        yield Source(list(reader.schema.names), batches)


def _checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch whose places of texts are within it: the reader does not look.

    Types that are somebody's own are left aside for what they are stored as: older readers end the process at
    checking them.
    """
    import pyarrow as pa

    plain = [column.storage if isinstance(column, pa.ExtensionArray) else column for column in batch.columns]
    checked = pa.RecordBatch.from_arrays(plain, names=batch.schema.names)
    checked.validate(full=True)
    return checked
