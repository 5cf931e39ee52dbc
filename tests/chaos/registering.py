"""
A process that registers until so many numbers are given, as often at once as several people would.

    python -m tests.chaos.registering DATABASE_URL AMQP_URL HOW_MANY
"""

import asyncio
import sys
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from hub.consumers.publisher import BrokerPublisher
from hub.model import own_event
from hub.model.registrations import KindWord, Registering, Series
from hub.operations.registrations import publish
from hub.storage import radicados
from hub.storage.database import Database

PLACES: Final = ("ph-a", "ph-b", "ph-c")


async def register(database: Database, publisher: BrokerPublisher, place: str) -> int:
    """Register a petition as the desk does; return how many numbers its series has."""
    now = datetime.now(UTC)
    series, form = Series.at("PQ", place, now), uuid4()
    asked = Registering(form=form, series=series, kind=KindWord.PQRS, by="account:ana", at=now)
    done = await radicados.register(
        database,
        asked,
        lambda radicado: own_event(
            "pqrs.received",
            f"registration:{form}",
            {"pqrs_id": series.unique(radicado), "radicado": radicado},
            time=now,
        ),
    )
    await publish(database, publisher, done)
    return int(done.radicado.rpartition("-")[2])


async def _work(database: Database, publisher: BrokerPublisher, place: str, most: int) -> None:
    while await register(database, publisher, place) < most:
        pass


async def main(database_url: str, amqp_url: str, most: int) -> None:
    async with (
        Database(database_url) as database,
        aclosing(BrokerPublisher(amqp_url, "registering")) as to,
        asyncio.TaskGroup() as group,
    ):
        for place in PLACES:
            group.create_task(_work(database, to, place, most // len(PLACES)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
