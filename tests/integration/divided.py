"""A database that is divided into months of the past."""

from datetime import UTC, datetime

from hub.model.months import months_after
from hub.storage import Database, PostgresMonths


def first(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


async def divide(database: Database, since: datetime, number: int) -> PostgresMonths:
    """Replace the first, empty partition by so many months, as the owner: it may be too young."""
    store = PostgresMonths(database)
    for known in await store.months():
        if not known.is_rest:
            await lose(database, known.name)
    for n in range(number):
        await store.make(months_after(since, n))
    return store


async def lose(database: Database, name: str) -> None:
    """Drop a month behind the hub's back."""
    await database.rows(f"DROP TABLE attempt_{name}, message_{name}, event_{name}")


async def names(store: PostgresMonths) -> list[str]:
    return [month.name for month in await store.months()]
