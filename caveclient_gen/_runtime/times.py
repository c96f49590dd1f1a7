"""Moments: one reader for what people pass, one for what servers answer, two ways to write them.

Every moment in this package is a timezone-aware datetime in UTC. A time without a zone is UTC: the
servers mean it so, and the machine's zone must not change what a script computes. "Now" is read at the
call.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.plain_errors import DecodeError, InvalidArgumentError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Seconds beyond the year 5138 are milliseconds of our days: pandas and JavaScript count so.
_LARGEST_SECONDS = 1e11

# Of the years that datetimes know.
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799

_NO_TIME = (
    "Report this answer to the service's maintainers: it should hold a time, and {value!r:.80} is none."
)


def to_utc(value: Any, *, name: str = "timestamp") -> datetime:
    """
    Read a moment in any of the forms that people write it in.

    Parameters
    ----------
    value : datetime, date, str, int, float, numpy.datetime64 or pandas.Timestamp
        The moment. Numbers are seconds since 1970; text is ISO 8601 or "now". Without a zone: UTC.
    name : str
        What an error calls it.

    Returns
    -------
    datetime.datetime
        The moment, aware, in UTC, to the microsecond. Nanoseconds are dropped.

    Raises
    ------
    InvalidArgumentError
        For bools, missing values (None, NaN, NaT), text that is no time, and years outside 1 to 9999.
    """
    # pandas.NaT is a datetime by its type, and pandas.NA cannot be compared: both are told by their names.
    if value is None or type(value).__name__ in ("NaTType", "NAType"):
        msg = (
            f"Pass a moment as {name}, not {value!r}: 'now' is the present. "
            "Where there is a default, leave the argument out to use it."
        )
        raise InvalidArgumentError(msg)
    try:
        moment = _read(value)
    except (OverflowError, ValueError, TypeError) as error:
        forms = "a datetime, ISO 8601 text, seconds since 1970 or 'now'"
        msg = f"Pass {name} as {forms}: {value!r:.80} is none of them."
        raise InvalidArgumentError(msg) from error
    if moment is None:
        msg = f"Pass {name} in seconds since 1970: {value!r:.80} looks like milliseconds."
        raise InvalidArgumentError(msg)
    return moment


def read_time(value: Any) -> datetime:
    """
    Read a moment as the servers write it.

    Parameters
    ----------
    value : str or float
        ISO 8601 text, with or without zone, fraction and "T"; an HTTP date; or seconds since 1970.

    Returns
    -------
    datetime.datetime
        The moment, aware, in UTC.

    Raises
    ------
    DecodeError
        For anything else.
    """
    try:
        moment = _read_answer(value)
    except (OverflowError, ValueError, TypeError) as error:
        raise DecodeError(_NO_TIME.format(value=value)) from error
    if moment is None:
        raise DecodeError(_NO_TIME.format(value=value))
    return moment


def epoch_seconds(moment: datetime) -> str:
    """
    Write a moment as seconds since 1970, exact to the microsecond.

    Parameters
    ----------
    moment : datetime.datetime
        An aware datetime.

    Returns
    -------
    str
        Decimal text without an exponent and with at least one digit after the point: "1704164645.0".
    """
    micros = (moment - EPOCH) // _MICROSECOND
    whole, fraction = divmod(abs(micros), 1_000_000)
    digits = f"{fraction:06d}".rstrip("0") or "0"
    return f"{'-' if micros < 0 else ''}{whole}.{digits}"


def iso_utc_micros(moment: datetime) -> str:
    """
    Write a moment as ISO 8601 in UTC with all six digits of its fraction.

    Parameters
    ----------
    moment : datetime.datetime
        An aware datetime.

    Returns
    -------
    str
        "2024-01-02T03:04:05.000000Z".
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def iso_utc_offset(moment: datetime) -> str:
    """
    Write a moment as ISO 8601 in UTC with all six digits of its fraction and a numeric zone.

    Parameters
    ----------
    moment : datetime.datetime
        An aware datetime.

    Returns
    -------
    str
        "2024-01-02T03:04:05.000000+00:00".
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_epoch_seconds(seconds: float) -> datetime:
    """
    Return the moment that many seconds after 1970, to the nearest microsecond.

    Parameters
    ----------
    seconds : float
        Seconds, negative before 1970.

    Returns
    -------
    datetime.datetime
        The moment, aware, in UTC.
    """
    return EPOCH + timedelta(seconds=seconds)


def many_from_epoch_seconds(seconds: npt.NDArray[np.float64]) -> list[datetime] | None:
    """
    Return the moments that many seconds after 1970, each to the nearest microsecond.

    Parameters
    ----------
    seconds : numpy.ndarray
        Seconds of each, as float64.

    Returns
    -------
    list of datetime.datetime or None
        The moments, aware, in UTC, in order; None if one of them is no time, or outside years 1 to 9999.
    """
    import numpy as np

    if not ((seconds >= _FIRST_SECOND) & (seconds <= _LAST_SECOND)).all():
        return None
    # As `datetime.fromtimestamp` does it: the fraction by itself, halves to the even side.
    fraction, whole = np.modf(seconds)
    micros = whole.astype(np.int64) * 1_000_000 + np.rint(fraction * 1e6).astype(np.int64)
    return list(map(EPOCH.__add__, micros.astype("timedelta64[us]").tolist()))


def _numpy_kind(value: Any) -> str:
    """Kind letter of one numpy value; "O" for everything else."""
    return str(value.dtype.kind) if hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0 else "O"


def _read(value: Any) -> datetime | None:
    """Read a moment; None when it is a number too large to be seconds."""
    kind = _numpy_kind(value)
    if kind == "M":
        value = value.astype("datetime64[us]").item()
        if not isinstance(value, datetime):  # numpy reaches further than datetime does, and knows NaT
            raise OverflowError
    elif kind in "iuf":
        value = value.item()
    elif hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, str):
        return (
            datetime.now(UTC)
            if value.strip().lower() == "now"
            else _aware(datetime.fromisoformat(value.strip()))
        )
    if isinstance(value, datetime):
        return _aware(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(type(value))
    return None if _LARGEST_SECONDS < abs(value) < float("inf") else from_epoch_seconds(value)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.utcoffset() is None else moment.astimezone(UTC)


def _read_answer(value: Any) -> datetime | None:
    # "Sun, 22 Nov 2026 11:42:27 GMT": no form of ISO 8601 starts with a letter.
    if isinstance(value, str) and value.strip()[:1].isalpha():
        return _aware(parsedate_to_datetime(value))
    return _read(value)
