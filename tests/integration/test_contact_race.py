"""Workers that meet at one person contact them once a day, after any answers of the providers."""

import asyncio
import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Final

from hub.errors import PermanentFailure, TransientFailure
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.model import Accepted, Message, Outgoing, Purpose, Rendered
from hub.storage import Database, PostgresDelivery, PostgresPauses
from hub.testing import (
    MemoryAppointments,
    MemoryChannel,
    MemoryEmail,
    MemoryPublisher,
    MemorySms,
    MemoryThrottle,
)
from tests.contract.stores import RealStores
from tests.contract.values import event, message, stored
from tests.unit.factories import POLICY, local

PEOPLE: Final = 12
OCCASIONS: Final = 4
DUNNING: Final = event("realestate.rent.overdue", id="dunning", data={})


class _Phones:
    """Messages that people have got, by day: the provider's side, which knows nothing of the hub's limits."""

    def __init__(self) -> None:
        self.contacts: dict[tuple[str, int], list[str]] = defaultdict(list)
        self.day = 0

    def channel(self, kind: type[MemoryChannel]) -> MemoryChannel:
        phones = self

        class Provider(kind):  # type: ignore[misc, valid-type]
            async def send(self, outgoing: Outgoing) -> Accepted:
                await asyncio.sleep(random.random() / 100)
                fate = random.random()
                if fate < 0.15:
                    raise PermanentFailure("unknown_number")
                if fate < 0.3:
                    raise TransientFailure("unavailable")
                # Also of an unknown outcome the person has got it.
                phones.contacts[outgoing.message.person, phones.day].append(outgoing.message.channel)
                if fate < 0.5:
                    raise TransientFailure("timeout", unknown=True)
                return Accepted(provider="memory")

        return Provider()


async def _consent(database: Database) -> None:
    await database.rows(
        "INSERT INTO consent (id, person, purpose, at, granted, channels, text_version, method, said_by)"
        " SELECT gen_random_uuid(), 'p-' || n, 'collection', $1, true,"
        " '{}', 'v1', 'web_form', gen_random_uuid() "
        "FROM generate_series(0, $2::int - 1) AS n",
        local("2026-01-01 08:00"),
        PEOPLE,
    )


async def _notices(stores: RealStores) -> list[Message]:
    of = stored(DUNNING)
    await stores.add_events(of)
    notices = [
        message(
            of,
            person=f"p-{n}",
            name=f"{n} {turn}",
            purpose=Purpose.COLLECTION,
            occasion=str(turn),
            channel=("email", "sms")[turn % 2],
            created_at=local("2026-03-09 08:00"),
        )
        for n in range(PEOPLE)
        for turn in range(OCCASIONS)
    ]
    await stores.add(*notices)
    return notices


async def test_over_five_days_no_worker_and_no_outage_makes_a_second_contact(
    database: str, stores: RealStores
) -> None:
    phones, at = _Phones(), local("2026-03-09 09:00")
    channels = {"email": phones.channel(MemoryEmail), "sms": phones.channel(MemorySms)}
    async with Database(database) as opened:
        await _consent(opened)
        notices = await _notices(stores)

        def deps(now: datetime) -> DeliveryDeps:
            return DeliveryDeps(
                channels=channels,
                render=lambda claimed: Rendered(text=claimed.message.name),
                policy=POLICY,
                throttle=MemoryThrottle(now.timestamp),
                now=lambda: now,
                pauses=Pauses(PostgresPauses(opened)),
            )

        async def work(now: datetime) -> None:
            ids = [notice.id for notice in notices]
            random.shuffle(ids)
            tickets = [ids[start : start + 6] for start in range(0, len(ids), 6)]
            await asyncio.gather(
                *(
                    deliver(
                        ticket,
                        deps=deps(now),
                        store=PostgresDelivery(opened),
                        publisher=MemoryPublisher(),
                        appointments=MemoryAppointments(lambda: now),
                    )
                    for ticket in tickets
                )
            )

        for day in range(5):
            phones.day = day
            for round_number in range(3):
                # The database's clock is today's: the test makes waiting messages due.
                await opened.rows("UPDATE message SET next_at = now() WHERE state IN ('held', 'retrying')")
                await work(at + timedelta(days=day, hours=round_number))

    assert phones.contacts, "somebody was contacted"
    assert {1} == set(Counter(map(len, phones.contacts.values())))
    weeks: dict[str, set[str]] = defaultdict(set)
    for (person, _), used in phones.contacts.items():
        weeks[person].update(used)
    assert {1} == set(map(len, weeks.values()))
