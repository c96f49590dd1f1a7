"""The process-wide defaults of the HTTP side, which clients built afterwards take over."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from numbers import Integral
from typing import Any, Literal

from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class SessionDefaults:
    """What a client uses where its own arguments say nothing; names as in `session_config`."""

    max_retries: int = 3
    pool_block: bool = False
    pool_maxsize: int = 10
    backoff_factor: float = 0.1
    backoff_max: float = 120.0
    status_forcelist: tuple[int, ...] = (429, 502, 503, 504)
    progress: bool | Literal["auto"] = "auto"
    parallel_requests: int = 8

    def __post_init__(self) -> None:
        check_pool(self.pool_maxsize)
        _check_count("parallel_requests", self.parallel_requests)
        if self.progress not in (True, False, "auto"):
            raise InvalidArgumentError(f"Give progress as True, False or 'auto', not {self.progress!r}.")
        self.retry_policy()  # checks the rest

    def retry_policy(self, max_retries: int | None = None) -> RetryPolicy:
        """Return these defaults as the rules for repeating requests, with another `max_retries` if given."""
        return RetryPolicy(
            max_retries=self.max_retries if max_retries is None else max_retries,
            backoff_factor=self.backoff_factor,
            backoff_max=self.backoff_max,
            statuses=self.status_forcelist,
        )


def check_pool(size: Any) -> None:
    """Refuse a number of connections that nothing could be sent through."""
    _check_count("pool_maxsize", size)


def _check_count(name: str, count: Any) -> None:
    if isinstance(count, bool) or not isinstance(count, Integral) or count < 1:
        raise InvalidArgumentError(f"Give {name} as a whole number from 1 up, not {count!r}.")


_lock = threading.Lock()
_current = SessionDefaults()


def current() -> SessionDefaults:
    """Return the defaults as of now: an unchangeable value."""
    return _current


def change(**given: Any) -> None:
    """Change the named defaults and leave the others; None counts as not named."""
    global _current
    with _lock:
        _current = replace(_current, **{name: value for name, value in given.items() if value is not None})


def as_dict() -> dict[str, Any]:
    """Return the defaults as a new dict."""
    return asdict(_current)
