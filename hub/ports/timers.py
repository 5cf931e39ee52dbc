"""The database as the timers need it, and the current time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from hub.model import (
    AccountReset,
    Clock,
    DeadLetter,
    DispatchStatus,
    Inbound,
    Lane,
    LiveClock,
    Message,
    Person,
    WatchedClock,
)
from hub.model.tickets import Ticket
from hub.people.audience import Group
from hub.people.contact_changes import ContactChange
from hub.ports.appointments import Later
from hub.ports.delivery import CascadeStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """A batch that was worked: its run, how many rows, and the tickets that are still to be published."""

    run: UUID
    count: int
    tickets: Sequence[Ticket] = ()


Replay = Callable[[DeadLetter], Awaitable[None]]
"""Publishes a dead letter again."""


Now = Callable[[], datetime]
"""Returns the current time, aware UTC."""


class TimerStore(CascadeStore, Protocol):
    async def release(self, ids: Collection[UUID]) -> Sequence[Ticket]:
        """
        Make `queued`, and ticket, those of these messages whose `next_at` has come.

        A conditional update on `next_at` of `held` and `retrying` rows: that is the fence against a second
        firing. It clears `next_at` and the lease, and starts the sweep age.
        """

    async def release_due(self, limit: int, as_of: datetime, grace: timedelta) -> Sequence[Ticket]:
        """
        Do the same for all due messages, from SQL alone, and end the leases of dead workers.

        A lease is over that ended by `grace` before `as_of`, the time with which the database has just
        answered. Its row keeps the token: until another worker claims it, its last holder's outcome counts.
        """

    async def broken_cascades(self, limit: int) -> Sequence[Message]:
        """
        Return lost messages whose cascade was not continued, because a worker died in between.

        Their whole step is lost. Either there is a `fallback` and no row of the next step, or there is
        none, the purpose is `legal`, and no alert was published (`end_cascades`).
        """

    async def unconfirmed(self, limit: int, again: timedelta) -> Sequence[Message]:
        """
        Return accepted messages whose receipt is overdue, so that their next step is due.

        Only if all other messages of the step are lost or overdue too. If another is still in progress,
        check `again` later; if another has reached the person, stop waiting.
        """

    async def stop_waiting(self, ids: Collection[UUID]) -> None:
        """Stop waiting for the receipts of these: their next step exists. A receipt may still come."""

    async def stale_queued(
        self, channel: str, lane: Lane, sweep_after: timedelta, limit: int, *, empty: bool
    ) -> Sequence[Ticket]:
        """
        Make tickets for `queued` messages of this queue that are older than their sweep age and lost.

        A message is lost if it was ticketed before one that has been claimed: a queue is first in, first out.
        Without a ready ticket (`empty`) and a live lease, all of them are. The sweep age restarts and doubles
        with each sweep, so that a backlog never multiplies.
        """

    async def clocks_by_id(self, ids: Collection[UUID]) -> Sequence[Clock]:
        """Return these clocks."""

    async def due_clocks(self, limit: int, overdue: timedelta) -> Sequence[Clock]:
        """Return clocks whose next step is at least `overdue` late, from SQL alone, soonest first."""

    async def held_levels(
        self, escalating: Sequence[tuple[Clock, Collection[int]]]
    ) -> Mapping[UUID, Collection[int]]:
        """Return by clock which of these levels somebody holds now in its place; people on leave do not."""

    async def names(self, refs: Collection[str]) -> Mapping[str, str]:
        """Return the names of these people of the directory, by reference; unknown people have none."""

    async def concerned(self, asking: Sequence[Clock]) -> Mapping[UUID, Sequence[str]]:
        """
        Return by clock the people of the directory for whom its follow-up is, by reference, each once.

        They are the parties of its case, or the people of its copropiedad with such a role. A person who has
        moved away is not among them, nor is a party who is known only by an address.
        """

    async def called(self, event_ids: Collection[str]) -> Mapping[str, Collection[str]]:
        """
        Return event of the hub's own → the person_ids of the staff to whom it was addressed.

        An event that intake has not stored is missing from the result.
        """

    async def call_off(self, event_ids: Collection[str]) -> None:
        """Cancel the pending messages to staff of these events of the hub's own: their clock has ended."""

    async def dispatch(self, keys: Collection[UUID]) -> Mapping[UUID, DispatchStatus]:
        """
        Return for each of these events whether its messages have left.

        A letter leaves when it is handed over; reminders do not count. An event that is still being expanded
        has pending messages.
        """

    async def advance(self, advanced: Sequence[Clock], *, seen: Sequence[Clock]) -> Collection[UUID]:
        """
        Write state, level and `fired` of each clock that is unchanged since it was `seen`; return their ids.

        A clock that has ended meanwhile is not written. Of the steps, only the notified level (`told`) of
        the done one is written; the others may have changed meanwhile.
        """

    async def reschedule_clocks(
        self, calendar: str, reschedule: Callable[[Clock], Clock], limit: int
    ) -> Sequence[Clock]:
        """
        Reschedule, store and return running clocks that another calendar scheduled.

        Each clock is locked meanwhile; one that is locked elsewhere is left for the next call.
        """

    async def watched_clocks(self, at: datetime, after: UUID | None, limit: int) -> Sequence[WatchedClock]:
        """Return a page, by id, of the running clocks whose first step is due by `at`; no paused ones."""

    async def people(self, groups: Collection[Group]) -> Mapping[Group, Sequence[Person]]:
        """Return each group's people, sorted by ref, each person once."""

    async def settle_early(self, limit: int) -> int:
        """Apply the receipts that came before our own record of their message; return how many."""

    async def drop_early(self, older_than: timedelta) -> int:
        """Delete early receipts whose message was never recorded; return how many."""

    async def drop_contact_slots(self, before: date) -> int:
        """Delete the contacts of days before this one, which limit nothing any more; return how many."""

    async def unpublished_replies(self, limit: int) -> Sequence[Inbound]:
        """Return stored replies that were not published, because the hub or the broker went away."""

    async def mark_published(self, reply_id: UUID) -> None:
        """Store that a reply's event is with the broker."""

    async def contact_changes(self, limit: int) -> Sequence[ContactChange]:
        """Return versions of people whose former contacts are not notified yet, the oldest first."""

    async def mark_notified(self, changes: Sequence[ContactChange]) -> None:
        """Store that the notices of these changes are with the broker."""

    async def untold_resets(self, limit: int) -> Sequence[AccountReset]:
        """Return resets of passwords of which the account's person was not told yet, the oldest first."""

    async def mark_told(self, resets: Sequence[AccountReset]) -> None:
        """Store that the notices of these resets are with the broker."""

    async def waiting_appointments(self, after: UUID | None, limit: int) -> Sequence[Later]:
        """Return a page of the `held` or `retrying` messages with a `next_at`, to arm them again."""

    async def live_clocks(self, after: UUID | None, limit: int) -> Sequence[LiveClock]:
        """Return a page of the clocks that have not ended, or have not notified their end; no silent ones."""
