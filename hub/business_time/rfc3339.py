"""Read instants and dates of RFC 3339. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""A UUIDv8 counts milliseconds from this instant."""
LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""A year of room, so that adding a term to an instant does not overflow."""

DATES: Final = (date(1900, 1, 1), date(9998, 12, 31))
"""A year of room here too; births and purchases of homes may be before 1970."""

EXPECTED: Final = "an RFC 3339 instant with its offset, like 2026-03-09T08:05:00-05:00, from 1970 to 9998"
"""The expectation in an error for an invalid instant."""

EXPECTED_DATE: Final = "a date like 2026-03-09, from 1900 to 9998"

_SHAPE: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)"
    r"(?:\.[0-9]{1,12})?(?:Z|[+-][0-9]{2}:[0-5][0-9])"
)
"""`datetime.fromisoformat` accepts more of ISO 8601: week dates, no offset, no colons."""
_DATE_SHAPE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse(text: str) -> datetime:
    """
    Read an instant as aware UTC; digits after the microseconds are dropped. Raises ValueError.

    RFC 3339 §5.6 allows lower-case t and z; a leap second becomes the first instant after it.
    """
    text = text.upper()
    if _SHAPE.fullmatch(text) is None:
        raise ValueError(EXPECTED)
    leap = _is_leap(text)
    try:
        instant = datetime.fromisoformat(f"{text[:17]}59{text[19:]}" if leap else text)
        instant = (instant + timedelta(seconds=leap)).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise ValueError(EXPECTED) from exc
    if not EARLIEST <= instant < LATEST:
        raise ValueError(EXPECTED)
    return instant


def is_plain(text: str) -> bool:
    """Return whether `datetime.fromisoformat` can read the instant: upper case, and no leap second."""
    try:
        parse(text)
    except ValueError:
        return False
    return text == text.upper() and not _is_leap(text)


def is_date(text: str) -> bool:
    """Return whether the text is a date of RFC 3339 in the range of `DATES`."""
    if _DATE_SHAPE.fullmatch(text) is None:
        return False
    try:
        return DATES[0] <= date.fromisoformat(text) <= DATES[1]
    except ValueError:
        return False


def _is_leap(text: str) -> bool:
    return text[17:19] == "60"
