"""Transaction of a dry run, which notes what is planned in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from hub.intake.resolved_audience import NOBODY
from hub.model import (
    AddedEvent,
    AudienceRecord,
    Claimed,
    Clock,
    Event,
    Message,
    Outcome,
    StoredEvent,
    Unreached,
)
from hub.model.posters import PosterRequest
from hub.ports import DryRunTransaction

MOST_STORED: Final = 2_000
"""Messages that are stored, to be judged as a worker would; those of a larger crowd count as planned."""


class PlanRecord:
    """An IntakeTransaction that notes some calls; the transaction below it does the others."""

    def __init__(self, transaction: DryRunTransaction) -> None:
        self._transaction = transaction
        self.new: set[UUID] = set()
        self.rows: dict[UUID, StoredEvent] = {}
        self.planned: dict[UUID, Message] = {}
        self.stored: list[UUID] = []
        self.records: dict[tuple[UUID, int], AudienceRecord] = {}
        self.posters = 0
        self.before: dict[UUID, Clock] = {}
        self.after: dict[UUID, Clock] = {}
        self._base: dict[tuple[UUID, int], AudienceRecord] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)

    async def add_events(self, events: Sequence[StoredEvent]) -> Mapping[UUID, AddedEvent]:
        self.rows.update((event.key, event) for event in events)
        new = await self._transaction.add_events(events)
        self.new.update(new)
        return new

    async def add_messages(self, messages: Sequence[Message]) -> None:
        self.planned.update((message.id, message) for message in messages)
        fits = messages[: max(0, MOST_STORED - len(self.stored))]
        if fits:
            await self._transaction.add_messages(fits)
            self.stored += [message.id for message in fits]

    async def keep_audiences(self, records: Sequence[AudienceRecord]) -> None:
        """Note them; they are not stored, because a page of a crowd would replace the one before."""
        for record in records:
            key = (record.event_key, record.audience)
            known = self.records.get(key)
            self.records[key] = record if known is None else self._with_page(key, known, record)

    def _with_page(
        self, key: tuple[UUID, int], known: AudienceRecord, page: AudienceRecord
    ) -> AudienceRecord:
        """Each page counts from the first one, after the people who were looked up at once."""
        base = self._base.setdefault(key, known)
        people = base.people + page.people
        why = None if page.why == NOBODY and people else page.why
        return replace(known, people=people, why=why, left_out=[*known.left_out, *page.left_out])

    async def clocks(self, cases: Collection[str], ids: Collection[UUID]) -> Sequence[Clock]:
        found = await self._transaction.clocks(cases, ids)
        self.before.update((clock.id, clock) for clock in found)
        return found

    async def save_clocks(self, clocks: Sequence[Clock]) -> None:
        self.after.update((clock.id, clock) for clock in clocks)
        await self._transaction.save_clocks(clocks)

    async def ask_posters(self, posters: Sequence[PosterRequest]) -> None:
        self.posters += len(posters)
        await self._transaction.ask_posters(posters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """
    The record of events in a transaction that was rolled back.

    `claimed` are the messages as a worker would hold them, `judged` those that must not leave at once.
    """

    events: Mapping[UUID, Event]
    at: datetime
    noted: PlanRecord
    unreached: Sequence[Unreached]
    claimed: Mapping[UUID, Claimed]
    judged: Mapping[UUID, Outcome]
