"""A new calendar: running clocks are rescheduled as soon as the timers know it."""

from __future__ import annotations

from pathlib import Path

from hub.model import Clock
from hub.policy import Policy, load_policy
from hub.timers.scheduler import audit, keep_appointments
from tests.unit.factories import POLICY, event, local
from tests.unit.hub_in_memory import MemoryHub
from tests.unit.timer_harness import petition, published, timers_of

TUESDAY_CLOSED = '[calendar.special_days]\n"2026-03-10" = []\n'
LONG_MONDAY = (
    '[calendar.special_days]\n"2026-03-09" = [["00:00", "24:00"]]\n"2026-03-10" = [["00:00", "24:00"]]\n'
)


def policy_with(overlay: str, folder: Path) -> Policy:
    path = folder / "policy.toml"
    path.write_text(overlay)
    return load_policy(path)


def first_reply(hub: MemoryHub) -> Clock:
    return next(clock for clock in hub.store.clocks if clock.name == "first_reply")


def names(hub: MemoryHub, *only: str) -> list[str]:
    return [name for _, name in published(hub) if name in only]


async def test_new_holiday_moves_the_steps_to_come(tmp_path: Path) -> None:
    hub = await petition()
    closed = policy_with(TUESDAY_CLOSED, tmp_path)
    await audit(timers_of(hub, policy=closed))
    clock = first_reply(hub)

    assert (local("2026-03-12 14:05"), closed.calendar_version) == (clock.due_at, clock.calendar)
    assert clock.next_at is not None
    assert clock.next_at.timestamp() == hub.appointments.scores[f"c:{clock.id}"]


async def test_steps_done_by_the_old_calendar_are_not_repeated(tmp_path: Path) -> None:
    hub = await petition()
    hub.clock.at = local("2026-03-11 09:17")
    await keep_appointments(timers_of(hub))
    closed = timers_of(hub, policy=policy_with(TUESDAY_CLOSED, tmp_path))
    await audit(closed)
    hub.clock.at = local("2026-03-12 14:05")
    await keep_appointments(closed)

    assert ["sla.at_risk", "sla.breached", "pqrs.escalated"] == [name for _, name in published(hub)]


async def test_clock_overdue_by_the_new_calendar_notifies_at_once(tmp_path: Path) -> None:
    hub = await petition()
    longer = timers_of(hub, policy=policy_with(LONG_MONDAY, tmp_path))
    hub.clock.at = local("2026-03-10 09:00")
    await keep_appointments(timers_of(hub))
    before = names(hub, "sla.breached")
    await audit(longer)

    assert [] == before
    assert ["sla.breached"] == names(hub, "sla.breached")


async def test_no_step_is_done_by_an_outdated_calendar(tmp_path: Path) -> None:
    hub = await petition()
    hub.clock.at = local("2026-03-11 14:05")
    closed = timers_of(hub, policy=policy_with(TUESDAY_CLOSED, tmp_path))
    await keep_appointments(closed)
    await audit(closed)
    hub.clock.at = local("2026-03-12 14:05")
    await keep_appointments(closed)

    assert [local("2026-03-12 14:05")] == [at for at, name in published(hub) if name == "sla.breached"]


async def test_ended_and_current_clocks_are_not_rescheduled(tmp_path: Path) -> None:
    hub = await petition()
    await hub.take_in(event("pqrs.replied"))
    ended = first_reply(hub)
    before = hub.store.clocks
    await audit(timers_of(hub))

    assert before == hub.store.clocks
    await audit(timers_of(hub, policy=policy_with(TUESDAY_CLOSED, tmp_path)))
    assert ended == first_reply(hub)


async def test_a_new_calendar_does_not_wait_for_redis(tmp_path: Path) -> None:
    hub = await petition()
    hub.appointments.away = True
    await audit(timers_of(hub, policy=policy_with(TUESDAY_CLOSED, tmp_path)))

    assert POLICY.calendar_version not in {clock.calendar for clock in hub.store.clocks}
