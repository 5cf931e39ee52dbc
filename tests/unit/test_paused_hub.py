"""While everything is paused nothing is sent and no clock fires; the monitor still hears of the audit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hub.access.keyring import KeyRing
from hub.messages.delivery.pausing import Pauses, release
from hub.model import State
from hub.ports import EVERYTHING
from hub.testing import MemoryMonitor, MemoryPauses
from hub.timers import scheduler
from hub.timers.scheduler import audit, fire_from_sql, keep_appointments
from hub.timers.webhooks import WebhookDeps, due_webhooks
from hub.timers.work import stand, unless_paused
from tests.unit.delivery_harness import mail, make_harness
from tests.unit.factories import HOUR, MONDAY
from tests.unit.hub_in_memory import MemoryHub
from tests.unit.timer_harness import hub_with, petition, published, timers_of, waiting

WEEK = timedelta(days=7)


async def stopped(hub: MemoryHub, **fields: Any) -> Any:
    """Make timers of a hub in which everything is paused."""
    pauses = MemoryPauses(hub.store, hub.clock)
    pauses.subjects[EVERYTHING] = None
    return timers_of(hub, stands=Pauses(pauses).of_everything, **fields)


async def test_message_is_held_at_its_end_too_for_nobody_has_looked_yet() -> None:
    office = make_harness()
    message = mail(expires_at=MONDAY, ends_at=MONDAY)
    await office.holds(message)
    office.pauses.subjects[EVERYTHING] = None
    await office.deliver(message)
    held = office.now(message)
    del office.pauses.subjects[EVERYTHING]
    await release(office.pauses, office.publisher)

    assert (State.HELD, "paused") == (held.state, held.reason)
    assert [] == office.sent()
    assert State.QUEUED is office.now(message).state


async def test_clocks_and_appointments_stand_and_are_fired_once_after_it() -> None:
    hub = await petition()
    timers = await stopped(hub)
    hub.clock.advance(WEEK)
    for work in (keep_appointments, fire_from_sql):
        await unless_paused(work)(timers)
    stood = published(hub)
    await unless_paused(fire_from_sql)(timers_of(hub))

    assert [] == stood
    fired = [(event.name, event.id) for event in hub.publisher.events]
    assert "sla.breached" in dict(fired)
    assert len(fired) == len(set(fired))


async def test_message_whose_time_has_come_stays_held() -> None:
    message = waiting(state=State.HELD)
    hub = await hub_with(message)
    timers = await stopped(hub)
    hub.clock.advance(HOUR)
    await unless_paused(keep_appointments)(timers)

    assert State.HELD is hub.store.message(message.id).state
    assert [] == hub.publisher.ticketed


async def test_audit_that_stands_is_not_taken_for_dead() -> None:
    hub = await petition()
    heard: list[object] = []

    class Heartbeats(MemoryMonitor):
        async def beat(self, process: str, states: Any) -> None:
            heard.append((process, states))

    timers = await stopped(hub, heartbeats=Heartbeats(hub.store, hub.clock))
    await unless_paused(audit, stand)(timers)

    assert [("timers", {"audit": "ended"})] == heard


async def test_no_webhook_is_called() -> None:
    class Queue:
        async def due(self, _room: int, *, lease: timedelta) -> list[str]:
            return ["webhook"] if lease else []

    async def stands() -> bool:
        return True

    values: dict[str, Any] = {"queue": Queue(), "calls": None, "ring": KeyRing(()), "now": lambda: MONDAY}

    assert 0 == len(await due_webhooks((), WebhookDeps(**values, stands=stands)))
    assert 1 == len(await due_webhooks((), WebhookDeps(**values)))


async def test_every_loop_that_sends_or_fires_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    loops: list[Any] = []

    async def every(_seconds: float, work: Any, _timers: object) -> None:
        loops.append(work)

    monkeypatch.setattr(scheduler, "_every", every)
    await scheduler.run(timers_of(await petition()))
    going = {work.__name__ for work in loops if not hasattr(work, "__wrapped__")}

    # `keep_pauses` ends a pause of everything too; a bulk run cancels what must not leave when it ends; a
    # sheet of people sends nothing, a plan neither, and a communication that is watched only ends.
    assert {
        *("see_database", "keep_months", "keep_erased", "erase_old_data", "keep_pauses"),
        "work_bulk_runs",
        "work_sheets",
        "watch_communications",
        "plan_communications",
    } == going
    assert len(loops) > len(going)
