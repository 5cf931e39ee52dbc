"""A database that is divided into months of the past."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.model.months import months_after
from hub.storage import Database, PostgresMonths


def first(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


async def divide(database: Database, since: datetime, number: int) -> PostgresMonths:
    """Replace the first, empty partition by so many months."""
    store = PostgresMonths(database)
    for known in await store.months():
        if not known.is_rest:
            assert await store.drop(known) == {}
    for n in range(number):
        await store.make(months_after(since, n))
    return store


async def names(store: PostgresMonths) -> list[str]:
    return [month.name for month in await store.months()]
