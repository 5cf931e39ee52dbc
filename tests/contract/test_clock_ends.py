"""The contract of the stores for ended clocks, for the staff that they called, and for dispatch."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from msgspec import structs

from hub.desk.letters import queries
from hub.model import (
    HUB_SOURCE,
    Clock,
    ClockState,
    DispatchStatus,
    Purpose,
    State,
    Step,
    StepKind,
    StoredEvent,
    live_clock,
)
from tests.contract.stores import RealStores, Stores
from tests.contract.values import FALLBACK, HOUR, LEASE, NOON, clock, event, message, now, outcome, stored
from tests.providers.samples import outgoing

CALL = stored(event("pqrs.escalated", id="clock-1:escalate:2", source=HUB_SOURCE))
STAFF: Final[dict[str, Any]] = {"purpose": Purpose.INTERNAL, "channel": "inbox"}
LAST = Step(kind=StepKind.RESOLVE, at=NOON + 3 * HOUR, from_level=1, to_level=1)


def over(**fields: Any) -> Clock:
    """A clock that has notified its breach, has ended, and has still to notify its end."""
    steps = clock().steps[:2]
    values: dict[str, Any] = {
        "state": ClockState.BREACHED,
        "ended_at": LAST.at,
        "fired": 2,
        "steps": (*steps, LAST),
    }
    return clock(**{**values, **fields})


async def test_ended_clock_is_due_and_live_until_its_last_step(stores: Stores) -> None:
    ended = over()
    await stores.save_clocks(ended)
    done = replace(ended, fired=3)

    assert [ended] == list(await stores.timers.due_clocks(10, timedelta(0)))
    assert [live_clock(ended)] == list(await stores.timers.live_clocks(None, 10))
    assert {ended.id} == set(await stores.timers.advance([done], seen=[ended]))
    assert [] == list(await stores.timers.due_clocks(10, timedelta(0)))
    assert [] == list(await stores.timers.live_clocks(None, 10))
    assert [done] == list(await stores.timers.clocks_by_id([ended.id]))


async def test_step_is_not_mistaken_for_an_end_at_the_same_instant(
    stores: Stores,
) -> None:
    third = Step(kind=StepKind.ESCALATE, at=LAST.at, from_level=1, to_level=2)
    running = clock(steps=(*clock().steps[:2], third), fired=2, state=ClockState.BREACHED)
    await stores.save_clocks(running)
    await stores.save_clocks(over())  # it has ended meanwhile

    assert not await stores.timers.advance([replace(running, fired=3, level=2)], seen=[running])
    assert [over()] == list(await stores.timers.clocks_by_id([running.id]))


async def test_ended_clocks_keep_their_calendar(stores: Stores) -> None:
    ended = over(calendar="2025")
    await stores.save_clocks(ended)

    assert [] == list(
        await stores.timers.reschedule_clocks("2026", lambda clock: replace(clock, fired=0), 10)
    )


async def test_called_returns_the_staff_that_a_call_could_reach(stores: Stores) -> None:
    await stores.add_events(CALL)
    await stores.add(
        message(CALL, person="p-2", **STAFF),
        message(CALL, person="p-2", **{**STAFF, "channel": "email"}),
        message(CALL, person="p-3", **{**STAFF, "purpose": Purpose.EMERGENCY}, state=State.FAILED),
        message(CALL, person="p-petitioner"),
        message(CALL, person="p-4", **STAFF, state=State.SUPPRESSED),
    )
    found = await stores.timers.called([CALL.event.id, "clock-1:escalate:3"])

    assert {CALL.event.id: {"p-2", "p-3"}} == {name: set(people) for name, people in found.items()}


async def test_called_includes_a_call_that_reached_nobody(stores: Stores) -> None:
    strange = stored(event("pqrs.escalated", id="clock-1:escalate:4", source="urn:crm"))
    await stores.add_events(CALL, strange)
    found = await stores.timers.called([CALL.event.id, strange.event.id])

    # Only events of the hub itself count as calls.
    assert {CALL.event.id: set()} == {name: set(people) for name, people in found.items()}


async def dispatch(stores: Stores, of: StoredEvent) -> DispatchStatus:
    return (await stores.timers.dispatch([of.key]))[of.key]


async def test_dispatch_time_is_the_last_send_not_a_later_receipt(
    stores: RealStores, of: StoredEvent
) -> None:
    first, second = message(of), message(of, person="p-2")
    await stores.add(first, second)
    gone = {first.id: NOON + HOUR, second.id: NOON + 2 * HOUR}
    token = uuid4()
    await stores.delivery.claim(list(gone), token=token, lease=LEASE)
    sent = [
        structs.replace(
            result,
            attempts=tuple(
                structs.replace(attempt, at=gone[result.message_id]) for attempt in result.attempts
            ),
        )
        for result in (outcome(first.id), outcome(second.id))
    ]
    await stores.delivery.record(token, sent)
    read = outcome(first.id, State.READ).attempts[0]
    assert await stores.receipts.settle(first.id, state=State.READ, reason=None, attempt=read)

    assert DispatchStatus(pending=0, last_at=NOON + 2 * HOUR) == await dispatch(stores, of)


async def test_waiting_message_is_pending_and_failed_one_is_not(stores: Stores, of: StoredEvent) -> None:
    waiting = [
        message(of, person=f"p-{state}", state=state)
        for state in (State.QUEUED, State.HELD, State.RETRYING, State.SENDING)
    ]
    lost = [message(of, person=f"p-{state}", state=state) for state in (State.FAILED, State.EXPIRED)]
    reminder = message(of, person="p-r", occasion="reminder:T-24h", state=State.HELD)
    await stores.add(*waiting, *lost, reminder)

    assert DispatchStatus(pending=4, last_at=None) == await dispatch(stores, of)


async def test_an_event_that_is_still_being_expanded_has_something_pending(stores: Stores) -> None:
    broad = stored(event("admin.assembly.convened"), planned=False)
    await stores.add_events(broad)
    before = await dispatch(stores, broad)
    async with stores.intake.transaction() as transaction:
        await transaction.mark_planned([broad.key])

    assert DispatchStatus(pending=1, last_at=None) == before
    assert DispatchStatus(pending=0, last_at=None) == await dispatch(stores, broad)
    assert {} == await stores.timers.dispatch([message().id])


async def test_letter_leaves_when_it_is_delivered(stores: RealStores, of: StoredEvent) -> None:
    letter = message(of, channel="print", contact_id="print", state=State.SENT)
    await stores.add(letter, message(of, person="p-2", state=State.DELIVERED, fallback=FALLBACK))
    before = await dispatch(stores, of)
    began = now()
    await stores.letters.add([outgoing("print", id=letter.id)])
    assert await queries.hand_over(stores.database, letter.id)
    after = await dispatch(stores, of)

    assert (1, 0) == (before.pending, after.pending)
    assert after.last_at is not None
    assert timedelta(0) <= after.last_at - began < HOUR


async def test_unsent_calls_to_a_closed_case_are_cancelled(stores: Stores) -> None:
    await stores.add_events(CALL)
    by_mail: dict[str, Any] = {**STAFF, "channel": "email"}
    waiting = [
        message(CALL, person=f"p-{state}", state=state, next_at=NOON, fallback=FALLBACK, **by_mail)
        for state in (State.HELD, State.RETRYING, State.QUEUED)
    ]
    read, petitioner = message(CALL, **STAFF, state=State.DELIVERED), message(CALL, person="p-2")
    await stores.add(*waiting, read, petitioner)
    await stores.timers.call_off([CALL.event.id])

    assert ["cancelled"] * 3 == [await stores.state_of(event) for event in waiting]
    assert ["delivered", "queued"] == [await stores.state_of(one) for one in (read, petitioner)]
    assert [] == [
        cascade for cascade in await stores.timers.broken_cascades(10) if cascade.event_id == CALL.event.id
    ]
    assert {CALL.event.id} == set(await stores.timers.called([CALL.event.id]))
