"""Documents of events: which ones are fetched for their messages. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from hub.messages.planning.plan import is_recorded_only
from hub.model import DocumentUse, EventType, Json, StoredEvent
from hub.model.documents import ANONYMOUS, DIGEST_FIELD, FIELD, DocumentRequest, FetchedDocument
from hub.policy.documents import DocumentPolicy

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST: Final = 60
"""Characters of a file's name, without its ending."""


def with_document(catalog: Mapping[str, EventType], rules: DocumentPolicy) -> frozenset[str]:
    """Return the types of events whose documents may be fetched: none without a host."""
    if not rules.hosts:
        return frozenset()
    return frozenset(kind.type for kind in catalog.values() if kind.document is not DocumentUse.NAME)


def request_of(
    stored: StoredEvent, kind: EventType, rules: DocumentPolicy, *, now: datetime
) -> DocumentRequest | None:
    """Ask for the document of an event; None where it is no link that may be fetched."""
    data: Mapping[str, Json] = stored.event.data or {}
    url = data.get(FIELD)
    if not isinstance(url, str) or not rules.allows(url) or is_recorded_only(stored.event):
        return None
    return DocumentRequest(
        event_key=stored.key,
        url=url,
        name=file_name(url),
        attach=kind.document is DocumentUse.ATTACH,
        wait_until=now + rules.wait,
        digest=_digest(data.get(DIGEST_FIELD)),
    )


def file_name(url: str) -> str:
    """Return the name of the file without its ending, in ASCII: `respuesta-final`."""
    stem = PurePosixPath(unquote(urlsplit(url).path)).stem
    return _NO_NAME.sub("-", stem).strip("-")[:_LONGEST] or ANONYMOUS


def given_name(name: str) -> str:
    """Return the name of a file that somebody calls so, whatever signs of an address are in it."""
    return file_name(quote(name, safe="", errors="replace"))


def naming(document: FetchedDocument | None, name: str) -> Mapping[str, Json]:
    """Return the fields by which an event names the document that the hub is given for it."""
    return {} if document is None else {FIELD: given_name(name), DIGEST_FIELD: document.sha256.hex()}


def _digest(given: Json) -> bytes | None:
    return bytes.fromhex(given) if isinstance(given, str) and _DIGEST.fullmatch(given) else None
