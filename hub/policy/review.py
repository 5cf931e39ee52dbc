"""Review: what a second person releases before it leaves, by event and number of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy
from hub.model import EventType, Purpose

_People = Annotated[int, Meta(ge=0)]


class KindReview(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits of one event, where they are not those of all."""

    over: _People | None = None
    senior_over: _People | None = None


class ReviewPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Above `over` people a second person releases, above `senior_over` a coordinator or manager.

    An asking ends after `ends_after`. Events with a purpose of `free` never wait. `kinds` has limits of
    single events. Events that RabbitMQ or the API brings wait only where `sources` names their source.
    """

    over: _People
    senior_over: _People
    ends_after: Parsed[timedelta]
    free: tuple[Purpose, ...]
    kinds: Mapping[str, KindReview]
    sources: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.ends_after <= timedelta(0):
            raise InvalidPolicy("review.ends_after is longer than nothing")

    def limit(self, kind: EventType) -> int | None:
        """Return above how many people this event waits for a release; None: it never does."""
        if any(audience.purpose in self.free for audience in kind.audiences):
            return None
        own = self.kinds.get(kind.name)
        return self.over if own is None or own.over is None else own.over

    def needs_release(self, kind: EventType, people: int) -> bool:
        """Return whether so many people are told only after a second person has released it."""
        limit = self.limit(kind)
        return limit is not None and people > limit

    def needs_senior(self, kind: EventType, people: int) -> bool:
        own = self.kinds.get(kind.name)
        limit = self.senior_over if own is None or own.senior_over is None else own.senior_over
        return people > limit
