"""Letters: list, show and print them, make batches of them, post them and hand them over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from msgspec.structs import asdict

from hub.desk.letters import queries
from hub.desk.letters.document import give_document
from hub.desk.letters.printer import PrintedPages, batch_on_paper, letter_on_paper
from hub.desk.letters.rows import (
    BatchBody,
    BatchDelivered,
    BatchesQuery,
    BatchLetter,
    BatchMade,
    BatchWhole,
    DocumentBody,
    LetterBuilding,
    LetterDocument,
    LetterRow,
    LettersQuery,
    LetterWhole,
    PostedBody,
    PrintBatch,
)
from hub.doors.act import File
from hub.doors.operator import Operator, found
from hub.errors import InvalidGuide, NothingToPrint, TooLate
from hub.messages.planning.undelivered import letter_handed_over
from hub.model.documents import LinkedDocument
from hub.model.letters import HandedOver, LetterState
from hub.model.pages import ListQuery, Rows, rows_by

LETTER: Final = "letter"
BATCH: Final = "batch"
_GUIDE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{3,31}")
_NOT_PRINTED: Final = (
    "The batch is not marked as printed. Mark it first: `hub letters printed`, "
    "POST /api/letters/batches/{id}/printed."
)


async def list_letters(by: Operator, query: LettersQuery) -> Rows[LetterRow]:
    """
    List letters to be printed and handed over, newest first.

    Documents that must be printed without a letter are among them.

      hub letters list --copropiedad ph-rosal --state open

    open: nobody has printed it. batched: in a batch that is not printed yet. printed: on paper. posted: on
    its way by certified post. delivered: handed over.
    """
    return await queries.letters(by.db, query, by.places)


async def list_buildings(by: Operator, query: ListQuery) -> Rows[LetterBuilding]:
    """
    Count the letters to be printed and handed over in each copropiedad.

    `open` are the letters that a batch would take; `documents` must be printed by hand.
    """
    rows = await queries.buildings(by.db, by.places)
    return rows_by(rows, query, lambda row: (row.copropiedad_id or "",))


async def mark(by: Operator) -> object:
    """Return a value that differs once a letter has come further."""
    return await queries.buildings(by.db, by.places)


async def show_letter(by: Operator, letter_id: UUID) -> LetterWhole:
    """Show a letter as it is printed."""
    return await _seen(by, letter_id, "letter.show")


async def look_at_letter(by: Operator, letter_id: UUID) -> LetterWhole:
    """Show how far a letter has come."""
    return await _seen(by, letter_id, "letter.look")


async def print_letter(by: Operator, letter_id: UUID) -> LetterWhole:
    """Show the page to print."""
    return await _seen(by, letter_id, "letter.print")


async def show_document(by: Operator, letter_id: UUID) -> LinkedDocument:
    """Send the document that belongs to a letter, to print it too."""
    await _seen(by, letter_id, "letter.document")
    return found("document", await by.stores.documents.of_letter(letter_id, by.places))


async def show_pdf(by: Operator, letter_id: UUID) -> File:
    """Send a letter as it is printed, with its document."""
    letter = await _seen(by, letter_id, "letter.print")
    return File(await letter_on_paper(by.stores, letter), f"carta-{letter_id}.pdf")


async def attach_document(by: Operator, letter_id: UUID, body: DocumentBody) -> LetterDocument:
    """
    Give a letter the PDF that the hub could not fetch: the letters of its event print with it.

    Its size, its beginning and end, and the publisher's digest are checked as if it had been fetched.
    """
    return await give_document(by, await _letter(by, letter_id), body.pdf)


async def mark_posted(by: Operator, letter_id: UUID, body: PostedBody) -> HandedOver:
    """
    Mark a letter as posted, with the number of its guide; another number corrects it.

    It is not delivered by that: mark it as handed over when the post says so.
    """
    letter, guide = await _letter(by, letter_id), guide_of(body.guide)
    await by.audit("letter.posted", f"letter:{letter_id}", person=letter.person)
    changed = await queries.post(by.db, letter_id, guide, by.places)
    return HandedOver(id=letter_id, changed=bool(changed))


async def hand_over(by: Operator, letter_id: UUID) -> HandedOver:
    """Mark a letter as handed over: its message is delivered; safe to repeat."""
    return await _hand_over(by, await _letter(by, letter_id))


async def list_batches(by: Operator, query: BatchesQuery) -> Rows[PrintBatch]:
    """
    List batches of letters, newest first.

    `withdrawn` letters were recalled or erased since; `missing` are documents that staff had to print itself.
    """
    return await queries.batches(by.db, query, by.places)


async def make_batch(by: Operator, body: BatchBody) -> BatchMade:
    """
    Make a batch of the open letters of a copropiedad; its PDF is at `…/{id}/pdf`.

    Safe to repeat: where nothing is open it is the batch that was made before and is not printed.
    """
    place, size = body.copropiedad, body.size or by.stores.policy.paper.size
    if by.places is not None and place not in by.places:
        raise NothingToPrint
    # First for where, and then which batch it is.
    await by.audit("batch.make", f"copropiedad:{place}" if place else "letters")
    made = await queries.make_batch(by.db, place, by=by.by, size=size, now=by.now)
    await by.audit("batch.make", f"batch:{made.batch}", made=made.made)
    batch = await _batch(by, made.batch)
    return BatchMade(**asdict(batch), made=made.made, left=made.left)


async def show_batch(by: Operator, batch_id: UUID) -> BatchWhole:
    """Show a batch and its letters, in the order of printing."""
    batch = await _batch(by, batch_id)
    return BatchWhole(**asdict(batch), items=await queries.letters_of(by.db, batch_id))


async def print_batch(by: Operator, batch_id: UUID) -> File:
    """
    Send the PDF of a batch: a cover, then each letter with its document.

    It changes nothing. Letters that were recalled or erased since are not in it; the cover says how many.
    """
    _, pages = await put_on_paper(by, batch_id)
    return File(pages.content, f"cartas-{batch_id}.pdf")


async def put_on_paper(by: Operator, batch_id: UUID) -> tuple[PrintBatch, PrintedPages]:
    """Return a batch with its PDF, which is handed out once the audit says whose data it shows."""
    batch = await _batch(by, batch_id)
    pages = await batch_on_paper(by.stores, batch)
    people: Sequence[str | None] = pages.people or (None,)
    for person in people:
        await by.audit("batch.print", f"batch:{batch_id}", person=person)
    return batch, pages


async def mark_printed(by: Operator, batch_id: UUID) -> HandedOver:
    """
    Mark a batch as printed: its letters are on paper. Safe to repeat.

    Then post them or hand them over.
    """
    await _batch(by, batch_id)
    await by.audit("batch.printed", f"batch:{batch_id}")
    return HandedOver(id=batch_id, changed=await queries.mark_printed(by.db, batch_id))


async def cancel_batch(by: Operator, batch_id: UUID) -> HandedOver:
    """Undo a batch of which nothing is printed: its letters are open again. Safe to repeat."""
    await _batch(by, batch_id)
    await by.audit("batch.cancelled", f"batch:{batch_id}")
    return HandedOver(id=batch_id, changed=await queries.cancel(by.db, batch_id))


async def hand_over_batch(by: Operator, batch_id: UUID) -> BatchDelivered:
    """
    Mark the letters of a printed batch as handed over: their messages are delivered. Safe to repeat.

    Letters that were posted are not among them: `/api/letters/{id}/done` when the post has delivered one.
    """
    changed = 0
    for waiting in await to_hand_over(by, batch_id):
        letter = await queries.letter(by.db, waiting.id, by.places)
        changed += letter is not None and (await _hand_over(by, letter)).changed
    return BatchDelivered(id=batch_id, changed=changed)


async def to_hand_over(by: Operator, batch_id: UUID) -> list[BatchLetter]:
    """
    Return the letters of a batch that are still on the table. Raises TooLate unless it is printed.

    A letter that is with the post has not arrived: it is recorded by its own id, when the post reports it.
    """
    batch = await _batch(by, batch_id)
    if batch.printed_at is None or batch.cancelled_at is not None:
        raise TooLate(_NOT_PRINTED)
    letters = await queries.letters_of(by.db, batch_id)
    return [letter for letter in letters if letter.state is LetterState.PRINTED]


def guide_of(text: str) -> str:
    """Read the number of a postal guide: capitals, digits and hyphens. Raises InvalidGuide."""
    guide = "".join(text.split()).upper()
    if not _GUIDE.fullmatch(guide):
        raise InvalidGuide
    return guide


async def _hand_over(by: Operator, letter: LetterWhole) -> HandedOver:
    """
    Record the delivery of a letter.

    The event is published before the change, on every call: if the hub stops in between, the letter is still
    open, and the retry publishes the event under the same id.
    """
    await by.audit("letter.done", f"letter:{letter.id}", person=letter.person)
    stored = await queries.event_of(by.db, letter.id)
    if stored is not None and stored.case is not None:
        await by.stores.publisher.event(letter_handed_over(letter.id, stored, now=by.now))
    return HandedOver(id=letter.id, changed=bool(await queries.hand_over(by.db, letter.id, by.places)))


async def _seen(by: Operator, letter_id: UUID, action: str) -> LetterWhole:
    letter = await _letter(by, letter_id)
    await by.audit_look(action, f"letter:{letter_id}", person=letter.person)
    return letter


async def _letter(by: Operator, letter_id: UUID) -> LetterWhole:
    return found(LETTER, await queries.letter(by.db, letter_id, by.places))


async def _batch(by: Operator, batch_id: UUID) -> PrintBatch:
    return found(BATCH, await queries.batch(by.db, batch_id, by.places))
