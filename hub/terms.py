"""From when until when something of the directory holds: dates and instants of Colombia. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hub.rfc3339 import parse

ZONE: Final = ZoneInfo("America/Bogota")
_DATE_LENGTH: Final = len("2026-03-09")
_RESOLUTION: Final = timedelta(microseconds=1)


def instant(text: str) -> datetime:
    """Read a date (its first instant in Colombia) or an RFC 3339 instant. Raises ValueError."""
    if len(text) == _DATE_LENGTH:
        return datetime.combine(date.fromisoformat(text), time(), ZONE)
    return parse(text)


def asked_at(text: str) -> datetime:
    """Read when a question is about: an instant, or of a date its last instant. Raises ValueError."""
    if len(text) == _DATE_LENGTH:
        return instant(text) + timedelta(days=1) - _RESOLUTION
    return parse(text)


def written(at: datetime | None) -> str | None:
    """Write an instant as people do: its date in Colombia, if it is the first of it, else RFC 3339."""
    if at is None:
        return None
    local = at.astimezone(ZONE)
    return local.date().isoformat() if local.time() == time() else at.isoformat()
