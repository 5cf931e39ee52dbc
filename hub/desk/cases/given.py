"""Documents that staff sends with its words: judged as fetched ones are, and kept by their digest."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from hub.channels.document_ends import kind_of
from hub.doors.operator import Operator
from hub.errors import InvalidDocument
from hub.messages.planning.documents import file_name
from hub.model import Event, Json
from hub.model.documents import DIGEST_FIELD, FIELD, FetchedDocument
from hub.model.ids import event_key
from hub.storage import PostgresDocuments

_TOO_LARGE: Final = "It has more than {most} bytes (`[documents] max_bytes` of the policy)."
_OTHER: Final = "It is no whole PDF, PNG or JPEG."


def document_of(by: Operator, content: bytes) -> FetchedDocument | None:
    """Return the document in these bytes; None without any. Raises InvalidDocument."""
    if not content:
        return None
    rules = by.stores.policy.documents
    if len(content) > rules.max_bytes:
        raise InvalidDocument(_TOO_LARGE.format(most=rules.max_bytes))
    kind = kind_of(content, rules.types)
    if kind is None:
        raise InvalidDocument(_OTHER)
    return FetchedDocument(sha256=sha256(content).digest(), kind=kind, content=content)


def naming(document: FetchedDocument | None, name: str) -> Mapping[str, Json]:
    """Return the fields by which an event names its document."""
    return {} if document is None else {FIELD: file_name(name), DIGEST_FIELD: document.sha256.hex()}


async def keep(by: Operator, event: Event, document: FetchedDocument | None) -> None:
    """Keep the document of an event that is published next: its messages find it."""
    if document is not None:
        name = str(event.data[FIELD])
        await PostgresDocuments(by.db).give(event_key(event), name, name, document)
