"""Documents that staff sends: judged as fetched ones are, and of several the pages as one PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub.errors import InvalidDocument, PaperFailure
from hub.inbound.files import document_in
from hub.model.documents import ANONYMOUS, FetchedDocument, LinkedDocument
from hub.policy.documents import DocumentPolicy
from hub.rendering.paper.pages import make_joined

_NOT_JOINED: Final = "One of them cannot be read, or is signed, which its pages in another PDF would not be."
_SIGNATURE: Final = b"/ByteRange"


async def joined_document(
    contents: Sequence[bytes], rules: DocumentPolicy, *, at: datetime
) -> FetchedDocument | None:
    """Return the document in these bytes, of several their pages, None without. Raises InvalidDocument."""
    found = [document_in(content, rules) for content in contents if content]
    if len(found) < 2:
        return found[0] if found else None
    if any(_SIGNATURE in one.content for one in found):
        raise InvalidDocument(_NOT_JOINED)
    pages = [LinkedDocument(kind=one.kind, name=ANONYMOUS, content=one.content) for one in found]
    try:
        # By the day: the same form twice makes the same bytes.
        return document_in(await make_joined(pages, at=at.replace(hour=0, minute=0, second=0)), rules)
    except PaperFailure as exc:
        raise InvalidDocument(_NOT_JOINED) from exc
