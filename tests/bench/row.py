"""What a row of the benchmark is: the same work for three contestants, and what is wanted of ours.

`caveclient` is caveclient 8.2.1, `ours` this package, `floor` the least that the work can cost with the
libraries of the field: each row says in one sentence what that is. All ask the same server for the same
bytes, and all answers are compared before a clock runs.
"""

from __future__ import annotations

import importlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from server import Answer

Work = Callable[[], Any]

CAVECLIENT, OURS, FLOOR = "caveclient", "ours", "floor"
PACKAGES = {CAVECLIENT: "caveclient", OURS: "caveclient_gen"}


@dataclass(frozen=True)
class Target:
    """What is wanted of ours. Ratios, and counts where counts are the point; None: no such wish."""

    faster: float | None = None
    """At least so many times faster than caveclient."""
    memory: float | None = None
    """At most this share of caveclient's peak."""
    floor: float | None = None
    """At most so many times the time of the floor."""
    floor_memory: float | None = None
    """At most so many times the peak of the floor."""
    requests: int | None = None
    round_trips: int | None = None
    """Requests that wait for each other."""
    seconds: float | None = None
    """Where there is nothing to compare with. The machine that was measured on counts then."""


@dataclass
class Row(ABC):
    """A piece of work. Subclasses are dataclasses whose fields are its size."""

    title: ClassVar[str]
    """May name fields: "query_table, {rows:,} rows"."""
    floor_is: ClassVar[str]
    """One sentence: what the floor does."""
    target: ClassVar[Target] = Target()
    differs: ClassVar[str] = ""
    """One sentence: how our answer differs from caveclient's on purpose. `plain` leaves that out."""
    of_own_files: ClassVar[bool] = False
    """Its answer is made of our own files: between revisions it is not compared."""
    latency: ClassVar[float] = 0.0
    """Seconds that the server waits before it answers."""
    contestants: ClassVar[tuple[str, ...]] = (CAVECLIENT, OURS, FLOOR)
    slow: ClassVar[bool] = False
    """Weighed in one process, and left out of `make bench-quick`."""
    quick: ClassVar[bool] = True
    """Part of `make bench-quick`, at the first of its sizes."""
    most_rounds: ClassVar[int] = 15

    @property
    def name(self) -> str:
        """What the row is called on the command line and in tables."""
        return self.title.format(**vars(self))

    @property
    def reference(self) -> str:
        """What other processes find the row by, whatever its size: `rows.row_of`."""
        module = type(self).__module__.removeprefix("rows.")
        return f"{module} {type(self).__name__} {json.dumps(vars(self))}"

    @abstractmethod
    def routes(self) -> Mapping[str, Answer]:
        """Return what the server answers, by path. Called in the server's process."""

    def work(self, who: str, url: str) -> Work:
        """Prepare a contestant in its process; return what is timed."""
        if who == FLOOR:
            return self.floor(url)
        return getattr(self, who, self._through)(importlib.import_module(PACKAGES[who]), url)

    def _through(self, package: ModuleType, url: str) -> Work:
        return self.call(package, url)

    def call(self, package: ModuleType, url: str) -> Work:
        """Prepare the call of caveclient and of ours, where both are written alike.

        A row whose contestants are not has methods `caveclient` or `ours` of the same form.
        """
        raise NotImplementedError

    def floor(self, url: str) -> Work:
        """Prepare the floor."""
        raise NotImplementedError

    def plain(self, answer: Any, who: str) -> Any:
        """Return what is compared of a contestant's answer: something that can be pickled."""
        return answer


@dataclass
class ProcessRow(Row):
    """A piece of work that is a whole process, from its start to its end."""

    def script(self, who: str, url: str, root: Path) -> str:
        """Return the program, which may leave its answer in a variable `answer`.

        `root` is the folder of our files that it works with: that of a revision, where two are compared.
        """
        raise NotImplementedError
