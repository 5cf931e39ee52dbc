"""People who lose every message of an emergency, and the instant at which the database finds them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from hub.catalog.emergencies import OTHER_TOWERS
from hub.intake.unreached import unreached
from hub.model import ClockState, Message, Purpose, State, StoredEvent, UnreachedReason
from hub.storage import Database, PostgresEmergencies
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import FALLBACK, clock, event, message, now, stored

AT_ONCE: Final = timedelta(0)
LONG: Final = timedelta(hours=1)


@dataclass(kw_only=True)
class Emergency:
    """A declared emergency, and the states of its messages."""

    stores: RealStores
    store: PostgresEmergencies
    event: StoredEvent

    async def sent(self, person: str, state: State, channel: str = "sms", **fields: Any) -> Message:
        values = {"purpose": Purpose.EMERGENCY, **fields}
        planned = message(self.event, person=person, channel=channel, state=state, **values)
        await self.stores.add(planned)
        return planned

    async def end(self) -> None:
        updated = event("emergency.updated", id="e-9", data={"status": "cleared"}, time=now())
        await self.stores.add_events(stored(updated, case=self.event.case))

    async def lost(self, *, gather: timedelta = AT_ONCE, pause: timedelta = LONG) -> list[str]:
        found = await self.store.lost_recipients(100, gather=gather, pause=pause)
        return [recipient.person for recipient in found]


@pytest.fixture
async def emergency(database: str) -> AsyncIterator[Emergency]:
    async with open_stores(database) as stores, Database(database) as opened:
        declared = stored(event("emergency.declared", time=now()), copropiedad_id="ph-1")
        await stores.add_events(declared)
        yield Emergency(stores=stores, store=PostgresEmergencies(opened), event=declared)


@pytest.mark.parametrize("state", [State.FAILED, State.BOUNCED, State.EXPIRED, State.SUPPRESSED])
async def test_whoever_lost_every_message_is_found(emergency: Emergency, state: State) -> None:
    await emergency.sent("p-bea", state)
    await emergency.sent("p-bea", State.FAILED, "email")

    assert ["p-bea", "p-bea"] == await emergency.lost()


async def test_nobody_is_sent_to_the_deceased_nor_to_a_tower_without_danger(emergency: Emergency) -> None:
    await emergency.sent("p-bea", State.SUPPRESSED, reason="do_not_contact")
    await emergency.sent("p-luz", State.SUPPRESSED, reason="gone")
    await emergency.sent("p-other", State.FAILED, variant=OTHER_TOWERS)

    assert ["p-luz"] == await emergency.lost()


@pytest.mark.parametrize(
    "other", [State.SENT, State.DELIVERED, State.READ, State.QUEUED, State.RETRYING, State.SENDING]
)
async def test_whoever_may_have_one_of_them_is_not(emergency: Emergency, other: State) -> None:
    await emergency.sent("p-bea", State.FAILED)
    await emergency.sent("p-bea", other, "email")

    assert [] == await emergency.lost()


async def test_what_lies_in_an_inbox_has_reached_nobody(emergency: Emergency) -> None:
    await emergency.sent("p-bea", State.FAILED, fallback=FALLBACK)
    await emergency.sent("p-bea", State.WAITING, "inbox", step=1)

    assert ["p-bea"] == await emergency.lost()


async def test_whoever_has_nothing_but_an_inbox_is_found_until_it_is_read(emergency: Emergency) -> None:
    await emergency.sent("p-elvira", State.WAITING, "inbox")
    await emergency.sent("p-luis", State.READ, "inbox")
    await emergency.sent("p-sol", State.SENT)
    await emergency.sent("p-stranger", State.SUPPRESSED, address="")
    async with emergency.stores.intake.transaction() as transaction:
        await transaction.add_unreached([unreached(emergency.event, UnreachedReason.NO_CHANNEL)])

    assert ["p-elvira", "p-stranger"] == await emergency.lost()


@pytest.mark.parametrize("fields", [{"fallback": FALLBACK}, {"address": ""}, {"purpose": Purpose.SERVICE}])
async def test_a_next_step_a_known_gap_and_other_purposes_alert_nobody(
    emergency: Emergency, fields: dict[str, Any]
) -> None:
    await emergency.sent("p-bea", State.FAILED, **fields)

    assert [] == await emergency.lost()


@pytest.mark.parametrize(("status", "found"), [("cleared", []), ("update", ["p-bea"])])
async def test_nobody_is_called_once_the_emergency_is_over(
    emergency: Emergency, status: str, found: list[str]
) -> None:
    await emergency.sent("p-bea", State.FAILED)
    updated = event("emergency.updated", id="e-2", data={"status": status}, time=now())
    await emergency.stores.add_events(stored(updated, case=emergency.event.case))

    assert found == await emergency.lost()


async def test_the_alert_waits_for_others_and_then_a_pause_begins(emergency: Emergency) -> None:
    await emergency.sent("p-bea", State.FAILED)
    too_early = await emergency.lost(gather=LONG)
    await emergency.store.mark_alerted(emergency.event.key, ["p-bea"])
    await emergency.sent("p-luis", State.FAILED)

    assert [] == too_early
    assert [] == await emergency.lost()
    assert ["p-luis"] == await emergency.lost(pause=AT_ONCE)


async def test_open_emergency_counts_whom_it_reached_and_says_who_has_taken_it(emergency: Emergency) -> None:
    told = {"p-bea": State.FAILED, "p-luz": State.DELIVERED, "p-sol": State.SENT}
    for person, state in told.items():
        await emergency.sent(person, state, audience=1)
    await emergency.sent("p-bea", State.WAITING, "inbox", audience=1)
    await emergency.sent("p-guard", State.FAILED)
    promise = clock(emergency.event.case or "", name="emergency_ack", started_at=now())
    await emergency.stores.save_clocks(promise)
    [alone] = await emergency.store.open_emergencies()
    taken = event("sla.acknowledged", id="t-1", data={"by": "account:ana"}, time=now())
    async with emergency.stores.intake.transaction() as transaction:
        await transaction.add_events([stored(taken, case=emergency.event.case)])
        await transaction.save_clocks([replace(promise, ended_at=now(), state=ClockState.MET)])
    [held] = await emergency.store.open_emergencies()
    await emergency.end()

    assert (alone.told, alone.reached, alone.lost) == (3, 1, 1)
    assert (alone.unattended, alone.clock, alone.taken_by) == (True, promise.id, "")
    assert (held.unattended, held.taken_by) == (False, "account:ana")
    assert [] == await emergency.store.open_emergencies()


async def test_open_emergency_is_that_of_the_places(emergency: Emergency) -> None:
    call = clock("thread_id:1", name="emergency_reply", context={"copropiedad_id": "ph-1"})
    await emergency.stores.save_clocks(call)
    here, there = frozenset({"ph-1"}), frozenset({"ph-other"})

    assert 1 == len(await emergency.store.open_emergencies(here))
    assert [] == await emergency.store.open_emergencies(there)
    assert [call.id] == [due.id for due in await emergency.store.due_calls(here)]
    assert [] == await emergency.store.due_calls(there)
