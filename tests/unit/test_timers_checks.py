"""Lead-time checks: all messages of an announcement, letters included, must leave in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from msgspec import structs

from hub import sla
from hub.catalog import BY_NAME
from hub.model import Attempt, ChannelTraits, Clock, ClockState, Event, Message, State
from tests.contract.values import membership, person
from tests.unit.factories import (
    CHANNELS,
    DESK,
    HOUR,
    MINUTE,
    POLICY,
    RULES,
    SCHEMAS,
    email,
    event,
    home,
    local,
    member,
    somebody,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import take_steps

CALLED = local("2026-03-02 09:00")
ASSEMBLY = "2026-03-26T18:00:00-05:00"  # so the letters leave by the end of the 10th, and D-20 is the 6th
CALL = event("admin.assembly.convened", {"kind": "ordinaria", "starts_at": ASSEMBLY}, at=CALLED)
PAPER = ChannelTraits(name="print", contact=None, strangers=True)
WITH_PAPER = replace(DESK, rules=replace(RULES, channels={**CHANNELS, "print": PAPER}))
AT_D_20, AT_D_16, HELD = local("2026-03-06 00:00"), local("2026-03-11 00:00"), local("2026-03-26 18:00")


async def convened(at: datetime = CALLED, **data: object) -> MemoryHub:
    """Two owners: one has an email address, the other gets a letter."""
    hub = replace(memory_hub(at), context=WITH_PAPER)
    owners = (
        home("1", "1"),
        somebody("p-mail", email()),
        member("p-mail", "unit:1", "owner"),
        home("2", "1"),
        somebody("p-paper"),
        member("p-paper", "unit:2", "owner"),
    )
    await hub.take_in(*(structs.replace(owner, time=at - HOUR) for owner in owners))
    await hub.take_in(structs.replace(CALL, time=at, data={**CALL.data, **data}))
    return hub


def leave(hub: MemoryHub, messages: Iterable[Message], state: State, at: datetime) -> None:
    for message in messages:
        row = hub.store.tables.messages[message.id]
        hub.store.tables.messages[message.id] = replace(row, message=structs.replace(message, state=state))
        hub.store.tables.attempts[message.id, at] = Attempt(message_id=message.id, at=at, outcome=str(state))


def initial(hub: MemoryHub, channel: str) -> list[Message]:
    return [
        message
        for message in hub.store.messages
        if (message.channel, message.occasion) == (channel, "initial")
    ]


def mails_leave(hub: MemoryHub, at: datetime = CALLED + MINUTE) -> None:
    for channel in ("email", "sms", "push", "inbox"):
        leave(hub, initial(hub, channel), State.SENT, at)
    leave(hub, initial(hub, "print"), State.SENT, at)  # printed, and not yet handed over


def letters_leave(hub: MemoryHub, at: datetime) -> None:
    leave(hub, initial(hub, "print"), State.DELIVERED, at)


async def look(hub: MemoryHub, at: datetime) -> list[Event]:
    """Fire the timers at that instant, let intake process their events, and return these."""
    hub.clock.at = at
    return await take_steps(hub)


def lead(hub: MemoryHub) -> Clock:
    (clock,) = [clock for clock in hub.store.clocks if clock.name == "convocation_lead"]
    return clock


def pending(published: Iterable[Event]) -> list[tuple[str, int | None]]:
    return [(event.name, event.data.get("pending")) for event in published]


async def test_pending_letter_alerts_at_d_20_and_at_the_deadline() -> None:
    hub = await convened()
    mails_leave(hub)

    warned, broken = await look(hub, AT_D_20), await look(hub, AT_D_16)

    assert [("sla.at_risk", 1), ("sla.breached", 1)] == pending([*warned, *broken])
    assert ClockState.BREACHED is lead(hub).state
    for notified in (*warned, *broken):
        SCHEMAS.check(notified, now=hub.clock.at)


async def test_check_with_all_sent_is_met_and_notifies_nobody() -> None:
    hub = await convened()
    mails_leave(hub)
    letters_leave(hub, CALLED + 26 * HOUR)

    assert [] == await look(hub, AT_D_20)
    assert ClockState.OPEN is lead(hub).state
    checked = await look(hub, AT_D_16)
    assert [("sla.checked", None)] == pending(checked)
    assert (ClockState.MET, CALLED + 26 * HOUR) == (lead(hub).state, lead(hub).ended_at)
    SCHEMAS.check(checked[0], now=hub.clock.at)


async def test_bounce_after_d_20_must_leave_as_a_letter_in_time() -> None:
    hub = await convened()
    mails_leave(hub)
    letters_leave(hub, CALLED + HOUR)
    await look(hub, AT_D_20)
    [mail] = [message for message in initial(hub, "email") if message.person == "p-mail"]
    leave(hub, [mail], State.BOUNCED, AT_D_20 + HOUR)
    hub.store.tables.messages[mail.id] = replace(
        hub.store.tables.messages[mail.id],
        message=structs.replace(mail, id=mail.event_key, channel="print", state=State.SENT),
    )

    assert [("sla.breached", 1)] == pending(await look(hub, AT_D_16))


async def test_letter_handed_over_too_late_breaches_the_promise() -> None:
    hub = await convened()
    mails_leave(hub)
    letters_leave(hub, AT_D_16 + MINUTE)

    assert [("sla.breached", 0)] == pending(await look(hub, AT_D_16 + HOUR))


async def test_late_convocation_breaches_at_once_after_any_messages() -> None:
    answers = {"by": "account:ana", "reason": "reglamento, artículo 50"}
    hub = await convened(local("2026-03-12 09:00"), override=answers)
    mails_leave(hub, local("2026-03-12 09:00"))
    letters_leave(hub, local("2026-03-12 09:00"))

    assert [("sla.breached", 0)] == pending(await look(hub, local("2026-03-12 09:01")))


async def test_breached_check_runs_until_the_assembly() -> None:
    hub = await convened()
    mails_leave(hub)
    await look(hub, AT_D_20)
    await look(hub, AT_D_16)

    assert [("sla.checked", None)] == pending(await look(hub, HELD))
    assert (ClockState.BREACHED, HELD) == (lead(hub).state, lead(hub).ended_at)


async def test_only_an_ordinary_assembly_needs_fifteen_days() -> None:
    hub = await convened(kind="extraordinaria")

    assert [] == hub.states("convocation_lead")


async def test_an_announcement_that_is_still_being_expanded_has_not_left() -> None:
    hub = await convened()
    mails_leave(hub)
    letters_leave(hub, CALLED + HOUR)
    [(key, stored)] = [(k, row) for k, row in hub.store.tables.events.items() if row.event.id == CALL.id]
    hub.store.tables.events[key] = structs.replace(stored, planned=False)

    assert [("sla.at_risk", 1)] == pending(await look(hub, AT_D_20))


async def test_works_that_are_announced_three_days_ahead_keep_the_promise() -> None:
    hub = memory_hub(CALLED)
    works = event("maintenance.scheduled.announced", {"starts_at": "2026-03-06T08:00:00-05:00"}, at=CALLED)
    await hub.take_in(works)

    assert [local("2026-03-03 08:00")] == [clock.due_at for clock in hub.store.clocks]
    assert [("sla.checked", None)] == pending(await look(hub, local("2026-03-03 08:00")))
    assert [ClockState.MET] == hub.states("notice_lead")


async def test_new_announcement_of_works_starts_a_new_check() -> None:
    hub = memory_hub(CALLED)
    for number, day in enumerate(("06", "09")):
        hub.clock.at = at = CALLED + number * HOUR
        await hub.take_in(
            event(
                "maintenance.scheduled.announced",
                {"starts_at": f"2026-03-{day}T08:00:00-05:00"},
                at=at,
                id=f"works-{number}",
            )
        )
    clocks = sorted(hub.store.clocks, key=lambda clock: clock.started_at)

    assert [ClockState.CANCELLED, ClockState.OPEN] == [clock.state for clock in clocks]
    assert sla.happens(clocks[1].steps[-1])


async def imported(called_at: str) -> MemoryHub:
    """A quietly imported convocation of an assembly that was held long ago."""
    hub = memory_hub(HELD + 1000 * HOUR)
    await hub.take_in(structs.replace(CALL, time=local(called_at), extensions={"quiet": True}))
    for _ in range(2):
        await look(hub, hub.clock.at)
    return hub


async def test_check_of_a_quietly_imported_timely_convocation_is_met() -> None:
    hub = await imported("2026-03-02 09:00")

    assert (ClockState.MET, CALLED) == (lead(hub).state, lead(hub).ended_at)
    assert ["sla.checked"] == [event.name for event in hub.publisher.events]


async def test_late_imported_convocation_ends_and_notifies_nobody() -> None:
    hub = await imported("2026-03-12 09:00")

    assert (ClockState.BREACHED, HELD) == (lead(hub).state, lead(hub).ended_at)
    assert ["sla.checked"] == [event.name for event in hub.publisher.events]


def test_result_of_a_check_does_not_end_a_later_check() -> None:
    first, second = (
        event(
            "maintenance.scheduled.announced",
            {"starts_at": f"2026-03-{day}T08:00:00-05:00"},
            at=CALLED + number * HOUR,
            id=f"works-{number}",
        )
        for number, day in enumerate(("20", "24"))
    )
    case = f"work_id:{first.data['work_id']}"
    [clock] = sla.replay(case, [first], BY_NAME, POLICY)
    checked = sla.checked_event(clock, CALLED + 2 * HOUR)  # before the second arrives, which is earlier
    clocks = sla.replay(case, [first, second, checked], BY_NAME, POLICY)

    assert [ClockState.CANCELLED, ClockState.OPEN] == [clock.state for clock in clocks]


async def test_pending_messages_alert_the_next_level_if_the_first_is_vacant() -> None:
    hub = await convened()
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory(
            [person("p-2"), membership("p-2", "company", "staff", duty="management", level=2)]
        )
    [warned] = await look(hub, AT_D_20)

    assert (2, [1]) == (warned.data["level"], warned.data["vacant_levels"])
    assert [("p-2", "email"), ("p-2", "inbox")] == hub.recipients(warned)
