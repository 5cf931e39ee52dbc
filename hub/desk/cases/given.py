"""Documents that staff sends with its words: judged as fetched ones are, and kept by their digest."""

from __future__ import annotations

from hub.desk.cases.rows import Given
from hub.doors.operator import Operator
from hub.inbound.given_documents import joined_document
from hub.model import Event
from hub.model.documents import FIELD, FetchedDocument
from hub.model.ids import event_key
from hub.storage import PostgresDocuments


async def document_of(by: Operator, body: Given) -> FetchedDocument | None:
    """Return the document that is given, None without any: of several their pages. Raises InvalidDocument."""
    return await joined_document((body.file, *body.more), by.stores.policy.documents, at=by.now)


async def keep(by: Operator, event: Event, document: FetchedDocument | None) -> None:
    """Keep the document of an event that is published next: its messages find it."""
    if document is not None:
        name = str(event.data[FIELD])
        await PostgresDocuments(by.db).give(event_key(event), name, name, document)
