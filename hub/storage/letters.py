"""Letters as the channel stores them; `hub.desk.letters` has the acts of an office."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from uuid import UUID

from hub.model import Outgoing, Rendered
from hub.storage.database import Store, load, read_first, write

_SQL = load("letters")


class PostgresLetters(Store):
    """Letters from when they are made, and their words."""

    async def add(self, letters: Sequence[Outgoing]) -> None:
        """Store letters to print; the same id again changes nothing."""
        rows = [(*row_of(letter), letter.message.name) for letter in letters]
        await write(self, _SQL["add"], sorted(rows, key=itemgetter(0)))

    async def words(self, message_id: UUID) -> Rendered | None:
        """Return subject, text and page of a stored letter."""
        return read_first(Rendered, await self.rows(_SQL["words"], message_id))


def row_of(outgoing: Outgoing) -> tuple[object, ...]:
    """Return the row of a message with its rendered text, for each channel that stores one."""
    message, words = outgoing.message, outgoing.rendered
    return (message.id, message.person, message.event, words.subject, words.text, words.html)
