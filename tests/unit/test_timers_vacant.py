"""A vacant level at its turn: the next level is notified at once, and the event names the vacant one."""

from __future__ import annotations

from hub import sla
from hub.model import Clock, Event
from hub.timers.scheduler import fire_from_sql, keep_appointments
from tests.contract.values import leave, membership, person
from tests.unit.factories import SCHEMAS, event, local
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES, context
from tests.unit.timer_harness import petition, timers_of

TURNS = ("2026-03-11 14:05", "2026-03-12 13:05", "2026-03-13 12:05", "2026-03-16 11:05")


def holder(level: int) -> tuple[Event, Event]:
    ref = f"p-{level}"
    return person(ref), membership(ref, "company", "staff", duty="management", level=level)


async def escalated(*directory: Event) -> MemoryHub:
    """Run a ladder to its end."""
    hub = await petition()
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory(list(directory))
    for turn in TURNS:
        hub.clock.at = local(turn)
        await keep_appointments(timers_of(hub))
    return hub


def escalations(hub: MemoryHub) -> list[tuple[str, int, int, list[int]]]:
    """The instant, levels and vacant levels of each escalation."""
    return [
        (
            f"{event.time.astimezone(local(TURNS[0]).tzinfo):%d}",
            event.data["from_level"],
            event.data["to_level"],
            event.data.get("vacant_levels", []),
        )
        for event in hub.publisher.events
        if event.name == "pqrs.escalated"
    ]


def clock(hub: MemoryHub) -> Clock:
    (found,) = [clock for clock in hub.store.clocks if clock.name == "first_reply"]
    return found


async def test_vacant_level_is_skipped_and_the_next_notified_once() -> None:
    hub = await escalated(*holder(3), *holder(4))

    assert [("11", 1, 3, [2]), ("13", 3, 4, []), ("16", 4, 4, [])] == escalations(hub)


async def test_two_vacant_levels_are_skipped_together() -> None:
    hub = await escalated(*holder(4))

    assert [("11", 1, 4, [2, 3]), ("16", 4, 4, [])] == escalations(hub)


async def test_person_on_leave_without_a_delegate_holds_no_level() -> None:
    away = leave("p-2", "2026-03-10", "2026-03-20", None)
    hub = await escalated(*holder(2), *holder(3), *holder(4), away)

    assert ("11", 1, 3, [2]) == escalations(hub)[0]


async def test_no_held_level_is_skipped() -> None:
    hub = await escalated(*holder(2), *holder(3), *holder(4))

    assert [(1, 2, []), (2, 3, []), (3, 4, []), (4, 4, [])] == [turn[1:] for turn in escalations(hub)]


async def test_ladder_without_any_holder_runs_as_usual() -> None:
    assert [(1, 2, []), (2, 3, []), (3, 4, []), (4, 4, [])] == [
        turn[1:] for turn in escalations(await escalated())
    ]


async def test_replay_keeps_the_level_that_was_notified() -> None:
    hub = await petition()
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory(list(holder(3)))
    hub.clock.at = local(TURNS[0])
    await keep_appointments(timers_of(hub))
    before = clock(hub).level
    # Any event of the case schedules its clock again.
    await hub.take_in(event("pqrs.assigned", {"pqrs_id": event("pqrs.received").data["pqrs_id"]}))
    rescheduled = sla.reschedule(clock(hub), hub.context.rules.policy)

    assert [3, 3, 3] == [before, clock(hub).level, rescheduled.level]


async def test_event_matches_its_schema_and_text_names_the_skipped_levels() -> None:
    hub = await escalated(*holder(3), *holder(4))
    event = next(event for event in hub.publisher.events if event.name == "pqrs.escalated")
    SCHEMAS.check(event, now=event.time)
    words = TEMPLATES.render("pqrs.escalated", "email", context("pqrs.escalated", event.data), variant=None)

    assert "nadie ocupa el nivel 2" in words.text


async def test_level_4_gets_the_breach_after_the_warning_for_level_3() -> None:
    hub = await petition()
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory([*holder(1), *holder(4)])
    await hub.take_in(event("pqrs.replied"))  # so that its ladder is over
    for turn in ("2026-03-26 08:00", "2026-04-01 00:00"):
        hub.clock.at = local(turn)
        await fire_from_sql(timers_of(hub))
    escalation_events = [event for event in hub.publisher.events if event.name == "pqrs.escalated"]

    assert [(4, "term_at_risk"), (4, "term_breached")] == [
        (escalation.data["to_level"], escalation.data["cause"]) for escalation in escalation_events
    ]
    words = TEMPLATES.render(
        "pqrs.escalated", "email", context("pqrs.escalated", escalation_events[-1].data), variant=None
    )
    assert "martes 31 de marzo de 2026, al final del día" in words.text


async def repair(*directory: Event) -> list[Event]:
    """The events of a repair that nobody attends to; its clock has no ladder."""
    hub = memory_hub()
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory(list(directory))
    await hub.take_in(event("maintenance.request.received", {"priority": "alta"}))
    hub.clock.at = local("2026-03-31 08:00")
    await fire_from_sql(timers_of(hub))
    return hub.publisher.events


async def test_without_ladder_a_vacant_level_passes_to_the_next_and_says_so() -> None:
    events = await repair(*holder(3), *holder(4))
    for published in events:
        SCHEMAS.check(published, now=local("2026-03-31 08:00"))
        words = TEMPLATES.render(
            published.name, "email", context(published.name, published.data), variant=None
        )

        assert "nadie ocupa los niveles 1 y 2" in words.text
    assert {("sla.at_risk", 3), ("sla.breached", 3)} == {
        (published.name, published.data["level"]) for published in events
    }


async def test_only_the_holder_is_notified() -> None:
    events = await repair(*holder(1), *holder(2))

    assert {(1, None)} == {(event.data["level"], event.data.get("vacant_levels")) for event in events}
