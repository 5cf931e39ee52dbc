"""Record that a letter was delivered by hand: publish it to its case, and mark the message delivered."""

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
    Record the delivery of a letter; false if it was recorded before, None if there is no such letter.

    The event is published first, on every call: if the hub stops in between, the letter is still open, and
    the retry publishes the event under the same id.
    """
    if await store.letter(letter_id, places) is None:
        return None
    stored = await store.event_of(letter_id)
    if stored is not None and stored.case is not None:
        await publisher.event(letter_handed_over(letter_id, stored, now=now))
    return await store.hand_over(letter_id, places)
