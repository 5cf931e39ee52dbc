"""Today in PostgreSQL: what leaves later, and what falls due on the days of a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from hub.business_time.dates import as_day, next_day_start
from hub.desk.today.rows import DueDay, Leaving
from hub.model import PropertyScope
from hub.people.units import own_name
from hub.storage.database import Database, beside, read
from hub.storage.filters import listed

_SQL: Final = beside(__file__)
_WEEK: Final = timedelta(days=6)
_SHOWN: Final = 4


async def leaving(db: Database, places: PropertyScope, now: datetime) -> Sequence[Leaving]:
    """Return the events of which most messages will leave later today."""
    rows = await db.rows(_SQL["leaving"], next_day_start(as_day(now)), listed(places), _SHOWN)
    return [read(Leaving, row, building=own_name(row["building"])) for row in rows]


async def due_days(db: Database, places: PropertyScope, now: datetime) -> Sequence[DueDay]:
    """Return the days of the coming week after today on which promises fall due."""
    today = as_day(now)
    span = next_day_start(today), next_day_start(today + _WEEK)
    return [read(DueDay, row) for row in await db.rows(_SQL["due"], *span, listed(places))]
