from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caveclient_gen._runtime.errors import DecodeError, InvalidArgumentError
from caveclient_gen._runtime.times import (
    epoch_seconds,
    from_epoch_seconds,
    iso_utc_micros,
    iso_utc_offset,
    read_time,
    to_utc,
)

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
FINE = datetime(2024, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)
EAST = timezone(timedelta(hours=5, minutes=30))
MOMENTS = st.datetimes(timezones=st.just(UTC))

ACCEPTED = [
    (NOON, NOON),
    (datetime(2024, 1, 2, 12), NOON),  # naive is UTC, not the machine's zone
    (datetime(2024, 1, 2, 17, 30, tzinfo=EAST), NOON),
    (date(2024, 1, 2), datetime(2024, 1, 2, tzinfo=UTC)),
    ("2024-01-02", datetime(2024, 1, 2, tzinfo=UTC)),
    ("2024-01-02T12:00:00", NOON),
    ("2024-01-02 12:00:00", NOON),
    (" 2024-01-02T12:00:00Z ", NOON),
    ("2024-01-02T17:30:00+05:30", NOON),
    ("2024-01-02 17:30:00+0530", NOON),
    ("2024-01-02T03:04:05.123456+00:00", FINE),
    ("2024-01-02T03:04:05.123456789Z", FINE),
    (np.str_("2024-01-02T12:00:00"), NOON),
    (1704196800, NOON),
    (1704196800.0, NOON),
    (1704164645.123456, FINE),
    (0, datetime(1970, 1, 1, tzinfo=UTC)),
    (-0.5, datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC)),
    (np.int64(1704196800), NOON),
    (np.uint32(1704196800), NOON),
    (np.float64(1704196800.0), NOON),
    (np.array(1704196800), NOON),
    (np.datetime64("2024-01-02T12:00"), NOON),
    (np.datetime64("2024-01-02T03:04:05.123456789"), FINE),
    (np.datetime64("2024-01-02"), datetime(2024, 1, 2, tzinfo=UTC)),
    (pd.Timestamp("2024-01-02T12:00"), NOON),
    (pd.Timestamp("2024-01-02T12:00", tz="Europe/Berlin"), NOON - timedelta(hours=1)),
    (pd.Timestamp("2024-01-02T03:04:05.123456789Z"), FINE),  # without a warning about the nanoseconds
]


@pytest.mark.parametrize(("value", "moment"), ACCEPTED)
def test_reads_moments_as_utc(value, moment):
    read = to_utc(value)
    assert read == moment
    assert read.tzinfo is UTC
    assert type(read) is datetime


REFUSED = [
    (None, "leave the argument out"),
    (pd.NaT, "leave the argument out"),
    (pd.NA, "leave the argument out"),
    (np.datetime64("NaT", "ns"), "is none of them"),
    (float("nan"), "is none of them"),
    (float("inf"), "is none of them"),
    (np.float32("nan"), "is none of them"),
    (True, "is none of them"),
    (np.bool_(True), "is none of them"),
    ("", "is none of them"),
    ("yesterday", "is none of them"),
    ("2024-13-01", "is none of them"),
    ("2024-02-30", "is none of them"),
    ([NOON], "is none of them"),
    (np.array([1.0]), "is none of them"),
    (pd.DatetimeIndex([NOON]), "is none of them"),
    (np.datetime64("20000-01-01"), "is none of them"),
    (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))), "is none of them"),
    (timedelta(1), "is none of them"),
    (1704196800000, "milliseconds"),
    (1.7e18, "milliseconds"),
]


@pytest.mark.parametrize(("value", "reason"), REFUSED)
def test_refuses_what_is_no_moment(value, reason):
    with pytest.raises(InvalidArgumentError, match=reason) as caught:
        to_utc(value, name="start_time")
    assert "start_time" in str(caught.value).splitlines()[0]


@pytest.mark.parametrize("text", ["now", "NOW", " now "])
def test_now_is_the_moment_of_the_call(text):
    before = datetime.now(UTC)
    assert before <= to_utc(text) <= datetime.now(UTC)


ANSWERS = [
    (
        "2026-11-22 11:29:37.700000+00:00",
        datetime(2026, 11, 22, 11, 29, 37, 700000, tzinfo=UTC),
    ),  # chunkedgraph
    ("2026-11-22T12:46:35.510898", datetime(2026, 11, 22, 12, 46, 35, 510898, tzinfo=UTC)),  # materialize
    ("2026-11-22T12:46:35", datetime(2026, 11, 22, 12, 46, 35, tzinfo=UTC)),  # its fraction was zero
    ("2026-11-22 12:46:35.510898", datetime(2026, 11, 22, 12, 46, 35, 510898, tzinfo=UTC)),  # annotation
    ("Sun, 22 Nov 2026 11:42:27 GMT", datetime(2026, 11, 22, 11, 42, 27, tzinfo=UTC)),  # auth
    ("Sun, 22 Nov 2026 11:42:27 -0000", datetime(2026, 11, 22, 11, 42, 27, tzinfo=UTC)),
    (1704196800, NOON),
    (1704164645.123456, FINE),
]


@pytest.mark.parametrize(("value", "moment"), ANSWERS)
def test_reads_what_servers_answer(value, moment):
    read = read_time(value)
    assert read == moment
    assert read.utcoffset() == timedelta(0)


@pytest.mark.parametrize("value", [None, True, "", "None", "soon", [], {}, float("nan"), 1704196800000])
def test_refuses_answers_that_are_no_time(value):
    with pytest.raises(DecodeError, match="time"):
        read_time(value)


WRITTEN = [
    (datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), "1704164645.0", "2024-01-02T03:04:05.000000Z"),
    (FINE, "1704164645.123456", "2024-01-02T03:04:05.123456Z"),
    (datetime(2026, 11, 22, 12, 46, 46, 600000, tzinfo=UTC), "1795351606.6", "2026-11-22T12:46:46.600000Z"),
    (datetime(2024, 1, 2, 3, 4, 5, 1, tzinfo=UTC), "1704164645.000001", "2024-01-02T03:04:05.000001Z"),
    (datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC), "-0.5", "1969-12-31T23:59:59.500000Z"),
    (datetime(2024, 1, 2, 17, 30, tzinfo=EAST), "1704196800.0", "2024-01-02T12:00:00.000000Z"),
    (datetime(1, 1, 1, tzinfo=UTC), "-62135596800.0", "0001-01-01T00:00:00.000000Z"),
]


@pytest.mark.parametrize(("moment", "seconds", "iso"), WRITTEN)
def test_writes_moments_exactly(moment, seconds, iso):
    assert epoch_seconds(moment) == seconds
    assert iso_utc_micros(moment) == iso
    assert iso_utc_offset(moment) == iso.replace("Z", "+00:00")


@given(MOMENTS)
def test_text_round_trips_to_the_microsecond(moment):
    assert to_utc(iso_utc_micros(moment)) == moment
    assert read_time(iso_utc_micros(moment)) == moment
    assert to_utc(moment.isoformat()) == moment


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_seconds_round_trip_to_the_microsecond(moment):
    # The server parses the text as a float: half a microsecond is within a float's reach until the year 2100.
    assert from_epoch_seconds(float(epoch_seconds(moment))) == moment


@given(st.datetimes(timezones=st.timezones()))
def test_the_instant_never_changes(moment):
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return
    assert to_utc(moment) == expected
