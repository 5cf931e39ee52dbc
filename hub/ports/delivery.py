"""The database as delivery needs it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from hub.model import Claimed, InvalidContact, Message, Outcome, StoredEvent
from hub.policy.limits import ContactLimits


class CascadeStore(Protocol):
    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Insert; a message that exists stays as it is."""

    async def events_of(self, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
        """Return those of these events that are stored."""

    async def end_cascades(self, ids: Collection[UUID]) -> None:
        """Mark these lost messages as final: their alert is published, and no step follows."""


class DeliveryStore(CascadeStore, Protocol):
    async def claim(self, ids: Sequence[UUID], *, token: UUID, lease: timedelta) -> Sequence[Claimed]:
        """
        Claim the messages that may be sent now, with one statement.

        These are `queued`, and `held` or `retrying` with a `next_at` in the past. They become `sending`, with
        `next_at` at the lease's end and attempt + 1. Rows locked by another worker are skipped. A lease that
        has ended is left to the timers (`TimerStore.release_due`). A claim whose answer was lost may be
        repeated under its token: it takes the same rows, and counts no further attempt.
        """

    async def take_turns(
        self, asked: Collection[tuple[str, UUID]], once_per: timedelta
    ) -> frozenset[tuple[str, UUID]]:
        """
        Give each person's turn to be asked to this survey (by its event's key); return those that have it.

        A turn that another survey has taken is free after `once_per`, or if none of its messages can have
        reached the person or is under way: a call of unknown outcome counts. `once_per` begins when the
        survey is last about to leave. Each person is named once.
        """

    async def have_asked(
        self, reminded: Collection[tuple[str, UUID]], once_per: timedelta
    ) -> frozenset[tuple[str, UUID]]:
        """Return those of these turns that their survey has, and of which it has been accepted."""

    async def reserve_contacts(
        self, messages: Sequence[Message], *, token: UUID, on: date, limits: ContactLimits
    ) -> Mapping[UUID, date]:
        """
        Make these messages, claimed under the token, their persons' contacts of this day, as far as allowed.

        Return for each the first day on which it may be a contact (`contact_rules.limits`): if that is `on`,
        it has the contact of this day. Of two workers at the same instant one gets it. A reserved contact
        counts until `settle_contacts` says otherwise, so that a worker that dies has used it up.
        """

    async def addresses_of(self, people: Collection[str]) -> Mapping[str, Sequence[str]]:
        """
        Return the email addresses and numbers of these people of the directory, none for a person without
        any.

        A person whose addresses cannot be read is left out, like one who is not in the directory.
        """

    async def settle_contacts(
        self, token: UUID, *, free: Collection[UUID] = (), retried: Collection[UUID] = ()
    ) -> None:
        """
        Give back the contacts of messages that certainly reached nobody: `free` ones to anybody.

        Those of `retried` messages are kept for their own retry while that may come. Only contacts that were
        reserved under this token are changed.
        """

    async def record(self, token: UUID, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
        """
        Write outcomes and their attempts with one statement; return the ids that took effect.

        Conditional on the token: a row that another worker has claimed meanwhile is left alone (its
        attempt is still stored). One that the timers have made `queued` again, and nobody has claimed, counts
        as held. A row that a receipt has advanced is not moved back.
        """

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        """Suppress the contact points of these messages for the policy's time."""

    async def step_failed(self, messages: Sequence[Message]) -> frozenset[UUID]:
        """Return the messages whose whole step has failed (event, person, audience, occasion, step)."""
