from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.business_time import rfc3339

NOON = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-09T13:05:00Z", NOON),
        ("2026-03-09T08:05:00-05:00", NOON),
        ("2026-03-09T13:05:00+00:00", NOON),
        ("2026-03-09T13:05:00-00:00", NOON),  # the offset is unknown, the instant is not
        ("2026-03-09t13:05:00z", NOON),
        ("2026-03-09T13:05:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2026-03-09T13:05:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_as_utc(text: str, expected: datetime) -> None:
    assert rfc3339.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-09",
        "2026-03-09T13:05:00",  # no offset: no instant
        "2026-03-09 13:05:00Z",
        "20260309T130500Z",
        "2026-W11-1T13:05:00Z",
        "2026-03-09T13:05Z",
        "2026-03-09T24:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-03-09T13:05:00,5Z",
        "2026-03-09T13:05:00+24:00",
        "2026-03-09T13:05:00+0500",
        "٢٠٢٦-03-09T13:05:00Z",
        "2026-03-09T13:05:00Z\n",
        "0001-01-01T00:00:00+05:00",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-05:00",
    ],
)
def test_text_outside_rfc3339_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        rfc3339.parse(text)


@pytest.mark.parametrize("text", ["2026-03-09t13:05:00Z", "2026-03-09T13:05:00z", "2016-12-31T23:59:60Z"])
def test_what_datetime_cannot_read_is_not_plain(text: str) -> None:
    assert not rfc3339.is_plain(text)


@given(st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_all_that_isoformat_writes_is_read_back(instant: datetime) -> None:
    assert rfc3339.parse(instant.isoformat()) == instant
    assert rfc3339.is_plain(instant.isoformat())


@pytest.mark.parametrize("text", ["2026-03-09", "1900-01-01", "9998-12-31", "2024-02-29"])
def test_a_date_is_one_that_terms_can_be_counted_from(text: str) -> None:
    assert rfc3339.is_date(text)


@pytest.mark.parametrize(
    "text", ["9999-12-31", "0001-01-02", "2026-02-29", "20260309", "2026-W11-1", "2026-03-09\n", "٢٠٢٦-03-09"]
)
def test_a_day_from_which_no_term_can_be_counted_is_no_date(text: str) -> None:
    assert not rfc3339.is_date(text)
