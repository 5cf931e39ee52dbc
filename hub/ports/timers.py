"""What the timers ask of the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from hub.model import Clock, DispatchStatus, Inbound, Lane, Message
from hub.model.tickets import Ticket
from hub.ports.cascades import CascadeStore


class TimerStore(CascadeStore, Protocol):
    async def release(self, ids: Collection[UUID]) -> Sequence[Ticket]:
        """
        Make `queued` again, and ticket, those of these messages whose `next_at` has come.

        A conditional update on `next_at` of `held`, `retrying` and (a lease that ended) `sending`
        rows: that is the fence, whoever fires twice. It clears `next_at` and starts the sweep age.
        """

    async def release_due(self, limit: int) -> Sequence[Ticket]:
        """Do the same for any message, from SQL alone: orphans of dead workers, lost appointments."""

    async def broken_cascades(self, limit: int) -> Sequence[Message]:
        """
        Return lost messages that nobody has gone on from, because a worker died in between.

        Their whole step is lost, and either there is a `fallback` and no row of the step after it, or
        there is none, the purpose is `legal`, and nothing was said of it (`end_cascades`).
        """

    async def unconfirmed(self, limit: int, again: timedelta) -> Sequence[Message]:
        """
        Return accepted messages whose receipt has not come in time, so that their next step is due.

        Only where the whole step is lost or as overdue; others of it that are still at work are looked
        at `again` later, and where one has reached the person nobody waits any more.
        """

    async def stop_waiting(self, ids: Collection[UUID]) -> None:
        """Wait no longer for the receipts of these: their next step is there. It may still come."""

    async def stale_queued(
        self, channel: str, lane: Lane, sweep_after: timedelta, limit: int
    ) -> Sequence[Ticket]:
        """
        Make tickets for `queued` messages of this queue older than their sweep age.

        None while a lease of this queue lives (a row of it is `sending`), for then it is being worked
        on. Their age starts anew and doubles with each sweep, so that a backlog never multiplies.
        """

    async def clocks_by_id(self, ids: Collection[UUID]) -> Sequence[Clock]:
        """Return these clocks."""

    async def due_clocks(self, limit: int, overdue: timedelta) -> Sequence[Clock]:
        """Return clocks whose next step came so long ago, or longer, from SQL alone, soonest first."""

    async def held_levels(
        self, climbing: Sequence[tuple[Clock, Collection[int]]]
    ) -> Mapping[UUID, Collection[int]]:
        """Return of each clock which of its levels somebody holds now where it belongs, leave honoured."""

    async def called(self, event_ids: Collection[str]) -> Mapping[str, Collection[str]]:
        """
        Return the staff that each of these events of the hub's own was addressed to, by person_id.

        An event that has not been taken in is not in the answer.
        """

    async def call_off(self, event_ids: Collection[str]) -> None:
        """Cancel what these events of the hub's own would still tell staff, for their matter is over."""

    async def dispatch(self, keys: Collection[UUID]) -> Mapping[UUID, DispatchStatus]:
        """
        Return, of each of these events, whether its messages have left.

        A letter has left when it was handed over; a reminder is not waited for. An event that is still being
        expanded has something pending.
        """

    async def advance(self, advanced: Sequence[Clock], *, seen: Sequence[Clock]) -> Collection[UUID]:
        """
        Write state, level and `fired` of each clock that still stands as it was `seen`; return which did.

        One that has ended meanwhile does not. Of the step that was done also the level that was `told`; the
        others may have changed meanwhile.
        """

    async def reschedule_clocks(
        self, calendar: str, reschedule: Callable[[Clock], Clock], limit: int
    ) -> Sequence[Clock]:
        """
        Write and return what `lay` makes of clocks that have not ended and ran by another calendar.

        Each is locked meanwhile; one that somebody else holds is left for the next time.
        """

    async def settle_early(self, limit: int) -> int:
        """Give their messages the receipts that came before our own record; return how many."""

    async def drop_early(self, older_than: timedelta) -> int:
        """Forget receipts whose message never came to be known; return how many."""

    async def unpublished_replies(self, limit: int) -> Sequence[Inbound]:
        """Return what people wrote and nobody was told of: the hub or the broker went away in between."""

    async def mark_published(self, reply_id: UUID) -> None:
        """Set that a reply's event is with the broker."""

    async def waiting_appointments(
        self, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, Lane, datetime]]:
        """Page through the messages with a `next_at` that are `held` or `retrying`, to arm them again."""

    async def live_clocks(self, after: UUID | None, limit: int) -> Sequence[Clock]:
        """Page through the clocks that have not ended, or have still to tell that they have."""
