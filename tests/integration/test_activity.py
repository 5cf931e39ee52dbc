"""People who wait for a channel, counted within the places that somebody reaches."""

from __future__ import annotations

from hub.model import State
from hub.ports.activity import AcceptedMessages, AffectedPeople
from hub.storage import Database, PostgresActivity
from tests.contract.stores import open_stores
from tests.contract.values import HOUR, event, message, now, stored


async def test_people_who_wait_for_a_channel_are_counted_once_and_within_places(database: str) -> None:
    waits = {"p-1": State.QUEUED, "p-2": State.HELD, "p-3": State.RETRYING, "p-4": State.SENT}
    async with open_stores(database) as stores, Database(database) as opened:
        for place in ("ph-1", "ph-2"):
            first, second = (
                stored(event(id=f"{name} of {place}"), copropiedad_id=place, case=None)
                for name in ("one", "two")
            )
            async with stores.intake.transaction() as transaction:
                await transaction.add_events([first, second])
            for of in (first, second):
                await stores.add(
                    *(
                        message(of, person=f"{who} {place}", channel="sms", state=state, created_at=now())
                        for who, state in waits.items()
                    )
                )
        store = PostgresActivity(opened)
        found = [await store.waiting("sms", places=places) for places in (None, frozenset({"ph-1"}))]
        nobody = [
            await store.waiting("email"),
            await store.waiting("sms", places=frozenset({"ph-3"})),
            await store.waiting("sms", places=frozenset()),
        ]

    assert found == [
        AffectedPeople(people=4, copropiedades=2),
        AffectedPeople(people=2, copropiedades=1),
    ]
    assert nobody == [AffectedPeople()] * 3


async def test_accepted_messages_are_counted_when_they_leave(
    database: str,
) -> None:
    at = now()
    async with open_stores(database) as stores, Database(database) as opened:
        for place in ("ph-1", "ph-2"):
            of = stored(event(id=place), copropiedad_id=place, case=None)
            async with stores.intake.transaction() as transaction:
                await transaction.add_events([of])
            await stores.add(message(of, person=place, state=State.QUEUED, created_at=at - 3 * HOUR))
            await opened.rows(
                "INSERT INTO attempt (message_id, at, took, outcome, provider, code)"
                " SELECT id, now() + n * interval '1 second', interval '1 s', said, 'file', ''"
                " FROM message, unnest(ARRAY['accepted', 'transient']) WITH ORDINALITY AS made (said, n)"
                " WHERE person = $1",
                place,
            )
        store = PostgresActivity(opened)
        all_of_them = await store.accepted(at - HOUR, at - HOUR)
        of_one = await store.accepted(at - HOUR, at + HOUR, places=frozenset({"ph-1"}))

    assert all_of_them == AcceptedMessages(hour=2, lately=2)
    assert of_one == AcceptedMessages(hour=1, lately=0)
