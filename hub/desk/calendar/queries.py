"""The calendar in PostgreSQL: each kind by the index of its hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub.desk.calendar.rows import CalendarEntry
from hub.model import PropertyScope
from hub.storage.database import Database, beside, read
from hub.storage.filters import listed

_SQL: Final = beside(__file__)
_MOST: Final = 1000
"""Entries of a kind."""


async def scheduled(
    db: Database, places: PropertyScope, since: datetime, until: datetime
) -> Sequence[CalendarEntry]:
    """
    Return what leaves, comes off a board or falls due, by kind.

    `title` is that of a communication or poster, else the name of the event or clock.
    """
    span = since, until, listed(places), _MOST
    return [
        *(read(CalendarEntry, row) for row in await db.rows(_SQL["communications"], *span)),
        *(read(CalendarEntry, row) for row in await db.rows(_SQL["reminders"], *span)),
        *(read(CalendarEntry, row) for row in await db.rows(_SQL["posters"], *span)),
        *(read(CalendarEntry, row) for row in await db.rows(_SQL["promises"], *span)),
    ]
