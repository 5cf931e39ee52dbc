"""Today as rows: what will leave, and the days of the week."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from hub.model import Instant, Json


class Leaving(Struct, frozen=True, kw_only=True):
    """An event of which messages will leave later today, the first of them at `at`."""

    key: UUID
    event_id: str
    event: str
    data: dict[str, Json]
    place: str | None
    building: str
    messages: int
    at: Instant


class DueDay(Struct, frozen=True, kw_only=True):
    """A day, and how many promises fall due on it."""

    day: date
    promises: int
