"""Acknowledging a clock: the event, the refusals, and the effect on the ladder."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from hub import sla
from hub.errors import NothingToAcknowledge
from hub.model import Clock, ClockState, StepKind
from hub.sla import acknowledge
from hub.testing import MemoryPublisher
from tests.unit.factories import HOUR, SCHEMAS, event, local
from tests.unit.hub_in_memory import MemoryHub, memory_hub

RECEIVED = local("2026-03-09 08:00")
AT_LEVEL_2 = 3
"""The done steps: at risk, breach, 1→2."""


async def escalated(name: str = "pqrs.received", fired: int = AT_LEVEL_2, **data: str) -> MemoryHub:
    """A hub in which nobody has answered, and level 2 was notified."""
    hub = memory_hub(RECEIVED)
    await hub.take_in(event(name, data, at=RECEIVED))
    clock = standing(hub)
    hub.store.tables.clocks[clock.id] = sla.with_progress(clock, fired)
    return hub


def standing(hub: MemoryHub) -> Clock:
    (clock,) = [clock for clock in hub.store.clocks if clock.name == "first_reply"]
    return clock


async def acknowledge_clock(hub: MemoryHub, at: datetime, by: str = "ana") -> acknowledge.AckResult:
    """Acknowledge, and let intake process the event."""
    publisher = MemoryPublisher()
    hub.clock.at = at
    done = await acknowledge.acknowledge(standing(hub), by=by, publisher=publisher, now=at)
    await hub.take_in(*publisher.events)
    return done


def escalations(hub: MemoryHub) -> list[datetime]:
    return [step.at for step in standing(hub).steps if step.kind in {StepKind.ESCALATE, StepKind.REMIND}]


async def test_next_level_waits_one_more_duration_of_the_acknowledging_level() -> None:
    hub = await escalated()
    before = escalations(hub)
    done = await acknowledge_clock(hub, local("2026-03-11 16:00"))

    assert acknowledge.AckResult(id=standing(hub).id, level=2, changed=True) == done
    # 24 h is Wednesday 14:00. Level 2 has 8 h: 3 on Wednesday, 5 on Thursday; then 8 more.
    assert [local("2026-03-11 14:00"), local("2026-03-12 13:00")] == before[:2]
    assert [local("2026-03-11 14:00"), local("2026-03-13 12:00")] == escalations(hub)[:2]


async def test_second_acknowledgement_changes_nothing() -> None:
    hub = await escalated()
    await acknowledge_clock(hub, local("2026-03-11 16:00"))
    once = standing(hub)
    second = await acknowledge_clock(hub, local("2026-03-11 16:30"), by="pedro")

    assert acknowledge.AckResult(id=standing(hub).id, level=2, changed=False) == second
    assert once == standing(hub)


async def test_two_simultaneous_acknowledgements_make_one_event() -> None:
    clock = standing(await escalated())
    first, second = (
        acknowledge.event_of(clock, 2, by=by, now=RECEIVED + hours * HOUR)
        for by, hours in (("ana", 30), ("pedro", 31))
    )

    assert first.id == second.id


async def test_conversation_is_acknowledged_like_a_complaint() -> None:
    hub = memory_hub(RECEIVED)
    reply = event("inbound.message.received", {"kind": "reply"}, at=RECEIVED, source="urn:hub")
    await hub.take_in(reply)
    clock = standing(hub)
    hub.store.tables.clocks[clock.id] = sla.with_progress(clock, AT_LEVEL_2)
    await acknowledge_clock(hub, local("2026-03-11 16:00"))

    assert [2] == [acknowledgement.level for acknowledgement in standing(hub).course.acknowledged]


async def test_published_event_matches_its_schema() -> None:
    clock = standing(await escalated())

    SCHEMAS.check(acknowledge.event_of(clock, 2, by="ana", now=RECEIVED), now=RECEIVED)


async def test_level_that_was_not_notified_cannot_acknowledge() -> None:
    clock = standing(await escalated(fired=2))
    ended = replace(sla.with_progress(clock, AT_LEVEL_2), state=ClockState.MET, ended_at=RECEIVED)
    unladdered = replace(sla.with_progress(clock, AT_LEVEL_2), name="maintenance_response")

    for refused in (clock, ended, unladdered):
        publisher = MemoryPublisher()
        with pytest.raises(NothingToAcknowledge):
            await acknowledge.acknowledge(refused, by="ana", publisher=publisher, now=RECEIVED)
        assert [] == publisher.events
