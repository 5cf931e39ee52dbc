"""The end of a clock is notified once, to those whom it alerted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from msgspec import structs

from hub import sla
from hub.catalog import BY_NAME
from hub.model import HUB_SOURCE, Clock, ClockState, Event, State
from hub.timers.scheduler import fire_from_sql, keep_appointments
from tests.contract.values import membership, membership_removed, person
from tests.unit.factories import HOUR, MINUTE, POLICY, SCHEMAS, event, local
from tests.unit.hub_in_memory import MemoryHub
from tests.unit.test_templates import TEMPLATES, context
from tests.unit.timer_harness import RECEIVED, petition, timers_of

DUE = local("2026-03-11 14:05")
AT_LEVEL_3 = local("2026-03-12 13:05")
CASE = {"pqrs_id": RECEIVED.data["pqrs_id"]}
LATE = event("pqrs.replied", CASE, at=AT_LEVEL_3 + HOUR, id="late")
IN_TIME = event("pqrs.replied", CASE, at=DUE - HOUR, id="in-time")


def holder(level: int, ref: str | None = None) -> tuple[Event, Event]:
    ref = ref or f"p-{level}"
    return person(ref), membership(ref, "company", "staff", duty="management", level=level)


async def called(until: str = "2026-03-12 13:05", *, delivered: bool = True) -> MemoryHub:
    """An unanswered petition, up to this instant; if `delivered`, intake gets the events of its clocks."""
    hub = await petition()
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory([event for level in (1, 2, 3, 4) for event in holder(level)])
    for turn in ("2026-03-11 14:05", "2026-03-12 13:05", "2026-03-13 12:05"):
        if local(turn) <= local(until):
            hub.clock.at = local(turn)
            await keep_appointments(timers_of(hub))
    if delivered:
        await hub.take_in(*hub.publisher.events)
    return hub


async def after(hub: MemoryHub, *events: Event) -> list[Event]:
    """Return the events that the timers publish after these arrive."""
    before = len(hub.publisher.events)
    hub.clock.at = max(hub.clock.at, *(event.time for event in events)) + MINUTE
    await hub.take_in(*events)
    await keep_appointments(timers_of(hub))
    return hub.publisher.events[before:]


def first_reply(hub: MemoryHub) -> Clock:
    (found,) = [clock for clock in hub.store.clocks if clock.name == "first_reply"]
    return found


def refs(events: Event) -> list[str]:
    return [person["ref"] for person in events.data["called"]]


async def test_each_alerted_level_is_notified_of_a_late_answer() -> None:
    hub = await called()
    [over] = await after(hub, LATE)

    assert ("sla.resolved", "late", ["p-1", "p-2", "p-3"]) == (over.name, over.data["outcome"], refs(over))
    assert str(LATE.time.isoformat()) == over.data["ended_at"]
    SCHEMAS.check(over, now=hub.clock.at)
    await hub.take_in(over)
    assert {("p-1", "inbox"), ("p-2", "inbox"), ("p-3", "inbox")} <= set(hub.recipients(over))


async def test_timely_answer_that_arrives_after_the_breach_is_met_and_notified() -> None:
    hub = await called("2026-03-11 14:05")
    [over] = await after(hub, IN_TIME)

    assert ("met", ["p-1", "p-2"]) == (over.data["outcome"], refs(over))
    assert ClockState.MET is first_reply(hub).state


async def test_withdrawal_notifies_those_who_were_alerted() -> None:
    hub = await called()
    events = await after(hub, event("pqrs.withdrawn", CASE, at=LATE.time))

    assert [("sla.resolved", "cancelled")] == [(event.name, event.data["outcome"]) for event in events]


async def test_end_without_alerts_notifies_nobody() -> None:
    hub = await petition()
    hub.clock.at = local("2026-03-11 09:17")
    await keep_appointments(timers_of(hub))  # at risk: the holder is warned, which alerts nobody
    events = await after(hub, IN_TIME)

    assert ([], None) == (events, first_reply(hub).next_at)


async def test_end_is_notified_once() -> None:
    hub = await called()
    first = await after(hub, LATE)
    for number in (1, 2):
        hub.clock.at += timedelta(days=number)
        await fire_from_sql(timers_of(hub))
        later = await after(hub, event("pqrs.assigned", CASE, at=hub.clock.at, id=f"again-{number}"))
        assert [] == [event for event in later if event.data.get("clock") == "first_reply"]

    assert 1 == len(first)


async def test_alerted_person_is_notified_after_leaving_the_level() -> None:
    hub = await called()
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory(
            [
                membership_removed("p-2 staff company", 9),
                *holder(2, "p-new"),
            ]
        )
    [over] = await after(hub, LATE)

    assert ["p-1", "p-2", "p-3"] == refs(over)


async def test_end_waits_for_an_alert_still_on_its_way() -> None:
    hub = await called("2026-03-11 14:05", delivered=False)
    events = await after(hub, event("pqrs.replied", CASE, at=DUE + MINUTE, id="soon"))
    await hub.take_in(*hub.publisher.events)
    await fire_from_sql(timers_of(hub))

    assert [] == events
    assert ["p-1", "p-2"] == refs(hub.publisher.events[-1])


async def test_end_waits_for_an_alert_that_was_published_late() -> None:
    hub = await petition()
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory([event for level in (1, 2, 3, 4) for event in holder(level)])
    hub.clock.at = DUE + 3 * HOUR - HOUR / 2  # the timers were away since before it was due
    await keep_appointments(timers_of(hub))
    calls = list(hub.publisher.events)
    events = await after(hub, event("pqrs.replied", CASE, at=DUE + HOUR, id="soon"))
    await hub.take_in(*calls)
    await fire_from_sql(timers_of(hub))

    assert [] == events
    assert ["p-1", "p-2"] == refs(hub.publisher.events[-1])


async def test_end_waits_ten_minutes_for_an_alert_that_never_arrives() -> None:
    hub = await called("2026-03-11 14:05", delivered=False)
    events = await after(hub, event("pqrs.replied", CASE, at=DUE + MINUTE, id="soon"))
    hub.clock.at += 9 * MINUTE
    await fire_from_sql(timers_of(hub))
    waiting = next_at(hub)
    hub.clock.at += 2 * MINUTE
    await fire_from_sql(timers_of(hub))

    assert DUE + MINUTE == waiting

    assert [] == events
    assert ([], None) == (
        [event for event in hub.publisher.events if event.name == "sla.resolved"],
        next_at(hub),
    )


def next_at(hub: MemoryHub) -> object:
    return first_reply(hub).next_at


async def test_crash_after_the_end_event_repeats_the_same_id() -> None:
    hub = await called()
    hub.clock.at = LATE.time + MINUTE
    await hub.take_in(LATE)
    before = dict(hub.store.tables.clocks)
    await fire_from_sql(timers_of(hub))
    hub.store.tables.clocks.update(before)  # the state of SQL when the process was killed
    await fire_from_sql(timers_of(hub))
    twice = [event.id for event in hub.publisher.events if event.name == "sla.resolved"]

    assert (2, 1) == (len(twice), len(set(twice)))


async def test_person_who_could_not_be_reached_was_not_alerted() -> None:
    hub = await called()
    for key, row in hub.store.tables.messages.items():
        if row.message.person == "p-2":
            unreachable = structs.replace(row.message, state=State.SUPPRESSED)
            hub.store.tables.messages[key] = replace(row, message=unreachable)
    [over] = await after(hub, LATE)

    assert ["p-1", "p-3"] == refs(over)


def test_the_text_says_how_it_ended_and_that_nothing_is_left_to_do() -> None:
    for number, words in enumerate(
        ("Ya se cumplió, aunque tarde", "Se había cumplido a tiempo", "Se canceló")
    ):
        data = SCHEMAS.by_name["sla.resolved"].examples[number]
        rendered = TEMPLATES.render("sla.resolved", "email", context("sla.resolved", data), variant=None)

        assert words in rendered.text
        assert "No tiene que hacer nada más" in rendered.text


async def test_people_notified_of_risk_and_answer_are_alerted_of_its_loss() -> None:
    hub = await petition()
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory([event for level in (1, 3, 4) for event in holder(level)])
    await hub.take_in(event("pqrs.replied", CASE))
    hub.clock.at = local("2026-03-27 08:00")
    await fire_from_sql(timers_of(hub))
    await hub.take_in(*hub.publisher.events)
    over = await after(hub, event("pqrs.responded", CASE, at=local("2026-03-27 09:00"), id="answer"))
    reopened = await after(hub, lost("answer", at=local("2026-03-27 10:00")))

    assert ["sla.resolved"] == [event.name for event in over]
    assert ["sla.at_risk", "pqrs.escalated"] == [event.name for event in reopened]
    assert [3] == [event.data["to_level"] for event in reopened if event.name == "pqrs.escalated"]


def lost(answer: str, *, at: datetime) -> Event:
    data = {
        "about": "pqrs.responded",
        "about_id": answer,
        "thread_id": f"pqrs_id:{CASE['pqrs_id']}",
    }
    return event("notification.undelivered", data, at=at, source=HUB_SOURCE)


def test_end_before_a_lost_answer_does_not_suppress_the_next_end() -> None:
    received = event("pqrs.received", CASE)
    answered = event("pqrs.responded", CASE, at=local("2026-04-02 09:00"), id="answer")
    bounced = lost("answer", at=local("2026-04-02 10:00"))
    letter = event(
        "notification.handed_over", dict(bounced.data), at=local("2026-04-06 10:00"), source=HUB_SOURCE
    )
    running = legal_term(received)
    broken = sla.with_progress(running, len(running.steps))
    [first] = sla.reconcile([legal_term(received, answered)], [broken], POLICY)
    # Its event is published, and the answer is lost before SQL advances.
    [reopened] = sla.reconcile([legal_term(received, answered, bounced)], [first], POLICY)
    [second] = sla.reconcile([legal_term(received, answered, bounced, letter)], [reopened], POLICY)

    assert [first.steps[-1].kind, second.steps[-1].kind] == ["resolve", "resolve"]
    assert sla.event_id(first, first.steps[-1]) != sla.event_id(second, second.steps[-1])


def legal_term(*events: Event) -> Clock:
    clocks = sla.replay(f"pqrs_id:{CASE['pqrs_id']}", events, BY_NAME, POLICY)
    (term,) = [clock for clock in clocks if clock.name == "legal_term"]
    return term
