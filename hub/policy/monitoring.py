"""The thresholds of the monitor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy
from hub.model import Lane

LONGEST_STOP: Final = timedelta(hours=1)
"""Rows of ended processes are deleted after it."""


class MonitorPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    When the monitor opens and resolves incidents.

    `interval` is the time between checks, `clear_after` how long an incident must be absent until it is
    resolved. A heartbeat of another process counts until it is `heartbeat_max_age` old; a dead letter is new
    within `dead_letter_window`. Roles that ended in order are missed after `planned_stop`. The most unknown
    check codes, and the most unrecognised messages, within an hour. `notify` are addresses to notify besides
    the staff on duty; without either, the company's own address is used.
    """

    interval: Parsed[timedelta]
    clear_after: Parsed[timedelta]
    heartbeat_max_age: Parsed[timedelta]
    audit_max_age: Parsed[timedelta]
    planned_stop: Parsed[timedelta]
    queue_max_age: Mapping[Lane, Parsed[timedelta]]
    webhook_max_age: Parsed[timedelta]
    max_dead_letters: Annotated[int, Meta(ge=1)]
    dead_letter_window: Parsed[timedelta]
    max_unknown_codes: Annotated[int, Meta(ge=1)]
    max_unrecognised: Annotated[int, Meta(ge=1)]
    max_clock_skew: Parsed[timedelta]
    balance_interval: Parsed[timedelta]
    min_balance: Mapping[str, int]
    notify: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.planned_stop > LONGEST_STOP:
            raise InvalidPolicy("planned_stop must not be longer than an hour")
        if missing := [lane for lane in Lane if lane not in self.queue_max_age]:
            raise InvalidPolicy(f"queue_max_age.{missing[0]} is missing")
        if min(self.clear_after, self.heartbeat_max_age) < self.interval:
            raise InvalidPolicy(
                "clear_after and heartbeat_max_age must not be shorter than interval: all would flap"
            )
