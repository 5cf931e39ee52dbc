"""The documents of events: requests that wait, the bytes, and the calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol
from uuid import UUID

from hub.model.documents import DocumentRequest, FetchedDocument


class DocumentStore(Protocol):
    """Documents as messages need them."""

    async def of_events(self, keys: Collection[UUID]) -> Mapping[UUID, DocumentRequest]:
        """Return the requested documents of these events, each with its outcome."""

    async def content(self, sha256: bytes) -> bytes | None:
        """Return the bytes of a document; None if they are not stored (any more)."""


class DocumentCalls(Protocol):
    async def fetch(self, url: str) -> FetchedDocument:
        """Fetch a document whole. Raises DocumentUnavailable (try again) or DocumentRefused (never)."""
