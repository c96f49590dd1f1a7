"""When a request is sent again, and after how long: values and one pure function.

Theory
------
Only requests that may be sent twice without harm are: the descriptor says which (`safe`), not the verb.
A write gets exactly one attempt, whatever went wrong.

A status is retried if it says "not now" (429, 502, 503, 504). A connection that was refused or broke is
retried. A server that stayed silent for the whole read timeout is not: the same heavy query again would
only add to its load, and the caller would wait several times what he asked for.

`Retry-After` is obeyed up to a bound. Beyond it the answer is handed to the caller at once, with the
number in its error, rather than slept through or ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from numbers import Integral, Real
from typing import Any

from caveclient_gen._runtime.errors import InvalidArgumentError

RATE_LIMITED = 429
# Servers limit rates per second or minute; a tenth of a second, right for a restarting pod, is no pause.
_RATE_LIMIT_FACTOR = 10.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, how patiently and for which statuses safe requests are repeated."""

    max_retries: int = 3
    """Further attempts after the first."""
    backoff_factor: float = 0.1
    """Seconds; the n-th pause is at most backoff_factor * 2**(n - 1)."""
    backoff_max: float = 120.0
    """Longest pause, in seconds."""
    statuses: tuple[int, ...] = (429, 502, 503, 504)
    retry_after_max: float = 60.0
    """Longest `Retry-After` that is obeyed, in seconds."""
    jitter: bool = True
    """Pause for a random part of the time, so that many clients do not come back in step."""

    def __post_init__(self) -> None:
        for name in ("max_retries", "backoff_factor", "backoff_max", "retry_after_max"):
            value: Any = getattr(self, name)
            kind, words = (Integral, "a whole number") if name == "max_retries" else (Real, "a number")
            if isinstance(value, bool) or not isinstance(value, kind) or not float(value) >= 0:
                raise InvalidArgumentError(f"Give {name} as {words} from 0 up, not {value!r}.")
        statuses: Any = self.statuses
        # The text "503" would be three statuses that no server sends.
        if not isinstance(statuses, tuple) or not all(isinstance(one, Integral) for one in statuses):
            raise InvalidArgumentError(
                f"Give the statuses to repeat as numbers, like [502, 503], not {statuses!r}."
            )


def next_delay(
    policy: RetryPolicy,
    attempts: int,
    *,
    safe: bool,
    spread: float,
    status: int | None = None,
    retry_after: float | None = None,
) -> float | None:
    """Return how long to wait before the next attempt, or None to give up.

    Parameters
    ----------
    policy : RetryPolicy
        The rules.
    attempts : int
        Attempts made so far, at least 1.
    safe : bool
        The request may be sent again.
    spread : float
        Random number from 0 to 1.
    status : int, optional
        What the server meant; None if no whole answer came.
    retry_after : float, optional
        Seconds that the server asks for.

    Returns
    -------
    float or None
        Seconds, or None.
    """
    if not safe or attempts > policy.max_retries:
        return None
    if status is not None and status not in policy.statuses:
        return None
    if retry_after is not None and retry_after > policy.retry_after_max:
        return None
    factor = policy.backoff_factor * (_RATE_LIMIT_FACTOR if status == RATE_LIMITED else 1.0)
    # 2**1000 is still a float; more retries than that are a mistake of the caller, not a reason to overflow.
    pause = min(policy.backoff_max, factor * 2.0 ** min(attempts - 1, 1000))
    pause *= spread if policy.jitter else 1.0
    return max(pause, retry_after or 0.0)


def read_retry_after(text: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a `Retry-After` header asks for.

    Parameters
    ----------
    text : str or None
        Seconds ("120") or an HTTP date.
    now : datetime, optional
        The moment to count from, for dates; the current one by default.

    Returns
    -------
    float or None
        Seconds from 0 up; None if the header is missing or unreadable.
    """
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000": UTC of unknown origin
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
