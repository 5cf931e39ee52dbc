"""The document of an event in its message: enclosed, or behind a link of the message's own. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.access.document_tokens import PATH, make_token
from hub.access.keyring import KeyRing
from hub.business_time import rfc3339
from hub.model import Claimed, Json
from hub.model.documents import ENDS_FIELD, Enclosure, SentDocument
from hub.settings.values import carries_links

ENDINGS: Final = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
"""Media type → how the name of a file ends."""


def named(name: str, kind: str) -> str:
    """Return the name of the file, with the ending of what its bytes are."""
    return f"{name}{ENDINGS.get(kind, '')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentDocuments:
    """
    Decides how a message carries a document.

    Without a signing key, and where the hub is reached over plain http, there is no link of the hub's own:
    anybody on the network path could read it and use it.
    """

    public_url: str
    ring: KeyRing
    lifetime: timedelta

    @property
    def usable(self) -> bool:
        return bool(self.ring) and carries_links(self.public_url)

    def of(self, claimed: Claimed, now: datetime) -> SentDocument | None:
        """Return the document of a message; None where its text leads to the publisher, or to nothing."""
        document = claimed.document
        if document is None:
            return None
        if document.enclosed:
            return _sent(document, enclosed=True)
        until = self._until(claimed.data or {}, now)
        if until <= now or not self.usable:
            return None
        token = make_token(self.ring, claimed.message.id, until)
        return _sent(document, link=f"{self.public_url}{PATH.format(token=token)}", until=until)

    def _until(self, data: Json, now: datetime) -> datetime:
        """The publisher's own end counts where it comes first."""
        until = (now + self.lifetime).replace(microsecond=0)
        given = data.get(ENDS_FIELD)
        if not isinstance(given, str):
            return until
        try:
            return min(until, rfc3339.parse(given))
        except ValueError:
            return until


def _sent(
    document: Enclosure, *, enclosed: bool = False, link: str | None = None, until: datetime | None = None
) -> SentDocument:
    return SentDocument(
        sha256=document.sha256.hex(),
        kind=document.kind,
        name=named(document.name, document.kind),
        enclosed=enclosed,
        link=link,
        until=until,
    )
