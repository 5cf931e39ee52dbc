"""Letters at the office: make a batch of them, post one, hand one over, which delivers its message."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from hub.access.actor import Actor
from hub.errors import NothingToPrint, TooLate
from hub.messages.planning.undelivered import letter_handed_over
from hub.model import PropertyScope
from hub.model.letters import BatchLetter, LetterState, MadeBatch, PrintBatch, guide_of
from hub.model.paper import PaperSize
from hub.ports import BatchStore, LetterStore, Publisher

_NOT_PRINTED: Final = (
    "The batch is not marked as printed. Mark it first: `hub letters printed`, "
    "POST /api/letters/batches/{id}/printed."
)


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


async def make_batch(by: Actor, store: BatchStore, copropiedad: str | None, *, size: PaperSize) -> MadeBatch:
    """
    Make a batch of the open letters of a copropiedad; without one, of those that belong to none.

    The audit says first for where, and then which batch it is. Raises NothingToPrint.
    """
    if by.places is not None and copropiedad not in by.places:
        raise NothingToPrint
    await by.note("batch.make", f"copropiedad:{copropiedad}" if copropiedad else "letters")
    made = await store.make(copropiedad, by=by.by, size=size, now=by.now)
    await by.note("batch.make", f"batch:{made.batch}", made=made.made)
    return made


async def to_hand_over(batch: PrintBatch, batches: BatchStore) -> list[BatchLetter]:
    """
    Return the letters of a batch that are still on the table. Raises TooLate unless it is printed.

    What is with the post has not arrived: each is recorded by its own id, when the post reports it.
    """
    if batch.printed_at is None or batch.cancelled_at is not None:
        raise TooLate(_NOT_PRINTED)
    letters = await batches.letters_of(batch.id)
    return [letter for letter in letters if letter.state is LetterState.PRINTED]


async def post(
    letter_id: UUID, guide: str, *, store: LetterStore, places: PropertyScope = None
) -> bool | None:
    """
    Record that a letter is on its way by certified post, with the number of its guide.

    False if it was recorded with this guide before, None if there is no such letter. Raises InvalidGuide, and
    TooLate if it was delivered.
    """
    return await store.post(letter_id, guide_of(guide), places)
