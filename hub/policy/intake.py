"""The rate of one sender in a lane. Its excess is handled one lane below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy
from hub.model import Lane
from hub.policy.values import RateLimit

ANONYMOUS: Final = "anonymous"
"""All senders who do not name themselves: one sender, so that nobody gets a rate of their own by a lie."""


class LaneRate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rate, and how many events may come at once; without `burst` as many as the rate counts."""

    rate: Parsed[RateLimit]
    burst: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None

    @property
    def at_once(self) -> int:
        return self.burst or (self.rate.count if self.rate else 1)


class IntakePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rates of every sender by lane, and those of single senders, which replace them."""

    rate: Mapping[Lane, LaneRate] = {}
    senders: Mapping[str, Mapping[Lane, LaneRate]] = {}

    def __post_init__(self) -> None:
        if any(Lane.BULK in rates for rates in (self.rate, *self.senders.values())):
            raise InvalidPolicy("bulk is the lowest lane: what is in it cannot go to one below")

    def of(self, sender: str, lane: Lane) -> LaneRate | None:
        """Return the sender's rate in this lane; None if it has no limit."""
        found = self.senders.get(sender, {}).get(lane) or self.rate.get(lane)
        return found if found and found.rate else None

    @property
    def limited(self) -> frozenset[Lane]:
        """The lanes in which any sender has a limit."""
        every = [*self.rate.items(), *(item for rates in self.senders.values() for item in rates.items())]
        return frozenset(lane for lane, limit in every if limit.rate)
