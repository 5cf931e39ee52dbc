"""
The document of a letter that staff gives it by hand, where the hub could not fetch it.

It is of the letter's event: all its letters that wait for it are made anew, and print with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from hub.desk.letters import queries
from hub.desk.letters.rows import LetterDocument, LetterWhole
from hub.doors.operator import Operator, found
from hub.errors import BeyondOwnRights, HubError, InvalidDocument, TooLate
from hub.inbound.files import document_in
from hub.messages.planning.documents import file_name
from hub.model import StoredEvent
from hub.model.documents import DIGEST_FIELD, FetchedDocument, document_links
from hub.model.letters import LetterState
from hub.policy.documents import DocumentPolicy, DocumentType
from hub.storage import PostgresDocuments
from hub.storage.redrive import redrive

_HAS_ONE: Final = "The letter has its page, or its document is here: print it, or give that very file."
_OTHER_DIGEST: Final = "It is another document: its publisher has named the SHA-256 of the right one."
WRONG_ES: Final[Mapping[type[HubError], str]] = {
    InvalidDocument: "No es el documento: debe ser un PDF completo, no muy grande y el que se publicó.",
    TooLate: "Esta carta ya tiene su documento, o el aviso lleva a otro: súbalo tal como está allá.",
    BeyondOwnRights: "El aviso es también de otras copropiedades: pídalo a quien las atiende todas.",
}
"""The reason why a file was not taken, for its page."""
_ELSEWHERE: Final = "The event is of other copropiedades, too: who reaches all of them gives it its document."


async def give_document(by: Operator, letter: LetterWhole, content: bytes) -> LetterDocument:
    """Keep the PDF and make the letters again. Raises TooLate, InvalidDocument, BeyondOwnRights."""
    if not letter.only_document or letter.state is not LetterState.OPEN:
        raise TooLate(_HAS_ONE)
    about = found("letter", await queries.event_of(by.db, letter.id))
    if by.places is not None and about.copropiedad_id not in by.places:
        raise BeyondOwnRights(_ELSEWHERE)
    document = read_pdf(content, about, by.stores.policy.documents)
    digest = document.sha256.hex()
    await by.audit(
        "letter.attach", f"letter:{letter.id}", person=letter.person, sha256=digest, size=len(content)
    )
    url = next(document_links(about.event.data), "")
    if not await PostgresDocuments(by.db).give(about.key, url, file_name(url), document):
        raise TooLate(_HAS_ONE)
    return LetterDocument(id=letter.id, sha256=digest, letters=await _make_again(by, about))


def read_pdf(content: bytes, about: StoredEvent, rules: DocumentPolicy) -> FetchedDocument:
    """Return the document, if it is one that the hub would have taken from its publisher."""
    document = document_in(content, replace(rules, types=(DocumentType.PDF,)))
    if about.event.data.get(DIGEST_FIELD) not in {None, document.sha256.hex()}:
        raise InvalidDocument(_OTHER_DIGEST)
    return document


async def _make_again(by: Operator, about: StoredEvent) -> int:
    made = 0
    for letter_id in await queries.without_page(by.db, about.key):
        _, tickets = await redrive(by.db, letter_id, include_notified=True) or (None, ())
        if tickets:
            await by.stores.publisher.tickets(tickets)
            made += 1
    return made
