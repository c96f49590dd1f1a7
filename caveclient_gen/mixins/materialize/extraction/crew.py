"""Who runs the jobs: threads of this process, or an executor that somebody made.

Both take jobs one by one and give back each as it is done. The driver waits in short turns, so that Ctrl-C
is heard, and nobody waits for requests that are still under way after an error.
"""

from __future__ import annotations

from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from caveclient_gen._runtime.pool import Pool
from caveclient_gen.mixins.materialize.extraction.files import Gate
from caveclient_gen.mixins.materialize.extraction.job import Job, Outcome, run

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Finished = tuple[Job, Outcome, BaseException | None]

_HEARS_CTRL_C_AFTER = 0.5


class Crew(Protocol):
    """Runs jobs."""

    def begin(self, job: Job) -> None:
        """Have a job run."""
        ...

    def take(self) -> Finished:
        """Wait for the next job that is done: with its outcome, or with what went wrong."""
        ...

    def end(self) -> None:
        """Let everybody go. Requests under way may come to their end; nobody waits for them."""
        ...


class Threads:
    """
    Threads of this process.

    Parameters
    ----------
    workers : int
        How many.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._gate = Gate()
        self._pool: Pool[Job] = Pool(lambda job: run(job, self._gate), "cave-extraction")

    def begin(self, job: Job) -> None:
        """Have a job run."""
        self._pool.begin(job, self._workers)

    def take(self) -> Finished:
        """Wait for the next job that is done."""
        return self._pool.take()

    def end(self) -> None:
        """Let the threads go. From now on none of them writes a file."""
        self._gate.close()
        self._pool.end()


class Hired:
    """
    An executor: of threads, of processes, or of a cluster. It stays open.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        The executor.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._done: SimpleQueue[tuple[Job, Future[Outcome]]] = SimpleQueue()
        self._under_way: set[Future[Outcome]] = set()

    def begin(self, job: Job) -> None:
        """Have a job run."""
        future = self._executor.submit(run, job)
        self._under_way.add(future)
        future.add_done_callback(lambda done: self._done.put((job, done)))

    def take(self) -> Finished:
        """Wait for the next job that is done."""
        while True:
            try:
                job, future = self._done.get(timeout=_HEARS_CTRL_C_AFTER)
            except Empty:
                continue
            self._under_way.discard(future)
            try:
                return job, future.result(), None
            except BaseException as error:  # whatever it is: the driver raises it
                return job, Outcome(), error

    def end(self) -> None:
        """Take back what has not begun."""
        for future in self._under_way:
            future.cancel()
