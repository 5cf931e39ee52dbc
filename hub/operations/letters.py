"""A letter is handed over: its case hears of it, and its message is delivered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hub.messages.planning.undelivered import letter_handed_over
from hub.model import PropertyScope
from hub.ports import LetterStore, Publisher


async def hand_over(
    letter_id: UUID, *, store: LetterStore, publisher: Publisher, now: datetime, places: PropertyScope = None
) -> bool | None:
    """
    Say that a letter was handed over; false when that was said before, None when there is no such letter.

    The event first, and each time: whoever was cut off in between finds the letter open still, and says
    it again under the same id.
    """
    if await store.letter(letter_id, places) is None:
        return None
    stored = await store.event_of(letter_id)
    if stored is not None and stored.case is not None:
        await publisher.event(letter_handed_over(letter_id, stored, now=now))
    return await store.hand_over(letter_id, places)
