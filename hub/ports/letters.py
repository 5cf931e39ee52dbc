"""Letters to print and hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from hub.model import Json, Outgoing, PropertyScope, StoredEvent
from hub.ports.log import Page


class LetterStore(Protocol):
    """
    Letters, each with the id of its message.

    A message whose document staff must print itself (`document_not_printed`) is shown and handed over like a
    letter, and is in no list.

    With `places`, letters of messages that belong to none of them are left out.
    """

    async def add(self, letters: Sequence[Outgoing]) -> None:
        """Store letters to print; a repeat of an id changes nothing."""

    async def letters(
        self, *, handed_over: bool | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        """List letters, newest first, without name and text."""

    async def letter(self, letter_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        """Return a letter whole, with name, text and the page to print."""

    async def event_of(self, letter_id: UUID) -> StoredEvent | None:
        """Return the event of a letter; None if the letter or its message does not exist."""

    async def hand_over(self, letter_id: UUID, places: PropertyScope = None) -> bool | None:
        """
        Mark a letter as handed over: its message becomes `delivered`, with an attempt that records it.

        Return false if it was marked before, None if there is no such letter.
        """
