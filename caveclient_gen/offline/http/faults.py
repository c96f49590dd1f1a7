"""What a test asks to go wrong: refusals, delays, cut answers, dropped connections.

Each fault waits for requests that it is meant for, and happens as often as was asked. Faults that never met a
request stay in `waiting`, so that a test can see that what it wanted to try was not tried.
"""

from __future__ import annotations

import asyncio
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from caveclient_gen.errors import InvalidArgumentError
from caveclient_gen.offline.http.refusals import Refusal, refusal_reply

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply

__all__ = ["AskForFaults", "ConnectionDroppedError", "Fault", "Faults"]

Moment = Literal["before", "after"]

GLANCE = 0.05
"""Seconds between two looks at whether a delay is to be ended."""


class ConnectionDroppedError(Exception):
    """The connection is to be broken, without an answer or in the middle of one."""

    def __init__(self, reply: Reply | None = None, keep: int = 0) -> None:
        super().__init__("dropped")
        self.reply = reply
        self.keep = keep


@dataclass
class Fault:
    """One thing that goes wrong, a number of times.

    `kind` is "fail", "delay" or "drop"; `target` an operation ("get_roots"), a service ("chunkedgraph"), both
    with a dot between, or None for any request.
    """

    kind: Literal["fail", "delay", "drop"]
    times: int
    target: str | None
    moment: Moment = "before"
    status: int = 503
    message: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    keep: int | None = None

    def is_meant_for(self, service: str, operation: str) -> bool:
        """Whether a request is one of those that it waits for."""
        return self.target in (None, service, operation, f"{service}.{operation}")

    def __str__(self) -> str:
        what = {
            "fail": f"status {self.status}",
            "delay": f"{self.seconds} s of delay",
            "drop": "a dropped connection",
        }
        return f"{what[self.kind]} for {self.target or 'any request'}, {self.times} times"


class AskForFaults(ABC):
    """What tests ask with: methods of `Faults`, and of the fixture `cave` in front of it."""

    @abstractmethod
    def _add(self, fault: Fault) -> None:
        """Let a fault wait for its requests."""

    @abstractmethod
    def _cap(self, rows: int | None) -> None:
        """Set the most rows of one query answer."""

    def fail_next(
        self,
        status: int = 503,
        times: int = 1,
        *,
        on: str | None = None,
        message: str = "A test asked for this.",
        retry_after: float | None = None,
    ) -> None:
        """Refuse the next requests.

        Parameters
        ----------
        status : int
            From 400 to 599. 502, 503 and 504 look as proxies write them, others as the service does.
        times : int
            How many requests.
        on : str, optional
            Only of an operation ("get_roots"), a service ("chunkedgraph") or "chunkedgraph.get_roots".
        message : str
            What the refusal says.
        retry_after : float, optional
            Seconds for a `Retry-After` header.

        Raises
        ------
        InvalidArgumentError
            The status is no refusal, or `times` is not positive.
        """
        if not 400 <= status <= 599:
            raise InvalidArgumentError(f"Give a status from 400 to 599: {status} is no refusal.")
        headers = () if retry_after is None else (("Retry-After", f"{retry_after:g}"),)
        self._add(Fault("fail", _positive(times), on, status=status, message=message, headers=headers))

    def delay(self, seconds: float, times: int = 1, *, on: str | None = None) -> None:
        """Let the next requests wait before they are looked at.

        Parameters
        ----------
        seconds : float
            How long. Real seconds: choose few, and a client with a short timeout.
        times : int
            How many requests.
        on : str, optional
            Which requests, as for `fail_next`.

        Raises
        ------
        InvalidArgumentError
            It is no time from 0 to 600 s, or `times` is not positive.
        """
        if not 0 <= seconds <= 600:
            raise InvalidArgumentError(f"Give 0 to 600 seconds: {seconds} is outside.")
        self._add(Fault("delay", _positive(times), on, seconds=seconds))

    def truncate_at(self, rows: int | None) -> None:
        """Cut answers of queries, with the warning that servers send.

        Parameters
        ----------
        rows : int or None
            At how many rows; None ends it.
        """
        self._cap(None if rows is None else _positive(rows))

    def drop_connection(
        self,
        times: int = 1,
        *,
        on: str | None = None,
        when: Moment = "before",
        after_bytes: int | None = None,
    ) -> None:
        """Break the connection of the next requests.

        Parameters
        ----------
        times : int
            How many requests.
        on : str, optional
            Which requests, as for `fail_next`.
        when : "before" or "after"
            Before the request is looked at, or after: what it changed is changed, and its answer is lost.
        after_bytes : int, optional
            Send so many bytes of the answer's body first. Means "after".

        Raises
        ------
        InvalidArgumentError
            `times` is not positive, `after_bytes` is negative, or `when` is another word.
        """
        if when not in get_args(Moment):
            raise InvalidArgumentError(f'Choose "before" or "after" for when: {when!r} is neither.')
        if after_bytes is not None and after_bytes < 0:
            raise InvalidArgumentError(f"Give a number of bytes from 0 on: {after_bytes} is none.")
        moment: Moment = when if after_bytes is None else "after"
        self._add(Fault("drop", _positive(times), on, moment=moment, keep=after_bytes))


class Faults(AskForFaults):
    """Faults that are waiting to happen. Nothing is wrong unless somebody asks for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._row_cap: int | None = None
        self._is_over = threading.Event()

    @property
    def row_cap(self) -> int | None:
        """Most rows of one query answer, if a test lowered it."""
        return self._row_cap

    @property
    def waiting(self) -> list[str]:
        """What was asked for and did not happen yet, in words."""
        with self._lock:
            return [str(fault) for fault in self._faults]

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()
            self._row_cap = None

    async def meet(self, service: str, operation: str) -> Reply | None:
        """Let happen what waits for a request: return its answer, delay it, or break its connection."""
        for fault in self._take(service, operation, "before"):
            if fault.kind == "delay":
                await self._wait(fault.seconds)
            elif fault.kind == "drop":
                raise ConnectionDroppedError
            else:
                # What stands in front of the services answers these itself, in its own form.
                form = "" if fault.status in (502, 503, 504) else service
                return refusal_reply(form, Refusal(fault.status, fault.message, headers=fault.headers))
        return None

    def end_delays(self) -> None:
        """Let those who wait go on at once, and nobody wait any more: the server ends."""
        self._is_over.set()

    async def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._is_over.is_set():
            await asyncio.sleep(min(left, GLANCE))

    def leave(self, service: str, operation: str, reply: Reply) -> None:
        """Break the connection of a request that was answered, if a fault waits for that."""
        for fault in self._take(service, operation, "after"):
            raise ConnectionDroppedError(None if fault.keep is None else reply, fault.keep or 0)

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def _cap(self, rows: int | None) -> None:
        with self._lock:
            self._row_cap = rows

    def _take(self, service: str, operation: str, moment: Moment) -> list[Fault]:
        """Return what happens now: all delays that wait, and the first of the others."""
        taken: list[Fault] = []
        with self._lock:
            for fault in list(self._faults):
                is_second = fault.kind != "delay" and any(one.kind != "delay" for one in taken)
                if fault.moment != moment or is_second or not fault.is_meant_for(service, operation):
                    continue
                fault.times -= 1
                if not fault.times:
                    self._faults.remove(fault)
                taken.append(fault)
        return sorted(taken, key=lambda fault: fault.kind != "delay")


def _positive(number: int) -> int:
    if number < 1:
        raise InvalidArgumentError(f"Give a number from 1 on: {number} is none.")
    return number
