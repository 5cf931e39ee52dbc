"""Letters to be printed and handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from hub.model import Json, Outgoing, PropertyScope, StoredEvent
from hub.ports.log import Page


class LetterStore(Protocol):
    """
    Letters, each under the id of its message.

    Where there are `places`, letters of messages that belong to none of them are not there.
    """

    async def add(self, outgoing: Outgoing) -> None:
        """Keep a letter to be printed; the same id again changes nothing."""

    async def letters(
        self, *, handed_over: bool | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        """List letters, newest first, without name and text."""

    async def letter(self, letter_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        """Show one whole: also name, text and the page to print."""

    async def event_of(self, letter_id: UUID) -> StoredEvent | None:
        """Answer the event that a letter tells; None when its message, or the letter, is not there."""

    async def hand_over(self, letter_id: UUID, places: PropertyScope = None) -> bool | None:
        """
        Say that it was handed over: its message is `delivered`, with an attempt that says so.

        False when that was said before, None when there is no such letter.
        """
