"""Timers over test doubles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hub.model import Event, Lane, Message, State
from hub.storage import (
    PostgresBulk,
    PostgresEmergencies,
    PostgresErasures,
    PostgresNoticeDigests,
    PostgresRadicados,
    PostgresReach,
    PostgresResults,
    PostgresRetention,
)
from hub.testing import (
    MemoryMonitor,
    MemoryMonths,
    MemoryPauses,
    MemoryStandingTasks,
)
from hub.timers.deps import Timers
from hub.timers.lease_time import LeaseTime
from hub.timers.scheduler import fire_from_sql
from tests.doubled import away
from tests.unit.delivery_harness import ABOUT, mail
from tests.unit.factories import HOUR, MINUTE, MONDAY, event
from tests.unit.hub_in_memory import MemoryHub, memory_hub

RECEIVED = event("pqrs.received")


def timers_of(hub: MemoryHub, **fields: Any) -> Timers:
    values: dict[str, Any] = {
        "store": hub.store,
        "publisher": hub.publisher,
        "appointments": hub.appointments,
        "heartbeats": MemoryMonitor(hub.store, hub.clock),
        "months": MemoryMonths(),
        "results": PostgresResults(away()),
        "emergencies": PostgresEmergencies(away()),
        "erasures": PostgresErasures(away()),
        "old_data": PostgresRetention(away()),
        "digests": PostgresNoticeDigests(away()),
        "pauses": MemoryPauses(hub.store, hub.clock),
        "radicados": PostgresRadicados(away()),
        "reach": PostgresReach(away(), hub.context.rules.policy.suppression_for),
        "tasks": MemoryStandingTasks(hub.store.tables),
        "bulk": PostgresBulk(away()),
        "now": hub.clock,
        "queues": [("email", Lane.NORMAL), ("sms", Lane.NORMAL)],
        "sweep_after": MINUTE,
        "lease_time": LeaseTime(timedelta(0)),
        "policy": hub.context.rules.policy,
        **fields,
    }
    return Timers(**values)


async def hub_with(*messages: Message) -> MemoryHub:
    """Start a hub whose appointments match its store."""
    hub = memory_hub(MONDAY)
    async with hub.store.transaction() as transaction:
        await transaction.add_events([ABOUT])
        await transaction.add_messages(messages)
    await hub.appointments.begin_epoch()
    later = [
        (message.id, message.lane, message.next_at) for message in messages if message.next_at is not None
    ]
    await hub.appointments.arm_messages(later)
    return hub


async def take_steps(hub: MemoryHub) -> list[Event]:
    """Fire what is due, let intake process the events of it, and return these."""
    before = len(hub.publisher.events)
    await fire_from_sql(timers_of(hub))
    published = hub.publisher.events[before:]
    await hub.take_in(*published)
    return published


async def petition() -> MemoryHub:
    hub = memory_hub(MONDAY)
    await hub.appointments.begin_epoch()
    await hub.take_in(RECEIVED)
    return hub


def waiting(person: str = "p-1", at: datetime = MONDAY + HOUR, **fields: Any) -> Message:
    return mail(person, **{"state": State.RETRYING, "next_at": at, **fields})


def published(hub: MemoryHub) -> list[tuple[datetime, str]]:
    return [(event.time, event.name) for event in hub.publisher.events]


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError
