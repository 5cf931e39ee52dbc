"""Letters, as rows until they are delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final
from uuid import UUID

from hub.errors import TooLate
from hub.model import Json, Outgoing, PropertyScope, State, StoredEvent
from hub.model.letters import POSTED, LetterBuilding, LetterState
from hub.model.state_machine import sources
from hub.ports import Page
from hub.ports.letters import EVERY_LETTER, LetterFilter
from hub.storage import events
from hub.storage.database import Store, load, read, write
from hub.storage.filters import listed
from hub.storage.paging import paged, shown

_SQL = load("letters")
_BY_HAND: Final = "hub"
_TO_DO: Final = (
    "Esta persona debe recibir un documento en papel. Imprímalo, entrégueselo y registre la entrega."
)
TO_PRINT: Final = ("Documento por imprimir y entregar", _TO_DO, f"<p>{_TO_DO}</p>")
"""What stands in for a letter whose document is a link: subject, text, page."""
_DELIVERED: Final = "It was delivered before. Look at it: `hub letters show`, GET /api/letters/{id}."


class PostgresLetters(Store):
    """The LetterStore."""

    async def add(self, letters: Sequence[Outgoing]) -> None:
        """Store letters to print; the same id again changes nothing."""
        rows = [(*row_of(letter), letter.message.name) for letter in letters]
        await write(self, _SQL["add"], sorted(rows, key=itemgetter(0)))

    async def letters(
        self,
        asked: LetterFilter = EVERY_LETTER,
        *,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
    ) -> Page:
        states = [state for state in LetterState if asked.has(state)]
        given = (listed(places), asked.copropiedad_id, states, TO_PRINT[0])
        return await paged(self, _SQL["list"], after, limit, *given, by="created_at")

    async def buildings(self, places: PropertyScope = None) -> Sequence[LetterBuilding]:
        rows = await self.rows(_SQL["buildings"], listed(places))
        return [read(LetterBuilding, row) for row in rows]

    async def letter(self, letter_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        rows = await self.rows(_SQL["show"], letter_id, listed(places), *TO_PRINT)
        return shown(rows[0]) if rows else None

    async def event_of(self, letter_id: UUID) -> StoredEvent | None:
        rows = await self.rows(_SQL["event"], letter_id)
        return events.event_of(rows[0]) if rows else None

    async def hand_over(self, letter_id: UUID, places: PropertyScope = None) -> bool | None:
        before = sorted(sources(State.DELIVERED))
        rows = await self.rows(_SQL["hand_over"], letter_id, before, _BY_HAND, listed(places))
        return rows[0]["changed"] if rows else None

    async def post(self, letter_id: UUID, guide: str, places: PropertyScope = None) -> bool | None:
        rows = await self.rows(_SQL["post"], letter_id, guide, _BY_HAND, listed(places), POSTED)
        if rows and rows[0]["delivered"]:
            raise TooLate(_DELIVERED)
        return rows[0]["changed"] if rows else None


def row_of(outgoing: Outgoing) -> tuple[object, ...]:
    """Return what a stored message has of its rendered text, whatever channel stores it."""
    message, words = outgoing.message, outgoing.rendered
    return (message.id, message.person, message.event, words.subject, words.text, words.html)
