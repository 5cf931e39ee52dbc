"""The documents of events: requests that wait, the bytes, and the calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from hub.model import PropertyScope, Unreached
from hub.model.documents import DocumentRequest, FetchedDocument, HostRoom, LinkedDocument
from hub.model.tickets import Ticket


class DocumentStore(Protocol):
    """Documents as messages and readers need them."""

    async def of_events(self, keys: Collection[UUID]) -> Mapping[UUID, DocumentRequest]:
        """Return the requested documents of these events, each with its outcome."""

    async def content(self, sha256: bytes) -> bytes | None:
        """Return the bytes of a document; None if they are not stored (any more)."""

    async def of_message(self, message_id: UUID) -> LinkedDocument | None:
        """
        Return the document that a message leads to; None if either is not stored (any more).

        Of an event that was taken back it is `withdrawn`, without its bytes.
        """

    async def of_letter(self, message_id: UUID, places: PropertyScope = None) -> LinkedDocument | None:
        """Return the document that belongs to a letter, also to one that staff must print itself."""


class DocumentQueue(Protocol):
    """The documents that wait to be fetched. The database's clock decides which are due."""

    async def due(
        self, per_host: int, lease: timedelta, rooms: Collection[HostRoom] = ()
    ) -> Sequence[DocumentRequest]:
        """
        Claim requests whose next try has come; a claim ends by itself.

        Of each host those that are due first, as many as its room says, else `per_host`.
        """

    async def adopt(self, event_key: UUID) -> bool:
        """Use the stored document of this address and this publisher's digest; false if there is none."""

    async def store(self, event_key: UUID, document: FetchedDocument) -> None:
        """Store the bytes, unless these are there, and end the request."""

    async def about(self, event_key: UUID) -> Unreached | None:
        """Return what its publisher is told when its document is given up; None of an event that has gone."""

    async def failed(self, event_key: UUID, reason: str, *, again: timedelta) -> None:
        """Count a try that failed; the next is in `again`."""

    async def given_up(self, event_key: UUID, reason: str, found: Sequence[Unreached]) -> None:
        """End a request without a document, and store that its event does not reach all."""

    async def release(self, event_key: UUID, limit: int) -> Sequence[Ticket]:
        """Make messages that wait for this document `queued`; return their tickets."""


class DocumentCalls(Protocol):
    async def fetch(self, url: str) -> FetchedDocument:
        """Fetch a document whole. Raises DocumentUnavailable (try again) or DocumentRefused (never)."""
