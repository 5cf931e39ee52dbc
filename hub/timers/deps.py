"""Dependencies of the timers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hub.messages.cascades import Prints, prints_all
from hub.model import Lane
from hub.policy import Policy
from hub.ports import (
    Appointments,
    Heartbeats,
    MonthStore,
    Now,
    PauseStore,
    Publisher,
    StandingTaskStore,
    TimerStore,
)
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
from hub.timers.lease_time import LeaseTime

Stands = Callable[[], Awaitable[bool]]
"""Returns whether everything is paused: then nothing falls due. May raise Unavailable."""


async def never() -> bool:
    """Say that nothing is paused."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    store: TimerStore
    publisher: Publisher
    appointments: Appointments
    heartbeats: Heartbeats
    months: MonthStore
    results: PostgresResults
    emergencies: PostgresEmergencies
    erasures: PostgresErasures
    pauses: PauseStore
    old_data: PostgresRetention
    digests: PostgresNoticeDigests
    radicados: PostgresRadicados
    reach: PostgresReach
    tasks: StandingTaskStore
    bulk: PostgresBulk
    now: Now
    queues: Sequence[tuple[str, Lane]]
    sweep_after: timedelta
    lease_time: LeaseTime
    policy: Policy
    prints: Prints = prints_all
    stands: Stands = never
    communications: Callable[[], Awaitable[bool]] = never
    """Starts and publishes communications; returns whether there may be more. May raise Unavailable."""
    communications_planned: Callable[[], Awaitable[bool]] = never
    """Makes plans of many people."""
    communications_watched: Callable[[], Awaitable[bool]] = never
    """Ends communications that are over."""
    reviews: Callable[[], Awaitable[bool]] = never
    """Asks for releases, and publishes events that were released. May raise Unavailable."""
    sheets: Stands = never
    """Writes a sheet of people that somebody has applied; returns whether there was one."""
