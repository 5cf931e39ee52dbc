"""After an outage or a back-fill, one digest replaces a message for each late clock."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from hub import sla
from hub.errors import StorageUnavailable
from hub.messages.planning.plan import is_recorded_only
from hub.model import Clock, Event
from hub.policy.clocks import SummaryPolicy
from hub.timers.scheduler import keep_appointments
from tests.contract.values import membership, person
from tests.unit.factories import HOUR, MINUTE, MONDAY, SECOND, event, local
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import timers_of

POLICY = SummaryPolicy(more_than=20, late=15 * MINUTE)
DUE = local("2026-03-11 14:05")
"""When the first reply to a petition of Monday 8:05 is due."""


async def petitions(number: int, place: str = "ph-1") -> MemoryHub:
    hub = memory_hub(MONDAY)
    await hub.appointments.begin_epoch()
    await add(hub, number, place)
    return hub


async def add(hub: MemoryHub, number: int, place: str) -> None:
    await hub.take_in(
        *(
            event(
                "pqrs.received",
                {"pqrs_id": f"{place}-{n}", "radicado": f"{place}-{n}", "copropiedad_id": place},
                id=f"{place}-{n}",
            )
            for n in range(number)
        )
    )


def of_replies(hub: MemoryHub) -> list[Clock]:
    return [clock for clock in hub.store.clocks if clock.name == "first_reply"]


def summaries(hub: MemoryHub) -> list[Event]:
    return [event for event in hub.publisher.events if event.name == sla.SUMMARY]


def steps(hub: MemoryHub) -> list[Event]:
    return [event for event in hub.publisher.events if event.name != sla.SUMMARY]


def loud(hub: MemoryHub) -> list[Event]:
    return [step for step in steps(hub) if not is_recorded_only(step)]


async def test_breaches_during_an_outage_make_one_message_per_level() -> None:
    hub = await petitions(21)
    hub.clock.at = DUE + HOUR
    await keep_appointments(timers_of(hub))

    # At risk on Wednesday at 9:17; the breach and the escalation to level 2 at 14:05.
    assert Counter({"sla.at_risk": 21, "sla.breached": 21, "pqrs.escalated": 21}) == Counter(
        step.name for step in steps(hub)
    )
    assert [] == loud(hub)
    assert {(1, 21), (2, 21)} == {
        (summary.data["level"], summary.data["clocks"]) for summary in summaries(hub)
    }
    assert {DUE.isoformat()} == {event.data["oldest"]["due_at"] for event in summaries(hub)}


async def test_digest_of_a_vacant_level_goes_to_the_next_level() -> None:
    hub = await petitions(21)
    async with hub.store.transaction() as transaction:
        await transaction.apply_directory(
            [
                person("p-3"),
                membership("p-3", "company", "staff", duty="management", level=3),
            ]
        )
    hub.clock.at = DUE + HOUR
    await keep_appointments(timers_of(hub))

    # Late steps of levels 1 and 2, which nobody holds: two digests with different ids.
    assert [3, 3] == [summary.data["level"] for summary in summaries(hub)]
    assert 2 == len({event.id for event in summaries(hub)})


async def test_digest_covers_one_copropiedad_only() -> None:
    hub = await petitions(21)
    await add(hub, 3, "ph-2")
    hub.clock.at = DUE + HOUR
    await keep_appointments(timers_of(hub))

    assert {"ph-1"} == {summary.data["copropiedad_id"] for summary in summaries(hub)}
    # The breach and the escalation of each: the warning before them is old news.
    assert {"ph-2": 6} == Counter(event.data["copropiedad_id"] for event in loud(hub))


async def test_few_late_steps_are_notified_one_by_one() -> None:
    hub = await petitions(6)
    hub.clock.at = DUE + HOUR
    await keep_appointments(timers_of(hub))

    assert ([], 12) == (summaries(hub), len(loud(hub)))


async def test_steps_in_time_are_notified_however_many() -> None:
    hub = await petitions(25)
    hub.clock.at = local("2026-03-11 09:17")
    await keep_appointments(timers_of(hub))

    assert ([], 25) == (summaries(hub), len(loud(hub)))


async def test_a_crash_between_the_events_and_the_advance_repeats_the_same_ids() -> None:
    hub = await petitions(21)
    hub.clock.at = DUE + HOUR
    hub.store.faults.script("advance", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await keep_appointments(timers_of(hub))
    before = {event.id for event in hub.publisher.events}
    hub.clock.advance(MINUTE)
    await keep_appointments(timers_of(hub))
    await hub.take_in(*hub.publisher.events)

    # Both digests and the first step of each clock were already published.
    after = [event.id for event in hub.publisher.events]
    assert (2 + 21, 2 + 21 + 65, 65) == (len(before), len(after), len(set(after)))
    assert 2 == len([row for row in hub.store.tables.events.values() if row.event.name == sla.SUMMARY])


async def test_next_quarter_of_an_hour_gets_a_new_digest() -> None:
    digest = sla.digests(await late(21), policy=POLICY, now=DUE + HOUR)[0]
    ids = [
        sla.summary_event(digest, [digest.level], now=local(at)).id
        for at in ("2026-03-11 15:00", "2026-03-11 15:14:59", "2026-03-11 15:15")
    ]

    assert ids[0] == ids[1]
    assert ids[1] != ids[2]


async def late(number: int) -> list[Clock]:
    return of_replies(await petitions(number))


@pytest.mark.parametrize(
    ("number", "after", "expected"),
    [
        (20, HOUR, []),
        (21, HOUR, [1, 2]),
        (21, 15 * MINUTE, [1]),  # the breach is not late yet, the warning is
        (21, 15 * MINUTE + SECOND, [1, 2]),
    ],
)
async def test_only_too_many_late_steps_make_a_digest(
    number: int, after: timedelta, expected: list[int]
) -> None:
    digests = sla.digests(await late(number), policy=POLICY, now=DUE + after)

    assert sorted(digest.level for digest in digests) == expected
