"""Letters, as rows until they are delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final
from uuid import UUID

from hub.model import Json, Outgoing, PropertyScope, State, StoredEvent
from hub.model.state_machine import sources
from hub.ports import Page
from hub.storage import events
from hub.storage.database import Store, load, write
from hub.storage.filters import listed
from hub.storage.paging import paged, shown

_SQL = load("letters")
_LISTS: Final[Mapping[bool | None, str]] = {None: "every", False: "open", True: "handed_over"}
_BY_HAND: Final = "hub"
_TO_DO: Final = (
    "Esta persona debe recibir un documento en papel. Imprímalo, entrégueselo y registre la entrega."
)
TO_PRINT: Final = ("Documento por imprimir y entregar", _TO_DO, f"<p>{_TO_DO}</p>")
"""What stands in for a letter whose document is a link: subject, text, page."""


class PostgresLetters(Store):
    """The LetterStore."""

    async def add(self, letters: Sequence[Outgoing]) -> None:
        """Store letters to print; the same id again changes nothing."""
        rows = [(*row_of(letter), letter.message.name) for letter in letters]
        await write(self, _SQL["add"], sorted(rows, key=itemgetter(0)))

    async def letters(
        self, *, handed_over: bool | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        statement = _SQL[_LISTS[handed_over]]
        return await paged(self, statement, after, limit, listed(places), by="created_at")

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


def row_of(outgoing: Outgoing) -> tuple[object, ...]:
    """Return what a stored message has of its rendered text, whatever channel stores it."""
    message, words = outgoing.message, outgoing.rendered
    return (message.id, message.person, message.event, words.subject, words.text, words.html)
