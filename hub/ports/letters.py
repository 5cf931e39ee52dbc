"""Letters to print and hand over, and the batches in which they are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from msgspec import Struct

from hub.model import Json, Outgoing, PropertyScope, StoredEvent
from hub.model.letters import (
    BatchLetter,
    LetterBuilding,
    LetterState,
    MadeBatch,
    MissingLetter,
    PrintBatch,
    PrintedLetter,
)
from hub.ports.log import Page


class LetterFilter(Struct, frozen=True, kw_only=True):
    """Which letters a list has; what is None does not narrow it."""

    state: LetterState | None = None
    handed_over: bool | None = None
    copropiedad_id: str | None = None

    def has(self, state: LetterState) -> bool:
        """Return whether letters in this state are among them."""
        over = state is LetterState.DELIVERED
        return self.state in (None, state) and self.handed_over in (None, over)


EVERY_LETTER: Final = LetterFilter()


class LetterStore(Protocol):
    """
    Letters, each with the id of its message.

    A message whose document staff must print itself (`document_not_printed`) is listed, shown, posted and
    handed over like a letter, and is in no batch.

    With `places`, letters of messages that belong to none of them are left out.
    """

    async def add(self, letters: Sequence[Outgoing]) -> None:
        """Store letters to print; a repeat of an id changes nothing."""

    async def letters(
        self,
        asked: LetterFilter = EVERY_LETTER,
        *,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
    ) -> Page:
        """List letters, newest first, without name and text."""

    async def buildings(self, places: PropertyScope = None) -> Sequence[LetterBuilding]:
        """Count what waits in each copropiedad; one where nothing waits is left out."""

    async def letter(self, letter_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        """Return a letter whole, with name, text and the page to print."""

    async def event_of(self, letter_id: UUID) -> StoredEvent | None:
        """Return the event of a letter; None if the letter or its message does not exist."""

    async def hand_over(self, letter_id: UUID, places: PropertyScope = None) -> bool | None:
        """
        Mark a letter as handed over: its message becomes `delivered`, with an attempt that records it.

        Return false if it was marked before, None if there is no such letter.
        """

    async def post(self, letter_id: UUID, guide: str, places: PropertyScope = None) -> bool | None:
        """
        Mark a letter as posted, with an attempt that has the number of its guide. Another guide corrects it.

        Return false if it was marked with this guide before, None if there is no such letter. Raises TooLate
        if it was delivered.
        """


class BatchStore(Protocol):
    """
    Batches: what of one copropiedad is printed together. A letter is in one batch at most.

    A recalled letter is deleted, and so leaves its batch. With `places`, other batches are not there.
    """

    async def make(self, copropiedad_id: str | None, *, by: str, size: str, now: datetime) -> MadeBatch:
        """
        Make a batch of what is open there, by tower and unit, people without a unit last.

        Where nothing is open: the newest one that is not printed. Raises NothingToPrint if there is none.
        """

    async def batches(
        self,
        *,
        copropiedad_id: str | None = None,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
    ) -> Page:
        """List batches, newest first."""

    async def batch(self, batch_id: UUID, places: PropertyScope = None) -> PrintBatch | None:
        """Return a batch; None if there is none."""

    async def letters_of(self, batch_id: UUID) -> Sequence[BatchLetter]:
        """List its letters in the order of printing, without names and texts."""

    async def printed_letters(self, batch_id: UUID) -> Sequence[PrintedLetter]:
        """Return its letters as they are set on paper, in the order of printing."""

    async def printed_letter(self, letter_id: UUID) -> PrintedLetter | None:
        """Return one letter as it is set on paper, whether or not it is in a batch."""

    async def missing_of(self, batch_id: UUID) -> Sequence[MissingLetter]:
        """Return the documents that staff had to print itself when the batch was made."""

    async def mark_printed(self, batch_id: UUID) -> bool:
        """Mark a batch and its letters as printed; false if it was before. Raises TooLate if cancelled."""

    async def cancel(self, batch_id: UUID) -> bool:
        """
        Open its letters again; false if it was cancelled before.

        Raises TooLate if any of them is printed, posted or delivered.
        """
