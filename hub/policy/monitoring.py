"""From when on the monitor opens an incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy
from hub.model import Lane


class MonitorPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    From when on something is told.

    `interval` is how often is looked, `clear_after` how long nothing may be seen until it is over.
    What another process said of itself counts until it is `heartbeat_max_age` old; a dead letter is new
    within `dead_letter_window`. `notify` are addresses that are told besides the staff on duty; without
    any of both the company's own is.
    """

    interval: Parsed[timedelta]
    clear_after: Parsed[timedelta]
    heartbeat_max_age: Parsed[timedelta]
    audit_max_age: Parsed[timedelta]
    queue_max_age: Mapping[Lane, Parsed[timedelta]]
    max_dead_letters: Annotated[int, Meta(ge=1)]
    dead_letter_window: Parsed[timedelta]
    max_clock_skew: Parsed[timedelta]
    balance_interval: Parsed[timedelta]
    min_balance: Mapping[str, int]
    notify: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if missing := [lane for lane in Lane if lane not in self.queue_max_age]:
            raise InvalidPolicy(f"queue_max_age.{missing[0]} is missing")
        if min(self.clear_after, self.heartbeat_max_age) < self.interval:
            raise InvalidPolicy(
                "clear_after and heartbeat_max_age must not be shorter than interval: all would flap"
            )
