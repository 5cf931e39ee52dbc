"""What operators look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Clock, DeadLetter, Json, PropertyScope
from hub.model.promises import Period, PromiseRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list, in the shapes of the API; `next` is the cursor of the part after it."""

    items: Sequence[Mapping[str, Json]]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """What messages are narrowed to; None does not narrow. `reason` is how the reason begins.

    `places` are the copropiedades whose messages are seen; what belongs to none is seen by None alone.
    """

    state: str | None = None
    channel: str | None = None
    event: str | None = None
    event_id: str | None = None
    person: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    places: PropertyScope = None


class LogStore(Protocol):
    """
    What operators look at, newest first.

    Where there are `places`, what does not belong to one of them is not there.
    """

    async def messages(self, narrowed: MessageFilter, *, after: str | None, limit: int) -> Page:
        """List messages, the person as a reference, without name and address."""

    async def message(
        self, message_id: UUID, *, places: PropertyScope = None, whole: bool = False
    ) -> Mapping[str, Json] | None:
        """Show one: also its attempts, skipped channels, name and address, masked unless `whole`."""

    async def clocks(self, ids: Sequence[UUID]) -> Sequence[Mapping[str, Json]]:
        """
        Show these clocks in the order asked.

        A row has also its steps, of which the first `fired` are done, and its course.
        """

    async def told(self, event_ids: Collection[str]) -> Sequence[Mapping[str, Json]]:
        """List the messages of these events of the hub's own, oldest first; the names are masked."""

    async def clock(self, clock_id: UUID, *, places: PropertyScope = None) -> Clock | None:
        """Answer one clock whole, with what has befallen it."""

    async def recent_clocks(
        self, *, state: str | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        """List clocks from SQL, for ended ones and for when Redis is away."""

    async def clocks_of(
        self, places: Collection[str], states: Collection[str], *, after: str | None, limit: int
    ) -> Page:
        """List the clocks of copropiedades in these states, soonest due first."""

    async def kept_promises(
        self, period: Period, *, area: str | None, places: PropertyScope = None
    ) -> Sequence[PromiseRecord]:
        """
        Answer all clocks of the cases of which one began in the period, by their start.

        Narrowed to a `service_area` and to places, each clock by itself.
        """

    async def dead(
        self,
        *,
        state: str | None,
        after: str | None,
        limit: int,
        reason: str | None = None,
        event: str | None = None,
    ) -> Page:
        """
        List dead letters; `state` is `open`, `replayed` or `discarded`.

        Narrowed to those that have `reason` in their reason, and to an event's name (`pqrs.received`).
        """

    async def dead_letter(self, letter_id: UUID) -> DeadLetter | None:
        """Answer one dead letter whole."""

    async def settle_dead(self, letter_id: UUID, *, state: str, times: int | None = None) -> bool:
        """
        Set `replayed` or `discarded`; false when it was settled already or is unknown.

        Also false when its bytes have come more than the given `times`: a replay that has failed again
        by now stays open.
        """

    async def unreached(self, *, after: str | None, limit: int, places: PropertyScope = None) -> Page:
        """List the events that do not reach all whom they are for, by their ids, with the reasons."""

    async def inbox(self, person: str, *, limit: int) -> Sequence[Mapping[str, Json]]:
        """Answer the in-app messages of a person."""

    async def counts(self, places: PropertyScope = None) -> Mapping[str, Mapping[str, int]]:
        """
        Count messages by state, clocks by state, dead letters by state, for the page and metrics.

        Dead letters belong to no copropiedad.
        """
