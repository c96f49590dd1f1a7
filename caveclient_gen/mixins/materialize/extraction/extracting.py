"""One extraction, from its query to its dataset: plan, or read the plan; run; check; say what is there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.progress import bar
from caveclient_gen._runtime.times import iso_utc_micros
from caveclient_gen.mixins.materialize.extraction.crew import Hired, Threads
from caveclient_gen.mixins.materialize.extraction.driver import Driver
from caveclient_gen.mixins.materialize.extraction.files import remove_leftovers
from caveclient_gen.mixins.materialize.extraction.folder_lock import LOCK, locked
from caveclient_gen.mixins.materialize.extraction.journal import JOURNAL, Journal
from caveclient_gen.mixins.materialize.extraction.result import Extraction
from caveclient_gen.mixins.materialize.extraction.settling import settle
from caveclient_gen.mixins.materialize.extraction.work import Work
from caveclient_gen.mixins.materialize.facts import facts_of_schema
from caveclient_gen.mixins.materialize.positions import scale_factors

if TYPE_CHECKING:
    import os
    from concurrent.futures import Executor
    from datetime import datetime

    from caveclient_gen.mixins.materialize.plan import Query


def extract(
    client: Any,
    query: Query,
    version: int,
    folder: str | os.PathLike[str],
    *,
    merge_reference: bool,
    most: int,
    executor: Executor | None,
    workers: int,
    progress: bool | None,
) -> Extraction:
    """
    Extract the rows of a query, or go on with it; see `to_parquet`.

    Parameters
    ----------
    client : MaterializationClient
        Who asks.
    query : Query
        Which rows.
    version : int
        Of which version.
    folder : str or path
        Where to.
    merge_reference : bool
        Join the table that this one refers to.
    most : int
        Most rows of a file.
    executor : concurrent.futures.Executor or None
        Who extracts partitions.
    workers : int
        Partitions under way at the same time.
    progress : bool or None
        Whether to show a bar.

    Returns
    -------
    Extraction
        What is there.
    """
    place = _folder(folder)
    asked = _identity(client, query, version, merge_reference=merge_reference)
    with locked(place):
        journal = Journal.read(place)
        if journal is not None:
            journal.check(asked)
            if journal.finished:
                return _result(journal)
        else:
            _check_empty(place)
        remove_leftovers(place)
        query = client._query_to_extract(query, version, merge_reference=merge_reference)
        work = Work(client, query, version, most)
        if journal is None:
            journal = Journal.begin(place, {"query": asked, **work.known()}, work.plan())
        else:
            _check_moment(journal, work.moment)
        crew = Threads(workers) if executor is None else Hired(executor)
        with bar(journal.header["total"] or journal.header["recorded"] or 0, "rows", progress) as advance:
            advance(sum(done.received for done in journal.done.values()))
            Driver(journal, crew, work.job_maker(journal), work.extent, advance, workers, most).go()
        settle(journal, lambda: work.no_rows(journal.header["facts"]))
        return _result(journal)


def _folder(folder: str | os.PathLike[str]) -> Path:
    place = Path(folder).expanduser().absolute()
    place.mkdir(parents=True, exist_ok=True)
    return place


def _check_empty(folder: Path) -> None:
    found = sorted(path.name for path in folder.iterdir() if path.name[0] != "." and path.name != LOCK)
    if found:
        raise InvalidArgumentError(
            f"Choose a new or empty folder: {folder} holds {', '.join(found[:3])} and no {JOURNAL}."
        )


def _check_moment(journal: Journal, moment: datetime) -> None:
    """Refuse to go on with a version that is another one of the same number."""
    if iso_utc_micros(moment) != journal.header["facts"]["timestamp"]:
        raise InvalidArgumentError(
            f"Choose another folder: version {journal.header['query']['materialization_version']} was made "
            f"again since {journal.folder} was begun."
        )


def _identity(client: Any, query: Query, version: int, *, merge_reference: bool) -> dict[str, Any]:
    """Return what makes an extraction the same as another one; the manifest keeps it."""
    resolution = query.desired_resolution
    if resolution is not None:
        scale_factors(resolution, resolution)  # else it could not be kept
        resolution = [float(size) for size in resolution]
    filters = json.dumps(dict(query.filters.named), sort_keys=True, default=str)
    return {
        "server": client.server_address,
        "datastack_name": query.datastack_name or client.datastack_name,
        "table_name": query.tables[0],
        "materialization_version": version,
        "filters": query.filters.described(),
        "filters_sha256": hashlib.sha256(filters.encode()).hexdigest(),
        "select_columns": query.select.described(),
        "desired_resolution": resolution,
        "split_positions": query.split_positions,
        "merge_reference": merge_reference,
    }


def _result(journal: Journal) -> Extraction:
    import pyarrow.parquet as pq

    files = journal.files()
    return Extraction(
        folder=journal.folder,
        files=tuple(files),
        rows=sum(done.rows for done in journal.done.values()),
        counted=sum(done.received for done in journal.done.values()) if journal.header["counts"] else None,
        bytes=sum(done.bytes for done in journal.done.values()),
        attrs=facts_of_schema(pq.read_schema(files[0])),
    )
