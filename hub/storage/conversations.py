"""Conversations in PostgreSQL: the last words of a person, and what is known of them, for who answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub.model import Person, PropertyScope, Purpose
from hub.model.casework import LastWord
from hub.people.audience import Group
from hub.storage import consents, people
from hub.storage.database import Store, load, read, storable
from hub.storage.filters import listed

_SQL: Final = load("conversations")


class PostgresConversations(Store):
    async def last_words(
        self, case: str, places: PropertyScope = None, *, alone: bool = False
    ) -> Sequence[LastWord]:
        """Return the last thing that somebody wrote in a case by each channel; `alone` as in KnownCase."""
        threads = [storable(case), storable(case.partition(":")[2])]
        rows = await self.rows(_SQL["last_words"], threads, listed(places), alone)
        return [read(LastWord, row) for row in rows]

    async def whatsapp_at(self, addresses: Sequence[str], person: str | None) -> datetime | None:
        """Return when these numbers, or this person's, last wrote by WhatsApp; None: not of late."""
        [row] = await self.rows(_SQL["whatsapp_at"], list(addresses), storable(person))
        at: datetime | None = row["at"]
        return at

    async def person(self, ref: str) -> Person | None:
        """Return somebody of the directory with what decides whether they may be answered."""
        group = Group(person=storable(ref))
        found = await consents.with_facts(
            self, Purpose.TRANSACTIONAL, (await people.look_up(self, [group]))[group]
        )
        return found[0] if found else None
