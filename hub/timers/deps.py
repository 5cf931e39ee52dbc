"""The dependencies of the timers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from hub.messages.cascades import Prints, prints_all
from hub.model import Lane
from hub.policy import Policy
from hub.ports import (
    Appointments,
    BulkStore,
    EmergencyStore,
    ErasureStore,
    Heartbeats,
    MonthStore,
    NoticeDigestStore,
    Now,
    Publisher,
    ResultStore,
    RetentionStore,
    TimerStore,
)
from hub.timers.lease_time import LeaseTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    store: TimerStore
    publisher: Publisher
    appointments: Appointments
    heartbeats: Heartbeats
    months: MonthStore
    results: ResultStore
    emergencies: EmergencyStore
    erasures: ErasureStore
    old_data: RetentionStore
    digests: NoticeDigestStore
    bulk: BulkStore
    now: Now
    queues: Sequence[tuple[str, Lane]]
    sweep_after: timedelta
    lease_time: LeaseTime
    policy: Policy
    prints: Prints = prints_all
