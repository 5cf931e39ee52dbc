"""From when on the monitor opens an incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from hub.errors import InvalidPolicy
from hub.model import Lane


class MonitorPolicy(Struct, frozen=True, kw_only=True):
    """
    From when on something is told.

    `every` is how often is looked, `clear_after` how long nothing may be seen until it is over, and
    `fresh` how long what another process said of itself counts. `notify` are addresses that are told
    besides the staff on duty; without any of both the company's own is.
    """

    every: timedelta
    clear_after: timedelta
    fresh: timedelta
    audit_stale: timedelta
    queue_age: Mapping[Lane, timedelta]
    dead_letters: Annotated[int, Meta(ge=1)]
    lately: timedelta
    skew: timedelta
    balance_every: timedelta
    low_balance: Mapping[str, int]
    notify: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if missing := [lane for lane in Lane if lane not in self.queue_age]:
            raise InvalidPolicy(f"queue_age.{missing[0]} is missing")
        if self.clear_after < self.every or self.fresh < self.every:
            raise InvalidPolicy("clear_after and fresh must not be shorter than every: all would flap")
