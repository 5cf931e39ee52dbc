"""Documents that staff sends with its words: judged as fetched ones are, and kept by their digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.desk.cases.rows import Given
from hub.doors.operator import Operator
from hub.errors import InvalidDocument, PaperFailure
from hub.inbound.files import document_in
from hub.messages.planning.documents import given_name
from hub.model import Event, Json
from hub.model.documents import ANONYMOUS, DIGEST_FIELD, FIELD, FetchedDocument, LinkedDocument
from hub.model.ids import event_key
from hub.rendering.paper.pages import make_joined
from hub.storage import PostgresDocuments

_NOT_JOINED: Final = "One of them cannot be read, or is signed, which its pages in another PDF would not be."
_SIGNATURE: Final = b"/ByteRange"


async def document_of(by: Operator, body: Given) -> FetchedDocument | None:
    """Return the document that is given, None without any: of several their pages. Raises InvalidDocument."""
    rules = by.stores.policy.documents
    found = [document_in(content, rules) for content in (body.file, *body.more) if content]
    if len(found) < 2:
        return found[0] if found else None
    if any(_SIGNATURE in one.content for one in found):
        raise InvalidDocument(_NOT_JOINED)
    pages = [LinkedDocument(kind=one.kind, name=ANONYMOUS, content=one.content) for one in found]
    try:
        # By the day: the same form twice makes the same bytes.
        return document_in(await make_joined(pages, at=by.now.replace(hour=0, minute=0, second=0)), rules)
    except PaperFailure as exc:
        raise InvalidDocument(_NOT_JOINED) from exc


def naming(document: FetchedDocument | None, name: str) -> Mapping[str, Json]:
    """Return the fields by which an event names its document."""
    return {} if document is None else {FIELD: given_name(name), DIGEST_FIELD: document.sha256.hex()}


async def keep(by: Operator, event: Event, document: FetchedDocument | None) -> None:
    """Keep the document of an event that is published next: its messages find it."""
    if document is not None:
        name = str(event.data[FIELD])
        await PostgresDocuments(by.db).give(event_key(event), name, name, document)
