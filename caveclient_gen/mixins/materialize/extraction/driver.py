"""Run the partitions of a plan: a few at a time, each kept as it is done.

    a partition with too many rows    is divided, and its parts come next
    a failure that may pass           (no connection, no answer in time, a fault of the server, an answer
                                      that is not whole) puts the partition at the end. If nothing goes well
                                      any more, there is a pause before the next attempt, longer each time
    a partition that keeps failing    is left out; the others go on, and then its error is raised
    any other failure                 would be the same for all, and ends the extraction

Whatever ends it, the manifest has what is done, and the next call goes on from there.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caveclient_gen._runtime.errors import (
    AuthException,
    CAVEError,
    DecodeError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    ServiceConnectionError,
    TruncatedResultError,
)
from caveclient_gen.mixins.materialize.extraction.files import disk_error, size_of
from caveclient_gen.mixins.materialize.extraction.journal import Done, Journal
from caveclient_gen.mixins.materialize.extraction.partitions import Extent, Partition, divided
from caveclient_gen.mixins.materialize.extraction.schemas import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from caveclient_gen.mixins.materialize.extraction.crew import Crew
    from caveclient_gen.mixins.materialize.extraction.job import Job, Outcome

logger = logging.getLogger(__name__)

PAUSES = (1.0, 5.0, 20.0, 60.0, 120.0)
"""Seconds to wait after the first failure in a row, the second...: an outage at night should not end it."""

_PASSES = (
    ServiceConnectionError,
    RequestTimeoutError,
    ServerError,
    RateLimitError,
    DecodeError,
    TruncatedResultError,
)
_SEEN_WITHIN = 5.0
"""Seconds that a file written on another machine may take to be seen on this one."""


@dataclass(slots=True)
class Driver:
    """The partitions of one extraction: those to come, those under way, those that failed."""

    journal: Journal
    crew: Crew
    make: Callable[[Partition, int, pa.Schema | None], Job]
    """Makes the job of a partition: with the most rows it may have, and what is known of the schema."""
    extent: Callable[[], Extent]
    advance: Callable[[int], object]
    workers: int
    most: int
    schema: pa.Schema | None = None
    waiting: deque[Partition] = field(init=False)
    under_way: set[tuple[int, ...]] = field(default_factory=set)
    failures: Counter[tuple[int, ...]] = field(default_factory=Counter)
    failed: dict[tuple[int, ...], BaseException] = field(default_factory=dict)
    in_a_row: int = 0
    """Attempts after which nothing went well."""
    is_held: bool = False
    """Nothing begins before there was a pause, or something went well."""

    def __post_init__(self) -> None:
        self.waiting = deque(partition for _, partition in sorted(self.journal.waiting.items()))

    def go(self) -> None:
        """
        Extract all partitions that are not done yet.

        Raises
        ------
        CAVEError
            Some could not be extracted.
        """
        try:
            while self.waiting or self.under_way:
                self._pause()
                while self.waiting and len(self.under_way) < self.workers and not self.is_held:
                    self._begin(self.waiting.popleft())
                self._face(*self.crew.take())
            if self.failed:
                raise self.failed[min(self.failed)]
        except BaseException as error:
            error.add_note(self._what_is_done())
            raise
        finally:
            self.crew.end()

    def _begin(self, partition: Partition) -> None:
        self.under_way.add(partition.key)
        self.crew.begin(self.make(partition, self.most, self.schema))

    def _pause(self) -> None:
        """Wait before a further attempt, once nothing is under way any more."""
        if self.is_held and not self.under_way:
            logger.warning("extraction: the next attempt is in %.0f s", PAUSES[self.in_a_row - 1])
            time.sleep(PAUSES[self.in_a_row - 1])
            self.is_held = False

    def _face(self, job: Job, outcome: Outcome, error: BaseException | None) -> None:
        self.under_way.discard(job.partition.key)
        if error is not None:
            self._face_failure(job.partition, error)
        elif outcome.too_many is not None:
            self._divide(job.partition, outcome)
        else:
            self._keep(job.partition, outcome)

    def _keep(self, partition: Partition, outcome: Outcome) -> None:
        if outcome.bytes:
            self._see(partition, outcome.bytes)
        if outcome.schema is not None:
            self.schema = joined(self.schema, outcome.schema)
        self.in_a_row, self.is_held = 0, False
        self.journal.put_done(partition, Done(outcome.rows, outcome.received, outcome.bytes))
        self.advance(outcome.received)

    def _see(self, partition: Partition, size: int) -> None:
        path = self.journal.folder / partition.file
        until = time.monotonic() + _SEEN_WITHIN
        while size_of(path) != size:
            if time.monotonic() > until:
                raise CAVEError(
                    f"Choose a folder that all workers share: {path} was written by a worker and is not here."
                )
            time.sleep(0.2)

    def _divide(self, partition: Partition, outcome: Outcome) -> None:
        self.most = min(self.most, outcome.limit or self.most)
        try:
            parts = divided(partition, outcome.too_many or 0, self.most, self.extent)
        except _PASSES as error:  # between which ids rows are is asked once
            self._face_failure(partition, error)
            return
        if len(parts) < 2:
            raise TruncatedResultError(
                f"Ask the people who run this server: it cuts the answer for one id ({partition.first}).",
                limit=outcome.limit,
            )
        self.journal.put_divided(partition, parts)
        self.waiting.extendleft(reversed(parts))

    def _face_failure(self, partition: Partition, error: BaseException) -> None:
        """Try again later, go on without the partition, or end the extraction."""
        if not isinstance(error, _PASSES):
            raise self._fatal(error)
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        logger.warning("extraction: the partition %s failed: %s", partition.file, told)
        if not self.is_held:  # else it is one more failure of the same attempt
            self.in_a_row += 1
            self.is_held = True
        self.failures[partition.key] += 1
        if self.in_a_row > len(PAUSES):
            raise error
        if self.failures[partition.key] > len(PAUSES):
            self.failed[partition.key] = error
        else:
            self.waiting.append(partition)

    def _fatal(self, error: BaseException) -> BaseException:
        if isinstance(error, AuthException):
            error.add_note("Workers in other processes take the token from their own environment or files.")
        if isinstance(error, OSError) and not isinstance(error, CAVEError):
            told = disk_error(error, self.journal.folder)
            told.__cause__ = error
            return told
        return error

    def _what_is_done(self) -> str:
        rows = sum(done.rows for done in self.journal.done.values())
        return (
            f"{rows:,} rows in {len(self.journal.files())} files are in {self.journal.folder}: call "
            "to_parquet again with the same arguments to go on."
        )
